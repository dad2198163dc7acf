"""Hugging Face papers as HTML: the page of a day, and a page of search results.

What belongs here: the JSON that these pages carry for their own scripts (`div` with the target
`DailyPapers`, attribute `data-props`), and the cards they show (`article`). The JSON knows every
author, abstract and date, so it comes first; a card shown says little more than title, votes and
number of authors, and is read where the JSON lacks it: missing, cut or broken. What does not: these
pages as text (`huggingface_text`).
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from itertools import zip_longest
from typing import Any, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.contract.findings import Issue, PageFacts, ParseResult, Record
from pipeline.sources.arxiv_words import ARXIV_ID
from pipeline.sources.dump import Dump
from pipeline.sources.elements import fold, text_of, words_of
from pipeline.sources.huggingface_listings import DAILY, listing_of
from pipeline.sources.listings import Listing, as_facts
from pipeline.sources.markup import Card, CardTag, find_cards, read_cards
from pipeline.sources.reading import NUMBER, YEARS, Findings, is_cut, read_name, read_number
from pipeline.sources.tags import is_long_tag, tags_around
from pipeline.text.damage import without_commands
from pipeline.text.dates import make_date

_CARD = CardTag("article")
_LINK = "/papers/"
# What the tag that carries the page's JSON says of itself.
DATA_TARGET = r"""data-target=["']?DailyPapers["'\s>]"""
_TARGET = re.compile("DailyPapers")
_DATA = re.compile(DATA_TARGET, re.IGNORECASE)
_PAPER_KEYS = ("&quot;paper&quot;:", '"paper":')  # of entries, in either quotes
_DAILY_KEYS = ("&quot;dailyPapers&quot;:", '"dailyPapers":')
_DATED = re.compile(r"(?<=[;\"])date(?:String)?(?:&quot;|\"):\s?(?:&quot;|\")\d{4}-")
_SUBMITTER = "Submitted by"
_QUERIES = ("query", "q", "searchQuery")  # keys of what was searched for
_DAYS = ("date", "dateString")  # keys of a page's own day
_QUOTE = re.compile(r"""data-props\s*=\s*(["'])""", re.IGNORECASE)
_MOST_JSON = 64 * 2**20  # characters; more would fill the memory
_MOST_ENTRY = 2**20  # characters of one paper in broken JSON
_ENTRY = re.compile(r'\{\s*"paper"\s*:')  # where the JSON is broken, whole entries may be left
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T|$)")  # "2024-07-31T17:54:27.000Z"
_PAPER = re.compile(rf"/papers/{ARXIV_ID}$")  # "/papers/2407.21783"
_N_AUTHORS = re.compile(rf"\b(?P<n>{NUMBER}) authors?\b")  # "· 533 authors"
_COUNT = re.compile(NUMBER)  # upvotes, comments; "-" for none yet
_TIME = re.compile(
    r"""<time\s[^<>]*?datetime=["']?([\dTZ:.-]+)""", re.IGNORECASE
)  # of a page: its day
_BROKEN = "The page's JSON is cut or broken; what was lost is read from the cards it shows."
_CUT = "The card ends early: save the page again if you can."
_MOST = 2**31 - 1


def detect(dump: Dump) -> int:
    """Return the number of cards, in the JSON or shown."""
    text = dump.text
    if _LINK not in text and "DailyPapers" not in text:
        return 0
    n_shown = text.count("<article") + text.count("<ARTICLE")
    has_data = bool(_data_places(text))
    return max(n_shown, sum(map(text.count, _PAPER_KEYS)) if has_data else 0, has_data)


def parse(dump: Dump) -> ParseResult:
    """Read a page of papers; see `pipeline.sources.reading.Source`."""
    found = Findings()
    facts: dict[str, Any] = {}
    spans: list[tuple[int, int]] = []
    for data in _find_data(dump.text):
        facts |= _read_data(data, found)
        if found.records:
            spans.append((data.line_start, data.line_end))
    cards: Iterable[Card] = ()
    if not found.records or any(issue.kind == "broken_json" for issue in found.issues):
        known = {record.arxiv_id for record in found.records}
        shown = (card for card in find_cards(dump.text, _CARD) if _is_new(card, known))
        cards = (apart for card in shown if (apart := _keep_apart(card, spans, dump)))
    read_cards(dump, cards, _read_card, found, spans)
    found.records.sort(key=lambda record: record.line_start)
    facts = facts or _page_day(_first_time(dump.text))
    listing = _said_listing(facts) or listing_of(dump) or _shown_listing(dump, len(found.records))
    return found.result(PageFacts(**facts, **as_facts(listing)))


def _said_listing(facts: dict[str, Any]) -> Listing | None:
    return Listing("search", facts["query"]) if facts.get("query") else None


