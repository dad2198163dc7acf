"""Hugging Face's pages of papers as text: search results, the page of one day.

What belongs here: the card layouts of both. Neither names authors: only their number, or the
organisation in their place. What does not: what single lines look like (`huggingface_lines`).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress, count, pairwise

from pipeline.contract.findings import PageFacts, ParseResult, Record
from pipeline.sources import linked
from pipeline.sources.dump import Dump, Lines
from pipeline.sources.huggingface_lines import (
    DATE,
    FURNITURE,
    MARKS,
    ORGANIZATION,
    PAGE_DAY,
    PUBLISHED,
    Section,
    without_button,
)
from pipeline.sources.huggingface_listings import listing_of, shown_listing
from pipeline.sources.huggingface_organizations import organization_name, repeats_slug
from pipeline.sources.huggingface_titles import MOST_TITLE_CHARS, split_cards
from pipeline.sources.listings import as_facts
from pipeline.sources.reading import (
    NUMBER,
    CardDate,
    Findings,
    infer_year,
    is_cut,
    join_texts,
    read_date,
    read_number,
)
from pipeline.text.dates import make_date, month_number
from pipeline.text.whitespace import fold_space

_NUMBER = re.compile(NUMBER)

# Furniture that stands above the first card, never below it.
_HEADING_ENDS = (
    "page_heading",
    "newsletter",
    "submit_button",
    "page_day",
    "site_header",
    "heading_piece",
)

# What parts the cards of a page, or may: dates of pages, a button glued to a title.
_PARTING = FURNITURE.keys() | {"date", "glued"}

# Lines of the search page that stand below an abstract, or beside: none is a title or a paragraph.
_BELOW_ABSTRACTS = {"n_authors": "n_authors", "dot": "dot", "date": "date", "published": "date"}
_BELOW_ABSTRACTS |= {"count": "aside", "aside": "aside", "submitter": "aside", "user": "aside"}
_DATES = ("date", "published")
_ASIDE = ("aside", "user", "published")

# No tool wraps lines at fewer characters, hardly one at more; a printed line has about so many,
# and is as full as this.
_LEAST_WIDTH, _WIDEST, _PRINTED, _RAGGED = 40, 130, 80, 0.75
_STRAY = 0.03  # share of neighbours, below which they are strays
_FEW = 0.34  # of the organisations below titles
_UNKNOWN = "Line of a card that no rule knows: look at the page."
_NO_TITLE = "Lines of a card that has no title: look at the page, lines may be missing."


@dataclass
class _Card:
    """One card, by indexes of lines in its section.

    Attributes:
        span: all of its lines.
        texts: title and paragraphs.
        meta: the lines around them, by what they say.
        left: lines that no rule knows, or that repeat what another has said.
    """

    lines: Lines
    span: range
    texts: range
    meta: dict[str, int] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)

    def sort(self, index: int, part: str | None) -> None:
        """Enter a line that is no text."""
        if part is None or part in self.meta:
            self.left.append(index)
        else:
            self.meta[part] = index

    def text(self, part: str) -> str:
        """Return the text of a line, empty where the card lacks it."""
        return self.lines.texts[self.meta[part]] if part in self.meta else ""


def parse(page: Section, dump: Dump, *, has_cards: bool) -> ParseResult:
    """Read a page of either layout, or several below each other.

    Args:
        page: all lines of the page, with their kinds.
        dump: the page; what it knows of the day it was saved, and of its addresses.
        has_cards: whether it is a page of papers at all; else only its furniture is named.
    """
    found = Findings()
    page_year = infer_year(_stated_years(page), dump.captured_on)
    facts, sections = _read_furniture(page, found)
    if facts and page_year and dump.captured_on is None:
        facts |= _infer_capture(facts["page_month_day"], page_year)
    for section in sections if has_cards else []:
        # Section by section, as pages of both layouts may stand in one file.
        if section.is_of_a_day:
            _read_daily(section, found)
        else:
            _read_search(section, page_year, found)
    listing = (listing_of(dump) or shown_listing(page, sections)) if has_cards else None
    return found.result(PageFacts(**facts, **as_facts(listing)))


def _stated_years(page: Section) -> Iterator[int]:
    for text in compress(page.lines.texts, [kind in _DATES for kind in page.kinds]):
        if (shown := DATE.fullmatch(text.rpartition(PUBLISHED)[2])) and shown["year"]:
            yield int(shown["year"])


# ---------- page furniture


def _read_furniture(page: Section, found: Findings) -> tuple[dict, list[Section]]:
    """Take the furniture off a page; return the day the page shows, and the lines between.

    No card goes on below furniture. Of the lines above the heading only furniture is known;
    the rest is left to extraction.
    """
    facts: dict = {}
    sections: list[Section] = []
    texts, begin, first_full = page.lines.texts, 0, _first_full(page)
    for index in compress(count(), [kind in _PARTING for kind in page.kinds]):
        kind = page.kinds[index]
        name = kind if kind in FURNITURE else None
        is_below = 0 < begin == index
        if kind == "date" and is_below and not facts and (day := PAGE_DAY.fullmatch(texts[index])):
            facts["page_month_day"] = f"{month_number(day['month']):02}-{int(day['day']):02}"
            name = "page_day"
        is_first = begin == index and not sections
        title = without_button(texts[index], is_first=is_first) if kind == "glued" else None
        if not name and not title:
            continue
        if begin < index:
            sections.append(page[begin:index])
        if name:
            found.furnish(page.lines[index : index + 1], name)
        if name in _HEADING_ENDS and index < first_full:
            sections.clear()
        if title:
            texts[index], page.kinds[index] = title, None
        begin = index if title else index + 1
    return facts, [*sections, page[begin:]]


def _first_full(page: Section) -> int:
    """Return the index of the first line of a card, not just an unknown one above a heading."""
    for index, (text, kind) in enumerate(zip(page.lines.texts, page.kinds, strict=True)):
        if kind in MARKS or (kind not in FURNITURE and len(text) > MOST_TITLE_CHARS):
            return index
    return len(page.kinds)


def _infer_capture(month_day: str, page_year: int) -> dict:
    month, day = (int(part) for part in month_day.split("-"))
    captured_on = make_date(page_year, month, day)
    return {"captured_on": captured_on, "captured_on_basis": "inferred"} if captured_on else {}


# ---------- the page of one day


def _read_daily(section: Section, found: Findings) -> None:
    """Read the cards of a day: submitter, upvotes, title, authors' number, comments."""
    starts = [index for index, kind in enumerate(section.kinds) if kind == "submitter"]
    spans = [range(*span) for span in pairwise([*starts, len(section.kinds)])]
    cards = [_sort_daily(section, span) for span in spans]
    _leave_ends_of_titles([card for card in cards if card.texts])
    for card in cards:
        if card.texts:
            _keep(card, None, section.links, found)
        else:
            _report_untitled(section.lines[card.span.start : card.span.stop], found)


