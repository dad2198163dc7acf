"""A table is due when what decides its rows changes, however far away, and not for other words."""

from dataclasses import replace

import pytest

from pipeline.models import code_versions
from pipeline.models.catalogue import load_models
from pipeline.models.code_versions import closure, code_origin, libraries_of
from pipeline.storage.duckdb_engine import LIBRARY_VERSION

MODELS = load_models()


def version(name: str, **changed: object) -> str:
    return code_origin(replace(MODELS[name], **changed)).code_version


def described(name: str, **changed: object) -> str:
    return version(name, spec=MODELS[name].spec.model_copy(update=changed))


def test_code_version_changes_with_sql_columns_function_and_csv(tmp_path):
    sql = MODELS["marts.authors"].selects[""]
    same = version("marts.authors")
    assert version("marts.authors", selects={"": sql}) == same
    assert version("marts.authors", selects={"": f"-- words\n\n{sql}"}) == same
    assert described("marts.authors", description="Other words.") == same
    assert described("marts.authors", columns=MODELS["marts.authors"].spec.columns[:-1]) != same
    assert described("marts.authors", key=("author_name",)) != same
    assert version("marts.authors", selects={"": f"{sql} limit 9"}) != same
    assert version("marts.authors", recalls=frozenset({"marts.authors"})) != same
    tagged = MODELS["marts.paper_topics"]
    assert version(tagged.name, python="pipeline.transforms.topics.other") != version(tagged.name)
    assert version(tagged.name, python=None) != version(tagged.name)
    venues = MODELS["reference.venues"]
    assert venues.csv_file is not None
    copied = tmp_path / venues.csv_file.name
    copied.write_text(venues.csv_file.read_text("utf-8"), "utf-8")
    assert version(venues.name, csv_file=copied) == version(venues.name)
    copied.write_text("venue\n", "utf-8")
    assert version(venues.name, csv_file=copied) != version(venues.name)


def test_two_models_have_two_versions():
    versions = [code_origin(model).code_version for model in MODELS.values()]
    assert len(set(versions)) == len(versions)


def test_a_module_changes_with_all_that_it_imports():
    """Change `phrases`, and what tags papers and finds emerging phrases is due too."""
    for module in ("topics", "emerging_phrases"):
        assert "pipeline.transforms.phrases" in closure(f"pipeline.transforms.{module}")
    assert "pipeline.text.keys" in closure("pipeline.extraction.reading")
    for name, model in MODELS.items():
        if model.python:
            module = model.python.rpartition(".")[0]
            assert module in code_origin(model).code, name


def test_libraries_whose_output_is_stored_count():
    found = code_origin(MODELS["marts.paper_topics"]).libraries
    assert {"duckdb", "polars", "unicode"} <= set(found)
    assert found["duckdb"] == LIBRARY_VERSION
    assert "unicode" in libraries_of(["pipeline.text.dates"])
    assert {"anyascii", "ftfy", "selectolax"} <= set(libraries_of(["pipeline.extraction.reading"]))


def test_a_model_of_sql_alone_counts_the_engine_only():
    assert set(code_origin(MODELS["marts.authors"]).libraries) == {"duckdb"}
    assert code_origin(MODELS["reference.venues"]).libraries == {}


@pytest.mark.parametrize(
    "module",
    sorted({m for n in MODELS.values() if n.python for m in closure(n.python.rpartition(".")[0])}),
)
def test_every_library_of_a_transform_is_judged(module):
    """Whether its output is stored or not must be said, or tables would go stale unseen."""
    imported = code_versions._module(module).libraries
    judged = code_versions.STORED_OUTPUT | code_versions.NO_STORED_OUTPUT
    assert imported <= judged, imported - judged


def test_comments_docstrings_and_layout_of_a_module_do_not_count():
    def of(text: str) -> str:
        return code_versions._Module("made.up", text.encode()).version

    plain = of("def f(x):\n    return x + 1\n")
    worded = '"""Words."""\n\n\ndef f(x):  # one more\n    """Add one."""\n    return x + 1\n'
    assert of(worded) == plain
    assert of("def f(x):\n    return (\n        x + 1\n    )\n") == plain
    assert of("def f(x):\n    return x + 2\n") != plain
    assert of('"""Only words."""\n') == of("") == ""


def test_imports_within_functions_count_too():
    code = (
        "def f():\n    import polars as pl\n    from pipeline.text import keys\n    return pl, keys"
    )
    module = code_versions._Module("made.up", code.encode())
    assert module.libraries == {"polars"}
    assert module.own == {"pipeline.text.keys", "pipeline.text"}
