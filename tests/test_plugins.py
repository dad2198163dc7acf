"""Sites of other packages: the skeleton, the entry point, and what a broken plug-in may not do."""

import json
import os
from pathlib import Path
from types import ModuleType

import pytest
from helpers import ANN, ROOT, assert_clean_failure, papermart, put, table

from pipeline.errors import PipelineError
from pipeline.golden import check_pairs
from pipeline.new_source import write_source
from pipeline.sources.plugins import _version

PAGE = "golden/shelf/first_page.txt"


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


def with_plugins(*arguments: str | Path, site: Path, **env: str | Path):
    """Run papermart with one more folder of installed packages."""
    return papermart(*arguments, PYTHONPATH=os.pathsep.join([str(ROOT), str(site)]), **env)


@pytest.fixture
def shelf(tmp_path):
    """A folder with the skeleton of the site `shelf`, installed as papermart-shelf 1.2."""
    site = tmp_path / "site"
    write_source("shelf", site)
    distribution(site, "papermart-shelf", "1.2", {"shelf": "shelf"})
    return site


def build(site: Path, raw: Path, root: Path):
    return with_plugins("build", "--raw", raw, "--warehouse", root, site=site)


def dumps(root: Path):
    return {row["path"]: row for row in table(root, "raw.dumps")}


# ---------- the skeleton


def test_skeleton_is_registered_and_reads_its_golden_pair(shelf):
    run = with_plugins("check-source", shelf / "golden", site=shelf)
    assert run.returncode == 0, run.stderr
    assert run.stdout == f"{shelf / PAGE}: equal\n"


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
    run = papermart("new-source", "shelf", cwd=tmp_path, PYTHONPATH=ROOT)
    assert run.returncode == 0, run.stderr
    assert {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*")} == {
        "shelf.py",
        PAGE,
        PAGE.replace(".txt", ".json"),
    }
    assert '[project.entry-points."papermart.sources"]' in run.stdout
    assert "papermart check-source golden" in run.stdout


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


# ---------- the entry point, end to end


def test_a_page_of_a_plugin_is_built_end_to_end_and_anew_when_its_code_changes(shelf, tmp_path):
    raw = put(tmp_path / "raw", {"ann.txt": ANN, "shelf.txt": (shelf / PAGE).read_bytes()})
    root = tmp_path / "warehouse"
    run = build(shelf, raw, root)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    row = dumps(root)["shelf.txt"]
    assert (row["source"], row["status"], row["n_records"]) == ("shelf", "extracted", 2)
    assert row["n_lines_unclaimed"] == 0
    papers = [row for row in table(root, "marts.papers", "title") if row["sources"] == ["shelf"]]
    assert [(row["title"], row["first_author"]) for row in papers] == [
        ("A Second Invented Title", "Cy Specimen"),
        ("Boats of Folded Paper", "Ada Example"),
    ]
    assert "2 dumps (0 new" in build(shelf, raw, root).stdout
    module = shelf / "shelf.py"
    module.write_text(module.read_text().replace("fold_space(card", "str.upper(card"))
    assert "2 dumps (2 new" in build(shelf, raw, root).stdout
    titles = {row["title"] for row in table(root, "staging.records") if row["source"] == "shelf"}
    assert titles == {" BOATS OF FOLDED PAPER", " A SECOND INVENTED TITLE"}


def test_version_of_a_plugin_is_its_package_and_all_its_code(tmp_path):
    package = put(tmp_path / "shelf", {"__init__.py": "", "words.py": "WORDS = 1"})
    module = ModuleType("shelf")
    module.__file__ = str(package / "__init__.py")
    versions = {_version(module, "papermart-shelf 1.2"), _version(module, "papermart-shelf 1.3")}
    put(package, {"words.py": "WORDS = 2"})
    versions.add(_version(module, "papermart-shelf 1.2"))
    assert len(versions) == 3


# ---------- broken plug-ins


MODULE = "NAME = {name!r}\ndef detect(dump): return {detect}\ndef parse(dump): return {parse}\n"
PARSED = """
from pipeline.schema import *
def found(dump, **more):
    fields = dict(line_start=1, line_end=len(dump.lines), raw_title="t", title="t")
    return ParseResult(PageFacts(), (Record(**(fields | more)),))
"""
REFUSED = {
    "raises": ("1 / 0", "ZeroDivisionError"),
    "no_module": (None, "ModuleNotFoundError"),
    "no_name": ("def detect(dump): return 0", "NAME must be"),
    "bad_name": (MODULE.format(name="Bad-Name", detect=0, parse=0), "NAME must be"),
    "no_parse": ("NAME = 'x'\ndef detect(dump): return 0", "no function parse"),
    "wrong_arguments": ("NAME = 'x'\ndef detect(): return 0\ndef parse(dump): pass", "argument"),
    "built_in_name": (MODULE.format(name="arrow", detect=99, parse=0), "papermart's own"),
    "taken_name": (MODULE.format(name="shelf", detect=99, parse=0), "papermart-shelf 1.2 has"),
}


def test_broken_plugins_are_named_and_the_rest_goes_on(shelf, tmp_path):
    for name, (code, _) in REFUSED.items():
        put(shelf, {} if code is None else {f"site_{name}.py": code})
        distribution(shelf, f"zz-{name}", "0.1", {name: f"site_{name}"})
    raw = put(tmp_path / "raw", {"ann.txt": ANN, "shelf.txt": (shelf / PAGE).read_bytes()})
    run = build(shelf, raw, tmp_path / "warehouse")
    assert run.returncode == 0, run.stderr
    warnings = sorted(run.stderr.splitlines())
    for warning, (name, (_, why)) in zip(warnings, sorted(REFUSED.items()), strict=True):
        start = f"warning: the site plug-in {name} (site_{name}) of the package zz-{name} 0.1"
        assert warning.startswith(f"{start} is not used: ")
        assert why in warning
    assert {row["source"] for row in dumps(tmp_path / "warehouse").values()} == {"arrow", "shelf"}


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


def test_pages_that_plugins_fail_on_are_set_aside(tmp_path):
    site, raw = tmp_path / "site", put(tmp_path / "raw", {"ann.txt": ANN})
    for name, (parse, _) in FAILING.items():
        code = MODULE.format(name=name, detect=f"{name!r} in dump.lines", parse=parse)
        put(site, {f"site_{name}.py": PARSED + code})
        put(raw, {f"{name}.txt": f"{name}\nand more\n"})
        distribution(site, f"zz-{name}", "0.1", {name: f"site_{name}"})
    run = build(site, raw, tmp_path / "warehouse")
    assert run.returncode == 0, run.stderr
    found = dumps(tmp_path / "warehouse")
    assert found.pop("ann.txt")["status"] == "extracted"
    for name, (_, why) in FAILING.items():
        reason = found.pop(f"{name}.txt")["reason"]
        assert f"the site plug-in {name} of the package zz-{name} 0.1 " in reason
        assert why in reason
    assert not found


def test_a_plugin_that_fails_to_detect_is_passed_over(tmp_path):
    code = MODULE.format(name="bad", detect="1 / 0", parse="None")
    site = put(tmp_path / "site", {"bad.py": code})
    distribution(site, "papermart-bad", "0.1", {"bad": "bad"})
    raw = put(tmp_path / "raw", {"ann.txt": ANN})
    run = build(site, raw, tmp_path / "warehouse")
    assert run.returncode == 0, run.stderr
    assert "the site plug-in bad of the package papermart-bad 0.1 was passed over" in run.stderr
    assert "Traceback" not in run.stderr
    assert dumps(tmp_path / "warehouse")["ann.txt"]["source"] == "arrow"
