"""The reliability diagram of the docs: what probabilities said beside what is true.

What belongs here: drawing. What does not: which pairs are judged (`match_weights`), bins and errors
(`pipeline.evaluate.calibration`).
"""

from collections.abc import Mapping
from pathlib import Path

import altair as alt
import vl_convert

from pipeline.evaluate.calibration import Bin, Calibration
from pipeline.evaluate.share import Share

_VEGA_LITE = alt.SCHEMA_VERSION.removeprefix("v").rpartition(".")[0]
_SIDE, _INK = 320, "#0b5c8a"


def draw(found: Mapping[str, Calibration], file: Path) -> None:
    """Write the diagram as SVG: a panel for each set of pairs, in order.

    A point is a tenth: across the mean probability of its pairs, up the share of them that is one
    paper, with its 95 % interval (Wilson) and the number of pairs. On the dashed line both agree.

    Args:
        found: what to write above each panel, and what is drawn in it.
        file: where the SVG goes.
    """
    panels = alt.hconcat(*(_panel(title, each) for title, each in found.items()))
    spec = panels.to_dict(validate=False)
    config = {"background": "white", "font": "sans-serif", "view": {"stroke": "#bbb"}}
    file.write_text(vl_convert.vegalite_to_svg(spec, vl_version=_VEGA_LITE, config=config), "utf-8")


def _panel(title: str, found: Calibration) -> alt.LayerChart | alt.FacetChart:
    rows = alt.Data(values=[_row(each) for each in found.bins])
    ends = alt.Data(values=[{"said": 0, "true": 0}, {"said": 1, "true": 1}])
    scale, share = alt.Scale(domain=[0, 1]), "share that is one paper"
    across = alt.X("said:Q", title="probability said", scale=scale)
    up = alt.Y("true:Q", title=share, scale=scale)
    line = alt.MarkDef(type="line", strokeDash=[4, 4], color="#888")
    bar = alt.MarkDef(type="rule", color=_INK, strokeWidth=2)
    point = alt.MarkDef(type="point", color=_INK, filled=True, opacity=1, size=50)
    count = alt.MarkDef(type="text", align="left", dx=6, fontSize=10)
    layers = (
        alt.Chart(ends, mark=line).encode(x=across, y=up),
        alt.Chart(rows, mark=bar).encode(x=across, y=alt.Y("low:Q", title=share), y2="high:Q"),
        alt.Chart(rows, mark=point).encode(x=across, y=up),
        alt.Chart(rows, mark=count).encode(x=across, y=up, text="pairs:Q"),
    )
    above = alt.Title([title, str(found)], fontSize=12, fontWeight="normal", anchor="start")
    return alt.layer(*layers).properties(width=_SIDE, height=_SIDE, title=above)


def _row(each: Bin) -> dict[str, float]:
    share = Share(each.n_true, each.n_pairs)
    low, high = share.interval
    return {
        "said": each.said / each.n_pairs,
        "true": share.value,
        "low": low,
        "high": high,
        "pairs": each.n_pairs,
    }
