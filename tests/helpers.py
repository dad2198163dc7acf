"""What several test modules share: small pages, builds made once, asking, the command line.

Builds take seconds, so those that only get read are made once per test run, whichever of its
processes asks first (`small_build`, `sample_warehouse`); a test that changes one starts from a copy
(`copy_of`).
"""

import atexit
import fcntl
import importlib
import io
import json
import os
import pickle
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout, suppress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock

import duckdb
import pytest
from filelock import FileLock

from pipeline.builds import run
from pipeline.builds.run import BuildReport, build
from pipeline.cli import main
from pipeline.contract.specs import TableSpec
from pipeline.models.catalogue import all_specs, load_models
from pipeline.storage.publishing import publish
from pipeline.storage.versions import KEEP_VERSIONS, find_version
from pipeline.storage.warehouse import Warehouse

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "sample"
SHARED = ROOT.parent / "shared"
MORNING = datetime(2026, 3, 1, 8, 0, 0)  # noqa: DTZ001 - the pipeline keeps UTC without zone

MARTS = (
    "papers",
    "authorships",
    "authors",
    "author_mentions",
    "coauthorships",
    "author_years",
    "author_topics",
    "topics",
    "paper_topics",
    "untagged_papers",
    "topic_pairs",
    "topic_first_seen",
    "paper_novelty",
    "yearly_team_sizes",
    "emerging_phrases",
    "yearly_topic_trends",
    "yearly_source_topic_trends",
    "yearly_venue_trends",
    "yearly_category_trends",
    "monthly_topic_trends",
    "listings",
    "yearly_listing_coverage",
    "yearly_coverage",
    "yearly_source_coverage",
    "paper_records",
    "paper_fields",
    "paper_relations",
    "paper_values",
    "paper_affiliations",
    "pages",
    "review_queue",
    "paper_ids",
    "paper_id_history",
    "author_ids",
    "author_id_history",
    "overrides",
)
# What tells of a version: no model makes them.
VERSION_TABLES = ("build_info", "guardrails", "changes")
PUBLISHED = (*MARTS, "matches", "dumps", "issues", *VERSION_TABLES)

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
# Titles that a spreadsheet would run, and what a CSV file has for them.
FORMULAS = {
    "=SUM(A1:A9) Considered Harmful": "'=SUM(A1:A9) Considered Harmful",
    "+1 for Peer Review": "'+1 for Peer Review",
    "@Home Computing": "'@Home Computing",
    "-Log Likelihood Revisited": "'-Log Likelihood Revisited",
    "Costs = Benefits": "Costs = Benefits",
}
ODD = arrow_page("Ann Lee", [(title, ["Ann Lee", "Cy Poe"], 2020) for title in FORMULAS])
# One more, of a paper that no other page has.
DI = feed_page([("Counting Birds from Space", ["Di Wu", "Ann Lee"], "May 5, 2024")])


# What is not written in ASCII.
ACCENTS = arrow_page("José Peña", [("Über Gräben", ["José Peña", "Zoë Groß"], 2020)])


