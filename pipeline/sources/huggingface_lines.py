"""The lines of Hugging Face's pages of papers, saved as text: what each looks like.

What belongs here: patterns of lines, and the kind of each line of a page. What does not: how lines
make a card (`huggingface_text`), which of those without a kind are titles (`huggingface_titles`).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipeline.sources.dump import Lines
from pipeline.sources.linked import Links
from pipeline.sources.reading import NUMBER
from pipeline.text.dates import MONTH

# "Dec 9, 2024 2": date and number of comments; "Feb 27"
DATE = re.compile(
    rf"(?P<month>{MONTH}) (?P<day>\d{{1,2}})(?:, (?P<year>\d{{4}}))?(?: (?P<comments>{NUMBER}))?"
)
_NO_GROUPS = rf"(?:{MONTH}) \d{{1,2}}(?:, \d{{4}})?"
PUBLISHED = "Published on "
PAGE_DAY = re.compile(rf"(?P<month>{MONTH}) (?P<day>\d{{1,2}})")  # "Dec 11"
ORGANIZATION = re.compile(r"(?P<slug>[^\W_][\w.-]*)(?: (?P<name>\S.{0,60}))?")  # "Gensyn Gensyn"
_GLUED_SUBSCRIBE = re.compile(r"Subscribe(?P<title>[\w\"'“‘(\[$].* .*)")  # "SubscribeA title"

# What lines other than titles and paragraphs look like, by kind: page furniture,
FURNITURE = {
    "site_header": r"Hugging Face's logo.*|new|(?:[•*-] )?(?:Log In|Sign Up)",
    "navigation": (
        r"(?:[•*-] )?(?:Models|Datasets|Spaces|Posts|Docs|Pricing|Community|Enterprise|Buckets"
        r"|Solutions|Website|Tasks|HuggingChat|Collections|Languages|Organizations|Papers)"
    ),
    "newsletter": r"Get trending papers in your email inbox.*|Subscribe",
    "page_heading": (
        r"(?:Daily|Trending) Papers(?: - Hugging Face)?|by ?AK and the research community"
        r"|Search by arxiv id or title.{0,20}"
    ),
    "heading_piece": r"by|AK|and the research community",  # each on a line of its own
    "submit_button": r"Submit a paper|Submit",
    "list_controls": r"Daily|Weekly|Monthly|Trending|Previous Next|Previous|Next",
    "footer": (
        r"Company|Website|© Hugging Face|System theme|Resources|Social"
        r"|TOS Privacy About(?: \w+)*|Models Datasets Spaces Pricing Docs"
        r"|(?:[•*-] )?(?:TOS|Privacy|About|Careers|Jobs|Models|Datasets|Spaces|Pricing|Docs)"
    ),
}
# Writers of Markdown put a backslash before signs: "crane\_fan".
_USER_NAME = r"[\w.@\\-]{1,60}(?: [\w.@\\-]{1,30}){0,2}"
# what marks a card (compact search pages have none of them),
MARKS = {
    # "Submitted by akhaliq"; where every piece has a line of its own, the name stands below
    "submitter": rf"Submitted by(?:\s*{_USER_NAME})?",
    # "• 4 authors", and how many comments
    "n_authors": rf"(?:[•*-]\s*){{0,8}}+(?:·\s*)?(?:{NUMBER} authors|1 author)(?:\s+{NUMBER})?",
    "dot": r"(?:[•*-]\s*){0,8}+·",  # "·", on the page of a day "• ·"
}
# and what a card or the opening of a page has besides.
_OTHERS = {
    "date": DATE.pattern,
    # "Published on May 14, 2025", "Upvote 12", "GitHub 1.2k", on the page of trends
    "published": rf"(?:[•*-]\s*)?(?:·\s*)?Published on {_NO_GROUPS}",
    "aside": (
        rf"Upvotes?(?: (?:{NUMBER}|-))?|GitHub(?: [\d.,]{{1,9}}k?)?|arXiv Page|Project page"
        r"|\d{1,4}(?:\.\d)?k"
    ),
    "count": rf"{NUMBER}|-",  # upvotes, comments; "-" for none yet
    "glued": _GLUED_SUBSCRIBE.pattern,
}


def _one_of(kinds: dict[str, str]) -> re.Pattern[str]:
    """Return one pattern for lines of several kinds; `lastgroup` is the first that fits."""
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds.items()))


_KIND = _one_of(FURNITURE | MARKS | _OTHERS)
_MOST_ABOVE_USER = 3
# Lines that are whole, those aside that are but a piece of one.
WHOLE = re.compile(
    "|".join(
        (
            *(pattern for kind, pattern in FURNITURE.items() if kind != "heading_piece"),
            # of a number that stands below it nobody knows whether it is a name
            rf"Submitted by\s*(?!{NUMBER}$){_USER_NAME}",
            *(pattern for kind, pattern in MARKS.items() if kind != "submitter"),
            *(DATE.pattern, rf"{NUMBER}|-"),
        )
    )
)
_USER = re.compile(r"[\w.@\\-]{1,60}")  # "akhaliq", below "Submitted by"
# Of all marks but submitters' lines.
_MARK = _one_of({kind: MARKS[kind] for kind in ("n_authors", "dot")})
_SUBMITTER, _FIRST_OF_SUBMITTER = re.compile(MARKS["submitter"]), re.compile("S")
_DATED = re.compile(rf"(?:{PUBLISHED})?{DATE.pattern}")
_FIRST_OF_MARK, _MOST_OF_MARK = re.compile(r"[\d•*·-]"), 60


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of a page, each with its kind (None for titles and paragraphs), and its links."""

    lines: Lines
    kinds: list[str | None]
    links: Links

    def __getitem__(self, part: slice) -> "Section":
        """Return some of the lines."""
        return Section(self.lines[part], self.kinds[part], self.links)

    @property
    def is_of_a_day(self) -> bool:
        """Whether its cards are those of a day's page, which begin with who submitted the paper.

        Most cards decide: a line of an abstract may look like a submitter's. Cards of a day have a
        number of authors, too, but no date below it.
        """
        n_submitters = self.kinds.count("submitter")
        n_dates = self.kinds.count("published")
        if "date" in self.kinds:
            n_dates += list(pairwise(self.kinds)).count(("dot", "date"))
        return n_submitters > n_dates and 2 * n_submitters >= self.kinds.count("n_authors")

    @property
    def has_marks(self) -> bool:
        """Whether the page surely has cards: it names submitters or numbers of authors."""
        return "submitter" in self.kinds or "n_authors" in self.kinds


