"""What an abstract may not be.

What belongs here: the rules about abstracts. What does not: titles and names.

Real abstracts hold Markdown links and tags now and then (`</think>`), and some begin with
"Abstract."; so only what pages write around abstracts counts here.
"""

import re
from collections.abc import Callable

from pipeline.extraction.plausibility.rule import STEERING, AbstractIn, Rule, holds

_ENDS = re.compile(r"[\s.…]+\Z")
# A title that short stands in abstracts of others by chance.
_LEAST_TITLE = 24


def _of_text(
    anywhere: str = "", start: str = "", parts: tuple[str, ...] = ()
) -> Callable[[AbstractIn], bool]:
    found = holds(anywhere, start, parts)
    return lambda abstract: found(abstract.text)


def _is_doubled(abstract: AbstractIn) -> bool:
    """Tell whether a text begins anew and says again what it said: a preview, then all of it."""
    text = abstract.text
    again = text.find(text[:40], 40) if len(text) >= 80 else -1
    if again < 0 or text.find(text[:40], again + 40) > 0:
        return False
    first, second = _ENDS.sub("", text[:again]), text[again:]
    return second.startswith(first) or first.startswith(_ENDS.sub("", second))


def _holds_next(abstract: AbstractIn) -> bool:
    """Tell whether the abstract goes on with the title of the next card, and more of that."""
    title = abstract.next_title
    at = abstract.text.find(title) if len(title) >= _LEAST_TITLE else -1
    return at > 0 and bool(_CARD_BEGINS(abstract.text[at + len(title) :]))


_CARD_BEGINS = re.compile(r"\s?(?:Authors?\b|\w[\w.'’-]{0,30} \w[\w.'’-]{0,30}, \w|\Z)").match


