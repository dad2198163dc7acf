"""What a change of code rebuilds: exactly the tables that depend on it, and nothing for a comment.

Every module that tables depend on is changed, one function at a time, in a copy of the package; the
plan of a build then names the tables. What is due must be what stands here, written by hand.
"""

import ast
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from helpers import MORNING, ROOT, copy_of, small_build, small_raw

from pipeline.builds.run import build, plan_build
from pipeline.extraction import reader_version
from pipeline.models import code_versions
from pipeline.models.catalogue import load_models
from pipeline.models.code_versions import NO_STORED_OUTPUT, STORED_OUTPUT, closure
from pipeline.sources.site_modules import site_modules
from pipeline.storage.warehouse import Warehouse

TRENDS = {
    "marts.monthly_topic_trends",
    "marts.yearly_category_trends",
    "marts.yearly_source_topic_trends",
    "marts.yearly_topic_trends",
    "marts.yearly_venue_trends",
}
# Made of what the papers of names show.
SHOWN = {f"people.{name}_persons" for name in ("alike", "tied")} | {
    "people.namesakes",
    "people.spelling_pairs",
}
REFERENCE = {name for name in load_models() if name.startswith("reference.")}
CHECKED = {"reference.topics", "reference.topic_phrases"}


def modules(folder: str) -> list[str]:
    """Return the modules below a package of papermart, `a.b` for those of a package inside."""
    place = ROOT / "pipeline" / folder
    files = (file for file in place.rglob("*.py") if file.name != "__init__.py")
    return [".".join(file.relative_to(place).with_suffix("").parts) for file in files]


# Module (in `pipeline`): the tables made by it, or by what imports it.
TABLES = {
    "inputs.csv_lines": {"raw.overrides", *REFERENCE},
    "inputs.overrides": {"raw.overrides"},
    "models.plain_csv": REFERENCE,
    "models.reference": REFERENCE,
    "text.name_agreement": {"linkage.name_pairs", "people.joined_spellings"},
    "text.name_kinds": {"linkage.name_pairs", "linkage.names", "people.joined_spellings"},
    "text.name_order": {"linkage.name_pairs", "linkage.names", "people.joined_spellings"},
    "text.name_shapes": {"linkage.name_pairs", "linkage.names", "people.joined_spellings"},
    "text.part_numbers": {"linkage.title_marks"},
    "text.person_names": {"linkage.name_pairs", "linkage.names", "people.joined_spellings"},
    "text.relation_words": {"linkage.title_marks"},
    "text.short_names": {"linkage.name_pairs", "people.joined_spellings"},
    "text.spacing": {"linkage.mended_texts"},
    "text.title_markers": {"linkage.title_marks"},
    "transforms.author_ids": {"people.identities", "marts.author_id_history"},
    "transforms.author_lines": {"people.override_lines"},
    "transforms.clusters": {"linkage.clusters"},
    "transforms.corrected_persons": {"people.corrected"},
    "transforms.coverage": {"marts.yearly_coverage"},
    "transforms.distributions": TRENDS,
    "transforms.emerging_phrases": {"marts.emerging_phrases"},
    "transforms.headings": {"linkage.headings", "people.work_words", *SHOWN},
    "transforms.main_fields": {"marts.paper_topics"},
    "transforms.name_pairs": {"linkage.name_pairs"},
    "transforms.names": {"linkage.names"},
    "transforms.override_lines": {"linkage.override_lines", "people.override_lines"},
    "transforms.paper_ids": {"linkage.identities", "marts.paper_id_history"},
    "transforms.coded_values": {
        *("linkage.identities", "marts.paper_id_history"),
        *("people.identities", "marts.author_id_history"),
        *("people.joined_spellings", *SHOWN),
    },
    **{
        f"transforms.{name}": SHOWN
        for name in (
            *("numbered_mentions", "person_evidence", "person_works", "shared_coauthors"),
            "sparse_rows",
        )
    },
    **{
        f"transforms.{name}": {"people.namesakes"}
        for name in ("namesakes", "person_levels", "person_merging")
    },
    "transforms.person_spellings": {"people.joined_spellings"},
    "transforms.spelling_pairs": SHOWN - {"people.namesakes"},
    "transforms.work_words": {"people.work_words", *SHOWN},
    **{
        f"transforms.{name}": {"marts.paper_topics", "marts.emerging_phrases", *CHECKED}
        for name in ("phrase_tree", "phrases", "word_places")
    },
    "transforms.stable_ids": {
        *("linkage.identities", "marts.paper_id_history"),
        *("people.identities", "marts.author_id_history"),
    },
    "transforms.statistics": TRENDS,
    "transforms.stray_spaces": {"linkage.mended_texts"},
    "transforms.title_marks": {"linkage.title_marks"},
    "transforms.topic_reference": CHECKED,
    "transforms.topic_mentions": {"marts.paper_topics"},
    "transforms.topic_words": {"marts.paper_topics"},
    "transforms.topics": {"marts.paper_topics"},
    "transforms.trend_notes": TRENDS,
    "transforms.trend_slopes": TRENDS,
    "transforms.trend_tests": TRENDS,
    "transforms.trend_verdicts": TRENDS,
    "transforms.trends": TRENDS,
    "transforms.word_topics": {"marts.paper_topics"},
}
# Modules of what is read of a page: all dumps are read anew.
READERS = {
    *(
        f"{folder}.{name}"
        for folder in ("extraction", "forms", "sources")
        for name in modules(folder)
    ),
    *(
        "inputs.given_files",
        "inputs.notes",
        "inputs.page_places",
        "text.damage",
        "text.dates",
        "text.shown",
        "text.identifiers",
    ),
    *("text.keys", "text.name_words", "text.rare", "text.torn_names"),
    "text.whitespace",
} - {
    *("extraction.batches", "extraction.golden", "extraction.new_source"),  # make files of rows
    *("extraction.reader_version", "sources.entry_points"),
}
# Some of them, of every kind.
SOME_READERS = (
    *("extraction.decoding", "extraction.plausibility.titles", "extraction.reading"),
    *("extraction.staging_tables", "forms.undo", "forms.wrapping", "inputs.notes"),
    *("sources.markup", "sources.sites.arrow", "sources.title_split", "text.keys"),
    "text.name_words",
)

