"""Which spellings of a paper are compared: few, and none that may be one person's are left out."""

from datetime import datetime

import polars as pl
import pytest
from named_pairs import ROWS

from pipeline.contract.arrow import table_of_rows
from pipeline.models.catalogue import all_specs, load_models
from pipeline.models.runner import rows_of
from pipeline.storage.duckdb_engine import open_engine
from pipeline.transforms.names import read_spellings

MODEL = load_models()["linkage.name_pairs"]
SPECS = all_specs()


def pairs_of(papers: list[list[str]]) -> set[tuple[str, str, str]]:
    """Return the pairs found of papers, each given as the names that it is seen with."""
    spellings = pl.DataFrame({"name": sorted({name for names in papers for name in names})})
    mended = [
        {"paper_id": str(n), "record_id": str(n), "author_order": place, "name": name}
        for n, names in enumerate(papers)
        for place, name in enumerate(names, 1)
    ]
    given = {
        "linkage.mended_names": mended,
        "linkage.names": read_spellings(spellings).to_dicts(),
    }
    with open_engine() as engine:
        for table in MODEL.reads:
            engine.show_rows(SPECS[table], table_of_rows(SPECS[table], given.get(table, [])))
        rows = rows_of(engine, MODEL, datetime(2026, 1, 1)).to_pylist()  # noqa: DTZ001
    return {(row["name"], row["other_name"], row["agreement"]) for row in rows}


def test_spellings_that_may_be_one_persons_meet_on_their_paper():
    found = pairs_of([[a, b] for a, b, _ in ROWS])

    expected = {(*pair, found) for a, b, found in ROWS for pair in ((a, b), (b, a))}
    assert found == {row for row in expected if row[2] != "other"}


@pytest.mark.parametrize("papers", [[], [["Wei Wang"], ["W. Wang"]], [["Wei Wang", "Wei Wang"]]])
def test_names_of_two_papers_and_equal_ones_are_no_pair(papers):
    assert pairs_of(papers) == set()


def test_names_of_many_papers_are_compared_once():
    assert pairs_of([["Wei Wang", "W. Wang"]] * 3) == {
        ("Wei Wang", "W. Wang", "fuller"),
        ("W. Wang", "Wei Wang", "fuller"),
    }
