"""A server makes the tables as DuckDB makes them: at first, page by page, and in turns with it.

The server is Sail. The sample is built by both, each in a folder of its own, and so is each change
of its pages; the tables are compared row by row.
"""

import shutil
from datetime import timedelta
from pathlib import Path
from threading import Timer

import duckdb
import pytest
from helpers import (
    DI,
    MORNING,
    PAGES,
    SAMPLE,
    asked,
    assert_clean_failure,
    copy_of,
    needs_sample,
    papermart,
    put,
    sample_warehouse,
    small_build,
    small_raw,
    snapshot,
)
from sail import Sail
from same_tables import differences, leftovers

from pipeline.builds.run import BuildReport, build
from pipeline.records.link import link
from pipeline.storage.warehouse import Warehouse

NOBODY = "sc://127.0.0.1:9"


def _built(raw: Path, root: Path, remote: str = "", hours: int = 0) -> BuildReport:
    warehouse = Warehouse(root, spark_remote=remote)
    report = build(raw, warehouse, now=MORNING + timedelta(hours=hours))
    warehouse.close()
    return report


def _made(report: BuildReport) -> list[str]:
    return [table.name for table in report.tables if table.is_changed]


# ---------------------------------------------------------------- the sample


@pytest.fixture(scope="module")
def on_a_server(sail: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse that a server made of the sample; read only."""
    root = tmp_path_factory.mktemp("on a server") / "warehouse"
    _built(SAMPLE, root, sail)
    return root


@pytest.mark.slow
@needs_sample
def test_a_server_makes_the_tables_of_the_sample_as_duckdb_does(on_a_server):
    assert differences(sample_warehouse(), on_a_server) == []
    assert leftovers(on_a_server) == []


@pytest.mark.slow
@needs_sample
def test_a_server_makes_the_same_tables_in_steps(sail, tmp_path, monkeypatch):
    """As it does where there is much: each SELECT worked out part by part."""
    monkeypatch.setattr("pipeline.storage.spark_engine._LEAST_BYTES_IN_STEPS", 0)
    _built(SAMPLE, tmp_path / "steps", sail)
    assert differences(sample_warehouse(), tmp_path / "steps") == []
    assert leftovers(tmp_path / "steps") == []


@pytest.mark.slow
@needs_sample
def test_what_a_server_made_is_not_due_for_duckdb_nor_the_other_way_round(
    on_a_server, sail, tmp_path
):
    roots = copy_of(on_a_server, tmp_path / "a"), copy_of(sample_warehouse(), tmp_path / "b")
    for root, remote in zip(roots, ("", sail), strict=True):
        before = snapshot(root, "tables") | snapshot(root, "versions")
        report = _built(SAMPLE, root, remote, hours=3)
        assert (_made(report), report.is_published) == ([], False)
        assert snapshot(root, "tables") | snapshot(root, "versions") == before


# ---------------------------------------------------------------- pages come, change and go


def _more(raw: Path) -> None:
    put(raw, {"di.txt": DI})


def _edited(raw: Path) -> None:
    text = (raw / "ann.txt").read_text("utf-8")
    (raw / "ann.txt").write_text(text.replace("in Law", "in the Courts of Law"), "utf-8")


def _gone(raw: Path) -> None:
    (raw / "bo.txt").unlink()


@pytest.mark.slow
def test_pages_that_come_change_and_go_leave_what_duckdb_makes_of_them(sail, tmp_path):
    raw = Path(shutil.copytree(small_raw(), tmp_path / "raw"))
    here, there = (copy_of(small_build()[0], tmp_path / name) for name in ("here", "there"))
    for hours, change in enumerate([_more, _edited, _gone], 1):
        change(raw)
        made = [_made(_built(raw, root, on, hours)) for root, on in ((here, ""), (there, sail))]
        assert made[0] == made[1]
        assert "marts.papers" in made[1]
        assert differences(here, there) == []
        assert _made(_built(raw, there, "", hours)) == []


@pytest.mark.slow
def test_records_of_which_no_two_match_are_linked_on_a_server(sail, tmp_path):
    records = tmp_path / "records.csv"
    records.write_text("record_id,title\na,Deep learning of graphs\nb,Cows in the rain\n", "utf-8")
    assert link(records, tmp_path / "papers.csv", spark_remote=sail).n_clusters == 2


# ---------------------------------------------------------------- the command


@pytest.mark.slow
def test_the_command_builds_on_the_server_that_the_environment_names(sail, tmp_path):
    put(tmp_path / "data/raw", PAGES)
    done = papermart("build", cwd=tmp_path, SPARK_REMOTE=sail)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    root = tmp_path / "data/warehouse"
    assert asked(root / "warehouse.duckdb", "select count(*) from papers") == [(6,)]
    assert differences(small_build()[0], root) == []


@pytest.mark.slow
def test_a_server_is_named_where_it_made_the_tables_would_or_was_not_asked(sail, tmp_path):
    put(tmp_path / "data/raw", PAGES)
    planned = papermart("build", "--explain", cwd=tmp_path, SPARK_REMOTE=sail).stdout
    assert f"tables: the server at {sail} would make them; whether it answers" in planned
    built = papermart("build", cwd=tmp_path, SPARK_REMOTE=sail).stdout
    assert f"tables: made on the server at {sail}" in built
    planned = papermart("build", "--explain", cwd=tmp_path, SPARK_REMOTE=NOBODY).stdout
    assert "nothing to do" in planned
    assert NOBODY not in planned
    built = papermart("build", cwd=tmp_path, SPARK_REMOTE=f"{NOBODY}/;token=secret").stdout
    assert f"tables: none were due, so the server at {NOBODY} was not asked" in built
    put(tmp_path / "data/raw", {"di.txt": DI})
    failed = papermart("build", cwd=tmp_path, SPARK_REMOTE=f"{NOBODY}/;token=secret")
    assert_clean_failure(failed, f"the Spark Connect server at {NOBODY} does not answer")
    assert "secret" not in failed.stdout + failed.stderr
    put(tmp_path, {"papermart.toml": f'engine.spark_remote = "{NOBODY}"'})
    built = papermart("build", cwd=tmp_path, SPARK_REMOTE="local")
    assert (built.returncode, built.stderr) == (0, "")
    assert "server" not in built.stdout


@pytest.mark.slow
def test_without_the_server_the_command_says_so_and_changes_no_table(tmp_path):
    put(tmp_path / "data/raw", PAGES)
    root = copy_of(small_build()[0], tmp_path / "data/warehouse")
    put(tmp_path / "data/raw", {"di.txt": DI})
    link = (root / "warehouse.duckdb").readlink()
    before = snapshot(root, "tables/marts") | snapshot(root, "versions")
    done = papermart("build", cwd=tmp_path, SPARK_REMOTE=NOBODY)
    assert_clean_failure(done, f"the Spark Connect server at {NOBODY} does not answer", "start it")
    assert snapshot(root, "tables/marts") | snapshot(root, "versions") == before
    assert (root / "warehouse.duckdb").readlink() == link
    assert leftovers(root) == []
    # What was read of the new page is there for the next build.
    assert papermart("build", cwd=tmp_path).returncode == 0
    with duckdb.connect(str(root / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) from papers").fetchall() == [(7,)]


@pytest.mark.parametrize(
    "address",
    ["http://here", "sc://", "here:15002", "localhost:15002", "sc:/here", "sc://here:fifty"],
)
def test_an_address_that_is_none_is_told_before_anything_is_written(address, tmp_path):
    put(tmp_path / "data/raw", PAGES)
    done = papermart("build", cwd=tmp_path, SPARK_REMOTE=address)
    assert_clean_failure(done, "SPARK_REMOTE", "sc://host:port")
    assert not (tmp_path / "data/warehouse").exists()


@pytest.mark.slow
def test_a_server_that_goes_down_is_told_and_leaves_the_last_version(tmp_path):
    raw = Path(shutil.copytree(small_raw(), tmp_path / "data/raw"))
    root = copy_of(small_build()[0], tmp_path / "data/warehouse")
    put(raw, {"di.txt": DI})
    before = snapshot(root, "versions")
    server = Sail()
    killing = Timer(8, server.kill)  # somewhere in the middle
    killing.start()
    done = papermart("build", cwd=tmp_path, SPARK_REMOTE=server.remote)
    killing.join()
    assert_clean_failure(done, f"the Spark Connect server at {server.remote} does not answer")
    assert snapshot(root, "versions") == before
    assert leftovers(root) == []
