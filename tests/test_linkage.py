"""From matching pairs to clusters: connected components, whatever the order of the rows."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.linkage import connected_records

IDS = [f"r{n:02d}" for n in range(12)]


def clusters(ids: list[str], pairs: list[tuple[str, str]]) -> dict[str, str]:
    records = pl.DataFrame({"record_id": ids}, schema={"record_id": pl.String})
    schema = {"record_id_l": pl.String, "record_id_r": pl.String}
    matches = pl.DataFrame(pairs, schema=schema, orient="row")
    overrides = pl.DataFrame(schema=schema | {"decision": pl.String})
    found = connected_records(records, matches, overrides)
    assert found.columns == ["record_id", "cluster_id"]
    assert found["record_id"].to_list() == sorted(ids)
    return dict(found.iter_rows())


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], {"a": "a", "b": "b", "c": "c", "d": "d"}),
        ([("b", "d")], {"a": "a", "b": "b", "c": "c", "d": "b"}),
        ([("c", "d"), ("b", "c")], {"a": "a", "b": "b", "c": "b", "d": "b"}),
        ([("a", "d"), ("b", "c"), ("c", "d")], dict.fromkeys("abcd", "a")),
        ([("a", "b"), ("a", "b"), ("b", "a")], {"a": "a", "b": "a", "c": "c", "d": "d"}),
        ([("c", "c")], {"a": "a", "b": "b", "c": "c", "d": "d"}),
    ],
    ids=["no match", "pair", "chain", "two pairs joined", "said twice", "with itself"],
)
def test_components_bear_the_name_of_their_smallest_record(pairs, expected):
    assert clusters(list("abcd"), pairs) == expected


def test_no_records_make_no_clusters():
    assert clusters([], []) == {}


def test_a_long_chain_is_one_cluster():
    ids = [f"r{n:06d}" for n in range(50_000)]
    found = clusters(ids, list(zip(ids[1:], ids, strict=False))[::-1])
    assert set(found.values()) == {ids[0]}


pairs_of_ids = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=20)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(pairs_of_ids, st.randoms(use_true_random=False))
def test_order_and_direction_of_rows_do_not_count(pairs, chance):
    expected = clusters(IDS, pairs)
    shuffled = [pair[::-1] if chance.random() < 0.5 else pair for pair in pairs]
    chance.shuffle(shuffled)
    ids = list(IDS)
    chance.shuffle(ids)
    assert clusters(ids, shuffled) == expected


@settings(max_examples=100, deadline=None, derandomize=True)
@given(pairs_of_ids)
def test_matching_records_share_a_cluster_and_no_others_do(pairs):
    found = clusters(IDS, pairs)
    for left, right in pairs:
        assert found[left] == found[right]
    for cluster_id in set(found.values()):
        members = {record for record, cluster in found.items() if cluster == cluster_id}
        assert min(members) == cluster_id
        # Reach every member from one, over the pairs alone.
        reached, grew = {cluster_id}, True
        while grew:
            grew = False
            for left, right in pairs:
                if (left in reached) != (right in reached):
                    reached |= {left, right}
                    grew = True
        assert reached == members
