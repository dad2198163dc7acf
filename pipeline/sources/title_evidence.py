"""What speaks for and against a place between a title and the authors glued to it.

What belongs here: single pieces of evidence, and how much each weighs. What does not: choosing the
place (`title_split`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import InitVar, dataclass, field

from pipeline.sources.title_teams import SMALL_ARTICLE, group_evidence, is_group
from pipeline.sources.title_words import (
    CAMEL,
    CAPITAL_TAIL,
    FUNCTION_WORDS,
    GIVEN_NAMES,
    NEVER_FIRST,
    NEVER_IN_NAMES,
    ODD_IN_NAME,
    PARTICLES,
    ends_english,
    has_inner_capital,
    hidden_word,
    hides_english,
    is_given,
    is_like_name,
    is_small_part,
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
_CLOSER_AND_NAME = re.compile(r"\S[!?)\]}”\"…$%][^\W\d_]+$")  # "Know?Hui"
# "v20Deep", "4Open", but not "Text2Motion"
_DIGIT_AND_NAME = re.compile(r"(?:(?<![a-z])[24]|[0135-9]|\d\d)[A-Z][^\W\d_A-Z]+$")
_VERSION = re.compile(r"\W*(?:v\d{1,4}(?:\.\d{1,4}){0,3}|(?:19|20)\d\d)")  # "v20", "2024"
_TWO_CAPITALS = re.compile(r"[A-Z]{2,}[a-z.]")  # "RHong" of "CVaRHong", "RR." of "CVaRR."
_CAPITALS_AND_NAME = re.compile(
    r"[A-Z]{2,}(?:s[A-Z])?[a-z]*[a-rt-z]$"  # "CVaRHong", "LLMsHong", but not "LLMs"
)
_GLUED_INITIAL = re.compile(r"[a-z][A-Z]['’.]|[A-Z]{2}['’][A-Z]")  # "OverlapN'Golo", "OverlapJ."
_INITIAL = re.compile(r"[^\W\d_]\.?(?:-[^\W\d_]\.?)*$")  # "J.", "J.-P.", "H"
_GLUED_SIGN = re.compile(r"\S[^\s\w.'’‘`´\\-][^\W\d_]|\d[^\W\d_]")  # "4Wei", 'Cell"Wei', "C++Wei"
THREE_LETTERS = re.compile(r"[^\W\d_]{3}$")  # what stands before a name in lower case
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
        is_group: whether the first name is that of a group of people.
        form: the weight of all evidence that needs no context.
    """

    text: str
    at: int
    names: tuple[str, ...]
    weights: InitVar[Mapping[str, float]]
    words: list[str] = field(init=False)
    title_end: list[str] = field(init=False)
    last_word: str = field(init=False)
    is_group: bool = field(init=False)
    form: float = field(init=False)

    def __post_init__(self, weights: Mapping[str, float]) -> None:
        """Find the words that the evidence is about, and weigh what needs no context."""
        self.words = self.names[0].split()
        self.is_group = is_group(self.words)
        end = self.text[max(0, self.at - _MOST_WORD_CHARS) : self.at]
        self.title_end = end.rsplit(None, 2)[-2:]
        found = _LAST_WORD.search(self.title_end[-1])
        self.last_word = found[1] if found else ""
        self.form = weigh(form_evidence(self), weights)


def form_evidence(candidate: Candidate) -> Iterator[str]:
    """Yield the evidence that a candidate holds in itself."""
    yield from _title_evidence(candidate)
    if candidate.is_group:
        yield from _group_evidence(candidate)
    else:
        yield _boundary(candidate)
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
    if candidate.is_group:
        yield from _known_group(candidate, context)
        return
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
    elif context.words and not candidate.is_group and _is_compound(candidate.last_word):
        yield "compound_unknown"
    first = candidate.words[0]
    camel = None if first[1:].islower() else CAMEL.match(first)
    if camel and context.knows_word(camel["head"].lower()):
        yield "first_hides_known"


def _is_compound(word: str) -> bool:
    """Tell whether a word ends as if a given name began in it: "FogMary", "CVaRHong"."""
    if not (has_inner_capital(word) or _CAPITALS_AND_NAME.search(word)):
        return False
    tail = CAPITAL_TAIL.search(word)
    return tail is not None and len(tail[0]) > len("Ms")


def _known_group(candidate: Candidate, context: Context) -> Iterator[str]:
    """Judge where the name of a group begins by the compounds that the page has."""
    first = candidate.words[0]
    if has_inner_capital(first) and context.knows_word(first.lower()):
        yield "group_known"
    if _cuts_group(candidate) and context.knows_word(candidate.last_word.lower()):
        yield "group_cut_known"


def _cuts_group(candidate: Candidate) -> bool:
    """Tell whether the title's last word ends as a part of the group's name may."""
    return CAPITAL_TAIL.search(candidate.title_end[-1]) is not None


def _group_evidence(candidate: Candidate) -> Iterator[str]:
    """Judge the place where the name of a group may begin, and that name."""
    is_small = SMALL_ARTICLE.match(candidate.text, candidate.at) is not None
    yield "group_small_article" if is_small else _boundary(candidate)
    yield from group_evidence(candidate.names[0], candidate.words)
    if _is_plural(candidate.words[0]):
        yield "first_is_plural"
    if _cuts_group(candidate):
        yield "group_cut"


def _is_plural(first: str) -> bool:
    """Tell whether a name would begin with a plural's end: "Ms" of LLMs, "MsOpen"."""
    return first[1:2] == "s" and (len(first) == 2 or first[2].isupper())


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
    if word in ("Mc", "Mac"):
        yield "word_is_prefix"
    if _VERSION.fullmatch(end[-1]):
        yield "after_version"
    if len(word) <= 2 and end[-1] == word and is_small_part(word):
        yield "word_is_part"
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
    tail = CAPITAL_TAIL.search(end[-1])
    if tail and tail[0].lower() in GIVEN_NAMES:
        yield "word_hides_name"
    elif tail and is_syllable(candidate.words[0]) and is_syllable(tail[0]):
        yield "word_hides_given"
    if any(map(hides_english, end)):
        yield "word_hides_english"
    if _CAPITALS_AND_NAME.search(word):
        yield "word_two_capitals"
    if any(map(_CLOSER_AND_NAME.search, end)):
        yield "closer_in_word"
    if any(map(_DIGIT_AND_NAME.search, end)):
        yield "digit_in_word"


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
    if _is_plural(first):
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
    if _GLUED_INITIAL.search(words[0]):
        yield "hides_initial"
    if len(words[0]) > 1 and words[0].isupper() and "." not in words[0]:
        yield "first_all_capitals"
    if len(words) == 1 and has_inner_capital(words[0]):
        yield "one_word_camel"
    elif any(map(has_inner_capital, words)):
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
    elif _is_of_names(head, parts["tail"].lower()):
        yield "given_of_names"
    if head in NEVER_FIRST or ends_english(head):
        yield "first_hides_word"


def _is_of_names(head: str, tail: str) -> bool:
    """Tell whether one of two parts is a known given name, and the other may be one."""
    if head in GIVEN_NAMES:
        return is_given(tail)
    return len(head) < _MOST_SHORT_CHARS and is_syllable(head) and tail in GIVEN_NAMES


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


def weigh(evidence: Iterable[str], weights: Mapping[str, float]) -> float:
    """Return the sum of the weights of some evidence."""
    return sum(map(weights.__getitem__, evidence))
