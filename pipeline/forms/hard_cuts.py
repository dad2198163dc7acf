r"""Hard cuts: lines that a program cut at a width wherever that fell, inside words, too.

What belongs here: `fold` without `-s`, text copied from a terminal's window. What does not: lines
that were broken between words (`wrapping`).

Such a program leaves nearly no line a little shorter than the width, and where a space fell on the
cut it stands at the end of the line or at the begin of the next one: both tell it from any other.
"""

from collections import Counter
from collections.abc import Sequence

from pipeline.forms.marks import ADDED, ENDED, UNSURE
from pipeline.forms.seen import seen
from pipeline.forms.site_lines import AnySite, SiteLines, any_site

_LEAST_WIDTH = 30
_LEAST_CUT = 8
_LEAST_ALIKE, _ALIKE_SHARE = 4, 0.8
_NEAR, _NEAR_SHARE = 8, 0.4  # lines so much shorter than the width, of those that fill it
_SPACE_SHARE = 0.08  # of the cuts, at a space


def join_cuts(text: str, sites: Sequence[SiteLines]) -> str:
    r"""Put lines together that were cut at a width; any other text comes back as it is.

    >>> page = "\n".join(["We cut a te", "xt into few", " lines."] * 3)
    >>> join_cuts(page, ()) == page  # far too short for a page
    True
    """
    if ADDED in text or ENDED in text:
        return text
    lines = seen(text).lines
    measured = [list(map(len, lines))]
    if not text.isascii():
        # Some programs count bytes.
        measured.append([len(line) if line.isascii() else _n_bytes(line) for line in lines])
    found = [(lengths, _find_width(lines, lengths)) for lengths in measured]
    lengths, width = max(found, key=lambda one: one[0].count(one[1]) if one[1] else 0)
    return _join(lines, lengths, width, any_site(tuple(sites))) if width else text


def _n_bytes(line: str) -> int:
    # One byte of a sign that was cut in two is shown as a sign of its own.
    return len(line.encode("utf-8", "replace")) - 2 * line.count("\ufffd")


def _find_width(lines: Sequence[str], lengths: Sequence[int]) -> int:
    """Return the width that lines were cut at; 0: they were not."""
    counts = Counter(length for length in lengths if length >= _LEAST_WIDTH)
    width, n_full = counts.most_common(1)[0] if counts else (0, 0)
    n_near = sum(counts[width - by] for by in range(1, _NEAR))
    n_over = sum(n for length, n in counts.items() if length > width)
    if n_full < _LEAST_CUT or n_near + n_over > _NEAR_SHARE * n_full:
        return 0 if n_over else _width_of_few(lines, lengths)
    full = [at for at, length in enumerate(lengths[:-1]) if length == width and lines[at + 1]]
    n_spaces = sum(lines[at][-1] == " " or _begins_with_space(lines[at + 1]) for at in full)
    return width if n_spaces >= _SPACE_SHARE * len(full) else 0


def _width_of_few(lines: Sequence[str], lengths: Sequence[int]) -> int:
    """Return the width of a page with few cuts: all lines that go on are of one length.

    Lines that were broken between words are so once in a while only, but where spaces fill them.
    """
    going_on = {
        lines[at]: length  # lines that recur are one accident
        for at, length in enumerate(lengths[:-1])
        if length >= _LEAST_WIDTH and lines[at + 1][:1].islower() and lines[at][-1].isalpha()
    }
    width = max(going_on.values(), default=0)
    cut = [line for line, length in going_on.items() if length == width]
    is_filled = any("  " in line.strip() for line in cut)
    is_cut = len(cut) >= max(_LEAST_ALIKE, _ALIKE_SHARE * len(going_on)) and not is_filled
    return width if is_cut and width == max(lengths) else 0


def _begins_with_space(line: str) -> bool:
    return line[0] == " " and line[1:2] not in ("", " ")


def _join(lines: Sequence[str], lengths: Sequence[int], width: int, site: AnySite) -> str:
    are_stripped = not any(line.endswith(" ") for line in lines)
    written: list[str] = []
    for at, line in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else ""
        is_full = lengths[at] == width
        # A space at the end of a line may have been taken off.
        is_short = are_stripped and lengths[at] == width - 1 and not below.startswith(" ")
        if not below.strip() or not (is_full or is_short):
            written += [line, "\n"]
            continue
        if is_full and _ends(line, below, site):
            written += [line, UNSURE, "\n"]
            continue
        is_sure = is_full or below[0].islower()
        written += [line, ENDED, "" if is_sure else UNSURE, " " if is_short else ""]
    return "".join(written[:-1] if written[-1] == "\n" else written)


def _ends(line: str, below: str, site: AnySite) -> bool:
    """Tell whether a line that fills the width seems to end there by itself.

    Inside a text a capital stands behind a space, which would be there.
    """
    if line[-1] == " " or below[0] == " ":
        return False
    if site.begins(below):
        return True
    return below[0].isupper() and not (line[-1].isupper() or line[-1] in "-([{/$\\\"'“‘")
