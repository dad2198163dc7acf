"""What stands outside of the cards of an HTML page: named as furniture, or reported.

What belongs here: lines that no card of the page took. What does not: the cards (`markup`), any
site's words.
"""

from pipeline.contract.findings import Furniture
from pipeline.sources.dump import Dump, Line
from pipeline.sources.reading import Findings
from pipeline.sources.site_modules import card_markup

FURNITURE = "page_markup"
_OUTSIDE = "Text outside of the HTML page: save each page in a file of its own."
_UNREAD = "Cards in a comment or script, or of another site: save each page in a file of its own."


def furnish(dump: Dump, spans: list[tuple[int, int]], found: Findings) -> None:
    """Name or report all lines that are in none of the spans (first line, last line)."""
    at = 1
    for start, end in (*spans, (len(dump.lines) + 1,) * 2):
        if at < start and any(map(str.strip, dump.lines[at - 1 : start - 1])):
            found.furniture.append(Furniture(at, start - 1, FURNITURE))
            _report_unread(dump, at, start - 1, found)
        at = max(at, end + 1)
    _report_outside(dump, found)


def _report_unread(dump: Dump, start: int, end: int, found: Findings) -> None:
    """Report lines outside of cards that look like any site's cards, from the first to the last."""
    marked = card_markup()
    numbers = [
        number
        for number, line in enumerate(dump.lines[start - 1 : end], start)
        if marked.search(line)
    ]
    if numbers:
        found.leave(text_lines_of(dump, numbers[0], numbers[-1]), _UNREAD)


def _report_outside(dump: Dump, found: Findings) -> None:
    """Report lines above the page's first tag and below its last that are no markup."""
    first = next((n for n, line in enumerate(dump.lines, 1) if "<" in line), 1)
    found.leave(text_lines_of(dump, 1, first - 1), _OUTSIDE)
    last = max(dump.text.rfind("</html>"), dump.text.rfind("</HTML>"))
    if last >= 0:
        below = text_lines_of(
            dump, len(dump.lines) - dump.text.count("\n", last) + 1, len(dump.lines)
        )
        found.leave((line for line in below if not line.text.startswith("<")), _OUTSIDE)


def text_lines_of(dump: Dump, start: int, end: int) -> list[Line]:
    """Return the lines from the first to the last of a range of numbers, blank ones left out."""
    return [
        Line(number, raw.strip(), raw)
        for number, raw in enumerate(dump.lines[start - 1 : end], start)
        if raw.strip()
    ]
