"""What came since somebody looked last: which papers, and which look is meant.

What belongs here: the note of the last look, the version it is compared with, the papers, how they
are told. What does not: what counts as new beside a version that is kept (`sql/versions/changes`),
other forms than text (`outputs.rows`, `outputs.references`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract.errors import PipelineError
from pipeline.outputs.laid_out import broken
from pipeline.outputs.short_ids import short_id
from pipeline.storage.files import write_whole
from pipeline.storage.versions import VERSION_ID, Version, named_version, time_of
from pipeline.storage.warehouse import Warehouse
from pipeline.text.shown import printable

if TYPE_CHECKING:
    from pipeline.storage.duckdb_engine import DuckDB

MOST_SHOWN = 100
_NAMED = 3
_NOTE = ".last_look"
_NEW = "select id from changes where kind = 'paper' and change = 'new' order by id"
_COLUMNS = (
    "paper_id, title, authors, n_authors, year, venue, link, sources, first_seen_at, abstract"
)
_ORDER = "order by published_date desc nulls last, year desc nulls last, title, paper_id"


@dataclass(frozen=True, slots=True)
class Since:
    """What papers are compared with.

    Attributes:
        words: since when, in words.
        version: a version that is kept; None: see `seen_from`.
        seen_from: where no version of then is kept, a time (UTC): pages tell when they were first
            seen. None as well: there is nothing to compare with, and nothing is new.
        note: what people should know of the comparison.
    """

    words: str
    version: Version | None = None
    seen_from: datetime | None = None
    note: str | None = None


def last_look(warehouse: Warehouse) -> str | None:
    """Return the version that was looked at last; None if none was, or the note is damaged."""
    try:
        said = _note(warehouse).read_text("utf-8").strip()
    except (OSError, ValueError):
        return None
    return said if VERSION_ID.fullmatch(said) else None


def keep_look(warehouse: Warehouse, version: Version) -> None:
    """Note that a version has been looked at.

    Raises:
        OSError: it cannot be written.
    """
    write_whole(_note(warehouse), f"{version.id}\n")


def _note(warehouse: Warehouse) -> Path:
    return warehouse.root / _NOTE


def since_last_look(known: Sequence[Version], current: Version, looked: str | None) -> Since:
    """Return what a look at a version is compared with: the last look, else the version before.

    Args:
        known: the versions, the latest first.
        current: the published one.
        looked: what `last_look` says.
    """
    if looked is None:
        earlier = known[known.index(current) + 1 :]
        first = "this is the first look: "
        if not earlier:
            told = (
                f"{first}there is no version before this one, and all of its papers are its own "
                '(`papermart query "select title, year, link from papers"`); the next look shows '
                "what came since now"
            )
            return Since(f"version {current.id}, the first that is kept", note=told)
        told = f"{first}the version of now beside the one before it; the next shows what came since"
        return Since(f"version {earlier[0].id}", version=earlier[0], note=told)
    words = f"the last look (version {looked})"
    if looked > current.id:
        told = f"the published version {current.id} is earlier than that of the last look"
        return Since(words, note=told)
    if looked == current.id:
        return Since(words)
    kept = next((version for version in known if version.id == looked), None)
    return _kept_or_time(words, kept, time_of(looked))


def since_said(known: Sequence[Version], wanted: str) -> Since:
    """Return what is compared with a version, or a day, that somebody names.

    Of a day, the last version published before it, so that what came on that day is shown.

    Raises:
        PipelineError: it is neither a day nor a version that is kept.
    """
    if day := _day(wanted.strip()):
        begin = datetime.combine(day, time())
        before = next((version for version in known if version.published_at < begin), None)
        return _kept_or_time(f"{day}", before, begin)
    try:
        version = named_version(known, wanted)
    except PipelineError as error:
        raise PipelineError(f"{error}; a day is written like 2026-03-01") from None
    return Since(f"version {version.id}", version=version)


def _day(wanted: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", wanted):
        return None
    try:
        return date.fromisoformat(wanted)
    except ValueError:
        raise PipelineError(f"{wanted} is no day") from None


def _kept_or_time(words: str, version: Version | None, begin: datetime) -> Since:
    if version is not None and version.is_intact():
        return Since(words, version=version)
    told = (
        "no version of then is kept, so these are the papers whose first page was first read "
        "since; keep_versions and keep_days in papermart.toml keep more"
    )
    return Since(words, seen_from=begin, note=told)


def new_ids(compared: "DuckDB") -> list[str]:
    """Return the ids of new papers.

    Args:
        compared: sees the table `changes` (`builds.changes.compared`).
    """
    return [row[0] for row in compared.tuples(_NEW)]


def rows_of_papers(ids: Sequence[str]) -> str:
    """Return the SELECT of some papers, the most recent first."""
    listed = ", ".join(f"'{paper_id}'" for paper_id in ids) or "null"
    return f"select {_COLUMNS} from papers where paper_id in ({listed}) {_ORDER}"


def rows_seen_since(begin: datetime) -> str:
    """Return the SELECT of papers first seen since a time (UTC), the most recent first."""
    return f"select {_COLUMNS} from papers where first_seen_at > timestamp '{begin}' {_ORDER}"


def paper_lines(rows: Sequence[dict[str, Any]], width: int | None) -> Iterator[str]:
    """Yield papers in words: the title, and below it authors, year and link.

    Args:
        rows: of one of the SELECTs of this module.
        width: cells of the screen; None: lines are not broken.
    """
    for row in rows[:MOST_SHOWN]:
        yield from _lines(row["title"], width, 0, 2)
        told = [short_id(row["paper_id"]), str(row["year"] or "year unknown"), _authors(row)]
        yield from _lines("  ".join(told), width, 4, 4)
        if row["link"]:
            yield from _lines(row["link"], width, 4, 4)
    if len(rows) > MOST_SHOWN:
        yield f"… and {len(rows) - MOST_SHOWN} more; --format csv writes all"


def _lines(text: str, width: int | None, first: int, rest: int) -> list[str]:
    shown = printable(text)
    return [" " * first + shown] if width is None else broken(shown, width, first, rest)


def _authors(row: dict[str, Any]) -> str:
    names = row["authors"] or []
    n_all = max(row["n_authors"] or 0, len(names))
    if not names:
        return f"{n_all} authors, not named" if n_all else "authors unknown"
    few = ", ".join(names[:_NAMED])
    return f"{few} and {n_all - _NAMED} more" if n_all > len(names[:_NAMED]) == _NAMED else few
