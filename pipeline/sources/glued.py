"""Parting of lines in which nothing stands between a title and its authors.

`Chaos is a Ladder via Augmentation OverlapYifei Wang, Qi Zhang et al. · mit` is how compact text
of Scholar Feed shows a card's second line. What belongs here: the search for the place where
the title ends. What does not: cards, dates, pages.

How it works. Every place where a name may begin is a candidate. Small pieces of evidence
(`_evidence`) each add a weight to a candidate's score: the signs left and right of the place,
what the title's last word and the first author's name look like, whether the page uses the word
elsewhere in a title or abstract, whether it shows the name elsewhere. The best score wins; its
share among all candidates (softmax) is the confidence. The weights are those of a conditional
logistic regression, rounded; a positive one speaks for a candidate. A page is read twice: what
the first reading is sure of is known words and names for the second.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from pipeline.text import fold_space

# From here on a split is trusted; below it, a person should look.
SURE = 0.9

_MOST_AUTHORS = 3
_MOST_NAME_WORDS = 8
# Longer ones are no names, words, titles; the limits keep hostile lines cheap.
_MOST_NAME_CHARS, _MOST_WORD_CHARS, _MOST_TITLE_CHARS = 120, 200, 500
_ET_AL = re.compile(r"\set al\.?$")  # "... Yisen Wang et al."
_SLUGS = re.compile(r"\s·\s(?P<slugs>.*\S.*)$")  # "... · mit, pku"
_LAST_WORD = re.compile(r"([^\W_]+)[\W_]*$")  # "(LLMs)" -> LLMs
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Signs inside a word or before one, never at the end of a title.
_JOINERS = "-–/'’‘`([{“_^&+<=~@#\\."
_SURNAME_CAPITAL = re.compile(r"(?:Mc|Mac|De|Di|Du|La|Le|Van|Von|Al|El|Fitz|O['’])[A-Z][a-z]")
_TWO_CAPITALS = re.compile(r"[A-Z]{2,}[a-z]")  # "RHong" of "CVaRHong"
_INITIAL = re.compile(r"[^\W\d_]\.?(?:-[^\W\d_]\.?)*$")  # "J.", "J.-P.", "H"
_ODD_IN_NAME = re.compile(r"[^\w\s.'’‘`´\\\"-]|\d|_")
_THREE_LETTERS = re.compile(r"[^\W\d_]{3}$")  # what stands before a name in lower case

_FUNCTION_WORDS_TEXT = """
a an and are as at based between by can do for from how in into is its of on or over the their
through to toward towards under using versus via vs we what when with without
"""
_FUNCTION_WORDS = frozenset(_FUNCTION_WORDS_TEXT.split())
_PARTICLES_TEXT = """
al ap ben beim bin da dal das de degli del della den der des di do dos du e el ibn la le los ten
ter und ur van vom von y zu zum zur
"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_NEVER_IN_NAMES = _FUNCTION_WORDS - _PARTICLES
_MOST_END_CHARS = 8  # no ending below is longer
_ENGLISH_END = re.compile(
    r"(?:[ts]ion|ing|ment|ness|ity|ism|ance|ence|ical?|ics|ogy|aphy|able|ible|ated?|ized?|ous|ive"
    r"|work|ware|ular|ural?|ness|ers|els|ods|ems|ons|ies|ts|ks|ds|ages|ures|sis|ly|ed|ry)s?$"
)

# Score of the reading that a line without `et al.` and affiliations holds no author at all. Of
# 3,000 lines with authors it wins 1, of 3,000 titles with nothing behind them nine in ten.
_NO_AUTHORS = -2.5

