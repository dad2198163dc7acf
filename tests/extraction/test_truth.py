"""Whole pages, built by the real command, against what people found in them by hand.

Every field of every record in a truth file must stand in the tables. There are two corpora: five
pages of the sample, whose truth in `data/truth` was written by reading them, and the real dumps
in `../shared`, which are not part of the project: their tests skip where they are absent.
"""

import json
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from helpers import (
    ROOT,
    SAMPLE,
    SHARED,
    needs_sample,
    needs_shared,
    papermart,
    rows,
    sample_warehouse,
    scratch,
    table,
)

from pipeline.text.whitespace import fold_space

LLAMA = "The Llama 3 Herd of Models"
# Facts of the page that have no column of their own name.
PAGE_COLUMNS = {"text_form": "form"}


def build_real() -> Path:
    root = scratch() / "shared-warehouse"
    run = papermart("build", "--raw", SHARED / "raw", "--warehouse", root)
    assert run.returncode == 0, run.stderr
    assert "raw: 5 dumps (5 new, 0 gone, 0 set aside)" in run.stdout
    assert "staging: 244 records" in run.stdout
    return root


class Corpus(NamedTuple):
    """Pages, their truth, and what is special about some of them.

    Attributes:
        truths: the folder of the truth files, each called after its page.
        raw: the folder of the pages.
        build: makes the warehouse; may hold other pages, too.
        n_records: cards of each page, by the beginning of its name.
        unnamed: a page that does not say whose it is, and whose it is.
        named: a page that does.
        impersonal: pages that are no person's.
        cut: a page with a list of authors that is cut at 25 of 561.
        short: a page that declares a paper more than it lists, and the words for it.
        bare: a page with cards that have neither author line nor date, and how many.
        glued: a page of which no line parts title and authors.
    """

    truths: Path
    raw: Path
    build: Callable[[], Path]
    n_records: dict[str, int]
    unnamed: tuple[str, str]
    named: tuple[str, str]
    impersonal: tuple[str, str]
    cut: str
    short: tuple[str, str]
    bare: tuple[str, int]
    glued: str


OWN = Corpus(
    truths=ROOT / "tests" / "data" / "truth",
    raw=SAMPLE,
    build=sample_warehouse,
    n_records={
        "scholar-feed-author-without-name": 16,
        "arrow-weizhu-chen": 24,
        "arxiv-search-sinong": 30,
        "scholar-feed-yifei-wang": 21,
        "hf-papers-search-efficient-training": 30,
    },
    unnamed=("scholar-feed-author-without-name", "Weijie Liu"),
    named=("arrow-weizhu-chen", "Weizhu Chen"),
    impersonal=("arxiv-search-sinong", "hf-papers-search-efficient-training"),
    cut="arxiv-search-sinong",
    short=("arrow-weizhu-chen", "25 papers, 24 were found"),
    bare=("hf-papers-search-efficient-training", 1),
    glued="scholar-feed-yifei-wang",
)
REAL = Corpus(
    truths=SHARED / "truth",
    raw=SHARED / "raw",
    build=build_real,
    n_records={"000": 46, "001": 49, "002": 50, "003": 50, "004": 49},
    unnamed=("000", "Weijie Liu"),
    named=("001", "Weizhu Chen"),
    impersonal=("002", "004"),
    cut="002",
    short=("001", "50 papers, 49 were found"),
    bare=("004", 2),
    glued="003",
)
CORPORA = {"own": OWN, "real": REAL}
MARKS = {"own": needs_sample, "real": needs_shared}
PAGES = [
    pytest.param((name, page), marks=MARKS[name], id=f"{name}-{page}")
    for name, corpus in CORPORA.items()
    for page in corpus.n_records
]


@pytest.fixture(scope="module", params=[pytest.param(name, marks=MARKS[name]) for name in CORPORA])
def name(request) -> str:
    return request.param


@cache
def truth(name: str, page: str) -> dict[str, Any]:
    corpus = CORPORA[name]
    (file,) = corpus.truths.glob(f"{page}*.json")
    return json.loads(file.read_text("utf-8"))


