"""From pairs to clusters: averages, what people decided, any order of rows."""

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.models.catalogue import load_models
from pipeline.transforms.clusters import MATCH_FROM, cluster_records

IDS = [f"r{n:02d}" for n in range(10)]
PAIR = {"record_id_l": pl.String, "record_id_r": pl.String}


def clusters(ids, pairs, overrides=(), sources=None):
    ids = list(ids)
    sources = sources or [f"s{n}" for n in range(len(ids))]
    records = pl.DataFrame(
        {"record_id": ids, "source": sources}, schema={"record_id": pl.String, "source": pl.String}
    )
    matches = pl.DataFrame(pairs, schema=PAIR | {"match_probability": pl.Float64}, orient="row")
    decided = pl.DataFrame(list(overrides), schema=PAIR | {"decision": pl.String}, orient="row")
    matches = matches.with_columns(match_rule=pl.lit("evidence"))
    found = cluster_records(records, matches, decided)
    assert found.columns == ["record_id", "cluster_id"]
    assert found["record_id"].to_list() == sorted(ids)
    return dict(found.iter_rows())


def groups(found):
    members = {}
    for record_id, cluster_id in found.items():
        members.setdefault(cluster_id, set()).add(record_id)
    return sorted("".join(sorted(each)) for each in members.values())


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], ["a", "b", "c", "d"]),
        ([("b", "d", 0.9)], ["a", "bd", "c"]),
        ([("b", "d", 0.5)], ["a", "b", "c", "d"]),
        # A chain joins where nothing speaks against it, else it breaks at its weakest link.
        ([("a", "b", 0.99), ("b", "c", 0.9), ("c", "d", 0.99)], ["abcd"]),
        ([("a", "b", 0.99), ("b", "c", 0.9), ("a", "c", 0.01)], ["ab", "c"]),
        ([("a", "b", 0.9), ("b", "c", 0.99), ("a", "c", 0.01)], ["a", "bc", "d"]),
        ([("a", "b", 0.99), ("b", "c", 0.9), ("a", "c", 0.4)], ["abc", "d"]),
    ],
    ids=["no pair", "pair", "unlikely", "chain", "split", "best first", "on average"],
)
def test_clusters_join_while_their_pairs_are_likely_on_average(pairs, expected):
    found = clusters(list("abcd"), pairs)
    assert groups(found) == sorted({*expected, *(set("abcd") - set("".join(expected)))})
    for record_id, cluster_id in found.items():
        assert cluster_id <= record_id


def test_a_source_that_lists_two_papers_apart_is_believed():
    """Conference and journal version of one title, each on both sites."""
    pairs = [("a1", "b1", 0.99), ("a2", "b2", 0.98), ("a1", "b2", 0.9), ("a2", "b1", 0.9)]
    pairs.append(("a1", "a2", 0.1))
    ids = ["a1", "a2", "b1", "b2"]
    assert groups(clusters(ids, pairs, sources=["a", "a", "b", "b"])) == ["a1b1", "a2b2"]
    assert groups(clusters(ids, pairs)) == ["a1a2b1b2"]


def test_what_people_decided_wins_over_any_evidence():
    near = [("a", "b", 0.999), ("b", "c", 0.999), ("a", "c", 0.999)]
    assert groups(clusters("abc", near, [("a", "c", "not_same")])) in (["ab", "c"], ["a", "bc"])
    assert groups(clusters("abcd", [], [("a", "d", "same")])) == ["ad", "b", "c"]
    assert groups(clusters("ab", [("a", "b", 0.001)], [("a", "b", "same")])) == ["ab"]


def test_a_decision_splits_across_clusters_that_other_decisions_joined():
    decided = [("a", "b", "same"), ("c", "d", "same"), ("a", "d", "not_same")]
    assert groups(clusters("abcd", [("b", "c", 0.999)], decided)) == ["ab", "cd"]


def test_no_records_make_no_clusters():
    assert clusters([], []) == {}


def test_a_long_chain_is_done_in_no_time():
    ids = [f"r{n:06d}" for n in range(20_000)]
    pairs = [(left, right, 0.9) for left, right in pairwise(ids)]
    assert set(clusters(ids, pairs[::-1]).values()) == {ids[0]}


def test_the_threshold_of_clusters_is_that_of_matches():
    assert (
        f"match_probability >= {MATCH_FROM} then 'match'"
        in (load_models()["linkage.matches"].selects[""])
    )


some_pairs = st.lists(
    st.tuples(st.sampled_from(IDS), st.sampled_from(IDS), st.sampled_from([0.05, 0.5, 0.7, 0.9])),
    max_size=20,
    unique_by=lambda pair: (min(pair[:2]), max(pair[:2])),
).map(lambda pairs: [(*sorted(pair[:2]), pair[2]) for pair in pairs if pair[0] != pair[1]])


@settings(max_examples=150, deadline=None, derandomize=True)
@given(some_pairs, st.integers(1, 3), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_count(pairs, n_sources, chance):
    sources = {record_id: f"s{n % n_sources}" for n, record_id in enumerate(IDS)}
    expected = clusters(IDS, pairs, sources=list(sources.values()))
    ids = list(IDS)
    chance.shuffle(ids)
    chance.shuffle(pairs)
    assert clusters(ids, pairs, sources=[sources[each] for each in ids]) == expected


@settings(max_examples=100, deadline=None, derandomize=True)
@given(some_pairs, st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=4))
def test_decisions_hold_whatever_the_evidence(pairs, apart):
    decided = [(*sorted(pair), "not_same") for pair in set(apart) if pair[0] != pair[1]]
    found = clusters(IDS, pairs, set(decided))
    for left, right, _ in decided:
        assert found[left] != found[right]
