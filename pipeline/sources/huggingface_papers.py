"""Hugging Face papers: the site, and its pages as text: search results, the page of one day.

What belongs here: the words and the card layouts of huggingface.co/papers. Neither page names
authors: only their number, or the organisation in their place.
"""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.schema import PageFacts, ParseResult, Record
from pipeline.sources import huggingface_html as html
from pipeline.sources.base import (
    NUMBER,
    CardDate,
    Dump,
    Findings,
    Line,
    cut_at,
    infer_year,
    is_cut,
    join_text,
    read_date,
    read_number,
    text_lines,
)
from pipeline.text import MONTH, fold_space, make_date, month_number

NAME = "huggingface_papers"

_N_AUTHORS = re.compile(rf"(?:[•*-]\s*)?(?:·\s*)?(?P<n>{NUMBER}) authors?")  # "• 4 authors"
_DOT = re.compile(r"(?:[•*-]\s*)?·")  # "·", on the page of a day "• ·"
# "Dec 9, 2024 2": date and number of comments; "Feb 27"
_DATE = re.compile(
    rf"(?P<month>{MONTH}) (?P<day>\d{{1,2}})(?:, (?P<year>\d{{4}}))?(?: (?P<comments>{NUMBER}))?"
)
_PAGE_DAY = re.compile(rf"(?P<month>{MONTH}) (?P<day>\d{{1,2}})")  # "Dec 11"
_ORGANIZATION = re.compile(r"(?P<slug>[\w.-]+)(?: (?P<name>\S.{0,60}))?")  # "Gensyn Gensyn"
_SUBMITTED_BY = re.compile(r"Submitted by\s+\S+.*")  # "Submitted by akhaliq"
_COUNT = re.compile(rf"(?P<n>{NUMBER})|-")  # upvotes, comments; "-" for none yet
_GLUED_SUBSCRIBE = re.compile(r"Subscribe(?P<title>[\w\"'“‘(\[$].* .*)")  # "SubscribeA title"

_CHROME = (
    ("site_header", re.compile(r"Hugging Face's logo.*|new|(?:[•*-] )?(?:Log In|Sign Up)")),
    (
        "navigation",
        re.compile(
            r"[•*-] (?:Models|Datasets|Spaces|Posts|Docs|Pricing|Community|Enterprise|Buckets"
            r"|Solutions|Website|Tasks|HuggingChat|Collections|Languages|Organizations|Papers)"
        ),
    ),
    ("newsletter", re.compile(r"Get trending papers in your email inbox.*|Subscribe")),
    ("page_heading", re.compile(r"(?:Daily|Trending) Papers|by ?AK and the research community")),
    ("submit_button", re.compile(r"Submit a paper|Submit")),
    ("list_controls", re.compile(r"Daily|Weekly|Monthly|Trending|Previous Next|Previous|Next")),
    ("footer", re.compile(r"Company|Website|© Hugging Face|System theme|Resources|Social")),
    ("footer", re.compile(r"TOS Privacy About(?: \w+)*|Models Datasets Spaces Pricing Docs")),
    ("footer", re.compile(r"(?:[•*-] )?(?:TOS|Privacy|About|Careers|Jobs|Models|Datasets|Spaces)")),
)

# What marks a card; compact search pages have none of them.
_MARKS = (_SUBMITTED_BY, _N_AUTHORS, _DOT)

# Furniture that stands above the first card, never below it.
_HEADING_ENDS = ("page_heading", "newsletter", "submit_button", "page_day", "site_header")

_NO_TITLE = "Lines of a card that has no title: look at the page, lines may be missing."

# How titles and paragraphs of abstracts differ; used where only their order tells cards apart.
_COMMON_TITLE_CHARS = 160
_MOST_TITLE_CHARS = 250
_SENTENCE_BREAK = re.compile(r"[a-z)\]][.?!] [A-Z]")  # "...is hard. We show..."
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


