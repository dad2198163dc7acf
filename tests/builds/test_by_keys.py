"""Builds that compute what changed: the rows are those of a build of everything."""

import os
import random
import shutil
from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers import MORNING, SAMPLE, arrow_page, copy_of, make_only, put, sample_warehouse
from same_tables import differences

from pipeline.builds import by_keys
from pipeline.builds.run import build
from pipeline.models.catalogue import load_models
from pipeline.models.keys import is_by_keys
from pipeline.storage.warehouse import Warehouse

ONE_PAGE = "arrow-sinong-wang.txt"
WORDS = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta", "Theta")


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """The sample without a page, and the warehouse of all of it."""
    folder = tmp_path_factory.mktemp("grown")
    raw = shutil.copytree(SAMPLE, folder / "raw")
    root = copy_of(sample_warehouse(), folder / "warehouse")
    (raw / ONE_PAGE).rename(folder / ONE_PAGE)
    return raw, root, folder / ONE_PAGE


def _blind_to(monkeypatch, name):
    """Let builds not see what changed of one table."""
    touched = by_keys.touched_keys

    def seen(engine, model, *asked):
        return touched(engine, model, *asked).slice(0, 0 if model.name == name else None)

    monkeypatch.setattr(by_keys, "touched_keys", seen)


def _n_keys(report):
    return {table.name: table.n_keys for table in report.tables if table.is_changed}


@pytest.mark.parametrize("least", [0, by_keys.MANY], ids=["new rows checked", "all checked"])
def test_a_page_less_and_a_page_more_leave_what_a_full_build_makes(
    least, grown, tmp_path, monkeypatch
):
    monkeypatch.setattr(by_keys, "MANY", least)
    raw, page = shutil.copytree(grown[0], tmp_path / "raw"), grown[2]
    root = copy_of(grown[1], tmp_path / "warehouse")
    less = build(raw, Warehouse(root), MORNING + timedelta(days=1))
    made = {name for name, n_keys in _n_keys(less).items() if n_keys}
    assert {"marts.papers", "marts.paper_values", "linkage.clustered_records"} <= made
    assert all(is_by_keys(load_models()[name]) for name in made)
    shutil.copy(page, raw / page.name)
    build(raw, Warehouse(root), MORNING + timedelta(days=2))
    whole = copy_of(root, tmp_path / "whole")
    report = build(raw, Warehouse(whole), MORNING + timedelta(days=2), full=True)
    assert [table.name for table in report.tables if table.is_corrected] == []
    assert set(_n_keys(report).values()) == {None}
    assert differences(root, whole, published=False) == []
    assert _found_by_checks(root) == _found_by_checks(whole)


def _found_by_checks(root):
    warehouse = Warehouse(root)
    return {name: stamp.checks for name in load_models() if (stamp := warehouse.stamp(name))}


def test_where_it_is_not_known_what_changed_all_is_made_anew(grown, tmp_path, monkeypatch):
    """The file of changes is damaged, or another release left none."""
    raw, root, _ = grown
    root = copy_of(root, tmp_path / "warehouse")
    smaller = shutil.copytree(raw, tmp_path / "raw")
    (smaller / "arrow-chao-huang.txt").unlink()
    monkeypatch.setattr("pipeline.builds.by_keys.read_changes", lambda *_: None)
    report = build(smaller, Warehouse(root), MORNING + timedelta(days=3))
    assert _n_keys(report)["marts.papers"] is None


def test_rows_that_were_left_out_are_made_by_a_full_build_and_the_table_named(
    grown, tmp_path, monkeypatch
):
    raw, root, page = grown
    root = copy_of(root, tmp_path / "warehouse")
    smaller = shutil.copytree(raw, tmp_path / "raw")
    build(smaller, Warehouse(root), MORNING + timedelta(days=3))
    shutil.copy(page, smaller)
    _blind_to(monkeypatch, "marts.paper_records")
    build(smaller, Warehouse(root), MORNING + timedelta(days=4))
    monkeypatch.undo()
    report = build(smaller, Warehouse(root), MORNING + timedelta(days=5), full=True)
    assert "marts.paper_records" in {table.name for table in report.tables if table.is_corrected}


def test_rows_by_keys_that_fail_a_check_are_made_anew(grown, tmp_path, monkeypatch):
    """Rows of a page that is gone were kept: the check that records exist finds them."""
    smaller, root = grown[0], copy_of(grown[1], tmp_path / "warehouse")
    _blind_to(monkeypatch, "marts.paper_records")
    report = build(smaller, Warehouse(root), MORNING + timedelta(days=4))
    assert _n_keys(report)["marts.paper_records"] is None


