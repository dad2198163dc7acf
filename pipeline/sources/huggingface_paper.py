"""Hugging Face's page of one paper (huggingface.co/papers/...), as HTML and as text.

What belongs here: the JSON that the page carries for its own scripts (a `div` with the target
`PaperContent`, on older pages `PaperPage`), and its lines. What does not: pages that list papers
(`huggingface_html`, `huggingface_text`).

Text and a page that lost its JSON are read by their lines: title, `Published on ...`, `Authors:`
with all names, `Abstract`. Above the abstract a page may show a summary made by a program: that is
not the abstract, and is left out. Below it stand links and what people wrote.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from selectolax.lexbor import LexborNode

from pipeline.contract.findings import PageFacts, ParseResult, Record
from pipeline.sources.arxiv_words import ARXIV_ID, read_authors
from pipeline.sources.dump import Dump, Lines, text_lines
from pipeline.sources.huggingface_html import read_paper
from pipeline.sources.markup import Card, parse_whole, read_cards, visible_lines
from pipeline.sources.reading import (
    NUMBER,
    CardDate,
    Findings,
    is_cut,
    join_lines,
    read_date,
    read_number,
)
from pipeline.text.dates import MONTH, month_number

# What the tag that carries the page's JSON says of itself.
_TARGET = re.compile(r"""data-target=["']?Paper(?:Content|Page)\b""", re.IGNORECASE)
_TITLE_TAG = re.compile(r"""<title>\s{0,20}Paper page\b|content=["']Paper page - """)
# What both hold; to look for a word first takes a tenth of looking for a pattern everywhere.
_WORD = re.compile(r"Paper(?:Content|Page| page)\b")
_MOST_BEFORE = 40  # characters of a sign before its word
_MOST_JSON = 16 * 2**20  # characters

PUBLISHED = "Published on"  # in the line with the day
_PUBLISHED = re.compile(
    rf"(?:·\s*)?Published on (?P<month>{MONTH}) (?P<day>\d{{1,2}})(?:, (?P<year>\d{{4}}))?"
    r"(?:\s*·?\s*(?:Submitted by|#\d{1,3} Paper of the).{0,140})?"
)
_IDENTIFIER = re.compile(rf"(?:Papers\s*)?(?:[·/|]\s*)?ar[xX]iv:\s?{ARXIV_ID}", re.IGNORECASE)
_AUTHORS = re.compile(r"[#*\s]{0,8}Authors?\s?:\s*(?P<rest>.*)")
_ABSTRACT = re.compile(r"[#*\s]{0,8}Abstract[*\s]{0,4}")
_BY_PROGRAM = re.compile(r"AI-generated summary\W{0,4}", re.IGNORECASE)
_UPVOTE = re.compile(rf"Upvotes?(?:\s+(?P<n>{NUMBER}|-))?")
_COUNT = re.compile(NUMBER)
_MORE = re.compile(rf",?\s*\+\s?(?P<n>{NUMBER})(?: more)?(?: authors?)?\s*,?$")
_MOST_MORE_CHARS = 40
_UNLIKE_NAMES = frozenset("[]<>{}|")
# Where the abstract ends.
_BELOW = re.compile(
    r"[#*•\s-]{0,8}(?:View arXiv page|View PDF|Project page|GitHub\b.{0,20}|Add to collection"
    r"|Community|Models citing this paper\b.*|Datasets citing this paper\b.*"
    r"|Spaces citing this paper\b.*|Collections including this paper\b.*|Get this paper in .*"
    r"|Upvote\b.{0,12}|arXiv Page|Share|Login to comment)\s*"
    # The buttons below it in one line: tools glue what only a style sheet keeps apart.
    r"|(?:View arXiv page|arXiv Page)\s?View PDF.{0,100}"
)
_MOST_AUTHOR_LINES = 12_000
_MOST_ABSTRACT_LINES = 80
_MOST_TITLE_LINES = 4
_MOST_META_LINES = 60  # between the day of publication and the authors
_LETTER = re.compile(r"[^\W\d_]")
_UNTITLED = "The page has no title where it belongs: look at it."
_TORN = "The title or the names of the page cannot be told from what is around: look at it."


def detect(dump: Dump) -> int:
    """Return the number of papers that have a page of their own in a dump."""
    if dump.form != "html":
        return len(find_papers(text_lines(dump)))
    text = dump.text
    return int(
        any(
            sign.search(text, max(0, word.start() - _MOST_BEFORE), word.end() + 3)
            for word in _WORD.finditer(text)
            for sign in (_TARGET, _TITLE_TAG)
        )
    )


