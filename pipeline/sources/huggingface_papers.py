"""Hugging Face papers: the site, and its pages as text: search results, the page of one day.

What belongs here: the words and the card layouts of huggingface.co/papers. Neither page names
authors: only their number, or the organisation in their place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress, count, pairwise, repeat

from pipeline.schema import PageFacts, ParseResult, Record
from pipeline.sources import huggingface_html as html
from pipeline.sources.base import (
    NUMBER,
    CardDate,
    Dump,
    Findings,
    Lines,
    infer_year,
    is_cut,
    join_texts,
    read_date,
    read_number,
    text_lines,
)
from pipeline.text import MONTH, fold_space, make_date, month_number

NAME = "huggingface_papers"

# "Dec 9, 2024 2": date and number of comments; "Feb 27"
_DATE = re.compile(
    rf"(?P<month>{MONTH}) (?P<day>\d{{1,2}})(?:, (?P<year>\d{{4}}))?(?: (?P<comments>{NUMBER}))?"
)
_PAGE_DAY = re.compile(rf"(?P<month>{MONTH}) (?P<day>\d{{1,2}})")  # "Dec 11"
_ORGANIZATION = re.compile(r"(?P<slug>[\w.-]+)(?: (?P<name>\S.{0,60}))?")  # "Gensyn Gensyn"
_NUMBER = re.compile(NUMBER)
_GLUED_SUBSCRIBE = re.compile(r"Subscribe(?P<title>[\w\"'“‘(\[$].* .*)")  # "SubscribeA title"

# What lines other than titles and paragraphs look like, by kind: page furniture,
_CHROME = {
    "site_header": r"Hugging Face's logo.*|new|(?:[•*-] )?(?:Log In|Sign Up)",
    "navigation": (
        r"[•*-] (?:Models|Datasets|Spaces|Posts|Docs|Pricing|Community|Enterprise|Buckets"
        r"|Solutions|Website|Tasks|HuggingChat|Collections|Languages|Organizations|Papers)"
    ),
    "newsletter": r"Get trending papers in your email inbox.*|Subscribe",
    "page_heading": r"(?:Daily|Trending) Papers|by ?AK and the research community",
    "submit_button": r"Submit a paper|Submit",
    "list_controls": r"Daily|Weekly|Monthly|Trending|Previous Next|Previous|Next",
    "footer": (
        r"Company|Website|© Hugging Face|System theme|Resources|Social"
        r"|TOS Privacy About(?: \w+)*|Models Datasets Spaces Pricing Docs"
        r"|(?:[•*-] )?(?:TOS|Privacy|About|Careers|Jobs|Models|Datasets|Spaces)"
    ),
}
# what marks a card (compact search pages have none of them),
_MARKS = {
    "submitter": r"Submitted by\s+\S.*",  # "Submitted by akhaliq"
    "n_authors": rf"(?:[•*-]\s*)?(?:·\s*)?{NUMBER} authors?",  # "• 4 authors"
    "dot": r"(?:[•*-]\s*)?·",  # "·", on the page of a day "• ·"
}
# and what a card or the opening of a page has besides.
_OTHERS = {
    "date": _DATE.pattern,
    "count": rf"{NUMBER}|-",  # upvotes, comments; "-" for none yet
    "glued": _GLUED_SUBSCRIBE.pattern,
}


def _one_of(kinds: dict[str, str]) -> re.Pattern[str]:
    """Return one pattern for lines of several kinds; `lastgroup` is the first that fits."""
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items()))


_KIND = _one_of(_CHROME | _MARKS | _OTHERS)
_MARK = _one_of(_MARKS)
_LAST_OF_MARKS = frozenset("rs·")  # of all but submitters' lines, which begin with an S

# Furniture that stands above the first card, never below it.
_HEADING_ENDS = ("page_heading", "newsletter", "submit_button", "page_day", "site_header")

# Lines of the search page that stand below an abstract.
_BELOW_ABSTRACTS = ("n_authors", "dot", "date")

_UNKNOWN = "Line of a card that no rule knows: look at the page."
_NO_TITLE = "Lines of a card that has no title: look at the page, lines may be missing."

# How titles and paragraphs of abstracts differ; used where only their order tells cards apart.
_COMMON_TITLE_CHARS = 160
_MOST_TITLE_CHARS = 250
_SENTENCE_BREAK = re.compile(r"[.?!](?<=[a-z)\]].) [A-Z]")  # "...is hard. We show..."
_PROSE_START = re.compile(
    r"(?:We|This|These|In this|Our|It|To this|However|The code|Code)\b|https?:"
)
_LEFT, _TITLE, _PARAGRAPH = range(3)
# What it costs to read a line as one kind (column) right below another kind (row).
_STEP_COST = (
    (4.0, 4.0, 99.0),  # below lines that belong to no card
    (99.0, 6.0, 0.0),  # below a title: a card without an abstract is rare
    (99.0, 0.0, 2.0),  # below a paragraph: abstracts of several paragraphs are uncommon
)


@dataclass(frozen=True, slots=True)
class _Section:
    """Lines of a page, each with its kind; None for titles and paragraphs."""

    lines: Lines
    kinds: list[str | None]

    def __getitem__(self, part: slice) -> "_Section":
        """Return some of the lines."""
        return _Section(self.lines[part], self.kinds[part])


@dataclass
class _Card:
    """One card, by indexes of lines in its section.

    Attributes:
        span: all of its lines.
        texts: title and paragraphs.
        meta: the lines around them, by what they say.
        left: lines that no rule knows, or that say again what another has said.
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


