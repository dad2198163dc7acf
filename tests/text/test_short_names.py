"""Short forms of given names: one list, in SQL and in Python, until no SQL compares names."""

import re

from helpers import ROOT

from pipeline.text.short_names import SHORT_NAMES, full_names


def test_sql_has_the_same_short_forms():
    sql = (ROOT / "sql/linkage/_short_names.sql").read_text(encoding="utf-8")

    assert {(short, full) for short, full in re.findall("'([a-z]+) ([a-z]+)'", sql)} == SHORT_NAMES


def test_a_name_that_is_no_short_form_has_no_full_ones():
    assert full_names("bill") == {"william"}
    assert full_names("sinong") == frozenset()
