"""Rows without a key beside those of one: what a description says, and whom they go to."""

from pathlib import Path

import pytest
from helpers import MORNING

from pipeline.contract.errors import PipelineError
from pipeline.models.beside import read_beside
from pipeline.models.catalogue import load_models
from pipeline.models.functions import together_of
from pipeline.storage.engine import Beside

MODELS = load_models()
PLACE = Path("people/namesakes.yml")


def test_what_is_said_of_an_argument_is_read():
    said = "person as person_l in pairs, person as person_r in pairs, paper_no in mentions"
    assert read_beside(PLACE, "works", said) == (
        Beside("person", "pairs", "person_l"),
        Beside("person", "pairs", "person_r"),
        Beside("paper_no", "mentions", "paper_no"),
    )


@pytest.mark.parametrize("said", ["", "paper_no", "paper_no in", "a, b in c", "a in b where c"])
def test_what_cannot_be_understood_is_refused_with_the_place(said):
    with pytest.raises(PipelineError, match=r"namesakes\.yml: beside: works"):
        read_beside(PLACE, "works", said)


@pytest.mark.parametrize("name", sorted(name for name, model in MODELS.items() if model.beside))
def test_an_argument_stands_behind_those_that_lead_to_it(name):
    model = MODELS[name]
    known = [argument for argument in model.selects if argument not in model.beside]
    for argument, ways in model.beside.items():
        assert argument in model.selects
        assert {way.argument for way in ways} <= {*known}
        known.append(argument)


def test_what_has_a_key_goes_by_it_and_what_leads_to_it_goes_along():
    model = MODELS["people.namesakes"]
    together = together_of(model, {"mentions": "name_key"}, MORNING)
    assert together
    assert set(together.selects) == {"mentions", "coauthors", "names", "works"}
    assert set(together.shared) == {"word_counts"}
    assert together.columns == {"mentions": "name_key"}
    assert list(together.beside) == ["coauthors", "names", "works"]