def detect(dump: Dump) -> int:
    """Return the number of cards, by what marks each: a submitter or what parts its date.

    A compact search page marks none of them: below its opening, titles above prose count.
    """
    if dump.form == "html":
        return html.detect(dump)
    return len(marks(dump) or likely(dump))


def marks(dump: Dump) -> list[int]:
    """Return the numbers of the lines that mark a card."""
    lines = text_lines(dump)
    found: dict[str, list[int]] = {"submitter": [], "n_authors": [], "dot": []}
    for index, text in enumerate(lines.texts):
        may_be = text[-1] in _LAST_OF_MARKS or text[0] == "S"
        if may_be and (mark := _MARK.fullmatch(text)):
            found[mark.lastgroup or ""].append(index)
    # A dot alone may stand on any page.
    below_dots = (at + 1 for at in found.pop("dot") if at + 1 < len(lines))
    found["date"] = [at for at in below_dots if _DATE.fullmatch(lines.texts[at])]
    return [lines.numbers[index] for index in max(found.values(), key=len)]


def likely(dump: Dump) -> list[int]:
    """Return the numbers of the lines that look like titles, below the opening of a page."""
    lines = text_lines(dump)
    openings = map(str.startswith, lines.texts, repeat(("Subscribe", "Get trending papers in")))
    opening = next(
        (at for at in compress(count(), openings) if _is_opening(lines.texts[at])), len(lines)
    )
    below = lines[opening:]
    shown = zip(below.numbers, pairwise(map(_title_likeness, below.texts)), strict=False)
    return [number for number, (title, text) in shown if title > 0 > text]


def parse(dump: Dump) -> ParseResult:
    """Read a search page or the page of a day; see `pipeline.sources.base.Source`."""
    if dump.form == "html":
        return html.parse(dump)
    found = Findings()
    page = _read_kinds(text_lines(dump))
    page_year = infer_year(_stated_years(page), dump.captured_on)
    facts, sections = _read_chrome(page, found)
    if facts and page_year and dump.captured_on is None:
        facts |= _infer_capture(facts["page_month_day"], page_year)
    # Where the kinds tell it already, the page need not be searched again.
    is_known = "submitter" in page.kinds or "n_authors" in page.kinds or detect(dump)
    for section in sections if is_known else []:
        # Section by section, as pages of both layouts may stand in one file.
        if "submitter" in section.kinds:
            _read_daily(section, found)
        else:
            _read_search(section, page_year, found)
    return found.result(PageFacts(**facts))


def _read_kinds(lines: Lines) -> _Section:
    kinds = [kind and kind.lastgroup for kind in map(_KIND.fullmatch, lines.texts)]
    return _Section(Lines(lines.numbers, list(lines.texts), lines.raws), kinds)


def _stated_years(page: _Section) -> Iterator[int]:
    for text in compress(page.lines.texts, [kind == "date" for kind in page.kinds]):
        if (date := _DATE.fullmatch(text)) and date["year"]:
            yield int(date["year"])


# ---------- page furniture


def _is_opening(text: str) -> bool:
    return text.startswith("Get") or bool(_GLUED_SUBSCRIBE.fullmatch(text))


