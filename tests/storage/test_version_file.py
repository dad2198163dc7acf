"""A version made of the one before holds what one written whole holds."""

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from helpers import DI, MORNING, PAGES, copy_of, put, small_build, written

from pipeline.builds.run import build
from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import TableSpec
from pipeline.storage import connections, publishing, version_file, version_origins
from pipeline.storage.duckdb_engine import DuckDB, open_engine
from pipeline.storage.engine import EngineMemoryError
from pipeline.storage.version_file import change_file, write_file
from pipeline.storage.versions import Version, versions
from pipeline.storage.warehouse import Warehouse

NEXT_DAY = MORNING + timedelta(days=1)
COLUMNS = {"i": "INTEGER", "part": "VARCHAR", "words": "VARCHAR", "share": "DOUBLE"}
SPEC = TableSpec.model_validate(
    {
        "layer": "marts",
        "name": "things",
        "description": "Things of all kinds.",
        "grain": "one row per thing and part",
        "key": ["i", "part"],
        "columns": [
            *({"name": n, "type": t, "description": f"The {n} of it."} for n, t in COLUMNS.items()),
            {"name": "names", "type": "VARCHAR[]", "description": "Names of it."},
        ],
    }
)
VIEW = SPEC.model_copy(update={"name": "shown", "key": ()})
SHAPE = [("i", pl.Int32), ("part", pl.String), ("words", pl.String), ("share", pl.Float64)]
ROWS = [
    *((i, part, f"words {i}", i / 8, ["a", None]) for i in range(40) for part in ("x", "y")),
    (90, "x", None, None, None),
    (91, "x", "", float("nan"), []),
]


def contents(file: Path) -> dict[str, list]:
    """Return all that a file holds: rows in any order, and words."""
    with duckdb.connect(str(file), read_only=True) as con:
        asked = {
            "tables": "select table_name, comment from duckdb_tables() order by all",
            "views": "select view_name, sql, comment from duckdb_views() where not internal",
            "columns": """
                select table_name, column_index, column_name, data_type, is_nullable, comment
                from duckdb_columns() where not internal order by all
            """,
        }
        found = {name: con.execute(sql).fetchall() for name, sql in asked.items()}
        for name, _ in found["tables"]:
            if name != "build_info":  # tells when it was made
                found[name] = con.execute(f"select * from {name} order by all").fetchall()
    return {name: [tuple(map(repr, row)) for row in rows] for name, rows in found.items()}


# ---------------------------------------------------------------- a table of any rows


def show(engine: DuckDB, rows: list[tuple]) -> None:
    frame = pl.DataFrame(rows, [*SHAPE, ("names", pl.List(pl.String))], orient="row")
    engine.show_rows(SPEC, frame.to_arrow())


def put_whole(engine: DuckDB, file: Path, rows: list[tuple]) -> Path:
    show(engine, rows)
    write_file(engine, file, [SPEC], [(VIEW, "select * from main.things where i > 3")])
    return file


def another(row: tuple, **values: object) -> tuple:
    names = [*COLUMNS, "names"]
    return tuple(values.get(name, value) for name, value in zip(names, row, strict=True))


def test_rows_stand_in_the_order_that_a_description_says(tmp_path):
    spec = SPEC.model_copy(update={"published_order": ("share desc", "part", "i")})
    with open_engine() as engine:
        show(engine, [row for row in ROWS if row[3] is not None])
        write_file(engine, tmp_path / "file.duckdb", [spec], [])
    with duckdb.connect(str(tmp_path / "file.duckdb"), read_only=True) as con:
        found = con.execute("select i, part from things").fetchall()
    assert found[:3] == [(91, "x"), (39, "x"), (39, "y")]
    assert found[-2:] == [(0, "x"), (0, "y")]


