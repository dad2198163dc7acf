"""From files to rows: finding dumps, decoding, and the ledger in which every line has an owner."""

import codecs
import hashlib
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from helpers import ANN, BO, CY, arrow_page, put
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import schema
from pipeline.extraction import (
    DumpFaultError,
    Extracted,
    decode,
    extract_dump,
    extractor_version,
    find_dumps,
    record_id,
    to_table,
)

PARTS = ("n_lines_blank", "n_lines_card", "n_lines_furniture", "n_lines_unclaimed")


def extract(folder: Path, content: str | bytes, name: str = "page.txt") -> Extracted:
    put(folder, {name: content})
    (file,) = [file for file in find_dumps(folder) if file.path == name]
    return extract_dump(folder, file)


# ---------------------------------------------------------------- finding


def test_dumps_are_listed_by_content_with_their_first_path(tmp_path):
    put(tmp_path / "b", {"two.txt": ANN})
    put(tmp_path / "a", {"three.txt": ANN, "one.txt": BO})
    put(tmp_path, {"z.txt": ANN})
    found = find_dumps(tmp_path)
    assert [file.dump_id for file in found] == sorted(file.dump_id for file in found)
    by_path = {file.path: file for file in found}
    assert set(by_path) == {"a/one.txt", "a/three.txt"}
    ann = by_path["a/three.txt"]
    assert ann.dump_id == hashlib.sha256(ANN.encode()).hexdigest()
    assert (ann.n_files, ann.n_bytes, ann.fault) == (3, len(ANN.encode()), None)
    assert by_path["a/one.txt"].n_files == 1


def test_an_empty_folder_has_no_dumps(tmp_path):
    assert find_dumps(tmp_path) == []


@pytest.mark.parametrize(
    "name", [".hidden", ".DS_Store", "page.txt~", "x.tmp", "x.part", "x.crdownload", "x.SWP"]
)
def test_files_that_are_never_a_page_are_passed_over(name, tmp_path):
    put(tmp_path, {name: ANN})
    put(tmp_path / ".git", {"page.txt": ANN})
    assert find_dumps(tmp_path) == []


def test_links_are_followed_and_a_file_reached_twice_is_one_dump(tmp_path):
    outside = put(tmp_path / "outside", {"page.txt": ANN})
    raw = put(tmp_path / "raw", {})
    (raw / "linked").symlink_to(outside, target_is_directory=True)
    (raw / "page.txt").symlink_to(outside / "page.txt")
    (file,) = find_dumps(raw)
    assert (file.path, file.n_files) == ("linked/page.txt", 2)


def test_the_same_fault_keeps_its_id(tmp_path):
    (tmp_path / "a.txt").symlink_to("nowhere")
    (tmp_path / "b.txt").symlink_to("nowhere")
    first, second = find_dumps(tmp_path), find_dumps(tmp_path)
    assert first == second
    assert len({file.dump_id for file in first}) == 2
    assert all(file.fault for file in first)


def test_the_extractors_version_is_stable():
    assert extractor_version() == extractor_version()
    assert len(extractor_version()) == 12


# ---------------------------------------------------------------- decoding

TEXT = "Über Gräben – “naïve” ﬁne, 論文\n" * 3
WESTERN = "Über Gräben – “naïve”\n" * 3

DECODED = {
    "ascii": (b"plain\n", "plain\n", "utf-8"),
    "utf-8": (TEXT.encode(), TEXT, "utf-8"),
    "utf-8 with mark": (codecs.BOM_UTF8 + TEXT.encode(), TEXT, "utf-8"),
    "utf-16 with mark": (TEXT.encode("utf-16"), TEXT, "utf-16"),
    "utf-16 big": (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), TEXT, "utf-16"),
    "utf-32 with mark": (TEXT.encode("utf-32"), TEXT, "utf-32"),
    "cp1252": (WESTERN.encode("cp1252"), WESTERN, "cp1252"),
    "latin-1": ("Größe\n".encode("latin-1"), "Größe\n", "cp1252"),
    "no cp1252": ("Größe\n".encode("latin-1") + b"\x81", "Größe\n\x81", "latin-1"),
}


@pytest.mark.parametrize("case", DECODED)
def test_text_is_decoded(case):
    content, text, encoding = DECODED[case]
    assert decode(content) == (text, encoding, [])


