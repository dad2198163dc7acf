"""Our SQL as Spark reads it: pairs of what is written here and what a server is asked."""

import pytest

from pipeline.storage.engine import EngineError
from pipeline.storage.spark_sql import portable_pattern, to_spark, view_name

PAIRS = {
    # Tables have one name, and columns keep the table's.
    "select p.a from marts.papers as p": "SELECT p.a FROM marts__papers AS p",
    "select papers.a from marts.papers": "SELECT papers.a FROM marts__papers AS papers",
    "with papers as (select * from marts.papers) select papers.a from papers": (
        "WITH papers AS (SELECT * FROM marts__papers AS papers) SELECT papers.a FROM papers"
    ),
    "a in (select key from wanted.keys)": "a IN (SELECT key FROM wanted__keys AS keys)",
    # Unknown values come last, up and down; down they do so there by themselves.
    "select a from t order by a, b desc": ("SELECT a FROM t ORDER BY a NULLS LAST, b DESC"),
    "select row_number() over (order by a) as n from t": (
        "SELECT ROW_NUMBER() OVER (ORDER BY a NULLS LAST) AS n FROM t"
    ),
    # Numbers with a point are doubles; those in texts and whole ones stay.
    "a > 0.5": "a > CAST(0.5 AS DOUBLE)",
    "a > 1e3": "a > CAST(1e3 AS DOUBLE)",
    "a > 2 and b = '0.5'": "a > 2 AND b = '0.5'",
    # Spark's names.
    "list_sort(list_distinct(list(a)))": "ARRAY_SORT(ARRAY_DISTINCT(COLLECT_LIST(a)))",
    "array_length(a)": "SIZE(a)",
    "a // 2": "a DIV 2",
    "regexp_matches(a, '^x')": "a RLIKE '^x'",
    "regexp_replace(a, 'b', 'c', 'g')": "REGEXP_REPLACE(a, 'b', 'c')",
    "string_split_regex(a, ' ')": "SPLIT(a, ' ')",
    "datediff('day', a, b)": "DATEDIFF(DAY, a, b)",
    "unnest(generate_series(0, 3))": "EXPLODE(SEQUENCE(0, 3))",
    "a is not distinct from b": "a IS NOT DISTINCT FROM b",
    # What would mean something else.
    "regexp_extract(a, 'b')": "REGEXP_EXTRACT(a, 'b', 0)",
    "lower(a)": "LOWER(TRANSLATE(a, 'İΣ', 'iσ'))",
    "lower(lower(a))": "LOWER(TRANSLATE(LOWER(TRANSLATE(a, 'İΣ', 'iσ')), 'İΣ', 'iσ'))",
    "regexp_full_match(a, 'b|c')": r"a RLIKE '^(?:b|c)\\z'",
    # A backslash is one sign here, and begins one there.
    r"regexp_matches(a, '\p{Lu}')": r"a RLIKE '\\p{Lu}'",
    "a = 'it''s'": r"a = 'it\'s'",
    # Comments may hold anything.
    "select a -- it's; */ one\nfrom t;": "SELECT a FROM t",
}


@pytest.mark.parametrize("sql", PAIRS)
def test_what_is_written_here_is_asked_there(sql):
    assert to_spark(sql) == PAIRS[sql]


@pytest.mark.parametrize(
    "sql", ["selec a from t", "select a from", "select (a"]
)  # fmt: skip
def test_what_is_no_sql_is_a_fault_of_what_was_asked(sql):
    with pytest.raises(EngineError, match="cannot be said in Spark's dialect"):
        to_spark(sql)


def test_a_view_has_the_name_of_its_layer_and_table():
    assert view_name("published.papers") == "published__papers"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("", ""),
        ("^a b|c$", r"^a b|c\z"),
        ("a.*", r"a[^\n]*"),
        (r"\.\$", r"\.\$"),
        ("[.$]", "[.$]"),
        (r"[\].]$", r"[\].]\z"),
        (r"[^\p{L}].", r"[^\p{L}][^\n]"),
    ],
)
def test_a_pattern_ends_at_the_end_and_a_dot_takes_all_but_a_new_line(ours, theirs):
    assert portable_pattern(ours) == theirs


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("lower(a)", "LOWER(TRANSLATE(a, 'İΣ', 'iσ'))"),
        ("regexp_extract(a, 'b$', 0)", r"REGEXP_EXTRACT(a, 'b\\z', 0)"),
        ("a like 'b%'", "a LIKE 'b%'"),
        ("a like b", r"a LIKE REPLACE(b, '\\', '\\\\')"),
        ("round(a)", "ROUND(a)"),
        ("round(a, 2)", "(ROUND((a) * CAST(100 AS DOUBLE)) / CAST(100 AS DOUBLE))"),
        ("cast(a as integer)", "CAST(a AS INT)"),
        ("cast(1 + a / b as integer)", "CAST(BROUND(1 + a / b) AS INT)"),
        ("cast(round(a / b) as integer)", "CAST(ROUND(a / b) AS INT)"),
    ],
)
def test_what_an_engine_does_otherwise_is_said_otherwise(ours, theirs):
    assert to_spark(f"select {ours} from marts.papers") == (
        f"SELECT {theirs} FROM marts__papers AS papers"
    )


def test_what_is_rounded_or_raised_is_said_as_spark_reads_it_too():
    said = to_spark("select round(0.5 * a, 1), upper(lower(a)) from marts.papers")
    assert "CAST(0.5 AS DOUBLE) * a" in said
    assert "LOWER(TRANSLATE(a, " in said


def test_letters_that_become_several_stay_or_become_one():
    said = to_spark("select upper(a) from marts.papers")
    assert said.startswith("SELECT TRANSLATE(UPPER(TRANSLATE(a, 'ßŉǰ")
    assert "'ẞŉǰ" in said
