"""Bad input: the bad page is set aside with a reason, the good one beside it is read.

Each case is read by itself, its reason as `papermart status` words it; then all of them lie in
one folder and the command builds it with exit code 0.
"""

import codecs
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from growth import assert_linear
from helpers import (
    ACCENTS,
    ANN,
    BO,
    CY,
    MORNING,
    copy_of,
    made_once,
    make_only,
    nobody,
    open_to_all,
    papermart,
    put,
    small_build,
    snapshot,
    table,
)

from pipeline.builds.dumps import DumpsReport, refresh_dumps
from pipeline.builds.status import read_status
from pipeline.storage.warehouse import Warehouse

BIG = 60 * 1024 * 1024
needs_links = pytest.mark.skipif(os.name == "nt", reason="needs POSIX links and permissions")
pytestmark = needs_links


@dataclass(frozen=True)
class Read:
    """A folder with the good page and a bad one, read."""

    root: Path
    report: DumpsReport

    def dump(self, path: str) -> dict:
        (row,) = [row for row in table(self.root, "raw.dumps") if row["path"] == path]
        return row

    def titles(self, path: str) -> list[str]:
        dump_id = self.dump(path)["dump_id"]
        records = table(self.root, "staging.records", "dump_id, record_index")
        return [row["title"] for row in records if row["dump_id"] == dump_id]

    def issues(self, path: str) -> set[str]:
        dump_id = self.dump(path)["dump_id"]
        return {
            row["kind"] for row in table(self.root, "staging.issues") if row["dump_id"] == dump_id
        }


@pytest.fixture
def raw(tmp_path) -> Path:
    return put(tmp_path / "raw", {"good.txt": ANN})


@pytest.fixture
def read(raw, tmp_path) -> Callable[..., Read]:
    """Read the folder; the good page must come out whole, whatever lies beside it."""

    def read_folder(progress=lambda *_: None) -> Read:
        root = tmp_path / "warehouse"
        found = Read(root, refresh_dumps(raw, Warehouse(root), MORNING, progress))
        assert found.dump("good.txt")["status"] == "extracted"
        assert len(found.titles("good.txt")) == 3
        return found

    return read_folder


@pytest.fixture
def set_aside(raw, read) -> Callable[..., str]:
    """Read the folder, make sure that only `path` was set aside, and return the reason."""

    def reason(path: str, **options) -> str:
        found = read(**options)
        assert [path for path, _ in found.report.quarantined] == [path]
        words = found.report.quarantined[0][1]
        lines = list(read_status(raw, Warehouse(found.root)).lines())
        assert f"  set aside: {path} {words}" in lines
        assert found.dump(path)["n_records"] == 0
        return words

    return reason


# ---------------------------------------------------------------- what is in the file


BLANK = {
    "empty": b"",
    "blanks": b" \n\t\r\n \n",
    "only a mark": codecs.BOM_UTF8,
    "nulls": b"\0" * 9,
}


@pytest.mark.parametrize("content", BLANK.values(), ids=BLANK)
def test_an_empty_file_is_set_aside(content, raw, set_aside):
    put(raw, {"bad.txt": content})
    words = set_aside("bad.txt")
    assert words.startswith("is empty") or "not text" in words


def test_binary_junk_is_set_aside(raw, set_aside):
    put(raw, {"bad.txt": bytes(range(256)) * 40})
    assert "is not text (binary data)" in set_aside("bad.txt")


