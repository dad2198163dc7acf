"""arXiv's lists as text: new, recent and past papers, catch-up pages, an author's papers.

What belongs here: how the lines of these pages make cards, with blank lines between blocks or
without, and where every piece of text has a line of its own. What does not: the pages as HTML
(`sites.arxiv_list`), what both forms say in the same words (`arxiv_list_words`).

A card is a line with an identifier, `Title:`, a line of authors without a label (older pages have
`Authors:`), `Comments:`, `Journal-ref:`, `Subjects:` and on some pages the abstract. Only the line
of authors has no mark. So where more lines stand below a title than a list of names can have, or
none while most cards name authors, the page was wrapped or torn, and nothing of that card is read.
"""

import re
from bisect import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, pairwise
from typing import Any

from pipeline.contract.findings import PageFacts, ParseResult, Record
from pipeline.sources.arxiv_list_lines import (
    CODE_ENDS,
    ENDS,
    FIRST_OF_HEAD,
    HEAD,
    INDEX,
    LABEL,
    RANGE,
    REST,
    TITLE,
    TOTAL,
    furniture,
)
from pipeline.sources.arxiv_list_words import (
    REPEATED,
    announced_month,
    count_shown,
    page_facts,
    read_author,
    read_catch_up,
    read_day,
    read_subjects,
)
from pipeline.sources.arxiv_listings import list_of
from pipeline.sources.arxiv_words import abs_url, read_authors
from pipeline.sources.dump import Dump, Lines, text_lines
from pipeline.sources.reading import Findings, is_cut, join_texts, read_number
from pipeline.sources.title_lines import Shown, cut, find_border, longest_above
from pipeline.text.whitespace import fold_space

_MOST_REST_LINES = 24  # "[", "pdf", ",", "html" ..., each on a line of its own
_PARTS = {
    "Author": "authors",
    "Authors": "authors",
    "Comment": "comments",
    "Comments": "comments",
    "Journal-ref": "journal_ref",
    "Subject": "subjects",
    "Subjects": "subjects",
    "DOI": "doi",
}
# What a page counts, or draws for a button: "1", "[-] 1"; of another card it would be a number.
_ODD = re.compile(r"(?!\[\d)[\W_]{0,12}\d{0,9}")
_DOI = re.compile(r"10\.\d{4,9}/\S{1,200}")
_SEPARATORS = (",", ":")  # between names; a colon stands below the name of a group
_LETTER = re.compile(r"[^\W\d_]")
_MOST_SUBJECT_LINES = 24
_VERSION = re.compile(r"/(?:html|abs|pdf)/(\S{4,40}?)v(\d{1,4})$")
_HEAD_CHARS = 24  # within which an identifier begins
_SHORT_LINE = 60  # characters; shorter lines below a page's last card may be its foot

_UNTITLED = "The card has no title: look at the page."
_TORN = (
    "What stands below the identifier is no title and one list of authors: the page was wrapped "
    "or torn; save it again without breaking its lines."
)
_LOST = "No title stands right below the identifier: the page was torn; nothing of it is kept."


@dataclass
class _Card:
    """One card, by the indexes of lines.

    Attributes:
        head: the match in the line with the identifier, which is `at`.
        begin: where the card begins, a line with its number included.
        title: where `Title:` stands.
        end: where the next card or other lines of the page begin.
        is_last: whether no card stands below.
        needs_names: whether most cards of the page name authors, so that this one should, too.
        pieces: the lines of title and names as they stand in the file, where that tells more.
        n_titles: how many of these are the title's.
    """

    head: re.Match[str]
    at: int
    begin: int
    title: int
    end: int = 0
    is_last: bool = False
    needs_names: bool = False
    pieces: list[str] = field(default_factory=list)
    n_titles: int | None = None
    parts: dict[str, list[int]] = field(default_factory=dict)
    rests: dict[int, str] = field(default_factory=dict)

    def texts(self, part: str, lines: Lines) -> list[str]:
        """Return the texts of a part, without its label; empty ones left out."""
        shown = (self.rests.get(at, lines.texts[at]) for at in self.parts.get(part, ()))
        return [text for text in shown if text]


