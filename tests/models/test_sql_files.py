"""What every file of `sql/` obeys: layers, portable SQL, order, words first."""

import re
from pathlib import Path

import pytest

from pipeline.contract.version_tables import CHANGES
from pipeline.models.catalogue import SQL_DIR, all_specs, load_models
from pipeline.models.comparisons import load_changes, load_guardrails
from pipeline.models.views import load_views

MODELS = load_models()
COMPARISONS = [load_changes(), *(guardrail.model for guardrail in load_guardrails().values())]
VIEWS = {f"views.{name}": view for name, view in load_views().items()}
SPECS = (
    all_specs()
    | {f"versions.{CHANGES.name}": CHANGES}
    | {m.name: m.spec for m in COMPARISONS}
    | {name: view.spec for name, view in VIEWS.items()}
)
MADE_BY_SQL = [name for name, model in MODELS.items() if model.selects]
FILES = sorted(SQL_DIR.rglob("*.sql"))
SHARED = {name for model in (*MODELS.values(), *COMPARISONS) for name in model.views}
NO_CHECKS = [file for file in FILES if not file.name.endswith(".check.sql")]

# What Spark reads otherwise or not at all (PLATFORM.md, "Scale-out").
NOT_PORTABLE = {
    "list(… order by)": r"\blist\s*\([^()]*\border\s+by",
    "list(distinct …)": r"\blist\s*\(\s*distinct",
    "with ordinality": r"\bwith\s+ordinality\b",
    "hash()": r"\bhash\s*\(",
    "format()": r"\bformat\s*\(",
    "levenshtein but of ASCII keys": r"levenshtein\s*\((?!\w+\.(?:match_key|word)(?:_[lr])?\b)",
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
    "group put back": r"\\\d",  # \1 is $1 on Spark
    "rlike compared, which binds more loosely on Spark": r"(?:=|<>)\s*regexp_matches",
    "one name for a column and what having sums up": (
        r"\b(?:max|min|sum|count)\((\w+)\) as \1\b"
        r"(?:(?!\n\),\n)[\s\S])*?\bhaving\b(?:(?!\n\),\n)[\s\S])*?\((?:distinct )?\1\b"
    ),
    "first row wins": r"\b(distinct\s+on|any_value|arg_max|arg_min)\b",
    "clock or chance": r"\b(now|today|random|current_date|current_timestamp)\b",
    # In another order the last digits are others, on another engine and on more threads alike.
    "sum of fractions": r"\bround\s*\(\s*sum\b",
}
FILE_PATH = (
    r"'(?!https://)[^']*(\w/|/\w|\.(csv|parquet|json|duckdb|txt))[^']*'|\bread_\w+\s*\(|\bglob\s*\("
)


def place(file: Path) -> str:
    return file.relative_to(SQL_DIR).as_posix()


def is_check(file: Path) -> bool:
    return file.name.endswith(".check.sql")


def is_table(file: Path) -> bool:
    """Tell whether the rows of a file are a table; others are given to functions, or checks."""
    return "." not in file.stem and not file.stem.startswith("_")


def is_asked_in_another_order(file: Path) -> bool:
    """Tell whether whoever reads what a file selects has an order of their own: models, people."""
    name = f"{file.parent.name}.{file.stem}"
    return name in SHARED or name in VIEWS


def code(file: Path) -> str:
    """The SQL of a file without comments, in lower case."""
    return re.sub(r"--[^\n]*", "", file.read_text("utf-8")).lower()


@pytest.mark.parametrize("file", FILES, ids=place)
def test_a_file_says_first_what_it_is_for(file: Path):
    text = file.read_text("utf-8")
    # The first line of a check is what must hold, as the middle of a sentence.
    assert re.match(r"-- [a-z].{10,}\n" if is_check(file) else r"-- [A-Z].{10,}\n", text)
    if is_table(file):
        assert re.search(r"^-- grain: one row per ", text, re.MULTILINE)


@pytest.mark.parametrize(
    "file", [f for f in NO_CHECKS if not is_asked_in_another_order(f)], ids=place
)
def test_a_file_ends_by_ordering_its_rows_by_the_key(file: Path):
    last = file.read_text("utf-8").rstrip().rsplit("\n", 1)[-1]
    found = re.fullmatch(r"order by (.+)", last)
    assert found, last
    columns = {term.split()[0].rpartition(".")[2] for term in found[1].split(", ")}
    if is_table(file):
        assert columns >= set(SPECS[f"{file.parent.name}.{file.stem}"].key)


