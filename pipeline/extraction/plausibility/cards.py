"""What a card may not be where it stands on its page.

What belongs here: the rules about a card among others. What does not: rules about its values
(`titles`, `names`, …), about the page as a whole (`pages`).
"""

import re

from pipeline.contract.findings import AuthorName, Record
from pipeline.extraction.plausibility.rule import CardIn, Rule

# From this share of cards with authors on a card without any is the odd one.
_NAMED_SHARE = 0.6
# Of glued title and author lines that are split less surely every other one is split wrongly. Of
# those without a place for names, which may hide one, it takes more.
_LEAST_SURE, _LEAST_SURE_WHOLE = 0.6, 0.9


# Of a name of three letters, one may be lost.
_SHORT_NAME = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3]{1,2}")

# "can -and cannot": of two hyphens at the end of a printed line one is taken for the line's.
_LONE_HYPHEN = re.compile(r"(?<=[\s\w])\s-(?=[^\W\d_])")

# Between words, not behind a label or a sign: wider than any justified line.
_GAP = re.compile(r"[^\W_][?!.,)]? {6,}+\w")

_LEE, _MIN = AuthorName("Ann Lee", "Ann Lee"), AuthorName("민수", "민수")


def _is_nameless(card: CardIn) -> bool:
    if card.record.authors or card.record.organization:
        return False
    return card.is_undone and card.named_share >= _NAMED_SHARE


def _is_guess(record: Record) -> bool:
    confidence = record.split_confidence
    least = _LEAST_SURE if record.authors else _LEAST_SURE_WHOLE
    return confidence is not None and confidence < least


def _has_gap(raw_title: str) -> bool:
    return _GAP.search(raw_title) is not None


def _lacks_letters(card: CardIn) -> bool:
    if not card.is_printed:
        return False
    return any(map(_SHORT_NAME.fullmatch, (author.name for author in card.record.authors)))


SPLIT_RULES = (
    Rule(
        "split_guess",
        "split",
        "its title and its names are glued, and more than one place to part them is as good",
        _is_guess,
        (
            Record(1, 2, "Nets", "Nets", split_confidence=0.8),
            Record(1, 2, "Nets", "Nets", authors=(_LEE,), split_confidence=0.5),
        ),
        (
            Record(1, 2, "Nets", "Nets", authors=(_LEE,), split_confidence=0.8),
            Record(1, 2, "Nets", "Nets", split_confidence=0.95),
            Record(1, 2, "Nets", "Nets"),
        ),
    ),
)
# Who copies a part of a page may begin or end anywhere.
TORN_RULE = Rule(
    "card_torn",
    "card",
    "the text begins or ends with its title, where other cards go on: it may be cut there",
    lambda card: card.is_torn,
    (CardIn(Record(1, 2, "Nets for we", "Nets for we"), is_torn=True),),
    (CardIn(Record(1, 2, "Nets", "Nets")),),
)
CARD_RULES = (
    Rule(
        "card_letters",
        "card",
        "text taken from printed pages lacks letters that their fonts do not name, and one of its "
        "names in Chinese or Korean is short",
        _lacks_letters,
        (CardIn(Record(1, 2, "Nets", "Nets", authors=(_MIN,)), is_printed=True),),
        (
            CardIn(Record(1, 2, "Nets", "Nets", authors=(_MIN,))),
            CardIn(Record(1, 2, "Nets", "Nets", authors=(_LEE,)), is_printed=True),
        ),
    ),
    Rule(
        "card_hyphen",
        "card",
        "text taken from printed pages lacks hyphens that ended a line, and one of its title's "
        "stands oddly",
        lambda card: card.is_printed and bool(_LONE_HYPHEN.search(card.record.title)),
        (CardIn(Record(1, 2, "What nets can -and", "What nets can -and"), is_printed=True),),
        (
            CardIn(Record(1, 2, "What nets can -and", "What nets can -and")),
            CardIn(Record(1, 2, "Nets -- a t-test - and -1", "Nets"), is_printed=True),
        ),
    ),
    TORN_RULE,
    Rule(
        "card_columns",
        "card",
        "what stands beside its title is in the same lines: the page was printed in columns",
        lambda card: (card.is_undone or card.is_printed) and _has_gap(card.record.raw_title),
        (
            CardIn(Record(1, 2, "Nets for      Privacy\nwet fish", "Nets for"), is_printed=True),
            CardIn(Record(1, 2, "Nets for      Privacy\nwet fish", "Nets for"), is_undone=True),
        ),
        (
            CardIn(Record(1, 2, "Nets for      Privacy", "Nets for      Privacy")),
            CardIn(Record(1, 2, "      Nets for\n      wet fish", "Nets"), is_printed=True),
            CardIn(Record(1, 2, "Title:      Nets", "Nets"), is_printed=True),
        ),
    ),
    Rule(
        "card_goes_on",
        "card",
        "a line that nobody understood stands right beside its title, which may go on there",
        lambda card: card.goes_on,
        (CardIn(Record(1, 2, "Nets", "Nets"), goes_on=True),),
        (CardIn(Record(1, 2, "Nets", "Nets")),),
    ),
    Rule(
        "card_lone_title",
        "card",
        "its title has fewer than two letters, and the page's form had to be undone",
        lambda card: card.is_undone and sum(map(str.isalpha, card.record.title)) < 2,
        (CardIn(Record(1, 2, "1", "1"), is_undone=True),),
        (CardIn(Record(1, 2, "1984", "1984")), CardIn(Record(1, 2, "Pi", "Pi"), is_undone=True)),
    ),
    Rule(
        "card_unsure",
        "card",
        "the saved form does not tell where its title, its names or its text end",
        lambda card: card.is_unsure,
        (CardIn(Record(1, 2, "Nets", "Nets"), is_unsure=True),),
        (CardIn(Record(1, 2, "Nets", "Nets")),),
    ),
    Rule(
        "card_several",
        "card",
        "its lines were joined, and of its paragraphs one may be the text of another card, the "
        "title of which was joined to what stands above it",
        lambda card: card.has_several,
        (CardIn(Record(1, 2, "Nets", "Nets"), is_undone=True, has_several=True),),
        (CardIn(Record(1, 2, "Nets", "Nets"), is_undone=True),),
    ),
    Rule(
        "card_nameless",
        "card",
        "it has no authors, most cards of the page have, and the page's form had to be undone",
        _is_nameless,
        (CardIn(Record(1, 2, "Nets", "Nets"), is_undone=True, named_share=0.9),),
        (
            CardIn(Record(1, 2, "Nets", "Nets"), is_undone=False, named_share=0.9),
            CardIn(Record(1, 2, "Nets", "Nets"), is_undone=True, named_share=0.3),
            CardIn(Record(1, 2, "N", "N", organization="Lee"), is_undone=True, named_share=0.9),
        ),
    ),
)
