"""Parting of lines in which nothing stands between a title and its authors.

`Chaos is a Ladder via Augmentation OverlapYifei Wang, Qi Zhang et al. · mit` is how compact text
of Scholar Feed shows a card's second line. What belongs here: the search for the place where
the title ends. What does not: cards, dates, pages.

How it works. Every place where a name may begin is a candidate. Small pieces of evidence each
add a weight to a candidate's score (`WEIGHTS` lists them all): the signs left and right of the
place, what the title's end and the first author's name look like, whether the page uses a word
elsewhere in a title or abstract, whether it shows a name elsewhere. The best score wins; its
share (softmax) among all candidates, and the reading that none is right, is the confidence. The
weights are those of a conditional logistic regression, rounded; a positive one speaks for a
candidate. A page is read twice: each line alone, then those in doubt with the words and names
of all others.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from pipeline.text import fold_space

# From here on a split is trusted; below it, a person should look.
SURE = 0.9

_MOST_AUTHORS = 3
_MOST_NAME_WORDS = 8
# Longer ones are no names, no words; the limits keep hostile lines cheap.
_MOST_NAME_CHARS, _MOST_WORD_CHARS = 120, 200
_MOST_SHORT_CHARS = 4  # of parts of given names: "Mei", "Jung"
_N_CACHED = 10_000  # words whose looks are remembered
_ET_AL = re.compile(r"\set al\.?$")  # "... Yisen Wang et al."
_ET_AL_CHARS = 8
_SLUGS = re.compile(r"\s·\s(?P<slugs>.*\S.*)$")  # "... · mit, pku"
# "Y" of "OverlapYifei", but not "A" of "Multi-Agent" or "(AI": all capitals and some other letters.
_INNER_LETTER = re.compile(r"[^\W\d_a-z](?<=[^\s(\[{/&^_`~@=<#:;“‘\\].)(?<![^\W\d_][-–].)")
_LAST_WORD = re.compile(r"([^\W_]+)[\W_]*$")  # "(LLMs)" -> LLMs
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Signs inside a word or before one, seldom at the end of a title; and such as stand at an end.
_JOINERS, _CLOSERS = "-–'’.", "!?)]”…"
_CLOSER_AND_NAME = re.compile(r"\S[!?)\]”…][^\W\d_]+$")  # "Know?Hui"
_SURNAME_CAPITAL = re.compile(r"(?:Mc|Mac|De|Di|Du|La|Le|Van|Von|Al|El|Fitz|O['’])[A-Z][a-z]")
_TWO_CAPITALS = re.compile(r"[A-Z]{2,}[a-z.]")  # "RHong" of "CVaRHong", "RR." of "CVaRR."
_CAPITALS_AND_NAME = re.compile(r"[A-Z]{2,}[a-z]*[a-rt-z]$")  # "CVaRHong", but not "LLMs"
_INITIAL = re.compile(r"[^\W\d_]\.?(?:-[^\W\d_]\.?)*$")  # "J.", "J.-P.", "H"
_ODD_IN_NAME = re.compile(r"[^\w\s.'’‘`´\\\"-]|\d|_")
_GLUED_SIGN = re.compile(r"\S[^\s\w.'’‘`´\\-][^\W\d_]|\d[^\W\d_]")  # "4Wei", 'Cell"Wei', "C++Wei"
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
# Nouns that often end a title and that no ending below tells.
_LAST_NOUNS_TEXT = """
algorithm algorithms approach approaches architecture behavior benchmark bias case challenge
challenges context data dataset design designs effect feedback games graphs images knowledge
language laws logic loss machine machines maps market matrices matrix method model noise paradigm
patterns practice privacy problem process processes programs protocols report research retrieval
review risk sampling scale search services signals space spaces streams structure structures study
survey surveys system task techniques test theorem theory time tools transform transformer trees
videos
"""
_LAST_NOUNS = frozenset(_LAST_NOUNS_TEXT.split())
_MOST_END_CHARS = 8  # no ending below is longer
_ENGLISH_END = re.compile(
    r"(?:[ts]ion|ing|ment|ness|ity|ism|ance|ence|ical?|ics|ogy|aphy|able|ible|ated?|ized?|ous|ive"
    r"|work|ware|ular|ural?|ness|ers|els|ods|ems|ons|ies|ts|ks|ds|ages|ures|sis|ly|ed|ry)s?$"
)

# Weights of the evidence, fitted by `benchmarks/title_split_weights.py` on 6,000 labelled and
# 23,421 other real lines; a few are set by hand, since what they are about is too rare. Fitted on
# one half of the titles they part 99.90-99.92 % of the other half's lines exactly, and 99.98 % of
# those with a confidence of at least `SURE` (99.6-99.7 %); of bare titles they leave 99.1 % whole.
WEIGHTS: dict[str, float] = {
    # the signs left and right of the place: `p|N`, where N begins the name
    "lower_upper": 3.0,  # "Overlap|Yifei"
    "upper_upper_lower": 1.7,  # "CVaR|Hong"
    "upper_initial": 0.7,  # "TTRT|R."
    "upper_upper": -2.6,  # "TT|RT"
    "after_digit": 0.4,  # "GPT-4|Wei"
    "after_closer": 2.8,  # "(LLMs)|Wei", "Why?|Wei"
    "after_joiner": -1.4,  # "O'|Brien": inside a word
    "after_sign": 0.9,  # any other: "C++|Wei", "$n^2$|Wei"
    "before_lower": -2.4,  # "Design|wided": a name in lower case
    # the title's end
    "word_known": 1.7,  # another title or an abstract of the page has the last word
    "compound_known": 1.5,  # and there is a capital inside: "GitHub"
    "word_is_name": -0.4,  # unknown, but a name on this page
    "word_english_end": 2.9,  # ends like an English noun: -tion, -ing, -ness
    "word_function": -0.7,  # "of", "the": titles seldom end so
    "word_short": -1.2,  # the "Mc" of McInnes
    "word_two_capitals": -2.4,  # "CVaRHong"
    "word_hides_english": -1.6,  # "LearningXiao", "simulatorXiao"; or the word before the last
    "word_hides_function": -3.0,  # "OverXiao" (by hand)
    "word_hides_given": -2.2,  # "SystemXiao", and the name goes on with a short word: "Mei Li"
    "closer_in_word": -3.0,  # "Why?Xiao" (by hand)
    "title_one_word": -1.2,  # would leave a title of one word
    # the first author's name
    "name_words_1": -2.6,  # one word
    "name_words_2": 2.9,
    "name_words_3": 2.5,
    "name_words_4": 0.7,
    "name_words_5": -0.4,  # five words or more
    "name_known": 3.0,  # stands on another card (by hand)
    "given_known": 0.9,  # another name of the page begins so
    "surname_known": 0.7,  # another name of the page ends so
    "first_is_word": -0.8,  # begins with a word of titles or abstracts
    "last_is_word": -1.3,  # ends with such a word
    "first_english_end": -0.9,  # begins with a long word that ends like English
    "last_english_end": -2.8,  # ends with such a word
    "first_is_plural": -1.8,  # "Ms" of LLMs
    "initial_first": 0.9,  # "W. -X. Zhou"
    "letter_first": -2.3,  # "D Shapes"
    "two_capitals": -4.6,  # "RHong Zhu"
    "first_all_capitals": -2.5,  # "LM Xu"
    "inner_capitals": -3.1,  # "XiaoFeng", but not "McInnes"
    "inner_capitals_alike": 2.5,  # and another author's name has one, too
    "dot_ends_name": -2.0,  # "the end of it." (by hand)
    "odd_sign": -3.4,  # digits, brackets, colons
    "glued_sign": -1.7,  # right before a letter, where a title may end: "4Wei", "C++Wei"
    "unpaired_sign": -1.4,  # one quotation mark, one "$"
    "function_words": -1.4,  # "and", "for" (each, at most two)
    "lower_words": -3.0,  # small words that are no particles (each, at most two)
    # the names between commas
    "names_1": -1.1,  # one name
    "names_2": 2.1,
    "names_3": 2.1,
    "others_odd": -2.7,  # not like a name (each)
    # that no place is right
    "no_authors": -0.5,  # neither `et al.` nor affiliations: there may be no author at all
    "no_place": -2.6,  # there are authors, but what begins the first name is no candidate
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


# What a line shows: `("word", "overlap")`, `("name", "qi zhang")`, `("given", "qi")`.
_Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Context:
    """What a page knows of words and names.

    Attributes:
        words: those of the abstracts, in lower case.
        shown: how many lines show each fact.
        own: what the line in question shows itself: it is no witness for itself.
    """

    words: set[str]
    shown: Counter[_Fact]
    own: frozenset[_Fact]

    def knows(self, kind: str, text: str) -> bool:
        """Tell whether another line shows a word, a name, a given name or a surname."""
        fact = kind, text
        return self.shown.get(fact, 0) > (fact in self.own)

    def knows_word(self, word: str) -> bool:
        """Tell whether an abstract or another line's title has the word."""
        return word in self.words or self.knows("word", word)


