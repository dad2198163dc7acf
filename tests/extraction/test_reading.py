"""Reading a dump: the ledger in which every line has an owner, and the rows that come of it."""

from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from helpers import ANN, CY, arrow_page, put
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contract.arrow import schema_of, table_of_rows
from pipeline.contract.ids import record_id
from pipeline.contract.tables import RECORDS, STAGING_TABLES
from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.extracted import Extracted
from pipeline.extraction.reader_version import extractor_version
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import rows_of

PARTS = ("n_lines_blank", "n_lines_card", "n_lines_furniture", "n_lines_unclaimed")


def extract(folder: Path, content: str | bytes, name: str = "page.txt") -> Extracted:
    put(folder, {name: content})
    (file,) = [file for file in find_dumps(folder) if file.path == name]
    return extract_dump(folder, file)


# ---------------------------------------------------------------- the ledger


def assert_ledger(dump: dict) -> None:
    assert sum(dump[part] for part in PARTS) == dump["n_lines"]
    assert dump["n_lines_claimed"] == dump["n_lines_card"] + dump["n_lines_furniture"]


def test_a_page_has_an_owner_for_every_line(tmp_path):
    found = extract(tmp_path, ANN)
    assert found.dump["status"] == "extracted"
    assert [found.dump[part] for part in PARTS] == [1, 15, 8, 0]
    assert_ledger(found.dump)
    assert rows_of(found)["issues"] == []


def test_lines_not_understood_are_reported_with_their_text(tmp_path):
    head, cards = CY.split("\n\n", 1)
    strange = "Cookies help us\n\nto bake better pages.\n\n"
    found = extract(tmp_path, "What is this?\n\n" + strange + head + "\n\n" + cards)
    assert_ledger(found.dump)
    assert found.dump["n_lines_unclaimed"] == 3
    reported = [row for row in rows_of(found)["issues"] if row["kind"] == "unclaimed_lines"]
    text = "\n".join(row["text"] for row in reported)
    for line in ("What is this?", "Cookies help us", "to bake better pages."):
        assert line in text
    assert [row["issue_index"] for row in rows_of(found)["issues"]] == list(
        range(1, len(rows_of(found)["issues"]) + 1)
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
    records = rows_of(found)["records"]
    assert found.dump["n_records"] == len(records) > 0
    spans = [(row["line_start"], row["line_end"]) for row in records]
    assert spans == sorted(spans)
    for (_, end), (start, _) in pairwise(spans):
        assert end < start, "cards overlap"


@settings(max_examples=60)
@given(st.lists(st.sampled_from([*ANN.split("\n"), *CY.split("\n"), "?", ""]), max_size=40))
def test_the_ledger_adds_up_on_any_mixture_of_lines(tmp_path_factory, lines):
    folder = tmp_path_factory.mktemp("mixture")
    found = extract(folder, "\n".join(lines))
    if found.dump["status"] == "extracted":
        assert_ledger(found.dump)
    else:
        assert found.dump["reason"]
        assert all(row["is_held_back"] for row in rows_of(found).get("records", ()))


def test_a_page_of_which_most_is_not_understood_is_set_aside(tmp_path):
    story = "".join(f"Chapter {n} of a story that goes on and on.\n" for n in range(60))
    page = story + ANN[ANN.index("ICML") :].split("ICML", 2)[1].join(["ICML", ""])
    found = extract(tmp_path, page)
    assert found.dump["status"] == "quarantined"
    assert "lines could be understood" in found.dump["reason"]


def test_two_sites_in_one_file_are_not_mixed_up(tmp_path):
    found = extract(tmp_path, CY + "\n" + ANN)
    sources = [row["source"] for row in rows_of(found)["records"]]
    assert sources == ["scholar_feed"] * 3 + ["arrow"] * 3
    assert found.dump["n_lines_unclaimed"] == 0


def test_a_page_that_lists_fewer_papers_than_it_says_is_reported(tmp_path):
    found = extract(tmp_path, ANN.replace("3 papers", "9 papers"))
    assert (found.dump["n_declared"], found.dump["n_records"]) == (9, 3)
    (issue,) = rows_of(found)["issues"]
    assert issue["kind"] == "declared_count"
    assert "the page says it lists 9 papers, 3 were found" in issue["message"]


# ---------------------------------------------------------------- rows


def test_record_ids_depend_on_content_and_place_only(tmp_path):
    first = extract(tmp_path / "one", ANN, "a.txt")
    second = extract(tmp_path / "two", ANN, "another name.html")
    ids = [row["record_id"] for row in rows_of(first)["records"]]
    assert ids == [row["record_id"] for row in rows_of(second)["records"]]
    assert ids == [record_id(first.dump["dump_id"], n) for n in (1, 2, 3)]
    changed = extract(tmp_path / "three", ANN + "\n", "a.txt")
    assert ids[0] != rows_of(changed)["records"][0]["record_id"]


def test_rows_carry_keys_and_counts(tmp_path):
    page = arrow_page("Fan Yang", [("K-Theory", ["Fan Yang 0024", "Štěpán Holub"], 2020)])
    found = extract(tmp_path, page)
    (record,) = rows_of(found)["records"]
    assert (record["title_key"], record["n_authors_listed"]) == ("k theory", 2)
    fan, stepan = rows_of(found)["record_authors"]
    assert (fan["raw_name"], fan["name"], fan["homonym_id"]) == (
        "Fan Yang 0024",
        "Fan Yang",
        "0024",
    )
    assert (stepan["author_order"], stepan["name_key"]) == (2, "stepan holub")
    assert rows_of(found)["pages"][0]["page_subject_key"] == "fan yang"


def test_tables_have_the_types_of_the_contract(tmp_path):
    found = extract(tmp_path, CY)
    for spec in STAGING_TABLES:
        made = table_of_rows(spec, rows_of(found)[spec.name])
        assert made.schema == schema_of(spec)
    assert table_of_rows(RECORDS, []).num_rows == 0
    with pytest.raises((pa.ArrowInvalid, pa.ArrowTypeError)):
        table_of_rows(RECORDS, [{"record_index": "one"}])


def test_long_text_in_issues_is_cut(tmp_path):
    found = extract(tmp_path, "x" * 5000 + "\n\n" + CY)
    (issue,) = [row for row in rows_of(found)["issues"] if row["kind"] == "unclaimed_lines"]
    assert len(issue["text"]) == 500


def test_the_extractors_version_is_stable():
    assert extractor_version() == extractor_version()
    assert len(extractor_version()) == 12
