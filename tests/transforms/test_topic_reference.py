"""What must hold of the topic reference, and how a fault in it is named."""

import pytest
from helpers import ROOT

from pipeline.contract.errors import PipelineError
from pipeline.models.catalogue import load_models
from pipeline.models.functions import load_function
from pipeline.models.reference import read_reference

FAULTS = {
    "topics": [
        ("x,X,,About x.,2026.1\nx,Y,,About y.,2026.1", 3, "x stands in line 2 already"),
        ("x,X,y,About x.,2026.1", 2, "'y' is not found in reference.topics.topic_id"),
        ("x,X,x,About x.,2026.1", 2, "x stands above itself"),
        ("a,A,,A.,2026.1\nb,B,a,B.,2026.1\nc,C,b,C.,2026.1\nd,D,c,D.,2026.1", 5, "3 levels"),
        ("Deep Nets,X,,About x.,2026.1", 2, "lower-case words joined by underscores"),
        ("x,X,,,2026.1", 2, "column description is empty"),
        ("x,X,,About x.,1999.1", 2, "'1999.1' is not found in reference.topic_versions.version"),
        ("x,X,,About x.", 2, "4 cells, there must be 5"),
    ],
    "topic_phrases": [
        ("robotics,Deep Net,false,false", 2, "has capitals"),
        ("robotics,deep net,no,false", 2, "column is_case_sensitive: 'no' is not of type BOOLEAN"),
        ("nothing,deep net,false,false", 2, "'nothing' is not found in reference.topics.topic_id"),
        ("robotics,deep-net,false,false\nstatistics,deep nets,false,false", 3, "as 'deep-net' of"),
        ("robotics,deep  net,false,false", 2, "must be words with single spaces"),
    ],
    "topic_exclusions": [
        ("robotics,no such phrase,x", 2, "is not found in reference.topic_phrases.phrase"),
    ],
}


def _check_of(model):
    return load_function(model.reference_check) if model.reference_check else None


@pytest.mark.parametrize(
    ("name", "text", "line", "why"),
    [(name, *case) for name, cases in FAULTS.items() for case in cases],
)
def test_a_fault_in_the_reference_is_named_with_its_line(name, text, line, why, tmp_path):
    model = load_models()[f"reference.{name}"]
    for file in (ROOT / "sql" / "reference").glob("*.csv"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    file = tmp_path / f"{name}.csv"
    header = file.read_text("utf-8").partition("\n")[0]
    file.write_text(f"{header}\n{text}\n", "utf-8")
    with pytest.raises(PipelineError) as error:
        read_reference(file, model.spec, _check_of(model))
    assert f"{file}, line {line}" in str(error.value)
    assert why in str(error.value)


def test_the_reference_is_large_and_every_field_has_areas():
    model = load_models()["reference.topics"]
    assert model.csv_file is not None
    rows = read_reference(model.csv_file, model.spec, _check_of(model)).to_pylist()
    fields = {row["topic_id"] for row in rows if row["parent_topic_id"] is None}
    assert len(rows) >= 250
    assert fields == {row["parent_topic_id"] for row in rows} & fields