@dataclass(frozen=True, slots=True)
class _Line:
    """A glued line; `text` lacks what follows the names."""

    whole: str
    text: str
    et_al: bool
    slugs: tuple[str, ...]

    @property
    def other(self) -> str:
        """Name the reading that no place is right."""
        return "no_place" if self.et_al or self.slugs else "no_authors"


@dataclass(slots=True)
class _Candidate:
    """One place where the title may end.

    Attributes:
        at: where the first name begins in the line.
        names: the names that follow from it.
        words: the words of the first name.
        title_end: the last two words of the title, with the signs at them.
        last_word: the last one, without signs after it.
        form: the weight of all evidence that needs no context.
    """

    text: str
    at: int
    names: tuple[str, ...]
    words: list[str] = field(init=False)
    title_end: list[str] = field(init=False)
    last_word: str = field(init=False)
    form: float = field(init=False)

    def __post_init__(self) -> None:
        """Find the words that the evidence is about, and weigh what needs no context."""
        self.words = self.names[0].split()
        end = self.text[max(0, self.at - _MOST_WORD_CHARS) : self.at]
        self.title_end = end.rsplit(None, 2)[-2:]
        found = _LAST_WORD.search(self.title_end[-1])
        self.last_word = found[1] if found else ""
        self.form = _weigh(form_evidence(self))


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
    return [
        # No context turns what is as sure as this.
        first if first.confidence == 1 else _split(line, candidates, context)
        for first, line, candidates, context in in_context(lines, known_names)
    ]


