"""The checks of a table against its description: each kind finds its fault and names the rows."""

from collections.abc import Iterator

import pytest

from pipeline.contract.errors import MemoryShortError, PipelineError
from pipeline.contract.specs import CheckSpec, TableSpec
from pipeline.contract.tables import DUMPS, EXTRACTED_TABLES
from pipeline.models.catalogue import all_specs
from pipeline.storage.audit import Came, audit, check_names, checks_version
from pipeline.storage.duckdb_engine import DuckDB, open_engine
from pipeline.storage.engine import EngineMemoryError

SPEC = TableSpec.model_validate(
    {
        "layer": "marts",
        "name": "things",
        "description": "Things to check.",
        "grain": "one row per thing",
        "key": ["i"],
        "columns": [
            {"name": "i", "type": "INTEGER", "description": "Number of it."},
            {
                "name": "kind",
                "type": "VARCHAR",
                "description": "What it is.",
                "required": True,
                "values": ["a", "b"],
            },
            {
                "name": "share",
                "type": "DOUBLE",
                "description": "Part of it.",
                "minimum": 0,
                "maximum": 1,
            },
            {
                "name": "owner",
                "type": "VARCHAR",
                "description": "Whose it is.",
                "references": "marts.people.name",
            },
        ],
        "checks": [
            {
                "name": "half_of_a",
                "description": "a thing of kind a has half at most",
                "holds": "kind <> 'a' or share <= 0.5",
            },
            {
                "name": "share_known",
                "description": "the share is known",
                "holds": "share is not null",
                "severity": "warn",
            },
            {
                "name": "at_most_two_parts",
                "description": "the parts of an owner come to two at most",
                "fails": """
                    select owner, sum(share) as total from marts.things
                    where owner is not null group by owner having sum(share) > 2
                """,
            },
            {
                "name": "none_lost",
                "description": "every thing of the last version is still there",
                "fails": """
                    select published.things.i from published.things
                    left join marts.things on published.things.i = marts.things.i
                    where marts.things.i is null;
                """,
                "severity": "warn",
            },
        ],
    }
)
GOOD = [(1, "a", 0.5, "Ann"), (2, "b", 1.0, None), (3, "b", 0.0, "Bo")]


CREATE = "create table marts.things (i integer, kind varchar, share double, owner varchar)"


@pytest.fixture
def engine() -> Iterator[DuckDB]:
    with open_engine() as engine:
        engine.execute("create table marts.people as select unnest(['Ann', 'Bo', null]) as name")
        engine.execute(CREATE)
        engine.execute("create schema published")
        engine.execute("create table published.things as select * from marts.things")
        yield engine


def failed(engine: DuckDB, rows: list[tuple]) -> dict:
    for row in rows:
        engine.execute("insert into marts.things values (?, ?, ?, ?)", row)
    results = audit(engine, SPEC)
    assert [(r.name, r.severity, r.description) for r in results] == check_names(SPEC)
    return {result.name: result for result in results if not result.passed}


def test_good_rows_pass_every_check(engine):
    assert failed(engine, GOOD) == {}


def test_an_empty_table_passes(engine):
    engine.execute("delete from marts.people")
    assert all(result.passed for result in audit(engine, SPEC))


FAULTS = {
    "unique_key": ([(1, "b", 0.5, None)], "i is unique: the table has one row per thing"),
    "i_not_null": ([(None, "b", 0.5, None)], "i is known"),
    "kind_not_null": ([(4, None, 0.5, None)], "kind is known"),
    "kind_values": ([(4, "c", 0.5, None)], "kind is one of 'a', 'b'"),
    "share_minimum": ([(4, "b", -0.1, None)], "share is at least 0"),
    "share_maximum": ([(4, "b", 1.1, None)], "share is at most 1"),
    "owner_exists": ([(4, "b", 0.1, "Cy")], "owner is found in marts.people"),
    "half_of_a": ([(4, "a", 0.6, None)], "a thing of kind a has half at most"),
    "share_known": ([(4, "b", None, None)], "the share is known"),
}


