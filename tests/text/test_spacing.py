"""Stray spaces: what is repaired on the way to papers, and what must not be."""

import polars as pl
import pytest
from helpers import MORNING

from pipeline.contract.arrow import table_of_rows
from pipeline.models.catalogue import all_specs, load_models
from pipeline.models.runner import rows_of
from pipeline.storage.duckdb_engine import open_engine
from pipeline.text.spacing import SpaceRepair
from pipeline.transforms.stray_spaces import counted_words

SPECS = all_specs()

# Words that other texts use; a repair of a torn word needs them.
CORPUS = "low-rank fine-tuning language standing understanding wide range step by step " * 3

REPAIRED = {
    "percent": ("over 98. 5% of it", "over 98.5% of it", "torn_number"),
    "tex_percent": (r"from 36. 0\% to 73. 6\%", r"from 36.0\% to 73.6\%", "torn_number"),
    "model_size": (
        "Phi3-mini-3. 8B and Qwen2. 5-Math",
        "Phi3-mini-3.8B and Qwen2.5-Math",
        "torn_number",
    ),
    "many_numbers": (
        "(79. 8 vs. 77. 9) and 1. 9 points",
        "(79.8 vs. 77.9) and 1.9 points",
        "torn_number",
    ),
    "address": (
        "see https: //github. com/a/b. It",
        "see https://github.com/a/b. It",
        "torn_address",
    ),
    "odd_address": (
        "https: //anonymous. 4open. science/r/",
        "https://anonymous.4open.science/r/",
        "torn_address",
    ),
    "known_host": ("See arxiv. org for more", "See arxiv.org for more", "torn_address"),
    "abbreviation": (
        "birds (e. g. , wrens; i. e. small)",
        "birds (e.g., wrens; i.e. small)",
        "torn_abbreviation",
    ),
    "word": ("which can re- flect light", "which can reflect light", "torn_word"),
    "known_word": ("natural lan- guage", "natural language", "torn_word"),
    "known_whole_of_words": ("under- standing text", "understanding text", "torn_word"),
    "compound": ("both low- rank maps", "both low-rank maps", "torn_word"),
    "word_after_a_line": (
        "which we\nre- flect, and more",
        "which we\nreflect, and more",
        "torn_word",
    ),
    "word_behind_a_cut_one": (
        "both x- low- rank maps",
        "both x- low-rank maps",
        "torn_word",
    ),
    "name": ("we propose XLM- K, a model", "we propose XLM-K, a model", "torn_word"),
}
LEFT = {
    "year_ends_sentence": "It began in 2015. 5 of them left.",
    "number_ends_sentence": "We tried 32. 5 of them failed.",
    "sound_decimal": "From 3.5 to 7. 5% of all agree.",
    "section": "As in Section 3. 2 apples",
    "suspended": "pre- and post-training, short- to mid-term, in- or output",
    "twice_suspended": "micro- and macro- benchmarks",
    "two_words": "a wide- range of things",
    "list_of_numbers": "sizes of 10, 100, 000 and 5, 100",
    "sentence_after_capital": "from A to B- The end",
    "plain": "Nothing to see here: a (b) c, d; e.g. f.",
}


MODELS = load_models()


def repaired(text):
    """Mend a text among others, as the model does: the SQL marks what the function repairs."""
    with open_engine() as engine:
        rows = [
            {"record_id": "a", "abstract": text},
            {"record_id": "b", "abstract": CORPUS},
            {"record_id": "c", "abstract": "98. 5%"},
        ]
        chosen = [
            {"paper_id": record_id, "field": field, "record_id": record_id}
            for record_id, field in (("a", "abstract"), ("b", "abstract"), ("c", "venue"))
        ]
        for name, given in (("staging.records", rows), ("linkage.chosen_values", chosen)):
            engine.show_rows(SPECS[name], table_of_rows(SPECS[name], given))
        name = "linkage.used_words"
        engine.show_rows(SPECS[name], rows_of(engine, MODELS[name], MORNING))
        found = rows_of(engine, MODELS["linkage.mended_texts"], MORNING).to_pylist()
    assert {row["paper_id"] for row in found} <= {"a"}
    return (found[0]["value"], found[0]["repairs"]) if found else (text, [])


@pytest.mark.parametrize(("text", "mended", "repair"), REPAIRED.values(), ids=REPAIRED)
def test_repaired(text, mended, repair):
    assert repaired(text) == (mended, [repair])
    assert repaired(mended) == (mended, [])


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_left_alone(text):
    assert repaired(text) == (text, [])


def test_doubtful_numbers_are_repaired_next_to_sure_damage():
    text = "We gain 9. 5% with 5, 000 images, 2. 72 on one set; as few as 5, 000"
    mended = "We gain 9.5% with 5,000 images, 2.72 on one set; as few as 5,000"
    assert repaired(text) == (mended, ["torn_number"])


WORDINGS = (
    *(
        "under- standing",
        "low- rank",
        "pre- and",
        "wide- range",
        "re- flect",
        "XLM- K",
        "un- Known",
    ),
    *("un- Known", "//github.com- org", "98.5- 5%", "e.g- g.", "x,5- 000", "a--b- c", "3- gram"),
)


@pytest.mark.parametrize("wording", WORDINGS)
def test_a_wording_of_one_space_is_torn_if_it_would_be_repaired(wording):
    counts: dict[str, int] = {word: CORPUS.split().count(word) for word in CORPUS.split()}
    mender = SpaceRepair(lambda: counts)
    assert mender.is_torn(wording) == bool(mender.repair(wording)[1])


def test_words_are_counted_in_lower_case_without_the_signs_around_them():
    tokens = pl.DataFrame(
        [("(Self-made,", 1), ("self-MADE", 2), ("x2y", 3), ("Größe-", 4), ("", 5), ("4-5", 6)],
        schema=["token", "n_times"],
        orient="row",
    )
    expected = {"self-made": 3, "x": 3, "y": 3, "größe": 4}
    assert dict(counted_words(tokens).iter_rows()) == expected
