r"""Marks at the begin of lines and around words: headings, bullets, emphasis, tables, escapes.

What belongs here: what writers of Markdown put around the words of a page. What does not: links
(`links`), the buttons and fields that text browsers draw (`widgets`).

A title may begin with `#` or hold `**`: a mark is taken off where the page shows it several times,
or where a known site has the line without it.
"""

import re
from collections.abc import Sequence

from pipeline.forms.at_begin import AtBegin
from pipeline.forms.escapes import without_escapes
from pipeline.forms.evidence import (
    BOLD,
    ESCAPED_NUMBER,
    HEADING,
    HEADING_END,
    LEAST_EMPHASIS,
    LEAST_ESCAPES,
    LEAST_HEADINGS,
    UNDERLINE,
    count,
    has_underline,
    is_bold,
    is_known,
    is_markdown,
)
from pipeline.forms.marks import ADDED, joined, line_ends
from pipeline.forms.seen import seen
from pipeline.forms.site_lines import SiteLines, any_site
from pipeline.forms.widgets import without_widgets

_ITALIC_LINE = AtBegin(r"([ \t]*+)([*_])(?=[^\s*_])([^*_\n]{1,400}+)(?<=\S)\2([ \t]*+)$")
_ITALIC_LABEL = re.compile(r"(?<![\w*_\\])([*_])(?=[^\W\d_])([^*_\n:]{1,30}+:)\1(?![\w*_])")

_BULLET = r"(?:[-*+•‣◦▪●○·]|\\[-*+])"
_FIRST_OF_BULLETS = "-*+•‣◦▪●○·\\"
_BULLETED = AtBegin(rf"[ \t]*+({_BULLET})[ \t]++(?=\S)")
_BULLETED_LINE = AtBegin(rf"([ \t]*+)({_BULLET})[ \t]++(\S[^\n]*+)$")
_ALL_BULLETED = 0.9  # as share of the lines that are not blank
_LEAST_BULLETS = 5
_WIDE_BULLET = AtBegin(r"([ \t]*+)([-*+•‣◦▪●○])(?! \S)[ \t]++(?=\S)")
_PLUS = AtBegin(r"([ \t]*+)\+[ \t]+(?=\S)")
# ":   Title"; behind one space stands the rest of a title that was torn: ": a Survey".
_DEFINITION = AtBegin(r"[ \t]*+:(?: [ \t]{1,5}|\t)(?=\S)")
_LONE_NUMBER = AtBegin(r"([ \t]*+\d{1,6}\.)[ \t]*+((?:\n[ \t]*+)++)(?=\S)")
_LEAST_LISTED = 2

_RULE = AtBegin(r"[ \t]*+\|?(?:[ \t]*+:?-{2,}+:?[ \t]*+\|)+(?:[ \t]*+:?-{2,}+:?[ \t]*+)?$")
_CELL = re.compile(r"(?<!\\)\|")


def undo_markers(text: str, sites: Sequence[SiteLines]) -> str:
    """Take the marks of Markdown and the widgets of text browsers off a page."""
    plain = _without_tables(text)
    plain = _without_list_marks(_without_known_bullets(plain, sites))
    plain = _without_headings(plain, sites)
    plain = _without_emphasis(plain)
    if is_markdown(text, sites) or count(ESCAPED_NUMBER, text) >= LEAST_ESCAPES:
        plain = without_escapes(plain)
    return without_widgets(plain, sites)


# ---------- headings and emphasis


def _without_headings(text: str, sites: Sequence[SiteLines]) -> str:
    """Take the signs of headings off, and the lines drawn below them."""
    has_several = count(HEADING, text) >= LEAST_HEADINGS or has_underline(text)

    def shown(heading: re.Match[str]) -> str:
        words = HEADING_END.sub("", heading[2])
        is_heading = has_several or is_known(heading, sites)
        return heading[1] + words if is_heading else heading[0]

    return UNDERLINE.sub("", HEADING.sub(shown, text))


