"""What every chart of the report is made of: its colours, its layers, its Vega-Lite and its SVG.

What belongs here: Vega-Lite by Altair, each also as SVG for readers without scripts. What does not:
what is drawn (`charts`, `interval_charts`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from pipeline.outputs.report.figures import Row
from pipeline.outputs.strict_json import to_json

_VEGA_LITE = alt.SCHEMA_VERSION.removeprefix("v").rpartition(".")[0]
_SCRIPT = Path(__file__).parent / "templates" / "charts.js"

# The page's own colours, which follow the reader's light or dark setting; inside a lone SVG the
# fallback holds.
INK = "currentColor"
ACCENT = "var(--accent, #0b5c8a)"
PAPER = "var(--paper, #ffffff)"
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
        papers: the choice of papers that it counts (`paper_links`), if there is one.
        marks: that of each of its marks, by the mark's label, year or month.
    """

    title: str
    alt: str
    spec: str
    svg: str
    sentence: str = ""
    evidence: str = ""
    papers: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)

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


def layer(values: Sequence[Row], mark: alt.MarkDef, encoding: dict[str, Any]) -> alt.Chart | None:
    """Return marks for rows; None for no rows, since a layer without them warns of its scales."""
    if not values:
        return None
    return alt.Chart(alt.Data(values=list(values)), mark=mark).encode(**encoding)


def drawing(
    layers: Iterable[alt.Chart | None], title: str, alt_text: str, width: int, height: int
) -> Drawing:
    """Return a chart of some layers, as wide as its place on the page; as SVG of a fixed width."""
    chart = alt.layer(*(found for found in layers if found))
    # Checked by drawing them: below, and in a browser by the tests.
    spec = chart.properties(width=width, height=height).to_dict(validate=False)
    spec.pop("config", None)
    svg = vl_convert.vegalite_to_svg(spec, vl_version=_VEGA_LITE, config=CONFIG)
    spec["width"] = "container"
    return Drawing(title, alt_text, to_json(spec), svg)