def in_context(
    lines: Sequence[Glued], known_names: Iterable[str] = ()
) -> Iterator[tuple[Split, _Line, list[_Candidate], _Context]]:
    """Yield each line as it reads alone, with its candidates and with what the others show."""
    read = [(line, list(_candidates(line))) for line in (_strip_tail(g.line) for g in lines)]
    first = [_split(line, candidates) for line, candidates in read]
    facts = [_facts_of(split) for split in first]
    shown = Counter(fact for name in known_names for fact in _facts("", [name]))
    for own in facts:
        shown.update(own)
    words = _words(glued.abstract for glued in lines if glued.abstract)
    for (line, candidates), split, own in zip(read, first, facts, strict=True):
        yield split, line, candidates, _Context(words, shown, own)


def _words(texts: Iterable[str]) -> set[str]:
    """Return the words of texts, in lower case."""
    # Words repeat: to part texts at spaces first leaves little to the pattern, which is slow.
    pieces = set().union(*(text.lower().split() for text in texts))
    plain = {piece for piece in pieces if piece.isalpha()}
    return plain.union(_WORD.findall(" ".join(pieces - plain)))


def _facts(title: str, names: Iterable[str]) -> frozenset[_Fact]:
    whole = [name.lower() for name in names]
    parts = [name.split() for name in whole if " " in name]
    return frozenset(
        [
            *(("word", word) for word in _words([title])),
            *(("name", name) for name in whole),
            *(("given", words[0]) for words in parts),
            *(("surname", words[-1]) for words in parts),
        ]
    )


def _facts_of(split: Split) -> frozenset[_Fact]:
    """Return the words and names that a line shows, whatever becomes of its glued word."""
    if split.confidence >= SURE:
        return _facts(split.title, split.names)
    return _facts(split.title.rpartition(" ")[0], split.names[1:])


def _strip_tail(line: str) -> _Line:
    """Take affiliations and `et al.` off a line."""
    whole = text = line.strip()
    slugs: tuple[str, ...] = ()
    if "·" in text and (found := _SLUGS.search(text)):
        slugs = tuple(slug.strip() for slug in found["slugs"].split(",") if slug.strip())
        text = text[: found.start()].rstrip()
    et_al = _ET_AL.search(text, max(0, len(text) - _ET_AL_CHARS))
    return _Line(whole, text[: et_al.start()] if et_al else text, et_al is not None, slugs)


def _split(line: _Line, candidates: Sequence[_Candidate], context: _Context | None = None) -> Split:
    """Choose the best candidate of a line; where all are bad, the whole line is the title."""
    scores = [c.form for c in candidates]
    if context:
        scores = [c.form + _weigh(context_evidence(c, context)) for c in candidates]
    other = WEIGHTS[line.other]
    best = max(scores, default=-math.inf)
    if line.other == "no_authors" and other > best:
        return _make_split(line, None, _share(other, [other, *scores]))
    chosen = candidates[scores.index(best)] if candidates else None
    return _make_split(line, chosen, _share(best, [other, *scores]))


