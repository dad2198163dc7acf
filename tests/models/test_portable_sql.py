"""Every SELECT and check means to Spark what it means here, as far as its text tells.

Signs that a regular expression finds are in `test_sql_files.py`; this looks at the parsed text, and
at which functions it uses: those that `tests/both_engines.py` has tried with odd rows, no others.
"""

import re
from functools import cache
from pathlib import Path

import pytest
from both_engines import SELECTS, TABLES, TYPES
from portable import faults, parsed, schema_of, typed, uses
from sqlglot.schema import MappingSchema

from pipeline.models.catalogue import SQL_DIR, all_specs, load_models

MODELS = load_models()
SPECS = all_specs()
# What a server never sees: guardrails, differences and views are asked of the published file.
NOT_THERE = ("guardrails", "versions", "views")
FILES = [f for f in sorted(SQL_DIR.rglob("*.sql")) if f.parent.name not in NOT_THERE]
SHARED = {name: sql for model in MODELS.values() for name, sql in model.views.items()}
CHECKS = {
    f"{name}-{check.name}": check
    for name, spec in SPECS.items()
    for check in spec.checks
    if check.holds or not check.fails.lstrip().startswith("--")
}
WHAT_TO_DO = (
    "nobody has tried whether DuckDB and Spark answer alike: spell it with what "
    "tests/both_engines.py has, or try it there with odd rows (NULL, empty, not ASCII, ties, zero)"
)
# What a rule finds and is none: by place, with the reason.
FITS: dict[str, str] = {
    # A multiple of what it is divided by; and a record has one row for each n_people.
    "linkage/repeated_lists.sql": (
        r"COUNT\(\*\) / MAX\(placed_people.n_times\)|PARTITION BY record_id ORDER BY n_people"
    ),
    # At most two are not zero.
    "marts/paper_novelty.sql": r"SUM\(ranked_pairs.commonness \* GREATEST",
    # Halves, and whole numbers: doubles hold them exactly.
    "marts/yearly_team_sizes.sql": r"SUM\(ranked_papers.n_authors \* GREATEST",
    "marts.coauthorships-every_pair_of_a_paper_is_counted": r"SUM\(sizes.n \* \(sizes.n - 1\)",
}


@cache
def schema() -> MappingSchema:
    types = {name: {c.name: c.type for c in spec.columns} for name, spec in SPECS.items()}
    types |= {
        f"published.{spec.name}": types[name]
        for name, spec in SPECS.items()
        if spec.layer == "marts"
    }
    found = schema_of(types)
    for name in sorted(SHARED, key=lambda name: "_sound" not in name):
        selects = typed(SHARED[name], found).expressions
        found.add_table(
            name,
            {t.alias_or_name: t.type.sql("duckdb") if t.type else "UNKNOWN" for t in selects},
            dialect="duckdb",
        )
    return found


@cache
def tried() -> frozenset[str]:
    return frozenset().union(*(uses(parsed(sql)) for sql in SELECTS))


def _fits(name: str, fault: str) -> bool:
    return name in FITS and re.search(FITS[name], fault) is not None


def place(file: Path) -> str:
    return file.relative_to(SQL_DIR).as_posix()


@pytest.mark.parametrize("file", FILES, ids=place)
def test_a_file_uses_only_what_was_tried_on_both_engines(file: Path):
    assert uses(parsed(file.read_text("utf-8"))) - tried() == set(), WHAT_TO_DO


@pytest.mark.parametrize("file", FILES, ids=place)
def test_a_file_means_the_same_to_spark(file: Path):
    found = faults(file.read_text("utf-8"), schema())
    assert [fault for fault in found if not _fits(place(file), fault)] == []


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_means_the_same_to_spark(name):
    check = CHECKS[name]
    table = name.partition("-")[0]
    sql = check.fails or f"select * from {table} where {check.holds}"
    assert uses(parsed(sql)) - tried() == set(), WHAT_TO_DO
    found = faults(sql, schema())
    assert [fault for fault in found if not _fits(name, fault)] == []


# ---------------------------------------------------------------- the rules themselves

ODD = {name: {"id": "INTEGER", rows.schema.names[1]: TYPES[rows.schema.names[1]]}
       for name, rows in TABLES.items()}  # fmt: skip