def _sort_daily(section: Section, span: range) -> _Card:
    """Say what each line of a card is; the order of the lines decides about numbers."""
    card = _Card(section.lines, span, span[:0])
    for index in span:
        kind = section.kinds[index]
        if kind == "count":
            card.sort(index, "comments" if card.texts else "upvotes")
        elif kind in MARKS or kind in _ASIDE:
            card.meta.setdefault(kind or "", index)
        elif not card.texts:
            card.texts = range(index, index + 1)
        else:
            is_name = ORGANIZATION.fullmatch(section.lines.texts[index])
            card.sort(index, "organization" if is_name else None)
    return card


def _leave_ends_of_titles(cards: Sequence[_Card]) -> None:
    """Take no line for an organisation that may be the end of a title that was wrapped.

    It stands right below the title, and had no room in it: no title is longer. Where titles are set
    apart from what stands above them, the page may be a printed one: its widths vary by the
    letters, and a line may hold the rest of a word from the next one. Elsewhere a title longer than
    any width is no measure where others have organisations.
    """
    below = [card for card in cards if card.meta.get("organization") == card.texts.start + 1]
    if not below:
        return
    titles = [card.lines.texts[card.texts.start] for card in cards]
    longest = max(map(len, titles), default=0)
    gap = _gap(cards)
    is_apart = 2 * sum(_is_apart(card, card.texts.start, gap) for card in cards) > len(cards)
    room = min(longest, _PRINTED) * _RAGGED if is_apart else longest
    right_below = [card for card in below if not _is_apart(card, card.texts.start + 1, gap)]
    doubtful = [card for card in right_below if _n_needed(card) > max(room, _LEAST_WIDTH)]
    if longest > _WIDEST and not is_apart and len(doubtful) <= _FEW * len(right_below):
        return
    for card in doubtful:
        shown = ORGANIZATION.fullmatch(card.text("organization"))
        if shown is None or not repeats_slug(shown):
            card.left.append(card.meta.pop("organization"))


def _gap(cards: Sequence[_Card]) -> int:
    """Return how many lines further down the next one stands, where all lines are apart."""
    numbers = (card.lines.numbers[card.span.start : card.span.stop] for card in cards)
    steps = Counter(below - above for lines in numbers for above, below in pairwise(lines))
    return min((step for step, n in steps.items() if n > _STRAY * steps.total()), default=1)


def _is_apart(card: _Card, index: int, gap: int) -> bool:
    """Tell whether more blank lines stand above a line than between all lines of the page."""
    numbers = card.lines.numbers
    return index > 0 and numbers[index] > numbers[index - 1] + gap


def _n_needed(card: _Card) -> int:
    """Return how much room the title needed for the first word of what stands below it."""
    word = card.text("organization").partition(" ")[0]
    return len(card.lines.texts[card.texts.start]) + 1 + len(word)


# ---------- the search page


