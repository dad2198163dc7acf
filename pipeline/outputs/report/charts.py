"""The report's charts by year and month: shares with their bands, papers as bars.

What belongs here: what is drawn and how. Everything is shown by shape, dash or label, never by
colour alone: a full year is a filled mark on a solid line, a year not over a hollow one on a
dashed line, an interval a band or a bar. What does not: which rows are drawn (`figures`), odds and
shares without years (`interval_charts`).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby, pairwise

import altair as alt

from pipeline.outputs.report.drawings import ACCENT, PAPER, Drawing, drawing, layer
from pipeline.outputs.report.figures import Row

# How long a year and a month are on an axis of years.
_UNITS = {"year": 1.0, "month": 1 / 12}


def trend_chart(
    rows: Sequence[Row], alt_text: str, title: str = "", period: str = "year"
) -> Drawing:
    """Draw a share by year or month with its 95 % interval; those not over are hollow and dashed.

    Args:
        rows: year, n_papers, n_papers_in_year, share, share_low, share_high, is_partial_year, in
            the order of years, or the same of months. A line connects those that follow each other.
        alt_text: the chart in words.
        title: the topic.
        period: `year` or `month`.
    """
    top = max(row["share_high"] for row in rows) or 0.01
    values = [_trend_value(row, period) for row in rows]
    years = [value["year"] for value in values]
    unit = _UNITS[period]
    x = alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(domain=[min(years) - 0.4 * unit, max(years) + 0.6 * unit], nice=False),
        axis=alt.Axis(format="d", tickMinStep=1, grid=False, labelOverlap=True, tickCount=6),
    )
    y = alt.Y(
        "share:Q",
        title=None,
        scale=alt.Scale(domain=[0, min(1.0, top * 1.08)], nice=False),
        axis=alt.Axis(format=".0%" if top >= 0.04 else ".1%", tickCount=4),
    )
    low = alt.Y("share_low:Q", title=None)
    tooltip = [
        alt.Tooltip("when:N", title=period),
        alt.Tooltip("share:Q", format=".1%"),
        alt.Tooltip("interval:N", title="95 % interval"),
        alt.Tooltip("papers:N"),
        alt.Tooltip("state:N", title=period),
    ]
    looks = {"domain": ["full", "so far"]}
    dash = alt.StrokeDash("state:N", scale={**looks, "range": [[1, 0], [4, 4]]}).legend(None)
    fill = alt.Fill("state:N", scale={**looks, "range": [ACCENT, PAPER]}).legend(None)
    partial = [value for value in values if value["state"] != "full"]
    layers = [
        layer(
            list(_runs(values, unit)),
            alt.MarkDef(type="area", color=ACCENT, opacity=0.18),
            {"x": x, "y": low, "y2": "share_high:Q", "detail": "run:N"},
        ),
        layer(
            partial,
            alt.MarkDef(type="rule", color=ACCENT, strokeDash=[3, 3], opacity=0.8),
            {"x": x, "y": low, "y2": "share_high:Q"},
        ),
        layer(
            list(_segments(values, unit)),
            alt.MarkDef(type="line", color=ACCENT, strokeWidth=2),
            {"x": x, "y": y, "detail": "segment:N", "strokeDash": dash},
        ),
        layer(
            values,
            alt.MarkDef(type="point", size=46, strokeWidth=2, color=ACCENT, opacity=1),
            {"x": x, "y": y, "fill": fill, "fillOpacity": alt.value(1), "tooltip": tooltip},
        ),
    ]
    return drawing(layers, title, alt_text, width=320, height=150)


def _trend_value(row: Row, period: str) -> Row:
    interval = f"{row['share_low']:.1%} to {row['share_high']:.1%}"
    year, when = _place(row[period])
    return {
        "year": year,
        "when": when,
        "share": row["share"],
        "share_low": row["share_low"],
        "share_high": row["share_high"],
        "interval": interval,
        "papers": f"{row['n_papers']} of {row[f'n_papers_in_{period}']}",
        "state": "so far" if row[f"is_partial_{period}"] else "full",
    }


def _place(when: int | date) -> tuple[float, str]:
    """Return where a year or month stands on an axis of years, and its name.

    >>> _place(2024), _place(date(2024, 7, 1))
    ((2024, '2024'), (2024.5, '2024-07'))
    """
    if isinstance(when, int):
        return when, str(when)
    return when.year + (when.month - 1) / 12, f"{when:%Y-%m}"


def _runs(values: Iterable[Row], unit: float) -> Iterable[Row]:
    """Yield what is full, numbered by runs without a gap; what is alone is widened to be seen."""
    full = [value for value in values if value["state"] == "full"]
    numbered = groupby(enumerate(full), key=lambda item: round(item[1]["year"] / unit) - item[0])
    for run, members in numbered:
        found = [value for _, value in members]
        if len(found) == 1:
            sides = (-0.12 * unit, 0.12 * unit)
            found = [found[0] | {"year": found[0]["year"] + side} for side in sides]
        for value in found:
            kept = ("year", "share_low", "share_high")
            yield {name: value[name] for name in kept} | {"run": run}


def _segments(values: Sequence[Row], unit: float) -> Iterable[Row]:
    for n, (left, right) in enumerate(pairwise(values)):
        if round((right["year"] - left["year"]) / unit) == 1:
            state = "full" if left["state"] == right["state"] == "full" else "so far"
            for end in (left, right):
                yield {"year": end["year"], "share": end["share"], "segment": n, "state": state}


def bar_chart(
    rows: Sequence[Row], years: tuple[int, int], alt_text: str, title: str = ""
) -> Drawing:
    """Draw papers by year as bars; years not over are hollow and dashed.

    Args:
        rows: year, n_papers, is_partial_year.
        years: first and last year of the axis, the same for charts to be compared.
        alt_text: the chart in words.
        title: the site.
    """
    values = [
        {
            "year": row["year"],
            "papers": row["n_papers"],
            "state": "so far" if row["is_partial_year"] else "full",
        }
        for row in rows
    ]
    x = alt.X(
        "year:O",
        title=None,
        scale=alt.Scale(domain=list(range(years[0], years[1] + 1)), paddingInner=0.25),
        axis=alt.Axis(
            labelOverlap="greedy", labelAngle=0, labelSeparation=6, labelPadding=6, ticks=False
        ),
    )
    y = alt.Y("papers:Q", title=None, axis=alt.Axis(format="d", tickMinStep=1, tickCount=4))
    tooltip = ["year:O", "papers:Q", alt.Tooltip("state:N", title="year")]
    looks = {
        "full": alt.MarkDef(type="bar", color=ACCENT),
        "so far": alt.MarkDef(
            type="bar", fill=PAPER, stroke=ACCENT, strokeWidth=1.5, strokeDash=[3, 2]
        ),
    }
    encoding = {"x": x, "y": y, "tooltip": tooltip}
    layers = [
        layer([value for value in values if value["state"] == state], look, encoding)
        for state, look in looks.items()
    ]
    return drawing(layers, title, alt_text, width=320, height=130)
