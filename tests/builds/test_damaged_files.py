"""Files that a disk or a hand has damaged: built anew, or said plainly; never a traceback."""

import os
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from helpers import (
    MORNING,
    asked,
    copy_of,
    odd_raw,
    small_build,
    small_raw,
    staging_values,
    table,
    two_versions,
)

from pipeline.builds.dumps import refresh_dumps
from pipeline.builds.health import deep_check
from pipeline.builds.run import build, plan_build
from pipeline.builds.tables import refresh_model
from pipeline.contract.errors import PipelineError
from pipeline.models.catalogue import load_models
from pipeline.storage.rollback import rollback
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse

LATER = MORNING + timedelta(hours=1)
DAY = timedelta(days=2)


@pytest.fixture
def house(tmp_path) -> Warehouse:
    return Warehouse(copy_of(small_build()[0], tmp_path / "warehouse"))


def cut(house: Warehouse, full_name: str) -> None:
    for file in house.files(full_name):
        cut_file(file)


def cut_file(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def published_rows(house: Warehouse) -> dict[str, list]:
    names = ["papers", "pages", "authorships"]
    return {n: asked(house.published, f"select * from {n} order by all") for n in names}


@pytest.mark.parametrize(
    "name", ["marts.papers", "reference.topics", "linkage.clusters", "raw.overrides"]
)
def test_a_table_that_was_cut_is_built_anew(name, house):
    before = table(house.root, name)
    cut(house, name)
    assert list(plan_build(small_raw(), house).sure[name]) == ["its file is damaged"]
    report = build(small_raw(), house, now=LATER)
    assert table(house.root, name) == before
    assert not report.is_published, "no row has changed"


def test_extracted_rows_that_were_cut_are_read_anew(house):
    before = table(house.root, "staging.records")
    cut(house, "staging.records")
    report = build(small_raw(), house, now=LATER)
    assert report.dumps.n_read == 3
    assert table(house.root, "staging.records") == before


def test_a_file_damaged_inside_is_noticed_by_its_time_and_content(house):
    before = table(house.root, "marts.papers")
    (file,) = house.files("marts.papers")
    content = bytearray(file.read_bytes())
    content[100:-2000] = b"\0" * (len(content) - 2100)
    file.write_bytes(content)
    report = build(small_raw(), house, now=LATER)
    assert [t.reasons for t in report.tables if t.name == "marts.papers"] == [
        ("its file is damaged",)
    ]
    assert table(house.root, "marts.papers") == before


def test_a_published_version_that_was_cut_is_published_anew(house):
    (version,) = versions(house)
    version.path.write_bytes(version.path.read_bytes()[:2000])
    report = build(small_raw(), house, now=LATER)
    assert report.is_published
    assert report.version.id != version.id


def test_a_damaged_stamp_counts_as_none(house):
    for n, text in enumerate(("{", "null", '{"origin": null}', "[]")):
        name = ("marts.papers", "marts.authors", "marts.topics", "reference.venues")[n]
        (house.table_dir(name) / "_stamp.json").write_text(text, "utf-8")
    assert not build(small_raw(), house, now=LATER).is_published


def flip_unseen(file: Path) -> None:
    """Change one bit in the middle of a file, as a disk does, with size and time as they were."""
    kept, content = file.stat(), bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(kept.st_atime_ns, kept.st_mtime_ns))


@pytest.mark.parametrize("damage", [Path.unlink, cut_file, flip_unseen])
def test_no_table_is_made_of_a_damaged_one(damage, house):
    """Else it would be empty, count as up to date once the other is healed, and be published."""
    (file,) = house.files("staging.pages")
    damage(file)
    house.remove_stamp("marts.pages")
    before = table(house.root, "marts.pages")
    with pytest.raises(PipelineError, match=r"marts\.pages cannot be built: staging\.pages is dam"):
        refresh_model(house, load_models()["marts.pages"], LATER)
    assert table(house.root, "marts.pages") == before


@pytest.mark.parametrize("name", ["staging.pages", "marts.papers"])
def test_damage_that_nothing_shows_is_found_before_it_spreads(name, house, monkeypatch):
    before = published_rows(house)
    house.remove_stamp("marts.pages")  # is made anew, and so is a version
    monkeypatch.setattr("pipeline.storage.publishing.STORAGE", "v1.3.0")
    (file,) = house.files(name)
    whole = file.read_bytes()
    flip_unseen(file)
    report = build(small_raw(), house, now=LATER)
    assert report.is_published
    assert published_rows(house) == before
    assert [file.read_bytes() for file in house.files(name)] == [whole]


