"""Something else in the place of a file of the warehouse: a message, no wait, no traceback."""

import os
import shutil
from itertools import product
from pathlib import Path

import pytest
from helpers import copy_of, papermart, small_build, small_raw


def a_folder(place: Path) -> None:
    place.mkdir()


def a_file(place: Path) -> None:
    place.write_bytes(b"no such thing")


def a_link_to_nothing(place: Path) -> None:
    place.symlink_to("nowhere")


def a_link_to_itself(place: Path) -> None:
    place.symlink_to(place.name)


def a_pipe(place: Path) -> None:
    os.mkfifo(place)


MAKES = (a_folder, a_file, a_link_to_nothing, a_link_to_itself, a_pipe)
PLACES = (
    *("warehouse.duckdb", "versions", "versions/*.duckdb", "tables", "tables/raw/dumps"),
    *("tables/raw/dumps/dumps.parquet", "tables/raw/dumps/_stamp.json", "tables/staging/records"),
    *("tables/marts/papers/papers.parquet", "tables/marts/papers/_stamp.json", ".rolled_back"),
)
LOOKING = (
    ["query", "select count(*) from papers"],
    ["explain", "Tiny Codes for Big Archives"],
    ["versions"],
    ["status", "--raw", "RAW"],
    ["export", "--to", "OUT"],
    ["report", "--to", "OUT/report.html"],
    ["review", "--list"],
)


def put_in_place(root: Path, place: str, make) -> None:
    path = next(iter(root.glob(place)), root / place)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    make(path)


def check(root: Path, arguments: list[str], out: Path) -> None:
    given = [
        str(small_raw()) if each == "RAW" else each.replace("OUT", str(out)) for each in arguments
    ]
    done = papermart(*given, "--warehouse", root)
    assert done.returncode in (0, 1), (arguments, done.stderr)
    assert "Traceback" not in done.stderr
    if done.returncode == 1 and arguments[0] != "status":
        assert done.stderr.startswith("error: "), (arguments, done.stderr)
        assert done.stderr.count("\n") == 1, (arguments, done.stderr)


@pytest.mark.parametrize("make", MAKES)
def test_the_published_file_may_be_anything(make, tmp_path):
    root = copy_of(small_build()[0], tmp_path / "w")
    put_in_place(root, "warehouse.duckdb", make)
    for arguments in (LOOKING[0], LOOKING[2]):
        check(root, arguments, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("make", "place"), [*product(MAKES, PLACES)][::3])  # each of both in turn
def test_any_place_of_the_warehouse_may_be_anything(make, place, tmp_path):
    root = copy_of(small_build()[0], tmp_path / "w")
    put_in_place(root, place, make)
    for arguments in (*LOOKING, ["build", "--raw", "RAW"], ["rollback"]):
        check(root, arguments, tmp_path / "out")
