"""The sites papermart reads: the registry, and the choice of a site for a dump.

What belongs here: the list of site modules and `recognise`. A new site is one module beside
this file, with `NAME`, `detect` and `parse`, plus its golden cases in `tests/data/sources/`.
"""

from types import ModuleType
from typing import cast

from pipeline.sources import arrow, arxiv_search, huggingface_papers, scholar_feed
from pipeline.sources.base import Dump, Source

_MODULES: tuple[ModuleType, ...] = (scholar_feed, arrow, arxiv_search, huggingface_papers)
REGISTRY: dict[str, Source] = {module.NAME: cast(Source, module) for module in _MODULES}


def recognise(dump: Dump) -> Source | None:
    """Return the site whose cards the dump holds most of, or None if no site's are found.

    Ties go to the site registered first, so the choice does not depend on file names.
    """
    counts = {name: source.detect(dump) for name, source in REGISTRY.items()}
    best = max(counts, key=lambda name: counts[name])
    return REGISTRY[best] if counts[best] > 0 else None