def put(folder: Path, pages: Mapping[str, str | bytes]) -> Path:
    """Write pages to a folder (made if needed) and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in pages.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)
    return folder


# ---------------------------------------------------------------- builds made once

# Where the folder that all processes of a test run share is named; see conftest.
SCRATCH = "TESTS_SCRATCH"


@cache
def scratch() -> Path:
    """A folder for what the whole test run shares; open to all users, removed at the end."""
    if SCRATCH in os.environ:
        return Path(os.environ[SCRATCH])
    folder = new_scratch()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def new_scratch() -> Path:
    """Make a folder for `scratch`."""
    folder = Path(tempfile.mkdtemp(prefix="papermart-tests-"))
    folder.chmod(0o755)
    return folder


_T = TypeVar("_T")


def made_once(name: str, make: Callable[[Path], _T]) -> tuple[Path, _T]:
    """Make something in a folder of that name, once for all processes of the test run.

    Args:
        name: the name below `scratch`.
        make: fills the folder; what it returns is kept.
    """
    folder, done = scratch() / name, scratch() / f"{name}.pickle"
    with FileLock(scratch() / f"{name}.lock"):
        if not done.exists():
            content = pickle.dumps(make(folder))
            done.write_bytes(content)
    return folder, pickle.loads(done.read_bytes())


@cache
def small_raw() -> Path:
    """A raw folder with the three small pages; read only."""
    return made_once("small-raw", lambda folder: put(folder, PAGES))[0]


def _built(raw: Path, root: Path, day: datetime = MORNING) -> BuildReport:
    assert run.load_models is load_models, "what tests share has all tables: ask for it earlier"
    return build(raw, Warehouse(root), now=day)


@cache
def small_build() -> tuple[Path, BuildReport]:
    """A warehouse built from the three small pages, and its report; copy it to change it."""
    raw = small_raw()
    return made_once("small-warehouse", lambda root: _built(raw, root))


@cache
def sample_warehouse() -> Path:
    """A warehouse built from the sample corpus; read only."""
    return made_once("sample-warehouse", lambda root: _built(SAMPLE, root))[0]


@cache
def odd_raw() -> Path:
    """A raw folder with the three small pages and one of odd titles; read only."""
    return made_once("odd-raw", lambda folder: put(folder, PAGES | {"odd.txt": ODD}))[0]


@cache
def two_versions() -> Path:
    """A warehouse published twice: first six papers, then eleven with odd titles; read only."""
    first, raw = small_build()[0], odd_raw()

    def make(root: Path) -> None:
        _built(raw, copy_of(first, root), MORNING + timedelta(days=1))

    return made_once("two-versions", make)[0]


@cache
def sample_report() -> Path:
    """The report of the sample corpus; read only."""
    from pipeline.outputs.report.page import write_report  # and with it what draws charts

    version = find_version(Warehouse(sample_warehouse()), None)
    folder, _ = made_once("report", lambda folder: write_report(version, folder / "report.html"))
    return folder / "report.html"


def copy_of(root: Path, target: Path) -> Path:
    """Copy a warehouse, links as links and times kept."""
    return Path(shutil.copytree(root, target, symlinks=True))


def make_only(patch: pytest.MonkeyPatch, *targets: str, publishes: bool = True) -> None:
    """Let builds make only some tables and all that these are made of, and publish these."""
    small_build()  # shared, and with all tables
    all_models = load_models()
    due, needed = [*targets, *(["linkage.matches"] if publishes else [])], set()
    while due:
        name = due.pop()
        if name in all_models and name not in needed:
            needed.add(name)
            due += all_models[name].needs
    models = {name: model for name, model in all_models.items() if name in needed}
    left_out = all_models.keys() - needed
    specs = {name: spec for name, spec in all_specs().items() if name not in left_out}
    for module in ("run", "publication"):
        patch.setattr(f"pipeline.builds.{module}.load_models", lambda: models)
    patch.setattr("pipeline.builds.publication.all_specs", lambda: specs)
    if not publishes:
        patch.setattr("pipeline.builds.run.publish_set", lambda *_: (None, False))


def use_models(patch: pytest.MonkeyPatch, sql: Path) -> None:
    """Let builds make the models of a folder like `sql/`."""
    small_build()  # shared, and with the models as they are
    for module in ("run", "publication"):
        patch.setattr(f"pipeline.builds.{module}.load_models", lambda: load_models(sql))
    for module in ("publication", "tables", "by_keys"):
        patch.setattr(f"pipeline.builds.{module}.all_specs", lambda: all_specs(sql))


def few_specs() -> dict[str, TableSpec]:
    """Return the descriptions of the papers and of what is published with them, for quickness."""
    specs = all_specs()
    return {n: spec for n, spec in specs.items() if spec.layer != "marts" or spec.name == "papers"}


def publish_again(
    warehouse: Warehouse, day: int, keep: int = KEEP_VERSIONS, keep_days: int = 0
) -> str:
    """Publish a version that differs in its description, as another release would make it."""
    specs = few_specs()
    words = {"description": f"The papers as of day {day}."}
    specs["marts.papers"] = specs["marts.papers"].model_copy(update=words)
    version, is_new = publish(warehouse, specs, MORNING + timedelta(days=day), keep, keep_days)
    assert is_new
    return version.id


# ---------------------------------------------------------------- reading tables


@contextmanager
def published(file: Path) -> Generator[duckdb.DuckDBPyConnection]:
    """Open a published file as any user would: with DuckDB, to read."""
    with duckdb.connect(str(file), read_only=True) as con:
        yield con


def written(file: Path, *statements: str) -> Path:
    """Run statements on a file of DuckDB, made if it is not there, and return it."""
    with duckdb.connect(str(file)) as con:
        for statement in statements:
            con.execute(statement)
    return file


def asked(file: Path, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Return the rows of a question to a published file."""
    with published(file) as con:
        return con.execute(sql, list(parameters)).fetchall()


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


