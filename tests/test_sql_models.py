"""The models in `sql/`: their given/expect tests, the rules they obey, and their reference data."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from pipeline import topics
from pipeline.errors import PipelineError
from pipeline.schema import TableSpec
from pipeline.sql_models import (
    SQL_DIR,
    Model,
    UnitTest,
    all_specs,
    load_models,
    read_reference,
    run_unit_test,
    tables_read,
)

MODELS = load_models()
SPECS = all_specs()
CASES = [(model, test) for model in MODELS.values() for test in model.unit_tests]
CASE_IDS = [f"{model.name}-{test.name}" for model, test in CASES]
MADE_BY_SQL = {name: model for name, model in MODELS.items() if model.selects}
FILES = sorted(SQL_DIR.rglob("*.sql"))
FILE_IDS = [str(file.relative_to(SQL_DIR)) for file in FILES]

# What Spark reads otherwise or not at all (PLATFORM.md, "Scale-out").
NOT_PORTABLE = {
    "list(… order by)": r"\blist\s*\([^()]*\border\s+by",
    "list(distinct …)": r"\blist\s*\(\s*distinct",
    "with ordinality": r"\bwith\s+ordinality\b",
    "hash()": r"\bhash\s*\(",
    "format()": r"\bformat\s*\(",
    "levenshtein but of ASCII keys": r"levenshtein\s*\((?!\w+\.match_key\b)",
    "list slice": r"\w\s*\[[^\]\[]*:(?!:)[^\]\[]*\]",
    "place from the end": r"\w\s*\[\s*-\s*\d+\s*\]",
    "len()": r"\blen\s*\(",
    "list comprehension": r"\[[^\[\]]*\bfor\b[^\[\]]*\bin\b",
    "list functions": r"\blist_(reduce|sum|intersect|zip|position|transform|filter)\s*\(",
    "exclude / replace": r"\*\s*(exclude|replace)\b",
    "pivot": r"\b(un)?pivot\b",
    "map literal": r"\bmap\s*[{(]",
    "jaro_winkler": r"jaro_winkler",
    "strip_accents": r"strip_accents",
    "try_strptime": r"\b(try_)?strptime\b",
    "histogram": r"\bhistogram\s*\(",
    "group by all": r"\b(group|order)\s+by\s+all\b",
    "recursive": r"\brecursive\b",
    "string_split": r"\bstring_split\s*\(",
    "lambda": r"->|\blambda\b",
    "cast by ::": r"::",
    "first row wins": r"\b(distinct\s+on|any_value|arg_max|arg_min)\b",
    "clock or chance": r"\b(now|today|random|current_date|current_timestamp)\b",
}
FILE_PATH = r"'[^']*(\w/|/\w|\.(csv|parquet|json|duckdb|txt))[^']*'|\bread_\w+\s*\(|\bglob\s*\("


def code(file: Path) -> str:
    """The SQL of a file without comments, in lower case."""
    return re.sub(r"--[^\n]*", "", file.read_text("utf-8")).lower()


# ---------------------------------------------------------------- given/expect


@pytest.mark.parametrize(("model", "test"), CASES, ids=CASE_IDS)
def test_given_rows_give_the_expected_rows(model: Model, test: UnitTest):
    assert run_unit_test(model, test, SPECS) == []


@pytest.mark.parametrize(("model", "test"), CASES, ids=CASE_IDS)
def test_the_order_of_given_rows_does_not_count(model: Model, test: UnitTest):
    backwards = {table: rows[::-1] for table, rows in test.given.items()}
    assert run_unit_test(model, test.model_copy(update={"given": backwards}), SPECS) == []


@pytest.mark.parametrize("name", MADE_BY_SQL)
def test_every_model_has_a_given_expect_test(name):
    assert MODELS[name].unit_tests, f"{name} has no unit_tests in _models.yml"


def test_a_wrong_expectation_is_found():
    model = MODELS["marts.topics"]
    given = {"reference.topics": [{"topic_id": "a", "topic": "A"}]}

    def differences(expect, given=given):
        return run_unit_test(model, UnitTest(name="x", given=given, expect=expect), SPECS)

    assert differences([{"topic_id": "a", "topic": "A"}]) == []
    assert differences([{"topic": "B"}]) == ["row 1: topic is 'A', expected 'B'"]
    assert differences([])[0].startswith("1 rows, expected 0")
    unread = {"marts.papers": []}
    assert differences([], unread) == ["given marts.papers, which marts.topics does not read"]
    with pytest.raises(PipelineError, match=r"reference\.topics has no column topci"):
        differences([], {"reference.topics": [{"topci": "A"}]})


# ---------------------------------------------------------------- what every file obeys


@pytest.mark.parametrize("file", FILES, ids=FILE_IDS)
def test_a_file_says_first_what_it_is_for(file: Path):
    text = file.read_text("utf-8")
    assert re.match(r"-- [A-Z].{10,}\n", text)
    if file.stem.count(".") == 0:
        assert re.search(r"^-- grain: one row per ", text, re.MULTILINE)


@pytest.mark.parametrize("file", FILES, ids=FILE_IDS)
def test_a_file_ends_by_ordering_its_rows_by_the_key(file: Path):
    last = file.read_text("utf-8").rstrip().rsplit("\n", 1)[-1]
    found = re.fullmatch(r"order by (.+)", last)
    assert found, last
    columns = {term.split()[0].rpartition(".")[2] for term in found[1].split(", ")}
    table, _, argument = file.stem.partition(".")
    if not argument:
        assert columns >= set(SPECS[f"{file.parent.name}.{table}"].key)


@pytest.mark.parametrize("file", FILES, ids=FILE_IDS)
def test_a_file_uses_only_portable_sql(file: Path):
    found = [what for what, sign in NOT_PORTABLE.items() if re.search(sign, code(file))]
    assert found == []
    for arguments in re.findall(r"regexp_replace\(((?:[^()]|\([^()]*\))*)\)", code(file)):
        assert arguments.rstrip().endswith("'g'"), arguments


def test_the_signs_of_unportable_sql_are_recognised():
    """Guards the test above: each sign must find an example of what it forbids."""
    examples = {
        "list(… order by)": "list(a order by b)",
        "list(distinct …)": "list(distinct a)",
        "with ordinality": "unnest(a) with ordinality",
        "hash()": "hash (a)",
        "format()": "format('{}', a)",
        "levenshtein but of ASCII keys": "damerau_levenshtein(l.title, r.title)",
        "list slice": "names[1:2]",
        "place from the end": "names[-1]",
        "len()": "len(a)",
        "list comprehension": "[x + 1 for x in a]",
        "list functions": "list_sum(a)",
        "exclude / replace": "select * exclude (a)",
        "pivot": "pivot a on b",
        "map literal": "map {'a': 1}",
        "jaro_winkler": "jaro_winkler_similarity(a, b)",
        "strip_accents": "strip_accents(a)",
        "try_strptime": "try_strptime(a, '%Y')",
        "histogram": "histogram(a)",
        "group by all": "group by all",
        "recursive": "with recursive a as",
        "string_split": "string_split(a, ' ')",
        "lambda": "lambda x: x",
        "cast by ::": "a::integer",
        "first row wins": "arg_max(a, b)",
        "clock or chance": "random()",
    }
    assert set(examples) == set(NOT_PORTABLE)
    for what, example in examples.items():
        assert re.search(NOT_PORTABLE[what], example), what
    assert not re.search(NOT_PORTABLE["string_split"], "string_split_regex(a, 'b')")
    assert not re.search(NOT_PORTABLE["list slice"], "[a, b]")


@pytest.mark.parametrize("file", FILES, ids=FILE_IDS)
def test_a_file_names_no_files(file: Path):
    assert not re.search(FILE_PATH, code(file))


@pytest.mark.parametrize("file", FILES, ids=FILE_IDS)
def test_a_model_reads_tables_in_import_ctes_only(file: Path):
    if file.stem.count("."):
        return  # an input of a Python function is one small SELECT
    text = code(file)
    read = re.findall(r"\b(?:raw|reference|staging|linkage|marts)\.\w+", text)
    imported = re.findall(r"\w+ as \(select \* from (\w+\.\w+)\)", text)
    assert sorted(read) == sorted(imported)


@pytest.mark.parametrize("name", MADE_BY_SQL)
def test_layers_read_only_what_lies_below_them(name):
    layer, reads = name.partition(".")[0], MODELS[name].reads
    layers = {table.partition(".")[0] for table in reads}
    if layer == "linkage":
        assert layers <= {"raw", "reference", "staging", "linkage"}
    else:
        # Who wrote a paper stands on the cards and pages themselves.
        allowed = {"staging.record_authors", "staging.pages"}
        assert layers <= {"reference", "linkage", "marts", "staging"}
        assert {table for table in reads if table.startswith("staging.")} <= allowed
    # What a model recalls are the rows of the last build.
    assert name not in reads - MODELS[name].recalls


@pytest.mark.parametrize("name", MODELS)
def test_every_table_is_described_with_key_and_grain(name):
    spec = MODELS[name].spec
    columns = [column.name for column in spec.columns]
    assert len(set(columns)) == len(columns)
    assert set(spec.key) <= set(columns)
    assert spec.description.endswith(".")
    for column in spec.columns:
        # A colon in unquoted yml makes a mapping, a comma cuts a flow line short.
        assert column.description.endswith("."), f"{name}.{column.name}: {column.description}"
        if column.references:
            table, _, target = column.references.rpartition(".")
            assert target in {c.name for c in SPECS[table].columns}


def test_models_come_after_those_they_need():
    place = {name: n for n, name in enumerate(MODELS)}
    for name, model in MODELS.items():
        for needed in model.needs & set(MODELS):
            assert place[needed] < place[name]


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
    assert tables_read(sql, "x.x") == DEPENDENCIES[sql]


FAULTY = {
    "select 1; select 2": "not one SELECT: it holds more than one statement",
    "create table t as select 1": "not one SELECT",
    "selec 1": "not one SELECT",
    "select * from papers": "reads papers without naming its layer",
}


@pytest.mark.parametrize("sql", FAULTY)
def test_sql_that_is_no_model_is_refused(sql):
    with pytest.raises(PipelineError, match=FAULTY[sql]) as error:
        tables_read(sql, "marts.mine")
    assert "the model marts.mine" in str(error.value)


# ---------------------------------------------------------------- loading


def entry(name: str, **more) -> dict:
    columns = [{"name": "i", "type": "INTEGER", "description": "A number of something."}]
    text = {"description": "Something to test with.", "grain": "one row per number"}
    return {"name": name, "key": ["i"], "columns": columns, **text, **more}


def write_sql(folder: Path, entries: dict[str, list[dict]], files: dict[str, str]) -> Path:
    for layer in ("reference", "linkage", "marts"):
        (folder / layer).mkdir(parents=True)
        described = {"models": entries.get(layer, [])}
        (folder / layer / "_models.yml").write_text(yaml.safe_dump(described), "utf-8")
    for path, text in files.items():
        (folder / path).write_text(text, "utf-8")
    return folder


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
    assert models["marts.a"].code_version != models["marts.b"].code_version


LOADING_FAULTS = {
    "undescribed file": (
        {"marts": [entry("a")]},
        {"marts/a.sql": "select 1 as i", "marts/new.sql": "select 1 as i"},
        "no entry for the table new; describe it there",
    ),
    "entry without file": (
        {"marts": [entry("a")]},
        {},
        r"a is described, but has no \.sql or \.csv file",
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
        {"marts": [entry("a", python="pipeline.topics.tag_papers")]},
        {"marts/a.sql": "select 1 as i"},
        r"a needs either a\.sql or python:",
    ),
    "unknown word": (
        {"marts": [entry("a", colour="red")]},
        {"marts/a.sql": "select 1 as i"},
        "table a, colour: Extra inputs are not permitted",
    ),
    "unknown type": (
        {"marts": [entry("a") | {"columns": [{"name": "i", "type": "INT", "description": "x"}]}]},
        {"marts/a.sql": "select 1 as i"},
        r"table a, columns\.0\.type",
    ),
    "no grain": (
        {"marts": [entry("a", grain="some rows")]},
        {"marts/a.sql": "select 1 as i"},
        "table a, grain",
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
    folder = write_sql(tmp_path, {}, {"marts/_models.yml": "models: [\n"})
    with pytest.raises(PipelineError, match=r"_models\.yml cannot be read as a list of models"):
        load_models(folder)


def test_code_version_changes_with_sql_description_function_and_csv(tmp_path):
    def version(folder: str, sql="select 1 as i", **more) -> str:
        files = {"marts/a.sql": sql}
        models = load_models(write_sql(tmp_path / folder, {"marts": [entry("a", **more)]}, files))
        return models["marts.a"].code_version

    assert version("same") == version("again")
    assert version("sql", sql="select 2 as i") != version("same 2")
    assert version("text", description="Something else to test.") != version("same 3")
    python = MODELS["marts.paper_topics"]
    assert python.code_version != Model(python.spec, python.selects).code_version


# ---------------------------------------------------------------- reference data as CSV


SPEC = TableSpec.model_validate(
    entry("things")
    | {
        "layer": "reference",
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
        for spelling in topics.spellings(row["phrase"]):
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
