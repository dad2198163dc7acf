"""What people decide of two papers: `papermart same`, `not-same`, `review`.

What belongs here: which papers are meant, whether the decision makes sense beside what is published
and what was decided before, writing it down. What does not: the file (`inputs`), obeying it, which
takes a build, showing anything.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pipeline.contract.errors import PipelineError
from pipeline.inputs.new_overrides import Decision, add_decision, overrides_lock
from pipeline.inputs.overrides import read_overrides
from pipeline.outputs.explain import choices, is_own_id, nothing_has, papers_by_id
from pipeline.outputs.short_ids import piece_words
from pipeline.storage.duckdb_engine import DuckDB
from pipeline.text.shown import printable

Verdict = Literal["same", "not_same"]
# What comes along when an id is copied out of a table, a CSV file, a sentence.
_STRAY = " \t\r\n\"'`“”‘’,;()[]<>\ufeff\u00a0\u200b"
_CONTRADICTED = re.compile(r"contradict lines? ([\d, ]+):")
_RECORDS_OF = """
    select paper_ids.known_id as id, paper_records.record_id
    from paper_ids inner join paper_records on paper_ids.paper_id = paper_records.paper_id
    where list_contains($ids, paper_ids.known_id)
    union
    select record_id as id, record_id from paper_records where list_contains($ids, record_id)
