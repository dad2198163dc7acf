"""`--help` teaches: each command has an example, whole on one line of 80 columns, that runs."""

import json
import re
import shlex
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
import typer
from helpers import SAMPLE, copy_of, papermart, sample_warehouse, two_versions

from pipeline.cli import app

EXAMPLE = re.compile(r"^ Example: papermart (.*?) *$", re.MULTILINE)
GOLDEN = Path(__file__).parents[1] / "data" / "sources" / "arrow"
NEEDS_VERSIONS = ("rollback", "changes", "new")
LIBRARY = """record_id,title,authors,year,primary_category,abstract
a,Deep Kernels for Graph Matching,"Ann Lee; Cy Roy",2021,cs.LG,We match graphs by deep kernels.
b,Deep kernels for graph matching,"Ann Lee; Cy Roy",2021,cs.LG,We match graphs by deep kernels.
c,Yeast under Salt Stress,"Bo Chen; Di Wu",2019,q-bio.CB,Yeast grows slowly in salt.
"""


def named(group: typer.Typer, prefix: str = "") -> list[str]:
    """Return the words of every command."""
    own = [
        prefix + (command.name or getattr(command.callback, "__name__", ""))
        for command in group.registered_commands
    ]
    inner = [
        word
        for each in group.registered_groups
        if each.typer_instance
        for word in named(each.typer_instance, f"{prefix}{each.name} ")
    ]
    return [*own, *inner]


COMMANDS = named(app)


def help_of(command: str, width: int) -> str:
    done = papermart(*command.split(), "--help", COLUMNS=str(width))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A folder with the sample built, and with the files that examples name."""
    folder = tmp_path_factory.mktemp("help")
    shutil.copytree(SAMPLE, folder / "data/sample")
    copy_of(sample_warehouse(), folder / "data/sample-warehouse")
    (folder / "data/sample-warehouse/.sample").touch()
    (folder / "library.csv").write_text(LIBRARY, "utf-8")
    truth = "record_id,entity_id,author_order,person_id,block\n"
    truth += "a,1,1,ann,lee\nb,1,1,ann,lee\nc,2,1,bo,chen\n"
    (folder / "truth.csv").write_text(truth, "utf-8")
    line = {"line": "On Ropes Ann Lee, Cy Roy", "title": "On Ropes", "et_al": False}
    lines = json.dumps(line | {"authors": ["Ann Lee", "Cy Roy"]})
    (folder / "lines.jsonl").write_text(lines + "\n", "utf-8")
    shutil.copytree(GOLDEN, folder / "golden")
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example_that_runs(home, command, tmp_path):
    (example,) = EXAMPLE.findall(help_of(command, 80))
    words = shlex.split(example)
    if ">" in words:
        words = words[: words.index(">")]
    assert words[: len(command.split())] == command.split()
    env = {}
    if command in NEEDS_VERSIONS:
        env = {"PAPERMART_WAREHOUSE": copy_of(two_versions(), tmp_path / "two")}
    done = papermart(*words, cwd=tmp_path if command == "new-source" else home, **env)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_help_flows_at_any_width(width):
    for command in ("", *COMMANDS):
        lines = help_of(command, width).splitlines()
        assert max(map(len, lines)) <= width, command


def test_no_line_of_help_ends_early():
    """A docstring's own line ends do not stand in the help."""
    for command in COMMANDS:
        text = re.sub(" +\n", "\n", help_of(command, 80).partition("╭")[0])
        for paragraph in text.split("\n\n"):
            lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
            for line, after in pairwise(lines):
                assert len(f" {line} {after.split()[0]}") > 78, (command, line)


def test_a_command_that_is_none_is_told_what_is_near():
    done = papermart("statuss")
    assert done.returncode == 2
    assert "Did you mean 'status'?" in done.stderr