def _shown_listing(dump: Dump, n_cards: int) -> Listing | None:
    """Return what a page lists, by its JSON or its words: only a day has a date or submitters."""
    is_daily = any(key in dump.text for key in _DAILY_KEYS) and _DATED.search(dump.text)
    return DAILY if is_daily or 0 < n_cards <= 2 * dump.text.count(_SUBMITTER) else None


def _page_day(text: object) -> dict[str, Any]:
    """Return the day that a page shows for itself: as far as the page says, it was saved then."""
    day = _read_day(text)
    if day is None:
        return {}
    return {"page_month_day": f"{day:%m-%d}", "captured_on": day, "captured_on_basis": "page"}


def _first_time(text: str) -> str | None:
    match = _TIME.search(text)
    return match[1] if match else None


def _read_day(text: object) -> date | None:
    match = _ISO_DAY.match(text) if isinstance(text, str) else None
    day = make_date(*map(int, match.groups())) if match else None
    return day if day and day.year in YEARS else None


# ---------- the JSON


class _Data(NamedTuple):
    """The JSON of a page, as text, the tag that carries it, and the tag's lines."""

    text: str
    tag: str
    line_start: int
    line_end: int


def _data_places(text: str) -> list[int]:
    """Return the offsets at which a tag, or something like it, says that it carries the JSON."""
    found = (match.start() for match in _TARGET.finditer(text))
    return [at for at in found if _DATA.search(text, max(0, at - 40), at + 20)]


def _find_data(text: str) -> Iterator[_Data]:
    """Yield what the tags that carry the page's JSON hold; a page may end inside one."""
    last, line, counted = -1, 1, 0
    for found in tags_around(text, _data_places(text)):
        start = found.start()
        if start == last:  # many places in one tag of a megabyte must not copy it as often
            continue
        last, tag = start, found[0]
        if is_long_tag(tag):
            continue
        quote = _QUOTE.search(tag)
        is_open = quote and not tag.endswith(">")
        markup = f"{tag}{quote[1]}>" if quote and is_open else tag
        node = LexborHTMLParser(markup.encode("utf-8", "replace")).css_first("[data-props]")
        if node:
            line, counted = line + text.count("\n", counted, start), start
            props = node.attributes["data-props"] or ""
            source = tag.rstrip()
            yield _Data(props, source, line, line + source.count("\n"))


def _read_data(data: _Data, found: Findings) -> dict[str, Any]:
    """Read the papers of the JSON; return what it says of the page."""
    props: Any = None
    if len(data.text) <= _MOST_JSON:
        with suppress(ValueError, RecursionError):
            props = json.loads(data.text, strict=False)
    if not isinstance(props, dict):
        found.issues.append(Issue("broken_json", _BROKEN, data.line_start, data.line_end))
        entries: Iterable[Any] = _whole_entries(data.text)
    else:
        entries = (item for value in props.values() if isinstance(value, list) for item in value)
    records = [record for entry in entries if (record := _read_entry(entry, data))]
    found.records += _place(records, data)
    days = (_page_day(props.get(key)) for key in _DAYS) if isinstance(props, dict) else ()
    asked = (fold(_string(props.get(key))) for key in _QUERIES) if isinstance(props, dict) else ()
    query = next(filter(None, asked), None)
    return next(filter(None, days), {}) | ({"query": query} if query else {})


def _whole_entries(text: str) -> Iterator[Any]:
    """Yield the papers of broken JSON that are whole themselves."""
    decoder = json.JSONDecoder(strict=False)
    end = 0
    for match in _ENTRY.finditer(text):
        if match.start() < end:
            continue
        try:
            entry, length = decoder.raw_decode(text[match.start() : match.start() + _MOST_ENTRY])
        except (ValueError, RecursionError):
            continue
        end = match.start() + length
        yield entry


def _place(records: list[Record], data: _Data) -> Iterator[Record]:
    """Give each record the lines of the tag up to the next one's, if the tag has several."""
    if data.line_start == data.line_end:
        yield from records
        return
    line, at = data.line_start, 0
    for record, following in zip_longest(records, records[1:]):
        place = data.tag.find(following.arxiv_id or "", at + 1) if following else len(data.tag)
        start, line = line, line + data.tag.count("\n", at, place if place > at else at)
        at = max(at, place)
        yield record._replace(line_start=start, line_end=line)


def _read_entry(entry: object, data: _Data) -> Record | None:
    """Read one paper of the JSON; None if it has no title. Nothing in it is taken on trust."""
    entry = entry if isinstance(entry, dict) else {}
    paper = entry.get("paper")
    paper = paper if isinstance(paper, dict) else {}
    raw_title = _string(paper.get("title")) or _string(entry.get("title"))
    if not raw_title:
        return None
    abstract = fold(_string(paper.get("summary"))) or None
    organization = paper.get("organization") or entry.get("organization")
    return _make_record(
        (data.line_start, data.line_end),
        raw_title,
        _string(paper.get("id")),
        abstract=abstract,
        day=_read_day(paper.get("publishedAt")),
        organization=_name(organization, "fullname") or _name(organization, "name"),
        n_comments=_number(entry.get("numComments")),
        n_upvotes=_number(paper.get("upvotes")),
        **_read_names(paper.get("authors")),
    )


