"""Hugging Face papers: search results, and the page of one day.

What belongs here: how pages of huggingface.co/papers are known. What does not: reading them as text
(`huggingface_text`) or as HTML (`huggingface_html`).
"""

import re
from itertools import compress, count, pairwise, repeat

from pipeline.contract.findings import ParseResult
from pipeline.sources import huggingface_html as html
from pipeline.sources import huggingface_text as text
from pipeline.sources.dump import Dump, text_lines
from pipeline.sources.huggingface_lines import (
    DATE,
    FURNITURE,
    MARKS,
    find_marks,
    is_opening,
    with_kinds,
)
from pipeline.sources.huggingface_titles import title_likeness
from pipeline.sources.reading import NUMBER

NAME = "huggingface_papers"
TITLE = "Hugging Face"
CARD_MARKUP = html.DATA_TARGET

# Lines that begin something, and lines that are whole.
BEGINS = re.compile(
    rf"Submitted by\s|(?:[•*-]\s*)?·|(?:[•*-]\s*)?{NUMBER} authors?$|{DATE.pattern}$"
    r"|Get trending papers|by ?AK and the research"
)
WHOLE = re.compile("|".join((*FURNITURE.values(), *MARKS.values(), DATE.pattern, rf"{NUMBER}|-")))


def detect(dump: Dump) -> int:
    """Return the number of cards, by what marks each: a submitter or what precedes its date.

    A compact search page marks none of them: below its opening, titles above prose count.
    """
    if dump.form == "html":
        return html.detect(dump)
    return len(marks(dump) or likely(dump))


def marks(dump: Dump) -> list[int]:
    """Return the numbers of the lines that mark a card."""
    lines = text_lines(dump)
    return [lines.numbers[index] for index in find_marks(lines)]


def likely(dump: Dump) -> list[int]:
    """Return the numbers of the lines that look like titles, below the opening of a page."""
    lines = text_lines(dump)
    openings = map(str.startswith, lines.texts, repeat(("Subscribe", "Get trending papers in")))
    opening = next(
        (at for at in compress(count(), openings) if is_opening(lines.texts[at])), len(lines)
    )
    below = lines[opening:]
    shown = zip(below.numbers, pairwise(map(title_likeness, below.texts)), strict=False)
    return [number for number, (title, prose) in shown if title > 0 > prose]


def parse(dump: Dump) -> ParseResult:
    """Read a search page or the page of a day; see `pipeline.sources.reading.Source`."""
    if dump.form == "html":
        return html.parse(dump)
    page = with_kinds(text_lines(dump), dump.links)
    # Where the kinds say it already, the page need not be searched again.
    has_cards = page.has_marks or detect(dump) > 0
    return text.parse(page, dump.captured_on, has_cards=has_cards)