MAGIC = {
    "page.pdf": (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
    "page.png": (b"\x89PNG\r\n\x1a\n\0\0", "a PNG picture"),
    "page.zip": (b"PK\x03\x04\x14\0", "a ZIP archive"),
    "page.txt": (b"\x1f\x8b\x08\0", "a gzip archive"),
}


@pytest.mark.parametrize("name", MAGIC)
def test_other_kinds_of_file_are_named(name, raw, set_aside):
    put(raw, {name: MAGIC[name][0] + b"rest of the file"})
    assert MAGIC[name][1] in set_aside(name)


def test_unknown_text_is_set_aside(raw, set_aside):
    put(raw, {"bad.txt": "Dear diary,\n\ntoday I read three papers.\n" * 5})
    assert "is no page of a known site (Arrow" in set_aside("bad.txt")


def test_a_web_page_of_another_site_is_set_aside(raw, set_aside):
    put(raw, {"bad.html": "<!doctype html><html><body><h1>Recipes</h1></body></html>"})
    assert "HTML page of no known layout" in set_aside("bad.html")


def test_a_known_page_cut_in_the_middle_keeps_the_records_before_the_cut(raw, read):
    cut = BO.encode()
    put(raw, {"cut.txt": cut[: cut.index(b"Sparse Attention") + 10]})
    found = read()
    assert found.titles("cut.txt")[0] == "Deep Kernels for Graph Matching"
    assert found.dump("cut.txt")["status"] == "extracted"
    page = found.dump("cut.txt")
    assert (
        page["n_lines"]
        == page["n_lines_blank"] + page["n_lines_claimed"] + (page["n_lines_unclaimed"])
    )


def test_a_page_cut_inside_a_letter_is_read_and_the_damage_reported(raw, read):
    content = CY.encode() + "José Pe".encode() + "ñ".encode()[:1]
    put(raw, {"cut.txt": content})
    found = read()
    assert len(found.titles("cut.txt")) == 3
    assert found.dump("cut.txt")["encoding"] == "utf-8"
    assert "damaged_text" in found.issues("cut.txt")


ENCODINGS = {
    "utf-8": ACCENTS.encode(),
    "utf-8 with mark": codecs.BOM_UTF8 + ACCENTS.encode(),
    "utf-16 little": codecs.BOM_UTF16_LE + ACCENTS.encode("utf-16-le"),
    "utf-16 big": codecs.BOM_UTF16_BE + ACCENTS.encode("utf-16-be"),
    "latin-1": ACCENTS.replace("•", "-").encode("latin-1"),
    "cp1252": ACCENTS.replace("Gräben", "“Gräben”").encode("cp1252"),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_page_in_another_encoding_is_read_right(encoding, raw, read):
    put(raw, {"page.txt": ENCODINGS[encoding]})
    found = read()
    title = "Über “Gräben”" if encoding == "cp1252" else "Über Gräben"
    assert found.titles("page.txt") == [title]
    page_id = found.dump("page.txt")["dump_id"][:16]
    names = table(found.root, "staging.record_authors", "record_id, author_order")
    assert [row["name"] for row in names if row["record_id"].startswith(page_id)] == [
        "José Peña",
        "Zoë Groß",
    ]
    assert found.issues("page.txt") == set()


@pytest.mark.parametrize("end", ["\r\n", "\r"], ids=["CRLF", "CR"])
def test_other_line_ends_change_nothing(end, raw, read):
    put(raw, {"page.txt": CY.replace("\n", end).encode()})
    found = read()
    put(raw, {"page.txt": CY})
    plain = read()
    assert found.titles("page.txt") == plain.titles("page.txt")
    assert len(plain.titles("page.txt")) == 3
    for column in ("line_start", "line_end", "abstract"):
        wanted = [row[column] for row in table(plain.root, "staging.records")]
        assert [row[column] for row in table(found.root, "staging.records")] == wanted


def test_nul_bytes_in_a_page_are_left_out_and_reported(raw, read):
    put(raw, {"page.txt": CY.encode().replace(b"Tiny Codes", b"Tiny\0 Codes")})
    found = read()
    assert "Tiny Codes for Big Archives" in found.titles("page.txt")
    assert found.issues("page.txt") == {"control_characters"}


# ---------------------------------------------------------------- sixty megabytes


@pytest.mark.slow
def test_sixty_megabytes_of_unknown_text_are_set_aside_in_time_that_grows_with_them(raw, set_aside):
    line = b"A line of a log file, which is no paper, et al. 2024-01-01 " * 6 + b"12:00\n"

    def bring(size):
        put(raw, {"big.txt": line * (size // len(line))})
        assert "is no page of a known site" in set_aside("big.txt")

    assert_linear(bring, BIG)


@pytest.mark.slow
def test_sixty_megabytes_of_one_page_are_read_in_time_that_grows_with_them(raw, read):
    abstract = "All of this is one long abstract, word after word, as papers have it. " * 400

    def bring(size):
        venue = "ICML Conference 2023 Conference Paper"
        cards = [
            f"{venue}\nPaper Number {n} of Many\n• Ann Lee\n{abstract}"
            for n in range(size // (len(abstract) + 80) + 1)
        ]
        put(raw, {"big.txt": "\n".join(cards)})
        assert (raw / "big.txt").stat().st_size > size
        found = read()
        assert found.dump("big.txt")["n_records"] == len(cards)
        assert found.dump("big.txt")["n_lines_unclaimed"] == 0

    assert_linear(bring, BIG)


# ---------------------------------------------------------------- what the file is


def test_an_unreadable_file_is_set_aside(raw, tmp_path, set_aside):
    put(raw, {"bad.txt": BO})
    (raw / "bad.txt").chmod(0)
    open_to_all(tmp_path)
    with nobody():
        words = set_aside("bad.txt")
    assert words == "cannot be read: permission denied; correct its permissions"


def test_an_unreadable_folder_is_named(raw, tmp_path, set_aside):
    put(raw / "closed", {"page.txt": BO})
    (raw / "closed").chmod(0)
    open_to_all(tmp_path)
    with nobody():
        words = set_aside("closed")
    (raw / "closed").chmod(0o755)
    assert words == "is a folder that cannot be opened: permission denied"


def test_a_broken_link_is_set_aside(raw, set_aside):
    (raw / "bad.txt").symlink_to("moved-away.txt")
    assert "is a link to moved-away.txt, which is not there" in set_aside("bad.txt")


def test_a_link_to_itself_is_set_aside(raw, set_aside):
    (raw / "bad.txt").symlink_to("bad.txt")
    assert "is a link to bad.txt" in set_aside("bad.txt")


def test_a_folder_named_like_a_dump_is_named_and_read(raw, set_aside):
    put(raw / "bad.txt", {"inside.txt": BO})
    assert "is a folder, though named like a page" in set_aside("bad.txt")


def test_a_loop_of_folders_is_walked_once(raw, read):
    put(raw / "deep", {"page.txt": BO})
    (raw / "deep" / "up").symlink_to(raw, target_is_directory=True)
    found = read()
    assert found.report.n_dumps == 2
    assert {row["n_files"] for row in table(found.root, "raw.dumps")} == {1}


def test_a_fifo_is_set_aside_and_not_waited_for(raw, set_aside):
    os.mkfifo(raw / "bad.txt")
    assert "is not a regular file" in set_aside("bad.txt")


def test_unfinished_and_hidden_files_are_no_dumps(raw, read):
    put(raw, {".hidden.txt": BO, "page.txt~": BO, "page.crdownload": BO, "page.part": BO})
    assert read().report.n_dumps == 1


# ---------------------------------------------------------------- while the build runs


def test_a_file_that_vanishes_is_named_and_read_when_it_is_back(raw, read, set_aside):
    put(raw, {"bad.txt": BO})

    def vanish(what: str, *_) -> None:
        if what == "reading bad.txt":
            (raw / "bad.txt").unlink()

    assert "vanished while the build was running" in set_aside("bad.txt", progress=vanish)
    assert read().report.n_dumps == 1
    put(raw, {"bad.txt": BO})
    found = read()
    assert found.report.quarantined == ()
    assert len(found.titles("bad.txt")) == 2


def test_a_file_that_changes_is_named_and_read_by_the_next_build(raw, read, set_aside):
    put(raw, {"bad.txt": BO})

    def change(what: str, *_) -> None:
        if what == "reading bad.txt":
            put(raw, {"bad.txt": CY})

    assert "changed while the build was running" in set_aside("bad.txt", progress=change)
    found = read()
    assert found.report.quarantined == ()
    assert len(found.titles("bad.txt")) == 3


# ---------------------------------------------------------------- file names


NAMES = ["two words.txt", 'it\'s "quoted".txt', "ein Übermaß 論文.txt", "no suffix", "50%, $1;.TXT"]


@pytest.mark.parametrize("name", NAMES)
def test_odd_file_names_are_read_and_kept(name, raw, read):
    put(raw, {name: BO})
    found = read()
    assert len(found.titles(name)) == 2
    assert found.report.quarantined == ()


def test_a_line_break_in_a_file_name_breaks_no_line(raw, read):
    put(raw, {"two\nlines.txt": BO, "bad\nname.txt": b""})
    found = read()
    assert len(found.titles("two\nlines.txt")) == 2
    lines = list(read_status(raw, Warehouse(found.root)).lines())
    assert any(line.startswith("  set aside: bad\\nname.txt is empty") for line in lines)
    assert not any("\n" in line for line in lines)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow only text in file names")
def test_a_file_name_that_is_no_text_is_read(raw, read):
    Path(os.fsdecode(os.fsencode(raw) + b"/caf\xe9.txt")).write_text(BO, "utf-8")
    found = read()
    assert len(found.titles("caf\\xe9.txt")) == 2
    assert found.report.quarantined == ()


def test_the_nearest_site_is_named_where_a_page_is_nearly_one(raw, set_aside):
    """A page of no cards still shows by its furniture where it may be from."""
    words = ("Help | Advanced Search", "Login", "Showing 1–50 of 160 results for author: Roe")
    put(raw, {"bad.txt": "\n".join((*words, "Nothing"))})
    reason = set_aside("bad.txt")
    assert "nearest comes arXiv search (arxiv_search, compact), 3 of 4 lines look like it" in reason
    put(
        raw, {"bad.txt": f"<!doctype html><html><body><p>{'</p><p>'.join(words)}</p></body></html>"}
    )
    assert "nearest comes arXiv search (arxiv_search, html), 3 of 3 lines" in set_aside("bad.txt")


# ---------------------------------------------------------------- all of it at once


@pytest.fixture(scope="module")
def mess() -> Path:
    """One good page among everything a folder can hold; world-readable."""
    return made_once("mess", make_mess)[0]


def make_mess(raw: Path) -> None:
    put(raw, {"good.txt": ANN, "empty.txt": b"", "blank.txt": b" \n"})
    put(raw, {"junk.txt": bytes(range(256)) * 40, "diary.txt": "Dear diary\n" * 9})
    put(raw, {name: magic + b"rest" for name, (magic, _) in MAGIC.items()})
    put(raw, {"latin.txt": ENCODINGS["latin-1"], 'it\'s "odd" ü.txt': ENCODINGS["utf-16 big"]})
    put(raw, {"bad\nname.txt": b"\0"})
    put(raw / "folder.html", {"inside.txt": BO})
    (raw / "gone.txt").symlink_to("nowhere")
    (raw / "folder.html" / "loop").symlink_to(raw, target_is_directory=True)
    os.mkfifo(raw / "pipe.txt")


def test_the_command_reads_what_can_be_read_and_status_names_the_rest(mess, tmp_path, monkeypatch):
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    make_only(monkeypatch, "marts.papers")
    monkeypatch.setattr("pipeline.cli.build._COUNTED", ("papers",))
    before = snapshot(mess)
    run = papermart("build", "--raw", mess, "--warehouse", root)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert snapshot(mess) == before
    read = {row["path"] for row in table(root, "raw.dumps") if row["status"] == "extracted"}
    assert read == {"good.txt", "latin.txt", "folder.html/inside.txt", 'it\'s "odd" ü.txt'}
    status = papermart("status", "--raw", mess, "--warehouse", root)
    assert status.returncode == 0
    aside = [line for line in status.stdout.splitlines() if line.startswith("  set aside: ")]
    assert aside == [line for line in run.stdout.splitlines() if "set aside: " in line]
    bad = ["empty.txt", "blank.txt", "junk.txt", "diary.txt", *MAGIC, "folder.html", "gone.txt"]
    for name in (*bad, "pipe.txt", "bad\\nname.txt"):
        assert any(line.startswith(f"  set aside: {name} ") for line in aside), name
    assert len(aside) == len(bad) + 2
