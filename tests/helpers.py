"""What several test modules share: small pages, builds made once, running the command line.

Builds take seconds, so those that only get read are made once per test run (`sample_warehouse`);
a test that changes one starts from a copy (`copy_of`).
"""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.build import BuildReport, build
from pipeline.warehouse import Warehouse

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "raw"
SHARED = ROOT.parent / "shared"
MORNING = datetime(2026, 3, 1, 8, 0, 0)  # noqa: DTZ001 - the pipeline keeps UTC without zone

MARTS = (
    "papers",
    "authorships",
    "authors",
    "topics",
    "paper_topics",
    "untagged_papers",
    "emerging_phrases",
    "yearly_topic_trends",
    "yearly_source_topic_trends",
    "yearly_venue_trends",
    "yearly_category_trends",
    "monthly_topic_trends",
    "yearly_coverage",
    "yearly_source_coverage",
    "paper_records",
    "paper_fields",
    "review_queue",
    "paper_ids",
    "paper_id_history",
    "overrides",
)
PUBLISHED = (*MARTS, "matches", "dumps", "issues", "build_info")

needs_sample = pytest.mark.skipif(not SAMPLE.is_dir(), reason=f"no sample corpus in {SAMPLE}")
needs_shared = pytest.mark.skipif(
    not (SHARED / "truth").is_dir(),
    reason=f"the real dumps and their truth are not here ({SHARED}), so nothing to compare with",
)


# ---------------------------------------------------------------- small pages

ABSTRACT = "We look at {title} and find that it works well in most of the cases we tried."


def arrow_page(subject: str, papers: Sequence[tuple[str, Sequence[str], int]]) -> str:
    """A small Arrow page, one block per line: (title, authors, year) of each paper."""
    lines = ["Arrow Research search", "Author name cluster", subject]
    lines += ["Possible papers associated with this exact author name in Arrow."]
    lines += [f"{len(papers)} papers", "1 author rows", "Possible papers", str(len(papers))]
    for title, authors, year in papers:
        lines += [f"ICML Conference {year} Conference Paper", title]
        lines += [f"• {author}" for author in authors]
        lines += [ABSTRACT.format(title=title.lower())]
    return "\n".join(lines) + "\n"


def feed_page(papers: Sequence[tuple[str, Sequence[str], str]]) -> str:
    """A small Scholar Feed page without header, spaced: (title, authors, date) of each paper."""
    cards = [
        f"LG{day}\n{title}\n\n{', '.join(authors)}\n\n{ABSTRACT.format(title=title.lower())}"
        for title, authors, day in papers
    ]
    return "\n\n".join(cards) + "\n"


ANN = arrow_page(
    "Ann Lee",
    [
        ("Deep Kernels for Graph Matching", ["Ann Lee", "Bo Chen"], 2021),
        ("Federated Learning with Lazy Clients", ["Ann Lee", "Cy Roy", "Bo Chen"], 2022),
        ("A Survey of Language Models in Law", ["Ann Lee"], 2023),
    ],
)
BO = arrow_page(
    "Bo Chen",
    [
        ("Deep Kernels for Graph Matching", ["Ann Lee", "Bo Chen"], 2021),
        ("Sparse Attention on Small Devices", ["Bo Chen", "José Peña"], 2024),
    ],
)
CY = feed_page(
    [
        ("Federated Learning with Lazy Clients", ["Ann Lee", "Cy Roy", "Bo Chen"], "Mar 3, 2022"),
        ("Measuring Drift in Recommender Systems", ["Cy Roy", "Di Wu"], "Jun 1, 2023"),
        ("Tiny Codes for Big Archives", ["Cy Roy", "Ed Fox"], "Jan 9, 2020"),
    ],
)
PAGES = {"ann.txt": ANN, "bo.txt": BO, "cy.txt": CY}