def find_marks(lines: Lines) -> list[int]:
    """Return the numbers of the lines with an identifier that is followed by `Title:`."""
    return [lines.numbers[card.begin] for card in _find_cards(lines)]


def parse(dump: Dump) -> ParseResult:
    """Read a list of papers; see `pipeline.sources.reading.Source`."""
    found = Findings()
    lines = text_lines(dump)
    cards = list(_find_cards(lines))
    names = _namefurniture(lines, cards)
    above = [lines.texts[at] for at in sorted(names)]
    caught_up = next(filter(None, map(read_catch_up, above)), None)
    days = _find_days(lines, names)
    _find_borders(cards, lines, dump)
    n_named = sum(bool(_part_title(card, lines)[1]) for card in cards)
    for card in cards:
        card.needs_names = 2 * n_named >= len(cards)
        place = bisect(days, card.begin, key=lambda item: item[0])
        _read_card(card, lines, days[place - 1][1] if place else caught_up, dump.links, found)
    for at, name in names.items():
        found.furnish(lines[at : at + 1], name)
    for at in _heads_without_titles(lines):
        found.report("torn_card", _LOST, lines[at : at + 1])
    author = next(filter(None, map(read_author, above)), None)
    category = None if author else list_of(dump, above, found.records)
    facts = page_facts((day for _, day in days), _count_declared(above), author, category)
    return found.result(PageFacts(**facts))


# ---------- from lines to cards


def _find_cards(lines: Lines) -> Iterator[_Card]:
    """Yield the cards of a page, each up to the next."""
    card: _Card | None = None
    for at in lines.beginning_in(FIRST_OF_HEAD):
        text = lines.texts[at]
        if "arXiv:" not in text[:_HEAD_CHARS] or not (head := HEAD.fullmatch(text)):
            continue
        title = _find_title(lines.texts, at)
        if title is None:  # a card that lost its title is no part of the one above
            if card and _is_head(head, lines.texts, at):
                card.end = at
                yield card
                card = None
            continue
        begin = at - (at > 0 and bool(INDEX.fullmatch(lines.texts[at - 1])))
        if card:
            card.end = begin
            yield card
        card = _Card(head, at, begin, title)
    if card:
        card.end, card.is_last = len(lines), True
        yield card


def _is_head(head: re.Match[str], texts: list[str], at: int) -> bool:
    """Tell whether a line with an identifier surely begins a card, whatever stands below."""
    return bool(head["rest"].strip()) or (at > 0 and bool(INDEX.fullmatch(texts[at - 1])))


def _heads_without_titles(lines: Lines) -> Iterator[int]:
    """Yield where cards begin of which no title stands right below the identifier."""
    for at, text in enumerate(lines.texts):
        head = HEAD.fullmatch(text) if "arXiv:" in text[:_HEAD_CHARS] else None
        if head and _is_head(head, lines.texts, at) and _find_title(lines.texts, at) is None:
            yield at


def _find_title(texts: list[str], at: int) -> int | None:
    """Return where the title of a card stands; None if what stands below is no part of a head."""
    for index in range(at + 1, min(at + 1 + _MOST_REST_LINES, len(texts))):
        if TITLE.fullmatch(texts[index]):
            return index
        if not REST.fullmatch(texts[index]) and not _ODD.fullmatch(texts[index]):
            return None
    return None