# Weights of the evidence, fitted (L2 penalty 0.1) on half of 6,000 real lines, each read alone,
# in pages of 50 and in pages of 1,000; on the other half 99.8-99.9 % of the splits are exact, and
# all of those (99.3 %) with a confidence of at least `SURE`.
_WEIGHTS: dict[str, float] = {
    # the signs left and right of the place: `p|N`, where N begins the name
    "lower_upper": 2.6,  # "Overlap|Yifei"
    "upper_upper_lower": 2.1,  # "CVaR|Hong"
    "upper_upper": -3.4,  # "TTRT|R."
    "after_digit": -0.5,  # "GPT-4|Wei"
    "after_sign": 3.8,  # "(LLMs)|Wei", "Why?|Wei"
    "after_joiner": -3.3,  # "Multi-|Agent": inside a compound
    "before_lower": -1.3,  # "Design|wided": a name in lower case
    # the title's last word
    "word_known": 0.9,  # stands in a title or abstract of the page
    "word_in_title": 0.2,  # stands elsewhere in this title
    "word_english_end": 2.4,  # ends like an English noun: -tion, -ing, -ness
    "word_function": -0.9,  # "of", "the": titles seldom end so
    "word_short": -1.8,  # unknown and short: the "Mc" of McInnes
    "word_inner_capital": -0.8,  # unknown, with a capital inside: "OverXiao"
    "word_hides_word": -2.0,  # "OverlapXiao", where "overlap" stands elsewhere on the page
    "word_hides_function": -3.0,  # "OverXiao" (set by hand, rare)
    "word_is_name": -1.5,  # unknown, but a name on this page
    "title_one_word": -0.8,  # would leave a title of one word
    # the first author's name
    "name_words_1": -2.1,  # one word
    "name_words_2": 0.9,
    "name_words_3": 2.2,
    "name_words_4": -0.3,
    "name_words_5": -0.8,  # five words or more
    "name_known": 1.0,  # stands on another card
    "given_known": 1.4,  # another name of the page begins so
    "surname_known": 0.3,  # another name of the page ends so
    "first_is_word": -2.2,  # begins with a word of titles or abstracts
    "last_is_word": -0.5,  # ends with such a word
    "first_english_end": -1.5,  # begins with a long word that ends like English
    "initial_first": 0.8,  # "W. -X. Zhou"
    "two_capitals": -4.0,  # "RHong Zhu"
    "first_all_capitals": -1.0,  # "LM Xu"
    "dot_ends_name": -2.0,  # "the end of it." (set by hand, rare)
    "odd_sign": -2.7,  # digits, brackets, colons
    "function_words": -0.3,  # "and", "for" (each, at most two)
    "lower_words": -2.4,  # small words that are no particles (each)
    "inner_capitals": -2.6,  # "XiaoFeng", but not "McInnes" (each)
    # the names between commas
    "names_1": -1.0,  # one name
    "names_2": 0.6,
    "names_3": 0.4,
    "others_odd": -1.6,  # not like a name (each)
    "others_known": 0.3,  # known name, or begins like one (each)
}


@dataclass(frozen=True, slots=True)
class Glued:
    """A glued line and the abstract below it."""

    line: str
    abstract: str | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """How a glued line parts.

    Attributes:
        raw_authors: everything after the title, verbatim.
        confidence: 0 to 1; below `SURE` a person should look.
    """

    title: str
    raw_authors: str
    names: tuple[str, ...]
    et_al: bool
    slugs: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Shown:
    """The words and names that one card shows, in lower case."""

    words: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    surnames: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Context:
    """What a page knows of words and names: on how many cards each stands.

    `own` is what the line in question shows itself: it is no witness for itself.
    """

    words: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)
    surnames: Counter[str] = field(default_factory=Counter)
    own: _Shown = _Shown()

    def add(self, shown: _Shown) -> None:
        """Count one card's words and names in."""
        self.words.update(shown.words)
        self.names.update(shown.names)
        self.given.update(shown.given)
        self.surnames.update(shown.surnames)

    def knows_word(self, word: str) -> bool:
        """Tell whether another card shows the word."""
        return self.words.get(word, 0) > (word in self.own.words)

    def knows_name(self, name: str) -> bool:
        """Tell whether another card shows the whole name."""
        return self.names.get(name, 0) > (name in self.own.names)

    def knows_given(self, word: str) -> bool:
        """Tell whether a name on another card begins so."""
        return self.given.get(word, 0) > (word in self.own.given)

    def knows_surname(self, word: str) -> bool:
        """Tell whether a name on another card ends so."""
        return self.surnames.get(word, 0) > (word in self.own.surnames)


@dataclass(frozen=True)
class _Line:
    """A glued line; `text` lacks what follows the names."""

    whole: str
    text: str
    et_al: bool
    slugs: tuple[str, ...]


@dataclass(frozen=True)
class _Candidate:
    """One place where the title may end.

    Attributes:
        at: where the first name begins in the line.
        names: the names that follow from it.
    """

    text: str
    at: int
    names: tuple[str, ...]

    @cached_property
    def title(self) -> str:
        """The title that follows from the place."""
        return self.text[: self.at]

    @cached_property
    def last_word(self) -> str:
        """The last word of the title, without signs after it."""
        found = _LAST_WORD.search(self.title[-_MOST_WORD_CHARS:])
        return found[1] if found else ""

    @cached_property
    def name_words(self) -> list[str]:
        """The words of the first name."""
        return self.names[0].split()


def split_glued(
    line: str, *, known_names: Iterable[str] = (), abstract: str | None = None
) -> Split:
    """Part one line, with names known from elsewhere and the abstract below it.

    >>> split = split_glued("Robust Bounds for Bounded CVaRHong Zhu, Qi Li et al. · mit")
    >>> split.title, split.names, split.slugs
    ('Robust Bounds for Bounded CVaR', ('Hong Zhu', 'Qi Li'), ('mit',))
    """
    return split_page([Glued(line, abstract)], known_names=known_names)[0]