def test_damaged_utf8_stays_utf8_and_names_the_line():
    text, encoding, (issue,) = decode(TEXT.encode() + b"end \xe2\x80\nmore\n")
    assert encoding == "utf-8"
    assert text.startswith(TEXT)
    assert (issue.kind, issue.line_start) == ("damaged_text", 4)
    assert "1 characters are not valid utf-8" in issue.message


def test_half_a_utf16_letter_is_reported():
    text, encoding, (issue,) = decode("Gräben\n".encode("utf-16")[:-1])
    assert (encoding, issue.kind) == ("utf-16", "damaged_text")
    assert text.startswith("Gräben")


def test_a_few_control_characters_are_left_out_and_reported():
    text, _, (issue,) = decode(b"x" * 500 + b"\n\0\x07" + b"y" * 500)
    assert text == "x" * 500 + "\n" + "y" * 500
    assert (issue.kind, issue.line_start) == ("control_characters", 2)
    assert "2 control characters" in issue.message


def test_tabs_form_feeds_and_line_ends_are_no_control_characters():
    assert decode(b"a\tb\x0cc\r\n\x0b")[2] == []


NO_TEXT = {
    "pdf": (b"%PDF-1.4 ...", "a PDF"),
    "jpeg": (b"\xff\xd8\xff\xe0", "a JPEG picture"),
    "gif": (b"GIF89a", "a GIF picture"),
    "word": (b"\xd0\xcf\x11\xe0", "an old office document"),
    "sqlite": (b"SQLite format 3\0", "an SQLite file"),
    "parquet": (b"PAR1", "a Parquet file"),
    "junk": (bytes(range(256)), "binary data"),
    "utf-16 without mark": ("abc".encode("utf-16-le") * 50, "binary data"),
    "nothing but a mark": (codecs.BOM_UTF16_LE, "is empty"),
    "nothing but blanks": (codecs.BOM_UTF8 + b" \n", "is empty"),
}


@pytest.mark.parametrize("case", NO_TEXT)
def test_what_is_no_text_is_refused_with_its_kind(case):
    content, words = NO_TEXT[case]
    with pytest.raises(DumpFaultError, match=words):
        decode(content)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(content):
    try:
        text, encoding, _ = decode(content)
    except DumpFaultError:
        return
    assert text.strip()
    assert "\0" not in text
    assert encoding in {"utf-8", "utf-16", "utf-32", "cp1252", "latin-1"}


# ---------------------------------------------------------------- the ledger


def assert_ledger(dump: dict) -> None:
    assert sum(dump[part] for part in PARTS) == dump["n_lines"]
    assert dump["n_lines_claimed"] == dump["n_lines_card"] + dump["n_lines_furniture"]


def test_a_page_has_an_owner_for_every_line(tmp_path):
    found = extract(tmp_path, ANN)
    assert found.dump["status"] == "extracted"
    assert [found.dump[part] for part in PARTS] == [1, 15, 8, 0]
    assert_ledger(found.dump)
    assert found.rows["issues"] == []


def test_lines_nobody_understands_are_reported_with_their_text(tmp_path):
    head, cards = CY.split("\n\n", 1)
    strange = "Cookies help us\n\nto bake better pages.\n\n"
    found = extract(tmp_path, "What is this?\n\n" + strange + head + "\n\n" + cards)
    assert_ledger(found.dump)
    assert found.dump["n_lines_unclaimed"] == 3
    reported = [row for row in found.rows["issues"] if row["kind"] == "unclaimed_lines"]
    text = "\n".join(row["text"] for row in reported)
    for line in ("What is this?", "Cookies help us", "to bake better pages."):
        assert line in text
    assert [row["issue_index"] for row in found.rows["issues"]] == list(
        range(1, len(found.rows["issues"]) + 1)
    )


ODD = {
    "no line end": CY.rstrip("\n"),
    "many blank lines": "\n\n\n" + CY + "\n\n\n\n",
    "lines of blanks": CY.replace("\n\n", "\n \t\n"),
    "a page twice": CY + "\n\n" + CY,
    "cut": ANN[: len(ANN) // 2],
    "no header": ANN[ANN.index("ICML") :],
    "a card alone": ANN[ANN.index("ICML") : ANN.index("ICML", 300)],
    "a title missing": ANN.replace("Deep Kernels for Graph Matching\n", "", 1),
    "form feeds": CY.replace("\n\n", "\n\x0c\n"),
}


@pytest.mark.parametrize("case", ODD)
def test_the_ledger_adds_up_on_odd_pages(case, tmp_path):
    found = extract(tmp_path, ODD[case])
    assert found.dump["status"] == "extracted", found.dump["reason"]
    assert found.dump["n_lines"] == ODD[case].count("\n") + 1
    assert_ledger(found.dump)
    records = found.rows["records"]
    assert found.dump["n_records"] == len(records) > 0
    spans = [(row["line_start"], row["line_end"]) for row in records]
    assert spans == sorted(spans)
    for (_, end), (start, _) in pairwise(spans):
        assert end < start, "cards overlap"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from([*ANN.split("\n"), *CY.split("\n"), "?", ""]), max_size=40))
