"""What the pages for people show runs and comes out so, and what they name is there."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from helpers import ROOT, SAMPLE, copy_of, papermart, sample_warehouse

from pipeline.cli import app

README = (ROOT / "README.md").read_text("utf-8")
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md")))
}
_BUILD_ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{12}")
_PROGRAM = ".venv/bin/papermart"


def _blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


def _commands() -> list[tuple[str, list[str] | None]]:
    """List (command, lines it shows or None) of every papermart call that a page says to run."""
    found = []
    for text in PAGES.values():
        for block in _blocks(text, "console"):
            for session in filter(None, re.split(r"^\$ ", block, flags=re.MULTILINE)):
                command, _, output = session.partition("\n")
                if command.startswith(_PROGRAM):
                    found.append((command, output.splitlines()))
        for block in _blocks(text, "sh"):
            calls = re.findall(r"^\.venv/bin/papermart .*(?:\n  .*)*", block, re.MULTILINE)
            found += [(command, None) for command in calls]
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A checkout as `make run` leaves it: no pages of one's own, the sample built."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(SAMPLE, folder / "data/sample")
    copy_of(sample_warehouse(), folder / "data/sample-warehouse")
    (folder / "data/sample-warehouse/.sample").touch()
    return folder


@pytest.mark.parametrize(
    ("command", "shown"),
    _commands(),
    ids=lambda value: value[:60] if isinstance(value, str) else "",
)
def test_commands_run_as_shown(home, command, shown):
    words = shlex.split(command.replace("\n", " "), comments=True)
    assert words.pop(0) == _PROGRAM
    words = [word.replace("/tmp/out", str(home / "out")) for word in words]
    done = papermart(*words, cwd=home, COLUMNS="100")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    if shown is not None:
        expected = [_BUILD_ID.sub("ID", line) for line in shown if line]
        told = [_BUILD_ID.sub("ID", line) for line in done.stdout.splitlines() if line]
        assert told[: len(expected)] == expected


def test_the_program_is_installed():
    program = Path(sys.executable).with_name("papermart")
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"papermart {metadata.version('papermart')}\n", "")


def test_the_first_page_is_short():
    assert len(README.splitlines()) <= 120


def test_every_command_of_the_program_has_a_row():
    commands = [(command.name, command.callback) for command in app.registered_commands]
    names = {name or getattr(function, "__name__", "") for name, function in commands}
    page = PAGES["docs/commands.md"]
    rows = re.findall(r"^\| (`papermart .*?) \| ", page.replace(r"\|", " "), re.MULTILINE)
    named = {
        name
        for row in rows
        for name in re.findall(r"(?:papermart |· )?`?(?:papermart )?([a-z-]+)", row)
    }
    assert names <= named, names - named


def test_make_targets_that_are_named_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for name, text in PAGES.items():
        assert set(re.findall(r"`make ([a-z]+)`", text)) <= targets, name
        assert set(re.findall(r"^make ([a-z]+)", text, re.MULTILINE)) <= targets, name


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_what_is_there(name):
    """To a file of the project, and where a heading is named, to that heading."""
    for target in re.findall(r"\]\(([^)\s]+)\)", PAGES[name]):
        if target.startswith(("http://", "https://")):
            continue
        path, _, heading = target.partition("#")
        file = Path(os.path.normpath((ROOT / name).parent / path)) if path else ROOT / name
        assert file.exists(), target
        if heading:
            assert heading in _anchors(file.read_text("utf-8")), target


def _anchors(text: str) -> set[str]:
    """The names by which headings of a page are linked to, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def test_every_page_can_be_reached_from_the_first():
    reached, due = set(), ["README.md"]
    while due:
        name = due.pop()
        if name in reached or name not in PAGES:
            continue
        reached.add(name)
        targets = re.findall(r"\]\(([^)#\s]+)", PAGES[name])
        due += [os.path.normpath(Path(name).parent / target) for target in targets]
    assert reached == set(PAGES)


def test_the_page_of_tables_is_what_the_descriptions_say():
    done = subprocess.run(
        [sys.executable, ROOT / "docs/tables.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_hooks_run_what_the_lint_runs():
    """Each is local, so nothing is fetched, and its program is one that `make lint` runs, too."""
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    for hook in config["repos"][0]["hooks"]:
        program, *rest = hook["entry"].removeprefix(".venv/bin/").split()
        assert f"$(BIN)/{program}" in makefile
        if program == "python":
            assert (ROOT / rest[0]).exists()


# What every form has, or that only explains another field.
_ALWAYS = {
    *("line_start", "line_end", "raw_title", "title", "raw_authors", "flags", "url"),
    *("authors_complete", "is_abstract_complete", "is_year_inferred", "record_type", "venue_type"),
}


def test_the_fields_said_of_each_form_are_those_it_carries():
    """The golden pairs are the evidence: a field is carried if a golden record has it."""
    page = PAGES["docs/saving-pages.md"]
    stated = {
        (site, form): set(re.findall(r"`(\w+)`", names))
        for site, form, names in re.findall(r"^\| `(\w+)` (\w+) \| (.*) \|$", page, re.MULTILINE)
    }
    carried: dict[tuple[str, str], set[str]] = {}
    for file in (ROOT / "tests" / "data" / "sources").rglob("*.json"):
        golden = json.loads(file.read_text("utf-8"))
        if "records" in golden:
            fields = carried.setdefault((golden["source"], golden["form"]), set())
            fields.update(*golden["records"])
    assert stated == {form: fields - _ALWAYS for form, fields in carried.items()}