def _share(score: float, scores: Iterable[float]) -> float:
    """Return the share that a score has among all scores (softmax)."""
    return 1 / sum(math.exp(one - score) for one in scores)


def _make_split(line: _Line, candidate: _Candidate | None, confidence: float) -> Split:
    at = candidate.at if candidate else len(line.whole)
    names = candidate.names if candidate else ()
    return Split(
        title=fold_space(line.text[:at]),
        raw_authors=line.whole[at:],
        names=tuple(map(fold_space, names)),
        et_al=line.et_al,
        slugs=line.slugs,
        confidence=round(confidence, 4),
    )


def _candidates(line: _Line) -> Iterator[_Candidate]:
    """Yield every place where the first name may begin.

    `et al.` follows three names; without it the last one to three pieces between commas are
    names, and earlier commas belong to the title.
    """
    pieces = line.text.rsplit(", ", _MOST_AUTHORS)
    most = min(len(pieces), _MOST_AUTHORS)
    for n_names in range(most if line.et_al else 1, most + 1):
        first, *others = pieces[-n_names:]
        end = len(line.text) - sum(len(name) + 2 for name in others)
        words = first[-_MOST_NAME_CHARS:].rsplit(" ", _MOST_NAME_WORDS)[-_MOST_NAME_WORDS:]
        begin = end - len(" ".join(words))
        for at in _places(line.text, begin, end):
            yield _Candidate(line.text, at, (line.text[at:end], *others))


def _places(text: str, begin: int, end: int) -> Iterator[int]:
    """Yield where a name may begin: at a capital inside a word; else all of it is lower case."""
    for found in _INNER_LETTER.finditer(text, begin + 1, end):
        if not found[0].islower():
            yield found.start()
    last_space = text.rfind(" ", begin, end)
    if text[last_space + 1 : end].islower():
        capitals = (at for at in range(last_space, begin, -1) if text[at].isupper())
        for at in range(next(capitals, begin) + 1, last_space):
            if text[at].islower() and _THREE_LETTERS.search(text, max(begin, at - 3), at):
                yield at


# ---------- evidence, by the names that `WEIGHTS` explains


def _weigh(evidence: Iterable[str]) -> float:
    return sum(map(WEIGHTS.__getitem__, evidence))


def form_evidence(candidate: _Candidate) -> Iterator[str]:
    """Yield the evidence that a candidate holds in itself."""
    yield _boundary(candidate)
    yield from _title_evidence(candidate)
    yield from _name_evidence(candidate)
    yield f"names_{len(candidate.names)}"
    for name in candidate.names[1:]:
        if not _is_like_name(name):
            yield "others_odd"


def context_evidence(candidate: _Candidate, context: _Context) -> Iterator[str]:
    """Yield what the page knows of the title's last word and of the first name."""
    word = candidate.last_word.lower()
    if context.knows_word(word):
        yield "word_known"
        if _has_inner_capital(candidate.last_word):
            yield "compound_known"
    elif context.knows("given", word) or context.knows("surname", word):
        yield "word_is_name"
    words = [word.lower() for word in candidate.words]
    if context.knows("name", " ".join(words)):
        yield "name_known"
    if not context.knows("given", words[0]):
        yield from ["first_is_word"] * context.knows_word(words[0])
    elif len(words) > 1:
        yield "given_known"
    if not context.knows("surname", words[-1]):
        yield from ["last_is_word"] * context.knows_word(words[-1])
    elif len(words) > 1:
        yield "surname_known"


def _boundary(candidate: _Candidate) -> str:
    """Name the kinds of signs left and right of the place."""
    before, here, after = (candidate.text + " ")[candidate.at - 1 : candidate.at + 2]
    if before.isupper() and here.isupper():
        if after == ".":
            return "upper_initial"
        return "upper_upper_lower" if after.islower() else "upper_upper"
    if before.isalpha():
        return "lower_upper" if here.isupper() else "before_lower"
    if before.isdigit():
        return "after_digit"
    if before in _JOINERS:
        return "after_joiner"
    return "after_closer" if before in _CLOSERS else "after_sign"


def _title_evidence(candidate: _Candidate) -> Iterator[str]:
    """Judge how the title ends."""
    word, end = candidate.last_word, candidate.title_end
    folded = word.lower()
    if _ends_english(folded):
        yield "word_english_end"
    if folded in _FUNCTION_WORDS:
        yield "word_function"
    if len(word) <= 3 and word.istitle():
        yield "word_short"
    if len(end) == 1:
        yield "title_one_word"
    if not end[-1][1:].islower() or not end[0][1:].islower():
        yield from _hidden_evidence(candidate)


