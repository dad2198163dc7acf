"""The skeleton of a site module, for people who add a site: a plug-in, or one of papermart's own.

What belongs here: the text of the skeleton, of its golden pair and of what to do next. The skeleton
works as written: it reads the invented page of its golden pair. What does not: comparing pairs
(`golden`).
"""

import importlib.util
import keyword
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.contract.tables import SOURCE_NAME
from pipeline.extraction.golden import as_golden, read_page, spell
from pipeline.sources.registry import known_sources

_MODULE = '''\
"""@NAME@: say here which pages of the site are read, in which forms.

This module works as written, for the page in
`@PAIRS@`.
To make it the site's own:

1. Save pages of the site, trim them to the few cards that show something, and put them beside
   that page. Use invented text where the page's own may not be given away.
2. Change `_HEADING` and `_CARD`, then `detect` and `_read_card`, until
   `@UPDATE@`
   writes what you see on the page: read every line of the JSON files.
3. Claim every line: a card's lines belong to its record, page furniture goes through
   `Findings.furnish`, and what is odd through `Findings.report`. Unclaimed lines are reported,
   never lost; a page that is mostly unclaimed lines is set aside.

Rules: `detect` and `parse` are pure (no files, no clock, no network) and never raise, whatever the
text. A value the page does not give stays None. `raw_` fields hold the page's text as it stands.
`pipeline.contract.findings.Record` lists the fields, `pipeline.contract.tables.RECORDS` what they
mean, `pipeline.sources.reading.Source` what else a module may say of its site.

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


# Where papermart keeps its own sites and their golden pairs.
_SITES, _PAIRS = "pipeline/sources/sites", "tests/data/sources"


@dataclass(frozen=True, slots=True)
class NewSource:
    """What was written, and what there is to do next."""

    files: tuple[Path, ...]
    next_steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a site's module and its golden pairs are written.

    Attributes:
        folder: of the module.
        golden: of the pairs of all sites.
        pairs: how the skeleton names the pairs.
        update: the command that rewrites what is expected.
    """

    folder: Path
    golden: Path
    pairs: str
    update: str


def write_source(name: str, folder: Path, *, is_inside: bool = False) -> NewSource:
    """Write the skeleton of a site module and a golden pair.

    Args:
        name: the site's name, which is the module's too.
        folder: where to write `<name>.py` and `golden/<name>/`; made if it is not there.
        is_inside: write one of papermart's own sites into the checkout that the folder is in.

    Returns:
        The files written, and lines for people who go on from there.

    Raises:
        PipelineError: the name cannot be used, a file is there already, or the folder cannot be
            written. Nothing is overwritten.
    """
    _check_name(name)
    place = _inner_place(folder) if is_inside else _outer_place(folder)
    module, pair = place.folder / f"{name}.py", place.golden / name
    for path in (module, pair):
        if path.exists():
            raise PipelineError(f"{path} is there already; nothing was written")
    if not is_inside:
        _check_importable(name)
    code, page = _fill(_MODULE, name, place), _fill(_PAGE, name, place)
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
    steps = _inner_steps(name, place) if is_inside else _outer_steps(name, place)
    return NewSource(tuple(texts), tuple(steps))


def _outer_place(folder: Path) -> _Place:
    update = "papermart check-source golden --update"
    return _Place(folder, folder / "golden", "golden/@NAME@", update)


def _inner_place(folder: Path) -> _Place:
    """Return the place in the checkout of papermart that a folder is in."""
    for root in (folder.absolute(), *folder.absolute().parents):
        if (root / _SITES / "__init__.py").is_file() and (root / _PAIRS).is_dir():
            update = f"papermart check-source {_PAIRS}/@NAME@ --update"
            return _Place(root / _SITES, root / _PAIRS, f"{_PAIRS}/@NAME@", update)
    raise PipelineError(
        f"{folder} is in no checkout of papermart, which has {_SITES} and {_PAIRS}; "
        "leave out --inside to write a plug-in"
    )


def _fill(template: str, name: str, place: _Place) -> str:
    words = {
        "@PAIRS@": place.pairs,
        "@UPDATE@": place.update,
        "@NAME@": name,
        "@SLUG@": name.replace("_", "-"),
        "@TITLE@": name.replace("_", " "),
    }
    for blank, word in words.items():
        template = template.replace(blank, word)
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


def _outer_steps(name: str, place: _Place) -> Iterator[str]:
    yield (
        f"1. Register it: put these lines into {place.folder / 'pyproject.toml'}, then run "
        f"`pip install --editable {place.folder}` where papermart is installed."
    )
    for line in _fill(_PYPROJECT, name, place).splitlines():
        yield f"     {line}".rstrip()
    yield f"2. `papermart check-source {place.golden}` must find the pair equal."
    yield f"3. Make it the site's own: {place.folder / name}.py says how."


def _inner_steps(name: str, place: _Place) -> Iterator[str]:
    yield (
        f"1. `papermart check-source {place.golden / name}` must find the pair equal: the module "
        "is found by itself, nothing else is to be edited."
    )
    yield f"2. Make it the site's own: {place.folder / name}.py says how."
    yield f"3. `pytest tests/sources -k {name}` and `make lint`, then commit module and pairs."
