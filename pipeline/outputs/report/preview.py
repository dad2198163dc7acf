"""A report at a glance, as Markdown: what Dagster shows beside the asset.

What belongs here: headline figures and the largest topics in a few lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.outputs.report.figures import ask
from pipeline.outputs.report.page import read_build_info
from pipeline.outputs.report.parts import rows_by
from pipeline.outputs.report.tables import percent, words
from pipeline.outputs.report.trend_words import trend_in_words
from pipeline.storage.published_file import open_published


@dataclass(frozen=True, slots=True)
class Preview:
    """What a glance at a report shows."""

    build_id: str
    markdown: str


def preview(file: Path) -> Preview:
    """Return headline figures and the largest topics of a published version, as Markdown."""
    with open_published(file) as engine:
        info = read_build_info(engine)
        (headline,) = ask(engine, "headline").rows
        trends = ask(engine, "topic_trends")
    lines = ["| figure | value |", "|---|---|"]
    lines += [
        f"| {words(name.removeprefix('n_'))} | {'–' if value is None else value} |"
        for name, value in headline.items()
    ]
    lines += ["", "| topic | by year | last share | trend |", "|---|---|---|---|"]
    for (topic,), rows in rows_by(trends, "topic"):
        last = rows[-1]
        span = f"{rows[0]['year']} {_sparkline([row['share'] for row in rows])} {last['year']}"
        trend = trend_in_words(last["trend"])
        title = topic.replace("|", r"\|")
        lines.append(f"| {title} | {span} | {percent(last['share'])} | {trend} |")
    return Preview(info.build_id, "\n".join(lines))


def _sparkline(values: Sequence[float]) -> str:
    """Draw values as blocks of text.

    >>> _sparkline([0.0, 0.5, 1.0])
    '▁▄█'
    """
    top = max(values) or 1.0
    return "".join("▁▂▃▄▅▆▇█"[round(value / top * 7 - 0.01)] for value in values)