@cache
def built(name: str) -> Path:
    return CORPORA[name].build()


@cache
def dumps(name: str) -> dict[str, dict[str, Any]]:
    found = table(built(name), "raw.dumps")
    return {
        page: next(row for row in found if row["path"].startswith(page))
        for page in CORPORA[name].n_records
    }


@cache
def records(name: str) -> dict[str, list[dict[str, Any]]]:
    """The records of each page in their order, each with its authors."""
    pages = {dump["dump_id"]: page for page, dump in dumps(name).items()}
    names: dict[str, list[dict[str, Any]]] = {}
    for row in table(built(name), "staging.record_authors", "record_id, author_order"):
        names.setdefault(row["record_id"], []).append(row)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in table(built(name), "staging.records", "dump_id, record_index"):
        if page := pages.get(row["dump_id"]):
            shown = row | {"authors": names.get(row["record_id"], [])}
            found.setdefault(page, []).append(shown)
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


@needs_shared
def test_all_five_dumps_and_244_records_are_there():
    assert len(table(built("real"), "raw.dumps")) == 5
    assert sum(map(len, records("real").values())) == 244


def test_all_pages_and_records_are_there(name):
    n_records = CORPORA[name].n_records
    assert {page: dump["n_records"] for page, dump in dumps(name).items()} == n_records
    assert {page: len(found) for page, found in records(name).items()} == n_records
    assert {file.stem for file in CORPORA[name].truths.glob("*.json")} == {
        Path(dump["path"]).stem for dump in dumps(name).values()
    }


@pytest.mark.parametrize("place", PAGES)
def test_every_field_of_every_record_equals_the_truth(place):
    name, page = place
    wrong = [
        f"record {want['record_index']}, {field}: {shown(field, have[field])!r}, truth {value!r}"
        for want, have in zip(truth(name, page)["records"], records(name)[page], strict=True)
        for field, value in want.items()
        if shown(field, have[field]) != expected(field, value)
    ]
    assert not wrong, f"{len(wrong)} values are wrong:\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize("place", PAGES)
def test_the_truth_names_no_field_that_the_tables_lack(place):
    """Guards the test above: it must look at titles, authors and more in every record."""
    name, page = place
    fields = {field for record in truth(name, page)["records"] for field in record}
    assert {"title", "authors", "abstract", "authors_complete", "n_authors_total"} <= fields
    assert fields <= set(records(name)[page][0])


def test_the_truth_of_our_own_pages_names_the_fields_of_the_real_ones():
    """So that nothing is looked at only where the real pages are."""
    fields = [
        {
            (truth(name, page)["page"]["source"], field)
            for page in CORPORA[name].n_records
            for part in (truth(name, page)["records"][0], truth(name, page)["page"])
            for field in part
        }
        for name in CORPORA
        if CORPORA[name].truths.is_dir()
    ]
    assert fields == fields[:1] * len(fields)


@pytest.mark.parametrize("place", PAGES)
def test_page_facts_equal_the_truth(place):
    name, page = place
    dump = dumps(name)[page]
    (row,) = rows(
        f"select * from '{built(name)}/tables/staging/pages/*.parquet' where dump_id = ?",
        dump["dump_id"],
    )
    facts = row | {"form": dump["form"]}
    if facts["page_subject_basis"] == "inferred":
        facts["page_subject"] = None  # the truth knows only what the page states
    want = truth(name, page)["page"]
    assert {field: facts[PAGE_COLUMNS.get(field, field)] for field in want} == want
    assert dump["n_declared"] == want["declared_papers"]


def test_pages_without_a_name_get_the_name_most_cards_share(name):
    corpus = CORPORA[name]
    subjects = {
        row["dump_id"]: (row["page_subject"], row["page_subject_basis"])
        for row in rows(f"from '{built(name)}/tables/staging/pages/*.parquet'")
    }
    found = {page: subjects[dump["dump_id"]] for page, dump in dumps(name).items()}
    assert found[corpus.unnamed[0]] == (corpus.unnamed[1], "inferred")
    assert found[corpus.named[0]] == (corpus.named[1], "stated")
    assert {found[page] for page in corpus.impersonal} == {(None, None)}


