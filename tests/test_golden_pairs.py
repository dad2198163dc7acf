"""Golden pairs: for each way in which records of papers differ, what linking must say, and why.

The pairs are in `data/linkage/golden_pairs.csv`, to be read and added to: a row holds two
records (`_l`, `_r`), the status that must come out (`not match` stands for review, distinct, or
not near enough to be compared), and a piece of the reason. They are linked all together with
some unrelated papers, so that the words have the rarity they have in a corpus.
"""

import csv
from pathlib import Path

import pytest

from pipeline.linking import linked

FILE = Path(__file__).parent / "data" / "linkage" / "golden_pairs.csv"
with FILE.open(encoding="utf-8", newline="") as stream:
    PAIRS = list(csv.DictReader(stream))
COLUMNS = [name.removesuffix("_l") for name in PAIRS[0] if name.endswith("_l")]


@pytest.fixture(
    scope="module",
    params=range(len(PAIRS)),
    ids=[f"{n}-{pair['kind']}" for n, pair in enumerate(PAIRS, 2)],
)
def pair(request):
    return PAIRS[request.param]


def decide(tmp_path: Path, pair: dict[str, str]) -> tuple[str, str, bool]:
    file = tmp_path / "pair.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["record_id", *COLUMNS])
        for side in "lr":
            writer.writerow([side, *(pair[f"{name}_{side}"] for name in COLUMNS)])
        for n in range(40):
            topic = f"topic{n} of learning and search in data models for systems"
            writer.writerow([f"x{n}", topic, f"Someone Else{n}", "2015", *[""] * 6])
    with linked(file) as con:
        found = con.execute(
            "select match_status, match_reason from linkage.matches"
            " where record_id_l = 'l' and record_id_r = 'r'"
        ).fetchall()
        clusters = con.execute(
            "select count(distinct cluster_id) from linkage.clusters where record_id in ('l', 'r')"
        ).fetchall()[0][0]
    status, reason = found[0] if found else ("distinct", pair["reason"])
    return status, reason, clusters == 1


def test_every_kind_of_pair_is_decided_with_its_reason(pair, tmp_path):
    status, reason, is_joined = decide(tmp_path, pair)
    if pair["status"] == "not match":
        assert status in ("review", "distinct"), reason
    else:
        assert status == pair["status"], reason
    assert pair["reason"] in reason
    assert is_joined == (status == "match")


def test_there_are_at_least_sixty_pairs_and_both_sides():
    assert len(PAIRS) >= 60
    assert sum(pair["status"] == "match" for pair in PAIRS) >= 25
    assert sum(pair["status"] != "match" for pair in PAIRS) >= 20
