r"""What lines of titles, names and prose look like, where nothing but their looks tells them apart.

What belongs here: facts of single lines, and of two that meet. What does not: where texts meet on a
page (`doubts`).
"""

import re

from pipeline.forms.page_lines import ends_open

_SENTENCE_END = re.compile(r"""(?<!\bal)[.!?…][)\]"'”’*]{0,3}$|\w://\S+$""")
_TARGET = re.compile(r"\]\(<?[^\s()<>]{1,500}+(?:\([^\s()<>]{0,100}+\)[^\s()<>]{0,500}+)?>?\)")
# What no title has: the beginning of prose, or one sentence behind another.
PROSE = re.compile(r"^(?:We|This|These|In this|Our|It|However|Recently?|To)\b|[a-z)]\\. [A-Z][a-z]")
# A title may be a question or a cry, but no other sentence.
QUESTION = re.compile(r"[?!][)\]\"'”’*]{0,3}(?:\(\S*+)?$")
WORD = re.compile(r"[^\W\d_]{4,}")
# The share of long words with a capital: in titles that use them, and in prose.
TITLE_CASE = 0.75
PROSE_CASE = 0.4
_SMALL_WORD = re.compile(r"\b[a-z]{4,}")
_LEAST_SMALL = 3  # in a line of prose; names have none but particles
_NAME = re.compile(r"[^\W\d_][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30}){1,4}")
_BEHIND_NAMES = re.compile(r"\s+et al\.?(?:\s+·.{0,100})?$|\s+·\s.{0,100}$")
ENDS_NAMES = re.compile(r"(?:^|\s)(?:al\.?(?:\s+·.{0,100})?|·\s.{0,100})$")
_MOST_NAMES = 40
_MANY_NAMES = 3  # with so many before it, a single word is a name that was cut
# "Ann B.", "RopesB.", "Nets)Md.", ", W. -X.": cut behind an initial
_INITIAL = re.compile(
    r"(?:[^\W\d_]{2,30}(?: [^\W\d_]\.){0,2} [^\W\d_]"
    r"|[a-z\d)\]?!\"”…$%+*][A-Z][a-z]?(?:\.[ -]{1,2}[A-Z])?"
    r"|, [A-Z][a-z]?(?:\.[ -]{1,2}[A-Z]){0,2})\.$"
)
_NAMES_GO_ON = re.compile(
    r"(?:[^\W\d_][\w.'’-]{0,30} ){0,4}[^\W\d_][\w.'’-]{0,30}"
    r"(?:, [^\W\d_][\w.'’-]{0,30}(?: \w|,)| et al\b|\s+·\s|$)"
)
# "On RopesAnn Lee, Jorge Quist": a line of title and names that nothing keeps apart ends so.
_NAME_WORD = (
    r"(?:-?[A-ZÀ-Þ][\w.'’-]{0,30}"
    r"|van|von|der|den|de|la|le|da|di|du|dos|del|della|al|el|bin|ibn|ten)"
)
_UNCASED_NAME = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2,6}"
_GLUED_END = re.compile(
    r"[a-z\d)\]?!\"”…$%+*](?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLa)"
    rf"(?:(?=[A-ZÀ-Þ]){_NAME_WORD}(?:(?: {_NAME_WORD}){{1,5}}|(?=, {_NAME_WORD} ))|{_UNCASED_NAME})"
    rf"(?:, (?:{_NAME_WORD}(?: {_NAME_WORD}){{0,5}}|{_UNCASED_NAME})){{0,3}}$"
)
# "…, Jorge" above "Quist, Bo Moe": cut inside a name
_SUFFIX = re.compile(r"(?:[JS]r\.?|III?|IV)(?:,|$| et al\b|\s+·\s)")
_CUT_NAME = re.compile(r", [A-ZÀ-Þ][\w'’-]{1,30}$")
_SURNAME_FIRST = re.compile(rf"(?:[a-z]{{1,5}} ){{0,3}}{_NAME_WORD}(?:,|$| et al\b|\s+·\s)")
MOST_GLUED_CHARS = 160


def is_cut_name(upper: str, lower: str) -> bool:
    """Tell whether a line may end between a given name and a surname: "…, Jorge" | "Quist, …"."""
    return bool(_CUT_NAME.search(upper) and _SURNAME_FIRST.match(lower))


def ends_glued(text: str) -> bool:
    """Tell whether a text ends in names that are glued to what stands before them."""
    end = text[-MOST_GLUED_CHARS:]
    return (
        _GLUED_END.search(_BEHIND_NAMES.sub("", end) if "al" in end or "·" in end else end)
        is not None
    )


def begins_prose(text: str) -> bool:
    """Tell whether a line looks like the first one of a text that is no title."""
    n_small = len(_SMALL_WORD.findall(text))
    return bool(PROSE.search(text)) or case(text) <= PROSE_CASE or n_small >= _LEAST_SMALL


def may_begin(upper: str, lower: str) -> bool:
    """Tell whether a line may begin a text of its own, by its first sign and the end above it."""
    if lower[0].islower() or ends_open(upper) or _SUFFIX.match(lower):
        return False
    # "On RopesAnn Lee, Jorge E." above "Quist, Bo Moe": cut inside a name
    return not (_INITIAL.search(upper[-40:]) and _NAMES_GO_ON.match(lower))


def ends_sentence(text: str) -> bool:
    """Tell whether a text ends as prose does: with a sentence, or an address of its own.

    >>> ends_sentence("Nets learn. See https://example.org/1")
    True

    The address that a title leads to is none of its words.

    >>> ends_sentence("and Ropes](https://example.org/2)"), ends_sentence("[It ends.](/n)")
    (False, True)
    """
    return bool(_SENTENCE_END.search(_without_targets(text)))


def _without_targets(text: str) -> str:
    return _TARGET.sub("]", text) if "](" in text else text


def case(text: str) -> float:
    """Return the share of long words that begin with a capital."""
    words = WORD.findall(_without_targets(text))
    return sum(word[0].isupper() for word in words) / len(words) if words else 0.5


def is_names(text: str) -> bool:
    """Tell whether a line is a list of two names or more.

    >>> is_names("Mara Ilves, Jonas Petri et al."), is_names("Planning, Learning and Acting")
    (True, False)

    The last one may be cut where the line ends.

    >>> is_names("Mara Ilves, Jonas Petri, Ana Lund, Mart")
    True
    """
    shown = _BEHIND_NAMES.sub("", text).rstrip(",")
    pieces = shown.split(", ", _MOST_NAMES)
    if len(pieces) > _MANY_NAMES and pieces[-1].isalpha() and pieces[-1][0].isupper():
        pieces.pop()
    is_list = len(pieces) > 1 or shown != text
    return is_list and all(_NAME.fullmatch(piece) and piece[0].isupper() for piece in pieces)
