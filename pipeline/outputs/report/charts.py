"""The report's charts: Vega-Lite by Altair, each also as SVG for readers without scripts.

What belongs here: what is drawn and how. Everything is shown by shape, dash or label, never by
colour alone: a full year is a filled mark on a solid line, a year not over a hollow one on a
dashed line, an interval a band or a bar. What does not: which rows are drawn (`figures`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from pipeline.outputs.report.figures import Row
from pipeline.outputs.report.tables import ratio
from pipeline.outputs.strict_json import to_json

_VEGA_LITE = alt.SCHEMA_VERSION.removeprefix("v").rpartition(".")[0]
_SCRIPT = Path(__file__).parent / "templates" / "charts.js"

# The page's own colours, which follow the reader's light or dark setting; inside a lone SVG the
# fallback holds.
INK = "currentColor"
ACCENT = "var(--accent, #0b5c8a)"
PAPER = "var(--paper, #ffffff)"
# How long a year and a month are on an axis of years.
_UNITS = {"year": 1.0, "month": 1 / 12}
# Odds ratios beyond this factor a year are drawn at the edge.
_WIDEST_ODDS = 10.0
_ODDS_TICKS = (0.1, 0.2, 0.5, 0.8, 1, 1.25, 2, 5, 10)
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"

CONFIG: dict[str, Any] = {
    "background": None,
    "font": _FONT,
    "view": {"stroke": None},
    "autosize": {"type": "fit", "contains": "padding"},
    "axis": {
        "domainColor": INK,
        "domainOpacity": 0.5,
        "gridColor": INK,
        "gridOpacity": 0.12,
        "labelColor": INK,
        "labelFontSize": 12,
        "tickColor": INK,
        "tickOpacity": 0.5,
        "titleColor": INK,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "text": {"color": INK, "fontSize": 12},
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart ready for the page.

    Attributes:
        title: what it shows, as a heading above it.
        alt: the same in words with its figures, for those who do not see it.
        spec: Vega-Lite as JSON, as wide as its place on the page.
        svg: the chart drawn, of fixed width.
        sentence: what its verdict means, to stand beside it.
        evidence: what that rests on.
        papers: the choice of papers that the chart counts (`paper_links`), if it has one.
        papers_of_mark: that of each mark, with `{name}` for a value of the mark.
    """

    title: str
    alt: str
    spec: str
    svg: str
    sentence: str = ""
    evidence: str = ""
    papers: str = ""
    papers_of_mark: str = ""

    def fallback(self, chart_id: str) -> str:
        """Return the SVG to stand on a page under an id, inside an element that names it.

        Vega numbers its clipping paths through the life of the process; here they are numbered
        by chart, so that they are the same each time and clash with no other chart's.
        """
        svg = self.svg
        for n, name in enumerate(dict.fromkeys(re.findall(r' id="(\w+)"', svg))):
            own = f"{chart_id}-{n}"
            svg = svg.replace(f' id="{name}"', f' id="{own}"').replace(f"#{name})", f"#{own})")
        return svg.replace(' class="marks"', ' class="fallback" aria-hidden="true"', 1)


@cache
def javascript() -> str:
    """Return Vega, Vega-Lite and Vega-Embed with the script that draws all charts of a page."""
    bundle = vl_convert.javascript_bundle(_SCRIPT.read_text("utf-8"), vl_version=_VEGA_LITE)
    return bundle.replace("</script", r"<\/script").replace("<!--", r"<\!--")


# ---------------------------------------------------------------- the charts


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
    full = [row for row in rows if not row[f"is_partial_{period}"]]
    top = max([row["share"] for row in rows] + [row["share_high"] for row in full]) or 0.01
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
        _layer(
            list(_runs(values, unit)),
            alt.MarkDef(type="area", color=ACCENT, opacity=0.18, clip=True),
            {"x": x, "y": low, "y2": "share_high:Q", "detail": "run:N"},
        ),
        _layer(
            partial,
            alt.MarkDef(type="rule", color=ACCENT, strokeDash=[3, 3], opacity=0.8, clip=True),
            {"x": x, "y": low, "y2": "share_high:Q"},
        ),
        _layer(
            list(_segments(values, unit)),
            alt.MarkDef(type="line", color=ACCENT, strokeWidth=2),
            {"x": x, "y": y, "detail": "segment:N", "strokeDash": dash},
        ),
        _layer(
            values,
            alt.MarkDef(type="point", size=46, strokeWidth=2, color=ACCENT, opacity=1),
            {"x": x, "y": y, "fill": fill, "fillOpacity": alt.value(1), "tooltip": tooltip},
        ),
    ]
    return _drawing(layers, title, alt_text, width=320, height=150)


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
        _layer([value for value in values if value["state"] == state], look, encoding)
        for state, look in looks.items()
    ]
    return _drawing(layers, title, alt_text, width=320, height=130)


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
    scale = alt.Scale(domain=[0, min(1.0, top * 1.25)], nice=False)
    axis = alt.Axis(format=".0%", tickCount=4, orient="top")
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
        _layer(values, bar, {"x": along("share_low:Q"), "x2": "share_high:Q", "y": y}),
        _layer(values, point, {"x": along("share:Q"), "y": y, "tooltip": tooltip}),
        _layer(values, value, {"x": along("share_high:Q"), "y": y, "text": "text:N"}),
        _layer(values, name, {"x": alt.value(0), "y": y, "text": "label:N"}),
    ]
    return _drawing(layers, title, alt_text, width=640, height=40 * len(values))


