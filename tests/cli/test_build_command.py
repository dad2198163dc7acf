"""`papermart build` as people use it, and the help of all commands."""

import json
import re
import signal
import time
from importlib import metadata
from pathlib import Path

import pytest
from helpers import (
    ANN,
    PAGES,
    assert_clean_failure,
    copy_of,
    papermart,
    put,
    small_build,
    small_raw,
    start,
    table,
)

from pipeline import cli
from pipeline.models.catalogue import load_models


@pytest.fixture
def root(tmp_path) -> Path:
    return copy_of(small_build()[0], tmp_path / "warehouse")


# ---------------------------------------------------------------- build


def test_ctrl_c_ends_a_build_with_a_word_and_the_next_one_goes_on(tmp_path):
    arguments = ("build", "--raw", small_raw(), "--warehouse", tmp_path / "w")
    # Whoever starts the tests in the background has them not hear Ctrl-C.
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    with start(*arguments) as process:
        signal.signal(signal.SIGINT, heard)
        while process.poll() is None and not any(tmp_path.glob("w/tables/linkage/*/_stamp.json")):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said, told = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, ""), told
    assert told == "stopped; what was made stays, and the next build goes on from there\n"
    assert not list(tmp_path.glob("w/versions/*"))
    rest = papermart(*arguments).stdout
    made, n_tables = map(int, re.findall(r"^linkage: (\d+) of (\d+) tables", rest, re.MULTILINE)[0])
    assert made < n_tables == sum(name.startswith("linkage.") for name in load_models())
    papers = [table(root, "marts.papers") for root in (tmp_path / "w", small_build()[0])]
    assert len(papers[0]) == len(papers[1])


def test_build_says_what_it_did_layer_by_layer_and_makes_nothing_when_nothing_is_new(tmp_path):
    """Of many tables the first marts are named; the others are counted, --verbose names all."""
    arguments = ("build", "--raw", small_raw(), "--warehouse", tmp_path / "w")
    first = papermart(*arguments)
    second = papermart(*arguments)
    told = papermart(*arguments, "--full", "--verbose").stdout.splitlines()

    assert (first.returncode, first.stderr) == (0, "")
    lines = first.stdout.splitlines()
    assert lines[:2] == [
        "raw: 3 dumps (3 new, 0 gone, 0 set aside)",
        "  new page: ann.txt, bo.txt, cy.txt",
    ]
    assert lines[2] == "staging: 8 records"
    names = {
        layer: [name.partition(".")[2] for name in load_models() if name.startswith(f"{layer}.")]
        for layer in ("reference", "linkage", "people", "marts")
    }
    asked_for = [
        name for name in names["linkage"] if load_models()[f"linkage.{name}"].drift is None
    ]
    n = {layer: len(found) for layer, found in names.items()}
    assert lines[3] == f"reference: {n['reference']} of {n['reference']} tables rebuilt"
    assert lines[4] == f"  never built: {n['reference']} tables"
    assert told[4] == f"  asked for: {', '.join(names['reference'])}"
    assert lines[5] == f"linkage: {n['linkage']} of {n['linkage']} tables rebuilt"
    assert lines[6] == f"  never built: {n['linkage']} tables"
    assert told[6] == f"  asked for: {', '.join(asked_for)}"
    assert lines[7] == f"people: {n['people']} of {n['people']} tables rebuilt"
    assert lines[8] == f"  never built: {n['people']} tables"
    counts = "6 papers, 12 authorships, 8 authors"
    assert lines[9].startswith(f"marts: {n['marts']} of {n['marts']} tables rebuilt: {counts}")
    few = ", ".join(names["marts"][:12])
    assert lines[10] == f"  never built: {few} and {n['marts'] - 12} more"
    assert told[10] == f"  asked for: {', '.join(names['marts'])}"
    assert re.fullmatch(r"published \d{8}T\d{6}-[0-9a-f]{12}", lines[11])
    assert len(lines) == 12

    assert (second.returncode, second.stderr) == (0, "")
    lines = second.stdout.splitlines()
    assert lines[0] == "raw: 3 dumps (0 new, 0 gone, 0 set aside)"
    assert lines[5].startswith(f"marts: 0 of {n['marts']} tables rebuilt: 6 papers")
    assert lines[6].startswith("nothing new to publish, current is ")
    assert len(lines) == 7


