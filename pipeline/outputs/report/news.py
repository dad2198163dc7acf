"""What is new since the version before, in words and as rows.

What belongs here: the words of the table `changes` on the page. What does not: what counts as a
change (`sql/versions`), the same for a terminal (`outputs.changes`).
"""

from dataclasses import dataclass, replace

from pipeline.outputs.report.figures import Row, ask_if_there
from pipeline.outputs.report.parts import Block
from pipeline.outputs.report.tables import Column, count, make_table, words
from pipeline.outputs.report.trend_words import trend_in_words
from pipeline.storage.duckdb_engine import DuckDB

# What one and several of a kind are called.
_KINDS = {
    "paper": ("paper", "papers"),
    "author": ("person", "people"),
    "trend": ("verdict", "verdicts"),
    "decision": ("correction", "corrections"),
}
_CHANGES = {"merged": "merged into another", "split": "split off"}


@dataclass(frozen=True, slots=True)
class News:
    """What a report says of the version before.

    Attributes:
        told: in one sentence, also where there is none or nothing differs.
        block: the foremost changes; None without any.
    """

    told: str
    block: Block | None = None


def news(engine: DuckDB) -> News:
    """Return what differs between a published file and the version before it."""
    compared, figure = ask_if_there(engine, "compared"), ask_if_there(engine, "news")
    if compared is None or figure is None:
        return News("This version does not tell what differs from the one before: build again.")
    before = compared.rows[0]["compared_with"] if compared.rows else None
    if before is None:
        return News("This is the first version: there is none before it to compare with.")
    if not figure.rows:
        return News(f"Nothing differs from the version before, {before}.")
    parts = [_counted(row) for row in figure.rows]
    told = f"Since the version before, {before}: {'; '.join(parts)}."
    lines = ask_if_there(engine, "news_lines")
    if lines is None:
        return News(told)
    rows = [row | {"told": _change(row)} for row in lines.rows]
    columns = [
        Column("name", "Name"),
        Column("kind", "What", lambda kind: _KINDS.get(kind, (words(kind),))[0]),
        Column("told", "Change"),
    ]
    caption = "The foremost changes since the version before"
    table = make_table(replace(lines, rows=rows), caption, columns)
    return News(told, Block("news-lines", [], table, is_folded=True, summary=caption))


def _counted(row: Row) -> str:
    one, several = _KINDS.get(row["kind"], (words(row["kind"]),) * 2)
    change = _CHANGES.get(row["change"], words(row["change"]))
    return f"{count(row['n'])} {one if row['n'] == 1 else several} {change}"


def _change(row: Row) -> str:
    if row["field"] is None:
        return _CHANGES.get(row["change"], words(row["change"]))
    before, now = row["value_before"], row["value_now"]
    if row["kind"] == "trend":
        before, now = (value and trend_in_words(value) for value in (before, now))
    # What has come or gone had no value before, or has none now: that is no unknown one.
    if row["change"] == "new":
        return f"new: {now}"
    if row["change"] == "gone":
        return f"gone, before: {before}"
    return f"{_field(row['field'])}: {before or 'unknown'} → {now or 'unknown'}"


def _field(name: str) -> str:
    return words(f"number of {name[2:]}" if name.startswith("n_") else name)