@pytest.mark.parametrize("file", FILES, ids=place)
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
        "sum of fractions": "round(sum(a), 9)",
        "jaro_winkler": "jaro_winkler_similarity(a, b)",
        "strip_accents": "strip_accents(a)",
        "try_strptime": "try_strptime(a, '%Y')",
        "histogram": "histogram(a)",
        "group by all": "group by all",
        "recursive": "with recursive a as",
        "string_split": "string_split(a, ' ')",
        "lambda": "lambda x: x",
        "cast by ::": "a::integer",
        "rlike compared, which binds more loosely on Spark": (
            "regexp_matches(a, 'c') = regexp_matches(b, 'c')"
        ),
        "one name for a column and what having sums up": "max(a) as a from t having count(a) = 1",
        "group put back": r"regexp_replace(a, '(b)c', '\1', 'g')",
        "first row wins": "arg_max(a, b)",
        "clock or chance": "random()",
    }
    assert set(examples) == set(NOT_PORTABLE)
    for what, example in examples.items():
        assert re.search(NOT_PORTABLE[what], example), what
    assert not re.search(NOT_PORTABLE["string_split"], "string_split_regex(a, 'b')")
    assert not re.search(NOT_PORTABLE["list slice"], "[a, b]")


@pytest.mark.parametrize("file", FILES, ids=place)
def test_a_file_names_no_files(file: Path):
    assert not re.search(FILE_PATH, code(file))


@pytest.mark.parametrize("file", FILES, ids=place)
def test_a_model_reads_tables_in_import_ctes_only(file: Path):
    if not is_table(file) and not is_check(file):
        return  # an input of a Python function is one small SELECT
    text = code(file)
    read = re.findall(
        r"\b(?:raw|reference|staging|linkage|people|marts|published|guardrails|main)\.\w+", text
    )
    imported = re.findall(r"\w+ as \(select \* from (\w+\.\w+)\)", text)
    # A check unfolds its own table's columns; what it looks things up in is imported.
    own = f"{file.parent.name}.{file.name.partition('.')[0]}" if is_check(file) else None
    assert sorted(name for name in read if name != own) == sorted(imported)


@pytest.mark.parametrize("name", MADE_BY_SQL)
def test_layers_read_only_what_lies_below_them(name):
    layer, reads = name.partition(".")[0], MODELS[name].reads
    layers = {table.partition(".")[0] for table in reads}
    if layer == "linkage":
        assert layers <= {"raw", "reference", "staging", "linkage"}
    else:
        # Who wrote a paper stands on the cards and pages themselves; where a page lies, with dumps.
        # Corrections are of papers or of authors.
        allowed = {"staging.record_authors", "staging.pages", "raw.dumps", "raw.overrides"}
        reads = MODELS[name].reads - ({"staging.records"} if MODELS[name].views else set())
        assert layers <= {"reference", "linkage", "people", "marts", "staging", "raw"}
        assert {table for table in reads if table.startswith(("staging.", "raw."))} <= allowed
    # What a model recalls are the rows of the last build.
    assert name not in reads - MODELS[name].recalls


@pytest.mark.parametrize("file", NO_CHECKS, ids=place)
def test_only_the_shared_selects_see_cards_that_are_held_back(file: Path):
    reads_cards = "staging.record" in code(file)
    assert reads_cards == (place(file).startswith("linkage/_sound_record"))


@pytest.mark.parametrize("name", [*MODELS, *VIEWS])
def test_every_table_is_described_with_key_and_grain(name):
    spec = SPECS[name]
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


def test_a_mart_says_of_each_column_that_may_be_null_when_it_is():
    silent = [
        f"{spec.full_name}.{column.name}"
        for spec in SPECS.values()
        # The trends say it of their columns where they are made.
        if spec.layer == "marts" and not spec.name.endswith("_trends")
        for column in spec.columns
        if not column.required and column.name not in spec.key and "NULL" not in column.description
    ]
    assert silent == []