def test_names_seen_on_cards_keep_their_dblp_number(name):
    numbered = [
        author
        for found in records(name).values()
        for record in found
        for author in record["authors"]
        if author["homonym_id"]
    ]
    assert numbered
    for author in numbered:
        assert author["raw_name"].endswith(author["homonym_id"])
        assert not author["name"].endswith(author["homonym_id"])


def test_llama_has_561_authors_of_whom_25_are_listed(name):
    root, found = built(name), records(name)[CORPORA[name].cut]
    (llama,) = [record for record in found if record["title"] == LLAMA]
    assert len(llama["authors"]) == llama["n_authors_listed"] == 25
    assert llama["n_authors_total"] == 561
    assert llama["authors_complete"] is False
    (paper,) = rows(f"from '{root}/tables/marts/papers/*.parquet' where title = ?", LLAMA)
    assert paper["n_authors"] == 561
    assert paper["authors_complete"] is False
    last = rows(
        f"select is_last from '{root}/tables/marts/authorships/*.parquet' where paper_id = ?",
        paper["paper_id"],
    )
    assert {row["is_last"] for row in last} == {None}


def test_cards_with_neither_author_line_nor_date_are_read(name):
    page, n_bare = CORPORA[name].bare
    bare = [
        record
        for record in records(name)[page]
        if record["published_date"] is None and record["n_authors_total"] is None
    ]
    bare = [record for record in bare if record["organization"] is None]
    assert len(bare) == n_bare
    for record in bare:
        assert record["title"]
        assert record["abstract"]
        assert record["year"] is record["is_year_inferred"] is None


def test_all_glued_lines_were_split(name):
    glued = records(name)[CORPORA[name].glued]
    assert len(glued) > 20
    for record in glued:
        assert record["authors"], record["raw_title"]
        assert record["split_confidence"] is not None
        assert record["title"] + record["authors"][0]["raw_name"] in record["raw_title"]


def test_the_line_ledger_adds_up_and_nothing_is_unclaimed(name):
    for dump in dumps(name).values():
        parts = ("n_lines_blank", "n_lines_card", "n_lines_furniture", "n_lines_unclaimed")
        assert sum(dump[part] for part in parts) == dump["n_lines"]
        assert dump["n_lines_claimed"] == dump["n_lines_card"] + dump["n_lines_furniture"]
        assert dump["n_lines_unclaimed"] == 0
        text = (CORPORA[name].raw / dump["path"]).read_text("utf-8")
        assert dump["n_lines"] == len(text.split("\n"))


def test_every_record_points_at_the_lines_it_stands_in(name):
    for page, found in records(name).items():
        text = (CORPORA[name].raw / dumps(name)[page]["path"]).read_text("utf-8")
        lines = text.split("\n")
        for record in found:
            card = lines[record["line_start"] - 1 : record["line_end"]]
            assert record["raw_title"] in "\n".join(card)


def test_the_one_paper_arrow_declares_and_does_not_list_is_reported(name):
    page, words = CORPORA[name].short
    issues = table(built(name), "staging.issues")
    (declared,) = [issue for issue in issues if issue["kind"] == "declared_count"]
    assert declared["dump_id"] == dumps(name)[page]["dump_id"]
    assert words in declared["message"]


def test_no_two_papers_of_the_pages_are_merged(name):
    """The pages show no paper under two titles, so that any such merge is a wrong one."""
    titles: dict[str, set[str]] = {}
    keys = {row["record_id"]: row["title_key"] for row in table(built(name), "staging.records")}
    for row in table(built(name), "marts.paper_records"):
        titles.setdefault(row["paper_id"], set()).add(keys[row["record_id"]].replace(" ", ""))
    assert [found for found in titles.values() if len(found) > 1] == []
