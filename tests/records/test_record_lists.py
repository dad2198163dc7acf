"""Tables as library tools export them: their authors, numbers and identifiers in `link`."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.contract.errors import PipelineError
from pipeline.records import record_table
from pipeline.records.link import linked


def columns(file, shown, table="staging.records"):
    with linked(file, "staging.records") as engine:
        return engine.tuples(f"select {shown} from {table} order by all")


def write(file, rows):
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return file


def test_one_paper_in_the_spellings_of_four_tools_is_one(tmp_path):
    authors = (
        "Lund, Ana and van der Berg, Jan",
        "A. Lund, J. van der Berg",
        "Lund A, van der Berg J",
        ["Ana Lund", "Berg, Jan van der"],
    )
    rows = [
        {"record_id": f"r{n}", "title": "Parsing Quiet Ponds", "authors": shown, "year": 2015}
        for n, shown in enumerate(authors)
    ]
    rows += [
        {"record_id": "s0", "title": "湖の評価について", "authors": ["森 花子", "林 太郎"]},
        {"record_id": "s1", "title": "湖の評価について", "authors": "森花子、林太郎"},
    ]
    with linked(write(tmp_path / "in.jsonl", rows)) as engine:
        found = engine.tuples("select record_id, cluster_id from linkage.clusters order by 1")
    assert [cluster for _, cluster in found] == ["r0"] * 4 + ["s0"] * 2


def test_the_whole_column_tells_whatever_the_order_of_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.inputs.record_files._BATCH_ROWS", 2)
    rows = [
        {"record_id": f"r{n}", "title": "T", "authors": "Ana Lund, Bo Roe, Oto Kask"}
        for n in (1, 2)
    ]
    unclear = {"record_id": "r0", "title": "T", "authors": "Lund, Kask"}
    shown = "name"
    alone = columns(write(tmp_path / "a.jsonl", [unclear]), shown, "staging.record_authors")
    first = columns(write(tmp_path / "b.jsonl", [unclear, *rows]), shown, "staging.record_authors")
    last = columns(write(tmp_path / "c.jsonl", [*rows, unclear]), shown, "staging.record_authors")
    assert alone == [("Kask Lund",)]
    assert first == last
    assert ("Kask",) in first


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_volume_issue_and_pages_are_read_as_texts(suffix, tmp_path):
    cells = {
        "volume": ["12", " 12 ", "n/a", None],
        "issue": ["3–4", "3 -- 4", "-", "S1"],
        "pages": ["12 – 15", "12--15.", "", "e102"],
    }
    table = pa.table({"record_id": list("abcd"), "title": ["T"] * 4, **cells})
    file = tmp_path / f"in.{suffix}"
    if suffix == "parquet":
        pq.write_table(table, file)
    else:
        write(file, table.to_pylist())
    assert columns(file, "record_id, volume, issue, pages") == [
        ("a", "12", "3-4", "12-15"),
        ("b", "12", "3-4", "12-15"),
        ("c", None, None, None),
        ("d", None, "S1", "e102"),
    ]


def test_numbers_are_volumes_too(tmp_path):
    rows = [{"record_id": "a", "title": "T", "volume": 12, "issue": 3.0, "pages": 7}]
    assert columns(write(tmp_path / "in.jsonl", rows), "volume, issue, pages") == [("12", "3", "7")]
    assert {"volume", "issue", "pages"} <= set(record_table.COLUMNS)


def test_what_is_no_identifier_links_nothing(tmp_path):
    rows = [
        {"record_id": f"r{n}", "title": title, "doi": "n/a", "arxiv_id": "unknown"}
        for n, title in enumerate(["Deep Nets for Pets", "Shallow Lakes in Winter"])
    ]
    file = write(tmp_path / "in.jsonl", rows)
    assert columns(file, "doi, arxiv_id") == [(None, None)] * 2
    with linked(file) as engine:
        assert engine.scalar("select count(distinct cluster_id) from linkage.clusters") == 2


WIDE = pa.schema(
    {
        "record_id": pa.large_string(),
        "title": pa.large_string(),
        "authors": pa.large_list(pa.field("element", pa.large_string())),
        "abstract": pa.large_string(),
        "year": pa.int64(),
        "n_authors_total": pa.int64(),
        "authors_complete": pa.bool_(),
    }
)
NARROW = pa.schema(
    {
        "record_id": pa.string(),
        "title": pa.string(),
        "authors": pa.list_(pa.string()),
        "abstract": pa.string(),
        "year": pa.int32(),
        "n_authors_total": pa.int32(),
        "authors_complete": pa.bool_(),
    }
)


@pytest.mark.parametrize("schema", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_parquet_file_says_what_json_lines_say(schema, tmp_path):
    rows = [
        {"record_id": "a", "title": " Quiet  Ponds ", "authors": ["Lund, Ana", None, "", "B. Roe"]},
        {"record_id": "b", "title": "", "authors": ["", None], "abstract": "", "year": 2015},
        {"record_id": "c", "title": "Ponds &amp; Reeds", "authors": [], "abstract": "We measure."},
        {"record_id": "d", "title": None, "authors": None, "n_authors_total": 3, "year": -5},
        {"record_id": "e", "title": "Reeds", "authors": ["Ana Lund"], "authors_complete": True},
        {"record_id": "f", "title": "Reeds", "authors": ["Ana Lund"], "authors_complete": False},
    ]
    whole = [{name: row.get(name) for name in schema.names} for row in rows]
    pq.write_table(pa.Table.from_pylist(whole, schema), tmp_path / "in.parquet")
    lines = write(tmp_path / "in.jsonl", rows)
    for table in ("staging.records", "staging.record_authors"):
        expected = columns(lines, "*", table)
        assert columns(tmp_path / "in.parquet", "*", table) == expected


def test_a_whole_number_that_does_not_fit_is_named(tmp_path):
    rows = [{"record_id": "a", "title": "T", "year": 2015}]
    rows += [{"record_id": "b", "title": "T", "year": 2**31}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "in.parquet")
    with pytest.raises(PipelineError, match=r"row 2, column year: 2147483648 is not a whole"):
        columns(tmp_path / "in.parquet", "*")


@pytest.mark.parametrize("schema", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("column", ["year", "n_authors_total"])
@pytest.mark.parametrize("number", [-(2**31) + 1, 10**9, -(2**31)])
def test_a_number_too_large_to_be_subtracted_is_named(number, column, schema, tmp_path):
    rows = [{"record_id": "a", "title": "T", column: 2015}]
    rows += [{"record_id": "b", "title": "T", column: number}]
    whole = [{name: row.get(name) for name in schema.names} for row in rows]
    pq.write_table(pa.Table.from_pylist(whole, schema), tmp_path / "in.parquet")
    with pytest.raises(PipelineError, match=rf"row 2, column {column}: {number} is not a whole"):
        columns(tmp_path / "in.parquet", "*")
