"""What browsers save beside a page: one line for all of it, and no page of anybody's is lost."""

import pytest
from helpers import ANN, BO, put

from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.reading import extract_dump

PAGE = "<!doctype html><html><head><title>x</title></head><body>x</body></html>"
PARTS = {
    "style.css": "a { color: red; }",
    "app.js": "function f() { return 1; }",
    "logo.png": b"\x89PNG\r\n\x1a\n",
    "css2": "@font-face { src: url(a.woff2) }",
    "saved_resource.html": PAGE,
}


def paths(folder):
    return {file.path: file for file in find_dumps(folder)}


@pytest.mark.parametrize(
    "name",
    ["list_files", "list-Dateien", "list_fichiers", "list_archivos", "List_Files", "list.files"],
)
def test_the_folder_of_a_complete_page_is_one_line(name, tmp_path):
    put(tmp_path, {"list.html": PAGE})
    put(tmp_path / name, PARTS)
    put(tmp_path / name / "deeper", {"x.js": "1"})
    found = paths(tmp_path)
    assert set(found) == {"list.html", name}
    line = found[name]
    assert line.n_files == 6
    assert "browsers save beside a page" in line.fault
    assert line.advice == "nothing to do"
    assert extract_dump(tmp_path, line).dump["reason"] == line.fault


def test_folders_of_many_pages_are_one_line_together(tmp_path):
    for n in range(5):
        put(tmp_path / "deep", {f"p{n}.htm": PAGE + str(n)})
        put(tmp_path / "deep" / f"p{n}_files", {**PARTS, "own.css": str(n)})
    aside = [file for file in find_dumps(tmp_path) if file.fault]
    assert [(file.path, file.n_files) for file in aside] == [("deep/p0_files", 30)]
    assert "deep/p1_files, deep/p2_files and 2 more" in aside[0].fault


def test_a_page_somebody_put_into_such_a_folder_is_named(tmp_path):
    put(tmp_path, {"list.html": PAGE})
    put(tmp_path / "list_files", PARTS | {"mine.html": PAGE + "mine"})
    line = paths(tmp_path)["list_files"]
    assert "if you saved list_files/mine.html yourself, move it" in line.advice


def test_a_language_nobody_listed_is_known_by_what_the_folder_holds(tmp_path):
    put(tmp_path, {"list.html": PAGE})
    put(tmp_path / "list_qwert", {"a.png": b"\x89PNG", "noname": "1"})
    assert set(paths(tmp_path)) == {"list.html", "list_qwert"}
    put(tmp_path / "list_qwert", {"ann.txt": ANN})
    assert "list_qwert/ann.txt" in paths(tmp_path)


def test_a_folder_that_lost_its_page_keeps_what_may_be_a_page(tmp_path):
    put(tmp_path / "gone_files", PARTS | {"ann.txt": ANN, "bo": BO})
    found = paths(tmp_path)
    assert set(found) == {"gone_files", "gone_files/ann.txt", "gone_files/bo", "gone_files/css2"}
    assert found["gone_files"].advice == "put the page itself beside gone_files, if it is not there"


def test_the_tree_of_a_mirror_is_one_line(tmp_path):
    put(tmp_path / "host.example", {"list.html": PAGE, "style.css": "a{}", "logo.gif": b"GIF8"})
    put(tmp_path, {"own.css": "b{}", "ann.txt": ANN})
    found = paths(tmp_path)
    assert set(found) == {"host.example", "host.example/list.html", "ann.txt"}
    assert "(3 files in host.example, own.css)" in found["host.example"].fault


@pytest.mark.parametrize("name", ["lists_files", "list_files"])
def test_folders_of_pages_are_searched_as_ever(name, tmp_path):
    put(tmp_path, {"list.txt": BO})
    put(tmp_path / name, {"ann.txt": ANN, "shot.pdf": b"%PDF-1"})
    assert set(paths(tmp_path)) == {"list.txt", f"{name}/ann.txt", f"{name}/shot.pdf"}


def test_a_picture_alone_is_told_by_itself(tmp_path):
    put(tmp_path, {"ann.txt": ANN, "shot.png": b"\x89PNG\r\n"})
    shot = paths(tmp_path)["shot.png"]
    assert "is a PNG picture" in extract_dump(tmp_path, shot).dump["reason"]
