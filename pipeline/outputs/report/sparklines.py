"""Small charts inside the cells of tables: a series of years in the height of a line of text.

What belongs here: drawing them as SVG and saying them in words. What does not: the cells
(`tables`), charts with axes (`charts`).
"""

from collections.abc import Callable, Sequence

from markupsafe import Markup

_WIDTH, _HEIGHT, _ROOM = 96, 22, 3

# A value of a year, or None where nothing is known of it; and whether the year is over.
Point = tuple[int, float | None, bool]


def sparkline(points: Sequence[Point], form: Callable[[float], str]) -> Markup:
    """Draw a series from zero up; a gap is left out, the part of years not over is dashed.

    The dot is the last year that is over. Those who do not see it are told its ends and its top.

    Args:
        points: year, value, whether the year is over; in the order of years.
        form: how a value is said.
    """
    known = _known(points)
    if len(known) < 2:
        return Markup("")
    first, last = known[0][0], known[-1][0]
    top = max(value for _, value, _ in known) or 1.0

    def place(year: int, value: float) -> tuple[float, float]:
        across = (year - first) / (last - first) * (_WIDTH - 2 * _ROOM)
        return round(_ROOM + across, 1), round(_HEIGHT - _ROOM - value / top * 16, 1)

    over = [place(year, value) for year, value, is_over in known if is_over]
    later = [place(year, value) for year, value, is_over in known if not is_over]
    parts = [_line(over, ""), _line([*over[-1:], *later], ' stroke-dasharray="2 2"')]
    if over:
        parts.append('<circle cx="{}" cy="{}" r="2.4" fill="var(--accent)"/>'.format(*over[-1]))
    return Markup(
        '<svg class="spark" role="img" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} {}">'
        "{}</svg>"
    ).format(in_words(points, form), _WIDTH, _HEIGHT, _WIDTH, _HEIGHT, Markup("".join(parts)))


def _known(points: Sequence[Point]) -> list[tuple[int, float, bool]]:
    return [(year, value, is_over) for year, value, is_over in points if value is not None]


def _line(places: Sequence[tuple[float, float]], dash: str) -> str:
    if len(places) < 2:
        return ""
    path = "L".join(f"{x} {y}" for x, y in places)
    return f'<path d="M{path}" fill="none" stroke="var(--accent)" stroke-width="1.5"{dash}/>'


def in_words(points: Sequence[Point], form: Callable[[float], str]) -> str:
    """Say a series by its ends and its highest value.

    >>> in_words([(2019, 1, True), (2020, None, True), (2021, 5, True), (2022, 2, False)], str)
    '1 in 2019, 2 in 2022 (not over), most in 2021: 5'
    """
    known = _known(points)
    ends = (
        f"{form(value)} in {year}{'' if is_over else ' (not over)'}"
        for year, value, is_over in (known[0], known[-1])
    )
    year, value, _ = max(known, key=lambda point: point[1])
    return f"{', '.join(ends)}, most in {year}: {form(value)}"