@dataclass
class _Card:
    """The lines of one card, sorted by what they are; `texts` are title and paragraphs."""

    texts: list[Line] = field(default_factory=list)
    meta: dict[str, Line] = field(default_factory=dict)
    left: list[Line] = field(default_factory=list)

    def text(self, part: str) -> str:
        """Return the text of a line below the abstract, empty where the card lacks it."""
        return self.meta[part].text if part in self.meta else ""


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
    return max(
        [line.number for line in lines if _SUBMITTED_BY.fullmatch(line.text)],
        [line.number for line in lines if _tells_authors(line.text)],
        # A dot alone may stand on any page.
        [line.number for dot, line in pairwise(lines) if _is_dated(dot.text, line.text)],
        key=len,
    )


def likely(dump: Dump) -> list[int]:
    """Return the numbers of the lines that look like titles, below the opening of a page."""
    lines = text_lines(dump)
    opening = next(
        (index for index, line in enumerate(lines) if _is_opening(line.text)), len(lines)
    )
    below = lines[opening:]
    likeness = [_title_likeness(line.text) for line in below]
    shown = zip(below, pairwise(likeness), strict=False)
    return [line.number for line, (title, text) in shown if title > 0 > text]


def parse(dump: Dump) -> ParseResult:
    """Read a search page or the page of a day; see `pipeline.sources.base.Source`."""
    if dump.form == "html":
        return html.parse(dump)
    found = Findings()
    lines = text_lines(dump)
    dates = (match for line in lines if (match := _DATE.fullmatch(line.text)))
    page_year = infer_year(
        (int(match["year"]) for match in dates if match["year"]), dump.captured_on
    )
    facts, sections = _read_chrome(lines, found)
    if facts and page_year and dump.captured_on is None:
        facts |= _infer_capture(facts["page_month_day"], page_year)
    for section in sections if detect(dump) else []:
        # Section by section, as pages of both layouts may stand in one file.
        if any(_SUBMITTED_BY.fullmatch(line.text) for line in section):
            _read_daily(section, found)
        else:
            _read_search(section, page_year, found)
    return found.result(PageFacts(**facts))


# ---------- page furniture


def _is_dated(dot: str, below: str) -> bool:
    """Tell whether two lines are what parts a card's authors from its date, and the date."""
    return dot.endswith("·") and bool(_DOT.fullmatch(dot) and _DATE.fullmatch(below))


def _tells_authors(text: str) -> bool:
    return text.endswith(("author", "authors")) and bool(_N_AUTHORS.fullmatch(text))


def _is_opening(text: str) -> bool:
    if not text.startswith(("Subscribe", "Get trending papers in")):
        return False
    return text.startswith("Get") or bool(_GLUED_SUBSCRIBE.fullmatch(text))


def _chrome(line: Line) -> str | None:
    """Return the name of a line of page furniture, None for any other line."""
    return next((name for name, rule in _CHROME if rule.fullmatch(line.text)), None)


def _read_chrome(lines: list[Line], found: Findings) -> tuple[dict, list[list[Line]]]:
    """Take the furniture off a page; return the day the page shows, and the lines between.

    No card goes on below furniture. Of the lines above the heading only furniture is known;
    the rest is left to extraction.
    """
    facts: dict = {}
    sections: list[list[Line]] = [[]]
    above = None
    for line in lines:
        name = _chrome(line)
        day = _PAGE_DAY.fullmatch(line.text)
        if name is None and above and day and not facts:
            facts["page_month_day"] = f"{month_number(day['month']):02}-{int(day['day']):02}"
            name = "page_day"
        if name in _HEADING_ENDS and not any(map(_is_full, sections)):
            sections.clear()
        if name:
            found.furnish([line], name)
            sections.append([])
        else:
            opened = _open_glued(line, is_first=not any(sections))
            if opened is not line:
                sections.append([])
            sections[-1].append(opened)
        above = name
    return facts, sections