@pytest.mark.parametrize("check", FAULTS)
def test_each_check_finds_its_fault_and_names_the_row(check, engine):
    rows, description = FAULTS[check]
    found = failed(engine, GOOD + rows)
    assert check in found
    result = found[check]
    assert result.description == description
    assert result.n_failed == len(result.rows) == 1
    assert result.rows[0]["i"] == rows[0][0]
    assert result.blocks == (check != "share_known")
    others = set(found) - {check}
    assert others <= {"half_of_a"}, "an unknown kind also fails the check of kinds"


def _failed_of_new(engine: DuckDB, kept: list[tuple], new: list[tuple], passed: set[str]) -> dict:
    """Return what fails where some rows are new, others passed some checks when they came."""
    engine.execute("create table made as select * from marts.things")
    for name, rows in (("marts.things", kept + new), ("made", new)):
        for row in rows:
            engine.execute(f"insert into {name} values (?, ?, ?, ?)", row)
    results = audit(engine, SPEC, Came("made", frozenset(passed), have_own_keys=True))
    assert [(r.name, r.severity, r.description) for r in results] == check_names(SPEC)
    return {result.name: result.n_failed for result in results if not result.passed}


@pytest.mark.parametrize("check", FAULTS)
def test_each_check_finds_its_fault_in_new_rows_beside_others(check, engine):
    rows, _ = FAULTS[check]
    new = rows + GOOD[:1] if check == "unique_key" else rows
    kept = [row for row in GOOD if row not in new]
    assert _failed_of_new(engine, kept, new, set(FAULTS))[check] == 1


@pytest.mark.parametrize("check", sorted(FAULTS.keys() - {"unique_key", "i_not_null"}))
def test_rows_that_stay_are_asked_again_what_they_failed(check, engine):
    rows, _ = FAULTS[check]
    assert _failed_of_new(engine, rows, GOOD, FAULTS.keys() - {check})[check] == 1


def test_rows_that_stay_are_asked_what_other_tables_and_all_rows_say(engine):
    """A person whom a row names may be gone since; parts are added up over all rows."""
    kept = [(4, "b", 0.9, "Cy"), (5, "b", 0.9, "Cy")]
    found = _failed_of_new(engine, kept, [(6, "b", 0.9, "Cy")], set(FAULTS) | {"at_most_two_parts"})
    assert found == {"owner_exists": 3, "at_most_two_parts": 1}


@pytest.mark.parametrize(
    "people", ["from marts.people", "TABLE marts.people", "SELECT name FROM marts.people"]
)
def test_what_other_tables_say_is_seen_however_they_are_asked(engine, people):
    check = {"name": "owner_known", "description": "we know them", "holds": f"owner in ({people})"}
    spec = SPEC.model_copy(update={"checks": [CheckSpec.model_validate(check)]})
    engine.execute("insert into marts.things values (4, 'b', 0.9, 'Cy')")
    engine.execute("create table made as select * from marts.things where false")
    came = Came("made", frozenset({"owner_known"}), have_own_keys=True)
    assert [r.n_failed for r in audit(engine, spec, came) if r.name == "owner_known"] == [1]


def _short_of_memory(monkeypatch, most_checks: int) -> None:
    """Let no more checks of rows be asked in one question."""
    rows = DuckDB.rows

    def asked(self: DuckDB, sql: str, parameters: object = None) -> list:
        if sql.count("filter (where") > most_checks:
            raise EngineMemoryError("2 MB are wanted\n\nPossible solutions: SET threads=X")
        return rows(self, sql, parameters)

    monkeypatch.setattr(DuckDB, "rows", asked)


def test_checks_that_do_not_fit_into_memory_together_are_asked_one_by_one(engine, monkeypatch):
    _short_of_memory(monkeypatch, 1)
    found = failed(engine, [*GOOD, (4, "c", 0.5, "Cy")])
    assert {name: result.n_failed for name, result in found.items()} == {
        "kind_values": 1,
        "owner_exists": 1,
    }


def test_a_check_that_does_not_fit_into_memory_says_what_to_do(engine, monkeypatch):
    _short_of_memory(monkeypatch, 0)
    with pytest.raises(PipelineError, match=r"checks of marts.things .*PAPERMART_MEMORY") as said:
        failed(engine, GOOD)
    assert "threads" not in str(said.value)
    assert not isinstance(said.value, MemoryShortError)  # made in parts it would not fit either


def test_rows_that_stay_are_not_asked_again_what_they_passed(engine):
    """Told by rows that would fail, had they not passed."""
    assert _failed_of_new(engine, [(4, "c", 7, None)], GOOD, set(FAULTS)) == {}