def test_a_page_that_lists_fewer_papers_than_it_says_is_named(tmp_path):
    """The check said how many pages fail it and named none, nor what to do about them."""
    short = ANN.replace("3 papers", "9 papers").replace("papers\n3\n", "papers\n9\n")
    assert short != ANN
    raw, root = put(tmp_path / "raw", PAGES | {"ann.txt": short}), tmp_path / "w"
    places = ("--raw", raw, "--warehouse", root)
    built = papermart("build", *places)
    assert "1 row fails the check that a page lists as many papers as it declares" in built.stdout
    named = "  fewer papers: ann.txt: 3 found of 9 that the page says it lists\n"
    ask = "select path, trouble, message, advice from pages_to_check"
    rows = papermart("query", ask, "--format", "json", "--warehouse", root).stdout
    (row,) = json.loads(rows)
    assert (row["path"], row["trouble"]) == ("ann.txt", "declared count")
    assert "it lists 9 papers, 3 were found" in row["message"]
    for shown in (built.stdout, papermart("status", *places).stdout):
        assert f"{named}    {row['advice']}\n" in shown
    assert "load the list to its end, save the page again" in row["advice"]
    put(raw, PAGES)
    assert "fewer papers" not in papermart("build", *places).stdout


def test_folders_may_come_from_the_environment(root, tmp_path):
    environment = {"PAPERMART_RAW": small_raw(), "PAPERMART_WAREHOUSE": root}
    built = papermart("build", cwd=tmp_path, **environment)
    assert built.returncode == 0, built.stderr
    assert "raw: 3 dumps (0 new" in built.stdout
    sql = ("query", "select count(*) as n from papers", "--format", "csv")
    assert papermart(*sql, cwd=tmp_path, **environment).stdout == "n\n6\n"
    status = papermart("status", cwd=tmp_path, **environment)
    assert f"raw folder {small_raw()}: all pages are in the warehouse" in status.stdout
    arguments = ("query", "select 1", "--warehouse", tmp_path / "none")
    other = papermart(*arguments, cwd=tmp_path, **environment)
    assert other.returncode == 1, "an option wins over the environment"


def test_corrections_that_vanish_are_missed(root, tmp_path):
    lines = tmp_path / "overrides.csv"
    one, other, *_ = (row["paper_id"] for row in table(root, "marts.papers"))
    pairs = f"{one},{other},not_same,,,\np0,p1,same,,,\n"  # of no paper: it counts for nobody
    lines.write_text(f"left,right,decision,who,when,why\n{pairs}", "utf-8")
    arguments = ("build", "--raw", small_raw(), "--warehouse", root, "--overrides", lines)
    assert "no longer count" not in papermart(*arguments).stdout
    lines.write_text("", "utf-8")
    emptied = papermart(*arguments)
    assert f"warning: {lines} is empty: its 1 line of the last version no" in emptied.stdout
    assert "no longer count" not in papermart(*arguments).stdout, "it was said once"


def test_a_drive_that_is_out_of_reach_takes_nothing_from_what_is_published(root, tmp_path):
    away, kept = put(tmp_path / "raw", {}), tmp_path / "waivers.csv"
    places = ("--raw", away, "--warehouse", root, "--waivers", kept)
    ask = ("query", "select count(*) as n from papers", "--format", "csv", "--warehouse", root)
    bare = papermart("build", *places)
    assert_clean_failure(bare, "emptied: papers 6 -> 0, at least 1", "`papermart waive emptied")
    assert papermart(*ask).stdout == "n\n6\n"
    status = papermart("status", *places).stdout
    assert "warning: no page was read, so all tables are empty" in status
    assert "  not published: emptied: papers 6 -> 0, at least 1 (no table" in status
    assert status.splitlines()[-1] == (
        "next: put back what is missing, or `papermart waive` what is meant, and `papermart build`"
    )

    # It may leave a file that says so.
    put(away, {"NOT_MOUNTED.txt": "x"})
    kept.write_text("guardrail,who,when,why,until\nemptied,ann,,for a day,2026-01-01\n", "utf-8")
    odd = papermart("build", *places)
    assert_clean_failure(odd, "emptied: papers 6 -> 0")
    assert "waives nothing: waivers.csv, line 2: the waiver of emptied ended on" in odd.stdout
    assert papermart(*ask).stdout == "n\n6\n"

    meant = papermart("waive", "emptied", "--why", "we start anew", "--who", "bo", *places[4:])
    assert (meant.returncode, meant.stderr) == (0, "")
    assert f"{kept}, line 3: emptied is waived by bo until 2" in meant.stdout
    done = papermart("build", *places)
    assert done.returncode == 0, done.stderr
    assert f"warning: no page in {away} could be read" in done.stdout
    assert "waived: emptied: papers 6 -> 0" in done.stdout
    assert "by bo until 2" in papermart("status", *places).stdout
    assert papermart(*ask).stdout == "n\n0\n"