REFUSED = {
    "select cast(d as integer) as x from marts.doubles": "round() or floor() it first",
    "select cast(n / 2 as integer) as x from marts.numbers": "round() or floor() it first",
    "select cast(l as varchar) as x from marts.lists": "a list is spelled otherwise",
    "select floor(d) as x from marts.doubles": "cast it to what it shall be",
    "select n / 0 as x from marts.numbers": "dividing by zero",
    "select n % 0 as x from marts.numbers": "dividing by zero",
    "select sum(d) as x from marts.doubles": "round() the sum",
    "select avg(d) over () as x from marts.doubles": "round() the sum",
    "select regexp_replace(t, '\\s', '', 'g') as x from marts.texts": "name the signs",
    "select regexp_matches(t, '\\w+') as x from marts.texts": "name the signs",
    "select regexp_matches(t, '(?i)a') as x from marts.texts": "differs from engine to engine",
    "select regexp_matches(t, '[a&&b]') as x from marts.texts": "a set within a set",
    "select regexp_matches(t, '[[b]') as x from marts.texts": "a set within a set",
    "select regexp_replace(t, 'a', '$1', 'g') as x from marts.texts": "name groups there",
    "select t like 'a\\b' as x from marts.texts": "makes the next sign a plain one",
    "select substr(t, 0, 2) as x from marts.texts": "the first sign is the 1st",
    "select substr(t, -7, 2) as x from marts.texts": "counted from the end",
    "select substr(t, 2, -1) as x from marts.texts": "below zero",
    "select split_part(t, '', 1) as x from marts.texts": "split by nothing",
    "select string_split_regex(t, '') as x from marts.texts": "split by nothing",
    "select list(t order by id) as x from marts.texts group by id": "sorted when it is made",
    "select list(t) as x from marts.texts": "group the rows",
    "select list(t) filter (where id > 1) as x from marts.texts group by id": "filter by where",
    "select list_sort(list_distinct(l)) as x from marts.lists": "NULLs go here",
    "select list_distinct(list(t)) as x from marts.texts group by id": "list_sort() it",
    "select l[1] as x from marts.lists": "unnest and join",
    "select unnest(generate_series(3, 0)) as x": "runs backwards there",
    "select unnest(generate_series(1, n)) as x from marts.numbers": "runs backwards there",
    "select id % 2 as id, max(id) as x from marts.texts group by id % 2 having max(id) > 3": (
        "id is also the name of a result"
    ),
    "select max(t) as t from marts.texts having max(t) > 'a'": "t is also the name of a result",
    "select distinct texts.id as i from marts.texts order by texts.id": "names of results",
    "with a as (select t, row_number() over (order by t) as n from marts.texts) "
    "select l.t from a as l inner join a as r on l.n = r.n + 1": "order its numbers by a key",
    "select l.t from marts.texts as l inner join marts.numbers as n on l.id = n.id cross join "
    "marts.doubles as d": "stands before other joins",
    "with a as (select max(n) as n from marts.numbers) select t from marts.texts cross join a": (
        "a single row stands before the rows"
    ),
    "select t = 1 as x from marts.texts": "text and number",
    "select 0.7 * n as x from marts.numbers": "cast the whole number to double",
}


@pytest.mark.parametrize("sql", REFUSED)
def test_what_spark_reads_otherwise_is_found(sql):
    assert any(REFUSED[sql] in fault for fault in faults(sql, schema_of(ODD)))


@pytest.mark.parametrize("sql", SELECTS)
def test_what_both_engines_answer_alike_is_no_fault(sql):
    told = faults(sql, schema_of(ODD))
    assert [fault for fault in told if not fault.startswith(("NULLs go", "group", "a list"))] == []


@pytest.mark.parametrize(
    "term", ["quantile_cont(n, 0.5)", "strip_accents(n)", "mode(n)", "extract(second from n)",
             "datediff('month', n, n)", "no_such_function(n)", "any_value(n)", "hash(n)"]
)  # fmt: skip
def test_a_function_that_nobody_tried_is_found(term):
    assert uses(parsed(f"select {term} as x from marts.numbers")) - tried()
