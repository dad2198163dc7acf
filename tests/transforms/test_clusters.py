"""From pairs to clusters: averages, what people decided, identifiers, any order of rows."""

from itertools import combinations, pairwise, product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.transforms import clusters as module
from pipeline.transforms.clusters import cluster_records

IDS = [f"r{n:02d}" for n in range(10)]
RECORDS = dict.fromkeys(("record_id", "single_source", "arxiv_id", "sort_key"), pl.String)
PAIR = {"record_id_l": pl.String, "record_id_r": pl.String}
MATCHES = PAIR | {"margin": pl.Float64, "match_rule": pl.String, "is_telling": pl.Boolean}


def clusters(ids, pairs, overrides=(), sources=None, arxiv=None):
    """Return the cluster of each record.

    Args:
        ids: the records.
        pairs: two records, their margin and, if not as usual, the rule and whether it is telling.
        overrides: two records and what was decided.
        sources: the sources that list a paper once, by record.
        arxiv: arXiv identifiers, by record.
    """
    ids, sources, arxiv = list(ids), sources or {}, arxiv or {}
    rows = [(each, sources.get(each), arxiv.get(each), each) for each in ids]
    usual = ("evidence", True)
    compared = [(*pair, *usual[len(pair) - 3 :]) for pair in pairs]
    found = cluster_records(
        pl.DataFrame(rows, schema=RECORDS, orient="row"),
        pl.DataFrame(compared, schema=MATCHES, orient="row"),
        pl.DataFrame(list(overrides), schema=PAIR | {"decision": pl.String}, orient="row"),
    )
    assert found.columns == ["record_id", "cluster_id"]
    assert found["record_id"].to_list() == sorted(ids)
    return dict(found.iter_rows())


def groups(found):
    members = {}
    for record_id, cluster_id in found.items():
        members.setdefault(cluster_id, set()).add(record_id)
    return sorted("".join(sorted(each)) for each in members.values())


def all_pairs(ids, margin):
    return [(*pair, margin) for pair in combinations(ids, 2)]


# ---------------------------------------------------------------- averages


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], ["a", "b", "c", "d"]),
        ([("b", "d", 0.9)], ["a", "bd", "c"]),
        ([("b", "d", 0.0)], ["a", "bd", "c"]),
        ([("b", "d", -0.1)], ["a", "b", "c", "d"]),
        # A chain joins where nothing speaks against it, else it breaks at its weakest link.
        ([("a", "b", 0.9), ("b", "c", 0.1), ("c", "d", 0.9)], ["abcd"]),
        ([("a", "b", 0.9), ("b", "c", 0.4), ("a", "c", -5.0)], ["ab", "c", "d"]),
        ([("a", "b", 0.4), ("b", "c", 0.9), ("a", "c", -5.0)], ["a", "bc", "d"]),
        ([("a", "b", 0.9), ("b", "c", 0.4), ("a", "c", -0.3)], ["abc", "d"]),
    ],
    ids=["no pair", "pair", "just", "unlikely", "chain", "split", "best first", "on average"],
)
def test_clusters_join_while_their_pairs_are_likely_on_average(pairs, expected):
    found = clusters("abcd", pairs)
    assert groups(found) == expected
    for record_id, cluster_id in found.items():
        assert cluster_id <= record_id


def test_no_single_weak_pair_parts_what_belongs_together():
    """The average is below a match, but the third record has nowhere better to be."""
    near = [("a", "b", 0.9), ("b", "c", 0.2)]
    assert groups(clusters("abc", [*near, ("a", "c", -1.0)])) == ["abc"]
    assert groups(clusters("abc", [*near, ("a", "c", -2.2)])) == ["abc"]  # on average just -1
    assert groups(clusters("abc", [*near, ("a", "c", -2.3)])) == ["ab", "c"]


def test_a_weak_average_does_not_draw_away_what_both_have_better_elsewhere():
    """Two papers of two sightings each, of which two look alike."""
    near = [("a", "b", 0.9), ("c", "d", 0.8), ("b", "c", 0.1)]
    apart = [("a", "c", -0.6), ("a", "d", -0.6), ("b", "d", -0.6)]
    # Neither pair has another one to go to.
    assert groups(clusters("abcd", [*near, *apart])) == ["abcd"]
    # Both are nearer to a third and a fourth paper, which they may not join either.
    third = [("a", "e", 0.3), ("b", "e", -9.0), ("d", "f", 0.3), ("c", "f", -9.0)]
    assert groups(clusters("abcdef", [*near, *apart, *third])) == ["ab", "cd", "e", "f"]


def test_weak_pairs_join_nothing_without_a_match_beside_them():
    assert groups(clusters("abc", all_pairs("abc", -0.1))) == ["a", "b", "c"]
    pairs = [("a", "b", 0.9), ("a", "c", -0.1), ("b", "c", -0.1)]
    assert groups(clusters("abc", pairs)) == ["ab", "c"]


