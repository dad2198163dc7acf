"""Reference tables: typed and checked by their description; ours are sound."""

import re
from collections import Counter

import pytest

from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import TableSpec
from pipeline.models.catalogue import load_models
from pipeline.models.reference import read_reference
from pipeline.transforms.phrases import spellings

MODELS = load_models()

# ---------------------------------------------------------------- reference data as CSV


SPEC = TableSpec.model_validate(
    {
        "layer": "reference",
        "name": "things",
        "description": "Something to test with.",
        "grain": "one row per number",
        "key": ["i"],
        "columns": [
            {"name": "i", "type": "INTEGER", "description": "A number of something."},
            {"name": "words", "type": "VARCHAR[]", "description": "Words of it."},
            {"name": "is_new", "type": "BOOLEAN", "description": "It is new."},
            {"name": "day", "type": "DATE", "description": "The day of it."},
            {"name": "text", "type": "VARCHAR", "description": "Text about it."},
        ],
    }
)
HEADER = "i,words,is_new,day,text\n"


def test_reference_csv_is_typed_and_ordered_by_key(tmp_path):
    file = tmp_path / "things.csv"
    file.write_text("\ufeff" + HEADER + '2,"a; b;",true,2024-02-29,"x, ""y"""\n1,,,,\n', "utf-8")
    first, second = read_reference(file, SPEC).to_pylist()
    assert first == {"i": 1, "words": [], "is_new": None, "day": None, "text": None}
    assert second["words"] == ["a", "b"]
    assert second["is_new"] is True
    assert second["day"].isoformat() == "2024-02-29"
    assert second["text"] == 'x, "y"'


CSV_FAULTS = {
    "header": ("i,words,is_new,date,text\n", "line 1: the columns must be i,words,is_new,day,text"),
    "empty": ("", "line 1: the columns must be"),
    "too few": (HEADER + "1,,,,\n2,,\n", "line 3: 3 cells, there must be 5"),
    "too many": (HEADER + "1,a,b,true,2024-01-01,x\n", "line 2: 6 cells, there must be 5"),
    "number": (HEADER + "one,,,,\n", "line 2, column i: 'one' is not of type INTEGER"),
    "boolean": (HEADER + "1,,yes,,\n", "line 2, column is_new: 'yes' is not of type BOOLEAN"),
    "date": (
        HEADER + "1,,,,\n2,,,30.2.2024,\n",
        r"line 3, column day: '30\.2\.2024' is not of type DATE",
    ),
}


@pytest.mark.parametrize("fault", CSV_FAULTS)
def test_a_fault_in_a_reference_csv_names_file_line_and_column(fault, tmp_path):
    text, message = CSV_FAULTS[fault]
    (tmp_path / "things.csv").write_text(text, "utf-8")
    with pytest.raises(PipelineError, match=message) as error:
        read_reference(tmp_path / "things.csv", SPEC)
    assert str(tmp_path / "things.csv") in str(error.value)


# ---------------------------------------------------------------- our reference data


def reference(name: str) -> list[dict]:
    model = MODELS[f"reference.{name}"]
    assert model.csv_file is not None
    return read_reference(model.csv_file, model.spec).to_pylist()


def test_topics_are_a_forest_of_at_least_80():
    parents = {row["topic_id"]: row["parent_topic_id"] for row in reference("topics")}
    assert len(parents) >= 80
    roots = set()
    for topic_id in parents:
        path = [topic_id]
        while parents[path[-1]] is not None:
            path.append(parents[path[-1]])
            assert len(path) == len(set(path)), f"{path} is a circle"
        roots.add(path[-1])
    assert 2 <= len(roots) < len(parents) / 3
    names = Counter(row["topic"].lower() for row in reference("topics"))
    assert [name for name, n in names.items() if n > 1] == []
    for row in reference("topics"):
        assert re.fullmatch(r"[a-z][a-z0-9_]*", row["topic_id"])
        assert row["description"].endswith(".")


def test_no_phrase_stands_for_two_topics():
    phrases = reference("topic_phrases")
    assert {row["topic_id"] for row in phrases} <= {row["topic_id"] for row in reference("topics")}
    folded = Counter()
    for row in phrases:
        text = row["phrase"].replace("-", " ")
        assert text == " ".join(text.split()), row
        folded[text if row["is_case_sensitive"] else text.lower()] += 1
        if row["is_case_sensitive"]:
            assert re.search("[A-Z]", text), row
    assert [phrase for phrase, n in folded.items() if n > 1] == []


def test_no_plural_of_one_topic_is_a_phrase_of_another():
    owners: dict[tuple[bool, str], set[str]] = {}
    for row in reference("topic_phrases"):
        for spelling in spellings(row["phrase"]):
            text = spelling if row["is_case_sensitive"] else spelling.lower()
            owners.setdefault((row["is_case_sensitive"], text), set()).add(row["topic_id"])
    assert {text: sorted(ids) for (_, text), ids in owners.items() if len(ids) > 1} == {}


def test_every_narrow_topic_can_be_found():
    topic_ids = {row["topic_id"] for row in reference("topics")}
    parents = {row["parent_topic_id"] for row in reference("topics")}
    found = {row["topic_id"] for row in reference("topic_phrases")}
    found |= {row["topic_id"] for row in reference("topic_categories")}
    assert topic_ids - parents - found == set()


def test_categories_and_short_codes_are_unambiguous():
    categories = reference("arxiv_categories")
    assert len(categories) > 100
    codes = Counter(row["short_code"].lower() for row in categories if row["short_code"])
    assert [code for code, n in codes.items() if n > 1] == []
    known = {row["category"] for row in categories}
    for row in categories:
        assert row["category"].split(".")[0] == row["archive"]
        if row["short_code"]:
            assert row["category"].rpartition(".")[2] == row["short_code"]
    assert {row["category"] for row in reference("topic_categories")} <= known


def test_no_name_stands_for_two_venues():
    names = Counter()
    for row in reference("venues"):
        own = {name.lower() for name in (row["venue"], row["venue_name"], *row["aliases"])}
        names.update(own)
    assert [name for name, n in names.items() if n > 1] == []
