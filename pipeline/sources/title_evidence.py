"""What speaks for and against a place between a title and the authors glued to it.

What belongs here: single pieces of evidence, and how much each weighs. What does not: choosing the
place (`title_split`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import InitVar, dataclass, field

from pipeline.sources.title_words import (
    CAMEL,
    CAPITAL_TAIL,
    FUNCTION_WORDS,
    NEVER_FIRST,
    NEVER_IN_NAMES,
    ODD_IN_NAME,
    PARTICLES,
    ends_english,
    has_inner_capital,
    hidden_word,
    hides_english,
    is_like_name,
    is_syllable,
    is_uncased,
)

# Longer ones are no words; the limit keeps hostile lines cheap.
_MOST_WORD_CHARS = 200
_MOST_FUNCTION_CHARS = 7  # "without"
_MOST_SHORT_CHARS = 4  # of parts of given names: "Mei", "Jung"
_LAST_WORD = re.compile(r"([^\W_]+)[\W_]*$")  # "(LLMs)" -> LLMs
# Signs inside a word or before one, seldom at the end of a title; and such as stand at an end.
_JOINERS, _CLOSERS = "-–'’.", "!?)]”…"
_CLOSER_AND_NAME = re.compile(r"\S[!?)\]”…][^\W\d_]+$")  # "Know?Hui"
_TWO_CAPITALS = re.compile(r"[A-Z]{2,}[a-z.]")  # "RHong" of "CVaRHong", "RR." of "CVaRR."
_CAPITALS_AND_NAME = re.compile(r"[A-Z]{2,}[a-z]*[a-rt-z]$")  # "CVaRHong", but not "LLMs"
_INITIAL = re.compile(r"[^\W\d_]\.?(?:-[^\W\d_]\.?)*$")  # "J.", "J.-P.", "H"
_GLUED_SIGN = re.compile(r"\S[^\s\w.'’‘`´\\-][^\W\d_]|\d[^\W\d_]")  # "4Wei", 'Cell"Wei', "C++Wei"
THREE_LETTERS = re.compile(r"[^\W\d_]{3}$")  # what stands before a name in lower case
# Weights of the evidence, fitted by `training/title_split_weights.py` on 6,000 labelled and
# 23,421 other real lines; a few are set by hand, since what they are about is too rare. Fitted on
# one half of the titles they split 99.93-99.94 % of the other half's lines exactly, and all but one
# of the 29,282 with a confidence of at least `SURE`; of bare titles they leave 99.1 % whole.
WEIGHTS: dict[str, float] = {
    # the characters left and right of the place: `p|N`, where N begins the name
    "lower_upper": 2.8,  # "Overlap|Yifei"
    "upper_upper_lower": 2.2,  # "CVaR|Hong"
    "upper_initial": 0.7,  # "TTRT|R."
    "upper_upper": -2.5,  # "TT|RT"
    "after_digit": 0.4,  # "GPT-4|Wei"
    "after_closer": 2.3,  # "(LLMs)|Wei", "Why?|Wei"
    "after_joiner": -1.4,  # "O'|Brien": inside a word
    "after_sign": 1.0,  # any other: "C++|Wei", "$n^2$|Wei"
    "before_lower": -2.4,  # "Design|wided": a name in lower case
    # the title's end
    "word_known": 1.5,  # another title or an abstract of the page has the last word
    "compound_known": 1.0,  # and there is a capital inside: "GitHub"
    "word_is_name": -0.1,  # unknown, but a name on this page
    "word_english_end": 3.3,  # ends like an English noun: -tion, -ing, -ness
    "word_function": -0.5,  # "of", "the": titles seldom end so
    "word_short": -1.2,  # the "Mc" of McInnes
    "word_two_capitals": -2.2,  # "CVaRHong"
    "word_hides_english": -1.1,  # "LearningXiao", "simulatorXiao"; or the word before the last
    "word_hides_function": -3.0,  # "OverXiao" (by hand)
    "word_hides_short": -0.3,  # "SystemXiao", and the name goes on with a short word: "Mei Li"
    "word_hides_given": -2.0,  # "RedditJoo", and the name goes on: "Young Lee"
    "word_is_camel": -0.9,  # "GitHub", "FogMary"
    "word_hides_known": -0.6,  # "ControlErfan": unknown, but "control" is known
    "closer_in_word": -3.0,  # "Why?Xiao" (by hand)
    "title_one_word": -1.2,  # would leave a title of one word
    # the first author's name
    "name_words_1": -2.6,  # one word
    "name_words_2": 2.9,
    "name_words_3": 2.4,
    "name_words_4": 0.7,
    "name_words_5": -0.3,  # five words or more
    "name_known": 3.0,  # stands on another card (by hand)
    "given_known": 1.1,  # another name of the page begins so
    "surname_known": 0.9,  # another name of the page ends so
    "first_is_word": -0.4,  # begins with a word of titles or abstracts
    "last_is_word": -1.3,  # ends with such a word
    "first_is_function": -0.3,  # "In", "The"
    "first_hides_word": -0.6,  # "InJohn", "BasesAnn": ends a title's word, then begins a name
    "first_hides_known": -0.4,  # "BenchAnn", and "bench" is a word of titles or abstracts
    "first_english_end": -1.1,  # begins with a long word that ends like English
    "last_english_end": -2.8,  # ends with such a word
    "first_is_plural": -2.0,  # "Ms" of LLMs
    "initial_first": 1.0,  # "W. -X. Zhou"
    "letter_first": -2.4,  # "D Shapes"
    "two_capitals": -4.2,  # "RHong Zhu"
    "first_all_capitals": -2.4,  # "LM Xu"
    "inner_capitals": -2.8,  # "XiaoFeng", but not "McInnes"
    "given_is_camel": -1.5,  # but of two words: "XiaoFeng", "MaryAnn"
    "given_of_syllables": 3.2,  # which sound Chinese, Korean or Vietnamese: "XiaoFeng"
    "inner_capitals_alike": 1.8,  # and another author's name has one, too
    "dot_ends_name": -2.0,  # "the end of it." (by hand)
    "odd_sign": -3.3,  # digits, brackets, colons
    "glued_sign": -1.8,  # right before a letter, where a title may end: "4Wei", "C++Wei"
    "unpaired_sign": -1.4,  # one quotation mark, one "$"
    "function_words": -1.4,  # "and", "for" (each, at most two)
    "lower_words": -3.0,  # small words that are no particles (each, at most two)
    # the names between commas
    "names_1": -1.1,  # one name
    "names_2": 2.3,
    "names_3": 1.9,
    "others_odd": -2.8,  # not like a name (each)
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


def form_evidence(candidate: Candidate) -> Iterator[str]:
    """Yield the evidence that a candidate holds in itself."""
    yield _boundary(candidate)
    yield from _title_evidence(candidate)
    yield from _name_evidence(candidate)
    yield f"names_{len(candidate.names)}"
    for name in candidate.names[1:]:
        if not is_like_name(name):
            yield "others_odd"


def context_evidence(candidate: Candidate, context: Context) -> Iterator[str]:
    """Yield what the page knows of the title's last word and of the first name."""
    yield from _known_ends(candidate, context)
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