def staging_values(root: Path) -> dict[str, list[dict[str, Any]]]:
    """Return all that was read from dumps without provenance."""
    names = ("pages", "records", "record_authors", "issues")
    return {name: values(root, name) for name in (*(f"staging.{n}" for n in names), "raw.dumps")}


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
) -> "subprocess.CompletedProcess[str]":
    """Run the command as in a pipe, within this process; faults that are no words are raised."""
    stdout, stderr = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    said = ["papermart", *map(str, arguments)]
    variables = _environment() | {name: str(value) for name, value in env.items()}
    code: object = 0
    with (
        chdir(cwd or ROOT),
        mock.patch.dict(os.environ, variables, clear=True),
        mock.patch.object(sys, "argv", said),
        redirect_stdout(stdout),
        redirect_stderr(stderr),
    ):
        try:
            main()
        except SystemExit as exit_:
            code = exit_.code
    returncode = code if isinstance(code, int) else int(code is not None)
    return subprocess.CompletedProcess(said, returncode, _written(stdout), _written(stderr))


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


def papermart_process(
    *arguments: str | Path, cwd: Path | None = None, **env: str | Path
) -> "subprocess.CompletedProcess[str]":
    """Run the command as a user does, in a process of its own, its output in a pipe.

    For what takes a process: signals, a reader that leaves, what is imported. Else `papermart`.
    """
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *map(str, arguments)],
        cwd=cwd or ROOT,
        env=_environment() | {name: str(value) for name, value in env.items()},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def on_terminal(width: int, *arguments: str | Path, **env: str) -> tuple[int, str]:
    """Run the command on a terminal of its own of some width; return its code and what it shows."""
    import pty  # not there on every platform

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", *map(str, arguments)],
        cwd=ROOT,
        env=_environment() | {"TERM": "xterm", "COLUMNS": "", "NO_COLOR": "1"} | env,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = bytearray()
    with suppress(OSError):  # the terminal's other end is closed
        while part := os.read(ours, 65536):
            shown += part
    os.close(ours)
    text = re.sub(r"\x1b\[[0-9;]*m", "", shown.decode())
    return process.wait(timeout=120), text.replace("\r\n", "\n")


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


def assert_clean_failure(done: "subprocess.CompletedProcess[str]", *words: str) -> None:
    """Exit code 1, one line on stderr that says what is wrong, no traceback."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


# ---------------------------------------------------------------- permissions

_NOBODY = 65534


@contextmanager
def nobody() -> Generator[None]:
    """Do something without root's right to read everything."""
    if os.geteuid() != 0:
        yield
        return
    # Loaded at the first use, perhaps from a folder that is closed to others.
    for module in ("pyarrow.dataset", "encodings.utf_8_sig"):
        importlib.import_module(module)
    os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def open_to_all(folder: Path) -> None:
    """Let other users reach and write a folder below pytest's private ones."""
    for parent in folder.parents:
        if parent.stat().st_uid == os.geteuid() and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    folder.chmod(0o777)


# ---------------------------------------------------------------- deep folders


@contextmanager
def nested(folder: Path, depth: int) -> Generator[None]:
    """Work in the last of many folders in folders, which are gone afterwards.

    What removes trees calls itself for each level, and so would end whole test runs later.
    """
    here = Path.cwd()
    os.chdir(folder)
    for _ in range(depth):
        Path("d").mkdir()
        os.chdir("d")
    try:
        yield
    finally:
        os.chdir(folder)
        for _ in range(depth):
            os.chdir("d")
        for file in Path().iterdir():
            file.unlink()
        for _ in range(depth):
            os.chdir("..")
            Path("d").rmdir()
        os.chdir(here)
