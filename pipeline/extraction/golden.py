"""Golden pairs: a small page, and as JSON beside it what its site's module must read from it.

What belongs here: writing what a parser found as JSON, and comparing it with what is expected. The
expectation is never written by hand: let it be written, then read it, or its diff. What does not:
what a site reads (`sources`).
"""

import json
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.contract.findings import UNCLAIMED, AuthorName, Issue, PageFacts, ParseResult, Record
from pipeline.extraction.ledger import Ledger
from pipeline.extraction.plausibility.gate import judge
from pipeline.extraction.repairs import repair_records
from pipeline.inputs.given_files import folders_below, read_given
from pipeline.sources.dump import Dump, guess_form
from pipeline.sources.plugins import PluginFaultError
from pipeline.sources.registry import recognise
from pipeline.text.whitespace import split_lines

_PAGE_SUFFIXES = (".txt", ".html")
_MOST_BYTES = 100_000_000  # of a page, and of what is expected of it


@dataclass(frozen=True, slots=True)
class Comparison:
    """A golden pair and what is wrong with it, nothing if `fault` is None."""

    page: Path
    fault: str | None


def check_pairs(folder: Path, *, update: bool = False) -> list[Comparison]:
    """Compare every page below a folder with the JSON beside it.

    Args:
        folder: pages (.txt, .html), at any depth.
        update: write what is read as what is expected.

    Returns:
        A comparison for each page, ordered by path.

    Raises:
        PipelineError: the folder is missing or holds no page, or a file cannot be read.
    """
    if not folder.is_dir():
        raise PipelineError(f"the folder {folder} is not there; name the folder of golden pairs")
    unreadable: list[OSError] = []
    below = folders_below(folder, unreadable)
    found = (Path(at, name) for at, _, names in below for name in names)
    pages = sorted(path for path in found if path.suffix in _PAGE_SUFFIXES)
    for error in unreadable:
        raise PipelineError(f"{error.filename} cannot be read: {cause_of(error)}")
    if not pages:
        raise PipelineError(f"{folder} holds no page (.txt or .html)")
    return [Comparison(page, _check(page, update=update)) for page in pages]


def _check(page: Path, *, update: bool) -> str | None:
    expected = page.with_suffix(".json")
    try:
        dump = read_page(read_given(page, _MOST_BYTES).decode("utf-8"))
        source = recognise(dump)
        if source is None:
            return "no site knows this page; is the module registered, and detect right?"
        result = source.parse(dump)
        found = as_golden(source.NAME, dump, result)
        if update:
            expected.write_text(spell(found), "utf-8")
        wanted = json.loads(read_given(expected, _MOST_BYTES))
    except PluginFaultError as fault:
        return str(fault)
    except FileNotFoundError:
        return f"{expected.name} is missing; write it with --update, then read it"
    except OSError as error:
        cause = cause_of(error)
        raise PipelineError(f"{page} or {expected.name} cannot be read: {cause}") from None
    except (ValueError, RecursionError) as error:
        raise PipelineError(f"{page} or {expected.name} cannot be read: {error}") from None
    return next(_differences(wanted, found, ""), None) or _held_back(result)


def _held_back(result: ParseResult) -> str | None:
    """Say of the first card that would be held back why, though it is read as expected."""
    judged = judge(*repair_records(result.records))
    for place, (rule, text) in sorted(judged.hard.items()):
        line = result.records[place].line_start
        return (
            f"records {place + 1} (line {line}) would be held back, for {rule.message} "
            f"({rule.code}): {text[:120]!r}"
        )
    return None


def _differences(wanted: object, found: object, place: str) -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in sorted(wanted.keys() | found.keys()):
            yield from _differences(wanted.get(key), found.get(key), f"{place}.{key}".strip("."))
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, (left, right) in enumerate(zip(wanted, found, strict=True), 1):
            yield from _differences(left, right, f"{place} {number}")
    elif wanted != found:
        yield f"{place} is {found!r}, expected {wanted!r}"


def read_page(text: str) -> Dump:
    """Return a page as its parser gets it."""
    lines = split_lines(text)
    return Dump(lines, guess_form(lines))


def spell(golden: dict[str, Any]) -> str:
    """Return what `as_golden` gives as the text of a JSON file."""
    return json.dumps(golden, ensure_ascii=False, indent=1) + "\n"


def as_golden(source: str, dump: Dump, result: ParseResult) -> dict[str, Any]:
    """Return what a parser found, ready for JSON; fields without a value are left out."""
    reported = {
        number
        for issue in result.issues
        if issue.kind == UNCLAIMED and issue.line_start and issue.line_end
        for number in range(issue.line_start, issue.line_end + 1)
        if dump.lines[number - 1].strip()
    }
    unclaimed = {
        number
        for start, end in Ledger(dump, result).unclaimed_runs()
        for number in range(start, end + 1)
        if dump.lines[number - 1].strip()
    }
    return {
        "source": source,
        "form": dump.form,
        "page": _changed(result.page),
        "records": [_changed(record) for record in result.records],
        "furniture": [f"{f.line_start}: {f.name}" for f in result.furniture],
        "issues": [_changed(issue) for issue in result.issues if issue.kind != UNCLAIMED],
        "unclaimed_lines": sorted(reported | unclaimed),
    }


def _changed(value: PageFacts | Record | Issue) -> dict[str, Any]:
    """Return the fields of a finding that differ from their defaults."""
    shown = {}
    for name, default in _defaults(value).items():
        found = getattr(value, name)
        if found != default or type(found) is not type(default):
            is_list = isinstance(found, tuple)
            shown[name] = [_plain(part) for part in found] if is_list else _plain(found)
    return shown


def _defaults(value: PageFacts | Record | Issue) -> dict[str, Any]:
    if isinstance(value, PageFacts):
        return {
            item.name: None if item.default is MISSING else item.default for item in fields(value)
        }
    return {name: value._field_defaults.get(name) for name in value._fields}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, AuthorName):
        return value.name if value.homonym_id is None else f"{value.name} #{value.homonym_id}"
    return value
