"""What hangs together, directly or not, found by joins alone."""

import random
from itertools import pairwise

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.storage.spark_components import LABELS, label_components
from pipeline.transforms.clusters import _components

# One for all examples: opening one takes longer than finding the components.
CONNECTION = duckdb.connect()


class Tables:
    """Keeps the rows of SELECTs in DuckDB, and counts how often it is asked to."""

    def __init__(self) -> None:
        self.con = CONNECTION
        self.n_kept = 0

    def keep(self, name: str, sql: str) -> None:
        self.n_kept += 1
        self.con.execute(f"create table made as {sql}")
        self.con.execute(f"drop table if exists {name}")
        self.con.execute(f"alter table made rename to {name}")

    def hide(self, full_name: str) -> None:
        self.con.execute(f"drop table {full_name}")

    def rows(self, sql: str) -> list[dict[str, int]]:
        return self.con.sql(sql).to_arrow_table().to_pylist()


def labelled(*pairs: tuple[str, str]) -> tuple[dict[str, str], int]:
    """The label of each member, and how many tables it took."""
    tables = Tables()
    tables.con.execute("create or replace table pairs (one varchar, other varchar)")
    if pairs:
        tables.con.executemany("insert into pairs values (?, ?)", pairs)
    label_components(tables, ["select one, other from pairs"])
    found = tables.con.sql(f"select member, label from {LABELS}").fetchall()
    return dict(found), tables.n_kept


def test_members_are_named_after_the_smallest_of_all_that_they_lead_to():
    assert labelled(("b", "a"), ("b", "c"), ("e", "d"))[0] == {
        "a": "a",
        "b": "a",
        "c": "a",
        "d": "d",
        "e": "d",
    }


def test_no_pairs_are_no_members():
    assert labelled()[0] == {}


def test_what_is_paired_with_itself_alone_hangs_on_nothing():
    assert labelled(("a", "a"))[0] == {}


MEMBER = st.sampled_from([f"{n:02}" for n in range(30)])


@given(st.lists(st.tuples(MEMBER, MEMBER), max_size=40))
def test_any_pairs_give_the_components_of_union_find(pairs):
    expected = _components([pair for pair in pairs if pair[0] != pair[1]])
    assert labelled(*pairs)[0] == expected


@pytest.mark.parametrize("order", ["forwards", "backwards", "shuffled"])
def test_a_long_chain_takes_few_rounds(order):
    names = [f"{n:05}" for n in range(3_000)]
    if order == "backwards":
        names.reverse()
    elif order == "shuffled":
        random.Random(7).shuffle(names)
    found, n_kept = labelled(*pairwise(names))
    assert set(found.values()) == {"00000"}
    assert n_kept < 2 + 2 * 20