def test_a_title_that_lets_another_one_bear_a_mark_is_seen(tmp_path, monkeypatch):
    """A number at the end is a mark only where the title without it is listed, too."""
    make_only(monkeypatch, "linkage.title_markers", publishes=False)
    marked = [(f"Correction to: {word} Engines at Work", ["Eve Fox"], 2019) for word in WORDS]
    second = ("Deep Kernels for Graph Matching 2", ["Ann Lee", "Bo Chen"], 2021)
    raw = put(tmp_path / "raw", {"eve.txt": arrow_page("Eve Fox", [*marked, second])})
    root = tmp_path / "warehouse"
    build(raw, Warehouse(root), MORNING)
    first = ("Deep Kernels for Graph Matching", ["Ann Lee", "Bo Chen"], 2021)
    put(raw, {"ann.txt": arrow_page("Ann Lee", [first])})
    build(raw, Warehouse(root), MORNING + timedelta(days=1))
    with Warehouse(root).engine([load_models()["linkage.title_markers"].spec]) as engine:
        found = engine.tuples("select marker from linkage.title_markers where relation = 'part'")
    assert found == [("2",)]


def test_old_rows_that_were_damaged_are_not_kept_beside_new_ones(tmp_path, monkeypatch):
    """Size and time say nothing: a new file of old rows would be believed whatever is in them."""
    make_only(monkeypatch, "linkage.content_ids", publishes=False)
    papers = [(f"{word} Engines and Their Uses", ["Eve Fox"], 2019) for word in WORDS]
    raw = put(tmp_path / "raw", {"eve.txt": arrow_page("Eve Fox", papers)})
    root = tmp_path / "warehouse"
    build(raw, Warehouse(root), MORNING)
    (file,) = Warehouse(root).files("linkage.content_ids")
    was, content = file.stat(), file.read_bytes()
    place = content.index(b"p", 40) + 3  # within an id
    file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
    put(raw, {"ann.txt": arrow_page("Ann Lee", [("Counting Birds", ["Ann Lee"], 2021)])})
    report = build(raw, Warehouse(root), MORNING + timedelta(days=1))
    assert _n_keys(report)["linkage.content_ids"] is None
    whole = copy_of(root, tmp_path / "whole")
    build(raw, Warehouse(whole), MORNING + timedelta(days=1), full=True)
    assert differences(root, whole, published=False) == []


def test_rows_of_other_keys_are_not_put_beside_those_that_were_kept(tmp_path, monkeypatch):
    """A description may say `by` of rows that do not hang together so: what it costs is time."""
    monkeypatch.setattr(by_keys, "MANY", 0)
    make_only(monkeypatch, "linkage.content_ids", publishes=False)
    papers = [(f"{word} Engines and Their Uses", ["Eve Fox"], 2019) for word in WORDS]
    raw = put(tmp_path / "raw", {"eve.txt": arrow_page("Eve Fox", papers)})
    root = tmp_path / "warehouse"
    build(raw, Warehouse(root), MORNING)
    kept = pq.read_table(Warehouse(root).files("linkage.content_ids")[0]).slice(0, 1)
    rows_of, asked = by_keys.rows_of, []

    def straying(engine, model, now, only):
        asked.append(model.name)
        found = rows_of(engine, model, now, only)
        return pa.concat_tables([found, kept.cast(found.schema)])

    monkeypatch.setattr(by_keys, "rows_of", straying)
    put(raw, {"ann.txt": arrow_page("Ann Lee", [("Counting Birds", ["Ann Lee"], 2021)])})
    report = build(raw, Warehouse(root), MORNING + timedelta(days=1))
    assert "linkage.content_ids" in asked
    assert _n_keys(report)["linkage.content_ids"] is None
    assert Warehouse(root).stamp("linkage.content_ids").n_rows == len(papers) + 1


@pytest.mark.slow
def test_pages_that_come_and_go_in_any_order_leave_what_a_full_build_makes(tmp_path, monkeypatch):
    monkeypatch.setattr(by_keys, "MANY", 0)
    chance = random.Random(1)
    pages = sorted(path.name for path in SAMPLE.iterdir())
    raw, root = tmp_path / "raw", tmp_path / "warehouse"
    raw.mkdir()
    for day in range(9):
        there = sorted(path.name for path in raw.iterdir())
        if day > 4 and chance.random() < 0.4:
            (raw / chance.choice(there)).unlink()
        else:
            name = chance.choice([name for name in pages if name not in there] or pages)
            shutil.copy(SAMPLE / name, raw / name)
        build(raw, Warehouse(root), MORNING + timedelta(days=day))
        whole = copy_of(root, tmp_path / f"whole-{day}")
        report = build(raw, Warehouse(whole), MORNING + timedelta(days=day), full=True)
        assert [table.name for table in report.tables if table.is_corrected] == []
        assert differences(root, whole, published=False) == []
        shutil.rmtree(whole)
