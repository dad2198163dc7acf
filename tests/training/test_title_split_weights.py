"""Weights of the title split: lines whose titles are known in, a weight for each evidence out."""

import json
import random

import polars as pl
import pytest
import title_split_weights
from title_split_weights import BY_HAND, Card

from pipeline.sources.title_weights import WEIGHTS

WORDS = ("robust", "sparse", "deep", "linear", "bounds", "kernels", "trees", "agents", "planning")
LAST = ("learning", "networks", "estimation", "inference", "retrieval", "CVaR", "LLMs")
NAMES = [f"{given} {last}" for given in ("Ana", "Bo", "Hong", "Xiao") for last in ("Li", "Perez")]


def cards(n, seed):
    chance = random.Random(seed)
    made = []
    for _ in range(n):
        title = " ".join([*chance.sample(WORDS, 3), chance.choice(LAST)])
        title = title[0].upper() + title[1:]
        names = tuple(chance.sample(NAMES, 3))
        made.append(Card(title + ", ".join(names) + " et al.", title, names, et_al=True))
    return made


@pytest.fixture
def files(tmp_path):
    """Two labelled lines, and records that become lines or not."""
    lines, records = tmp_path / "lines.jsonl", tmp_path / "records.parquet"
    rows = [
        {"line": "Deep TreesAna Li", "title": "Deep Trees", "authors": ["Ana Li"], "et_al": False},
        {"line": "On BirdsBo Li", "title": "On Birds", "authors": ["Bo Li"], "et_al": False},
    ]
    shown = (json.dumps(row | {"affiliations": ["mit"]}) for row in rows)
    lines.write_text("\n".join(shown) + "\n", "utf-8")
    four = ["Ana Li", "Bo Li", "Hong Li", "Xiao Li"]
    given = [
        ("r1", "Deep trees", ["Ana Li"], True),  # the title of a line
        ("r2", "Sparse  Graphs", ["Bo Li", "Hong Li"], True),
        ("r3", "Linear Bounds", four, True),
        ("r4", "Lost Agents", ["Bo Li"], False),  # cut after one: no such line
        ("r5", "Planning", ["Li, Bo"], True),  # a name with a comma
        ("r6", "Of Nobody", None, None),
    ]
    columns = ["record_id", "title", "authors", "authors_complete"]
    frame = pl.DataFrame(given, schema=columns, orient="row")
    frame.with_columns(abstract=pl.lit(None, pl.String)).write_parquet(records)
    return lines, records


def test_records_are_glued_as_the_site_glues_them(files):
    lines, records = files
    found = {card.title: card for card in title_split_weights.glue_records(records, lines)}
    assert found.keys() == {"Sparse Graphs", "Linear Bounds"}
    assert found["Sparse Graphs"].line == "Sparse GraphsBo Li, Hong Li · mit"
    assert found["Linear Bounds"].line == "Linear BoundsAna Li, Bo Li, Hong Li et al. · mit"
    assert found["Linear Bounds"].names == ("Ana Li", "Bo Li", "Hong Li")


def test_the_right_place_is_among_the_alternatives(files):
    page = title_split_weights.read_lines(files[0])
    for card, example in zip(page, title_split_weights.examples(page), strict=True):
        assert example.right < len(example.alternatives) - 1, card
    (title,) = title_split_weights.examples(title_split_weights.without_authors(page[:1]), 0.5)
    assert title.alternatives[title.right] == ["no_authors"]
    assert title.counts == 0.5


def test_fitted_weights_split_other_lines():
    fitted = title_split_weights.fit(title_split_weights.all_examples([cards(150, seed=1)]))
    assert fitted.keys() <= WEIGHTS.keys()
    others = [cards(50, seed=2)]
    n_lines, n_wrong, n_sure, n_sure_wrong = title_split_weights.measure(
        others, {**WEIGHTS, **fitted}
    )
    assert (n_lines, n_wrong, n_sure_wrong) == (50, 0, 0)
    assert n_sure > 40


def test_weights_set_by_hand_stay():
    found = title_split_weights.all_examples([cards(60, seed=1)])
    fitted = title_split_weights.fit(found)
    by_hand = set(BY_HAND) & fitted.keys()
    assert "name_known" in by_hand
    assert {name: fitted[name] for name in by_hand} == {name: WEIGHTS[name] for name in by_hand}
    assert title_split_weights.fit(found, by_hand=())["name_known"] != WEIGHTS["name_known"]


def test_what_is_measured_are_the_weights_given():
    page = [cards(20, seed=3)]
    assert title_split_weights.measure(page, WEIGHTS)[1] == 0
    others = {**WEIGHTS, "lower_upper": -20.0}  # never "learning|Ana"
    assert title_split_weights.measure(page, others)[1] > 0