def split_page(lines: Sequence[Glued], *, known_names: Iterable[str] = ()) -> list[Split]:
    """Part all glued lines of a page; what one line shows helps with the others."""
    read = [_strip_tail(glued.line) for glued in lines]
    context = _Context()
    for name in known_names:
        context.add(_show("", [name]))
    for glued in lines:
        context.words.update(_words(glued.abstract or ""))
    places = [tuple(_candidates(line)) for line in read]
    first = [_split(line, found, context) for line, found in zip(read, places, strict=True)]
    seen = [_seen(split) for split in first]
    for shown in seen:
        context.add(shown)
    return [
        _split(line, found, replace(context, own=shown))
        for line, found, shown in zip(read, places, seen, strict=True)
    ]


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _show(text: str, names: Iterable[str]) -> _Shown:
    whole = frozenset(name.lower() for name in names)
    parts = [name.split() for name in whole if " " in name]
    given, surnames = (frozenset(words[at] for words in parts) for at in (0, -1))
    return _Shown(_words(text), whole, given, surnames)


def _seen(split: Split) -> _Shown:
    """Return the words and names that a line shows, whatever becomes of its glued word."""
    if split.confidence >= SURE:
        return _show(split.title, split.names)
    return _show(split.title.rsplit(" ", 1)[0], split.names[1:])


def _strip_tail(line: str) -> _Line:
    """Take affiliations and `et al.` off a line."""
    whole = text = line.strip()
    slugs: tuple[str, ...] = ()
    if found := _SLUGS.search(text):
        slugs = tuple(slug.strip() for slug in found["slugs"].split(",") if slug.strip())
        text = text[: found.start()].rstrip()
    et_al = _ET_AL.search(text)
    return _Line(whole, text[: et_al.start()] if et_al else text, et_al is not None, slugs)


def _split(line: _Line, candidates: Sequence[_Candidate], context: _Context) -> Split:
    """Choose the best candidate of a line; where all are bad, the whole line is the title."""
    scores = [
        sum(_WEIGHTS[name] * value for name, value in _evidence(candidate, context).items())
        for candidate in candidates
    ]
    if not (line.et_al or line.slugs):
        scores.append(_NO_AUTHORS)
    top = max(scores, default=0.0)
    confidence = 1 / sum(math.exp(score - top) for score in scores) if scores else 0.0
    if top not in scores[: len(candidates)]:
        title = fold_space(line.text)
        return Split(title, "", (), line.et_al, line.slugs, round(confidence, 4))
    best = candidates[scores.index(top)]
    return Split(
        title=fold_space(best.title),
        raw_authors=line.whole[best.at :],
        names=tuple(fold_space(name) for name in best.names),
        et_al=line.et_al,
        slugs=line.slugs,
        confidence=round(confidence, 4),
    )


def _candidates(line: _Line) -> Iterator[_Candidate]:
    """Yield every place where the first name may begin.

    `et al.` follows three names; without it the last one to three pieces between commas are
    names, and earlier commas belong to the title.
    """
    commas = [found.start() for found in re.finditer(", ", line.text)]
    most = min(len(commas) + 1, _MOST_AUTHORS)
    for n_names in range(most if line.et_al else 1, most + 1):
        begin = commas[-n_names] + 2 if n_names <= len(commas) else 0
        end = commas[1 - n_names] if n_names > 1 else len(line.text)
        begin = max(begin, end - _MOST_NAME_CHARS)
        others = tuple(line.text[end + 2 :].split(", ")) if n_names > 1 else ()
        for at in _places(line.text, begin, end):
            if _may_begin_name(line.text[begin:at], line.text[at:end]):
                yield _Candidate(line.text, at, (line.text[at:end], *others))


def _places(text: str, begin: int, end: int) -> Iterator[int]:
    """Yield where a name may begin between two places: at a capital, or after the last one."""
    capitals = (at for at in range(end - 1, begin, -1) if text[at].isupper())
    last_capital = next(capitals, begin)
    for at, sign in enumerate(text[begin + 1 : end], begin + 1):
        if (at > last_capital or not sign.islower()) and sign.isalpha() and text[at - 1] != " ":
            yield at


def _may_begin_name(before: str, name: str) -> bool:
    """Tell whether this may be a name: it begins with a capital, or all of it is lower case."""
    if name.count(" ") >= _MOST_NAME_WORDS:
        return False
    return not name[0].islower() or (
        " " in name and name.islower() and bool(_THREE_LETTERS.search(before))
    )


# ---------- evidence


def _evidence(candidate: _Candidate, context: _Context) -> dict[str, float]:
    """Return the evidence about a candidate, by the names that `_WEIGHTS` explains."""
    return {
        _boundary(candidate): 1.0,
        f"names_{len(candidate.names)}": 1.0,
        f"name_words_{min(len(candidate.name_words), 5)}": 1.0,
        **_title_evidence(candidate, context),
        **_name_evidence(candidate, context),
        **_others_evidence(candidate, context),
    }


