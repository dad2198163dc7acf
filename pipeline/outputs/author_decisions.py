"""What people decide of two authors: `papermart same` and `not-same` with author ids.

What belongs here: which authors are meant, whether the decision makes sense beside what is
published and what was decided before, writing it down. What does not: decisions on papers
(`decisions`), the file (`inputs`), obeying it, which takes a build.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pipeline.contract.errors import PipelineError
from pipeline.contract.ids import AUTHOR_ID
from pipeline.inputs.new_overrides import Decision, add_decision, overrides_lock
from pipeline.inputs.overrides import read_overrides
from pipeline.storage.duckdb_engine import DuckDB

_STRAY = " \t\r\n\"'`“”‘’,;()[]<>\ufeff\u00a0\u200b"  # what comes along when an id is copied


@dataclass(frozen=True, slots=True)
class AuthorDecided:
    """What became of a decision.

    Attributes:
        ids: the two ids as they stand in the line.
        authors: the author each leads to in the published version.
        line: the line of the file that says so; None if there was nothing to write.
        is_new: the line was written now.
    """

    ids: tuple[str, str]
    authors: tuple[str, str]
    line: int | None
    is_new: bool


def is_author_id(wanted: str) -> bool:
    """Tell whether a text is an author id by its looks, stray signs around it aside."""
    return re.fullmatch(AUTHOR_ID, wanted.strip(_STRAY).lower()) is not None


def decide_authors(
    engine: DuckDB,
    file: Path,
    pair: tuple[str, str],
    verdict: Literal["same", "not_same"],
    **words: str | None,
) -> AuthorDecided:
    """Write down that two authors are one person, or not, unless it is said or so already.

    Args:
        engine: sees the published file.
        file: the overrides file.
        pair: two author ids, of today or of an earlier build.
        verdict: what is decided.
        words: who decided, and why.

    Raises:
        PipelineError: an id leads to nobody or to several, it cannot be so, contradicts what was
            decided before (the lines are named), or the file cannot be read or written.
    """
    left, right = (wanted.strip(_STRAY).lower() for wanted in pair)
    if left == right:
        raise PipelineError(f"both ids name {left}; name two")
    authors = _author(engine, left), _author(engine, right)
    if verdict == "same":
        _refuse_twins(engine, authors)
    with overrides_lock(file):
        rows = [row for row in read_overrides(file) if not row["fault"]]
        about = [row for row in rows if {row["left_id"], row["right_id"]} == {left, right}]
        said = next((row["line"] for row in about if row["decision"] == verdict), None)
        if said is not None or (verdict == "same" and authors[0] == authors[1]):
            return AuthorDecided((left, right), authors, said, is_new=False)
        _refuse_contradiction(file, rows, (left, right), verdict)
        decision = Decision(
            left=left,
            right=right,
            decision=verdict,
            who=words.get("who"),
            when=date.today(),  # noqa: DTZ011 - the day where the person is
            why=words.get("why"),
        )
        return AuthorDecided((left, right), authors, add_decision(file, decision), is_new=True)


def _author(engine: DuckDB, wanted: str) -> str:
    """Return the author an id leads to, where an id was split the larger part."""
    sql = """select author_id from author_ids where known_id = ?
        order by n_mentions desc, author_id limit 1"""
    found = engine.tuples(sql, [wanted])
    if not found:
        raise PipelineError(
            f"no author here has the id {wanted}; the pages may have been taken away, or it is of "
            "another warehouse or a later version (`papermart versions`)"
        )
    return found[0][0]


def _refuse_twins(engine: DuckDB, authors: tuple[str, str]) -> None:
    sql = """select min(one.paper_id) from authorships as one
        inner join authorships as other on one.paper_id = other.paper_id
        where one.author_id = ? and other.author_id = ?"""
    (shared,) = engine.tuples(sql, [*authors])[0]
    if shared is not None and authors[0] != authors[1]:
        raise PipelineError(
            f"{authors[0]} and {authors[1]} stand both in the list of the paper {shared}, where "
            "nobody stands twice; nothing was written"
        )


def _refuse_contradiction(
    file: Path,
    rows: Sequence[Mapping[str, Any]],
    pair: tuple[str, str],
    verdict: str,
) -> None:
    """Refuse what the lines say otherwise of the same ids, directly or by way of `same` lines."""
    against = [
        row
        for row in rows
        if row["decision"] != verdict and {row["left_id"], row["right_id"]} == {*pair}
    ]
    against = against or _against_by_way(rows, pair, verdict)
    if not against:
        return
    named = "; ".join(
        f"line {row['line']}, {row['left_id']} and {row['right_id']} are "
        + row["decision"].replace("_", " ")
        for row in against
    )
    raise PipelineError(
        f"{file} says otherwise: {named}. Correct or remove what is wrong there; "
        "nothing was written"
    )


def _against_by_way(
    rows: Sequence[Mapping[str, Any]], pair: tuple[str, str], verdict: str
) -> list[Mapping[str, Any]]:
    import polars as pl

    from pipeline.transforms.override_lines import contradicted_lines

    number = max((row["line"] for row in rows), default=1) + 1
    names = ("line", "left_id", "right_id", "decision")
    new = dict(zip(names, (number, *pair, verdict), strict=True))
    lines = pl.DataFrame(
        [*({name: row[name] for name in names} for row in rows), new],
        schema={"line": pl.Int64} | dict.fromkeys(names[1:], pl.String),
    )
    against = contradicted_lines(lines, number)
    return [row for row in rows if row["line"] in against]