def test_a_folder_without_pages_is_published_from_the_beginning(tmp_path):
    bare = papermart("build", "--raw", put(tmp_path / "raw", {}), "--warehouse", tmp_path / "w")
    assert bare.returncode == 0, bare.stderr
    assert f"warning: there are no saved pages in {tmp_path / 'raw'}" in bare.stdout


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (("papers", "--why", "x", "--who", "a"), ["there is no guardrail papers; there are"]),
        (("emptied", "--why", " ", "--who", "a"), ["say why with --why"]),
        (("emptied", "--why", "x", "--until", "2020-01-01"), ["2020-01-01 is over"]),
    ],
)
def test_a_waiver_that_says_too_little_is_refused(tmp_path, said, words):
    file = tmp_path / "waivers.csv"
    assert_clean_failure(papermart("waive", *said, "--waivers", file), *words)
    assert not file.exists()


@pytest.mark.parametrize("inside", [".", "wh"])
def test_a_warehouse_in_the_raw_folder_is_refused_before_anything_is_written(tmp_path, inside):
    raw = put(tmp_path / "raw", PAGES)
    run = papermart("build", "--raw", raw, "--warehouse", raw / inside)
    assert_clean_failure(run, "lie inside each other")
    assert {path.name for path in raw.rglob("*")} == set(PAGES)


def test_a_pipe_gets_no_progress_and_no_colour(root, tmp_path):
    raw = put(tmp_path / "raw", PAGES | {"bad.txt": "Dear diary"})
    asked = ("query", "select title, year from papers order by title")
    for command in (
        ("build", "--raw", raw, "--warehouse", root),
        (*asked, "--warehouse", root),
        ("build", "--help"),
    ):
        run = papermart(*command)
        assert run.returncode == 0
        assert "\x1b" not in run.stdout + run.stderr
        assert "\r" not in run.stdout + run.stderr
        assert run.stderr == ""


# ---------------------------------------------------------------- help

HELP = {
    "build": ["--raw", "--warehouse", "--overrides", "--waivers", "--full", "--explain"],
    "waive": ["GUARDRAIL", "--why", "--who", "--until", "--waivers"],
    "changes": ["FROM", "TO", "--format", "--warehouse", "text", "csv", "json", "parquet"],
    "query": ["--format", "--warehouse", "--version", "table", "csv", "json", "parquet"],
    "explain": ["PAPER|AUTHOR", "--format", "--warehouse", "--version"],
    "export": ["--to", "--format", "--warehouse", "--version"],
    "report": ["--to", "--warehouse", "--version"],
    "status": ["--raw", "--warehouse", "--overrides"],
    "versions": ["--warehouse"],
    "rollback": ["ID", "--warehouse"],
    "init": ["DIR", "--sample"],
}
FOLDERS = ("PAPERMART_RAW", "PAPERMART_WAREHOUSE", "PAPERMART_OVERRIDES", "PAPERMART_WAIVERS")


@pytest.mark.parametrize("command", HELP)
def test_help_names_every_option(command):
    shown = papermart(command, "--help")
    assert shown.returncode == 0
    for word in HELP[command]:
        assert word in shown.stdout, word


def test_the_version_is_that_of_the_package():
    assert papermart("--version").stdout == f"papermart {metadata.version('papermart')}\n"


def test_help_lists_every_command_and_no_arguments_mean_help():
    listed = papermart("--help")
    bare = papermart()
    for command in HELP:
        assert re.search(rf"^[│ ]*{command} ", listed.stdout, re.MULTILINE), command
        assert command in bare.stdout + bare.stderr
    for word in (*FOLDERS, "papermart.toml"):
        assert word in listed.stdout, "where settings come from"
    assert listed.returncode == 0
    assert bare.returncode in {0, 2}
    functions = [(info.name, info.callback) for info in cli.app.registered_commands]
    registered = {name or getattr(function, "__name__", "") for name, function in functions}
    assert registered >= set(HELP)
