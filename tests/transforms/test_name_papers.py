"""The rules by which papers are named, in memory: ids are one to one, and none is ever lost."""

from datetime import datetime, timedelta

import polars as pl
import pytest
from helpers import MORNING
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.transforms import paper_ids

DAY = timedelta(days=1)
RECORDS = [f"r{n}" for n in range(6)]
partitions = st.lists(st.integers(0, 3), min_size=6, max_size=6)


def clusters(groups: list[int]) -> pl.DataFrame:
    first: dict[int, str] = {}
    rows = [(r, first.setdefault(g, r)) for r, g in zip(RECORDS, groups, strict=True)]
    number = pl.col("record_id").str.slice(1).cast(pl.Int64)
    return pl.DataFrame(rows, schema=["record_id", "cluster_id"], orient="row").with_columns(
        is_title_whole=True,
        title_id=_id("c", number.floordiv(2)),
        title_author_id=_id("a", number),
        title_record_id=_id("b", number),
    )


def _id(what: str, number: pl.Expr) -> pl.Expr:
    return f"p{what}" + number.cast(pl.String).str.zfill(15)


NOTHING = pl.DataFrame(
    schema={
        "record_id": pl.String,
        "paper_id": pl.String,
        "given_at": pl.Datetime("us"),
        "left_at": pl.Datetime("us"),
    }
)


def name_papers(found: pl.DataFrame, known: pl.DataFrame, now: datetime) -> pl.DataFrame:
    latest = known.select(changed_at=pl.coalesce("left_at", "given_at").max())
    return paper_ids.name_papers(found, known, latest, now)


@settings(max_examples=60)
@given(st.lists(partitions, min_size=1, max_size=5), st.sampled_from([timedelta(0), DAY]))
def test_whatever_merges_and_splits_ids_are_one_to_one_and_none_is_lost(days, pause):
    known, now, ever = NOTHING, MORNING, set()
    for groups in days:
        now += pause
        found = clusters(groups)
        known = name_papers(found, known, now)
        borne = known.filter(pl.col("left_at").is_null())
        assert borne["record_id"].sort().to_list() == RECORDS
        named = found.join(borne, on="record_id")
        pairs = named.select("cluster_id", "paper_id").unique()
        assert pairs["cluster_id"].n_unique() == pairs["paper_id"].n_unique() == len(pairs)
        ever |= set(borne["paper_id"])
        assert ever <= set(known["paper_id"])
        assert name_papers(found, known, now + DAY).equals(known)


@settings(max_examples=40)
@given(partitions, partitions, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_count(before, after, chance):
    def shuffled(frame: pl.DataFrame) -> pl.DataFrame:
        order = list(range(len(frame)))
        chance.shuffle(order)
        return frame[order]

    known = name_papers(clusters(before), NOTHING, MORNING)
    expected = name_papers(clusters(after), known, MORNING + DAY)
    found = name_papers(shuffled(clusters(after)), shuffled(known), MORNING + DAY)
    assert found.equals(expected)


@settings(max_examples=40)
@given(partitions, partitions, st.integers(1, 7))
def test_how_many_are_counted_at_a_time_does_not_count(before, after, n_counted):
    def named() -> pl.DataFrame:
        known = name_papers(clusters(before), NOTHING, MORNING)
        return name_papers(clusters(after), known, MORNING + DAY)

    expected = named()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.transforms.stable_ids._COUNTED", n_counted)
        assert named().equals(expected)


def test_of_no_records_and_none_before_there_are_no_ids():
    assert name_papers(clusters([0] * 6).clear(), NOTHING, MORNING).equals(NOTHING)


@settings(max_examples=60)
@given(st.lists(partitions, min_size=1, max_size=5))
def test_papers_are_named_alike_by_a_clock_that_goes_back(days):
    """Which id a record bore last is told by the times of changes: those must never go back."""

    def borne(pause: timedelta) -> pl.DataFrame:
        known, now = NOTHING, MORNING
        for groups in days:
            known, now = name_papers(clusters(groups), known, now), now + pause
        return known.filter(pl.col("left_at").is_null()).drop("given_at")

    assert borne(-DAY).equals(borne(DAY))
