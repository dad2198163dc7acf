"""Sites of other packages: the skeleton, the entry point, and what a broken plug-in may not do."""

import importlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from helpers import (
    ANN,
    ROOT,
    assert_clean_failure,
    copy_of,
    made_once,
    papermart,
    papermart_process,
    put,
    table,
)

from pipeline.contract.errors import PipelineError
from pipeline.extraction.golden import check_pairs
from pipeline.extraction.new_source import write_source
from pipeline.extraction.reader_version import reader_origin
from pipeline.sources import registry
from pipeline.sources.plugins import _version

PAGE = "golden/shelf/first_page.txt"
# What remembers which plug-ins are installed; a process of its own would begin with nothing.
REMEMBERED = (
    registry.installed_plugins,
    registry.known_sources,
    registry.display_names,
    reader_origin,
)


def distribution(folder: Path, name: str, version: str, entries: dict[str, str]) -> None:
    """Make a folder look to Python as pip leaves it: modules and a .dist-info beside them."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    lines = [f"{entry} = {value}" for entry, value in entries.items()]
    put(
        info,
        {
            "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            "entry_points.txt": "\n".join(["[papermart.sources]", *lines]) + "\n",
        },
    )


@contextmanager
def installed(site: Path) -> Generator[None]:
    """Let this process see one more folder of installed packages, for a while."""

    def forget() -> None:
        importlib.invalidate_caches()
        for question in REMEMBERED:
            question.cache_clear()
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None)).startswith(str(site)):
                del sys.modules[name]

    sys.path.insert(0, str(site))
    forget()
    try:
        yield
    finally:
        sys.path.remove(str(site))
        forget()


def with_plugins(*arguments: str | Path, site: Path) -> Any:
    """Run papermart in this process with one more folder of installed packages."""
    with installed(site):
        return papermart(*arguments)


def make_shelf(site: Path) -> Path:
    """Fill a folder with the skeleton of the site `shelf`, installed as papermart-shelf 1.2."""
    write_source("shelf", site)
    distribution(site, "papermart-shelf", "1.2", {"shelf": "shelf"})
    return site


@pytest.fixture
def shelf(tmp_path):
    return make_shelf(tmp_path / "site")


def dumps(root: Path) -> dict[str, dict[str, Any]]:
    return {row["path"]: row for row in table(root, "raw.dumps")}


# ---------- the skeleton


def test_skeleton_is_registered_and_reads_its_golden_pair(shelf):
    run = with_plugins("check-source", shelf / "golden", site=shelf)
    assert run.returncode == 0, run.stderr
    assert run.stdout == f"{shelf / PAGE}: equal\n"
    assert run.stderr == ""


def test_check_source_names_the_first_difference_and_updates(shelf):
    golden = (shelf / PAGE).with_suffix(".json")
    right = golden.read_text("utf-8")
    wrong = json.loads(right)
    wrong["records"][1]["title"] = "Another Title"
    golden.write_text(json.dumps(wrong), "utf-8")
    run = with_plugins("check-source", shelf / "golden", site=shelf)
    assert_clean_failure(run, "1 of 1 golden pairs differ")
    assert "records 2.title is 'A Second Invented Title', expected 'Another Title'" in run.stdout
    assert with_plugins("check-source", shelf / "golden", "--update", site=shelf).returncode == 0
    assert golden.read_text("utf-8") == right


def test_check_source_of_a_site_that_is_not_registered(tmp_path):
    write_source("shelf", tmp_path)
    run = papermart("check-source", tmp_path / "golden")
    assert_clean_failure(run, "1 of 1 golden pairs differ")
    assert "no site knows this page; is the module registered" in run.stdout
    assert_clean_failure(papermart("check-source", tmp_path / "none"), "is not there")


def test_golden_pairs_of_papermart_itself_are_equal():
    pairs = check_pairs(ROOT / "tests" / "data" / "sources")
    assert [pair for pair in pairs if pair.fault] == []


def test_new_source_says_what_to_do_next(tmp_path):
    run = papermart("new-source", "shelf", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*")} == {
        "shelf.py",
        PAGE,
        PAGE.replace(".txt", ".json"),
    }
    assert '[project.entry-points."papermart.sources"]' in run.stdout
    assert "papermart check-source golden" in run.stdout


def test_the_skeleton_names_only_what_is_there(tmp_path):
    """Its text is no module of ours that a type checker reads: it could name what has moved."""
    write_source("shelf", tmp_path)
    named = set()
    for word in (tmp_path / "shelf.py").read_text("utf-8").replace("`", " ").split():
        if word.startswith("pipeline."):
            named.add(word.strip(".,;:"))
    assert len(named) >= 5
    for name in named:
        module, _, attribute = name.rpartition(".")
        if importlib.util.find_spec(name if attribute.islower() else module) is None:
            pytest.fail(f"{name} is not there")
        if not attribute.islower():
            assert hasattr(importlib.import_module(module), attribute), name


def test_new_source_inside_is_a_site_of_papermart_itself(tmp_path):
    """In a copy of the checkout: found by itself, its pair equal, its page built."""
    for folder in ("pipeline", "sql"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    pairs = tmp_path / "tests" / "data" / "sources"
    pairs.mkdir(parents=True)

    def run(*arguments):
        found = papermart_process(*arguments, cwd=tmp_path, PYTHONPATH=tmp_path)
        assert found.returncode == 0, found.stderr
        return found.stdout

    written = run("new-source", "boat_shed", "--inside", "--to", pairs)
    assert {path.name for path in (pairs / "boat_shed").iterdir()} == {
        "first_page.txt",
        "first_page.json",
    }
    assert (tmp_path / "pipeline" / "sources" / "sites" / "boat_shed.py").is_file()
    assert "nothing else is to be edited" in written
    assert "first_page.txt: equal" in run("check-source", pairs)
    put(tmp_path / "raw", {"page.txt": (pairs / "boat_shed" / "first_page.txt").read_bytes()})
    run("build", "--raw", "raw", "--warehouse", "warehouse")
    assert dumps(tmp_path / "warehouse")["page.txt"]["source"] == "boat_shed"


def test_an_inner_skeleton_passes_the_checks_of_the_project(tmp_path):
    (tmp_path / "pipeline/sources/sites").mkdir(parents=True)
    (tmp_path / "tests/data/sources").mkdir(parents=True)
    put(tmp_path / "pipeline/sources/sites", {"__init__.py": ""})
    write_source("boat_shed_with_a_long_name", tmp_path, is_inside=True)
    files = [str(tmp_path / "pipeline/sources/sites/boat_shed_with_a_long_name.py")]
    for command in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml")]
        found = subprocess.run([*ruff, *files], capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stdout


def test_new_source_inside_needs_a_checkout(tmp_path):
    failed = papermart("new-source", "boat_shed", "--inside", "--to", tmp_path)
    assert_clean_failure(failed, "is in no checkout of papermart")
    assert list(tmp_path.iterdir()) == []


def test_new_source_overwrites_nothing(tmp_path):
    put(tmp_path, {"shelf.py": "mine"})
    assert_clean_failure(papermart("new-source", "shelf", "--to", tmp_path), "shelf.py is there")
    assert [path.name for path in tmp_path.iterdir()] == ["shelf.py"]
    assert (tmp_path / "shelf.py").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("My-Site", "cannot name a site"),
        ("../up", "cannot name a site"),
        ("class", "cannot name a site"),
        ("arrow", "there is a site arrow already"),
        ("json", "there is a Python module json already"),
    ],
)
def test_new_source_refuses_names(name, why, tmp_path):
    with pytest.raises(PipelineError, match=why):
        write_source(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_version_of_a_plugin_is_its_package_and_all_its_code(tmp_path):
    package = put(tmp_path / "shelf", {"__init__.py": "", "words.py": "WORDS = 1"})
    module = ModuleType("shelf")
    module.__file__ = str(package / "__init__.py")
    versions = {_version(module, "papermart-shelf 1.2"), _version(module, "papermart-shelf 1.3")}
    put(package, {"words.py": "WORDS = 2"})
    versions.add(_version(module, "papermart-shelf 1.2"))
    assert len(versions) == 3


# ---------- one build with a good plug-in and all kinds of bad ones


MODULE = "NAME = {name!r}\ndef detect(dump): return {detect}\ndef parse(dump): return {parse}\n"
PARSED = """
from pipeline.contract.findings import *
def found(dump, **more):
    fields = dict(line_start=1, line_end=len(dump.lines), raw_title="t", title="t")
    return ParseResult(PageFacts(), (Record(**(fields | more)),))
