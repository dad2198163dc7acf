"""The five real dumps, built by the real command, against what people found in them by hand.

Every field of every record in `../shared/truth/*.json` must stand in the tables. The dumps are
not part of the project, so these tests skip where they are absent.
"""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from helpers import SHARED, needs_shared, papermart, rows, scratch, table

from pipeline.text import fold_space

pytestmark = needs_shared

TRUTHS = {path.stem[:3]: path for path in sorted((SHARED / "truth").glob("*.json"))}
N_RECORDS = {"000": 46, "001": 49, "002": 50, "003": 50, "004": 49}
LLAMA = "The Llama 3 Herd of Models"
# Facts of the page that have no column of their own name.
PAGE_COLUMNS = {"text_form": "form"}


@cache
def truth(number: str) -> dict[str, Any]:
    return json.loads(TRUTHS[number].read_text("utf-8"))


@pytest.fixture(scope="module")
def built() -> Path:
    root = scratch() / "shared-warehouse"
    run = papermart("build", "--raw", SHARED / "raw", "--warehouse", root)
    assert run.returncode == 0, run.stderr
    assert "raw: 5 dumps (5 new, 0 gone, 0 set aside)" in run.stdout
    assert "staging: 244 records" in run.stdout
    return root


@pytest.fixture(scope="module")
def dumps(built: Path) -> dict[str, dict[str, Any]]:
    return {row["path"][:3]: row for row in table(built, "raw.dumps")}


@pytest.fixture(scope="module")
def records(built: Path, dumps) -> dict[str, list[dict[str, Any]]]:
    """The records of each dump in the order of the page, each with its authors."""
    names: dict[str, list[dict[str, Any]]] = {}
    for row in table(built, "staging.record_authors", "record_id, author_order"):
        names.setdefault(row["record_id"], []).append(row)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in table(built, "staging.records", "dump_id, record_index"):
        number = next(n for n, dump in dumps.items() if dump["dump_id"] == row["dump_id"])
        found.setdefault(number, []).append(row | {"authors": names.get(row["record_id"], [])})
    return found


def shown(field: str, value: Any) -> Any:
    """Spell a value of the tables as the truth spells it."""
    if field == "authors":
        return [{"name": author["name"], "homonym_id": author["homonym_id"]} for author in value]
    if field == "affiliations":
        return value or []
    return value.isoformat() if isinstance(value, date) else value


def expected(field: str, value: Any) -> Any:
    if field == "abstract" and value is not None:
        return fold_space(value)
    return value


def test_all_five_dumps_and_244_records_are_there(dumps, records):
    assert {number: dump["n_records"] for number, dump in dumps.items()} == N_RECORDS
    assert {number: len(found) for number, found in records.items()} == N_RECORDS


@pytest.mark.parametrize("number", N_RECORDS)
def test_every_field_of_every_record_equals_the_truth(number, records):
    wrong = [
        f"record {want['record_index']}, {field}: {shown(field, have[field])!r}, truth {value!r}"
        for want, have in zip(truth(number)["records"], records[number], strict=True)
        for field, value in want.items()
        if shown(field, have[field]) != expected(field, value)
    ]
    assert not wrong, f"{len(wrong)} values are wrong:\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize("number", N_RECORDS)
def test_the_truth_names_no_field_that_the_tables_lack(number, records):
    """Guards the test above: it must look at titles, authors and more in every record."""
    fields = {field for record in truth(number)["records"] for field in record}
    assert {"title", "authors", "abstract", "authors_complete", "n_authors_total"} <= fields
    assert fields <= set(records[number][0])


@pytest.mark.parametrize("number", N_RECORDS)
def test_page_facts_equal_the_truth(number, built, dumps):
    dump = dumps[number]
    (page,) = rows(
        f"select * from '{built}/tables/staging/pages/*.parquet' where dump_id = ?",
        dump["dump_id"],
    )
    facts = page | {"form": dump["form"]}
    if facts["page_subject_basis"] == "inferred":
        facts["page_subject"] = None  # the truth knows only what the page states
    want = truth(number)["page"]
    assert {field: facts[PAGE_COLUMNS.get(field, field)] for field in want} == want
    assert dump["n_declared"] == want["declared_papers"]


