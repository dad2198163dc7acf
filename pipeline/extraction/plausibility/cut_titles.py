"""How a title looks of which a part stands elsewhere, or which holds a part of something else.

What belongs here: the soft rules about titles. Real titles break them now and then (10 of 30,498),
so they hold a card back only where a join or an unexplained line touches it. What does not: what no
title may be (`titles`).
"""

import re

from pipeline.extraction.plausibility.rule import Rule, holds

_OPEN_WORDS_TEXT = (
    "a an and as at between by et for from in into its of or that the their through to toward"
    " towards under using via when which with without"
)
OPEN_WORDS = frozenset(_OPEN_WORDS_TEXT.split())
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))

_has_open_end = holds(r"(?:[,;:(\[{/&]|(?<=\w)[‐-])\Z")


def _is_cut_at_end(title: str) -> bool:
    return title.rpartition(" ")[2] in OPEN_WORDS or _has_open_end(title[-2:])


_FORMULA = re.compile(r"\$[^$]{0,200}\$")


def _is_unbalanced(title: str) -> bool:
    if "$" in title:
        title = _FORMULA.sub("", title)
    return any(title.count(left) != title.count(right) for left, right in _BRACKETS)


NAMES_IN_TITLE = 3  # so many names in a row at its end are the list of authors
_NAME = re.compile(
    r"[^\W\d_a-z][\w.'’-]{0,30}(?: (?:[^\W\d_a-z][\w.'’-]{0,30}|[a-z]{1,3}|della)){1,4}"
)


def _ends_in_names(title: str) -> bool:
    """Tell whether a title goes on with names, the last of which may lack its second half."""
    pieces = title.split(", ")[1:]
    if pieces and " " not in pieces[-1] and pieces[-1][:1].isupper():
        pieces.pop()
    last = pieces[-NAMES_IN_TITLE:]
    is_list = len(last) == NAMES_IN_TITLE and all(map(_NAME.fullmatch, last))
    return is_list and not any(piece.startswith(("And ", "Or ")) for piece in last)


CUT_TITLE_RULES = (
    Rule(
        "title_small",
        "title",
        "the title begins with a small letter, as the second half of a wrapped one does",
        holds(start=r"[a-z]{2,20}(?:[ ,;]|\Z)"),
        ("nets of rope", "and of wire"),
        (
            "k-means",
            "pH of the sea",
            "enclawed: a net",
            "iNet",
            "p-adic nets",
            '"small" nets',
            "x of y",
        ),
        kind="soft",
    ),
    Rule(
        "title_cut_start",
        "title",
        "the title begins with a sign that ends or goes on with something",
        holds(start=r"[\]),;:!?%&/](?![-\w]{0,3}[()])"),
        (", of rope", ") of wire", ": a study"),
        ("(Re)nets", "¿Qué?", "@home"),
        kind="soft",
    ),
    Rule(
        "title_cut_end",
        "title",
        "the title ends in the middle of a phrase",
        _is_cut_at_end,
        ("Nets of rope and", "Nets (", "Nets:", "Self-", "Nets of the"),
        ("Virtual Try-On", "What are we looking for?", "Nets, and more", "Try it on", "Fetuin-A"),
        kind="soft",
    ),
    Rule(
        "title_names",
        "title",
        "the title goes on with a list of names",
        _ends_in_names,
        (
            "Nets of Rope Ann Lee, Bo Quist, Ines de la Torre, Kari Moe, Amara",
            "Nets of rope Ann Lee, Bo Quist, Li Wang, Kari B. Moe",
        ),
        (
            "Nets, Ropes, Small Boats, and Large Bays",
            "Nets: Small Boats, Large Bays, Old Ropes",
            "Nets, Knots, Ropes, Boats",
        ),
        kind="soft",
    ),
    Rule(
        "title_unbalanced",
        "title",
        "the title opens a bracket that it does not close, or closes one that is not open",
        _is_unbalanced,
        ("Nets (of rope", "of wire) and nets"),
        ("Nets (of rope)", "Maps of $[0,1)$"),
        kind="soft",
    ),
)