def _read_names(authors: object) -> dict[str, Any]:
    listed = authors if isinstance(authors, list) else []
    shown = [_name(author, "name") for author in listed]
    names = [name.rstrip(": ") for name in shown if name and _has_letter(name)]
    # What is listed without a letter, the colon after a group, is nobody; what has no name is.
    n_authors = len(names) + shown.count(None)
    return {
        "authors": tuple(map(read_name, names)),
        "authors_complete": bool(names) and len(names) == n_authors,
        "n_authors_total": n_authors or None,
    }


def _has_letter(name: str) -> bool:
    return name[0].isalpha() or any(map(str.isalpha, name))


def _name(holder: object, key: str) -> str | None:
    return fold(_string(holder.get(key))) or None if isinstance(holder, dict) else None


def _string(value: object) -> str:
    # JSON can hold what text cannot: signs that command a terminal, halves of signs.
    return without_commands(value).strip() if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= _MOST else None


# ---------- the cards shown


def _is_new(card: Card, known: set[str | None]) -> bool:
    """Tell whether a card shows a paper, and none that the JSON knows."""
    if card.node is None:
        return True
    arxiv_id = _linked_paper(card.node)
    return arxiv_id is not None and arxiv_id not in known


def _keep_apart(card: Card, spans: list[tuple[int, int]], dump: Dump) -> Card | None:
    """Return a card without the lines of the JSON below it; None if it stands in the JSON."""
    if any(start <= card.line_start < end for start, end in spans):
        return None
    last = min([card.line_end, *(start - 1 for start, _ in spans if start > card.line_start)])
    while not dump.lines[last - 1].strip():
        last -= 1
    return card._replace(line_end=last)


def _linked_paper(node: LexborNode) -> str | None:
    for link in node.css("a[href*='/papers/']"):
        if match := _PAPER.search(link.attributes["href"] or ""):
            return match["id"]
    return None


def _read_card(node: LexborNode, card: Card, found: Findings) -> Record | None:
    """Read a card shown: no names, but their number; date and abstract on search pages only."""
    heading = words_of(node.css_first("h3"), has_links=True).strip()
    if not heading:
        return None
    time = node.css_first("time[datetime]")
    n_authors = _N_AUTHORS.search(text_of(node))
    if card.is_cut:
        found.issues.append(Issue("cut_card", _CUT, card.line_start, card.line_end))
    return _make_record(
        (card.line_start, card.line_end),
        heading,
        _linked_paper(node) or "",
        abstract=" ".join(filter(None, map(text_of, node.css("p")))) or None,
        day=_read_day(time.attributes["datetime"]) if time else None,
        n_comments=_count(node.css("a[href$='#community']")),
        n_upvotes=_count(node.css("div.leading-none")),
        authors_complete=False,
        n_authors_total=read_number(n_authors["n"]) if n_authors else None,
    )


def _count(nodes: list[LexborNode]) -> int | None:
    """Return the first text that is a number."""
    numbers = (_COUNT.fullmatch(text_of(node)) for node in nodes)
    return next((read_number(number[0]) for number in numbers if number), None)


# ---------- records


def _make_record(
    lines: tuple[int, int],
    raw_title: str,
    arxiv_id: str,
    *,
    abstract: str | None,
    day: date | None,
    **fields: Any,  # noqa: ANN401
) -> Record:
    is_paper = _PAPER.fullmatch(f"{_LINK}{arxiv_id}")
    flags = (
        ("no_author_line", not (fields["n_authors_total"] or fields.get("organization"))),
        ("no_abstract", abstract is None),
        ("cut_abstract", abstract is not None and is_cut(abstract)),
        ("no_date", day is None),
    )
    return Record(
        line_start=lines[0],
        line_end=lines[1],
        raw_title=raw_title,
        title=fold(raw_title),
        abstract=abstract,
        is_abstract_complete=None if abstract is None else not is_cut(abstract),
        arxiv_id=arxiv_id if is_paper else None,
        url=f"https://huggingface.co{_LINK}{arxiv_id}" if is_paper else None,
        published_date=day,
        year=day.year if day else None,
        is_year_inferred=False if day else None,
        flags=tuple(flag for flag, holds in flags if holds),
        **fields,
    )


def read_paper(paper: object, lines: tuple[int, int]) -> Record | None:
    """Read the JSON of one paper, as the page of a single paper carries it too."""
    return _read_entry({"paper": paper}, _Data("", "", *lines))