def _known_ends(candidate: Candidate, context: Context) -> Iterator[str]:
    """Judge the title's last word, and what either side hides of the other's."""
    word = candidate.last_word.lower()
    if context.knows_word(word):
        yield "word_known"
        if has_inner_capital(candidate.last_word):
            yield "compound_known"
    elif (hidden := hidden_word(candidate.last_word)) and context.knows_word(hidden):
        yield "word_hides_known"
    elif context.knows("given", word) or context.knows("surname", word):
        yield "word_is_name"
    first = candidate.words[0]
    camel = None if first[1:].islower() else CAMEL.match(first)
    if camel and context.knows_word(camel["head"].lower()):
        yield "first_hides_known"


def _boundary(candidate: Candidate) -> str:
    """Name the kinds of characters left and right of the place."""
    before, here, after = (candidate.text + " ")[candidate.at - 1 : candidate.at + 2]
    if before.isupper() and here.isupper():
        if after == ".":
            return "upper_initial"
        return "upper_upper_lower" if after.islower() else "upper_upper"
    if before.isalpha():
        return "before_lower" if here.islower() else "lower_upper"
    if before.isdigit():
        return "after_digit"
    if before in _JOINERS:
        return "after_joiner"
    return "after_closer" if before in _CLOSERS else "after_sign"