def parse(dump: Dump) -> ParseResult:
    """Read a page; see `pipeline.sources.reading.Source`."""
    found = Findings()
    if dump.form == "html":
        _read_html(dump, found)
    else:
        lines = text_lines(dump)
        papers = find_papers(lines)
        limits = [*(paper.begin for paper in papers[1:]), len(lines)]
        for paper, limit in zip(papers, limits, strict=False):
            _read_text(paper, lines, dump.captured_on, found)
            if paper.end < limit and _BELOW.fullmatch(lines.texts[paper.end]):
                found.furnish(lines[paper.end : limit], "page_foot")
    return found.result(PageFacts())


# ---------- HTML


def _read_html(dump: Dump, found: Findings) -> None:
    parsed = parse_whole(dump.text)
    if parsed is None or parsed[0].root is None:
        return
    last = max(number for number, line in enumerate(dump.lines, 1) if line.strip())
    first = next(number for number, line in enumerate(dump.lines, 1) if line.strip())
    card = Card(parsed[0].root, 0, first, last, is_cut=False)

    def read_page(node: LexborNode, card: Card, _: Findings) -> Record | None:
        lines = (card.line_start, card.line_end)
        for holder in node.css("[data-target][data-props]"):
            record = _read_props(holder.attributes["data-props"] or "", lines)
            if record and (holder.attributes["data-target"] or "").startswith("Paper"):
                return record
        return _read_visible(dump, lines)

    read_cards(dump, [card], read_page, found)


def _read_props(props: str, lines: tuple[int, int]) -> Record | None:
    data: Any = None
    if len(props) <= _MOST_JSON:
        with suppress(ValueError, RecursionError):
            data = json.loads(props, strict=False)
    return read_paper(data.get("paper"), lines) if isinstance(data, dict) else None


def _read_visible(dump: Dump, place: tuple[int, int]) -> Record | None:
    """Read what a browser would show of a page without its JSON, as text."""
    shown = visible_lines(dump.text)
    lines = Lines(list(range(1, len(shown) + 1)), list(shown), list(shown))
    found = Findings()
    for paper in find_papers(lines)[:1]:
        _read_text(paper, lines, dump.captured_on, found)
    for record in found.records:
        return record._replace(line_start=place[0], line_end=place[1])
    return None


# ---------- text


@dataclass
class Paper:
    """A paper's page, by the indexes of lines.

    Attributes:
        begin: its first line: the identifier or the title.
        title: where the title begins.
        published: the line with the day of publication, the match in it.
        authors: where the names begin.
        abstract: where the heading "Abstract" stands.
        end: behind the abstract.
    """

    begin: int
    title: int
    published: int
    day: re.Match[str]
    authors: int
    abstract: int
    end: int
    arxiv_id: str | None


def find_papers(lines: Lines) -> list[Paper]:
    """Return the papers of a text that have all that such a page has, in its order."""
    return list(_find_papers(lines))


def _find_papers(lines: Lines) -> Iterator[Paper]:
    texts, floor = lines.texts, 0
    for at in [at for at, text in enumerate(texts) if PUBLISHED in text]:
        day = _PUBLISHED.fullmatch(texts[at]) if PUBLISHED in texts[at][:24] else None
        if day is None or at < max(floor, 1):
            continue
        authors = _next(texts, _AUTHORS, range(at + 1, at + _MOST_META_LINES))
        if authors is None:
            continue
        abstract = _next(texts, _ABSTRACT, range(authors + 1, authors + _MOST_AUTHOR_LINES))
        if abstract is None:
            continue
        last = min(abstract + 1 + _MOST_ABSTRACT_LINES, len(texts))
        below = _next(texts, _BELOW, range(abstract + 1, last))
        end = last if below is None else below
        above = range(max(floor, at - _MOST_TITLE_LINES - 1), at)
        named = [index for index in above if _IDENTIFIER.fullmatch(texts[index])]
        title = named[-1] + 1 if named else at - 1
        arxiv = _IDENTIFIER.fullmatch(texts[named[-1]]) if named else None
        begin = named[-1] if named else title
        floor = end
        yield Paper(begin, title, at, day, authors, abstract, end, arxiv["id"] if arxiv else None)


def _next(texts: list[str], rule: re.Pattern[str], span: range) -> int | None:
    inside = range(span.start, min(span.stop, len(texts)))
    return next((at for at in inside if rule.fullmatch(texts[at])), None)