def _namefurniture(lines: Lines, cards: list[_Card]) -> dict[int, str]:
    """Name lines of the page by their index; sort the cards' lines, so that they end above them."""
    spans, begin = [], 0
    for card in cards:
        spans.append(range(begin, card.begin))
        below = card.end
        _sort_parts(card, lines)
        begin = card.end
        if begin < below:
            spans.append(range(begin, below))
            begin = below
    spans.append(range(begin, len(lines)))
    names = {at: name for span in spans for at in span if (name := furniture(lines.texts[at]))}
    for at in range(1, cards[0].begin if cards else len(lines)):
        is_below = names.get(at) in ("page_heading", "section") and at - 1 not in names
        if is_below and len(lines.texts[at - 1]) < _SHORT_LINE:
            names[at - 1] = "page_heading"
    return names


def _sort_parts(card: _Card, lines: Lines) -> None:
    """Sort the lines of a card by their labels; it ends where lines of the page begin."""
    part = "title"
    for at in range(card.title, card.end):
        text = lines.texts[at]
        if part not in ("subjects", "abstract"):
            label = (TITLE if at == card.title else LABEL).fullmatch(text)
            if label:
                part = "title" if at == card.title else _PARTS.get(label["label"], "other")
                card.rests[at] = label["rest"].strip()
            card.parts.setdefault(part, []).append(at)
        elif part == "subjects" and _goes_on(card.texts("subjects", lines), text):
            card.parts["subjects"].append(at)
        elif (name := furniture(text)) and (card.is_last or name in ENDS):
            card.end = at
            return
        else:
            part = "abstract"
            card.parts.setdefault(part, []).append(at)


def _goes_on(subjects: list[str], text: str) -> bool:
    """Tell whether a line goes on with subjects: the last one lacks its code, or more follow."""
    if not subjects or len(subjects) > _MOST_SUBJECT_LINES:
        return not subjects
    shown = " ".join(subjects[-2:])
    return text.startswith(";") or shown.endswith(";") or not CODE_ENDS.search(shown[-60:])


def _find_days(lines: Lines, names: dict[int, str]) -> list[tuple[int, date]]:
    """Return the days that headings name, by the index of the line.

    Above its cards a page links to the days it shows; where headings say how many papers they
    show, only those are headings.
    """
    shown = [at for at in sorted(names) if names[at] in ("day", "section")]
    counted = [at for at in shown if count_shown([lines.texts[at]]) and read_day(lines.texts[at])]
    return [(at, day) for at in counted or shown if (day := read_day(lines.texts[at]))]


def _count_declared(above: list[str]) -> int | None:
    """Return how many papers a page says it lists; None where it lists a part of all it counts."""
    n_shown = count_shown(above)
    if n_shown is not None:
        return n_shown
    totals = filter(None, map(TOTAL.fullmatch, above))
    total = next(totals, None)
    return None if total is None or any(map(RANGE.search, above)) else read_number(total["n"])


# ---------- from cards to records


def _read_card(
    card: _Card,
    lines: Lines,
    listed_on: date | None,
    links: Mapping[int, tuple[str, ...]],
    found: Findings,
) -> None:
    _end_last(card, lines)
    whole = lines[card.begin : card.end]
    titles, names = _part_title(card, lines)
    title = fold_space(" ".join(titles))
    if not _LETTER.search(title):
        found.report("missing_title", _UNTITLED, whole[:1])
        found.leave(whole, _UNTITLED)
        return
    if not _are_joined(names) or (card.needs_names and not names):
        found.report("torn_card", _TORN, whole[:1])
        found.leave(whole, _TORN)
        return
    abstract = join_texts(card.texts("abstract", lines))
    authors = read_authors(" ".join(names), is_uncut="subjects" in card.parts)
    is_whole = None if abstract is None else not is_cut(abstract)
    doi = _DOI.search(" ".join(card.texts("doi", lines)))
    flags = (
        ("no_author_line", not authors["authors"]),
        ("no_date", True),
        ("no_abstract", abstract is None),
        ("cut_abstract", is_whole is False),
    )
    found.records.append(
        Record(
            line_start=whole.numbers[0],
            line_end=whole.numbers[-1],
            raw_title="\n".join(titles),
            title=title,
            raw_authors="\n".join(names) or None,
            abstract=abstract,
            is_abstract_complete=is_whole,
            record_type="preprint",
            doi=doi[0] if doi else None,
            comments=join_texts(card.texts("comments", lines)),
            journal_ref=join_texts(card.texts("journal_ref", lines)),
            flags=tuple(flag for flag, holds in flags if holds),
            **authors,
            **_read_identifier(card, lines, listed_on, links),
            **read_subjects(" ".join(card.texts("subjects", lines))),
        )
    )