def _is_full(section: list[Line]) -> bool:
    """Tell whether lines hold a card, not just unknown lines above a heading."""
    return any(rule.fullmatch(line.text) for line in section for rule in _MARKS) or any(
        len(line.text) > _MOST_TITLE_CHARS for line in section
    )


def _open_glued(line: Line, *, is_first: bool) -> Line:
    """Take the button off the first title of a compact page: `SubscribeA title`.

    Below other lines (junk, another page) small letters after it are a word: `Subscribers of`.
    """
    glued = _GLUED_SUBSCRIBE.fullmatch(line.text)
    if glued is None or (glued["title"][0].islower() and not is_first):
        return line
    return line._replace(text=glued["title"])


def _infer_capture(month_day: str, page_year: int) -> dict:
    month, day = (int(part) for part in month_day.split("-"))
    captured_on = make_date(page_year, month, day)
    return {"captured_on": captured_on, "captured_on_basis": "inferred"} if captured_on else {}


# ---------- the page of one day


def _read_daily(lines: list[Line], found: Findings) -> None:
    """Read the cards of a day: submitter, upvotes, title, authors' number, comments."""
    starts = [i for i, line in enumerate(lines) if _SUBMITTED_BY.fullmatch(line.text)]
    for block in cut_at(lines, starts):
        card = _Card(meta={"submitter": block[0]})
        for line in block[1:]:
            _sort_daily(card, line)
        if not card.texts:
            _report_untitled(block, found)
            continue
        found.leave(card.left, "Line of a card that no rule knows: look at the page.")
        found.records.append(_make_record(card, block, None, found))


def _sort_daily(card: _Card, line: Line) -> None:
    """Say what one line below a submitter is; the order of the lines decides about numbers."""
    if _COUNT.fullmatch(line.text):
        part = "comments" if card.texts else "upvotes"
    elif _DOT.fullmatch(line.text):
        part = "dot"
    elif _N_AUTHORS.fullmatch(line.text):
        part = "n_authors"
    elif not card.texts:
        card.texts.append(line)
        return
    else:
        part = "organization" if _ORGANIZATION.fullmatch(line.text) else "unknown"
    if part == "unknown" or part in card.meta:
        card.left.append(line)
    else:
        card.meta[part] = line


# ---------- the search page


def _read_search(lines: list[Line], page_year: int | None, found: Findings) -> None:
    """Read title, abstract and the lines below them; some cards end with the abstract."""
    for group in _group_search(lines):
        *bare, last = _part_texts(group.texts)
        found.leave(bare.pop(0) if bare else [], _NO_TITLE)
        for texts in bare:
            found.records.append(_make_record(_Card(texts), texts, page_year, found))
        below = sorted([*group.meta.values(), *group.left], key=lambda line: line.number)
        if not last:
            _report_untitled(below, found)
            continue
        found.leave(group.left, "Line of a card that no rule knows: look at the page.")
        card = _Card(last, group.meta)
        found.records.append(_make_record(card, [*last, *below], page_year, found))


def _report_untitled(lines: list[Line], found: Findings) -> None:
    if lines:
        found.report("missing_title", _NO_TITLE, lines)
        found.leave(lines, _NO_TITLE)


def _group_search(lines: list[Line]) -> list[_Card]:
    """Gather texts up to the next lines of numbers and dates, which close the last card."""
    groups = [_Card()]
    for index, line in enumerate(lines):
        part = _search_part(lines, index, groups[-1])
        if part is None and groups[-1].meta:
            groups.append(_Card())
        if part is None:
            groups[-1].texts.append(line)
        elif part in groups[-1].meta:
            groups[-1].left.append(line)
        else:
            groups[-1].meta[part] = line
    return [group for group in groups if group.texts or group.meta]


def _search_part(lines: list[Line], index: int, group: _Card) -> str | None:
    """Say which line below an abstract this is; None for a title or a paragraph."""
    text = lines[index].text
    rules = (("n_authors", _N_AUTHORS), ("dot", _DOT), ("date", _DATE))
    part = next((part for part, rule in rules if rule.fullmatch(text)), None)
    if part or not group.texts or group.meta or index + 1 == len(lines):
        return part
    is_above_dot = _DOT.fullmatch(lines[index + 1].text)
    return "organization" if is_above_dot and _ORGANIZATION.fullmatch(text) else None


