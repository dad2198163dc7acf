"""Loading `sql/`: dependencies are read from the SQL, and every fault is named with its file."""

from pathlib import Path

import pytest
import yaml

from pipeline.contract.errors import PipelineError
from pipeline.models.catalogue import load_models, models_for
from pipeline.models.dependencies import parse_select

# ---------------------------------------------------------------- reading the SQL


DEPENDENCIES = {
    "select 1": set(),
    "select * from a.b": {"a.b"},
    "with x as (select * from a.b) select * from x": {"a.b"},
    "with x as (select * from a.b), y as (select * from x join c.d on true) from y": {"a.b", "c.d"},
    "select * from a.b where i in (select i from c.d)": {"a.b", "c.d"},
    "select (select max(i) from c.d) from a.b": {"a.b", "c.d"},
    "select * from a.b union all select * from (select * from e.f)": {"a.b", "e.f"},
    "with papers as (select * from marts.papers) select * from papers": {"marts.papers"},
    "select 'from x.y' as text, 1 -- from z.z": set(),
    "select * from a.b;": {"a.b"},
    "with recursive t as (select 1 as i union all select i + 1 from t) select * from t": set(),
}


@pytest.mark.parametrize("sql", DEPENDENCIES)
def test_dependencies_are_read_from_the_sql(sql):
    assert parse_select(sql, "x").reads == DEPENDENCIES[sql]


FAULTY = {
    "select 1; select 2": "not one SELECT: it holds more than one statement",
    "create table t as select 1": "not one SELECT",
    "selec 1": "not one SELECT",
    "select * from papers": "reads papers without naming its layer",
}


@pytest.mark.parametrize("sql", FAULTY)
def test_sql_that_is_no_model_is_refused(sql):
    with pytest.raises(PipelineError, match=FAULTY[sql]) as error:
        parse_select(sql, "the model marts.mine")
    assert str(error.value).startswith("the model marts.mine ")


# ---------------------------------------------------------------- loading


def entry(name: str, **more) -> dict:
    columns = [{"name": "i", "type": "INTEGER", "description": "A number of something."}]
    text = {"description": "Something to test with.", "grain": "one row per number"}
    return {"name": name, "key": ["i"], "columns": columns, **text, **more}


def write_sql(folder: Path, entries: dict[str, list[dict]], files: dict[str, str]) -> Path:
    for layer in ("reference", "linkage", "people", "marts"):
        (folder / layer).mkdir(parents=True)
        for described in entries.get(layer, []):
            words = {key: value for key, value in described.items() if key != "name"}
            (folder / layer / f"{described['name']}.yml").write_text(yaml.safe_dump(words), "utf-8")
    for path, text in files.items():
        (folder / path).write_text(text, "utf-8")
    return folder


def test_a_few_tables_need_few_models(tmp_path, monkeypatch):
    entries = {"marts": [entry("b"), entry("a"), entry("c")], "reference": [entry("n")]}
    files = {
        "marts/b.sql": "select * from marts.a",
        "marts/a.sql": "select * from reference.n",
        "marts/c.sql": "this is not read",
        "reference/n.csv": "i\n",
    }
    monkeypatch.setattr("pipeline.models.catalogue.SQL_DIR", write_sql(tmp_path, entries, files))
    assert list(models_for(["marts.b"])) == ["reference.n", "marts.a", "marts.b"]
    # What is given is described, too, but what it needs is not.
    assert list(models_for(["marts.b"], ["marts.a"])) == ["marts.a", "marts.b"]
    assert list(models_for(["staging.records"])) == []


def test_few_models_are_those_of_all():
    everything = load_models()
    few = models_for(["linkage.clusters"])
    assert few.keys() < everything.keys()
    assert all(everything[name] == model for name, model in few.items())


def test_a_folder_of_models_is_loaded_in_order(tmp_path):
    entries = {"marts": [entry("b"), entry("a")], "reference": [entry("n")]}
    files = {
        "marts/b.sql": "select * from marts.a",
        "marts/a.sql": "select * from reference.n",
        "reference/n.csv": "i\n2\n1\n",
    }
    models = load_models(write_sql(tmp_path, entries, files))
    assert list(models) == ["reference.n", "marts.a", "marts.b"]
    assert models["marts.a"].reads == {"reference.n"}
    assert models["reference.n"].csv_file == tmp_path / "reference" / "n.csv"


def test_selects_of_a_function_may_be_shared_and_checks_may_be_files(tmp_path):
    shared = entry("a", python="pipeline.transforms.topics.tag", selects={"rows": "_rows"})
    checked = entry("b", checks=[{"name": "small", "description": "i is small", "holds": "i < 9"}])
    files = {
        "marts/_rows.sql": "select * from marts.b",
        "marts/a.more.sql": "select 1 as i",
        "marts/b.sql": "select 1 as i",
        "marts/b.none_lost.check.sql": (
            "-- every number of the last version\n-- is still there.\n-- severity: warn\n"
            "select * from published.b where i not in (select i from marts.b)\n"
        ),
        "marts/b.known.check.sql": "-- every number is one of a\nselect * from linkage.c\n",
        "linkage/c.sql": "select 1 as i",
    }
    folder = write_sql(tmp_path, {"marts": [shared, checked], "linkage": [entry("c")]}, files)
    models = load_models(folder)
    assert models["marts.a"].selects == {
        "rows": files["marts/_rows.sql"],
        "more": files["marts/a.more.sql"],
    }
    model = models["marts.b"]
    assert [(c.name, c.severity, c.description) for c in model.spec.checks] == [
        ("small", "error", "i is small"),
        ("known", "error", "every number is one of a"),
        ("none_lost", "warn", "every number of the last version is still there"),
    ]
    assert model.checks_read == model.needs == {"linkage.c"}
    assert model.compared


