r"""Quoting: the signs that mail and chat put before each line of a page.

What belongs here: `> `, nested or not, `| `, and any other sign that every line of a page begins
with: what stands before all lines says nothing. What does not: bullets of lists, which stand before
some (`markers`), numbers of lines and what stands behind them (`line_frames`).
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from pipeline.forms.line_frames import without_frames
from pipeline.forms.seen import Seen, seen
from pipeline.forms.site_lines import SiteLines

# ">", "> ", "JD>", "|", "│", with a space that belongs to it
_QUOTE = re.compile(r"[ \t]{0,3}([A-Z]{0,3}>|[|│┃▌»]) ?")
_MARKS = frozenset(">|│┃▌»")  # one of them is in each
_TABLE_ROW = re.compile(r"\s*\|.*\|\s*$")
# A program may break a quoted line once more: then not every line begins with the sign. A bar may
# be anything where few lines have it.
_QUOTED_SHARE, _BAR_SHARE = 0.05, 0.4
_LEAST_QUOTED = 3
_FEW_ANSWERED, _MOST_ANSWERED = 4, 12
_ALL = 0.9
# "# ", "// ", "* ": no quotes, but where all lines have them.
_SIGN = re.compile(r"[ \t]{0,3}([^\w\s()\[\]{}<>\"'“‘«¿¡$\\.…▽△]{1,3})(?: |$)")
_LEAST_LINES = 8
_MOST_LEVELS = 20


def unquote(text: str, sites: Sequence[SiteLines]) -> str:  # noqa: ARG001 - a step's signature
    r"""Take quoting signs off, level by level.

    >>> unquote("> > a\n> >\n> > b\n> > c", ())
    'a\n\nb\nc'
    """
    for _ in range(_MOST_LEVELS):
        text = without_frames(text)
        page = seen(text)
        quoting = _quoting(page)
        if quoting is None:
            break
        pattern, instead = quoting
        lines = _without_answer(page.lines, pattern)
        text = "\n".join(pattern.sub(instead, line, count=1) for line in lines)
    return text


def _without_answer(lines: list[str], pattern: re.Pattern[str]) -> list[str]:
    """Empty the few lines above and below a quoted page that whoever answered it wrote.

    Right below a quoted line stands what a program broke off it.
    """
    quoted = [at for at, line in enumerate(lines) if pattern.match(line)]
    if ">" not in pattern.pattern or not quoted:
        return lines
    end = quoted[-1] + 1
    while end < len(lines) and lines[end].strip():
        end += 1
    shown = list(lines)
    for side in (range(quoted[0]), range(end, len(lines))):
        own = [at for at in side if lines[at].strip()]
        if len(own) <= min(_MOST_ANSWERED, max(_FEW_ANSWERED, _QUOTED_SHARE * len(quoted))):
            for at in own:
                shown[at] = ""
    return shown


def _quoting(page: Seen) -> tuple[re.Pattern[str], Callable[[re.Match[str]], str]] | None:
    """Return the pattern of the signs that lines begin with, and what stands instead then.

    Lines that were broken after they were quoted keep their length, which tells where that was.
    """
    is_uniform = page.firsts.count(page.firsts[:1]) == len(page.firsts)
    if not is_uniform and _MARKS.isdisjoint(page.rare):
        return None
    filled = [line for line in page.lines if line and not line.isspace()]
    signs = Counter(
        quote[1] for line in filled if (quote := _QUOTE.match(line)) and not _TABLE_ROW.match(line)
    )
    sign, n_quoted = signs.most_common(1)[0] if signs else ("", 0)
    share = _QUOTED_SHARE if sign.endswith(">") else _BAR_SHARE
    if n_quoted >= max(_LEAST_QUOTED, share * len(filled)):
        instead = _as_wide if n_quoted < _ALL * len(filled) else _nothing
        return _pattern(sign, filled), instead
    if len(filled) < _LEAST_LINES or not is_uniform:
        return None
    signs = Counter(sign[1] if (sign := _SIGN.match(line)) else "" for line in filled)
    sign, n_lines = signs.most_common(1)[0]
    if sign and n_lines == len(filled):
        return re.compile(rf"^[ \t]{{0,3}}{re.escape(sign)} ?"), _nothing
    # Before the lines that a program says were added.
    added = filled[-1][0]
    if added in "+-" and all(line[0] == added for line in filled):
        return re.compile(rf"^{re.escape(added)}"), _nothing
    return None


def _pattern(sign: str, filled: list[str]) -> re.Pattern[str]:
    """Return the pattern of a sign: where not all have a space behind, that is the text's."""
    shown = rf"^[ \t]{{0,3}}{re.escape(sign)}"
    quotes = filter(None, map(re.compile(rf"{shown}(.)").match, filled))
    behind = [quote[1] for quote in quotes]
    is_spaced = behind.count(" ") >= _ALL * len(behind)
    return re.compile(f"{shown} ?" if is_spaced else shown)


def _as_wide(sign: re.Match[str]) -> str:
    return " " * len(sign[0])


def _nothing(sign: re.Match[str]) -> str:  # noqa: ARG001 - what `sub` calls
    return ""
