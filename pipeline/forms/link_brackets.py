r"""Addresses in brackets behind the text of a link: `Ann Lee [/search/?query=Lee]`.

What belongs here: what html-to-text and mailers write. What does not: links of Markdown (`links`),
numbers that stand for addresses (`link_lists`).

A title may hold a bracket with a slash, `[/INST]`: only a page with many such addresses has links.
"""

import re

from pipeline.forms.marks import ADDED, ENDED, LINKED, UNSURE, joined

_LEAST, _LEAST_SHARE = 5, 0.02  # of all lines
# An address may have been wrapped, or hold a space; what stands behind that of an image is its
# link's.
_SIGNS = f"{ENDED}{ADDED}{UNSURE}"
_ADDRESS = r"(?:[a-z]{2,8}:(?://)?|/{1,2}|#|\.{1,2}/|\?)(?=[\w%@?#/.-])[^\[\]\n]{1,2000}+"
_BRACKET = re.compile(
    rf"(?P<above>(?<=[^\s])[ \t]*+{ADDED}?{UNSURE}?\n)?[ \t]*+"
    rf"\[(?P<address>{_ADDRESS})\](?P<link>(?:https?:/)?/[^\s\[\]]{{1,2000}}+)?"
)
_PROBE = re.compile(r"\[(?:https?://|/[\w?]|#|mailto:|\.\.?/)[^\[\]\s]{1,2000}+\]")
# "[pdf," above "other]": the addresses behind them had filled the line.
_IN_BRACKETS = re.compile(
    rf"(?<=,)[ \t]*+(?:{LINKED}[^{LINKED}\n]*+{LINKED})?{ADDED}?{UNSURE}?\n[ \t]*+"
    rf"(?=[a-z]{{2,9}}(?:{LINKED}[^{LINKED}\n]*+{LINKED}|, ?|[a-z]{{2,9}}){{0,9}}+\])"
)


def has_brackets(text: str) -> bool:
    """Tell whether a page has many addresses in brackets."""
    n_found = sum(1 for _ in _PROBE.finditer(text))
    return n_found >= _LEAST and n_found >= _LEAST_SHARE * text.count("\n")


def without_brackets(text: str) -> str:
    r"""Take addresses in brackets off, and keep them as links of the words before them.

    One that begins a line ends the link that the line above it ends with.
    """
    return _IN_BRACKETS.sub(lambda cut: joined(cut[0]) + " ", _BRACKET.sub(_link, text))


def _link(found: re.Match[str]) -> str:
    address = found["link"] or found["address"]
    kept = "".join(sign for sign in found["address"] if sign in _SIGNS)
    address = address.translate(_NO_SIGNS)
    return f"{joined(found['above'] or '')}{kept}{LINKED}{address}{LINKED}"


_NO_SIGNS = str.maketrans(dict.fromkeys(f"{_SIGNS} "))
