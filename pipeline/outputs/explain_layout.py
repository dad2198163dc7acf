"""One paper on a screen, for `papermart explain`: its parts below each other, at any width.

What belongs here: what stands in which column, and how many rows are shown. What does not: what is
known of the paper (`explain`), breaking lines (`laid_out`).
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pipeline.outputs.laid_out import as_text, broken, print_lines, row_lines
from pipeline.outputs.short_ids import short_id
from pipeline.text.shown import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_MAX_SHOWN = 15
_MAX_CHARS = 600
_Row = dict[str, Any]


def print_explanation(found: _Row, console: "Console") -> None:
    """Lay out what `explain_paper` found; long lists are cut, which is said."""
    print_lines(_layout(found, console.width), console)


def explanation_text(found: _Row, width: int) -> str:
    """Return the same as plain text, without colours and trailing spaces."""
    return as_text(_layout(found, width))


def _layout(found: _Row, width: int) -> "Iterator[Text]":
    paper = found["paper"]
    yield from _told(str(paper["title"]), width, "bold")
    seen = f"seen {_times(paper['n_records'])} on {', '.join(paper['sources'])}"
    yield from _told(f"{paper['paper_id']}  {paper['year'] or 'year unknown'}  {seen}", width)
    former = ", ".join(row["known_id"] for row in found["former_ids"])
    if former:
        yield from _told(f"also known as {former}", width)
    if paper["is_withdrawn"]:
        why = f"withdrawn or retracted: {paper['withdrawn_reason']}"
        yield from _told(why, width, "bold red")
    for title, rows, names, n_short, cells in _parts(found):
        n = len(found["authors"]) if title == "Authors" else len(rows)
        yield from _part(f"{title} ({n})", rows, names, n_short, cells, width)


def _parts(
    found: _Row,
) -> Iterator[tuple[str, Sequence[_Row], str, int, Callable[[_Row], Sequence[object]]]]:
    yield "Values", found["values"], "field agree conflict value from", 3, _value_row
    yield "Also shown", found["other_values"], "field cards value from", 2, _other_row
    yield "Authors", _author_lists(found), "places evidence names from", 2, _author_row
    yield "Seen in", found["sightings"], "source saved record where", 3, _sighting_row
    own, other = _pairs(found, own=True), _pairs(found, own=False)
    yield "Compared with each other", own, "status p records reason", 3, _match_row
    yield "Compared with other papers", other, "status p records paper reason", 4, _other_match_row
    yield "Related papers", found["relations"], "paper what title reason", 2, _relation_row
    yield "Overrides", found["overrides"], "line decision ids by why", 3, _override_row
    yield "Topics", found["topics"], "evidence topic words", 1, _topic_row
    yield "History of its ids", found["history"], "when from to why", 3, _history_row


def _part(
    head: str,
    rows: Sequence[_Row],
    names: str,
    n_short: int,
    cells: Callable[[_Row], Sequence[object]],
    width: int,
) -> "Iterator[Text]":
    from rich.text import Text

    if not rows:
        return
    yield Text("")
    yield Text(head, style="bold cyan")
    shown = [[_cut(cell) for cell in cells(row)] for row in rows[:_MAX_SHOWN]]
    yield from row_lines(names.split(), shown, n_short, width)
    if len(rows) > _MAX_SHOWN:
        yield from _told(
            f"… and {len(rows) - _MAX_SHOWN} more; --format json shows all", width, "dim", 2
        )


def _told(text: str, width: int, style: str = "", indent: int = 0) -> "Iterator[Text]":
    from rich.text import Text

    yield from (Text(line, style=style) for line in broken(printable(text), width, indent))


def _cut(cell: object) -> str | None:
    text = None if cell is None else str(cell)
    return text if text is None or len(text) <= _MAX_CHARS else f"{text[:_MAX_CHARS]} …"


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"


def _place(row: _Row) -> str:
    return f"{row['path']}:{row['line_start']}"


def _pairs(found: _Row, *, own: bool) -> list[_Row]:
    paper_id = found["paper"]["paper_id"]
    return [row for row in found["matches"] if (row["other_paper_id"] == paper_id) is own]


def _value_row(row: _Row) -> tuple[object, ...]:
    return row["field"], row["n_agree"], row["n_conflict"], row["value"], _place(row)


def _other_row(row: _Row) -> tuple[object, ...]:
    return row["field"], row["n_cards"], row["value"], _place(row)


def _author_lists(found: _Row) -> list[_Row]:
    """Return one row for each run of names that stand on the same evidence."""
    runs = groupby(found["authors"], key=lambda row: (row["evidence"], row["record_id"]))
    return [{"names": names, **names[0]} for _, run in runs if (names := list(run))]


def _author_row(row: _Row) -> tuple[object, ...]:
    names = row["names"]
    shown = ", ".join(f"{n['author_name']} {n['homonym_id'] or ''}".rstrip() for n in names)
    orders = [name["author_order"] for name in names if name["author_order"]]
    places = "-".join(str(order) for order in sorted({*orders[:1], *orders[-1:]}))
    return places, row["evidence"], shown, _place(row)


def _sighting_row(row: _Row) -> tuple[object, ...]:
    lines = f"{row['path']}:{row['line_start']}-{row['line_end']}"
    return row["source"], row["captured_on"], short_id(row["record_id"]), lines


def _match_row(row: _Row) -> tuple[object, ...]:
    records = f"{short_id(row['record_id_l'])} {short_id(row['record_id_r'])}"
    return row["match_status"], f"{row['match_probability']:.3f}", records, row["match_reason"]


def _other_match_row(row: _Row) -> tuple[object, ...]:
    *short, reason = _match_row(row)
    return *short, short_id(row["other_paper_id"]), reason


def _relation_row(row: _Row) -> tuple[object, ...]:
    side = "has" if row["is_of_other"] else "is"
    what = f"{side} {row['relation']}{'' if row['is_of_other'] else ' of'}"
    if row["relation"] in ("part", "edition"):
        what = f"{'earlier' if row['is_of_other'] else 'later'} {row['relation']} than"
    return short_id(row["other_paper_id"]), what, row["other_title"], row["reason"]


def _override_row(row: _Row) -> tuple[object, ...]:
    by = f"{row['who'] or ''} {row['decided_on'] or ''}".strip()
    ids = " ".join(short_id(row[side]) for side in ("left_id", "right_id"))
    return row["line"], row["decision"], ids, by, row["why"]


def _topic_row(row: _Row) -> tuple[object, ...]:
    return row["evidence"], row["topic"], row["matched_text"]


def _history_row(row: _Row) -> tuple[object, ...]:
    ids = short_id(row["from_paper_id"]), short_id(row["to_paper_id"])
    return f"{row['changed_at']:%Y-%m-%d}", *ids, row["why"]
