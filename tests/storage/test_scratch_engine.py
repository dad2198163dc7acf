"""The engine of one run: what it writes holds the rows of a SELECT, in whatever order."""

import pytest

from pipeline.storage.duckdb_engine import open_scratch_engine

NUMBERS = "select range as i, -range as j from range(4)"
SELECTS = {
    f"{NUMBERS}\norder by i": {0, 1, 2, 3},
    f"{NUMBERS}\norder by i, j;\n": {0, 1, 2, 3},
    # What is more than the order of the whole counts.
    f"{NUMBERS}\norder by i\nlimit 2": {0, 1},
    f"{NUMBERS}\norder by i limit 2": {0, 1},
    f"{NUMBERS}\norder by j desc": {0, 1, 2, 3},
    f"select i from (\n{NUMBERS}\norder by j\nlimit 1\n)\norder by i": {3},
    "select max(i) over (\norder by i\n) as i from (select 0 as i)\norder by\n    i": {0},
}


@pytest.mark.parametrize("sql", SELECTS)
def test_all_rows_of_a_select_are_written(sql, tmp_path):
    with open_scratch_engine(tmp_path, "200MB") as engine:
        engine.write(sql, tmp_path / "t.parquet")
        found = engine.tuples(f"select i from '{tmp_path}/t.parquet'")
    assert {i for (i,) in found} == SELECTS[sql]
    assert len(found) == len(SELECTS[sql])