def _read_search(section: Section, page_year: int | None, found: Findings) -> None:
    """Read title, abstract and the lines below them; some cards end with the abstract."""
    lines, parts = section.lines, _search_parts(section)
    starts = [at for at, (above, part) in enumerate(pairwise(parts), 1) if above and not part]
    for begin, end in pairwise([0, *starts, len(parts)]):
        below = next(compress(range(begin, end), parts[begin:end]), end)
        before, *cards = split_cards(lines, range(begin, below), is_closed=below < end)
        found.leave(lines[before.start : before.stop], _NO_TITLE)
        if not cards:
            _report_untitled(lines[below:end], found)
            continue
        for texts in cards[:-1]:
            _keep(_Card(lines, texts, texts), page_year, section.links, found)
        card = _Card(lines, range(cards[-1].start, end), cards[-1])
        for index in range(below, end):
            if parts[index] == "aside":
                card.meta["aside"] = index
            else:
                card.sort(index, parts[index])
        _keep(card, page_year, section.links, found)


def _search_parts(section: Section) -> list[str | None]:
    """Say for each line which one below an abstract it is; None for titles and paragraphs.

    An organisation stands between an abstract and a dot.
    """
    texts = section.lines.texts
    parts = [_BELOW_ABSTRACTS.get(kind or "") for kind in section.kinds]
    for dot in [index for index, part in enumerate(parts) if part == "dot" and index > 1]:
        is_below_text = parts[dot - 2 : dot] == [None, None]
        if is_below_text and ORGANIZATION.fullmatch(texts[dot - 1]):
            parts[dot - 1] = "organization"
    return parts


def _report_untitled(lines: Lines, found: Findings) -> None:
    if lines:
        found.report("missing_title", _NO_TITLE, lines)
        found.leave(lines, _NO_TITLE)


# ---------- records


def _keep(card: _Card, page_year: int | None, links: linked.Links, found: Findings) -> None:
    """Make a record of a card that has a title."""
    lines, texts = card.lines, card.texts
    found.leave([lines[index] for index in card.left], _UNKNOWN)
    abstract = join_texts(lines.texts[texts.start + 1 : texts.stop]) if len(texts) > 1 else None
    is_whole = None if abstract is None else not is_cut(abstract)
    dated, n_behind = _read_card_date(card.text("date"), page_year)
    if dated.flag == "bad_date":
        message = "The date does not exist: the card is kept without it, look at the page."
        found.report("bad_date", message, [lines[card.meta["date"]]])
    number = lines.numbers[texts.start]
    arxiv_id = linked.hugging_face_id(links, [number]) if number in links else None
    n_authors = _find_number(card.text("n_authors"))
    named = card.text("organization")
    organization = ORGANIZATION.fullmatch(named) if named else None
    n_comments = _find_number(card.text("comments")) if "comments" in card.meta else n_behind
    has_people = n_authors is not None or organization is not None
    found.records.append(
        Record(
            line_start=lines.numbers[card.span[0]],
            line_end=lines.numbers[card.span[-1]],
            raw_title=lines.raws[texts.start],
            title=fold_space(lines.texts[texts.start]),
            authors_complete=False,
            n_authors_total=n_authors,
            organization=organization_name(organization) if organization else None,
            abstract=abstract,
            is_abstract_complete=is_whole,
            arxiv_id=arxiv_id,
            url=f"https://huggingface.co/papers/{arxiv_id}" if arxiv_id else None,
            published_date=dated.day,
            year=dated.year,
            is_year_inferred=dated.is_year_inferred,
            n_comments=n_comments,
            n_upvotes=_find_number(card.text("upvotes")),
            flags=_flags(
                dated.flag,
                has_people=has_people,
                is_whole=is_whole,
                has_day=dated.day is not None,
            ),
        )
    )


@lru_cache(maxsize=64)  # there are hardly more
def _flags(
    flag_of_date: str | None, *, has_people: bool, is_whole: bool | None, has_day: bool
) -> tuple[str, ...]:
    flags = (
        ("no_author_line", not has_people),
        ("no_abstract", is_whole is None),
        ("cut_abstract", is_whole is False),
        ("no_date", not has_day),
        (flag_of_date, True),
    )
    return tuple([flag for flag, holds in flags if flag and holds])


@lru_cache(maxsize=1024)  # many cards share a day
def _read_card_date(text: str, page_year: int | None) -> tuple[CardDate, int | None]:
    """Read a date and the number of comments that a search page puts behind it."""
    match = DATE.fullmatch(text.rpartition(PUBLISHED)[2])
    if match is None:
        return CardDate(None, None, None), None
    dated = read_date(match["month"], match["day"], match["year"], page_year)
    return dated, read_number(match["comments"]) if match["comments"] else None


@lru_cache(maxsize=1024)  # small numbers recur
def _find_number(text: str) -> int | None:
    """Return the number in a line; None where there is none, only a dash."""
    found = _NUMBER.search(text)
    return read_number(found[0]) if found else None