def _boundary(candidate: _Candidate) -> str:
    """Name the kinds of signs left and right of the place."""
    before, here = candidate.text[candidate.at - 1], candidate.text[candidate.at]
    after = candidate.text[candidate.at + 1 : candidate.at + 2]
    if before in _JOINERS:
        return "after_joiner"
    if not before.isalpha():
        return "after_digit" if before.isdigit() else "after_sign"
    if not here.isupper():
        return "before_lower"
    if before.isupper():
        return "upper_upper_lower" if after.islower() else "upper_upper"
    return "lower_upper"


def _title_evidence(candidate: _Candidate, context: _Context) -> dict[str, float]:
    """Judge the word that ends the title."""
    word = candidate.last_word
    folded = word.lower()
    is_known = context.knows_word(folded)
    first_part = _first_part(word)
    rest = candidate.title[-_MOST_TITLE_CHARS:].rpartition(word)[0] if word else ""
    evidence = {
        "word_known": is_known,
        "word_in_title": not is_known and folded in _words(rest),
        "word_english_end": not is_known and _ends_english(folded),
        "word_function": folded in _FUNCTION_WORDS,
        "word_short": not is_known and word[1:].islower() and len(word) <= 3,
        "word_inner_capital": not is_known and _has_inner_capital(word),
        "word_hides_word": not is_known and context.knows_word(first_part),
        "word_hides_function": not is_known and first_part in _FUNCTION_WORDS,
        "word_is_name": not is_known
        and (context.knows_given(folded) or context.knows_surname(folded)),
        "title_one_word": " " not in candidate.title.strip(),
    }
    return {name: 1.0 for name, holds in evidence.items() if holds}


def _name_evidence(candidate: _Candidate, context: _Context) -> dict[str, float]:
    """Judge what would be the first author's name."""
    words = candidate.name_words
    first, last = words[0].lower(), words[-1].lower()
    name = candidate.names[0]
    several = len(words) > 1
    evidence = {
        "name_known": context.knows_name(" ".join(words).lower()),
        "given_known": several and context.knows_given(first),
        "surname_known": several and context.knows_surname(last),
        "first_is_word": context.knows_word(first) and not context.knows_given(first),
        "last_is_word": context.knows_word(last) and not context.knows_surname(last),
        "first_english_end": len(first) > 6 and _ends_english(first),
        "initial_first": bool(_INITIAL.match(words[0])) and several,
        "two_capitals": bool(_TWO_CAPITALS.match(words[0])),
        "first_all_capitals": len(words[0]) > 1 and words[0].isupper() and "." not in words[0],
        "odd_sign": bool(_ODD_IN_NAME.search(name)),
        "dot_ends_name": len(words[-1]) > 3 and words[-1].endswith("."),
    }
    shape = {
        "function_words": sum(word in _NEVER_IN_NAMES for word in words),
        "lower_words": sum(word[0].islower() and word not in _PARTICLES for word in words),
        "inner_capitals": sum(_has_inner_capital(word) for word in words),
    }
    return {name: 1.0 for name, holds in evidence.items() if holds} | {
        name: float(min(count, 2)) for name, count in shape.items() if count
    }


def _others_evidence(candidate: _Candidate, context: _Context) -> dict[str, float]:
    """Judge the names between the commas: a piece of a title is no name."""
    others = [name.split() for name in candidate.names[1:]]
    odd = sum(
        not words
        or len(words) == 1
        or any(word in _NEVER_IN_NAMES or _ODD_IN_NAME.search(word) for word in words)
        for words in others
    )
    known = sum(
        context.knows_name(" ".join(words).lower())
        or (len(words) > 1 and context.knows_given(words[0].lower()))
        for words in others
    )
    evidence = {"others_odd": odd, "others_known": known}
    return {name: float(count) for name, count in evidence.items() if count}


def _ends_english(word: str) -> bool:
    return bool(_ENGLISH_END.search(word[-_MOST_END_CHARS:]))


def _first_part(word: str) -> str:
    """Return what stands before a capital inside a word, in lower case; else an empty text.

    >>> _first_part("OverXiao"), _first_part("Over"), _first_part("CVaR")
    ('over', '', 'cva')
    """
    if word[1:].islower():
        return ""
    inner = [at for at in range(1, len(word)) if word[at].isupper() and word[at - 1].islower()]
    return word[: inner[0]].lower() if inner else ""


def _has_inner_capital(word: str) -> bool:
    """Tell whether a capital follows a small letter, but for surnames like McInnes."""
    if word[1:].islower():
        return False
    found = sum(left.islower() and right.isupper() for left, right in pairwise(word))
    return found > (1 if _SURNAME_CAPITAL.match(word) else 0)