def _part_texts(lines: list[Line]) -> list[list[Line]]:
    """Part texts into cards: first the lines of no card, then one list for each card.

    Nothing marks a title, so the cheapest reading of all lines together is taken: titles are
    short and no sentence, abstracts have one paragraph, rarely more.
    """
    cards: list[list[Line]] = [[]]
    for line, kind in zip(lines, _cheapest_kinds(lines), strict=True):
        if kind == _TITLE:
            cards.append([])
        cards[-1].append(line)
    return cards if len(cards) > 1 else [*cards, []]


def _cheapest_kinds(lines: list[Line]) -> list[int]:
    """Return for each line whether it is a title, a paragraph or neither (Viterbi)."""
    costs = [0.0, 99.0, 99.0]
    origins: list[list[int]] = []
    for line in lines:
        likeness = _title_likeness(line.text)
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
    return kinds[::-1]


def _title_likeness(text: str) -> float:
    """Return how much a text looks like a title (above 0) or like prose (below 0)."""
    likeness = 2.0 if len(text) <= _COMMON_TITLE_CHARS else 0.0
    likeness -= 4.0 if len(text) > _MOST_TITLE_CHARS else 0.0
    likeness -= 2.0 if text.endswith((".", ":", ";", ",")) else 0.0
    likeness -= 2.0 if _SENTENCE_BREAK.search(text) else 0.0
    return likeness - (1.5 if _PROSE_START.match(text) else 0.0)


# ---------- records


def _make_record(card: _Card, lines: list[Line], page_year: int | None, found: Findings) -> Record:
    title, *paragraphs = card.texts
    abstract = join_text(paragraphs)
    dated = _read_card_date(card, page_year, found)
    n_authors = _number(_N_AUTHORS.fullmatch(card.text("n_authors")), "n")
    organization = _ORGANIZATION.fullmatch(card.text("organization"))
    # A search page puts the comments behind the date, the page of a day on their own line.
    comments = card.text("comments") or _comments_at(card.text("date"))
    flags = (
        ("no_author_line", n_authors is None and organization is None),
        ("no_abstract", abstract is None),
        ("cut_abstract", abstract is not None and is_cut(abstract)),
        ("no_date", dated.day is None),
        (dated.flag, True),
    )
    return Record(
        line_start=lines[0].number,
        line_end=lines[-1].number,
        raw_title=title.raw,
        title=fold_space(title.text),
        authors_complete=False,
        n_authors_total=n_authors,
        organization=(organization["name"] or organization["slug"]) if organization else None,
        abstract=abstract,
        is_abstract_complete=None if abstract is None else not is_cut(abstract),
        published_date=dated.day,
        year=dated.year,
        is_year_inferred=dated.is_year_inferred,
        n_comments=_number(_COUNT.fullmatch(comments), "n"),
        n_upvotes=_number(_COUNT.fullmatch(card.text("upvotes")), "n"),
        flags=tuple(flag for flag, holds in flags if flag and holds),
    )


def _read_card_date(card: _Card, page_year: int | None, found: Findings) -> CardDate:
    match = _DATE.fullmatch(card.text("date"))
    if match is None:
        return CardDate(None, None, None)
    dated = read_date(match["month"], match["day"], match["year"], page_year)
    if dated.flag == "bad_date":
        message = "The date does not exist: the card is kept without it, look at the page."
        found.report("bad_date", message, [card.meta["date"]])
    return dated


def _comments_at(text: str) -> str:
    match = _DATE.fullmatch(text)
    return match["comments"] or "" if match else ""


def _number(match: re.Match[str] | None, group: str) -> int | None:
    """Return a number that a pattern found; None where it found none, or a dash."""
    return read_number(match[group]) if match and match[group] else None