def test_a_warehouse_in_the_raw_folder_is_refused(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    for root in (raw, raw / "warehouse"):
        with pytest.raises(PipelineError, match="lie inside each other"):
            build(raw, Warehouse(root), now=MORNING)


def test_a_file_of_the_name_of_the_published_one_is_not_replaced(tmp_path):
    root = tmp_path / "warehouse"
    root.mkdir()
    (root / "warehouse.duckdb").write_text("mine", "utf-8")
    with pytest.raises(PipelineError, match="no build made it"):
        build(small_raw(), Warehouse(root), now=MORNING)
    assert (root / "warehouse.duckdb").read_text("utf-8") == "mine"


def test_a_renamed_page_and_a_second_copy_are_planned(house, tmp_path):
    raw = copy_of(small_raw(), tmp_path / "raw")
    (raw / "ann.txt").rename(raw / "lee.txt")
    plan = plan_build(raw, house)
    assert plan.dumps.reasons == {"file moved": ["lee.txt"]}
    assert "marts.paper_records" in {*plan.sure, *plan.perhaps}
    report = build(raw, house, now=LATER)
    assert report.dumps.reasons == {"file moved": ["lee.txt"]}


def test_a_deleted_stamp_leaves_open_what_follows(house):
    (house.table_dir("linkage.clusters") / "_stamp.json").unlink()
    plan = plan_build(small_raw(), house)
    assert set(plan.sure) == {"linkage.clusters"}
    assert "linkage.identities" in plan.perhaps
    report = build(small_raw(), house, now=LATER)
    assert {t.name for t in report.tables if t.is_changed} == {"linkage.clusters"}


def test_people_who_went_back_are_not_brought_forward_by_damage(tmp_path):
    house = Warehouse(copy_of(two_versions(), tmp_path / "warehouse"))
    latest, earlier = versions(house)
    rollback(house)
    cut_file(latest.path)
    assert not build(odd_raw(), house, now=LATER + DAY).is_published
    assert house.published.resolve() == earlier.path
    cut_file(earlier.path)
    assert build(odd_raw(), house, now=LATER + DAY).is_published, "there is no other left"


@pytest.mark.parametrize("damage", [lambda note: note.write_bytes(b"\xff\xfe"), Path.mkdir])
def test_a_damaged_note_of_going_back_stops_no_build(damage, house):
    damage(house.root / ".rolled_back")
    assert not build(small_raw(), house, now=LATER).is_published


def test_a_warehouse_copied_with_what_its_links_lead_to_is_the_same(tmp_path):
    """As `scp -r` copies it, and a stick without links holds it."""
    house = Warehouse(Path(shutil.copytree(two_versions(), tmp_path / "warehouse")))
    latest, earlier = versions(house)
    assert (latest.is_current, earlier.is_current) == (True, False)
    assert not build(odd_raw(), house, now=LATER + DAY).is_published
    rollback(house)
    assert house.published.resolve() == earlier.path


def test_a_folder_that_somebody_copied_beside_a_table_is_none(house):
    folder = house.table_dir("marts.papers")
    shutil.copytree(folder, folder.with_name("papers.bak"))
    assert deep_check(house) == []
    assert not build(small_raw(), house, now=LATER).is_published
    assert (folder.with_name("papers.bak") / "papers.parquet").exists()


@pytest.mark.parametrize(
    "place", ["tables/marts/papers", ".marks", "tables/marts/papers/_stamp.json"]
)
def test_a_file_in_the_place_of_a_folder_and_the_reverse_are_said(place, house):
    found = house.root / place
    is_folder = found.is_dir()
    found.rename(house.root / "aside")
    found.touch() if is_folder else found.mkdir()
    with pytest.raises(PipelineError, match="cannot be written"):
        build(small_raw(), house, now=LATER)


def test_a_folder_named_as_a_version_is_none(house):
    mine = house.versions / "20260101T000000-0123456789ab.duckdb"
    (mine / "mine").mkdir(parents=True)
    build(small_raw(), house, now=LATER)
    assert [v.path for v in versions(house)] == [house.published.resolve()]
    assert (mine / "mine").exists()


def lie(file: Path) -> None:
    """Change one bit so that a file can be read, but holds another abstract; put its time back."""
    times, sound = file.stat(), pq.read_table(file)
    for place in range(40, times.st_size):
        content = bytearray(file.read_bytes())
        content[place] ^= 4
        file.write_bytes(content)
        with suppress(Exception):
            found = pq.read_table(file)
            if not found.equals(sound) and found.drop("abstract").equals(sound.drop("abstract")):
                break
        content[place] ^= 4
        file.write_bytes(content)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_a_damaged_segment_is_not_joined_into_a_sound_one(house, tmp_path):
    """What is written of it would have a mark of its own, and pass for ever."""
    raw = copy_of(small_raw(), tmp_path / "raw")
    (raw / "bo.txt").unlink()
    (file,) = house.files("staging.records")
    lie(file)
    build(raw, house, now=LATER)
    clean = Warehouse(tmp_path / "clean")
    refresh_dumps(raw, clean, LATER)
    assert staging_values(house.root) == staging_values(clean.root)


def test_a_table_of_an_earlier_release_is_no_damage(house):
    """Its stamp is none of now, and no build would ever write another."""
    old = house.tables / "marts/once_there"
    old.mkdir()
    (old / "_stamp.json").write_text('{"content": "3-00"}', "utf-8")
    assert deep_check(house) == []
