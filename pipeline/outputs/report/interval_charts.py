"""The report's charts of intervals: shares and odds ratios, each with its 95 % interval as a bar.

What belongs here: what is drawn and how, on scales that hold every interval whole. What does not:
which rows are drawn (`figures`), charts by year (`charts`).
"""

from collections.abc import Sequence

import altair as alt

from pipeline.outputs.report.drawings import ACCENT, INK, PAPER, Drawing, drawing, layer
from pipeline.outputs.report.figures import Row
from pipeline.outputs.report.tables import ratio

# The axis above the rows, with its labels.
_AXIS = 30
# A scale of factors holds so wide an interval; wider ones say hardly anything, and a scale that
# held them would flatten the others.
_WIDEST_ODDS = 100.0
_ODDS_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 1, 1.25, 2, 5, 10, 20, 50, 100)
_SHARE_STEPS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25)


def interval_chart(rows: Sequence[Row], label: str, alt_text: str, title: str = "") -> Drawing:
    """Draw shares as points with their 95 % intervals as bars, the largest first.

    Args:
        rows: the label column, n_papers, share, share_low, share_high.
        label: name of the label column.
        alt_text: the chart in words.
        title: what is shared out.
    """
    values = [
        {
            "label": row[label],
            "share": row["share"],
            "share_low": row["share_low"],
            "share_high": row["share_high"],
            "text": f"{row['share']:.0%}" if row["share"] >= 0.0995 else f"{row['share']:.1%}",
            "papers": row["n_papers"],
            "interval": f"{row['share_low']:.1%} to {row['share_high']:.1%}",
        }
        for row in rows
    ]
    top = max(row["share_high"] for row in rows)
    y = alt.Y("label:N", title=None, sort=None, axis=None)
    # Beyond the longest interval there is room for the figure at its end.
    scale = alt.Scale(domain=[0, top * 1.25], nice=False)
    ticks = _share_ticks(top * 1.25)
    axis = alt.Axis(format=".0%" if ticks[1] >= 0.01 else ".2~%", values=ticks, orient="top")
    tooltip = [
        alt.Tooltip("label:N", title=label),
        alt.Tooltip("share:Q", format=".1%"),
        alt.Tooltip("interval:N", title="95 % interval"),
        alt.Tooltip("papers:Q"),
    ]

    def along(column: str) -> alt.X:
        return alt.X(column, title=None, scale=scale, axis=axis)

    bar = alt.MarkDef(
        type="rule", color=ACCENT, strokeWidth=5, opacity=0.3, strokeCap="round", yOffset=7
    )
    point = alt.MarkDef(type="point", size=60, filled=True, color=ACCENT, opacity=1, yOffset=7)
    value = alt.MarkDef(type="text", align="left", dx=7, dy=7, baseline="middle")
    # Names stand above their bars, so that the bars have the whole width of a phone.
    name = alt.MarkDef(type="text", align="left", dx=1, dy=-8, baseline="middle")
    layers = [
        layer(values, bar, {"x": along("share_low:Q"), "x2": "share_high:Q", "y": y}),
        layer(values, point, {"x": along("share:Q"), "y": y, "tooltip": tooltip}),
        layer(values, value, {"x": along("share_high:Q"), "y": y, "text": "text:N"}),
        layer(values, name, {"x": alt.value(0), "y": y, "text": "label:N"}),
    ]
    return drawing(layers, title, alt_text, width=640, height=_height(len(values)))


def _height(n_rows: int) -> int:
    """Return the height of a chart in which each row has room for its name and its mark.

    The axis lies within that height: without its own share of it a lone row would be flat.
    """
    return 40 * n_rows + _AXIS


def _share_ticks(end: float) -> list[float]:
    """Return round shares from 0 to the end of a scale, none beyond 100 %.

    >>> _share_ticks(0.9), _share_ticks(1.25)
    ([0.0, 0.2, 0.4, 0.6, 0.8], [0.0, 0.25, 0.5, 0.75, 1.0])
    """
    step = next((step for step in _SHARE_STEPS if end / step <= 5), _SHARE_STEPS[-1])
    return [round(n * step, 4) for n in range(int(min(1.0, end) / step + 1e-9) + 1)]


def fits_odds_chart(row: Row) -> bool:
    """Tell whether the interval of an odds ratio is narrow enough to be drawn whole."""
    low, high = row["odds_ratio_low"], row["odds_ratio_high"]
    return low is not None and 1 / _WIDEST_ODDS <= low <= high <= _WIDEST_ODDS


def odds_chart(rows: Sequence[Row], label: str, alt_text: str, title: str = "") -> Drawing:
    """Draw odds ratios per year with their 95 % intervals on a scale of factors around 1.

    The scale holds every interval. A topic that rises or falls has a filled mark, another one a
    hollow one.

    Args:
        rows: the label column, trend, odds_ratio_per_year, odds_ratio_low, odds_ratio_high; of
            those that `fits_odds_chart`.
        label: name of the label column.
        alt_text: the chart in words.
        title: what changes.
    """
    values = [_odds_value(row, label) for row in rows]
    # A little beyond the outermost ends, and never without 1 and some room around it.
    least = min(0.8, *(value["low"] for value in values)) / 1.06
    most = max(1.25, *(value["high"] for value in values)) * 1.06
    y = alt.Y("label:N", title=None, sort=None, axis=None)
    ticks = [tick for tick in _ODDS_TICKS if least <= tick <= most]
    scale = alt.Scale(type="log", domain=[least, most], nice=False)
    axis = alt.Axis(format="~g", values=ticks, orient="top", labelOverlap=True)
    tooltip = [alt.Tooltip("label:N", title=label), "trend:N", alt.Tooltip("text:N", title="odds")]

    def along(column: str) -> alt.X:
        return alt.X(column, title=None, scale=scale, axis=axis)

    looks = {"domain": ["moves", "open"], "range": [ACCENT, PAPER]}
    fill = alt.Fill("state:N", scale=looks).legend(None)
    none = alt.MarkDef(type="rule", color=INK, strokeDash=[2, 3], opacity=0.6)
    bar = alt.MarkDef(type="rule", color=ACCENT, strokeWidth=3, opacity=0.45, yOffset=7)
    point = alt.MarkDef(type="point", size=60, strokeWidth=2, color=ACCENT, opacity=1, yOffset=7)
    name = alt.MarkDef(type="text", align="left", dx=1, dy=-8, baseline="middle")
    layers = [
        layer([{"at": 1}], none, {"x": along("at:Q")}),
        layer(values, bar, {"x": along("low:Q"), "x2": "high:Q", "y": y}),
        layer(
            values,
            point,
            {
                "x": along("odds:Q"),
                "y": y,
                "fill": fill,
                "fillOpacity": alt.value(1),
                "tooltip": tooltip,
            },
        ),
        layer(values, name, {"x": alt.value(0), "y": y, "text": "name:N"}),
    ]
    return drawing(layers, title, alt_text, width=640, height=_height(len(values)))


def _odds_value(row: Row, label: str) -> Row:
    odds, low, high = (row[f"odds_ratio_{end}"] for end in ("per_year", "low", "high"))
    return {
        "label": row[label],
        "name": f"{row[label]}  {ratio(odds)}",
        "trend": row["trend"],
        "state": "moves" if row["trend"] in ("rising", "falling") else "open",
        "odds": odds,
        "low": low,
        "high": high,
        "text": f"{ratio(odds)} ({ratio(low)} to {ratio(high)})",
    }
