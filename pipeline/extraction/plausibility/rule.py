"""A rule of plausibility: its code, what it is about, its words, its examples.

What belongs here: the shape of a rule. What does not: the rules (`titles`, `names`, `abstracts`,
`values`), the table of all (`table`), judging cards by it (`gate`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pipeline.contract.findings import Record

About = Literal[
    "title", "last line", "name", "list", "abstract", "date", "id", "category", "split", "card"
]
# hard: the card is held back.
# unnamed: it is where it names no author; beside names the value may be right, the rule is soft.
# soft: it is only where a join or an unexplained line touches it: real values break it, too.
Kind = Literal["hard", "unnamed", "soft"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value of a card may not be.

    Attributes:
        code: short and unique; `staging.records.held_back_by` names it.
        about: the field it judges, and so what `breaks` is given: a title or a name as text, a
            list as a tuple of names, the last line of a title that has several, an abstract as
            `AbstractIn`, categories as a tuple, a card among others as `CardIn`, and for dates, ids
            and splits the record.
        message: what is wrong, in words that follow "the card was held back:".
        breaks: tells whether a value breaks the rule.
        wrong: values that break it.
        right: real values that come near and do not.
        kind: how much it weighs.
    """

    code: str
    about: About
    message: str
    breaks: Callable[[Any], bool]
    wrong: tuple[Any, ...]
    right: tuple[Any, ...]
    kind: Kind = "hard"


class CardIn(NamedTuple):
    """A card with what is known of its page.

    Attributes:
        record: the card.
        is_unsure: it is not sure where its title and names end.
        is_undone: the page's form had to be undone.
        named_share: the share of the page's cards that name authors.
        goes_on: a line that nobody understood stands right beside its title.
        is_printed: the page was text on sheets of paper, which may lack letters.
        has_several: its text has several paragraphs on a page where only its look tells a title.
        is_torn: the text of the file begins or ends inside its title, as far as other cards tell.
    """

    record: Record
    is_unsure: bool = False
    is_undone: bool = False
    named_share: float = 0.0
    goes_on: bool = False
    is_printed: bool = False
    has_several: bool = False
    is_torn: bool = False


class AbstractIn(NamedTuple):
    """An abstract with what stands around it on the page."""

    text: str
    title: str = ""
    next_title: str = ""


def holds(
    anywhere: str = "", start: str = "", parts: tuple[str, ...] = ()
) -> Callable[[str], bool]:
    """Return a test whether a text holds a pattern.

    Args:
        anywhere: what to find anywhere.
        start: what to find at the start; to look for it everywhere would take far longer.
        parts: texts of which `anywhere` holds one at least; without them it is not searched.
    """
    search = re.compile(anywhere).search if anywhere else None
    match = re.compile(start).match if start else None

    def breaks(text: str) -> bool:
        if match and match(text):
            return True
        if not search or (parts and not any(map(text.__contains__, parts))):
            return False
        return search(text) is not None

    return breaks


# Characters that steer a terminal or turn the direction of a text, and noncharacters. Marks and
# joiners that scripts need (U+200C to U+200F) are none.
STEERING = (
    "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff"
)
ADDRESS = r":(?<=\w:)//\S|[Ww]ww\.\w|(?:mailto|javascript):\S|@(?<=[\w.+-]@)[\w-]{1,64}\.\w"
ADDRESS_PARTS = ("://", "ww.", "mailto:", "javascript:", "@")