def _read_text(paper: Paper, lines: Lines, captured_on: date | None, found: Findings) -> None:
    texts = lines.texts
    card = lines[paper.begin : paper.end]
    pieces = texts[paper.title : paper.published]
    title = join_lines(pieces)
    names = _read_names(texts[paper.authors : paper.abstract])
    if not title:
        found.report("missing_title", _UNTITLED, card[:1])
        found.leave(card, _UNTITLED)
        return
    # A piece without a letter may be what the page counts as well as the end of the title.
    if names is None or not all(map(_LETTER.search, pieces)):
        found.report("torn_card", _TORN, card[:1])
        found.leave(card, _TORN)
        return
    dated = _read_day(paper, captured_on)
    if dated.flag == "bad_date":
        message = "The date does not exist: the card is kept without it, look at the page."
        found.report("bad_date", message, lines[paper.published : paper.published + 1])
    abstract = join_lines(_without_summary(texts[paper.abstract + 1 : paper.end])) or None
    is_whole = None if abstract is None else not is_cut(abstract)
    flags = (
        ("no_author_line", not names["authors"]),
        ("no_abstract", abstract is None),
        ("cut_abstract", is_whole is False),
        ("no_date", dated.day is None),
        (dated.flag, True),
    )
    found.records.append(
        Record(
            line_start=card.numbers[0],
            line_end=card.numbers[-1],
            raw_title="\n".join(lines.raws[paper.title : paper.published]),
            title=title,
            abstract=abstract,
            is_abstract_complete=is_whole,
            arxiv_id=paper.arxiv_id,
            url=f"https://huggingface.co/papers/{paper.arxiv_id}" if paper.arxiv_id else None,
            published_date=dated.day,
            year=dated.year,
            is_year_inferred=dated.is_year_inferred,
            n_upvotes=_read_upvotes(texts[paper.published : paper.authors]),
            flags=tuple(flag for flag, holds in flags if flag and holds),
            **names,
        )
    )


def _read_day(paper: Paper, captured_on: date | None) -> CardDate:
    """Read the day of publication; where it lacks its year, the identifier bounds it.

    A paper has its identifier from the month in which it was submitted, or the month after.
    """
    day = paper.day
    year = captured_on.year if captured_on else None
    if year is None and paper.arxiv_id and paper.arxiv_id[:4].isdecimal():
        given, month = int(paper.arxiv_id[:2]) + 2000, int(paper.arxiv_id[2:4])
        months_before = (month - (month_number(day["month"]) or 0)) % 12
        year = given - (months_before >= month) if months_before <= 1 else None
    return read_date(day["month"], day["day"], day["year"], year)


def _read_names(texts: list[str]) -> dict[str, Any] | None:
    """Read the names below `Authors:`; None where names and links cannot be told apart."""
    label = _AUTHORS.fullmatch(texts[0])
    shown = [label["rest"].strip() if label else "", *texts[1:]]
    shown = [text for text in shown if text and not _UPVOTE.fullmatch(text)]
    # Commas separate names, or else the ends of lines do.
    joined = join_lines(shown) if any("," in text for text in shown) else ", ".join(shown)
    more = _MORE.search(joined[-_MOST_MORE_CHARS:])
    if more:
        joined = joined[: -len(more[0])].rstrip(" ,")
    is_counted = any(_COUNT.fullmatch(text) for text in shown)
    if is_counted or not _UNLIKE_NAMES.isdisjoint(joined):
        return None
    fields = read_authors(re.sub(r" ,", ",", joined), is_uncut=True)
    if more and fields["authors"]:
        total = len(fields["authors"]) + read_number(more["n"])
        fields |= {"authors_complete": False, "n_authors_total": total}
    return fields | {"raw_authors": "\n".join(shown) or None}


def _without_summary(texts: list[str]) -> list[str]:
    """Return the lines of an abstract without the summary by a program that may stand above it."""
    label = next((at for at, text in enumerate(texts) if _BY_PROGRAM.fullmatch(text)), None)
    if label is None:
        return texts
    # Where the label stands first, the summary is the next line.
    return texts[label + 1 :] if label else texts[2:]


def _read_upvotes(texts: list[str]) -> int | None:
    for text, below in pairwise([*texts, ""]):
        if match := _UPVOTE.fullmatch(text):
            number = _COUNT.fullmatch(match["n"] or below)
            return read_number(number[0]) if number else None
    return None