def put(folder: Path, pages: Mapping[str, str | bytes]) -> Path:
    """Write pages to a folder (made if needed) and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in pages.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)
    return folder


# ---------------------------------------------------------------- builds made once


@cache
def scratch() -> Path:
    """A folder for what the whole test run shares; open to all users, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="papermart-tests-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def small_raw() -> Path:
    """A raw folder with the three small pages; read only."""
    return put(scratch() / "small-raw", PAGES)


@cache
def small_build() -> tuple[Path, BuildReport]:
    """A warehouse built from the three small pages, and its report; copy it to change it."""
    root = scratch() / "small-warehouse"
    return root, build(small_raw(), Warehouse(root), now=MORNING)


@cache
def sample_warehouse() -> Path:
    """A warehouse built from the sample corpus; read only."""
    root = scratch() / "sample-warehouse"
    build(SAMPLE, Warehouse(root), now=MORNING)
    return root


def copy_of(root: Path, target: Path) -> Path:
    """Copy a warehouse, links as links and times kept."""
    return Path(shutil.copytree(root, target, symlinks=True))


# ---------------------------------------------------------------- reading tables


def rows(sql: str, *parameters: object) -> list[dict[str, Any]]:
    """Return the rows of a query over files as dicts."""
    cursor = _reader().execute(sql, list(parameters))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@cache
def _reader() -> duckdb.DuckDBPyConnection:
    # Opening one takes longer than most questions; files change, so none is remembered.
    con = duckdb.connect(config={"enable_external_file_cache": False})
    atexit.register(con.close)
    return con


def table(root: Path, full_name: str, order: str = "all") -> list[dict[str, Any]]:
    """Return a table of a warehouse, read from its Parquet files as anybody would."""
    glob = root / "tables" / full_name.replace(".", "/") / "*.parquet"
    return rows(f"select * from read_parquet('{glob}') order by {order}")


def values(root: Path, full_name: str, leave_out: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return a table without provenance: no paths, no times, no segment names."""
    provenance = {"path", "segment", "n_files", *leave_out}
    kept = [
        {k: v for k, v in row.items() if k not in provenance and not k.endswith("_at")}
        for row in table(root, full_name)
    ]
    return sorted(kept, key=lambda row: json.dumps(row, default=str))


def mart_values(root: Path) -> dict[str, list[dict[str, Any]]]:
    """Return all marts and the published linkage tables without provenance."""
    return {name: values(root, f"marts.{name}") for name in MARTS} | {
        "matches": values(root, "linkage.matches"),
        "issues": values(root, "staging.issues"),
        "dumps": values(root, "raw.dumps"),
    }


def snapshot(root: Path, *parts: str) -> dict[str, tuple[int, int]]:
    """Return (mtime, size) of every file below a folder, by path."""
    folder = root.joinpath(*parts)
    return {
        str(file.relative_to(root)): (file.lstat().st_mtime_ns, file.lstat().st_size)
        for file in sorted(folder.rglob("*"))
        if not file.is_dir()
    }


# ---------------------------------------------------------------- the command line


def papermart(
    *arguments: str | Path, cwd: Path | None = None, **env: str | Path
) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, in a process of its own, its output in a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *map(str, arguments)],
        cwd=cwd or ROOT,
        env=_environment() | {name: str(value) for name, value in env.items()},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def start(*arguments: str | Path) -> "subprocess.Popen[str]":
    """Start the command and return while it runs."""
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", *map(str, arguments)],
        cwd=ROOT,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERMART_", "COV_"))}
    return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}


def assert_clean_failure(run: "subprocess.CompletedProcess[str]", *words: str) -> None:
    """Exit code 1, one line on stderr that says what is wrong, no traceback."""
    assert run.returncode == 1, run.stderr
    assert "Traceback" not in run.stderr
    assert run.stderr.startswith("error: ")
    assert len(run.stderr.strip().splitlines()) == 1, run.stderr
    for word in words:
        assert word in run.stderr
