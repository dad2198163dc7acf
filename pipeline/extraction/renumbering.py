"""From the lines of an undone page back to the lines of its file.

What belongs here: numbering what was found on an undone page as the file does, and naming the lines
that a step emptied. What does not: undoing (`forms`), reading.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.contract.findings import Furniture, Issue, ParseResult, Record

# (first, last) line of the file that a line is made of
Spans = Sequence[tuple[int, int]]
# What a line is called that a step emptied: a widget, a list of addresses, the head of a mail.
FORM = "saved form"
# A line of the file may hold many cards: then it says no more of one of them than its own words do.
_MOST_TIMES, _MOST_MORE = 4, 200


def joined(outer: Spans, inner: Spans) -> Spans:
    """Return the spans of lines made of lines that are themselves made of the file's.

    >>> joined([(1, 2), (3, 3), (4, 6)], [(1, 1), (2, 3)])
    [(1, 2), (3, 6)]
    """
    return [(outer[first - 1][0], outer[last - 1][1]) for first, last in inner]


def as_in_file(
    result: ParseResult, lines: Sequence[str], spans: Spans, file_lines: Sequence[str]
) -> ParseResult:
    """Return what was found on an undone page with the lines, and the raw texts, of the file.

    Args:
        result: what the site's reader found.
        lines: the lines it read.
        spans: of which lines of the file each is made.
        file_lines: the lines of the file.
    """

    def raw(text: str | None, found: Record) -> str | None:
        place = _find(text, found, lines) if text else None
        if not text or place is None:
            return text
        first, last = spans[place][0], spans[place + text.count("\n")][1]
        shown = "\n".join(filter(str.strip, file_lines[first - 1 : last]))
        return shown if len(shown) <= _MOST_TIMES * len(text) + _MOST_MORE else text

    records = tuple(
        _moved(
            record._replace(
                raw_title=raw(record.raw_title, record) or record.raw_title,
                raw_authors=raw(record.raw_authors, record),
            ),
            spans,
        )
        for record in result.records
    )
    furniture = (*(_moved(part, spans) for part in result.furniture), *_emptied(lines, spans))
    issues = tuple(_issue_in_file(issue, spans, file_lines) for issue in result.issues)
    return ParseResult(result.page, records, furniture, issues)


def _moved(found: Any, spans: Spans) -> Any:  # noqa: ANN401 - each finding stays what it is
    start, end = found.line_start - 1, min(found.line_end, len(spans)) - 1
    return found._replace(line_start=spans[start][0], line_end=spans[end][1])


def _issue_in_file(issue: Issue, spans: Spans, file_lines: Sequence[str]) -> Issue:
    if issue.line_start is None or issue.line_end is None:
        return issue
    moved = _moved(issue, spans)
    return moved._replace(text="\n".join(file_lines[moved.line_start - 1 : moved.line_end]))


def _find(text: str, record: Record, lines: Sequence[str]) -> int | None:
    """Return the place of a card's raw text among its lines, None if it is not so on the page."""
    wanted = text.split("\n")
    for place in range(record.line_start - 1, min(record.line_end, len(lines))):
        if lines[place] == wanted[0] and list(lines[place : place + len(wanted)]) == wanted:
            return place
    return None


def _emptied(lines: Sequence[str], spans: Spans) -> Iterator[Furniture]:
    """Yield the lines of the file of which a step left nothing: they held the form, no text.

    A line of which something is left is not among them, and blank lines are in the ledger anyway.
    """
    kept = {
        number
        for line, (first, last) in zip(lines, spans, strict=True)
        if line.strip()
        for number in range(first, last + 1)
    }
    begin = None
    for number in range(1, spans[-1][1] + 2 if spans else 1):
        if number not in kept and number <= spans[-1][1]:
            begin = begin or number
        elif begin:
            yield Furniture(begin, number - 1, FORM)
            begin = None