@pytest.mark.parametrize("most_changed", [0.0, 1.0], ids=["written anew", "changed"])
@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        ROWS[:-3],
        ROWS[3:],
        [*ROWS, (92, "x", "new", 1.0, ["b"])],
        [(-1, "", "new", 1.0, ["b"]), *ROWS],
        [another(ROWS[0], words=None), *ROWS[1:]],
        [another(ROWS[0], share=0.5, names=["a"]), *ROWS[1:]],
        [*ROWS[:-2], another(ROWS[-2], words="known now"), ROWS[-1]],
        [another(ROWS[0], part="z"), *ROWS[1:]],
        [another(row, words="other") for row in ROWS],
        ROWS[:1],
    ],
    ids=[
        "the same", "gone", "gone first", "new", "new first", "a null", "other values",
        "no null", "another key", "all other", "nearly all gone",
    ],
)  # fmt: skip
def test_a_changed_file_holds_what_a_whole_one_does(rows, most_changed, tmp_path, monkeypatch):
    monkeypatch.setattr(version_file, "_FEW_ROWS", 0)
    monkeypatch.setattr(version_file, "_MOST_CHANGED", most_changed)
    with open_engine() as engine:
        changed = put_whole(engine, tmp_path / "changed.duckdb", ROWS)
        whole = put_whole(engine, tmp_path / "whole.duckdb", rows)
        assert change_file(engine, changed, [], [(SPEC, len(rows))])
    assert contents(changed) == contents(whole)
    assert {file.name for file in tmp_path.iterdir()} == {"changed.duckdb", "whole.duckdb"}


@pytest.mark.parametrize("few_rows", [0, 2_000])
def test_what_is_written_anew_stands_in_the_order_of_its_key(few_rows, tmp_path, monkeypatch):
    monkeypatch.setattr(version_file, "_FEW_ROWS", few_rows)
    rows = [another(row, words="other") for row in reversed(ROWS)]
    with open_engine() as engine:
        changed = put_whole(engine, tmp_path / "changed.duckdb", ROWS)
        show(engine, rows)
        assert change_file(engine, changed, [], [(SPEC, len(rows))])
    with duckdb.connect(str(changed), read_only=True) as con:
        found = con.execute("select i, part from things").fetchall()
    assert found == sorted(found)


def test_rows_that_do_not_add_up_are_noticed(tmp_path):
    with open_engine() as engine:
        changed = put_whole(engine, tmp_path / "changed.duckdb", ROWS)
        assert not change_file(engine, changed, [], [(SPEC, len(ROWS) + 1)])


# ---------------------------------------------------------------- versions


@pytest.fixture
def house(tmp_path, monkeypatch) -> Warehouse:
    """Return a warehouse, and have every table compared, whatever its size."""
    monkeypatch.setattr(version_file, "_FEW_ROWS", 0)
    return Warehouse(copy_of(small_build()[0], tmp_path / "house"))


