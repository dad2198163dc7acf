"""Completion as shells ask for it: commands, names of tables, ids of versions."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers import papermart, put, small_build, two_versions

from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse


def asked_by(shell: str, line: str, warehouse: Path | None = None) -> list[str]:
    """Return what a shell is offered at the end of a line, without what it means."""
    env: dict[str, Any] = {"_PAPERMART_COMPLETE": f"complete_{shell}"}
    if shell == "bash":
        env |= {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    else:
        env |= {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    done = papermart(PAPERMART_WAREHOUSE=warehouse or two_versions(), cwd=None, **env)
    assert (done.returncode, done.stderr) == (0, "")
    if shell == "zsh":
        return re.findall(r'(?:^|\(\()"([^"]*)"', done.stdout, re.MULTILINE)
    return [offered.partition("\t")[0] for offered in done.stdout.split("\n") if offered]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_commands_tables_and_versions_are_offered(shell):
    latest, first = [version.id for version in versions(Warehouse(two_versions()))]
    assert sorted(asked_by(shell, "papermart ver")) == ["versions"]
    assert "papers" in asked_by(shell, "papermart export pap")
    assert "papers" not in asked_by(shell, "papermart export papers pap")
    assert "topics" not in asked_by(shell, "papermart export pap")
    for command in (
        "rollback",
        "changes",
        "query 1 --version",
        "new --since",
        "explain x --version",
    ):
        assert sorted(asked_by(shell, f"papermart {command} 2026")) == [first, latest]
    assert asked_by(shell, "papermart rollback 20260302") == [latest]


def test_nothing_is_offered_and_nothing_said_where_nothing_is(tmp_path):
    assert asked_by("bash", "papermart export pap", tmp_path / "none") == []
    assert asked_by("bash", "papermart rollback 2", tmp_path / "none") == []
    put(tmp_path / "odd", {"warehouse.duckdb": "nothing of ours"})
    assert asked_by("bash", "papermart export pap", tmp_path / "odd") == []


def test_a_warehouse_named_on_the_line_is_asked():
    root = small_build()[0]
    (only,) = [version.id for version in versions(Warehouse(root))]
    assert asked_by("bash", f"papermart rollback --warehouse {root} 2026") == [only]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_each_shell_is_shown(shell):
    done = papermart(_PAPERMART_COMPLETE=f"source_{shell}")
    assert done.returncode == 0
    assert "_PAPERMART_COMPLETE=complete_" + shell in done.stdout


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")
def test_bash_itself_completes(tmp_path):
    run = "import sys; sys.argv[0] = 'papermart'; from pipeline.cli import main; main()"
    program = put(tmp_path, {"papermart": f'#!/bin/sh\nexec {sys.executable} -c "{run}" "$@"\n'})
    (program / "papermart").chmod(0o755)
    script = f"""
        PATH={tmp_path}:$PATH
        eval "$(_PAPERMART_COMPLETE=source_bash papermart)"
        COMP_WORDS=(papermart export paper_to); COMP_CWORD=2
        _papermart_completion papermart
        echo "${{COMPREPLY[@]}}"
    """
    env = {"PAPERMART_WAREHOUSE": str(small_build()[0]), "PATH": "/usr/bin:/bin"}
    env["PYTHONPATH"] = str(Path(__file__).parents[2])
    done = subprocess.run(
        ["bash", "--norc", "-c", script], env=env, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("paper_topics\n", "")
