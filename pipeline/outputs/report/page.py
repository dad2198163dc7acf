"""The report as one HTML page: blocks put in their places.

What belongs here: the page as a whole, how it is quoted, its file. What does not: what is shown and
said (`blocks`), the questions (`figures`), the drawing (`charts`), the look (`templates/`).
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.outputs.bibliography import bibtex_entry
from pipeline.outputs.report import drawings
from pipeline.outputs.report.accuracy import measured_accuracy
from pipeline.outputs.report.alerts import alerts
from pipeline.outputs.report.blocks import all_blocks
from pipeline.outputs.report.figures import Row, ask
from pipeline.outputs.report.news import news
from pipeline.outputs.report.paper_links import choice
from pipeline.outputs.report.paper_list import paper_list
from pipeline.outputs.report.people_blocks import code
from pipeline.outputs.report.tables import count, listed, number, unbroken
from pipeline.outputs.report.trend_blocks import months
from pipeline.outputs.report.trend_size import size_of_the_test
from pipeline.outputs.report.verdict_blocks import movement
from pipeline.outputs.strict_json import to_json
from pipeline.storage.duckdb_engine import DuckDB
from pipeline.storage.files import write_whole
from pipeline.storage.published_file import open_published
from pipeline.storage.stored_files import StoredFile
from pipeline.text.shown import FORMULA, printable_lines


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """What a report is quoted by."""

    build_id: str
    built_at: datetime
    content_hash: str
    versions: Mapping[str, str]
    checks: Sequence[Row]
    n_checks: int


def write_report(file: Path | StoredFile, target: Path) -> int:
    """Write the report of a published version as one HTML file that needs no network.

    The same version gives the same bytes. The file appears whole or not at all.

    Args:
        file: a published version, here or in a store.
        target: the HTML file.

    Returns:
        The size of the file in bytes.

    Raises:
        PipelineError: the version lacks a table, or the file cannot be written.
    """
    if target.is_dir():
        raise PipelineError(f"{target} is a folder; name a file, e.g. {target / 'report.html'}")
    if target.exists() and not target.is_file():
        raise PipelineError(f"{target} is no file; name one, e.g. report.html")
    with open_published(file) as engine:
        page = render(engine)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, page)
    except OSError as error:
        cause = cause_of(error)
        raise PipelineError(f"the report {target} cannot be written: {cause}") from None
    return len(page.encode())


def render(engine: DuckDB) -> str:
    """Return the report of a published file as HTML.

    The page's own policy (Content Security Policy, W3C) lets a browser run these scripts by
    their hashes and nothing else: no script of a text, no code made of strings. Vega reads its
    expressions for that (`ast` in `charts.js`) instead of compiling them.
    """
    info = read_build_info(engine)
    since = news(engine)
    blocks = [*all_blocks(engine), *([since.block] if since.block else [])]
    partial_years = _partial_years(engine)
    environment = Environment(
        loader=PackageLoader("pipeline.outputs.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"count": count, "choice": choice, "unbroken": unbroken}
    scripts = {
        "sorting": environment.get_template("page.js").render(),
        "javascript": drawings.javascript(),
        "listing": environment.get_template("papers.js").render(),
        "saving": environment.get_template("downloads.js").render(),
    }
    return environment.get_template("report.html.j2").render(
        info=info,
        number=number,
        listed=listed,
        headline=ask(engine, "headline"),
        blocks={block.id: block for block in blocks},
        movement=movement(engine),
        size=size_of_the_test(engine),
        partial_years=partial_years,
        alerts=alerts(engine, info.checks, partial_years),
        news=since.told,
        code=code(engine),
        months=months(engine),
        accuracy=measured_accuracy(),
        citation=_citation(info),
        config=json.dumps(drawings.CONFIG),
        downloads=to_json({"build": info.build_id, "formula": FORMULA}),
        papers=paper_list(engine),
        may_run=" ".join(f"'sha256-{_digest(script)}'" for script in scripts.values()),
        **scripts,
    )


def _shown(value: object) -> object:
    """Return a value as the page shows it: what turns or hides text is written out."""
    is_text = isinstance(value, str) and not isinstance(value, Markup)
    return printable_lines(value) if is_text else value


def _digest(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()


def read_build_info(engine: DuckDB) -> BuildInfo:
    """Return what a published file says of its build."""
    (row,) = engine.tuples(
        "select build_id, built_at, content_hash, versions, checks from build_info"
    )
    build_id, built_at, content_hash, versions, checks = row
    found = json.loads(checks)
    failed = [
        {"table": table, **{name: check[name] for name in ("name", "description", "n_failed")}}
        for table, result in found.items()
        for check in result["failed"]
    ]
    n_checks = sum(result["n_checks"] for result in found.values())
    return BuildInfo(build_id, built_at, content_hash, json.loads(versions), failed, n_checks)


def _partial_years(engine: DuckDB) -> list[int]:
    sql = "select distinct year from yearly_topic_trends where is_partial_year order by year"
    return [year for (year,) in engine.tuples(sql)]


def _citation(info: BuildInfo) -> str:
    fields = {
        "author": "{papermart}",
        "title": f"{{papermart}}: papers, authorships and topic trends, build {info.build_id}",
        "year": f"{info.built_at:%Y}",
        "note": f"Built {info.built_at:%Y-%m-%d} with papermart {info.versions['papermart']}, "
        f"content {info.content_hash}",
    }
    return bibtex_entry("misc", f"papermart-{info.build_id}", fields).strip()