def test_the_ledger_adds_up_on_any_mixture_of_lines(tmp_path_factory, lines):
    folder = tmp_path_factory.mktemp("mixture")
    found = extract(folder, "\n".join(lines))
    if found.dump["status"] == "extracted":
        assert_ledger(found.dump)
        for name, rows in found.rows.items():
            spec = next(spec for spec in schema.STAGING_TABLES if spec.name == name)
            to_table(spec, rows)
    else:
        assert found.dump["reason"]
        assert found.rows == {}


def test_a_page_of_which_most_is_not_understood_is_set_aside(tmp_path):
    story = "".join(f"Chapter {n} of a story that goes on and on.\n" for n in range(60))
    page = story + ANN[ANN.index("ICML") :].split("ICML", 2)[1].join(["ICML", ""])
    found = extract(tmp_path, page)
    assert found.dump["status"] == "quarantined"
    assert "lines could be understood" in found.dump["reason"]


def test_two_sites_in_one_file_are_not_mixed_up(tmp_path):
    found = extract(tmp_path, CY + "\n" + ANN)
    sources = [row["source"] for row in found.rows["records"]]
    assert sources == ["scholar_feed"] * 3 + ["arrow"] * 3
    assert found.dump["n_lines_unclaimed"] == 0


def test_a_page_that_lists_fewer_papers_than_it_says_is_reported(tmp_path):
    found = extract(tmp_path, ANN.replace("3 papers", "9 papers"))
    assert (found.dump["n_declared"], found.dump["n_records"]) == (9, 3)
    (issue,) = found.rows["issues"]
    assert issue["kind"] == "declared_count"
    assert "the page says it lists 9 papers, 3 were found" in issue["message"]


# ---------------------------------------------------------------- rows


def test_record_ids_depend_on_content_and_place_only(tmp_path):
    first = extract(tmp_path / "one", ANN, "a.txt")
    second = extract(tmp_path / "two", ANN, "another name.html")
    ids = [row["record_id"] for row in first.rows["records"]]
    assert ids == [row["record_id"] for row in second.rows["records"]]
    assert ids == [record_id(first.dump["dump_id"], n) for n in (1, 2, 3)]
    changed = extract(tmp_path / "three", ANN + "\n", "a.txt")
    assert ids[0] != changed.rows["records"][0]["record_id"]


def test_rows_carry_keys_and_counts(tmp_path):
    page = arrow_page("Fan Yang", [("K-Theory", ["Fan Yang 0024", "Štěpán Holub"], 2020)])
    found = extract(tmp_path, page)
    (record,) = found.rows["records"]
    assert (record["title_key"], record["n_authors_listed"]) == ("k theory", 2)
    fan, stepan = found.rows["record_authors"]
    assert (fan["raw_name"], fan["name"], fan["homonym_id"]) == (
        "Fan Yang 0024",
        "Fan Yang",
        "0024",
    )
    assert (stepan["author_order"], stepan["name_key"]) == (2, "stepan holub")
    assert found.rows["pages"][0]["page_subject_key"] == "fan yang"


def test_tables_have_the_types_of_the_contract(tmp_path):
    found = extract(tmp_path, CY)
    for spec in schema.STAGING_TABLES:
        made = to_table(spec, found.rows[spec.name])
        assert made.schema == spec.arrow_schema()
    assert to_table(schema.RECORDS, []).num_rows == 0
    with pytest.raises((pa.ArrowInvalid, pa.ArrowTypeError)):
        to_table(schema.RECORDS, [{"record_index": "one"}])


def test_long_text_in_issues_is_cut(tmp_path):
    found = extract(tmp_path, "x" * 5000 + "\n\n" + CY)
    (issue,) = [row for row in found.rows["issues"] if row["kind"] == "unclaimed_lines"]
    assert len(issue["text"]) == 500