@pytest.mark.parametrize("strong", [0.3, 0.9], ids=["the weakest match", "the best match"])
def test_no_single_strong_pair_chains_two_groups_that_many_pairs_keep_apart(strong):
    one, other = [f"a{n}" for n in range(4)], [f"b{n}" for n in range(4)]
    inside = [*all_pairs(one, 0.5), *all_pairs(other, 0.5)]
    across = [(left, right, -5.0) for left, right in product(one, other)]
    across[-1] = (one[-1], other[-1], strong)
    found = clusters([*one, *other], [*inside, *across])
    assert len({found[each] for each in one[:3]}) == len({found[each] for each in other[:3]}) == 1
    assert found[one[0]] != found[other[0]]
    if strong < 0.5:
        assert groups(found) == ["a0a1a2a3", "b0b1b2b3"]


def test_pairs_that_say_little_count_only_where_no_others_link_two():
    """Unlike titles without abstracts say nothing against two sightings that texts bring together.

    What they do say decides where nothing else is to be had.
    """
    near = [("a", "b", 0.9), ("b", "c", 0.4)]
    assert groups(clusters("abc", [*near, ("a", "c", -9.0, "evidence", False)])) == ["abc"]
    assert groups(clusters("abc", [*near, ("a", "c", -9.0, "evidence", True)])) == ["ab", "c"]
    untold = [(*pair, "evidence", False) for pair in [*near, ("a", "c", -9.0)]]
    assert groups(clusters("abc", untold)) == ["ab", "c"]


# ---------------------------------------------------------------- sources


def test_a_source_that_lists_a_paper_once_is_believed_if_it_lists_two():
    """Conference and journal version of one title, each on both sites."""
    pairs = [("a1", "b1", 0.9), ("a2", "b2", 0.8), ("a1", "b2", 0.6), ("a2", "b1", 0.6)]
    ids = ["a1", "a2", "b1", "b2"]
    once = {each: each[0] for each in ids}
    listed = [*pairs, ("a1", "a2", -3.0)]
    assert groups(clusters(ids, listed, sources=once)) == ["a1b1", "a2b2"]
    # Of a source that may list it twice the one pair counts with the others.
    assert groups(clusters(ids, [*pairs, ("a1", "a2", -1.7)])) == ["a1a2b1b2"]


def test_two_likely_rows_of_a_source_that_lists_a_paper_once_are_one_paper():
    pairs = [("a1", "a2", 0.1), ("a1", "b1", 0.5), ("a2", "b1", 0.5)]
    once = {"a1": "a", "a2": "a", "b1": "b"}
    assert groups(clusters(once, pairs, sources=once)) == ["a1a2b1"]