"""
# An id of an earlier build that only a part of its paper bore.
_WAS_PART = "select 1 from paper_ids where known_id = ? and basis = 'former' and n_records < ?"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that a decision is about.

    Attributes:
        id: the id to write: a paper's of today, or a record's.
        paper_id: the paper.
        records: the records it stands for.
        former_id: the id that was meant, where a part of the paper bore it in an earlier build.
    """

    id: str
    paper_id: str
    records: frozenset[str]
    former_id: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a decision.

    Attributes:
        left: one of the two.
        right: the other one.
        verdict: what was decided.
        line: the line of the file that says so; None if there was nothing to write.
        is_new: the line was written now.
        are_one: they are one paper in the published version.
        is_queued: they are two there, and wait for somebody to decide.
    """

    left: Side
    right: Side
    verdict: Verdict
    line: int | None
    is_new: bool
    are_one: bool
    is_queued: bool = False


def find_side(engine: DuckDB, wanted: str) -> Side:
    """Return what somebody means by an id.

    Args:
        engine: sees a published file.
        wanted: a paper id (also of an earlier build), a record id, an arXiv identifier, a DOI;
            stray quotes and spaces around it are no part of it.

    Raises:
        PipelineError: it means no paper, or several; the message lists them.
    """
    name = wanted.strip(_STRAY)
    if is_own_id(name.lower()):
        name = name.lower()
    found = papers_by_id(engine, name) if name else []
    if len(found) > 1:
        raise PipelineError(choices(engine, name, found))
    if not found and is_own_id(name):
        raise PipelineError(nothing_has(name))
    if not found:
        raise PipelineError(
            f"{wanted!r} is no id of a paper here; give a paper id, a record id, an arXiv "
            "identifier or a DOI (or of two authors their ids), as `papermart explain` shows them"
            f"{piece_words(name)}"
        )
    sql = "select record_id from paper_records where paper_id = ?"
    records = frozenset(row[0] for row in engine.tuples(sql, found))
    if name in records:
        return Side(name, found[0], frozenset({name}))
    former_id = name if engine.tuples(_WAS_PART, [name, len(records)]) else None
    return Side(found[0], found[0], records, former_id)


def decide(
    engine: DuckDB, file: Path, pair: tuple[Side, Side], verdict: Verdict, **words: str | None
) -> Decided:
    """Write down that two are the same paper, or not, unless it is said or so already.

    Args:
        engine: sees the published file.
        file: the overrides file.
        pair: the two.
        verdict: what is decided.
        words: who decided, and why.

    Raises:
        PipelineError: it cannot be so, contradicts what was decided before (the lines are named),
            or the file cannot be read or written.
    """
    left, right = pair if verdict == "same" else _parts(*pair)
    are_one = left.paper_id == right.paper_id
    if left.id == right.id and verdict == "same":
        return Decided(left, right, verdict, None, is_new=False, are_one=are_one)
    _refuse_nonsense(left, right, verdict)
    with overrides_lock(file):
        lines = Lines(engine, read_overrides(file))
        said = lines.saying(left, right, verdict)
        if said is None:
            _refuse_contradiction(file, lines, (left, right), verdict)
        if said is not None or (are_one and verdict == "same"):
            return Decided(left, right, verdict, said, is_new=False, are_one=are_one)
        decision = Decision(
            left=left.id,
            right=right.id,
            decision=verdict,
            who=words.get("who"),
            when=date.today(),  # noqa: DTZ011 - the day where the person is
            why=words.get("why"),
        )
        line, is_queued = add_decision(file, decision), _is_queued(engine, left, right)
        return Decided(left, right, verdict, line, True, are_one, is_queued)


def _is_queued(engine: DuckDB, left: Side, right: Side) -> bool:
    """Tell whether the published queue asks about the two papers."""
    papers = sorted((left.paper_id, right.paper_id))
    sql = "select 1 from review_queue where paper_id_l = ? and paper_id_r = ?"
    return bool(engine.tuples(sql, papers))


def _parts(left: Side, right: Side) -> tuple[Side, Side]:
    """Return the two, each as the part of a merged paper that bore the id meant, if one does.

    Which records bore it the published file does not say; the build knows.
    """
    if left.id != right.id or left.former_id == right.former_id:
        return left, right
    parted = [
        replace(side, id=side.former_id, records=frozenset({side.former_id}))
        if side.former_id
        else side
        for side in (left, right)
    ]
    return parted[0], parted[1]


def _refuse_nonsense(left: Side, right: Side, verdict: Verdict) -> None:
    if left.id == right.id:
        how = "; to take a record out of it, name the record" if left.id == left.paper_id else ""
        raise PipelineError(f"both ids name {left.id}; name two{how}")
    if verdict == "not_same" and left.records == right.records:
        raise PipelineError(
            f"{left.id} and {right.id} are the paper and its only record; there is nothing to part"
        )


def _refuse_contradiction(
    file: Path, lines: "Lines", pair: tuple[Side, Side], verdict: Verdict
) -> None:
    against = lines.contradicting(*pair, verdict)
    if not against:
        return
    named = "; ".join(f"line {row['line']}, {_in_words(row)}" for row in against)
    raise PipelineError(
        f"{file} says otherwise: {named}. Correct or remove what is wrong there; "
        "nothing was written"
    )


def _in_words(row: Mapping[str, Any]) -> str:
    by = f"{row.get('who') or ''} {row.get('decided_on') or ''}".strip()
    what = f"{row['left_id']} and {row['right_id']} are {row['decision'].replace('_', ' ')}"
    return f"{what} ({by})" if by else what


@dataclass(slots=True)
class Lines:
    """The lines of the overrides file beside what is published.

    Attributes:
        engine: sees the published file.
        rows: the lines, as `read_overrides` gives them.
        records: what is known of each id so far: the records it stands for.
    """

    engine: DuckDB
    rows: Sequence[Mapping[str, Any]]
    records: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look up the records of all ids in the file."""
        ids = sorted({row[side] for row in self._sound() for side in ("left_id", "right_id")})
        found: dict[str, set[str]] = {}
        for id_, record_id in self.engine.tuples(_RECORDS_OF, {"ids": ids}) if ids else []:
            found.setdefault(id_, set()).add(record_id)
        self.records.update({id_: frozenset(records) for id_, records in found.items()})

    def _sound(self) -> list[Mapping[str, Any]]:
        return [row for row in self.rows if not row["fault"]]

    def saying(self, left: Side, right: Side, verdict: Verdict) -> int | None:
        """Return the first line that says the same of the same records, or ids; else None."""
        wanted = {left.records, right.records}
        for row in self._sound():
            sides = {self.records.get(row[side], row[side]) for side in ("left_id", "right_id")}
            is_same_pair = sides == wanted or {row["left_id"], row["right_id"]} == {
                left.id,
                right.id,
            }
            if is_same_pair and row["decision"] == verdict:
                return row["line"]
        return None

    def contradicting(
        self, left: Side, right: Side, verdict: Verdict
    ) -> Sequence[Mapping[str, Any]]:
        """Return the lines that, taken together, say the contrary of a decision."""
        import polars as pl

        from pipeline.transforms.override_lines import resolve_lines

        rows = self._sound()
        number = max((row["line"] for row in rows), default=1) + 1
        new = {"line": number, "left_id": left.id, "right_id": right.id, "decision": verdict}
        names = ("line", "left_id", "right_id", "decision")
        lines = pl.DataFrame(
            [*({name: row[name] for name in names} for row in rows), new],
            schema={"line": pl.Int64} | dict.fromkeys(names[1:], pl.String),
        ).with_columns(fault=pl.lit(None, pl.String))
        known = self.records | {left.id: left.records, right.id: right.records}
        members = pl.DataFrame(
            [(id_, record) for id_, records in sorted(known.items()) for record in sorted(records)],
            schema={"id": pl.String, "record_id": pl.String},
            orient="row",
        )
        sides = dict.fromkeys((*names[1:], "side", "record_id"), pl.String)
        resolved = resolve_lines(lines, members, pl.DataFrame(schema=sides))
        fault = resolved.filter(pl.col("line") == number)["fault"][0] or ""
        found = _CONTRADICTED.search(fault)
        against = {int(line) for line in found[1].split(",")} if found else set()
        ids = {left.id, right.id}
        return [
            row
            for row in rows
            if row["line"] in against
            or (row["decision"] != verdict and {row["left_id"], row["right_id"]} == ids)
        ]


def paper_lines(engine: DuckDB, done: Decided) -> list[str]:
    """Return a line for each paper that a decision speaks of: id, year, title, sightings."""
    ids = sorted({done.left.paper_id, done.right.paper_id})
    sql = """
        select paper_id, title, year, n_records from papers
        where list_contains(?, paper_id) order by paper_id"""
    return [
        f"{row['paper_id']}  {row['year'] or '    '}  {one_line(row['title'])}"
        f"  ({row['n_records']} sighting{'s' * (row['n_records'] != 1)})"
        for row in engine.rows(sql, [ids])
    ]


def one_line(text: str | None) -> str:
    """Return a text of a page as it can be shown on a terminal: on one line, odd signs spelled."""
    return printable(" ".join((text or "").split()))
