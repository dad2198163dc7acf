"""What somebody is told who is new to a shared warehouse, and what he cannot do to it unawares.

A colleague has a folder of his own and the URL. What others put into the store is there to be
asked, and to go on from; pages, corrections and the sample are what lies in folders.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TypeAlias

import dagster as dg
import pytest
from helpers import (
    PAGES,
    ROOT,
    assert_clean_failure,
    copy_of,
    make_only,
    needs_sample,
    papermart,
    put,
    small_build,
    table,
)

from pipeline.builds.run import build
from pipeline.contract.errors import CorrectionsMissingError, PipelineError
from pipeline.defs import assets
from pipeline.defs.resources import Folders
from pipeline.storage import sharing
from pipeline.storage.shared_manifest import last_manifest
from pipeline.storage.store import Store, StoreError
from pipeline.storage.warehouse import Warehouse

PAGE = (ROOT / "docs/sharing.md").read_text("utf-8")
HEADER = "left,right,decision,who,when,why\n"
Done: TypeAlias = "subprocess.CompletedProcess[str]"
COUNT = ("query", "select count(*) as n from papers", "--format", "csv")


@pytest.fixture
def there(tmp_path: Path) -> str:
    """Where the warehouse is shared."""
    return f"file://{tmp_path}/there"


@pytest.fixture
def shared(tmp_path: Path, there: str) -> str:
    """The same, where others share one of three pages."""
    root = copy_of(small_build()[0], tmp_path / "theirs")
    warehouse = Warehouse(root, store=there)
    build(put(tmp_path / "pages", PAGES), warehouse)
    return there


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the sample, here of one page, and none of one's own yet."""
    put(tmp_path / "home/data/sample", {"ann.txt": PAGES["ann.txt"]})
    return tmp_path / "home"


# ---------------------------------------------------------------- what the page says