"""
# Plug-ins that cannot be used at all: their code, and why.
REFUSED = {
    "raises": ("1 / 0", "ZeroDivisionError"),
    "no_module": (None, "ModuleNotFoundError"),
    "no_name": ("def detect(dump): return 0", "NAME must be"),
    "bad_name": (MODULE.format(name="Bad-Name", detect=0, parse=0), "NAME must be"),
    "no_parse": ("NAME = 'x'\ndef detect(dump): return 0", "no function parse"),
    "bad_pattern": (MODULE.format(name="x", detect=0, parse=0) + "WHOLE = 'x'", "WHOLE must be"),
    "wrong_arguments": ("NAME = 'x'\ndef detect(): return 0\ndef parse(dump): pass", "argument"),
    "built_in_name": (MODULE.format(name="arrow", detect=99, parse=0), "papermart's own"),
    "taken_name": (MODULE.format(name="shelf", detect=99, parse=0), "papermart-shelf 1.2 has"),
}
# Plug-ins that fail on their page: what their `parse` returns, and why the page is set aside.
FAILING = {
    "raises": ("1 / 0", "cannot read it: ZeroDivisionError"),
    "none": ("None", "not a ParseResult"),
    "lines": ("found(dump, line_end=9999)", "lines 1 to 9999"),
    "no_title": ("found(dump, title='')", "has no title"),
    "type": ("found(dump, n_upvotes='many')", "n_upvotes that is no INTEGER"),
    "too_large": ("found(dump, n_upvotes=10**12)", "n_upvotes that is no INTEGER"),
    "not_allowed": ("found(dump, venue_type='pub')", "venue_type 'pub', which is not allowed"),
    "below": ("found(dump, n_comments=-1)", "n_comments -1, which is not allowed"),
    "authors": ("found(dump, authors=('A B',))", "no AuthorName"),
    "year": ("found(dump, published_date=__import__('datetime').date(2020, 1, 1))", "another year"),
    "half_text": ("found(dump, abstract='\\ud800')", "abstract that is no VARCHAR"),
}
N_DUMPS = 2 + len(FAILING)


def _build_with_plugins(folder: Path) -> tuple[int, str]:
    """Install good and bad plug-ins and build pages of theirs, in a process of its own."""
    site = make_shelf(folder / "site")
    raw = put(folder / "raw", {"ann.txt": ANN, "shelf.txt": (site / PAGE).read_bytes()})
    for name, (code, _) in REFUSED.items():
        put(site, {} if code is None else {f"site_{name}.py": code})
        distribution(site, f"zz-{name}", "0.1", {name: f"site_{name}"})
    for name, (parse, _) in FAILING.items():
        code = MODULE.format(name=name, detect=f"{name!r} in dump.lines", parse=parse)
        put(site, {f"failing_{name}.py": PARSED + code})
        put(raw, {f"{name}.txt": f"{name}\nand more\n"})
        distribution(site, f"yy-{name}", "0.1", {name: f"failing_{name}"})
    put(site, {"bad.py": MODULE.format(name="bad", detect="1 / 0", parse="None")})
    distribution(site, "papermart-bad", "0.1", {"bad": "bad"})
    run = papermart_process(
        *("build", "--raw", raw, "--warehouse", folder / "warehouse"),
        PYTHONPATH=os.pathsep.join([str(ROOT), str(site)]),
    )
    return run.returncode, run.stderr


@pytest.fixture(scope="module")
def built() -> tuple[Path, list[str]]:
    """The folder of that build, and the lines it said on stderr."""
    folder, (code, stderr) = made_once("plugins", _build_with_plugins)
    assert code == 0, stderr
    assert "Traceback" not in stderr
    return folder, stderr.splitlines()


def test_a_page_of_a_plugin_is_built_end_to_end(built):
    root = built[0] / "warehouse"
    row = dumps(root)["shelf.txt"]
    assert (row["source"], row["status"], row["n_records"]) == ("shelf", "extracted", 2)
    assert row["n_lines_unclaimed"] == 0
    papers = [row for row in table(root, "marts.papers", "title") if row["sources"] == ["shelf"]]
    assert [(row["title"], row["first_author"]) for row in papers] == [
        ("A Second Invented Title", "Cy Specimen"),
        ("Boats of Folded Paper", "Ada Example"),
    ]


def test_a_page_of_a_plugin_is_built_anew_when_its_code_changes(built, tmp_path):
    raw, root = built[0] / "raw", copy_of(built[0] / "warehouse", tmp_path / "warehouse")
    site = copy_of(built[0] / "site", tmp_path / "site")
    arguments = ("build", "--raw", raw, "--warehouse", root)
    assert f"raw: {N_DUMPS} dumps (0 new, 0 gone" in with_plugins(*arguments, site=site).stdout
    module = site / "shelf.py"
    module.write_text(module.read_text().replace("fold_space(card", "str.upper(card"))
    said = with_plugins(*arguments, site=site).stdout
    assert f"raw: {N_DUMPS} dumps (0 new, {N_DUMPS} read again, 0 gone" in said
    assert "reader changed: plug-in shelf: ann.txt, " in said
    titles = {row["title"] for row in table(root, "staging.records") if row["source"] == "shelf"}
    assert titles == {" BOATS OF FOLDED PAPER", " A SECOND INVENTED TITLE"}


def test_broken_plugins_are_named_and_the_rest_goes_on(built):
    root, said = built[0] / "warehouse", built[1]
    warnings = sorted(line for line in said if "is not used" in line)
    for warning, (name, (_, why)) in zip(warnings, sorted(REFUSED.items()), strict=True):
        start = f"warning: the site plug-in {name} (site_{name}) of the package zz-{name} 0.1"
        assert warning.startswith(f"{start} is not used: ")
        assert why in warning
    found = [row["source"] for row in dumps(root).values() if row["status"] == "extracted"]
    assert sorted(found) == ["arrow", "shelf"]


@pytest.mark.parametrize("name", FAILING)
def test_pages_that_plugins_fail_on_are_set_aside(name, built):
    found = dumps(built[0] / "warehouse")
    assert found["ann.txt"]["status"] == "extracted"
    row = found[f"{name}.txt"]
    assert row["status"] == "quarantined"
    assert f"the site plug-in {name} of the package yy-{name} 0.1 " in row["reason"]
    assert FAILING[name][1] in row["reason"]
    assert set(found) == {"ann.txt", "shelf.txt", *(f"{each}.txt" for each in FAILING)}


def test_a_plugin_that_fails_to_detect_is_passed_over(built):
    passed_over = [line for line in built[1] if "is not used" not in line]
    assert passed_over, "a good plug-in and pages that are set aside are no reason to speak"
    for line in passed_over:
        assert "the site plug-in bad of the package papermart-bad 0.1 was passed over" in line
        assert "ZeroDivisionError" in line
    assert dumps(built[0] / "warehouse")["ann.txt"]["source"] == "arrow"
