"""The checks of a table against its description: each kind finds its fault and names the rows."""

from collections.abc import Iterator

import duckdb
import pytest

from pipeline.audit import audit, check_names
from pipeline.schema import DUMPS, EXTRACTED_TABLES, TableSpec
from pipeline.sql_models import all_specs

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
        "rules": [
            {"name": "half_of_a", "holds": "kind <> 'a' or share <= 0.5", "message": "too much"},
            {
                "name": "share_known",
                "holds": "share is not null",
                "message": "unknown share",
                "severity": "warn",
            },
        ],
    }
)
GOOD = [(1, "a", 0.5, "Ann"), (2, "b", 1.0, None), (3, "b", 0.0, "Bo")]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create schema marts")
        con.execute("create table marts.people as select unnest(['Ann', 'Bo', null]) as name")
        con.execute(
            "create table marts.things (i integer, kind varchar, share double, owner varchar)"
        )
        yield con


def failed(con: duckdb.DuckDBPyConnection, rows: list[tuple]) -> dict:
    con.executemany("insert into marts.things values (?, ?, ?, ?)", rows)
    results = audit(con, "marts.things", SPEC)
    assert [result.name for result in results] == [name for name, _, _ in check_names(SPEC)]
    return {result.name: result for result in results if not result.passed}


def test_good_rows_pass_every_check(con):
    assert failed(con, GOOD) == {}


def test_an_empty_table_passes():
    with duckdb.connect() as con:
        con.execute("create schema marts")
        con.execute("create table marts.people (name varchar)")
        con.execute(
            "create table marts.things (i integer, kind varchar, share double, owner varchar)"
        )
        assert all(result.passed for result in audit(con, "marts.things", SPEC))


FAULTS = {
    "unique_key": ([(1, "b", 0.5, None)], "i is not unique: the table has one row per thing"),
    "i_not_null": ([(None, "b", 0.5, None)], "i is missing"),
    "kind_not_null": ([(4, None, 0.5, None)], "kind is missing"),
    "kind_values": ([(4, "c", 0.5, None)], "kind is none of 'a', 'b'"),
    "share_minimum": ([(4, "b", -0.1, None)], "share is below 0"),
    "share_maximum": ([(4, "b", 1.1, None)], "share is above 1"),
    "owner_exists": ([(4, "b", 0.1, "Cy")], "owner is not found in marts.people"),
    "half_of_a": ([(4, "a", 0.6, None)], "too much"),
    "share_known": ([(4, "b", None, None)], "unknown share"),
}


@pytest.mark.parametrize("check", FAULTS)
def test_each_check_finds_its_fault_and_names_the_row(check, con):
    rows, message = FAULTS[check]
    found = failed(con, GOOD + rows)
    assert check in found
    result = found[check]
    assert result.message == message
    assert result.n_failed == len(result.rows) == 1
    assert result.rows[0]["i"] == rows[0][0]
    assert result.blocks == (check != "share_known")
    others = set(found) - {check}
    assert others <= {"half_of_a"}, "an unknown kind also breaks the rule about kinds"


def test_every_kind_of_check_has_a_fault_above():
    assert {name for name, _, _ in check_names(SPEC)} == {"columns", *FAULTS}


def test_a_rule_that_cannot_be_decided_fails(con):
    found = failed(con, [(4, "a", None, None)])
    assert set(found) == {"half_of_a", "share_known"}


def test_many_rows_at_fault_are_counted_and_twenty_shown(con):
    found = failed(con, [(n, "c", 0.5, None) for n in range(100)])
    assert found["kind_values"].n_failed == 100
    assert len(found["kind_values"].rows) == 20
    assert "rows" not in found["kind_values"].summary()


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
def test_wrong_columns_are_named_and_nothing_else_is_asked(sql, con):
    (result,) = audit(con, f"({sql})", SPEC)
    assert (result.name, result.blocks, result.message) == ("columns", True, SHAPES[sql])


@pytest.mark.parametrize("name", all_specs())
def test_every_table_of_ours_can_be_checked(name):
    """The rules in schema.py and _models.yml are valid SQL over the described columns."""
    specs = all_specs()
    with duckdb.connect() as con:
        for spec in [*specs.values()]:
            con.execute(f"create schema if not exists {spec.layer}")
            columns = ", ".join(f"{c.name} {c.type}" for c in spec.columns)
            con.execute(f"create table {spec.full_name} ({columns})")
        results = audit(con, name, specs[name])
    assert all(result.passed for result in results), [r for r in results if not r.passed]
    names = [result.name for result in results]
    assert len(set(names)) == len(names)
    assert names == [check for check, _, _ in check_names(specs[name])]


def test_checks_of_the_contract():
    """A few checks that must not get lost."""
    names = {spec.full_name: {n for n, _, _ in check_names(spec)} for spec in EXTRACTED_TABLES}
    assert {"unique_key", "line_ledger", "reason_given"} <= names["raw.dumps"]
    assert {"unique_key", "dump_id_exists", "year_of_date"} <= names["staging.records"]
    assert ("declared_count", "warn") in {(n, s) for n, s, _ in check_names(DUMPS)}
