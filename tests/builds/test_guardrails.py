"""What a version may lose against the last one: limits, honest changes, and accidents."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from helpers import DI, MORNING, PAGES, asked, copy_of, put, small_build, small_raw, table

from pipeline.builds.guardrails import ask_guardrails, raise_if_lost
from pipeline.builds.publication import publish_set
from pipeline.builds.run import build
from pipeline.contract.arrow import table_of_rows
from pipeline.contract.errors import GuardrailError
from pipeline.contract.specs import LAST_VERSION
from pipeline.models.catalogue import all_specs
from pipeline.models.comparisons import last_specs, load_guardrails, tables_compared
from pipeline.outputs.export import export
from pipeline.storage.duckdb_engine import DuckDB, open_engine
from pipeline.storage.rollback import rollback
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse

SPECS = all_specs() | last_specs(all_specs().values())
READ = [name for g in load_guardrails().values() for name in sorted(g.model.reads)]
Rows = Sequence[Mapping[str, Any]]
LATER = MORNING + timedelta(days=1)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with open_engine() as engine:
        yield engine


def corpus(n_pages: int, n_papers: int, **fields: Any) -> dict[str, Rows]:
    """Pages of as many papers each, every paper with an author of its own."""
    places = [(page, n) for page in range(n_pages) for n in range(n_papers)]
    ids = [f"{page}-{n}" for page, n in places]
    cards = [{"listing_id": f"l{page}", "dump_id": f"d{page}"} for page, _ in places]
    return {
        "papers": [{"paper_id": id_, "abstract": "A", "year": 2020} | fields for id_ in ids],
        "paper_records": [
            {"paper_id": id_, "record_id": f"r{id_}", **card}
            for id_, card in zip(ids, cards, strict=True)
        ],
        "authorships": [{"paper_id": id_, "author_id": f"a{id_}"} for id_ in ids],
        "authors": [{"author_id": f"a{id_}"} for id_ in ids],
        "paper_topics": [{"paper_id": id_} for id_ in ids],
        "listings": [{"listing_id": f"l{page}"} for page in range(n_pages)],
        "dumps": [
            {
                "dump_id": f"d{page}",
                "path": f"{page}.txt",
                "listing_id": f"l{page}",
                "n_records": n_papers,
                "n_held_back": 0,
                "n_lines_unclaimed": 0,
                "n_lines": 9 * n_papers,
                "n_lines_blank": 0,
            }
            for page in range(n_pages)
        ],
    }


def failed(engine: DuckDB, before: Mapping[str, Rows], after: Mapping[str, Rows]) -> set[str]:
    """Return the names of the guardrails that fail between two states of all tables."""
    for name in READ:
        spec = SPECS[name]
        rows = (before if spec.layer == LAST_VERSION else after).get(spec.name, [])
        engine.show_rows(spec, table_of_rows(spec, rows))
    found = ask_guardrails(engine, all_specs(), None, None, MORNING)
    assert {row["guardrail"] for row in found} == set(load_guardrails())
    return {row["guardrail"] for row in found if not row["is_passed"]}


def without(rows: Rows, n: int) -> Rows:
    return rows[: len(rows) - n]


# ---------------------------------------------------------------- honest changes


def test_the_first_version_and_one_like_the_last_lose_nothing(engine):
    same = corpus(10, 20)
    assert failed(engine, {}, same) == set()
    assert failed(engine, {}, {}) == set()
    assert failed(engine, same, same) == set()
    assert failed(engine, same, corpus(40, 20)) == set()


@pytest.mark.parametrize(("n_pages", "n_papers"), [(3, 7), (10, 50), (2, 20)])
def test_one_page_of_few_or_of_ten_may_be_taken_away(engine, n_pages, n_papers):
    before, after = corpus(n_pages, n_papers), corpus(n_pages - 1, n_papers)
    assert failed(engine, before, after) == set()


def test_a_page_with_a_third_of_many_papers_is_taken_away_with_a_word(engine):
    assert failed(engine, corpus(3, 40), corpus(2, 40)) == {"papers_gone"}


def test_pages_may_be_saved_anew_every_week(engine):
    before, after = corpus(10, 20), corpus(10, 20)
    fresh = [row | {"dump_id": f"new{row['dump_id']}"} for row in after["dumps"]]
    records = [row | {"dump_id": f"new{row['dump_id']}"} for row in after["paper_records"]]
    assert failed(engine, before, after | {"dumps": fresh, "paper_records": records}) == set()


def test_papers_that_other_pages_show_may_lose_their_authors_with_their_page(engine):
    """As when author pages are out of reach and searches are not, which name no authors."""
    before, after = corpus(10, 20), corpus(10, 20)
    after |= {"listings": after["listings"][:7], "dumps": after["dumps"][:7]}
    some = after | {"authors": after["authors"][:140], "authorships": after["authorships"][:140]}
    assert failed(engine, before, some) == set()
    few = some | {"authors": after["authors"][:130]}
    assert failed(engine, before, few) == {"authors"}


def test_papers_may_become_one_and_stay_findable(engine):
    before, after = corpus(10, 20), corpus(10, 20)
    gone = [row["paper_id"] for row in before["papers"][100:]]
    history = [{"from_paper_id": id_, "to_paper_id": "0-0"} for id_ in gone]
    merged = after | {
        "papers": after["papers"][:100],
        "authorships": after["authorships"][:100],
        "paper_id_history": history,
    }
    assert failed(engine, before, merged) <= {"authors_fewer"}
    assert "papers_read" in failed(engine, before, merged | {"paper_id_history": []})


def test_a_release_that_tells_people_better_is_told_and_not_stopped(engine):
    after = corpus(10, 20)

    def people(n: int) -> dict[str, Rows]:
        ids = [f"a{min(place, n - 1)}" for place in range(200)]
        rows = zip(after["authorships"], ids, strict=True)
        authorships = [row | {"author_id": id_} for row, id_ in rows]
        authors = [{"author_id": f"a{place}"} for place in range(n)]
        return after | {"authorships": authorships, "authors": authors}

    before = people(200)
    assert failed(engine, before, people(181)) == set()
    assert failed(engine, before, people(150)) == {"authors_fewer"}
    assert failed(engine, before, people(99)) == {"authors", "authors_fewer"}


# ---------------------------------------------------------------- accidents


def test_tables_never_become_empty(engine):
    assert "emptied" in failed(engine, corpus(1, 1), {})
    assert "emptied" in failed(engine, corpus(10, 20), {})
    assert failed(engine, corpus(1, 5), corpus(1, 5) | {"paper_topics": []}) == set()
    assert failed(engine, corpus(1, 50), corpus(1, 50) | {"paper_topics": []}) == {"emptied"}


def test_half_a_folder_that_is_out_of_reach_is_noticed(engine):
    assert failed(engine, corpus(10, 20), corpus(5, 20)) == {"papers_gone", "authors"}
    assert failed(engine, corpus(40, 20), corpus(31, 20)) == set()
    assert failed(engine, corpus(40, 20), corpus(29, 20)) == {"papers_gone"}


@pytest.mark.parametrize(("n_lost", "is_noticed"), [(20, False), (21, True)])
def test_papers_that_are_no_longer_read_of_pages_that_are_there(engine, n_lost, is_noticed):
    before, after = corpus(10, 20), corpus(10, 20)
    after["papers"] = without(after["papers"], n_lost)
    assert ("papers_read" in failed(engine, before, after)) == is_noticed
    small, smaller = corpus(1, 22), corpus(1, 22)
    smaller["papers"] = without(smaller["papers"], n_lost)
    assert ("papers_read" in failed(engine, small, smaller)) == is_noticed


@pytest.mark.parametrize("field", ["abstract", "year"])
def test_what_papers_lose(engine, field):
    before, after = corpus(10, 20), corpus(10, 20)
    bare = [row | {field: None} for row in after["papers"][:21]]
    some = after | {"papers": [*bare, *after["papers"][21:]]}
    assert failed(engine, before, some) == {f"{field}s"}
    few = after | {"papers": [*bare[:20], *after["papers"][20:]]}
    assert failed(engine, before, few) == set()
    # Where a listing is gone, what only it showed may go with it.
    gone = some | {"listings": after["listings"][2:]}
    assert failed(engine, before, gone) == set()


def test_authors_that_are_no_longer_read(engine):
    before, after = corpus(10, 20), corpus(10, 20)
    after["authorships"] = after["authorships"][30:]
    assert failed(engine, before, after) == {"authorships", "authors_fewer"}


def test_what_is_told(engine):
    before, after = corpus(10, 20), corpus(10, 20)
    held = [row | {"n_records": 10, "n_held_back": 10} for row in after["dumps"]]
    assert failed(engine, before, after | {"dumps": held}) == {"held_back"}
    odd = [row | {"n_lines": 1000, "n_lines_unclaimed": 300} for row in after["dumps"]]
    assert failed(engine, before, after | {"dumps": odd}) == {"not_understood"}
    queue = [{"queue_rank": n} for n in range(51)]
    assert failed(engine, before, after | {"review_queue": queue}) == {"review_pairs"}
    dry = [after["dumps"][0] | {"n_records": 0}, *after["dumps"][1:]]
    assert failed(engine, before, after | {"dumps": dry}) == {"listings_read"}
    kinds = {name: g.severity for name, g in load_guardrails().items()}
    told = ("held_back", "not_understood", "review_pairs", "listings_read", "authors_fewer")
    assert {name for name, kind in kinds.items() if kind == "warn"} == set(told)


def test_every_guardrail_can_fail_in_a_test_above():
    """Guards the tests: a new guardrail needs a case in which it fails."""
    text = Path(__file__).read_text("utf-8")
    for name in load_guardrails():
        assert f'"{name}"' in text or name in ("abstracts", "years")


def test_a_guardrail_whose_tables_are_not_made_is_not_asked(engine):
    few = {name: spec for name, spec in all_specs().items() if name != "marts.listings"}
    found = {row["guardrail"] for row in ask_guardrails(engine, few, None, None, MORNING)}
    assert "emptied" in found
    assert "years" not in found
    now, last = tables_compared([load_guardrails()["emptied"].model])
    assert (len(now), last) == (4, {"papers", "authorships", "authors", "paper_topics"})


def test_the_message_has_the_figures_and_says_what_to_do():
    row = {"guardrail": "papers_gone", "severity": "error", "is_passed": False, "waived_by": None}
    row |= {"subject": "papers", "value_before": 400.0, "value_now": 120.0}
    row |= {"lowest": 300.0, "highest": None}
    with pytest.raises(GuardrailError) as raised:
        raise_if_lost([row, row | {"guardrail": "told", "severity": "warn"}])
    assert raised.value.guardrails == ("papers_gone",)
    told = "papers_gone: papers 400 -> 120, at least 300"
    assert told in str(raised.value)
    assert "`papermart waive papers_gone --why WHY`" in str(raised.value)
    raise_if_lost([row | {"waived_by": "ann"}])


# ---------------------------------------------------------------- versions


@pytest.fixture
def house(tmp_path) -> Warehouse:
    return Warehouse(copy_of(small_build()[0], tmp_path / "warehouse"))


def test_a_version_is_withheld_until_its_cause_is_gone_or_waived(house, tmp_path):
    first = house.published.resolve()
    bare = put(tmp_path / "bare", {})
    waivers = tmp_path / "waivers.csv"
    for _ in range(2):  # the second time nothing is built, and nothing is published either
        with pytest.raises(GuardrailError, match=r"emptied: papers 6 -> 0, at least 1"):
            build(bare, house, now=LATER, waivers=waivers)
    assert house.published.resolve() == first
    assert table(house.root, "marts.papers", "1") == [], "the tables are built"
    with pytest.raises(GuardrailError):
        publish_set(house, LATER)

    back = build(small_raw(), house, now=LATER)
    assert (back.is_published, house.published.resolve()) == (False, first)
    kept = table(house.root, "marts.guardrails", "guardrail")
    assert all(row["is_passed"] for row in kept), "the table is that of the version again"

    waivers.write_text(
        "guardrail,who,when,why,until\nemptied,ann,,we start anew,2026-03-02\n", "utf-8"
    )
    emptied = build(bare, house, now=LATER, waivers=waivers)
    assert emptied.is_published
    sql = "select waived_by, waived_why, waived_until, compared_with from guardrails "
    ((who, why, until, before),) = asked(house.published, f"{sql} where not is_passed")
    assert (who, why, until, before) == ("ann", "we start anew", LATER.date(), first.stem)
    export(house.published, tmp_path / "out", ["papers"])
    manifest = json.loads((tmp_path / "out/manifest.json").read_text("utf-8"))
    (told,) = manifest["guardrails_failed"]
    assert (told["guardrail"], told["waived_by"], told["value_now"]) == ("emptied", "ann", 0)


def test_an_idle_build_publishes_nothing_and_the_next_tells_what_changed(house, tmp_path):
    raw = put(tmp_path / "raw", PAGES)
    assert not build(raw, house, now=LATER).is_published
    assert asked(house.published, "select count(*) from changes") == [(0,)]
    put(raw, {"di.txt": DI})
    assert build(raw, house, now=LATER).is_published
    found = asked(house.published, "select kind, change, name from changes where kind <> 'trend'")
    # Nothing tells that the two are those of other papers: each is a person by the name alone.
    assert found == [
        ("paper", "new", "Counting Birds from Space"),
        ("author", "new", "Ann Lee"),
        ("author", "new", "Di Wu"),
    ]
    assert len(table(house.root, "marts.changes", "change_index")) >= 1
    assert not build(raw, house, now=LATER + timedelta(days=1)).is_published
    assert asked(house.published, "select count(*) from changes where kind = 'paper'") == [(1,)]

    # After going back it is the version that people read with which the next is compared.
    older = rollback(house)
    (raw / "di.txt").unlink()
    (raw / "cy.txt").unlink()
    assert build(raw, house, now=LATER + timedelta(days=2)).is_published
    compared = asked(house.published, "select distinct compared_with from guardrails")
    assert compared == [(older.id,)]
    gone = asked(
        house.published, "select count(*) from changes where change = 'gone' and kind = 'paper'"
    )
    assert gone == [(2,)]
    assert len(versions(house)) == 3