ABSTRACT_RULES = (
    Rule(
        "abstract_control",
        "abstract",
        "the abstract holds characters that steer a terminal or turn the text's direction",
        _of_text(f"[{STEERING}]"),
        (AbstractIn("We knit \x1b[31mnets."),),
        (AbstractIn("چکیده\u200cها"),),
    ),
    Rule(
        "abstract_sign",
        "abstract",
        "the abstract holds the sign by which the page unfolds it",
        _of_text(
            r"▽|△|\((?:More|Less|more|less)\)\s?\Z|…\s?\(?(?:More|more)\b"
            r"|(?:…|\.)\s(?:[Ss]how|[Rr]ead) (?:more|less|full abstract)\Z"
            r"|\[(?:\.\.\.|…)\]\((?:http|#)",
            parts=("▽", "△", "…", "ore)", "ess)", "how ", "ead ", "]("),
        ),
        (
            AbstractIn("We knit… ▽ More We knit nets. △ Less"),
            AbstractIn("We knit nets. (Less)"),
            AbstractIn("We knit nets. Show more"),
            AbstractIn("We knit… More We knit nets."),
        ),
        (
            AbstractIn("Results show more fish (12 % more)."),
            AbstractIn("We show less."),
            AbstractIn("More and less…"),
        ),
    ),
    Rule(
        "abstract_label",
        "abstract",
        "the abstract holds labels of the card's other lines",
        _of_text(
            r"Submitted (?:on )?\d{1,2} [A-Z][a-z]{2,8},? \d{4}[;.]|; originally announced [A-Z]"
            r"|\b(?:Journal-ref|ACM-class|MSC-class|Report-no) ?: \S"
            r"|\barXiv:\S{7,20}[^\n]{0,120}? Title ?: \S",
            start=r"(?:Abstract|Authors?|Title|Comments|Submitted|Subjects) ?[:：]",
            parts=("Submitted", "nnounced", "-ref", "-class", "-no", "Title"),
        ),
        (
            AbstractIn("Abstract: We knit nets."),
            AbstractIn("Abstract : We knit"),
            AbstractIn("We knit nets. Submitted 3 June, 2024; originally announced June 2024."),
            AbstractIn("Nets. Journal-ref: Nets 12 (2024)"),
            AbstractIn("Nets. [2] arXiv:2401.00002 [pdf, other] Title: Ropes Ann Lee"),
        ),
        (
            AbstractIn("Abstract. We knit nets."),
            AbstractIn("Summary: we knit nets."),
            AbstractIn("Abstract argumentation is knitted."),
            AbstractIn("Submitted nets are judged."),
            AbstractIn("We extend arXiv:2401.00002. Titles: they differ."),
            AbstractIn("Authors of nets and comments: a study."),
            AbstractIn("We knit. Comments: they hold. Authors: see the book."),
        ),
    ),
    Rule(
        "abstract_doubled",
        "abstract",
        "the abstract says everything twice, as a preview before the whole does",
        _is_doubled,
        (
            AbstractIn(
                "We knit nets of rope, and fish in all of the seas… "
                "We knit nets of rope, and fish in all of the seas."
            ),
            AbstractIn(
                "We knit nets of rope, and fish in all of "
                "We knit nets of rope, and fish in all of the seas. Then we rest."
            ),
        ),
        (
            AbstractIn(
                "We knit nets of rope, and fish in all of the seas. "
                "We knit nets of rope, and fish in all of them not."
            ),
        ),
    ),
    Rule(
        "abstract_next_card",
        "abstract",
        "the abstract goes on with the next card",
        _holds_next,
        (
            AbstractIn(
                "We knit. Ropes for all of the nets Authors: Ann Lee",
                "Nets",
                "Ropes for all of the nets",
            ),
            AbstractIn(
                "We knit. Ropes for all of the nets Ann Lee, Bob Roe",
                "Nets",
                "Ropes for all of the nets",
            ),
        ),
        (AbstractIn("We knit ropes for nets as others do.", "Nets", "ropes for nets"),),
    ),
    Rule(
        "abstract_small",
        "abstract",
        "the abstract begins with a small letter, as what goes on with a title does",
        _of_text(start=r"[a-z]{2,20}(?:[ ,;.]|\Z)"),
        (AbstractIn("day. We knit nets."), AbstractIn("of nets, we knit.")),
        (AbstractIn("k-means knits."), AbstractIn("pH of the sea."), AbstractIn("x of y")),
        kind="soft",
    ),
    Rule(
        "abstract_markup",
        "abstract",
        "the abstract holds the page's markup",
        _of_text(
            r"(?:</(?:p|div|span|li|td|a|h\d)>|<(?:p|div|span|br|a)(?:\s[^<>]{0,200})?/?>[^<]{0,99}){2}"
            r"|<[a-z]{1,10}\s{1,9}(?:class|id|style|href|src|title|onclick|data-[a-z-]{1,20})=[\"']"
            r"|(?<=[\s\"'])(?:class|id|style|href|onclick)=\"[^\"<>]{0,300}\">"
            r"|!\[[^\]]{0,200}\]\(|\]\(https?://(?:export\.)?arxiv\.org/(?:a|search|list|pdf|format)",
            start=r"(?:#{1,6}|>|\*\*|[*+•-]) ?\S{0,20}Abstract|\[Show|· ?\w",
            parts=("<", "](", '">'),
        ),
        (
            AbstractIn("We <span class=x>knit</span> nets."),
            AbstractIn('We <span id="a-full" style="display: none;"> knit nets.'),
            AbstractIn('We knit style="display: none;"> nets.'),
            AbstractIn("**Abstract** We knit."),
            AbstractIn("Nets. [pdf](https://arxiv.org/pdf/1)"),
            AbstractIn("![logo](a.png) We knit."),
            AbstractIn("· mit, pku We knit."),
        ),
        (
            AbstractIn("Models think until </think> is said."),
            AbstractIn("Code: [here](https://example.org/nets)."),
            AbstractIn("If x<p and p>y, then nets."),
        ),
    ),
)
