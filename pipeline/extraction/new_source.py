"""The skeleton of a site module, for people who add a site.

What belongs here: the text of the skeleton, of its golden pair and of what to do next. The skeleton
works as written: it reads the invented page of its golden pair. What does not: comparing pairs
(`golden`).
"""

import importlib.util
import keyword
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.contract.tables import SOURCE_NAME
from pipeline.extraction.golden import as_golden, read_page, spell
from pipeline.sources.registry import known_sources

_MODULE = '''\
"""@NAME@: say here what the site is and which of its pages are read, in which forms.

This module works as written, for the page in golden/@NAME@. To make it the site's own:

1. Save pages of the site, trim them to the few cards that show something, and put them beside
   that page. Use invented text where the page's own may not be given away.
2. Change `_HEADING` and `_CARD`, then `detect` and `_read_card`, until
   `papermart check-source golden --update` writes what you see on the page: read every line of
   the JSON files.
3. Claim every line: a card's lines belong to its record, page furniture goes through
   `Findings.furnish`, and what is odd through `Findings.report`. Unclaimed lines are reported,
   never lost; a page that is mostly unclaimed lines is set aside.

Rules: `detect` and `parse` are pure (no files, no clock, no network) and never raise, whatever the
text. A value the page does not give stays None. `raw_` fields hold the page's text as it stands.
`pipeline.contract.findings.Record` lists the fields, `pipeline.contract.tables.RECORDS` what they
mean.

The lines of a page come as columns (`pipeline.sources.dump.Lines`): search `texts`, take a card
as a slice of all columns, and look at single lines only where something is odd. A page of many
megabytes has hundreds of thousands of lines.
"""

import re

from pipeline.contract.findings import PageFacts, ParseResult, Record
from pipeline.sources.dump import Dump, Lines, text_lines
from pipeline.sources.reading import Findings, cut_at, is_cut, join_texts, read_name
from pipeline.text.whitespace import fold_space

NAME = "@NAME@"
# What people call the site.
TITLE = "@TITLE@"

# A line that stands on every page of the site, and on no other site's.
_HEADING = "Papers on @NAME@"
# The line that opens a card: "Paper: Boats of Folded Paper".
_CARD = re.compile(r"Paper: (?P<title>\\S.*)")


def detect(dump: Dump) -> int:
    """Return how many cards of this site the page seems to hold; 0 for another site's."""
    lines = text_lines(dump)
    return len(_starts(lines)) if _HEADING in lines.texts else 0


def parse(dump: Dump) -> ParseResult:
    """Read a page; see `pipeline.sources.reading.Source`."""
    lines = text_lines(dump)
    starts = _starts(lines)
    found = Findings()
    head = lines[: starts[0]] if starts else lines
    found.furnish((line for line in head if line.text == _HEADING), "heading")
    found.records += [_read_card(card) for card in cut_at(lines, starts)]
    return found.result(PageFacts())


def _starts(lines: Lines) -> list[int]:
    return [index for index, text in enumerate(lines.texts) if _CARD.fullmatch(text)]


def _read_card(card: Lines) -> Record:
    """Read the title, the author line below it, and the abstract below that."""
    names = [name for name in card.texts[1].split(",") if name.strip()] if len(card) > 1 else []
    abstract = join_texts(card.texts[2:])
    return Record(
        line_start=card.numbers[0],
        line_end=card.numbers[-1],
        raw_title=card.raws[0],
        title=fold_space(card.texts[0].removeprefix("Paper:")),
        raw_authors=card.raws[1] if names else None,
        authors=tuple(read_name(name) for name in names),
        n_authors_total=len(names) or None,
        authors_complete=bool(names),
        abstract=abstract,
        is_abstract_complete=None if abstract is None else not is_cut(abstract),
    )
'''

_PAGE = """\
Papers on @NAME@

Paper: Boats of Folded Paper
Ada Example, Bo Sample
Boats of folded paper float for a while. We say for how long.

Paper: A Second Invented Title
Cy Specimen
"""

_PYPROJECT = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "papermart-@SLUG@"
version = "0.1.0"

[project.entry-points."papermart.sources"]
@NAME@ = "@NAME@"

[tool.setuptools]
py-modules = ["@NAME@"]
"""


@dataclass(frozen=True, slots=True)
class NewSource:
    """What was written, and what there is to do next."""

    files: tuple[Path, ...]
    next_steps: tuple[str, ...]


def write_source(name: str, folder: Path) -> NewSource:
    """Write the skeleton of a site module and a golden pair.

    Args:
        name: the site's name, which is the module's too.
        folder: where to write `<name>.py` and `golden/<name>/`; made if it is not there.

    Returns:
        The files written, and lines for people who go on from there.

    Raises:
        PipelineError: the name cannot be used, a file is there already, or the folder cannot be
            written. Nothing is overwritten.
    """
    _check_name(name)
    module, pair = folder / f"{name}.py", folder / "golden" / name
    for path in (module, pair):
        if path.exists():
            raise PipelineError(f"{path} is there already; nothing was written")
    _check_importable(name)
    code, page = _fill(_MODULE, name), _fill(_PAGE, name)
    texts = {
        module: code,
        pair / "first_page.txt": page,
        pair / "first_page.json": _expected(name, code, page),
    }
    try:
        pair.mkdir(parents=True)
        for path, text in texts.items():
            with path.open("x", encoding="utf-8") as stream:
                stream.write(text)
    except OSError as error:
        raise PipelineError(f"{error.filename} cannot be written: {cause_of(error)}") from None
    return NewSource(tuple(texts), _next_steps(name, folder))


def _fill(template: str, name: str) -> str:
    words = {"@NAME@": name, "@SLUG@": name.replace("_", "-"), "@TITLE@": name.replace("_", " ")}
    for place, word in words.items():
        template = template.replace(place, word)
    return template


def _check_name(name: str) -> None:
    if not re.fullmatch(SOURCE_NAME, name) or keyword.iskeyword(name):
        raise PipelineError(
            f"{name!r} cannot name a site: use lower-case letters, digits and underscores, "
            "e.g. my_site"
        )
    if name in known_sources():
        raise PipelineError(f"there is a site {name} already; choose another name")


def _check_importable(name: str) -> None:
    if name in sys.stdlib_module_names or importlib.util.find_spec(name):
        raise PipelineError(f"there is a Python module {name} already; choose another name")


def _expected(name: str, code: str, page: str) -> str:
    """Return what the skeleton reads from its own page."""
    module = ModuleType(name)
    exec(code, module.__dict__)
    dump = read_page(page)
    return spell(as_golden(name, dump, module.parse(dump)))


def _next_steps(name: str, folder: Path) -> tuple[str, ...]:
    golden = folder / "golden"
    return (
        f"1. Register it: put these lines into {folder / 'pyproject.toml'}, then run "
        f"`pip install --editable {folder}` where papermart is installed.",
        *(f"     {line}".rstrip() for line in _fill(_PYPROJECT, name).splitlines()),
        f"2. `papermart check-source {golden}` must find the pair equal.",
        f"3. Make it the site's own: {folder / name}.py says how.",
    )