def _read_chrome(page: _Section, found: Findings) -> tuple[dict, list[_Section]]:
    """Take the furniture off a page; return the day the page shows, and the lines between.

    No card goes on below furniture. Of the lines above the heading only furniture is known;
    the rest is left to extraction.
    """
    facts: dict = {}
    sections: list[_Section] = []
    texts, begin, first_full = page.lines.texts, 0, _first_full(page)
    for index in compress(count(), list(page.kinds)):
        kind = page.kinds[index]
        name = kind if kind in _CHROME else None
        is_below = 0 < begin == index
        if kind == "date" and is_below and not facts and (day := _PAGE_DAY.fullmatch(texts[index])):
            facts["page_month_day"] = f"{month_number(day['month']):02}-{int(day['day']):02}"
            name = "page_day"
        is_first = begin == index and not sections
        title = _unglued(texts[index], is_first=is_first) if kind == "glued" else None
        if not name and not title:
            continue
        if begin < index:
            sections.append(page[begin:index])
        if name:
            found.furnish([page.lines[index]], name)
        if name in _HEADING_ENDS and index < first_full:
            sections.clear()
        if title:
            texts[index], page.kinds[index] = title, None
        begin = index if title else index + 1
    return facts, [*sections, page[begin:]]


def _first_full(page: _Section) -> int:
    """Return the index of the first line of a card, not just an unknown one above a heading."""
    for index, (text, kind) in enumerate(zip(page.lines.texts, page.kinds, strict=True)):
        if kind in _MARKS or (kind not in _CHROME and len(text) > _MOST_TITLE_CHARS):
            return index
    return len(page.kinds)


def _unglued(text: str, *, is_first: bool) -> str | None:
    """Take the button off the first title of a compact page: `SubscribeA title`.

    Below other lines (junk, another page) small letters after it are a word: `Subscribers of`.
    """
    glued = _GLUED_SUBSCRIBE.fullmatch(text)
    if glued is None or (glued["title"][0].islower() and not is_first):
        return None
    return glued["title"]


def _infer_capture(month_day: str, page_year: int) -> dict:
    month, day = (int(part) for part in month_day.split("-"))
    captured_on = make_date(page_year, month, day)
    return {"captured_on": captured_on, "captured_on_basis": "inferred"} if captured_on else {}


# ---------- the page of one day


def _read_daily(section: _Section, found: Findings) -> None:
    """Read the cards of a day: submitter, upvotes, title, authors' number, comments."""
    starts = [index for index, kind in enumerate(section.kinds) if kind == "submitter"]
    for begin, end in pairwise([*starts, len(section.kinds)]):
        card = _sort_daily(section, range(begin, end))
        if card.texts:
            _keep(card, None, found)
        else:
            _report_untitled(section.lines[begin:end], found)


def _sort_daily(section: _Section, span: range) -> _Card:
    """Say what each line of a card is; the order of the lines decides about numbers."""
    card = _Card(section.lines, span, span[:0])
    for index in span:
        kind = section.kinds[index]
        if kind == "count":
            card.sort(index, "comments" if card.texts else "upvotes")
        elif kind in _MARKS:
            card.sort(index, kind)
        elif not card.texts:
            card.texts = range(index, index + 1)
        else:
            is_name = _ORGANIZATION.fullmatch(section.lines.texts[index])
            card.sort(index, "organization" if is_name else None)
    return card


# ---------- the search page


def _read_search(section: _Section, page_year: int | None, found: Findings) -> None:
    """Read title, abstract and the lines below them; some cards end with the abstract."""
    lines, parts = section.lines, _search_parts(section)
    starts = [at for at, (above, part) in enumerate(pairwise(parts), 1) if above and not part]
    for begin, end in pairwise([0, *starts, len(parts)]):
        below = next(compress(range(begin, end), parts[begin:end]), end)
        before, *cards = _part_texts(lines, range(begin, below))
        found.leave(lines[before.start : before.stop], _NO_TITLE)
        if not cards:
            _report_untitled(lines[below:end], found)
            continue
        for texts in cards[:-1]:
            _keep(_Card(lines, texts, texts), page_year, found)
        card = _Card(lines, range(cards[-1].start, end), cards[-1])
        for index in range(below, end):
            card.sort(index, parts[index])
        _keep(card, page_year, found)


def _search_parts(section: _Section) -> list[str | None]:
    """Say for each line which one below an abstract it is; None for titles and paragraphs.

    An organisation stands between an abstract and a dot.
    """
    texts = section.lines.texts
    parts = [kind if kind in _BELOW_ABSTRACTS else None for kind in section.kinds]
    for dot in [index for index, part in enumerate(parts) if part == "dot" and index > 1]:
        is_below_text = parts[dot - 2 : dot] == [None, None]
        if is_below_text and _ORGANIZATION.fullmatch(texts[dot - 1]):
            parts[dot - 1] = "organization"
    return parts


def _report_untitled(lines: Lines, found: Findings) -> None:
    if lines:
        found.report("missing_title", _NO_TITLE, lines)
        found.leave(lines, _NO_TITLE)