def _end_last(card: _Card, lines: Lines) -> None:
    """Take lines off the page's last card that are no prose: they belong to the page's foot."""
    abstract = card.parts.get("abstract", [])
    while card.is_last and abstract:
        text = lines.texts[abstract[-1]]
        if len(text) >= _SHORT_LINE or text.endswith((".", "?", "!", ")", "…")):
            break
        card.end = abstract.pop()


def _part_title(card: _Card, lines: Lines) -> tuple[list[str], list[str]]:
    """Return the texts of the title and those of the authors, which mostly have no label."""
    if card.n_titles is not None:
        above, below = card.pieces[: card.n_titles], card.pieces[card.n_titles :]
        return ["".join(above).strip()], ["".join(below).strip()]
    titles = card.texts("title", lines)
    if "authors" in card.parts:
        return titles, card.texts("authors", lines)
    return titles[:1], titles[1:]


def _find_borders(cards: list[_Card], lines: Lines, dump: Dump) -> None:
    """Find where titles end whose lines, or those of the names below, were broken.

    What was joined may hold both, what was not may be two lines of either: the words tell, and the
    cards in which nothing was broken.
    """
    shown, broken = Shown(), []
    for card in cards:
        titles, names = _part_title(card, lines)
        if "authors" in card.parts or not titles:
            continue
        if lines.numbers[card.parts["title"][0]] in dump.pieces or not _are_joined(names):
            broken.append(card)
        else:
            shown.add(titles[0], ", ".join(names).split(","))
    blocks = []
    for card in broken:
        shown_lines = ((at, card.rests.get(at, lines.texts[at])) for at in card.parts["title"])
        block = [cut(text, dump.pieces.get(lines.numbers[at], ())) for at, text in shown_lines]
        blocks.append([pieces for pieces in block if pieces])
    # How long a line was from which addresses were taken nobody knows.
    width = 0 if dump.links else longest_above(blocks)
    for card, block in zip(broken, blocks, strict=True):
        names = _part_title(card, lines)[1]
        is_valid = bool(names) and _are_joined(names)
        card.pieces = list(chain.from_iterable(block))
        card.n_titles = find_border(
            block, shown, width, is_valid=is_valid, is_unwrapped=bool(dump.pieces)
        )


def _are_joined(names: list[str]) -> bool:
    """Tell whether lines are one list of names: where a line ends, a separator stands."""
    return all(
        above.endswith(_SEPARATORS) or below.startswith(_SEPARATORS)
        for above, below in pairwise(names)
    )


def _read_identifier(
    card: _Card, lines: Lines, listed_on: date | None, links: Mapping[int, tuple[str, ...]]
) -> dict[str, Any]:
    """Read the identifier, the version that it or a link names, and the month."""
    arxiv_id, version = card.head["id"], card.head["version"]
    targets = [
        target
        for number in lines.numbers[card.begin : card.title]
        for target in links.get(number, ())
    ]
    of_links = [
        match[2]
        for target in targets
        if (match := _VERSION.search(target)) and match[1] == arxiv_id
    ]
    version = version or next(iter(of_links), None)
    rest = " ".join(lines.texts[card.at : card.title])
    return {
        "arxiv_id": arxiv_id,
        "arxiv_version": int(version) if version else None,
        "url": abs_url(arxiv_id),
        "announced_month": announced_month(arxiv_id, listed_on, is_new=not REPEATED.search(rest)),
    }
