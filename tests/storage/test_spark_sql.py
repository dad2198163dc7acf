"""The models' SQL as Spark reads it: where two engines take the same words otherwise."""

import pytest

from pipeline.storage.spark_sql import portable_pattern, to_spark


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