def _part_texts(lines: Lines, texts: range) -> list[range]:
    """Part texts into cards: first the lines of no card, then those of each card.

    Nothing marks a title, so the cheapest reading of all lines together is taken: titles are
    short and no sentence, abstracts have one paragraph, rarely more.
    """
    likeness = tuple(map(_title_likeness, lines.texts[texts.start : texts.stop]))
    kinds = _cheapest_kinds(likeness)
    titles = [index for index, kind in zip(texts, kinds, strict=True) if kind == _TITLE]
    return [range(*bounds) for bounds in pairwise([texts.start, *titles, texts.stop])]


@lru_cache(maxsize=1024)  # most cards have one title and one paragraph
def _cheapest_kinds(likenesses: tuple[float, ...]) -> tuple[int, ...]:
    """Return for each line whether it is a title, a paragraph or neither (Viterbi)."""
    costs = [0.0, 99.0, 99.0]
    origins: list[list[int]] = []
    for likeness in likenesses:
        reading = (0.0, -likeness, likeness)
        steps = [[costs[a] + _STEP_COST[a][b] for a in range(3)] for b in range(3)]
        origins.append([step.index(min(step)) for step in steps])
        costs = [min(step) + reading[b] for b, step in enumerate(steps)]
    costs[_TITLE] += _STEP_COST[_TITLE][_TITLE]
    kind = costs.index(min(costs))
    kinds = []
    for origin in reversed(origins):
        kinds.append(kind)
        kind = origin[kind]
    return tuple(kinds[::-1])


def _title_likeness(text: str) -> float:
    """Return how much a text looks like a title (above 0) or like prose (below 0)."""
    likeness = 2.0 if len(text) <= _COMMON_TITLE_CHARS else 0.0
    likeness -= 4.0 if len(text) > _MOST_TITLE_CHARS else 0.0
    likeness -= 2.0 if text.endswith((".", ":", ";", ",")) else 0.0
    likeness -= 2.0 if _SENTENCE_BREAK.search(text) else 0.0
    return likeness - (1.5 if _PROSE_START.match(text) else 0.0)


# ---------- records


def _keep(card: _Card, page_year: int | None, found: Findings) -> None:
    """Make a record of a card that has a title."""
    lines, texts = card.lines, card.texts
    found.leave((lines[index] for index in card.left), _UNKNOWN)
    abstract = join_texts(lines.texts[texts.start + 1 : texts.stop])
    is_whole = None if abstract is None else not is_cut(abstract)
    dated, n_behind = _read_card_date(card.text("date"), page_year)
    if dated.flag == "bad_date":
        message = "The date does not exist: the card is kept without it, look at the page."
        found.report("bad_date", message, [lines[card.meta["date"]]])
    n_authors = _find_number(card.text("n_authors"))
    organization = _ORGANIZATION.fullmatch(card.text("organization"))
    n_comments = _find_number(card.text("comments")) if "comments" in card.meta else n_behind
    flags = (
        ("no_author_line", n_authors is None and organization is None),
        ("no_abstract", is_whole is None),
        ("cut_abstract", is_whole is False),
        ("no_date", dated.day is None),
        (dated.flag, True),
    )
    found.records.append(
        Record(
            line_start=lines.numbers[card.span[0]],
            line_end=lines.numbers[card.span[-1]],
            raw_title=lines.raws[texts.start],
            title=fold_space(lines.texts[texts.start]),
            authors_complete=False,
            n_authors_total=n_authors,
            organization=(organization["name"] or organization["slug"]) if organization else None,
            abstract=abstract,
            is_abstract_complete=is_whole,
            published_date=dated.day,
            year=dated.year,
            is_year_inferred=dated.is_year_inferred,
            n_comments=n_comments,
            n_upvotes=_find_number(card.text("upvotes")),
            flags=tuple([flag for flag, holds in flags if flag and holds]),
        )
    )


@lru_cache(maxsize=1024)  # many cards share a day
def _read_card_date(text: str, page_year: int | None) -> tuple[CardDate, int | None]:
    """Read a date and the number of comments that a search page puts behind it."""
    match = _DATE.fullmatch(text)
    if match is None:
        return CardDate(None, None, None), None
    dated = read_date(match["month"], match["day"], match["year"], page_year)
    return dated, read_number(match["comments"]) if match["comments"] else None


def _find_number(text: str) -> int | None:
    """Return the number in a line; None where there is none, only a dash."""
    found = _NUMBER.search(text)
    return read_number(found[0]) if found else None