def _hidden_evidence(candidate: _Candidate) -> Iterator[str]:
    """Judge whether the title's end hides where the name begins: "OverlapXiao|Mei Li"."""
    word, end = candidate.last_word, candidate.title_end
    hidden = _hidden_word(word)
    if hidden in _FUNCTION_WORDS:
        yield "word_hides_function"
    if hidden and len(candidate.words[0]) <= _MOST_SHORT_CHARS:
        yield "word_hides_given"
    if any(map(_hides_english, end)):
        yield "word_hides_english"
    if _CAPITALS_AND_NAME.search(word):
        yield "word_two_capitals"
    if _CLOSER_AND_NAME.search(end[-1]):
        yield "closer_in_word"


def _name_evidence(candidate: _Candidate) -> Iterator[str]:
    """Judge what would be the first author's name."""
    name, words = candidate.names[0], candidate.words
    first, last = words[0], words[-1]
    yield f"name_words_{min(len(words), 5)}"
    if len(first) > 6 and _ends_english(first.lower()):
        yield "first_english_end"
    if len(last) > 6 and len(words) > 1 and _ends_english(last.lower()):
        yield "last_english_end"
    if len(first) == 2 and first[1] == "s":
        yield "first_is_plural"
    if len(words) > 1 and not first[1:].islower() and _INITIAL.match(first):
        yield "initial_first" if "." in first else "letter_first"
    if not name.istitle():
        yield from _case_evidence(candidate)
    if not "".join(words).isalpha():
        yield from _sign_evidence(name, last)


def _case_evidence(candidate: _Candidate) -> Iterator[str]:
    """Judge small words, and capitals anywhere but at the beginning of a word."""
    words = candidate.words
    n_functions = sum(word in _NEVER_IN_NAMES for word in words)
    n_lower = sum(word[0].islower() and word not in _PARTICLES for word in words)
    yield from ["function_words"] * min(2, n_functions)
    yield from ["lower_words"] * min(2, n_lower)
    if any(map(_TWO_CAPITALS.match, words)):
        yield "two_capitals"
    if len(words[0]) > 1 and words[0].isupper() and "." not in words[0]:
        yield "first_all_capitals"
    if any(map(_has_inner_capital, words)):
        yield "inner_capitals"
        if any(_has_inner_capital(name.partition(" ")[0]) for name in candidate.names[1:]):
            yield "inner_capitals_alike"


def _sign_evidence(name: str, last: str) -> Iterator[str]:
    """Judge the signs in a name."""
    if len(last) > 3 and last.endswith("."):
        yield "dot_ends_name"
    if _ODD_IN_NAME.search(name):
        yield "odd_sign"
    if _GLUED_SIGN.search(name):
        yield "glued_sign"
    if name.count('"') % 2 or name.count("$") % 2:
        yield "unpaired_sign"


@lru_cache(_N_CACHED)
def _is_like_name(text: str) -> bool:
    """Tell whether a piece between commas may be a name: a piece of a title is none."""
    words = text.split()
    return len(words) > 1 and _NEVER_IN_NAMES.isdisjoint(words) and not _ODD_IN_NAME.search(text)


@lru_cache(_N_CACHED)
def _ends_english(word: str) -> bool:
    return word in _LAST_NOUNS or bool(_ENGLISH_END.search(word[-_MOST_END_CHARS:]))


@lru_cache(_N_CACHED)
def _hides_english(word: str) -> bool:
    hidden = _hidden_word(word)
    return _ends_english(hidden) or (word[0].islower() and len(hidden) > 3)


@lru_cache(_N_CACHED)
def _hidden_word(word: str) -> str:
    """Return what stands before a name at the end of a word, in lower case; else an empty text.

    >>> _hidden_word("OverXiao"), _hidden_word("Over"), _hidden_word("GraphRAG")
    ('over', '', '')
    """
    at = next((at for at in range(len(word) - 1, 0, -1) if not word[at].islower()), 0)
    is_name = word[at:].istitle() and at < len(word) - 1
    return word[:at].lower() if is_name and word[at - 1].islower() else ""


@lru_cache(_N_CACHED)
def _has_inner_capital(word: str) -> bool:
    """Tell whether a capital follows a small letter, but for surnames like McInnes."""
    if word[1:].islower():
        return False
    found = sum(left.islower() and right.isupper() for left, right in pairwise(word))
    return found > (1 if _SURNAME_CAPITAL.match(word) else 0)
