"""The README's commands run, and its sessions show what really comes out."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from helpers import ROOT, SAMPLE, copy_of, papermart, sample_warehouse

from pipeline.cli import app

README = (ROOT / "README.md").read_text("utf-8")
_BUILD_ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{12}")
_PROGRAM = ".venv/bin/papermart"


def _blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)


def _commands() -> list[tuple[str, list[str] | None]]:
    """List (command, lines it shows or None) of every papermart call in a code block."""
    sessions = [
        session.partition("\n")
        for block in _blocks("console")
        for session in re.split(r"^\$ ", block, flags=re.MULTILINE)
        if session
    ]
    shown = [(command, output.splitlines()) for command, _, output in sessions]
    plain = [
        (command, None)
        for block in _blocks("sh")
        for command in re.findall(r"^(?:\.venv/bin/)?papermart .*(?:\n  .*)*", block, re.M)
    ]
    return shown + plain


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A checkout as `make run` leaves it: no pages of one's own, the sample built."""
    folder = tmp_path_factory.mktemp("readme")
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
    assert words.pop(0) in (_PROGRAM, "papermart")
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


def test_every_command_of_the_program_is_in_the_readme():
    commands = [(command.name, command.callback) for command in app.registered_commands]
    names = {name or getattr(function, "__name__", "") for name, function in commands}
    named = set(re.findall(r"(?:papermart|·) `?([a-z-]+)", README)) | set(
        re.findall(r"`(rollback) ", README)
    )
    assert names <= named, names - named


def test_make_targets_named_in_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    assert set(re.findall(r"`make ([a-z]+)`", README)) <= targets
    assert set(re.findall(r"^make ([a-z]+)", README, re.M)) <= targets


# What every form has, or that only explains another field.
_ALWAYS = {
    *("line_start", "line_end", "raw_title", "title", "raw_authors", "flags", "url"),
    *("authors_complete", "is_abstract_complete", "is_year_inferred", "record_type", "venue_type"),
}


def test_the_fields_said_of_each_form_are_those_it_carries():
    """The golden pairs are the evidence: a field is carried if a golden record has it."""
    stated = {
        (site, form): set(re.findall(r"`(\w+)`", names))
        for site, form, names in re.findall(r"^\| `(\w+)` (\w+) \| (.*) \|$", README, re.M)
    }
    carried: dict[tuple[str, str], set[str]] = {}
    for file in (ROOT / "tests" / "data" / "sources").rglob("*.json"):
        golden = json.loads(file.read_text("utf-8"))
        if "records" in golden:
            fields = carried.setdefault((golden["source"], golden["form"]), set())
            fields.update(*golden["records"])
    assert stated == {form: fields - _ALWAYS for form, fields in carried.items()}