def test_a_select_of_faults_names_what_it_returns(engine):
    rows = [(n, "b", 1.0, "Bo") for n in (4, 5, 6)]
    (result,) = failed(engine, GOOD + rows).values()
    assert (result.name, result.blocks, result.n_failed) == ("at_most_two_parts", True, 1)
    assert result.rows == ({"owner": "Bo", "total": 3.0},)


def test_the_last_version_can_be_compared_with(engine):
    engine.execute("insert into published.things select 9, 'a', 0, 'Bo'")
    (result,) = failed(engine, GOOD).values()
    assert (result.name, result.blocks, result.rows) == ("none_lost", False, ({"i": 9},))


def test_every_kind_of_check_has_a_fault_above():
    selects = {"at_most_two_parts", "none_lost"}
    assert {name for name, _, _ in check_names(SPEC)} == {"columns", *FAULTS, *selects}


def test_a_check_that_cannot_be_decided_fails(engine):
    found = failed(engine, [(4, "a", None, None)])
    assert set(found) == {"half_of_a", "share_known"}


def test_many_rows_at_fault_are_counted_and_twenty_shown(engine):
    found = failed(engine, [(n, "c", 0.5, None) for n in range(100)])
    assert found["kind_values"].n_failed == 100
    assert len(found["kind_values"].rows) == 20
    assert "rows" not in found["kind_values"].summary()


def test_the_version_of_checks_changes_with_what_they_ask_and_not_with_words():
    def version(**changed: object) -> str:
        first, *others = SPEC.checks
        checks = (first.model_copy(update=changed), *others)
        return checks_version(SPEC.model_copy(update={"checks": checks}))

    assert version() == checks_version(SPEC) == version(description="half of it at most")
    asked = {version(holds="share < 0.5"), version(severity="warn"), version(name="half")}
    assert len(asked | {version()}) == 4


SHAPES = {
    "select 1::bigint as i, 'a' as kind, 0.5::double as share, 'Ann' as owner": (
        "has i BIGINT; lacks i INTEGER"
    ),
    "select 1 as i, 'a' as kind, 0.5::double as share": "lacks owner VARCHAR",
    "select 1 as i, 'a' as kind, 0.5::double as share, 'Ann' as owner, 1 as more": (
        "has more INTEGER"
    ),
    "select 'a' as kind, 1 as i, 0.5::double as share, 'Ann' as owner": (
        "has its columns in another order than described"
    ),
}


@pytest.mark.parametrize("sql", SHAPES)
def test_wrong_columns_are_named_and_nothing_else_is_asked(sql, engine):
    engine.execute("drop table marts.things")
    engine.execute(f"create table marts.things as {sql}")
    (result,) = audit(engine, SPEC)
    assert (result.name, result.blocks) == ("columns", True)
    assert "; ".join(row["fault"] for row in result.rows) == SHAPES[sql]
    assert result.n_failed == len(result.rows)


@pytest.fixture(scope="module")
def every_table() -> Iterator[DuckDB]:
    """Every table there is, empty, and those of the last version."""
    specs = [*all_specs().values()]
    with open_engine() as engine:
        for spec in specs:
            engine.show(spec, [])
        with engine.last_version(None, specs):
            yield engine


@pytest.mark.parametrize("name", all_specs())
def test_every_table_of_ours_can_be_checked(name, every_table):
    """The checks in contract/tables.py and beside the models are valid SQL over the columns."""
    spec = all_specs()[name]
    results = audit(every_table, spec)
    assert all(result.passed for result in results), [r for r in results if not r.passed]
    names = [result.name for result in results]
    assert len(set(names)) == len(names)
    assert names == [check for check, _, _ in check_names(spec)]


def test_checks_of_the_contract():
    """A few checks that must not get lost."""
    names = {spec.full_name: {n for n, _, _ in check_names(spec)} for spec in EXTRACTED_TABLES}
    assert {"unique_key", "line_ledger", "reason_given"} <= names["raw.dumps"]
    assert {"unique_key", "dump_id_exists", "year_of_date"} <= names["staging.records"]
    assert ("declared_count", "warn") in {(n, s) for n, s, _ in check_names(DUMPS)}