def build_more(house: Warehouse, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Build one page more; tell whether the version was written whole."""
    calls = []

    def write(*arguments: Any) -> None:
        calls.append(arguments)
        write_file(*arguments)

    monkeypatch.setattr(publishing, "write_file", write)
    raw = put(house.root.parent / "raw", PAGES | {"di.txt": DI})
    assert build(raw, house, now=NEXT_DAY).is_published
    return bool(calls)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> dict[str, list]:
    """Return what a version of the same build holds that is written whole."""
    other = Warehouse(copy_of(small_build()[0], tmp_path_factory.mktemp("whole") / "other"))
    for version in versions(other):
        version.origin_note.unlink()
    with pytest.MonkeyPatch.context() as patch:
        assert build_more(other, patch)
    return contents(other.published)


def test_the_next_version_is_made_of_the_last(house, whole, monkeypatch):
    (last,) = versions(house)
    before = last.path.read_bytes()
    assert not build_more(house, monkeypatch)
    assert contents(house.published) == whole
    assert last.path.read_bytes() == before
    new = versions(house)[0]
    assert new.is_current
    assert new.is_intact(deep=True)
    first_origin, origin = (version_origins.origin_of(version) for version in (last, new))
    assert first_origin
    assert origin
    assert origin.whole_bytes == first_origin.whole_bytes == len(before)


def flip_unseen(file: Path) -> None:
    found, content = file.stat(), bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))


def change_unmarked(version: Version) -> None:
    version.note.unlink()
    written(version.path, "delete from papers")


HINDRANCES = {
    "its origin is gone": lambda version: version.origin_note.unlink(),
    "its origin is damaged": lambda version: version.origin_note.write_text("{}", "utf-8"),
    "its origin is another's": lambda version: shutil.copy(version.note, version.origin_note),
    "it is another, and its mark is gone": lambda version: change_unmarked(version),
    "it is damaged, which size and time do not show": lambda version: flip_unseen(version.path),
}


@pytest.mark.parametrize("hinder", HINDRANCES.values(), ids=HINDRANCES)
def test_one_that_cannot_be_trusted_is_not_built_upon(hinder, house, whole, monkeypatch):
    (last,) = versions(house)
    hinder(last)
    assert build_more(house, monkeypatch)
    found = contents(house.published)
    compared = {"guardrails", "changes"}  # with the version that is hindered
    assert all(found[name] == rows for name, rows in whole.items() if name not in compared)


def test_one_that_has_grown_is_written_whole(house, monkeypatch):
    monkeypatch.setattr(version_origins, "_MOST_GROWN", 0.5)
    assert build_more(house, monkeypatch)


def test_one_of_another_description_is_written_whole(house, monkeypatch):
    monkeypatch.setattr(publishing, "LIBRARY_VERSION", "another engine")
    assert build_more(house, monkeypatch)


def test_one_whose_rows_do_not_add_up_is_written_whole(house, whole, monkeypatch):
    monkeypatch.setattr(version_file, "_changed_rows", lambda spec: NOTHING.format(spec.full_name))
    assert build_more(house, monkeypatch)
    assert contents(house.published) == whole


def test_what_does_not_fit_into_memory_is_written_on_one_thread(house, whole, monkeypatch):
    n_threads, tried = "select current_setting('threads')", []

    def short_of_memory(engine, *_):
        engine.execute(f"attach '{house.root / 'broken.duckdb'}' as half_written")
        raise EngineMemoryError("2 MB are wanted")

    def write(engine, *arguments):
        tried.append(engine.scalar(n_threads))
        if len(tried) == 1:
            short_of_memory(engine)
        write_file(engine, *arguments)

    with house.engine() as engine:
        engine.execute("set threads = 2")
    monkeypatch.setitem(connections.CONFIG, "threads", 2)
    monkeypatch.setattr(publishing, "change_file", short_of_memory)
    monkeypatch.setattr(publishing, "write_file", write)
    raw = put(house.root.parent / "raw", PAGES | {"di.txt": DI})
    assert build(raw, house, now=NEXT_DAY).is_published
    assert tried == [2, 1]
    assert contents(house.published) == whole
    monkeypatch.setattr(publishing, "write_file", short_of_memory)
    with pytest.raises(PipelineError, match=r"nothing was published: .*not fit.*PAPERMART_MEMORY"):
        build(put(raw, {"more.txt": DI.replace("Di", "Do")}), house, now=NEXT_DAY)
    assert contents(house.published) == whole
    assert not list(house.versions.glob(".papermart-*"))


NOTHING = "select 1 as _row, true as _is_there, * from {} where false"


def test_what_a_version_was_made_of_goes_with_it(house):
    (last,) = versions(house)
    assert last.origin_note.exists()
    raw = put(house.root.parent / "raw", PAGES | {"di.txt": DI})
    build(raw, house, now=NEXT_DAY, keep_versions=1)
    assert not last.path.exists()
    assert not last.origin_note.exists()
    assert {file.name.partition(".")[0] for file in house.marks.iterdir()} == {
        versions(house)[0].id
    }
