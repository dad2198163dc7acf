"""arXiv's page of one paper, as text.

What belongs here: how the lines of an arxiv.org/abs page make a card, in whatever way tools set its
table of additional facts. What does not: the page as HTML (`sites.arxiv_abs`), what both forms say
in the same words (`arxiv_abs_words`).

The labels stand in one order: `Title:`, `Authors:`, `Abstract:`, the table with `Subjects:` and
`Cite as:`, `Submission history`. All between two of them belongs to the first, however many lines
it takes, so wrapping does no harm.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from pipeline.contract.findings import PageFacts, ParseResult
from pipeline.sources.arxiv_abs_words import (
    AFTER_NAMES,
    SUBMITTED,
    UNREAD_NAMES,
    make_record,
    read_doi,
    read_history,
    read_shown_names,
    read_version,
)
from pipeline.sources.arxiv_list_words import read_subjects
from pipeline.sources.arxiv_words import ARXIV_ID
from pipeline.sources.dump import Dump, Lines, text_lines
from pipeline.sources.reading import Findings, join_lines

# What tools put around lines: headings, quotes, cells of tables, bold type; and in lines alone.
_AROUND = re.compile(r"^[#>|*\s]++|(?<![|*\s])[|*\s]++$")
_RULE = re.compile(r"[-=+|:\s]+|(?:</?[a-z][^<>]{0,300}>\s*)+")
_LABELS = (
    ("title", r"Title"),
    ("authors", r"Authors?"),
    ("abstract", r"Abstract"),
    ("comments", r"Comments?"),
    ("subjects", r"Subjects?"),
    ("cite_as", r"Cite as"),
    ("journal_ref", r"Journal\sreference"),
    ("other", r"Related\sDOI|DOI|Report\snumber|(?:MSC|ACM)\sclasses"),
)
_LABEL = re.compile(
    "|".join(rf"(?P<{part}>(?:{label})\s?:)" for part, label in _LABELS)
    + r"|(?P<history>Submission history)(?=$|\s*From:|\s*\[v)"
)
_LONGEST_LABEL = 32
# The label that must stand above another.
_DUE = {"authors": "title", "abstract": "authors"}
_TABLE = ("comments", "subjects", "cite_as", "journal_ref", "other", "history")
# A paragraph of the abstract may look like these; the table stands below it.
_LAST_COUNTS = ("comments", "subjects")
_MOST_LABELS = 40
_MOST_LINES = 4000  # of a page: some papers have thousands of authors
_MOST_DATELINE = 8  # lines that "[Submitted on ...]" may take above the title
_MOST_TABLE_LINES = 12  # below the last label, where the page has no history
_MOST_ABOVE = 24
_IDENTIFIER = re.compile(rf"arXiv:\s?{ARXIV_ID}")
_VERSION_LINE = re.compile(r"\[v\d{1,3}\\?\]|\d{4} \d\d:\d\d:\d\d UTC")
_LETTER = re.compile(r"[^\W\d_]")
_ADDRESS = re.compile(r"https?://|(?:\W|\(BUTTON\)){0,12}Focus to learn more|arXiv-issued DOI")

# Lines of the page that carry no paper, above its title and below the history of its versions.
_ABOVE = re.compile(
    r"\[\S{5,30}\] .{1,400}|Skip to main content|We gratefully acknowledge .*|Donate|arxiv"
    r"|(?:arxiv|[Cc]ornell.{0,20}) ?> ?.{1,100}|>.{1,60}|[a-z-]{2,12}|member institutions"
    r"|, and all contributors\.|Search|Login|Help|Advanced Search|Submit|Log in|\([a-z.-]{2,12}\)"
    rf"|\W*arXiv:{ARXIV_ID}\W*(?:\([a-z.-]{{2,12}}\))?"
    r"|[A-Z][\w ,&-]{3,60}(?: > .{3,60})?|[-=]{3,}|\|"
)
_BELOW = re.compile(
    r"[#\s]*(?:Full-text links:?|Access Paper:|Download:|View a PDF of .*|[•*-]? ?View PDF"
    r"|[•*-]? ?TeX Source|[•*-]? ?Other [Ff]ormats|view license|Current browse context:.*"
    r"|Change to browse by:.*|References (?:&|and) Citations|[•*-]? ?NASA ADS.*"
    r"|[•*-]? ?Google Scholar|[•*-]? ?Semantic Scholar|.{0,3}export BibTeX citation.*|Bookmark"
    r"|Bibliographic (?:and Citation )?Tools.*|arXivLabs.*|Which authors of this paper are endors.*"
    r"|Disable MathJax.*|[•*-]? ?(?:About|Help|Contact|Subscribe|Copyright|Privacy Policy)"
    r"|(?:.{0,3}About ?Help)|[•*-]? ?Web Accessibility Assistance|arXiv Operational Status.*"
    r"|Get status notifications.*|(?:contact|subscribe to) arXiv.*)\s*"
)

BEGINS = re.compile(
    r"(?:Title|Authors?|Abstract|Comments|Subjects|Cite as|Journal reference|Related DOI"
    r"|Report number|(?:MSC|ACM) classes)\s?:|Submission history|From: |\[v\d|[\[(]Submitted on "
    r"|View (?:a )?PDF|\(or arXiv:"
)
WHOLE = re.compile(r"Submission history$|\[v\d{1,3}\] .{10,60}KB\)$|View PDF$")


@dataclass
class _Card:
    """One page, by the indexes of lines.

    Attributes:
        parts: where each part begins.
        begin: where what the page says of the paper begins.
        end: behind the last line that tells of the paper.
    """

    parts: dict[str, int]
    begin: int
    end: int


class _Page:
    """The lines of a page without what tools put around them, and the labels they begin with."""

    def __init__(self, lines: Lines) -> None:
        """Find the labels."""
        self.lines = lines
        self.texts = [
            "" if _RULE.fullmatch(text) else _AROUND.sub("", text) for text in lines.texts
        ]
        self.labels: list[tuple[int, re.Match[str]]] = [
            (at, label)
            for at, text in enumerate(self.texts)
            if (label := _LABEL.match(text[:_LONGEST_LABEL]))
        ]

    def shown(self, begin: int, end: int) -> list[str]:
        """Return the texts of a part: the label of its first line and empty lines left out."""
        texts = self.texts[begin:end]
        label = _LABEL.match(texts[0][:_LONGEST_LABEL]) if texts else None
        if label:
            texts[0] = _AROUND.sub("", texts[0][label.end() :])
        return [text for text in texts if text]


def find_marks(lines: Lines) -> list[int]:
    """Return the numbers of the lines with a paper's title."""
    # Most pages have no line with such a label: words are looked for where lines begin.
    heads = "\n".join([text[: 2 * _LONGEST_LABEL] for text in lines.texts])
    if not ("Title" in heads and "Abstract" in heads):
        return []
    return [lines.numbers[card.parts["title"]] for card in _find_cards(_Page(lines))]