def _title_evidence(candidate: Candidate) -> Iterator[str]:
    """Judge how the title ends."""
    word, end = candidate.last_word, candidate.title_end
    folded = word.lower()
    if ends_english(folded):
        yield "word_english_end"
    if folded in FUNCTION_WORDS:
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
    hidden = hidden_word(word)
    if hidden in FUNCTION_WORDS:
        yield "word_hides_function"
    if hidden and len(candidate.words[0]) <= _MOST_SHORT_CHARS:
        yield "word_hides_short"
    if CAMEL.match(word):
        yield "word_is_camel"
    if is_syllable(candidate.words[0]):
        tail = CAPITAL_TAIL.search(end[-1])
        yield from ["word_hides_given"] * bool(tail and is_syllable(tail[0]))
    if any(map(hides_english, end)):
        yield "word_hides_english"
    if _CAPITALS_AND_NAME.search(word):
        yield "word_two_capitals"
    if _CLOSER_AND_NAME.search(end[-1]):
        yield "closer_in_word"


def _name_evidence(candidate: Candidate) -> Iterator[str]:
    """Judge what would be the first author's name."""
    name, words = candidate.names[0], candidate.words
    first, last = words[0], words[-1]
    n_words = 2 if len(words) == 1 and is_uncased(name) else len(words)
    yield f"name_words_{min(n_words, 5)}"
    if len(first) > 6 and ends_english(first.lower()):
        yield "first_english_end"
    if len(last) > 6 and len(words) > 1 and ends_english(last.lower()):
        yield "last_english_end"
    if len(first) <= _MOST_FUNCTION_CHARS and first.lower() in NEVER_FIRST:
        yield "first_is_function"
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
    n_functions = sum(word in NEVER_IN_NAMES for word in words)
    n_lower = sum(word[0].islower() and word not in PARTICLES for word in words)
    yield from ["function_words"] * min(2, n_functions)
    yield from ["lower_words"] * min(2, n_lower)
    if any(map(_TWO_CAPITALS.match, words)):
        yield "two_capitals"
    if len(words[0]) > 1 and words[0].isupper() and "." not in words[0]:
        yield "first_all_capitals"
    if any(map(has_inner_capital, words)):
        yield "inner_capitals"
        yield from _camel_evidence(words[0])
        if any(has_inner_capital(name.partition(" ")[0]) for name in candidate.names[1:]):
            yield "inner_capitals_alike"


def _camel_evidence(first: str) -> Iterator[str]:
    """Judge a first word like "HaoTian" and "InJohn"."""
    if not (parts := CAMEL.match(first)):
        return
    yield "given_is_camel"
    head = parts["head"].lower()
    if is_syllable(head) and is_syllable(parts["tail"]):
        yield "given_of_syllables"
    if head in NEVER_FIRST or ends_english(head):
        yield "first_hides_word"


def _sign_evidence(name: str, last: str) -> Iterator[str]:
    """Judge the punctuation in a name."""
    if len(last) > 3 and last.endswith("."):
        yield "dot_ends_name"
    if ODD_IN_NAME.search(name):
        yield "odd_sign"
    if _GLUED_SIGN.search(name):
        yield "glued_sign"
    if name.count('"') % 2 or name.count("$") % 2:
        yield "unpaired_sign"


def may_hide_given(candidate: Candidate, context: Context | None) -> bool:
    """Tell whether the title's last word may end with the beginning of the first name.

    "FogMary|Ann Holt" is built like "GitHub|Ann Holt"; only who knows the word can tell them apart.
    """
    end = candidate.title_end[-1]
    if end[1:].islower() or (context and context.knows_word(candidate.last_word.lower())):
        return False
    tail = CAPITAL_TAIL.search(end)
    word = tail[0].lower() if tail else ""
    is_plural = len(word) == 2 and word[1] == "s"  # "LLMs"
    is_english = len(word) > _MOST_SHORT_CHARS + 1 and ends_english(word)
    return len(word) > 1 and not is_plural and not is_english and word not in NEVER_FIRST


def weigh(evidence: Iterable[str], weights: Mapping[str, float]) -> float:
    """Return the sum of the weights of some evidence."""
    return sum(map(weights.__getitem__, evidence))
