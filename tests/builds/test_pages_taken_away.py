"""What becomes of the records of a page that is taken away: gone with it, or kept."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers import (
    ANN,
    BO,
    CY,
    DI,
    MORNING,
    PAGES,
    arrow_page,
    copy_of,
    make_only,
    papermart,
    publish_again,
    put,
    small_build,
    small_raw,
    staging_values,
    table,
)

from pipeline.builds import dumps
from pipeline.builds.dumps import DumpsReport, plan_dumps, refresh_dumps
from pipeline.builds.pending import pending_dumps
from pipeline.builds.status import read_status
from pipeline.contract.errors import BlockingCheckError
from pipeline.contract.specs import CheckSpec
from pipeline.inputs.settings import RECORDS_GO, RECORDS_STAY
from pipeline.storage.warehouse import Warehouse

DAY = timedelta(days=1)
ED = arrow_page("Ed Fox", [("Tiny Codes for Small Archives", ["Ed Fox"], 2021)])


class Folder:
    """A raw folder and its warehouse, one build a day."""

    def __init__(self, place: Path) -> None:
        self.raw, self.root = put(place / "raw", PAGES), place / "warehouse"
        self.day = 0
        self.build()

    def build(self, retention: str = RECORDS_STAY, **more) -> DumpsReport:
        self.day += 1
        now = MORNING + self.day * DAY
        found = refresh_dumps(self.raw, Warehouse(self.root), now, retention=retention, **more)
        assert self.pending(retention) == [], "what was built waits for nothing"
        assert plan_dumps(self.raw, Warehouse(self.root), retention=retention).is_empty
        return found

    def pending(self, retention: str = RECORDS_STAY) -> list[str]:
        return pending_dumps(self.raw, Warehouse(self.root), retention=retention)

    def dumps(self) -> dict[str, dict]:
        """The rows of raw.dumps by path."""
        return {row["path"]: row for row in table(self.root, "raw.dumps")}

    def n_records(self) -> dict[str, int]:
        """How many records the staging table holds of each page."""
        paths = {row["dump_id"]: row["path"] for row in table(self.root, "raw.dumps")}
        found = [paths[row["dump_id"]] for row in table(self.root, "staging.records")]
        return {path: found.count(path) for path in sorted(set(found))}

    def status(self, retention: str = RECORDS_STAY) -> list[str]:
        return list(read_status(self.raw, Warehouse(self.root), retention).lines())

    def as_another_reader_left_it(self) -> None:
        """Write into the manifest that all was read by other code."""
        file = self.root / "tables/raw/dumps/dumps.parquet"
        rows = pq.read_table(file)
        at = rows.column_names.index("extractor")
        older = pa.array(["older"] * len(rows))
        pq.write_table(rows.set_column(at, rows.field(at), older), file)
        self.believe()

    def believe(self) -> None:
        """Let files that were written here count as those of a build."""
        for stamp in self.root.rglob("_stamp.json"):
            stamp.unlink()


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)


ALL = {"ann.txt": 3, "bo.txt": 2, "cy.txt": 3}


# ---------------------------------------------------------------- taken away


def test_records_of_a_page_taken_away_stay_where_they_are_to_be_kept(folder):
    (folder.raw / "bo.txt").unlink()
    assert folder.pending() == ["bo.txt"]
    report = folder.build()
    assert (report.n_dumps, report.n_gone, report.n_kept, report.n_records) == (2, 1, 1, 8)
    assert report.reasons == {"page gone, its records kept": ["bo.txt"]}
    assert folder.n_records() == ALL
    row = folder.dumps()["bo.txt"]
    assert (row["gone_at"], row["n_files"]) == (MORNING + 2 * DAY, 0)
    assert row["first_seen_at"] == MORNING + DAY
    assert {folder.dumps()[name]["gone_at"] for name in ("ann.txt", "cy.txt")} == {None}
    again = folder.build()
    assert (again.n_gone, again.n_kept, again.is_changed, again.reasons) == (0, 1, False, {})
    assert "gone and kept: 1 page, 2 records" in folder.status()
    assert f"raw folder {folder.raw}: all pages have been read" in folder.status()


def test_by_default_they_leave_with_it(folder, tmp_path):
    (folder.raw / "bo.txt").unlink()
    report = folder.build(RECORDS_GO)
    assert (report.n_gone, report.n_kept, report.n_records) == (1, 0, 6)
    refresh_dumps(folder.raw, Warehouse(tmp_path / "new"), MORNING)
    assert staging_values(folder.root) == staging_values(tmp_path / "new")


def test_setting_it_back_lets_them_go_at_the_next_build(folder):
    (folder.raw / "bo.txt").unlink()
    folder.build()
    assert folder.pending(RECORDS_GO) == ["bo.txt"]
    assert folder.build(RECORDS_GO).reasons == {"page gone": ["bo.txt"]}
    assert folder.n_records() == {"ann.txt": 3, "cy.txt": 3}


def test_a_page_that_comes_back_is_the_old_row_again(folder):
    before = folder.dumps()
    (folder.raw / "bo.txt").unlink()
    folder.build()
    put(folder.raw, {"bo.txt": BO})
    assert folder.pending() == ["bo.txt"]
    report = folder.build()
    assert (report.n_new, report.n_read, report.n_kept) == (0, 0, 0)
    assert report.reasons == {"page back": ["bo.txt"]}
    assert folder.dumps()["bo.txt"] == before["bo.txt"] | {
        "segment": folder.dumps()["bo.txt"]["segment"]
    }


def test_it_may_come_back_under_another_name_or_as_a_copy(folder):
    (folder.raw / "bo.txt").unlink()
    folder.build()
    put(folder.raw, {"bo again.txt": BO, "bo once more.txt": BO})
    folder.build()
    row = folder.dumps()["bo again.txt"]
    assert (row["gone_at"], row["n_files"], row["first_seen_at"]) == (None, 2, MORNING + DAY)
    assert sum(folder.n_records().values()) == 8


# ---------------------------------------------------------------- replaced, moved, unreadable


def test_a_page_edited_in_place_was_replaced_and_its_old_records_go(folder):
    put(folder.raw, {"bo.txt": BO.replace("Small Devices", "Tiny Devices")})
    report = folder.build()
    assert (report.n_new, report.n_kept) == (1, 0)
    assert folder.n_records() == ALL
    assert "Sparse Attention on Small Devices" not in {
        row["title"] for row in table(folder.root, "staging.records")
    }


def test_so_was_one_whose_name_another_page_bears_now(folder):
    """A name stands for the last content it had, whenever builds looked."""
    (folder.raw / "bo.txt").unlink()
    folder.build()
    put(folder.raw, {"bo.txt": ED})
    assert folder.build().reasons == {"new page": ["bo.txt"], "page gone": ["bo.txt"]}
    assert folder.n_records() == ALL | {"bo.txt": 1}
    (folder.raw / "cy.txt").rename(folder.raw / "bo.txt")
    assert folder.build().n_kept == 0
    assert folder.n_records() == {"ann.txt": 3, "bo.txt": 3}


def test_one_edited_into_a_copy_of_another_was_replaced(folder):
    """The path of a copy is in no row of raw.dumps."""
    put(folder.raw, {"cy.txt": ANN})
    assert folder.build().n_kept == 0
    assert folder.n_records() == {"ann.txt": 3, "bo.txt": 2}


def test_a_page_that_was_moved_is_not_gone(folder):
    (folder.raw / "sub").mkdir()
    (folder.raw / "bo.txt").rename(folder.raw / "sub" / "bo.txt")
    assert folder.build().reasons == {"file moved": ["sub/bo.txt"]}
    assert folder.dumps()["sub/bo.txt"]["gone_at"] is None


def test_a_name_that_cannot_be_read_replaces_nothing(folder):
    (folder.raw / "bo.txt").unlink()
    (folder.raw / "bo.txt").symlink_to("nowhere")
    report = folder.build()
    assert report.n_kept == 1
    assert report.quarantined[0][0] == "bo.txt"
    assert sum(folder.n_records().values()) == 8


def test_of_a_page_set_aside_nothing_is_kept(folder):
    put(folder.raw, {"shopping.txt": "milk\n"})
    folder.build()
    (folder.raw / "shopping.txt").unlink()
    assert folder.build().reasons == {"page gone": ["shopping.txt"]}
    assert folder.dumps().keys() == PAGES.keys()


@pytest.mark.parametrize("retention", [RECORDS_STAY, RECORDS_GO])
def test_a_page_taken_away_while_it_was_to_be_read_again_is_kept_too(
    retention, folder, monkeypatch
):
    folder.as_another_reader_left_it()
    real = dumps._planned

    def plan(*arguments, **more):
        found = real(*arguments, **more)
        (folder.raw / "bo.txt").unlink(missing_ok=True)
        return found

    monkeypatch.setattr(dumps, "_planned", plan)
    now = MORNING + 9 * DAY
    assert folder.n_records() == ALL
    report = refresh_dumps(folder.raw, Warehouse(folder.root), now, retention=retention)
    assert [path for path, _ in report.quarantined] == ["bo.txt"]
    if retention == RECORDS_STAY:
        assert (report.n_kept, report.n_gone) == (1, 1)
        assert folder.n_records() == ALL
        monkeypatch.undo()
        assert folder.build().quarantined == (), "that it vanished is said once"
        assert folder.n_records() == ALL
        assert folder.dumps()["bo.txt"]["gone_at"] == now
    else:
        assert folder.n_records() == {"ann.txt": 3, "cy.txt": 3}


# ---------------------------------------------------------------- another reader, another release


def test_what_cannot_be_read_again_stays_as_it_was_read(folder):
    (folder.raw / "bo.txt").unlink()
    folder.build()
    before = staging_values(folder.root)
    folder.as_another_reader_left_it()
    report = folder.build()
    assert (report.n_read, report.n_kept) == (2, 1)
    assert folder.dumps()["bo.txt"]["extractor"] == "older"
    after = staging_values(folder.root)
    del before["raw.dumps"], after["raw.dumps"]
    assert after == before
    kept = "gone and kept: 1 page, 2 records; 1 of them as an older reader read them"
    assert kept in folder.status()
    assert folder.build(full=True).n_read == 2
    assert folder.n_records() == ALL


def change_records(root: Path, change) -> None:
    for file in (root / "tables/staging/records").glob("*.parquet"):
        pq.write_table(change(pq.read_table(file)), file)


def test_columns_that_are_new_since_are_unknown_in_what_is_kept(folder):
    (folder.raw / "bo.txt").unlink()
    folder.build()
    change_records(folder.root, lambda rows: rows.drop_columns(["volume", "issue"]))
    folder.believe()
    folder.as_another_reader_left_it()
    folder.build()
    assert folder.n_records() == ALL
    assert len(pq.read_table(folder.root / "tables/staging/records").schema) == len(
        table(folder.root, "staging.records")[0]
    )
    assert not folder.build().is_changed


@pytest.mark.parametrize("why", ["a required column is new", "another type", "damage", "no file"])
def test_what_does_not_fit_is_lost_and_named_until_the_page_is_back(why, folder):
    (folder.raw / "bo.txt").unlink()
    folder.build()
    folder.as_another_reader_left_it()
    if why == "a required column is new":
        change_records(folder.root, lambda rows: rows.drop_columns(["is_held_back"]))
    elif why == "another type":
        at = table(folder.root, "staging.records")[0].keys()
        texts = pa.array(["2020"] * 8)
        change_records(
            folder.root,
            lambda rows: rows.set_column([*at].index("year"), "year", texts[: len(rows)]),
        )
    else:
        for file in (folder.root / "tables/staging/records").glob("*.parquet"):
            file.write_bytes(b"PAR1 nothing more") if why == "damage" else file.unlink()
    report = folder.build()
    assert (report.n_kept, report.n_records) == (0, 6)
    ((path, reason),) = report.quarantined
    assert path == "bo.txt"
    assert reason.startswith("is gone, and so is what was read of it")
    row = folder.dumps()["bo.txt"]
    assert (row["first_seen_at"], row["gone_at"]) == (MORNING + DAY, MORNING + 2 * DAY)
    assert any(line.startswith("  set aside: bo.txt is gone") for line in folder.status())
    assert not folder.build().is_changed
    put(folder.raw, {"bo.txt": BO})
    assert folder.build().n_records == 8
    assert folder.dumps()["bo.txt"]["first_seen_at"] == MORNING + DAY


def test_a_manifest_of_another_release_keeps_what_is_gone_and_when_all_was_seen(folder):
    (folder.raw / "bo.txt").unlink()
    folder.build()
    manifest = folder.root / "tables/raw/dumps/dumps.parquet"
    pq.write_table(pq.read_table(manifest).drop_columns(["advice", "undone"]), manifest)
    folder.believe()
    report = folder.build()
    assert (report.n_read, report.n_kept) == (2, 1)
    assert folder.n_records() == ALL
    assert {row["first_seen_at"] for row in folder.dumps().values()} == {MORNING + DAY}


def test_a_damaged_manifest_is_remembered_by_the_published_version(tmp_path):
    raw = Path(shutil.copytree(small_raw(), tmp_path / "raw"))
    house = Warehouse(copy_of(small_build()[0], tmp_path / "warehouse"))
    (raw / "bo.txt").unlink()
    refresh_dumps(raw, house, MORNING + DAY, retention=RECORDS_STAY)
    publish_again(house, 1)
    (house.root / "tables/raw/dumps/dumps.parquet").write_bytes(b"PAR1 nothing more")
    report = refresh_dumps(raw, house, MORNING + 2 * DAY, retention=RECORDS_STAY)
    assert (report.n_read, report.n_kept, report.n_records) == (2, 1, 8)
    assert {row["first_seen_at"] for row in table(house.root, "raw.dumps")} == {MORNING}
    gone = {row["path"]: row["gone_at"] for row in table(house.root, "raw.dumps")}
    assert gone == {"ann.txt": None, "bo.txt": MORNING + DAY, "cy.txt": None}


def test_what_an_older_reader_read_blocks_no_build(folder, monkeypatch):
    """A check of now that rows of then do not pass: they are lost, and all others are there."""
    (folder.raw / "bo.txt").unlink()
    folder.build()
    folder.as_another_reader_left_it()
    strict = CheckSpec(name="no_bo", holds="title not like 'Sparse%'", description="no such title")
    from pipeline.storage import audit as module

    real = module.audit

    def audit(engine, spec):
        more = (strict,) if spec.full_name == "staging.records" else ()
        return real(engine, spec.model_copy(update={"checks": (*spec.checks, *more)}))

    monkeypatch.setattr("pipeline.storage.segments.audit", audit)
    report = folder.build()
    assert (report.n_records, report.n_kept) == (6, 0)
    assert [path for path, _ in report.quarantined] == ["bo.txt"]
    put(folder.raw, {"bo.txt": BO})
    with pytest.raises(BlockingCheckError):
        folder.build()
    assert folder.n_records() == {"ann.txt": 3, "cy.txt": 3}, "the last good table stands"


# ---------------------------------------------------------------- many pages, the command line


def test_kept_pages_survive_joining_of_segments(folder, monkeypatch):
    monkeypatch.setattr("pipeline.storage.segments.MAX_SEGMENTS", 1)
    (folder.raw / "bo.txt").unlink()
    folder.build()
    for n, page in enumerate((DI, ED, CY.replace("Drift", "Shift"))):
        put(folder.raw, {f"more{n}.txt": page})
        folder.build()
        assert {path: n for path, n in folder.n_records().items() if path in ALL} == ALL
    (folder.raw / "ann.txt").unlink()
    folder.build()
    assert {path: n for path, n in folder.n_records().items() if path in ALL} == ALL
    shutil.rmtree(folder.raw)
    folder.raw.mkdir()
    assert folder.build().n_records == 13


def test_the_setting_counts_in_every_command(tmp_path, monkeypatch):
    make_only(monkeypatch, "linkage.matches")
    monkeypatch.setattr("pipeline.cli.build._COUNTED", ())
    raw = Path(shutil.copytree(small_raw(), tmp_path / "raw"))
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    places = ("--raw", raw, "--warehouse", root)
    (raw / "bo.txt").unlink()
    assert "  page gone, its records kept: bo.txt" in (
        papermart("build", "--explain", *places, PAPERMART_RETENTION="kept").stdout.splitlines()
    )
    said = papermart("build", *places, PAPERMART_RETENTION="kept").stdout.splitlines()
    gone = "raw: 2 dumps (0 new, 1 gone, 0 set aside); of 1 page gone the records are kept"
    assert said[:2] == [gone, "  page gone, its records kept: bo.txt"]
    assert (
        "nothing to do"
        in papermart("build", "--explain", *places, PAPERMART_RETENTION="kept").stdout
    )
    status = papermart("status", *places, PAPERMART_RETENTION="kept").stdout
    assert "gone and kept: 1 page, 2 records" in status
    assert "all pages are in the warehouse" in status
    assert "1 file is new, moved or gone" in papermart("status", *places).stdout
    asked = papermart(
        "query",
        "--warehouse",
        root,
        "--format",
        "json",
        "select path, gone_at from dumps order by 1",
    )
    assert [row["gone_at"] is None for row in json.loads(asked.stdout)] == [True, False, True]
