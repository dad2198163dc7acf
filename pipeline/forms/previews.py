r"""Previews: the beginning of a text and all of it in one line, with the buttons between them.

What belongs here: `preview… ▽ More whole text △ Less`, the same without signs, and a text that
stands twice in a line. What does not: buttons on lines of their own, as the sites' readers know
them.

The parts go on lines of their own, each button with its sign. The words of a button without a sign
may be prose: they are a button only where the text behind holds the preview before it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice, zip_longest

from pipeline.forms.marks import ADDED, ENDED, UNSURE, joined, without_signs
from pipeline.forms.seen import seen
from pipeline.forms.site_lines import SiteLines

_MORE, _LESS = "▽ More", "△ Less"
_ALONE = (_MORE, _LESS)
_MARKS = f"{ENDED}{UNSURE}"
_GAP = rf"[ \t\xa0{_MARKS}]"
# "▽ More", "[▽More]"; "△ Less"
_SIGNED = re.compile(rf"\[?(?:(?P<more>▽){_GAP}{{0,4}}More|△{_GAP}{{0,4}}Less)\b\]?")
# A button of two lines: the first was too long for the width.
_CUT_SIGNED = re.compile(rf"([▽△])[ \t]*+({ADDED}?{UNSURE}?\n)[ \t]*+(?=(?:More|Less)\b)")
# "More", "? More": with another sign, or none
_MORE_WORD = re.compile(rf"(?<!\S)(?:[^\w\s{_MARKS}]\s?)?More(?![^\s{_MARKS}])")
_LESS_WORD = re.compile(rf"[\s{_MARKS}](?:[^\w\s{_MARKS}]\s?)?Less[\s{_MARKS}{ADDED}]*+$")
_TEXT = re.compile(rf"[^ \t\xa0{_MARKS}{ADDED}]")
_LABEL = re.compile(r"\s*+[^\s:][^:\n]{0,30}:\s*+")
_NO_LETTERS = re.compile(r"[\W_]+")
_SIGN = re.compile(rf"[^\s{_MARKS}{ADDED}]")
_MOST_TRIED = 5  # words in a line that are tried as the button
# How many letters of a preview are looked for in the full text, at least and at most.
_LEAST_PROBE, _MOST_PROBE = 12, 60
_LEAST_TWICE = 80  # characters of a line that holds a text twice


def part_previews(text: str, sites: Sequence[SiteLines]) -> str:  # noqa: ARG001 - a step's signature
    r"""Put buttons on lines of their own, so that previews are apart from full texts.

    >>> part_previews("About: One… ▽ More One two. △ Less", ()).replace(ADDED, "").split("\n")
    ['About: One…', '▽ More', 'One two.', '△ Less']
    """
    page = seen(text)
    n_more, n_less = map(page.rare.count, "▽△")
    # Mostly all buttons stand in lines of their own.
    if n_more != page.lines.count(_MORE) or n_less != page.lines.count(_LESS):
        text = _CUT_SIGNED.sub(_mended, text)
        lines = list(seen(text).lines)
        _part_signed(lines)
        page = seen("\n".join(lines))
    long = [(at, line) for at, line in enumerate(page.lines) if len(line) >= _LEAST_TWICE]
    parted = {at: shown for at, line in long if (shown := _part_words(line) or _part_twice(line))}
    if not parted:
        return page.text
    return "\n".join([parted.get(at, line) for at, line in enumerate(page.lines)])


def _mended(cut: re.Match[str]) -> str:
    return f"{cut[1]}{joined(cut[2].replace(UNSURE, ''))} "


def _on_lines(pieces: Iterable[str]) -> str:
    """Put pieces of a line on lines of their own; the first keeps its indent.

    A piece without text leaves the next one, or the last, the signs it holds: no line of the file
    is lost.
    """
    shown: list[str] = []
    signs = ""
    for piece in pieces:
        if _TEXT.search(piece):
            shown.append(signs + (piece.strip() if shown else piece.rstrip()))
            signs = ""
        else:
            signs += "".join(mark for mark in piece if mark in _MARKS)
    return f"{ADDED}\n".join(shown) + signs


def _part_signed(lines: list[str]) -> None:
    """Cut lines at buttons with signs.

    On a page that shows previews only, each ends with `▽ More` and no `△ Less` follows: nothing is
    to be parted there.
    """
    buttons = [
        (at, button)
        for at, line in enumerate(lines)
        if "▽" in line or "△" in line
        for button in _SIGNED.finditer(line)
    ]
    cuts = defaultdict(list)
    for (at, button), below in zip_longest(buttons, buttons[1:]):
        has_text = _TEXT.search(lines[at], button.end())
        is_closed = below is not None and not below[1]["more"]
        if lines[at] in _ALONE:
            continue  # as it is to be
        if not button["more"] or has_text or is_closed:
            cuts[at].append(button)
    for at, found in cuts.items():
        line, pieces, begin = lines[at], [], 0
        for button in found:
            kept = "".join(mark for mark in button[0] if mark in _MARKS)
            pieces += [line[begin : button.start()], (_MORE if button["more"] else _LESS) + kept]
            begin = button.end()
        tail = ADDED if line.endswith(ADDED) else ""
        lines[at] = _on_lines([*pieces, line[begin:].removesuffix(ADDED)]) + tail


def _part_words(line: str) -> str | None:
    """Cut a line at buttons that are words only; None if there are none."""
    end_of_line = line[-20:]
    less = _LESS_WORD.search(end_of_line) if "Less" in end_of_line else None
    if less is None:
        return None
    end = max(0, len(line) - 20) + less.start()
    for tried, more in enumerate(_MORE_WORD.finditer(line, 0, end)):
        if tried == _MOST_TRIED:
            break
        preview, whole = line[: more.start()], line[more.end() : end]
        if _holds(whole, preview):
            kept = "".join(mark for mark in line[end:] if mark in _MARKS)
            tail = ADDED if line.endswith(ADDED) else ""
            return _on_lines([preview, _MORE, whole, _LESS + kept]) + tail
    return None


def _holds(whole: str, preview: str) -> bool:
    """Tell whether a text holds the preview, whatever label stands before that."""
    label = _LABEL.match(preview)
    shown = _letters(preview[label.end() if label else 0 :])
    if len(shown) < _LEAST_PROBE or len(whole) < len(preview) / 2:
        return False
    return shown[:_MOST_PROBE] in _letters(whole)


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text).lower()


def _part_twice(line: str) -> str | None:
    """Cut a line that says all it says, but for a label, twice; None for any other.

    Where a tool broke the line says nothing: it may have put a space into one of the two.
    """
    shown = without_signs(line)
    tail = shown[-12:].strip()
    if not 0 <= shown.find(tail) < len(shown) * 0.6:
        return None
    label = _LABEL.match(line)
    begin = label.end() if label else 0
    said = "".join(without_signs(line[begin:]).split())
    half = len(said) // 2
    if not half or said[:half] != said[half:]:
        return None
    second = next(islice(_SIGN.finditer(line, begin), half, None))
    return _on_lines([line[: second.start()], line[second.start() :]])