def odds_chart(rows: Sequence[Row], label: str, alt_text: str, title: str = "") -> Drawing:
    """Draw odds ratios per year with their 95 % intervals on a scale of factors around 1.

    Intervals that leave the scale end at its edge. A topic that rises or falls has a filled mark,
    another one a hollow one.

    Args:
        rows: the label column, trend, odds_ratio_per_year, odds_ratio_low, odds_ratio_high.
        label: name of the label column.
        alt_text: the chart in words.
        title: what changes.
    """
    points = [row["odds_ratio_per_year"] for row in rows]
    most = min(_WIDEST_ODDS, max(1.25, *(2 * max(x, 1 / max(x, 0.01)) for x in points)))
    values = [_odds_value(row, label, most) for row in rows]
    y = alt.Y("label:N", title=None, sort=None, axis=None)
    ticks = [tick for tick in _ODDS_TICKS if 1 / most <= tick <= most]
    scale = alt.Scale(type="log", domain=[1 / most, most], nice=False)
    axis = alt.Axis(format="~g", values=ticks, orient="top")
    tooltip = [alt.Tooltip("label:N", title=label), "trend:N", alt.Tooltip("text:N", title="odds")]

    def along(column: str) -> alt.X:
        return alt.X(column, title=None, scale=scale, axis=axis)

    looks = {"domain": ["moves", "open"], "range": [ACCENT, PAPER]}
    fill = alt.Fill("state:N", scale=looks).legend(None)
    none = alt.MarkDef(type="rule", color=INK, strokeDash=[2, 3], opacity=0.6)
    bar = alt.MarkDef(type="rule", color=ACCENT, strokeWidth=3, opacity=0.45, yOffset=7)
    point = alt.MarkDef(
        type="point", size=60, strokeWidth=2, color=ACCENT, opacity=1, yOffset=7, clip=True
    )
    name = alt.MarkDef(type="text", align="left", dx=1, dy=-8, baseline="middle")
    layers = [
        _layer([{"at": 1}], none, {"x": along("at:Q")}),
        _layer(values, bar, {"x": along("low:Q"), "x2": "high:Q", "y": y}),
        _layer(
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
        _layer(values, name, {"x": alt.value(0), "y": y, "text": "name:N"}),
    ]
    return _drawing(layers, title, alt_text, width=640, height=40 * len(values))


def _odds_value(row: Row, label: str, most: float) -> Row:
    odds, low, high = (row[f"odds_ratio_{end}"] for end in ("per_year", "low", "high"))
    text = f"{ratio(odds)} ({ratio(low)} to {ratio(high)})"
    return {
        "label": row[label],
        "name": f"{row[label]}  {ratio(odds)}",
        "trend": row["trend"],
        "state": "moves" if row["trend"] in ("rising", "falling") else "open",
        "odds": min(max(odds, 1 / most), most),
        "low": min(max(low, 1 / most), most),
        "high": min(max(high, 1 / most), most),
        "text": text,
    }


# ---------------------------------------------------------------- from layers to the page


def _layer(values: Sequence[Row], mark: alt.MarkDef, encoding: dict[str, Any]) -> alt.Chart | None:
    """Return marks for rows; None for no rows, since a layer without them warns of its scales."""
    if not values:
        return None
    return alt.Chart(alt.Data(values=list(values)), mark=mark).encode(**encoding)


def _drawing(
    layers: Iterable[alt.Chart | None], title: str, alt_text: str, width: int, height: int
) -> Drawing:
    chart = alt.layer(*(layer for layer in layers if layer))
    # Checked by drawing them: below, and in a browser by the tests.
    spec = chart.properties(width=width, height=height).to_dict(validate=False)
    spec.pop("config", None)
    svg = vl_convert.vegalite_to_svg(spec, vl_version=_VEGA_LITE, config=CONFIG)
    spec["width"] = "container"
    return Drawing(title, alt_text, to_json(spec), svg)
