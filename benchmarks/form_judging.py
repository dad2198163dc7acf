"""How right the cards are that were read of a page in some form.

What belongs here: pairing cards with the truth, and what counts as right. What does not: making and
reading the forms, tables (`forms`).

Strict where a user would call it wrong, fair where nobody could know:

- **Cards** are paired in order by the letters and digits of their titles. In a gap between paired
  cards, the rest is paired by identifier or by titles of which one holds the other. A card without
  a partner is an invented paper: its title, its names, its abstract, all of it is wrong.
- **A title** is right if it is the true one after folding white space. If the true title does not
  stand in the file sign by sign (a tool dropped `<sup>` or a star), one with the same words counts
  that has no sign more than the true one.
- **A name** is wrong if it is none of the paper's. **A list** is right if it has all names in
  order, or the first of them where most of the others do not stand in the file: some sites show no
  names in text, and none more than they like. A list that is not right and not empty is wrong.
- **An abstract** is right with the same letters and digits in order and no sign more than the true
  one (but for the backslashes of Markdown: what a backslash means cannot be told). One that is said
  to be cut may be a part, or parts with `…` between them. One said to be whole must be whole.
- **Dates, identifiers, categories** must equal the truth; none is no error. A list of categories
  must be whole, in any order but the first.
- What the truth says nothing of is not judged; what it says does not stand there must not be read.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from form_truth import Card
from selectolax.lexbor import LexborHTMLParser

KINDS = ("titles", "names", "lists", "abstracts", "dates", "ids", "categories")

_LETTERS = re.compile(r"[\W_]+")
_CUT = re.compile(r"…|\.\.\.")
# What stands inside words in some forms and is no part of them.
_LINK_TARGET = re.compile(r"\]\((?:[^()\s]|\([^()\s]*\)){1,2000}\)")
_LINK_NUMBER = re.compile(r"\[\d{1,5}\]")
_LINE_MARK = re.compile(r"^(?:[>*+•-] ?)+|^#{1,6} |\\$", re.MULTILINE)
# What is not shown, and what is drawn beside the source of a formula.
_HIDDEN = (
    'style, template, script:not([type="math/tex"]), '
    ".katex-html, .katex-mathml mrow, .MathJax, .MathJax_Preview"
)


def letters(text: str | None) -> str:
    """Return the letters and digits of a text alone.

    >>> letters("A *New* title: β₂!")
    'anewtitleβ2'
    """
    return _LETTERS.sub("", unicodedata.normalize("NFKC", text or "")).casefold()


class Text:
    """What a file shows, for asking whether something stands in it."""

    def __init__(self, content: str, *, is_markup: bool) -> None:
        """Take the content of a page, decoded."""
        if is_markup:
            content = _markup_text(content)
        content = _LINK_NUMBER.sub("", _LINK_TARGET.sub("", content))
        lines = _LINE_MARK.sub("", content)
        self._letters = letters(lines)
        self._signs = _signs_alone(lines)

    def has_words(self, text: str) -> bool:
        """Return whether the letters and digits of a text stand there."""
        return letters(text) in self._letters

    def has_signs(self, text: str) -> bool:
        """Return whether a text stands there sign by sign, white space and backslashes aside."""
        return _signs_alone(text) in self._signs


def _signs_alone(text: str) -> str:
    # Markdown puts a backslash before a sign, TeX before a word.
    return "".join(text.replace("\\", "").split())


def _markup_text(content: str) -> str:
    # Names may stand in data only, as in the daily page of Hugging Face.
    # Without a doctype, names of classes would match in any case.
    tree = LexborHTMLParser(f"<!doctype html>{content}")
    data = [node.attributes.get("data-props") or "" for node in tree.css("[data-props]")]
    for node in tree.css(_HIDDEN):
        node.decompose()
    shown = tree.root.text() if tree.root else ""
    return "\n".join([shown, *data])


@dataclass
class Verdict:
    """What became of one file.

    Attributes:
        n_true: cards of the truth.
        holds_words: whether nearly all true titles stand in the file.
        n_published: cards read and not held back; `n_held` were.
        right: of each kind, values that are right: names one by one, else one of a card.
        published: of each kind, values published; `wrong`, how many of them are wrong.
        examples: of each kind, wrong values beside true ones.
        set_aside: why the file was set aside, or None.
    """

    n_true: int
    holds_words: bool
    n_published: int = 0
    n_held: int = 0
    right: Counter[str] = field(default_factory=Counter)
    published: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[object, object]]] = field(default_factory=dict)
    set_aside: str | None = None

    def note(self, kind: str, read: object, true: object, *, n_wrong: int = 1) -> None:
        """Count something wrong, and keep it as an example."""
        self.wrong[kind] += n_wrong
        self.examples.setdefault(kind, []).append((read, true))


def judge(cards: Sequence[Card], truth: Sequence[Card], text: Text, n_held: int) -> Verdict:
    """Compare the published cards of a file with what stands on the page."""
    n_held_words = sum(text.has_words(card["title"]) for card in truth)
    verdict = Verdict(len(truth), n_held_words >= 0.98 * len(truth), len(cards), n_held)
    for card, true in pair(cards, truth):
        if true is None:
            _judge_invented(verdict, card)
        else:
            _judge_title(verdict, card, true, text)
            _judge_authors(verdict, card, true, text)
            _judge_abstract(verdict, card, true)
            for kind, name in (("dates", "date"), ("ids", "arxiv_id")):
                _judge_value(verdict, kind, card.get(name), true, name)
            _judge_categories(verdict, card, true)
    return verdict


def pair(cards: Sequence[Card], truth: Sequence[Card]) -> Iterator[tuple[Card, Card | None]]:
    """Yield each card that was read with its true one, or None if it has none."""
    read, true = [[letters(card["title"]) for card in side] for side in (cards, truth)]
    matcher = SequenceMatcher(None, read, true, autojunk=False)
    for _, read_start, read_end, true_start, true_end in matcher.get_opcodes():
        if read[read_start:read_end] == true[true_start:true_end]:
            yield from zip(cards[read_start:read_end], truth[true_start:true_end], strict=True)
            continue
        left = list(truth[true_start:true_end])
        for card in cards[read_start:read_end]:
            partner = next((other for other in left if _may_be(card, other)), None)
            if partner is not None:
                del left[: left.index(partner) + 1]
            yield card, partner


def _may_be(card: Card, true: Card) -> bool:
    if card.get("arxiv_id") and card["arxiv_id"] == true.get("arxiv_id"):
        return True
    read, wanted = letters(card["title"]), letters(true["title"])
    short, long = sorted((read, wanted), key=len)
    return len(short) >= 8 and short in long


def _judge_invented(verdict: Verdict, card: Card) -> None:
    names = card["authors"]
    found = {
        "titles": card["title"],
        "lists": names,
        "abstracts": card.get("abstract"),
        "dates": card.get("date"),
        "ids": card.get("arxiv_id"),
        "categories": card.get("categories") or card.get("primary_category"),
    }
    for kind, value in found.items():
        if value:
            verdict.published[kind] += 1
            verdict.note(kind, value, None)
    if names:
        verdict.published["names"] += len(names)
        verdict.note("names", names, None, n_wrong=len(names))


def _judge_title(verdict: Verdict, card: Card, true: Card, text: Text) -> None:
    read, wanted = card["title"], true["title"]
    verdict.published["titles"] += 1
    if read == wanted or (not text.has_signs(wanted) and _same_words(read, wanted)):
        verdict.right["titles"] += 1
    else:
        verdict.note("titles", read, wanted)


def _same_words(read: str, wanted: str) -> bool:
    is_same = letters(read) == letters(wanted) and len(read.split()) == len(wanted.split())
    return is_same and not _added_signs(read, wanted)


def _added_signs(read: str, wanted: str) -> Counter[str]:
    return _signs(read) - _signs(wanted)


def _signs(text: str) -> Counter[str]:
    folded = unicodedata.normalize("NFKC", text)
    return Counter(sign for sign in folded if not sign.isalnum() and not sign.isspace())


def _judge_authors(verdict: Verdict, card: Card, true: Card, text: Text) -> None:
    if "authors" not in true:
        return
    read, wanted = card["authors"], true["authors"]
    verdict.published["names"] += len(read)
    verdict.published["lists"] += bool(read)
    verdict.right["names"] += sum((Counter(read) & Counter(wanted)).values())
    if foreign := list((Counter(read) - Counter(wanted)).elements()):
        verdict.note("names", foreign, wanted, n_wrong=len(foreign))
    rest = wanted[len(read) :]
    n_shown = sum(map(text.has_words, rest))
    is_right = read == wanted[: len(read)] and (not rest or n_shown <= len(rest) / 2)
    verdict.right["lists"] += is_right
    if read and not is_right:
        verdict.note("lists", read, wanted)


def _judge_abstract(verdict: Verdict, card: Card, true: Card) -> None:
    read = card.get("abstract")
    if "abstract" not in true or not read:
        return
    verdict.published["abstracts"] += 1
    wanted = true["abstract"] or ""
    is_cut = card.get("is_abstract_complete") is False
    if _is_abstract(read, wanted) or (is_cut and _is_part(read, wanted)):
        verdict.right["abstracts"] += 1
    else:
        verdict.note("abstracts", read, wanted)


def _is_abstract(read: str, wanted: str) -> bool:
    return letters(read) == letters(wanted) and not _added_signs(read.replace("\\", ""), wanted)


def _is_part(read: str, wanted: str) -> bool:
    """Return whether the pieces between the signs of cutting stand in a text, in order."""
    rest = letters(wanted)
    for piece in map(letters, _CUT.split(read)):
        _, found, rest = rest.partition(piece) if piece else ("", "…", rest)
        if not found:
            return False
    is_marked = _added_signs(_CUT.sub("", read).replace("\\", ""), wanted)
    return bool(wanted) and not is_marked


def _judge_value(verdict: Verdict, kind: str, read: object, true: Card, name: str) -> None:
    if name not in true or not read:
        return
    verdict.published[kind] += 1
    if read == true[name]:
        verdict.right[kind] += 1
    else:
        verdict.note(kind, read, true[name])


def _judge_categories(verdict: Verdict, card: Card, true: Card) -> None:
    read, first = card.get("categories") or [], card.get("primary_category")
    if not (read or first) or not ("categories" in true or "primary_category" in true):
        return
    verdict.published["categories"] += 1
    wanted = true.get("categories", read)
    is_right = not read or (read[0] in wanted[:1] and sorted(read) == sorted(wanted))
    if "primary_category" in true and first:
        is_right = is_right and first == true["primary_category"]
    verdict.right["categories"] += is_right
    if not is_right:
        verdict.note("categories", (first, read), (true.get("primary_category"), wanted))