def test_a_shared_select_is_read_as_a_table_and_its_reads_are_the_models(tmp_path):
    files = {
        "linkage/_sound.sql": "select * from linkage._all where i > 0",
        "linkage/_all.sql": "select * from reference.n",
        "linkage/a.sql": "select * from linkage._sound",
        "marts/b.sql": "select i from linkage.a",
        "reference/n.csv": "i\n1\n",
    }
    entries = {"linkage": [entry("a")], "marts": [entry("b")], "reference": [entry("n")]}
    models = load_models(write_sql(tmp_path, entries, files))
    assert models["linkage.a"].reads == models["linkage.a"].needs == {"reference.n"}
    assert list(models["linkage.a"].views) == ["linkage._all", "linkage._sound"]
    assert not models["marts.b"].views


LOADING_FAULTS = {
    "undescribed file": (
        {"marts": [entry("a")]},
        {"marts/a.sql": "select 1 as i", "marts/new.sql": "select 1 as i"},
        r"new\.yml is missing: no description of the table new",
    ),
    "entry without file": (
        {"marts": [entry("a")]},
        {},
        r"a\.yml: a has no \.sql or \.csv file",
    ),
    "circle": (
        {"marts": [entry("a"), entry("b")]},
        {"marts/a.sql": "select * from marts.b", "marts/b.sql": "select * from marts.a"},
        "models read each other in a circle",
    ),
    "unknown table": (
        {"marts": [entry("a")]},
        {"marts/a.sql": "select * from staging.recrods"},
        r"marts\.a needs staging\.recrods, which no model or dump makes",
    ),
    "two statements": (
        {"marts": [entry("a")]},
        {"marts/a.sql": "select 1 as i; select 2 as i"},
        "more than one statement",
    ),
    "python without inputs": (
        {"marts": [entry("a", python="pipeline.transforms.topics.tag_papers")]},
        {"marts/a.sql": "select 1 as i"},
        r"a needs either a\.sql or python:",
    ),
    "neither SQL nor Python": (
        {"marts": [entry("a")]},
        {"marts/a.more.sql": "select 1 as i"},
        r"there is a\.more\.sql, but no python:",
    ),
    "a shared select that is not there": (
        {"marts": [entry("a", python="x.y", selects={"rows": "_rows"})]},
        {},
        r"a\.yml: selects: _rows\.sql is not there",
    ),
    "a check without words": (
        {"marts": [entry("a")]},
        {"marts/a.sql": "select 1 as i", "marts/a.odd.check.sql": "select 1 as i"},
        r"a\.odd\.check\.sql: the first comment must say what must hold",
    ),
    "a check of two kinds": (
        {
            "marts": [
                entry(
                    "a",
                    checks=[
                        {"name": "odd", "description": "it is odd", "holds": "i = 1"}
                        | {"fails": "select 1"}
                    ],
                )
            ]
        },
        {"marts/a.sql": "select 1 as i"},
        "the check odd needs either holds or fails",
    ),
    "a check of a table that is not there": (
        {
            "marts": [
                entry(
                    "a",
                    checks=[
                        {
                            "name": "odd",
                            "description": "it is odd",
                            "fails": "select * from marts.nothing",
                        }
                    ],
                )
            ]
        },
        {"marts/a.sql": "select 1 as i"},
        r"marts\.a needs marts\.nothing",
    ),
    "rows beside a key of an argument that is not there": (
        {"marts": [entry("a", python="pipeline.transforms.topics.tag", beside={"b": "i in c"})]},
        {"marts/a.c.sql": "select 1 as i"},
        r"a\.yml: beside: there is no argument b",
    ),
    "unknown word": (
        {"marts": [entry("a", colour="red")]},
        {"marts/a.sql": "select 1 as i"},
        r"a\.yml: colour: Extra inputs are not permitted",
    ),
    "unknown type": (
        {"marts": [entry("a") | {"columns": [{"name": "i", "type": "INT", "description": "x"}]}]},
        {"marts/a.sql": "select 1 as i"},
        r"a\.yml: columns\.0\.type",
    ),
    "no grain": (
        {"marts": [entry("a", grain="some rows")]},
        {"marts/a.sql": "select 1 as i"},
        r"a\.yml: grain",
    ),
    "reference to nowhere": (
        {
            "marts": [
                entry("a")
                | {"columns": [entry("a")["columns"][0] | {"references": "marts.nothing.i"}]}
            ]
        },
        {"marts/a.sql": "select 1 as i"},
        r"marts\.a needs marts\.nothing",
    ),
}


@pytest.mark.parametrize("fault", LOADING_FAULTS)
def test_a_fault_in_the_models_is_named(fault, tmp_path):
    entries, files, message = LOADING_FAULTS[fault]
    with pytest.raises(PipelineError, match=message):
        load_models(write_sql(tmp_path, entries, files))


def test_yml_that_is_no_yml_is_named(tmp_path):
    folder = write_sql(tmp_path, {}, {"marts/a.yml": "columns: [\n", "marts/a.sql": "select 1"})
    with pytest.raises(PipelineError, match=r"a\.yml cannot be read as a description"):
        load_models(folder)