# What some of them are needed for beside reading.
ALSO_TABLES = {
    "text.keys": {
        *("linkage.name_pairs", "linkage.names", "linkage.title_marks"),
        *("people.joined_spellings", "people.work_words", *SHOWN),
    },
    "text.name_words": {"linkage.name_pairs", "linkage.names", "people.joined_spellings"},
    "text.whitespace": {
        *("linkage.name_pairs", "linkage.names"),
        *("people.joined_spellings", "people.work_words", *SHOWN),
    },
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package whose code counts, while the code that runs stays the same."""
    place = tmp_path / "pipeline"
    shutil.copytree(ROOT / "pipeline", place, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(code_versions, "_root", lambda: place)
    forget()
    yield place
    monkeypatch.undo()
    forget()


def forget() -> None:
    """Let the code be looked at anew, as a new process would."""
    for known in (
        code_versions.closure,
        code_versions._file,
        code_versions._module,
        reader_version.reader_origin,
    ):
        known.cache_clear()


def file_of(package: Path, module: str) -> Path:
    return package.joinpath(*module.split(".")).with_suffix(".py")


def change_a_function(file: Path) -> None:
    """Put a statement that does nothing into a function, or into a class if there is none."""
    tree = ast.parse(file.read_text("utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    owner = next(iter(found or [n for n in tree.body if isinstance(n, ast.ClassDef)]))
    owner.body.append(ast.parse("_changed = 1").body[0])
    file.write_text(ast.unparse(tree), "utf-8")


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Warehouse:
    return Warehouse(copy_of(small_build()[0], tmp_path_factory.mktemp("code") / "warehouse"))


def plan(house: Warehouse):
    forget()
    return plan_build(small_raw(), house)


def is_empty(found) -> bool:
    return found.dumps.is_empty and not found.sure and not found.perhaps


@pytest.mark.usefixtures("package")
def test_nothing_is_due_while_the_code_is_the_same(house):
    assert is_empty(plan(house))


@pytest.mark.parametrize("module", sorted(TABLES))
def test_a_changed_function_rebuilds_exactly_the_tables_that_depend_on_it(module, package, house):
    change_a_function(file_of(package, module))
    found = plan(house)
    assert set(found.sure) == TABLES[module]
    assert found.dumps.due == []
    for reasons in found.sure.values():
        assert list(reasons) == [f"pipeline.{module} changed"]


@pytest.mark.parametrize("module", SOME_READERS)
def test_a_changed_reader_reads_every_dump_and_says_so(module, package, house):
    change_a_function(file_of(package, module))
    found = plan(house)
    assert set(found.dumps.reasons) == {f"reader changed: pipeline.{module}"}
    assert len(found.dumps.due) == 3
    # Whether rows change shows only when they are read.
    assert set(found.sure) == ALSO_TABLES.get(module, set())


def test_every_module_that_tables_depend_on_is_looked_at_here():
    forget()
    depended_on = {module for start in starts() for module in code_versions.code_of([start])}
    contract = {name for name in depended_on if ".contract." in name}
    helpers = {"pipeline.sources.entry_points"}
    assert depended_on - contract - helpers == {f"pipeline.{m}" for m in {*TABLES, *READERS}}


def starts() -> set[str]:
    """Return the modules in which the making of tables begins."""
    models = load_models().values()
    named = [name for m in models for name in (m.python, m.reference_check) if name]
    found = {name.rpartition(".")[0] for name in named}
    found |= {*reader_version._READERS, *site_modules(), *code_versions._CSV_READERS}
    return found | {"pipeline.inputs.overrides"}


def test_comments_docstrings_and_layout_rebuild_nothing(package, house):
    for file in sorted(package.rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(tree):
            is_owner = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            if is_owner and ast.get_docstring(node):
                node.body[0] = ast.parse('"""Other words."""').body[0]
        text = ast.unparse(tree).replace("\n", "  # a comment\n", 1)
        file.write_text(f"# another comment\n\n{text}\n", "utf-8")
    assert is_empty(plan(house))


def test_the_words_of_a_description_rebuild_nothing(package, house):
    words = {
        "contract.tables": ("Every saved page found", "Each saved page found"),
        "contract.findings": ("The title with white space folded.", "The title, folded."),
    }
    for module, (old, new) in words.items():
        file = file_of(package, module)
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")
    assert is_empty(plan(house))


@pytest.mark.parametrize(
    ("library", "tables", "reads"),
    [
        ("anyascii", ALSO_TABLES["text.keys"], True),
        ("ftfy", set(), True),
        ("selectolax", set(), True),
        (
            "polars",
            {name for tables in TABLES.values() for name in tables} - {"raw.overrides"} - REFERENCE,
            True,
        ),
        ("pydantic", set(), False),
    ],
)
def test_another_version_of_a_library_rebuilds_what_it_made(
    library, tables, reads, house, monkeypatch
):
    version_of = code_versions.library_version
    monkeypatch.setattr(
        code_versions,
        "library_version",
        lambda name: "99.0" if name == library else version_of(name),
    )
    found = plan(house)
    monkeypatch.undo()
    reason = f"library changed: {library} {version_of(library)} -> 99.0"
    assert set(found.sure) == tables
    assert all(list(reasons) == [reason] for reasons in found.sure.values())
    assert set(found.dumps.reasons) == ({reason} if reads else set())
    forget()


def test_another_duckdb_rebuilds_every_table_made_of_sql(house, monkeypatch):
    monkeypatch.setattr(code_versions, "DUCKDB_VERSION", "99.0")
    found = plan(house)
    assert set(found.sure) == {model.name for model in load_models().values() if model.selects}


def test_every_library_that_rows_pass_through_is_judged():
    forget()
    modules = frozenset().union(*map(closure, starts()))
    libraries = frozenset().union(*(code_versions._module(name).libraries for name in modules))
    assert libraries <= STORED_OUTPUT | NO_STORED_OUTPUT


def test_a_build_rebuilds_those_tables_and_what_rows_changed_for(package, house, tmp_path):
    """The functions do the same as before: no row changes, so nothing below them is rebuilt."""
    change_a_function(file_of(package, "transforms.clusters"))
    change_a_function(file_of(package, "sources.sites.arrow"))
    forget()
    changed = Warehouse(copy_of(house.root, tmp_path / "changed"))
    report = build(small_raw(), changed, now=MORNING + timedelta(hours=1))
    assert (report.dumps.n_read, report.dumps.n_new) == (3, 0)
    assert {table.name for table in report.tables if table.is_changed} == {"linkage.clusters"}
    assert not report.is_published