def find_ends(lines: Lines) -> list[int]:
    """Return the numbers of the title's line and of the last line of each paper."""
    cards = _find_cards(_Page(lines)) if find_marks(lines) else ()
    return [lines.numbers[at] for card in cards for at in (card.parts["title"], card.end - 1)]


def parse(dump: Dump) -> ParseResult:
    """Read a page, or several below each other; see `pipeline.sources.reading.Source`."""
    found = Findings()
    page = _Page(text_lines(dump))
    cards = list(_find_cards(page))
    limits = [*(card.begin for card in cards[1:]), len(page.texts)]
    above = 0
    for card, limit in zip(cards, limits, strict=False):
        for at in range(max(above, card.begin - _MOST_ABOVE), card.begin):
            if _ABOVE.fullmatch(page.texts[at]):
                found.furnish(page.lines[at : at + 1], "site_header")
        _read_card(card, page, found)
        above = _name_below(page, range(card.end, limit), found)
    return found.result(PageFacts())


def _name_below(page: _Page, span: range, found: Findings) -> int:
    """Name what stands below a paper, from the first line of the page's foot to the last known."""
    known = [at for at in span if _BELOW.fullmatch(page.texts[at])]
    if not known:
        return span.start
    found.furnish(page.lines[known[0] : known[-1] + 1], "page_foot")
    return known[-1] + 1


# ---------- from lines to cards


def _find_cards(page: _Page) -> Iterator[_Card]:
    """Yield the papers of a page, mostly one: all labels in their order, and an identifier."""
    end = 0
    for number, (at, label) in enumerate(page.labels):
        if label.lastgroup == "title" and at >= end:
            below = page.labels[number : number + _MOST_LABELS]
            card = _make_card(page, end, [item for item in below if item[0] < at + _MOST_LINES])
            if card:
                end = card.end
                yield card


