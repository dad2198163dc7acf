"""What linking must say of golden pairs, in company and alone, under both profiles of weights.

The pairs are those of `data/linkage/golden_pairs.csv`, whose reasons `test_golden_pairs` reads, and
of `data/linkage/golden_pairs.yml`, to be read and added to. What is said of a pair must not hang on
what else the table holds: each pair is linked among a few hundred records of other papers, where
words have the rarity they have in a corpus, and in a table of its own.
"""

import csv
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml
from helpers import ROOT, SHARED, needs_shared

from pipeline.records.link import linked

FOLDER = ROOT / "tests" / "data" / "linkage"
VERDICTS = {
    "same": {"joined"},
    "not same": {"apart", "review"},
    "same or review": {"joined", "review"},
}
OLD_VERDICTS = {"match": "same", "distinct": "not same", "not match": "not same"}
# Two sites that list other people's papers, and two sources that nobody knows.
SOURCES = {"sites": ("arxiv_list", "arrow"), "general": ("an index", "a library")}
# Below this probability nobody is asked.
HOPELESS = 0.1


def pairs_of_table() -> Iterator[dict]:
    """Return the pairs of the CSV file in the form of the others."""
    with (FOLDER / "golden_pairs.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            sides = {
                side: {
                    name.removesuffix(f"_{side}"): value
                    for name, value in row.items()
                    if value and name.endswith(f"_{side}") and not name.startswith("source")
                }
                for side in "lr"
            }
            is_one_source = row["source_l"] == row["source_r"]
            shared = {"source": "a library"} if is_one_source else {}
            only = {"only": "general"} if is_one_source else {}
            verdict = OLD_VERDICTS[row["status"]]
            yield {"kind": row["kind"], "verdict": verdict, "both": shared, **only, **sides}


PAIRS = [
    *yaml.safe_load((FOLDER / "golden_pairs.yml").read_text("utf-8"))["pairs"],
    *pairs_of_table(),
]
CASES = [
    (n, profile)
    for n, pair in enumerate(PAIRS)
    for profile in SOURCES
    if pair.get("only", profile) == profile
]


def records(n: int, profile: str) -> list[dict]:
    """Return the two records of a pair."""
    pair = PAIRS[n]
    return [
        {"record_id": f"{n}{side}", "source": source} | pair.get("both", {}) | pair[side]
        for side, source in zip("lr", SOURCES[profile], strict=True)
    ]


# ---------------------------------------------------------------- other papers beside them

NAMES = """Abbot Brandt Casals Dvorak Egger Farkas Gruber Horvat Iversen Jansky Keller Lorca Mancini
Novak Olsen Palmer Quint Rossi Salinas Tanaka Urban Vidal Weber Xu Yamada Zeller""".split()
GIVEN = "Alma Boris Carla David Elin Franz Greta Hugo Irma Jakob Klara Leon Mirja Nora Otto".split()
TOPICS = """learning graphs rivers systems streams reading networks debts floods control cells maps
memory songs parsing images heat order games sound sleep data models language windows strings
transport water salt wind bridges editorial journal introduction review analysis search retrieval
databases knowledge agents trees regression designs testing vision tracking energy policy""".split()
HOW = """robust deep fast sparse early rural patient online linear supervised mobile semantic
optimal recent wooden small long common neural local""".split()
FRAMES = (
    "{how} {one} of {two} in {three}",
    "{one} and {two}: a study of {three}",
    "on the {one} of {how} {two}",
    "towards {how} {one} for {two} with {three}",
    "a survey of {how} {one} and {two}",
    "{how} {one} for {how2} {two} under {three}",
)


