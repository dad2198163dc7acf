"""What is checked of lists of authors is found where it does not hold."""

import pytest

from pipeline.contract.arrow import table_of_rows
from pipeline.models.catalogue import all_specs, load_models
from pipeline.storage.audit import audit
from pipeline.storage.duckdb_engine import open_engine

MODELS, SPECS = load_models(), all_specs()
ANN = {
    "mention_id": "p#ann lee",
    "paper_id": "p",
    "author_order": 1,
    "author_id": "a1",
    "author_name": "Ann Lee",
    "name_key": "ann lee",
    "is_first": True,
    "evidence": "listed",
    "record_id": "r",
    "identity_level": "name_only",
    "identity_reason": "too little in common",
}
BO = ANN | {
    "mention_id": "p#bo chen",
    "author_order": 2,
    "author_id": "a2",
    "author_name": "Bo Chen",
    "name_key": "bo chen",
    "is_first": False,
}
PAPER = {"paper_id": "p", "title": "Geese", "n_authors": 2, "authors_complete": True}
LABEL = {"name": "et al.", "shown_name": "et al.", "flags": ["label"]}
PAIR = {"name": "Bo Chen", "other_name": "Ann Lee", "agreement": "fuller"}


def failed(model: str, mentions: list[dict], **others: list[dict]) -> set[str]:
    """Return the checks of a table of names that fail, given what else it is checked by."""
    spec = MODELS[model].spec
    given = {
        "people.mentions": [ANN, BO],
        "marts.papers": [PAPER],
        "staging.records": [{"record_id": "r"}],
        model: mentions,
        **others,
    }
    with open_engine() as engine:
        for table in {model, *MODELS[model].checks_read}:
            columns = {column.name for column in SPECS[table].columns}
            rows = [
                {name: value for name, value in row.items() if name in columns}
                for row in given.get(table, [])
            ]
            engine.show_rows(SPECS[table], table_of_rows(SPECS[table], rows))
        return {result.name for result in audit(engine, spec) if not result.passed}


def test_sound_lists_pass():
    assert failed("marts.author_mentions", [ANN, BO]) == set()
    assert failed("people.mentions", [ANN, BO], **{"linkage.name_pairs": [PAIR]}) == set()


@pytest.mark.parametrize(
    ("mentions", "check"),
    [
        ([ANN], "every_mention_is_in_exactly_one_author"),
        ([ANN, BO | {"author_id": "a1"}], "no_author_twice_on_a_paper"),
        ([ANN, BO | {"author_order": 3}], "orders_without_gaps"),
        ([ANN, BO | {"author_order": 1}], "orders_without_gaps"),
        ([ANN], "complete_lists_name_as_many_as_the_paper_has"),
        ([ANN, BO | {"author_name": "et al."}], "words_of_a_page_are_no_authors"),
    ],
)
def test_a_list_at_fault_is_found(mentions, check):
    assert check in failed("marts.author_mentions", mentions, **{"linkage.names": [LABEL]})


def test_an_author_beside_himself_is_found():
    vouched_for = BO | {"evidence": "page_subject", "author_order": None}
    found = failed("people.mentions", [ANN, vouched_for], **{"linkage.name_pairs": [PAIR]})

    assert found == {"nobody_stands_beside_himself"}