def _without_emphasis(text: str) -> str:
    """Take the signs of strong words off, and of lines and labels emphasised as a whole."""
    if is_bold(text):
        text = BOLD.sub(r"\1", text)
    if count(_ITALIC_LINE, text) >= LEAST_EMPHASIS:
        text = _ITALIC_LINE.sub(r"\1\3\4", text)
    n_labels = sum(part.startswith(("*", "_")) for part in seen(text).between_colons)  # at most
    if n_labels >= LEAST_EMPHASIS and count(_ITALIC_LABEL, text) >= LEAST_EMPHASIS:
        text = _ITALIC_LABEL.sub(r"\2", text)
    return text


# ---------- lists


def _without_list_marks(text: str) -> str:
    """Bring lists to the form of plain pages.

    Where every line is an item somebody has made a list of the page: its bullets go. Else bullets
    stay, as authors have them on some sites, with one space behind.
    """
    while sign := _bullet_of_all(text):
        text = re.sub(
            rf"^([ \t]*+){re.escape(sign)}(?:[ \t](?=[ \t]*+\S))", r"\1", text, flags=re.M
        )
    if count(_DEFINITION, text) >= _LEAST_LISTED:
        text = _DEFINITION.sub("", text)
    if count(_LONE_NUMBER, text) >= _LEAST_LISTED:
        text = _LONE_NUMBER.sub(lambda found: f"{found[1]} {joined(found[2])}", text)
    if count(_PLUS, text) >= _LEAST_BULLETS:
        text = _PLUS.sub(r"\1• ", text)
    return _WIDE_BULLET.sub(r"\1\2 ", text)


def _without_known_bullets(text: str, sites: Sequence[SiteLines]) -> str:
    """Take bullets off lines that begin a card on a site where they have none.

    Where all lines have one, none of them is a card's.
    """
    if _bullet_of_all(text):
        return text
    site = any_site(tuple(sites))

    def is_known(bulleted: re.Match[str]) -> bool:
        return bool(site.begins(bulleted[3])) and not site.begins(bulleted[0].strip())

    known = [bulleted for bulleted in _BULLETED_LINE.finditer(text) if is_known(bulleted)]
    if len(known) < _LEAST_BULLETS:
        return text
    shown, end = [], 0
    for bulleted in known:
        shown += [text[end : bulleted.start()], bulleted[1], bulleted[3]]
        end = bulleted.end()
    return "".join([*shown, text[end:]])


def _bullet_of_all(text: str) -> str | None:
    """Return the bullet that nearly every line begins with, None where lines have none."""
    n_lines, firsts = len(seen(text).filled), seen(text).firsts
    n_at_most = max(map(firsts.count, _FIRST_OF_BULLETS))
    if n_at_most < max(_LEAST_BULLETS, _ALL_BULLETED * n_lines):
        return None
    signs = [found[1] for found in _BULLETED.finditer(text)]
    if len(signs) < _LEAST_BULLETS:
        return None
    sign = max(set(signs), key=signs.count)
    return sign if signs.count(sign) >= _ALL_BULLETED * n_lines else None


# ---------- tables


def _without_tables(text: str) -> str:
    """Put the cells of Markdown's tables on lines of their own."""
    if "|" not in seen(text).rare or not _RULE.is_in(text):
        return text
    lines = text.split("\n")
    rules = [at for at, line in enumerate(lines) if _RULE.fullmatch(line)]
    for rule in rules:
        lines[rule] = line_ends(lines[rule])
        for step in (-1, 1):
            at = rule + step
            while 0 <= at < len(lines) and "|" in lines[at]:
                lines[at] = _cells(lines[at])
                at += step
    return "\n".join(lines)


def _cells(line: str) -> str:
    end = ADDED if line.endswith(ADDED) else ""
    cells = [cell.strip() for cell in _CELL.split(line.strip(f" \t{ADDED}").strip("|"))]
    return f"{ADDED}\n".join(filter(None, cells)).replace("\\|", "|") + end
