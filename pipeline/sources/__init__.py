"""The sites papermart reads: the registry, and the choice of a site for a dump.

What belongs here: the list of site modules, and which of them reads a dump or each section of
it. A new site is one module beside this file, with `NAME`, `detect` and `parse`, plus its golden
cases in `tests/data/sources/`.
Other people's packages add theirs without touching this one: see `plugins`.
"""

from functools import cache
from types import ModuleType
from typing import cast

from pipeline.sources import (
    arrow,
    arxiv_list,
    arxiv_search,
    huggingface_papers,
    scholar_feed,
    sections,
)
from pipeline.sources.base import Dump, Source
from pipeline.sources.plugins import Plugins, load_plugins
from pipeline.sources.sections import Section, most_likely

_MODULES: tuple[ModuleType, ...] = (
    scholar_feed,
    arrow,
    arxiv_search,
    arxiv_list,
    huggingface_papers,
)
REGISTRY: dict[str, Source] = {module.NAME: cast(Source, module) for module in _MODULES}


@cache
def installed_plugins() -> Plugins:
    """Return the sites that installed packages add, loaded at the first question.

    Not at import: a plug-in's module imports this package, and may be imported first.
    """
    return load_plugins(taken=REGISTRY)


@cache
def known_sources() -> dict[str, Source]:
    """Return all sites by name: papermart's own, then those of plug-ins."""
    return REGISTRY | {plugin.NAME: cast(Source, plugin) for plugin in installed_plugins().sources}


def recognise(dump: Dump) -> Source | None:
    """Return the site whose cards the dump holds most of, or None if no site's are found.

    Ties go to the site registered first, so the choice does not depend on file names.
    """
    return most_likely(dump, known_sources())


def divide(dump: Dump) -> list[Section]:
    """Return a dump as sections of one site each: mostly one, none if no site's cards are found."""
    return sections.divide(dump, known_sources())
