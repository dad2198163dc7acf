"""Hugging Face papers: search results, the page of one day, the page of one paper.

What belongs here: how pages of huggingface.co/papers are known. What does not: reading lists of
papers as text (`huggingface_text`) or as HTML (`huggingface_html`), and single papers
(`huggingface_paper`).
"""

import re
from itertools import pairwise

from pipeline.contract.findings import ParseResult
from pipeline.sources import huggingface_html as html
from pipeline.sources import huggingface_lines as lines_of
from pipeline.sources import huggingface_paper as single
from pipeline.sources import huggingface_text as text
from pipeline.sources.dump import Dump, text_lines
from pipeline.sources.huggingface_lines import (
    DATE,
    find_marks,
    is_opening,
    with_kinds,
)
from pipeline.sources.huggingface_titles import title_likeness
from pipeline.sources.reading import NUMBER

NAME = "huggingface_papers"
TITLE = "Hugging Face"
NO_RESULTS = re.compile(
    r"\A(?=.{0,4000}?(?:Hugging Face|Daily Papers)).{0,4000}?\bNo (?:papers|results)\b"
)
CARD_MARKUP = html.DATA_TARGET
_LIST = re.compile(html.DATA_TARGET)
# To look for the whole text takes three times as long as for its rare first letter.
_PUBLISHED = re.compile(re.escape(single.PUBLISHED[0]) + f"(?={re.escape(single.PUBLISHED[1:])})")
_FIRST_OF_OPENING = re.compile("[SG]")
# How many lines of a single paper's page may look like those that mark a card of a list.
_MOST_OWN_MARKS = 2

# Lines that are whole, and lines that begin something.
WHOLE = lines_of.WHOLE
BEGINS = re.compile(
    r"Submitted by\s|(?:[•*-]\s*)?·(?:\s*$|\s*\d|\s*[A-Z][a-z]{2,8} (?:on|\d))"
    rf"|(?:[•*-]\s*)?{NUMBER} authors?$|{DATE.pattern}$|Published on [A-Z][a-z]{{2,8}} \d"
    rf"|Upvotes?(?: (?:{NUMBER}|-))?$|GitHub [\d.,]{{1,9}}k?$|arXiv Page$|Project page$"
    r"|Get trending papers|by ?AK and the research"
)


def detect(dump: Dump) -> int:
    """Return the number of cards, by what marks each: a submitter or what precedes its date.

    A compact search page marks none of them: below its opening, titles above prose count.
    """
    if dump.form == "html":
        return max(html.detect(dump), single.detect(dump))
    return len(marks(dump) or likely(dump))


def marks(dump: Dump) -> list[int]:
    """Return the numbers of the lines that mark a card, or the page of one paper."""
    lines = text_lines(dump)
    papers = single.find_papers(lines) if _PUBLISHED.search(dump.text) else []
    of_cards = find_marks(lines)
    found = of_cards if len(of_cards) > _MOST_OWN_MARKS * len(papers) else _begins(papers)
    return [lines.numbers[index] for index in found]


def sure(dump: Dump) -> list[int]:
    """Return the numbers of the first and the last line of pages of one paper: see `sections`."""
    lines = text_lines(dump)
    papers = single.find_papers(lines) if single.PUBLISHED in dump.text else []
    ends = [index for paper in papers for index in (paper.begin, paper.end - 1)]
    return [lines.numbers[index] for index in ends]


def _begins(papers: list[single.Paper]) -> list[int]:
    return [paper.begin for paper in papers]


def likely(dump: Dump) -> list[int]:
    """Return the numbers of the lines that look like titles, below the opening of a page."""
    lines = text_lines(dump)
    openings = (
        at
        for at in lines.beginning_in(_FIRST_OF_OPENING)
        if lines.texts[at].startswith(("Subscribe", "Get trending papers in"))
        and is_opening(lines.texts[at])
    )
    opening = next(openings, None)
    if opening is None:
        return []
    below = lines[opening:]
    shown = zip(below.numbers, pairwise(map(title_likeness, below.texts)), strict=False)
    return [number for number, (title, prose) in shown if title > 0 > prose]


def parse(dump: Dump) -> ParseResult:
    """Read a list of papers or the page of one; see `pipeline.sources.reading.Source`."""
    if dump.form == "html":
        is_list = bool(_LIST.search(dump.text)) or not single.detect(dump)
        return html.parse(dump) if is_list else single.parse(dump)
    lines = text_lines(dump)
    papers = single.find_papers(lines) if single.PUBLISHED in dump.text else []
    if papers and len(find_marks(lines)) <= _MOST_OWN_MARKS * len(papers):
        return single.parse(dump)
    page = with_kinds(lines, dump.links)
    # Where the kinds say it already, the page need not be searched again.
    has_cards = page.has_marks or detect(dump) > 0
    return text.parse(page, dump, has_cards=has_cards)