def company(profile: str, n_papers: int = 240) -> list[dict]:
    """Return records of other papers; a third of them are listed by both sources."""
    draw = random.Random(11)
    found = []
    for n in range(n_papers):
        one, two, three = draw.sample(TOPICS, 3)
        how, how2 = draw.sample(HOW, 2)
        title = draw.choice(FRAMES).format(one=one, two=two, three=three, how=how, how2=how2)
        team = [f"{draw.choice(GIVEN)} {draw.choice(NAMES)}" for _ in range(draw.randint(1, 5))]
        paper = {"title": title.capitalize(), "authors": "; ".join(team)}
        paper["year"] = draw.randint(1990, 2024)
        if draw.random() < 0.5:
            paper["abstract"] = " ".join(draw.choices(TOPICS + HOW + NAMES, k=30)).capitalize()
        for side, source in enumerate(SOURCES[profile][: 2 if n % 3 == 0 else 1]):
            found.append({"record_id": f"x{n}.{side}", "source": source} | paper)
    return found


# ---------------------------------------------------------------- linking


def outcomes(file: Path, rows: Sequence[dict]) -> tuple[dict[str, str], dict[tuple, float]]:
    """Link some records; return the cluster of each and how likely compared pairs are one paper."""
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    with linked(file, "linkage.clusters", "linkage.pair_scores") as engine:
        clusters = dict(engine.tuples("select record_id, cluster_id from linkage.clusters"))
        scores = engine.tuples(
            "select record_id_l, record_id_r, match_probability from linkage.pair_scores"
        )
    return clusters, {(left, right): likely for left, right, likely in scores}


def said(
    left: str, right: str, clusters: dict[str, str], scores: dict[tuple, float]
) -> tuple[str, float]:
    """Return what is said of two records, and how likely they are one paper."""
    likely = scores.get((min(left, right), max(left, right)), 0.0)
    if clusters[left] == clusters[right]:
        return "joined", likely
    return ("review" if likely >= HOPELESS else "apart"), likely


def marks(n: int) -> set[str]:
    """What could bring a record of this pair near one of another: long words, what identifies."""
    found = set()
    for row in records(n, "general"):
        found.update(word for word in row["title"].lower().split() if len(word) > 5)
        found.update(str(row.get(name, ""))[:40] for name in ("title", "abstract", "arxiv_id", "doi"))
    return found - {""}


def groups() -> Iterator[list[int]]:
    """Sort the pairs into groups of which no two pairs share a mark."""
    found: list[tuple[set[str], list[int]]] = []
    for n in range(len(PAIRS)):
        own = marks(n)
        known, members = next((group for group in found if not group[0] & own), (set(), []))
        if not members:
            found.append((known, members))
        known |= own
        members.append(n)
    return (members for _, members in found)


@pytest.fixture(scope="module")
def in_company(tmp_path_factory):
    """What is said of each pair among other papers, by profile; no two pairs may be mixed."""
    file = tmp_path_factory.mktemp("golden") / "pairs.jsonl"
    found = {}
    for profile in SOURCES:
        for members in groups():
            wanted = [n for n in members if (n, profile) in CASES]
            rows = [row for n in wanted for row in records(n, profile)]
            clusters, scores = outcomes(file, [*rows, *company(profile)])
            for n in wanted:
                found[n, profile] = said(f"{n}l", f"{n}r", clusters, scores)
            mixed = {i: c for i, c in clusters.items() if i.rstrip("lr") != c.rstrip("lr")}
            assert not {i: c for i, c in mixed.items() if i[0] != "x" or c[0] != "x"}
    return found


def named(case: tuple[int, str]) -> str:
    n, profile = case
    return f"{n}-{profile}-{PAIRS[n]['kind'].replace(' ', '_')}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_pair_among_other_papers_is_told_right(case, in_company):
    what, likely = in_company[case]
    assert what in VERDICTS[PAIRS[case[0]]["verdict"]], f"{likely:.3f}: {PAIRS[case[0]]}"


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_pair_alone_is_told_right(case, tmp_path):
    """Where two records are all there is, no word is rare, and what is said must still hold."""
    n, profile = case
    what, likely = said(f"{n}l", f"{n}r", *outcomes(tmp_path / "in.jsonl", records(n, profile)))
    assert what in VERDICTS[PAIRS[n]["verdict"]], f"{likely:.3f}: {PAIRS[n]}"


def test_there_are_enough_pairs_of_both_verdicts():
    assert len(PAIRS) >= 120
    for verdict in ("same", "not same"):
        assert sum(pair["verdict"] == verdict for pair in PAIRS) >= 50