def test_pages_without_a_name_get_the_name_most_cards_share(built):
    subjects = rows(
        f"select dumps.path[:3] as number, page_subject, page_subject_basis"
        f" from '{built}/tables/staging/pages/*.parquet'"
        f" join '{built}/tables/raw/dumps/*.parquet' as dumps using (dump_id)"
    )
    found = {row.pop("number"): tuple(row.values()) for row in subjects}
    assert found["000"] == ("Weijie Liu", "inferred")
    assert found["001"] == ("Weizhu Chen", "stated")
    assert found["002"] == found["004"] == (None, None)


def test_names_seen_on_cards_keep_their_dblp_number(records):
    numbered = [
        author
        for found in records.values()
        for record in found
        for author in record["authors"]
        if author["homonym_id"]
    ]
    assert numbered
    for author in numbered:
        assert author["raw_name"].endswith(author["homonym_id"])
        assert not author["name"].endswith(author["homonym_id"])


def test_llama_has_561_authors_of_whom_25_are_listed(records, built):
    (llama,) = [record for record in records["002"] if record["title"] == LLAMA]
    assert len(llama["authors"]) == llama["n_authors_listed"] == 25
    assert llama["n_authors_total"] == 561
    assert llama["authors_complete"] is False
    (paper,) = rows(f"from '{built}/tables/marts/papers/*.parquet' where title = ?", LLAMA)
    assert paper["n_authors"] == 561
    assert paper["authors_complete"] is False
    last = rows(
        f"select is_last from '{built}/tables/marts/authorships/*.parquet' where paper_id = ?",
        paper["paper_id"],
    )
    assert {row["is_last"] for row in last} == {None}


def test_two_cards_of_004_have_neither_author_line_nor_date(records):
    bare = [
        record
        for record in records["004"]
        if record["published_date"] is None and record["n_authors_total"] is None
    ]
    bare = [record for record in bare if record["organization"] is None]
    assert len(bare) == 2
    for record in bare:
        assert record["title"]
        assert record["abstract"]
        assert record["year"] is record["is_year_inferred"] is None


def test_all_fifty_glued_lines_of_003_were_parted(records):
    for record in records["003"]:
        assert record["authors"], record["raw_title"]
        assert record["split_confidence"] is not None
        assert record["title"] + record["authors"][0]["raw_name"] in record["raw_title"]


def test_the_line_ledger_adds_up_and_nothing_is_unclaimed(dumps):
    for dump in dumps.values():
        parts = ("n_lines_blank", "n_lines_card", "n_lines_furniture", "n_lines_unclaimed")
        assert sum(dump[part] for part in parts) == dump["n_lines"]
        assert dump["n_lines_claimed"] == dump["n_lines_card"] + dump["n_lines_furniture"]
        assert dump["n_lines_unclaimed"] == 0
        text = (SHARED / "raw" / dump["path"]).read_text("utf-8")
        assert dump["n_lines"] == len(text.split("\n"))


def test_every_record_points_at_the_lines_it_stands_in(dumps, records):
    for number, found in records.items():
        lines = (SHARED / "raw" / dumps[number]["path"]).read_text("utf-8").split("\n")
        for record in found:
            card = lines[record["line_start"] - 1 : record["line_end"]]
            assert record["raw_title"] in "\n".join(card)


def test_the_one_paper_arrow_declares_and_does_not_list_is_reported(built, dumps):
    issues = table(built, "staging.issues")
    (declared,) = [issue for issue in issues if issue["kind"] == "declared_count"]
    assert declared["dump_id"] == dumps["001"]["dump_id"]
    assert "50 papers, 49 were found" in declared["message"]


def test_no_two_papers_of_the_real_pages_are_merged(built):
    """The pages show no paper under two titles, so that any such merge is a wrong one."""
    titles: dict[str, set[str]] = {}
    keys = {row["record_id"]: row["title_key"] for row in table(built, "staging.records")}
    for row in table(built, "marts.paper_records"):
        titles.setdefault(row["paper_id"], set()).add(keys[row["record_id"]].replace(" ", ""))
    assert [found for found in titles.values() if len(found) > 1] == []
