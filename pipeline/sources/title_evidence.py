"""What speaks for and against a place between a title and the authors glued to it.

What belongs here: single pieces of evidence, and how much each weighs. What does not: choosing the
place (`title_split`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import InitVar, dataclass, field
from functools import lru_cache
from itertools import pairwise

# Longer ones are no names, no words; the limits keep hostile lines cheap.
MOST_NAME_CHARS, _MOST_WORD_CHARS = 120, 200
_N_CACHED = 10_000  # words whose looks are remembered
_MOST_SHORT_CHARS = 4  # of parts of given names: "Mei", "Jung"
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
THREE_LETTERS = re.compile(r"[^\W\d_]{3}$")  # what stands before a name in lower case
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
# Nouns that often end a title and have no ending of those below.
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
# Weights of the evidence, fitted by `training/title_split_weights.py` on 6,000 labelled and
# 23,421 other real lines; a few are set by hand, since what they are about is too rare. Fitted on
# one half of the titles they split 99.90-99.92 % of the other half's lines exactly, and 99.98 % of
# those with a confidence of at least `SURE` (99.6-99.7 %); of bare titles they leave 99.1 % whole.
WEIGHTS: dict[str, float] = {
    # the characters left and right of the place: `p|N`, where N begins the name
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
# What a line shows: `("word", "overlap")`, `("name", "qi zhang")`, `("given", "qi")`.
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Context:
    """What a page knows of words and names.

    Attributes:
        words: those of the abstracts, in lower case.
        shown: how many lines show each fact.
        own: what the line in question shows itself: it is no witness for itself.
    """

    words: set[str]
    shown: Counter[Fact]
    own: frozenset[Fact]

    def knows(self, kind: str, text: str) -> bool:
        """Tell whether another line shows a word, a name, a given name or a surname."""
        fact = kind, text
        return self.shown.get(fact, 0) > (fact in self.own)

    def knows_word(self, word: str) -> bool:
        """Tell whether an abstract or another line's title has the word."""
        return word in self.words or self.knows("word", word)


@dataclass(slots=True)
class Candidate:
    """One place where the title may end.

    Attributes:
        at: where the first name begins in the line.
        names: the names that follow from it.
        words: the words of the first name.
        title_end: the last two words of the title, with the punctuation at them.
        last_word: the last one, without punctuation after it.
        form: the weight of all evidence that needs no context.
    """

    text: str
    at: int
    names: tuple[str, ...]
    weights: InitVar[Mapping[str, float]]
    words: list[str] = field(init=False)
    title_end: list[str] = field(init=False)
    last_word: str = field(init=False)
    form: float = field(init=False)

    def __post_init__(self, weights: Mapping[str, float]) -> None:
        """Find the words that the evidence is about, and weigh what needs no context."""
        self.words = self.names[0].split()
        end = self.text[max(0, self.at - _MOST_WORD_CHARS) : self.at]
        self.title_end = end.rsplit(None, 2)[-2:]
        found = _LAST_WORD.search(self.title_end[-1])
        self.last_word = found[1] if found else ""
        self.form = weigh(form_evidence(self), weights)


def words_of(texts: Iterable[str]) -> set[str]:
    """Return the words of texts, in lower case."""
    # Words repeat: to split texts at spaces first leaves little to the pattern, which is slow.
    pieces = set().union(*(text.lower().split() for text in texts))
    plain = {piece for piece in pieces if piece.isalpha()}
    return plain.union(_WORD.findall(" ".join(pieces - plain)))


def form_evidence(candidate: Candidate) -> Iterator[str]:
    """Yield the evidence that a candidate holds in itself."""
    yield _boundary(candidate)
    yield from _title_evidence(candidate)
    yield from _name_evidence(candidate)
    yield f"names_{len(candidate.names)}"
    for name in candidate.names[1:]:
        if not _is_like_name(name):
            yield "others_odd"


def context_evidence(candidate: Candidate, context: Context) -> Iterator[str]:
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


def _boundary(candidate: Candidate) -> str:
    """Name the kinds of characters left and right of the place."""
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


def _title_evidence(candidate: Candidate) -> Iterator[str]:
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


def _hidden_evidence(candidate: Candidate) -> Iterator[str]:
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


def _name_evidence(candidate: Candidate) -> Iterator[str]:
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


def _case_evidence(candidate: Candidate) -> Iterator[str]:
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
    """Judge the punctuation in a name."""
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


def weigh(evidence: Iterable[str], weights: Mapping[str, float]) -> float:
    """Return the sum of the weights of some evidence."""
    return sum(map(weights.__getitem__, evidence))
