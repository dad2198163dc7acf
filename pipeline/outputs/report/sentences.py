"""What a verdict means beside its chart, in words: one sentence or two from its columns.

What belongs here: pure functions from the row of a verdict and the share that is drawn to words, so
that the two never disagree. What does not: the verdict (`transforms.trend_verdicts`), the note that
the tables carry (`transforms.trend_notes`), where the words stand (`trend_blocks`).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.outputs.report.figures import Row
from pipeline.outputs.report.tables import count, number, p_value, percent, ratio
from pipeline.transforms.trend_tests import MIN_PAPERS, MIN_YEARS, SIGNIFICANT, SMALLEST_CHANGE

_MOVES = ("rising", "falling")
_LABELS = {
    "rising": "Rising",
    "falling": "Falling",
    "steady": "Steady",
    "inconclusive": "Inconclusive",
    "too_few_papers": "Too few papers",
}
# A year in between that is farther off both ends than this is worth a word.
_LEAST_BEYOND = 0.01
_DIRECTION = {"rising": "climbed", "falling": "fell"}


@dataclass(frozen=True, slots=True)
class Point:
    """A share of a year with its 95 % interval, as it is drawn."""

    year: int
    share: float
    low: float
    high: float

    @classmethod
    def of(cls, row: Row) -> "Point":
        """Return the point of a row of a series."""
        return cls(row["year"], row["share"], row["share_low"], row["share_high"])

    def is_apart(self, other: "Point") -> bool:
        """Tell whether the intervals of two points have nothing in common."""
        return self.high < other.low or other.high < self.low


@dataclass(frozen=True, slots=True)
class Course:
    """How a share went over the full years that are drawn.

    Attributes:
        first: the first of them.
        last: the last of them.
        between: the years in between.
        not_over: the years that are drawn hollow.
    """

    first: Point
    last: Point
    between: Sequence[Point] = ()
    not_over: Sequence[Point] = ()

    @property
    def direction(self) -> str:
        """`climbed`, `fell` or `stayed`, by the shares as they are printed."""
        if percent(self.first.share) == percent(self.last.share):
            return "stayed"
        return "climbed" if self.last.share > self.first.share else "fell"


def course_of(series: Sequence[Row]) -> Course | None:
    """Return the course of the rows of a chart; None with fewer than two full years.

    Args:
        series: year, share, share_low, share_high, is_partial_year, in the order of years.
    """
    full = [Point.of(row) for row in series if not row["is_partial_year"]]
    if len(full) < 2:
        return None
    not_over = [Point.of(row) for row in series if row["is_partial_year"]]
    return Course(full[0], full[-1], full[1:-1], not_over)


def course_between(row: Row) -> Course | None:
    """Return the course between the ends that a row names; None with fewer than two full years.

    Args:
        row: first_year and last_year, share_first and share_last with their intervals.
    """
    if row["first_year"] == row["last_year"] or None in (row["share_first"], row["share_last"]):
        return None
    first, last = (
        Point(
            row[f"{end}_year"],
            row[f"share_{end}"],
            row[f"share_{end}_low"],
            row[f"share_{end}_high"],
        )
        for end in ("first", "last")
    )
    return Course(first, last)


def trend_sentence(
    verdict: Row,
    course: Course | None,
    of: str = "all papers",
    whole: str = "the collection as a whole",
    says_what_is_needed: bool = True,
) -> str:
    """Return what the verdict means beside the chart it stands at.

    It begins with the verdict, names the first and the last full year that are drawn with their
    shares, and says what would be needed where nothing can be said (unless the page says it once
    for many).

    Args:
        verdict: trend, trend_overall, odds_ratio_per_year and its ends, trend_p, trend_p_adjusted,
            n_papers_tested, n_years, n_listings, holds_without_any_listing.
        course: what is drawn; None where fewer than two full years are.
        of: what the share is of.
        whole: what `trend_overall` speaks of.
        says_what_is_needed: whether it does.
    """
    trend = verdict["trend"]
    if trend in _MOVES:
        told = _moving(verdict, course, of)
    elif trend == "steady":
        told = _steady(course, of)
    elif trend == "too_few_papers":
        told = _too_few(verdict, course, of)
    else:
        told = _inconclusive(verdict, course, of)
    needed = _needed(course) if trend == "inconclusive" and says_what_is_needed else ()
    parts = (f"{_LABELS[trend]}: {told}", *needed, *_extremes(course), *_support(verdict))
    return " ".join((*parts, *_overall(verdict, whole)))


def agrees(trend: str, course: Course | None) -> bool:
    """Tell whether a chart goes the way of a trend that rises or falls."""
    return bool(course) and course.direction == _DIRECTION.get(trend)


def _moving(verdict: Row, course: Course | None, of: str) -> str:
    trend = verdict["trend"]
    grows = "grew" if trend == "rising" else "shrank"
    within = (
        f"the odds {grows} by a factor of {_factor(verdict['odds_ratio_per_year'])} a year within "
        "its listings, each compared with itself"
    )
    if course is None:
        return f"{within}."
    if agrees(trend, course):
        return f"{_drawn(course, of)}; {within}."
    return f"{within}, though {_drawn(course, of)}: what was collected may have changed."


def _factor(value: float) -> str:
    """Show an odds ratio within a sentence: what has no figure is said in words.

    >>> _factor(2.433), _factor(1e9), _factor(0.0)
    ('2.43', 'more than 100', 'less than 0.01')
    """
    return ratio(value).replace("> ", "more than ").replace("< ", "less than ")


def _steady(course: Course | None, of: str) -> str:
    most = f"{SMALLEST_CHANGE - 1:.0%}".replace("%", " %")
    within = f"within its listings the odds change by less than {most} a year"
    if course is None:
        return f"{within}."
    if course.direction == "stayed":
        return f"{within}, and {_drawn(course, of)}."
    if course.first.is_apart(course.last):
        return f"{within}, though {_drawn(course, of)}: what was collected may have changed."
    return f"{within}; {_drawn(course, of)}, which chance can do."


def _too_few(verdict: Row, course: Course | None, of: str) -> str:
    n = count(verdict["n_papers_tested"])
    needs = f"{n} in years that are over where they were seen, and a trend needs {MIN_PAPERS}"
    if course is None or course.direction == "stayed":
        return f"{needs}."
    return f"{needs}; that {_drawn(course, of)} is no trend yet."


def _inconclusive(verdict: Row, course: Course | None, of: str) -> str:
    why = _missing(verdict)
    if course is None:
        return f"no two full years are drawn here, and {why}."
    if course.direction == "stayed":
        return f"{_drawn(course, of)}; {why}."
    return f"{_drawn(course, of)}, but that is no trend yet: {why}."


def _needed(course: Course | None) -> Iterator[str]:
    needed = ["more pages of its listings", "more full years"]
    if course and course.not_over:
        needed.append(f"the same pages saved again when {course.not_over[0].year} is over")
    yield f"To tell, it needs {', '.join(needed[:-1])} or {needed[-1]}."


def _missing(verdict: Row) -> str:
    """Return why nothing can be said."""
    p, n_listings = verdict["trend_p"], verdict["n_listings"]
    on = f"{number(verdict['n_papers_tested'], 'paper')} of {number(n_listings, 'listing')}"
    if verdict["n_years"] < MIN_YEARS:
        years = number(verdict["n_years"], "full year")
        return f"its listings show {years}, and a trend needs {MIN_YEARS}"
    if n_listings == 0:
        return "no listing shows it beside other papers in more than one full year"
    if p is None:
        return f"{on} are too little to tell it from chance"
    if p < SIGNIFICANT:
        grew = "grew" if verdict["odds_ratio_per_year"] > 1 else "shrank"
        return f"within its listings the odds {grew}, but not enough beside all that is tested"
    return f"on {on}, each compared with itself, chance could do as much"


def _drawn(course: Course, of: str) -> str:
    first, last = course.first, course.last
    if course.direction == "stayed":
        return f"the share of {of} is {percent(last.share)} in both {first.year} and {last.year}"
    return (
        f"the share of {of} {course.direction} from {percent(first.share)} in {first.year} "
        f"to {percent(last.share)} in {last.year}"
    )


def _extremes(course: Course | None) -> Iterator[str]:
    """Name years in between that lie farther off both ends than these lie apart."""
    if course is None or not course.between:
        return
    ends = (course.first.share, course.last.share)
    least = max(abs(ends[1] - ends[0]), _LEAST_BEYOND)
    high = max(course.between, key=lambda point: point.share)
    low = min(course.between, key=lambda point: point.share)
    if high.share - max(ends) > least:
        yield f"In between it was as high as {percent(high.share)} ({high.year})."
    if min(ends) - low.share > least:
        yield f"In between it was as low as {percent(low.share)} ({low.year})."


def _support(verdict: Row) -> Iterator[str]:
    holds, n = verdict["holds_without_any_listing"], verdict["n_listings"]
    if verdict["trend"] not in _MOVES:
        return
    if n == 1:
        yield "It rests on one listing."
    elif holds:
        yield f"It holds without any one of its {count(n)} listings."
    elif holds is not None:
        yield f"Without one of its {count(n)} listings the evidence is not enough."


def _overall(verdict: Row, whole: str) -> Iterator[str]:
    trend, overall = verdict["trend"], verdict["trend_overall"]
    start = whole[0].upper() + whole[1:]
    if overall == trend:
        return
    if overall in _MOVES and trend in _MOVES:
        yield f"{start} is {overall}: what was collected changed against it."
    elif overall in _MOVES:
        yield (
            f"{start} is {overall}, but listings compared with themselves are not shown to be: "
            "what was collected may have changed."
        )
    elif trend in _MOVES:
        yield f"{start} does not show it: what was collected may hide it."


def evidence(verdict: Row) -> str:
    """Return what a verdict rests on, in one line.

    Args:
        verdict: see `trend_sentence`.
    """
    parts = []
    if verdict["odds_ratio_per_year"] is not None:
        low, high = ratio(verdict["odds_ratio_low"]), ratio(verdict["odds_ratio_high"])
        value = ratio(verdict["odds_ratio_per_year"])
        parts.append(f"odds ratio per year {value}, 95 % interval {low} to {high}")
    if verdict["trend_p"] is not None:
        parts.append(f"p {_p(verdict['trend_p'])}, adjusted {_p(verdict['trend_p_adjusted'])}")
    numbers = (
        number(verdict["n_papers_tested"], "paper"),
        number(verdict["n_years"], "full year"),
        number(verdict["n_listings"], "listing"),
    )
    parts += [", ".join(numbers), f"as a whole {verdict['trend_overall'].replace('_', ' ')}"]
    return "; ".join(parts)


def _p(value: float) -> str:
    shown = p_value(value)
    # What lies below the level must not be printed as if it did not.
    if value < SIGNIFICANT and shown == f"{SIGNIFICANT:.3f}":
        shown = f"{math.floor(value * 10_000) / 10_000:.4f}"
    return shown if shown.startswith("<") else f"= {shown}"