def test_records_whose_source_is_unknown_are_not_of_one_source():
    pairs = [("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -1.2)]
    assert groups(clusters("abc", pairs)) == ["abc"]
    assert groups(clusters("abc", pairs, sources={"a": "x", "c": "x"})) == ["ab", "c"]


# ---------------------------------------------------------------- identifiers


def test_other_arxiv_identifiers_are_never_joined():
    arxiv = {"a": "2001.00001", "b": "2001.00002"}
    assert groups(clusters("ab", [("a", "b", 1.0)], arxiv=arxiv)) == ["a", "b"]


def test_other_arxiv_identifiers_are_not_joined_through_other_records_either():
    arxiv = {"a": "2001.00001", "d": "2001.00002"}
    third = [("a", "b", 0.9), ("b", "d", 0.8)]
    assert groups(clusters("abd", third, arxiv=arxiv)) == ["ab", "d"]
    # A chain breaks at its weakest link, whichever end is known.
    chain = [("a", "b", 0.8), ("b", "c", 0.3), ("c", "d", 0.9)]
    assert groups(clusters("abcd", chain, arxiv=arxiv)) == ["ab", "cd"]
    assert groups(clusters("abcd", chain, arxiv={"a": "2001.00001"})) == ["abcd"]


def test_records_of_one_arxiv_identifier_count_as_one_record():
    """The paper was renamed: each of its titles keeps the sightings that show it."""
    arxiv = {"a": "2001.00001", "b": "2001.00001"}
    pairs = [("a", "b", 0.99, "same_arxiv_id"), ("a", "c", 0.9), ("b", "d", 0.9)]
    pairs += [("a", "d", -9.0), ("b", "c", -9.0)]
    assert groups(clusters("abcd", pairs, arxiv=arxiv)) == ["abcd"]
    # Without it the two titles stay two papers.
    assert groups(clusters("abcd", [("a", "b", -9.0), *pairs[1:]])) == ["ac", "bd"]


# ---------------------------------------------------------------- decisions


def test_what_people_decided_wins_over_any_evidence():
    near = all_pairs("abc", 1.0)
    assert groups(clusters("abc", near, [("a", "c", "not_same")])) in (["ab", "c"], ["a", "bc"])
    assert groups(clusters("abcd", [], [("a", "d", "same")])) == ["ad", "b", "c"]
    assert groups(clusters("ab", [("a", "b", -9.0)], [("a", "b", "same")])) == ["ab"]


def test_a_decision_splits_across_clusters_that_other_decisions_joined():
    decided = [("a", "b", "same"), ("c", "d", "same"), ("a", "d", "not_same")]
    assert groups(clusters("abcd", [("b", "c", 1.0)], decided)) == ["ab", "cd"]


def test_records_decided_to_be_one_paper_keep_the_sightings_of_each():
    pairs = [("a", "c", 0.9), ("b", "d", 0.9), ("a", "d", -9.0), ("b", "c", -9.0)]
    assert groups(clusters("abcd", pairs, [("a", "b", "same")])) == ["abcd"]


def test_what_people_part_does_not_come_together_through_an_identifier():
    arxiv = dict.fromkeys("abc", "2001.00001")
    pairs = [(*pair, 0.99, "same_arxiv_id") for pair in combinations("abc", 2)]
    found = clusters("abc", pairs, [("a", "c", "not_same")], arxiv=arxiv)
    assert found["a"] != found["c"]
    assert found["b"] in (found["a"], found["c"])


def test_equal_records_stay_together_when_the_one_that_linked_them_is_parted():
    """Of records that show the same values only a spanning tree is compared: here a star."""
    pairs = [("a", other, 0.9, "same_values") for other in "bcd"]
    assert groups(clusters("abcd", pairs)) == ["abcd"]
    parted = [("a", other, "not_same") for other in "bcd"]
    assert groups(clusters("abcd", pairs, parted)) == ["a", "bcd"]


def test_people_may_join_papers_of_other_arxiv_identifiers():
    arxiv = {"a": "2001.00001", "b": "2001.00002"}
    assert groups(clusters("ab", [], [("a", "b", "same")], arxiv=arxiv)) == ["ab"]


# ---------------------------------------------------------------- size and order


def test_no_records_make_no_clusters():
    assert clusters([], []) == {}


def test_a_long_chain_is_done_in_no_time():
    ids = [f"r{n:06d}" for n in range(20_000)]
    pairs = [(left, right, 0.9) for left, right in pairwise(ids)]
    assert set(clusters(ids, pairs[::-1]).values()) == {ids[0]}


def test_a_star_of_thousands_of_copies_links_each_copy_once(monkeypatch):
    """A hub that moved to its copies would link all of them anew each time."""
    n_linked = 0
    link = module._Clusters._link

    def counted(self, *places):
        nonlocal n_linked
        n_linked += 1
        link(self, *places)

    monkeypatch.setattr(module._Clusters, "_link", counted)
    # Once the hub is the smallest id and once the largest, so that the likeliest copy names it, and
    # later each one that joins. One unlikely pair contests it all.
    for hub in ("a", "z"):
        n_linked = 0
        copies = [f"m{n:04d}" for n in range(3000)]
        pairs = [(*sorted((hub, copy)), 0.5 + n / 10_000) for n, copy in enumerate(copies)]
        found = clusters([hub, *copies], [*pairs, (copies[0], copies[1], -0.1)])
        assert len(set(found.values())) == 1
        assert 3000 <= n_linked <= 2 * 3000


some_pairs = st.lists(
    st.tuples(
        st.sampled_from(IDS),
        st.sampled_from(IDS),
        st.sampled_from([-4.0, -0.7, -0.1, 0.0, 0.2, 0.9]),
        st.sampled_from(["evidence", "same_values"]),
        st.booleans(),
    ),
    max_size=20,
    unique_by=lambda pair: (min(pair[:2]), max(pair[:2])),
).map(lambda pairs: [(*sorted(pair[:2]), *pair[2:]) for pair in pairs if pair[0] != pair[1]])
some_arxiv = st.dictionaries(st.sampled_from(IDS), st.sampled_from(["x1", "x2", "x3"]), max_size=5)


@settings(max_examples=150)
@given(some_pairs, st.integers(1, 3), some_arxiv, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_count(pairs, n_sources, arxiv, chance):
    # The last three are of sources that may list a paper twice.
    sources = {each: f"s{n % n_sources}" for n, each in enumerate(IDS[:7])}
    expected = clusters(IDS, pairs, sources=sources, arxiv=arxiv)
    ids = list(IDS)
    chance.shuffle(ids)
    chance.shuffle(pairs)
    assert clusters(ids, pairs, sources=sources, arxiv=arxiv) == expected


@settings(max_examples=100)
@given(some_pairs, st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=4))
def test_decisions_hold_whatever_the_evidence(pairs, apart):
    decided = [(*sorted(pair), "not_same") for pair in set(apart) if pair[0] != pair[1]]
    found = clusters(IDS, pairs, set(decided))
    for left, right, _ in decided:
        assert found[left] != found[right]


@settings(max_examples=150)
@given(some_pairs, some_arxiv)
def test_no_cluster_holds_two_arxiv_identifiers_whatever_the_evidence(pairs, arxiv):
    found = clusters(IDS, pairs, arxiv=arxiv)
    for left, right in combinations(arxiv, 2):
        assert found[left] != found[right] or arxiv[left] == arxiv[right]