def with_kinds(lines: Lines, links: Links) -> Section:
    """Return lines with their kinds; `texts` and `kinds` of the result may be changed."""
    # Most lines of a page are numbers, signs and words that recur: each is looked at once.
    known = {text: _kind(text) for text in set(lines.texts)}
    kinds = [known[text] for text in lines.texts]
    for index in [at for at, text in enumerate(lines.texts) if text == "Submitted by"]:
        below = range(index + 1, min(index + 1 + _MOST_ABOVE_USER, len(kinds)))
        named = next((at for at in below if kinds[at] is None), None)
        if named is not None and _USER.fullmatch(lines.texts[named]):
            kinds[named] = "user"
    return Section(Lines(lines.numbers, list(lines.texts), lines.raws), kinds, links)


def _kind(text: str) -> str | None:
    found = _KIND.fullmatch(text)
    return found and found.lastgroup


def find_marks(lines: Lines) -> list[int]:
    """Return the indexes of the lines that mark a card: of the kind of which there are most."""
    found: dict[str, list[int]] = {"submitter": [], "n_authors": [], "dot": []}
    for index in lines.beginning_in(_FIRST_OF_MARK):
        text = lines.texts[index]
        if text[-1] in "rs·" and len(text) <= _MOST_OF_MARK and (mark := _mark(text)):
            found[mark].append(index)
    for index in lines.beginning_in(_FIRST_OF_SUBMITTER):
        if _SUBMITTER.fullmatch(lines.texts[index]):
            found["submitter"].append(index)
    # A dot alone may stand on any page.
    below_dots = (at + 1 for at in found.pop("dot") if at + 1 < len(lines))
    found["date"] = [at for at in below_dots if _DATED.fullmatch(lines.texts[at])]
    return max(found.values(), key=len)


@lru_cache(maxsize=1024)  # "·", "5 authors": the cards of a page share them
def _mark(text: str) -> str | None:
    found = _MARK.fullmatch(text)
    return found and found.lastgroup


def is_opening(text: str) -> bool:
    """Tell whether a line that begins like the newsletter's opens the list of papers."""
    return text.startswith("Get") or bool(_GLUED_SUBSCRIBE.fullmatch(text))


def without_button(text: str, *, is_first: bool) -> str | None:
    """Take the button off the first title of a compact page; None if there is no button.

    Args:
        text: a line, e.g. `SubscribeA title`.
        is_first: whether no card stands above it. Below other lines (junk, another page) small
            letters after the button are the rest of a word: `Subscribers of`.
    """
    glued = _GLUED_SUBSCRIBE.fullmatch(text)
    if glued is None or (glued["title"][0].islower() and not is_first):
        return None
    return glued["title"]