def _make_card(page: _Page, floor: int, labels: list[tuple[int, re.Match[str]]]) -> _Card | None:
    """Find the parts of a page below a `Title:`; None if it is none of arXiv's.

    Args:
        page: all lines.
        floor: where the page above ends.
        labels: that of the title, and some below it.
    """
    title = labels[0][0]
    parts = {"title": title}
    for at, label in labels[1:]:
        part = label.lastgroup or ""
        if "history" in parts or (part == "title" and "cite_as" in parts):
            break
        if part == "title" and "abstract" not in parts:
            return None
        is_due = _DUE.get(part, "abstract" if part in _TABLE else "") in parts
        is_open = part not in parts or (part in _LAST_COUNTS and "cite_as" not in parts)
        if is_due and is_open:
            parts[part] = at
    if "abstract" not in parts or parts.keys().isdisjoint(("cite_as", "history")):
        return None
    end = _find_end(page, parts, title + _MOST_LINES)
    above = range(title - 1, max(title - _MOST_DATELINE, floor) - 1, -1)
    begin = next((at for at in above if SUBMITTED.search(page.texts[at])), title)
    shown = page.texts[max(title - _MOST_ABOVE, floor) : end]
    return _Card(parts, begin, end) if any(map(_IDENTIFIER.search, shown)) else None


def _find_end(page: _Page, parts: dict[str, int], limit: int) -> int:
    """Return the index behind the last version of the history, or behind the table."""
    begin = max(parts.values())
    limit = min(limit, len(page.texts))
    last = next((at for at in range(begin, limit) if _BELOW.fullmatch(page.texts[at])), limit)
    if "history" not in parts:
        return min(last, begin + _MOST_TABLE_LINES)
    versions = [at for at in range(begin, last) if _VERSION_LINE.search(page.texts[at])]
    return versions[-1] + 1 if versions else begin + 1


# ---------- from cards to records


def _read_card(card: _Card, page: _Page, found: Findings) -> None:
    parts, lines = card.parts, page.lines[card.begin : card.end]
    table = [at for at, _ in page.labels if parts["abstract"] < at < card.end]
    first = min((parts[part] for part in _TABLE if part in parts), default=card.end)
    bounds = sorted({*parts.values(), *(at for at in table if at > first), card.end})
    ends = {part: next(at for at in bounds if at > begin) for part, begin in parts.items()}
    shown = {part: page.shown(begin, ends[part]) for part, begin in parts.items()}
    title = join_lines(shown["title"])
    arxiv_id = _read_id(card, page)
    if not _LETTER.search(title) or arxiv_id is None:
        message = "The page has no title or no identifier: look at it."
        found.report("missing_title", message, lines[:1])
        found.leave(lines, message)
        return
    names = AFTER_NAMES.split(join_lines(shown["authors"]), maxsplit=1)[0]
    authors = read_shown_names(names, is_uncut=True)
    if authors is None:
        found.report("unread_authors", UNREAD_NAMES, lines[:1])
    facts = " ".join(page.texts[parts.get("cite_as", card.end) : card.end])
    dateline = " ".join(page.texts[card.begin : parts["abstract"]])
    found.records.append(
        make_record(
            (lines.numbers[0], lines.numbers[-1]),
            "\n".join(shown["title"]),
            title,
            arxiv_id,
            raw_authors=names or None,
            abstract=join_lines(shown["abstract"]) or None,
            comments=join_lines(shown.get("comments", [])) or None,
            journal_ref=join_lines(_above_address(shown.get("journal_ref", []))) or None,
            arxiv_version=read_version(facts),
            doi=read_doi(facts),
            **(authors or {"authors": (), "authors_complete": False}),
            **read_history(" ".join(shown.get("history", [])), dateline),
            **read_subjects(join_lines(shown.get("subjects", []))),
        )
    )


def _read_id(card: _Card, page: _Page) -> str | None:
    """Return the identifier: what is to be cited, else what stands above the title."""
    table = page.texts[card.parts.get("cite_as", card.end) : card.end]
    above = page.texts[max(card.begin - _MOST_ABOVE, 0) : card.parts["title"]]
    for text in (*table, *reversed(above)):
        if match := _IDENTIFIER.search(text):
            return match["id"]
    return None


def _above_address(texts: list[str]) -> list[str]:
    """Return lines up to the first address: some tools put the next row's above its label."""
    return list(takewhile(lambda text: not _ADDRESS.match(text), texts))