@pytest.mark.slow
@needs_sample
def test_it_can_be_tried_on_one_machine(tmp_path):
    (lines,) = re.findall(r"## Try it on one machine\n.*?```sh\n(.*?)```", PAGE, re.S)
    program = put(tmp_path / "bin", {"papermart": f'{sys.executable} -m pipeline.cli "$@"\n'})
    (program / "papermart").chmod(0o755)
    environment = {name: v for name, v in os.environ.items() if not name.startswith("PAPERMART_")}
    environment |= {"PATH": f"{program}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    there = tmp_path / "shared"
    done = subprocess.run(
        ["bash", "-ec", lines.replace("/tmp/papermart-shared", str(there))],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"shared: file://{there} holds what is built here" in done.stdout
    assert re.search(r"[1-9]\d\d", done.stdout.splitlines()[-2]), "papers of the sample"
    assert [*(tmp_path / "two").iterdir()] == []


def test_the_published_file_is_found_as_the_page_says(shared):
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.S)
    said = json.loads(example)
    text = Store(shared).read(max(Store(shared).objects("manifests")))
    there = json.loads(text)
    for manifest in (said, there):
        published = manifest["files"][manifest["published"]]["object"]
        assert re.fullmatch(r"versions/[\da-f]{16}-[\da-f]{8}\.duckdb", published)
        papers = manifest["files"]["tables/marts/papers/papers.parquet"]["object"]
        assert re.fullmatch(r"tables/marts/papers/[\da-f]{16}-[\da-f]{8}\.parquet", papers)
    assert Store(shared).holds(published)


# ---------------------------------------------------------------- corrections


@pytest.fixture
def corrected(shared: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The overrides file with which others built last: of six papers two are one, and two more.

    A third line says of two of these that they are not.
    """
    make_only(monkeypatch, "marts.papers", "marts.overrides")
    monkeypatch.setattr("pipeline.cli.build._COUNTED", ("papers",))
    one, other, more, last = (
        row["paper_id"] for row in table(tmp_path / "theirs", "marts.papers")[:4]
    )
    pairs = ((one, other, "same"), (more, last, "same"), (one, more, "not_same"))
    lines = [f"{left},{right},{said},ann,2026-03-01,as seen\n" for left, right, said in pairs]
    file = tmp_path / "overrides.csv"
    file.write_text(HEADER + "".join(lines), "utf-8")
    assert "4 papers" in built(shared, tmp_path, "theirs", file).stdout
    return file


def built(store: str, tmp_path: Path, root: str, overrides: Path | str) -> Done:
    """Build a folder from the pages that all have."""
    where = ("--raw", tmp_path / "pages", "--warehouse", root, "--overrides", overrides)
    return papermart("build", *where, cwd=tmp_path, PAPERMART_STORE=store)


def test_whoever_has_no_corrections_does_not_take_those_of_all_back(shared, corrected, tmp_path):
    before = last_manifest(Store(shared))
    for is_there in (False, True):
        refused = built(shared, tmp_path, "mine", "mine.csv")
        what = f"mine.csv is {'empty' if is_there else 'not there'}. This warehouse, which"
        assert_clean_failure(refused, what, f"shared in {shared}, was made with 3 corrections")
        (tmp_path / "mine.csv").touch()
    assert last_manifest(Store(shared)) == before

    # The file that others have, or what the warehouse knows of it.
    done = built(shared, tmp_path, "mine", corrected)
    assert "marts: 0 of" in done.stdout
    assert "no longer count" not in done.stdout
    (back,) = re.findall(r"papermart (query '[^']*' --format csv) > data/overrides.csv", PAGE)
    known = papermart(*shlex.split(back), cwd=tmp_path, PAPERMART_STORE=shared)
    put(tmp_path, {"mine.csv": known.stdout})
    assert "marts: 0 of" in built(shared, tmp_path, "mine", "mine.csv").stdout
    assert last_manifest(Store(shared)).published == before.published


def test_whoever_begins_the_file_anew_does_not_take_those_of_all_back(shared, corrected, tmp_path):
    before = last_manifest(Store(shared))
    assert built(shared, tmp_path, "mine", "mine.csv").returncode == 1
    one, other = (row["paper_id"] for row in table(tmp_path / "theirs", "marts.papers")[:2])
    mine = ("--warehouse", "mine", "--overrides", "mine.csv")
    decided = papermart("not-same", one, other, *mine, cwd=tmp_path, PAPERMART_STORE=shared)
    assert_clean_failure(decided, "mine.csv is not there", "made with 3 corrections")
    assert not (tmp_path / "mine.csv").exists()

    put(tmp_path, {"mine.csv": f"{HEADER}{one},p0123456789abcdef,not_same,bo,,\n"})
    told = "mine.csv says nothing of what was corrected"
    assert_clean_failure(built(shared, tmp_path, "mine", "mine.csv"), told)
    plan = ("--raw", tmp_path / "pages", *mine)
    explained = papermart("build", "--explain", *plan, cwd=tmp_path, PAPERMART_STORE=shared)
    assert f"corrections: a build would stop: {told}" in explained.stdout
    seen = papermart("status", *plan, cwd=tmp_path, PAPERMART_STORE=shared)
    assert f"corrections: the next build stops: {told}" in seen.stdout
    assert last_manifest(Store(shared)) == before

    # Whoever decides otherwise of what was corrected has the file, whichever side he names first.
    one, other, *_ = corrected.read_text("utf-8").splitlines()[1].split(",")
    put(tmp_path, {"mine.csv": f"{HEADER}{other},{one},not_same,bo,,\n"})
    assert built(shared, tmp_path, "mine", "mine.csv").returncode == 0

    # One line that was obeyed may well be taken back, and another written.
    put(tmp_path, {"mine.csv": f"{HEADER}{one},p0123456789abcdef,not_same,bo,,\n"})
    assert built(shared, tmp_path, "mine", "mine.csv").returncode == 0

    # One that was not is missed by nobody.
    (tmp_path / "mine.csv").unlink()
    assert built(shared, tmp_path, "mine", "mine.csv").returncode == 0


def test_lines_that_are_missing_are_told_for_others_may_have_written_them(
    shared, corrected, tmp_path
):
    some = corrected.read_text("utf-8").splitlines(keepends=True)[:2]
    put(tmp_path, {"mine.csv": "".join(some)})
    done = built(shared, tmp_path, "mine", "mine.csv")
    assert "5 papers" in done.stdout
    told = "warning: 2 lines of the last version no longer count, for they are not in"
    assert told in done.stdout
    assert "no longer count" not in built(shared, tmp_path, "mine", "mine.csv").stdout

    # Whoever means it says so by a file that is there.
    put(tmp_path, {"mine.csv": HEADER})
    done = built(shared, tmp_path, "mine", "mine.csv")
    assert "mine.csv is empty: its 1 line of the last version no longer counts" in done.stdout


def test_that_lines_are_missing_is_told_by_the_build_that_shares_it(
    shared, corrected, tmp_path, monkeypatch
):
    """One that failed had left them out of the tables here, and the next one said nothing."""
    pages, root = tmp_path / "pages", tmp_path / "theirs"
    some = corrected.read_text("utf-8").splitlines(keepends=True)[:2]
    mine = put(tmp_path, {"mine.csv": "".join(some)}) / "mine.csv"

    def none(*_: object) -> None:
        raise PipelineError("nothing is published today")

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.builds.run.publish_set", none)
        with pytest.raises(PipelineError, match="today"):
            build(pages, Warehouse(root, store=shared), overrides=mine)
    report = build(pages, Warehouse(root, store=shared), overrides=mine)
    assert (report.is_published, report.n_corrections_gone) == (True, 2)
    assert build(pages, Warehouse(root, store=shared), overrides=mine).n_corrections_gone == 0


def test_that_lines_are_missing_is_told_again_where_the_store_did_not_take_them(
    shared, corrected, tmp_path, monkeypatch
):
    pages, root = tmp_path / "pages", tmp_path / "theirs"
    some = corrected.read_text("utf-8").splitlines(keepends=True)[:2]
    mine = put(tmp_path, {"mine.csv": "".join(some)}) / "mine.csv"

    def away(_: object) -> None:
        raise StoreError("the store is away")

    with monkeypatch.context() as patched:
        patched.setattr(sharing.Sharing, "give", away)
        with pytest.raises(StoreError, match="away"):
            build(pages, Warehouse(root, store=shared), overrides=mine)
    report = build(pages, Warehouse(root, store=shared), overrides=mine)
    assert (report.is_published, report.n_corrections_gone) == (False, 2)


@pytest.mark.usefixtures("corrected")
def test_a_build_stops_whatever_one_that_was_not_shared_has_read(shared, tmp_path, monkeypatch):
    """In a shell that knows of no store a build without the file had read that there is none."""
    pages, root = tmp_path / "pages", tmp_path / "theirs"

    def none(*_: object) -> None:
        raise PipelineError("nothing is published today")

    with monkeypatch.context() as patched:
        patched.setattr("pipeline.builds.run.publish_set", none)
        with pytest.raises(PipelineError, match="today"):
            build(pages, Warehouse(root))
    with pytest.raises(CorrectionsMissingError, match="made with 3 corrections"):
        build(pages, Warehouse(root, store=shared))


def test_dagster_gives_back_with_the_version_and_tells_what_is_gone(
    shared, corrected, tmp_path, monkeypatch, capfd
):
    """It gave back each table as it was made, whatever guardrails said of them all."""
    some = corrected.read_text("utf-8").splitlines(keepends=True)[:2]
    put(tmp_path / "home/data", {"overrides.csv": "".join(some)})
    put(tmp_path / "home/data/raw", PAGES)
    monkeypatch.chdir(tmp_path / "home")
    monkeypatch.setenv("PAPERMART_STORE", shared)
    before = last_manifest(Store(shared))
    made = dg.materialize([assets.overrides_file], resources={"folders": Folders()})
    assert made.success
    assert "2 corrections of the last version no longer count" in capfd.readouterr().err
    assert last_manifest(Store(shared)) == before


# ---------------------------------------------------------------- before a build


def test_what_a_build_would_do_is_told_without_what_it_takes_first(shared, tmp_path):
    note = f"note: a build takes first what others shared in {shared}, which was not looked at here"
    plan = ("build", "--explain", "--raw", tmp_path / "pages", "--warehouse", "mine")
    before = papermart(*plan, cwd=tmp_path, PAPERMART_STORE=shared)
    assert before.stdout.startswith(note)
    assert "raw: would read 3 dumps" in before.stdout
    assert "\ntime: " not in before.stdout
    assert not (tmp_path / "mine").exists()

    assert "raw: 3 dumps (0 new" in built(shared, tmp_path, "mine", "none.csv").stdout
    after = papermart(*plan, cwd=tmp_path, PAPERMART_STORE=shared)
    assert (after.returncode, after.stderr) == (0, "")
    assert after.stdout.endswith("nothing to do\n")
    assert "note: " not in after.stdout

    shutil.rmtree(shared.removeprefix("file://"))
    away = papermart(*plan, cwd=tmp_path, PAPERMART_STORE=shared)
    assert away.stdout.startswith("note: what others shared is not known here, and a build would")
    assert "nothing to do" in away.stdout


def test_a_folder_built_by_itself_is_refused_before_it_is_planned(shared, tmp_path):
    root = copy_of(small_build()[0], tmp_path / "own")
    plan = ("build", "--explain", "--raw", tmp_path / "pages", "--warehouse", root)
    refused = papermart(*plan, cwd=tmp_path, PAPERMART_STORE=shared)
    assert_clean_failure(refused, "was built by itself, and", "holds another one")


# ---------------------------------------------------------------- the sample


def test_the_sample_stays_here(there, home, monkeypatch):
    """A store that began with it would refuse the first pages of anybody's own."""
    make_only(monkeypatch, "marts.papers")
    monkeypatch.setattr("pipeline.cli.build._COUNTED", ("papers",))
    for _ in range(2):
        done = papermart("build", cwd=home, PAPERMART_STORE=there)
        assert done.returncode == 0, done.stderr
        assert f"not shared in {there}, for this is the sample: put pages into" in done.stdout
    assert last_manifest(Store(there)).number == 0
    assert papermart(*COUNT, cwd=home, PAPERMART_STORE=there).stdout == "n\n3\n"

    put(home / "data/raw", {"bo.txt": PAGES["bo.txt"]})
    done = papermart("build", cwd=home, PAPERMART_STORE=there)
    assert f"shared: {there} holds what is built here" in done.stdout
    assert last_manifest(Store(there)).number == 1


def test_whoever_has_only_the_sample_builds_nothing_beside_the_pages_of_others(
    shared, home, monkeypatch
):
    """He may ask without any; asked were the sample, once it is built here."""
    for how in ((), ("--explain",)):
        refused = papermart("build", *how, cwd=home, PAPERMART_STORE=shared)
        assert refused.returncode == 1
        assert f"error: {shared} holds a warehouse of somebody's own pages" in refused.stderr
        assert "put these pages into data/raw, or set raw to their URL" in refused.stderr
    monkeypatch.chdir(home)
    monkeypatch.setenv("PAPERMART_STORE", shared)
    with pytest.raises(PipelineError, match="here is only the sample"):
        Folders().open_to_write()
    instance, given = dg.DagsterInstance.ephemeral(), {"folders": Folders()}
    for asset in (assets.overrides_file, assets.published_warehouse):
        made = dg.materialize([asset], resources=given, instance=instance, raise_on_error=False)
        assert not made.success
    assert not (home / "data/sample-warehouse").exists()
    asked = papermart(*COUNT, cwd=home, PAPERMART_STORE=shared)
    assert (asked.stdout, asked.stderr) == ("n\n6\n", ""), "this is not the sample"


def test_a_store_that_was_given_the_sample_before_is_freed_by_hand(there, tmp_path, monkeypatch):
    raw, root = put(tmp_path / "raw", PAGES), copy_of(small_build()[0], tmp_path / "one")
    (root / ".sample").touch()
    with monkeypatch.context() as before:
        before.setattr(sharing, "shared_url", lambda warehouse: warehouse.store)
        before.setattr(sharing, "_SAID", (".rolled_back", ".sample"))
        build(raw, Warehouse(root, store=there))
    assert ".sample" in last_manifest(Store(there)).texts
    with pytest.raises(PipelineError, match=r"built from the sample, .*; remove what lies there"):
        build(raw, Warehouse(tmp_path / "other", store=there))
    assert not (tmp_path / "other/tables").exists()
    build(raw, Warehouse(root, store=there))  # which is shared no more
