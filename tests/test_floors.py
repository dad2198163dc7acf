"""The floors of the package: imports go down only, and no module grows past what one can read."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import ROOT

MOST_LINES = 400


def lint_imports(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run what `make lint` runs, in a checkout or a copy of it."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(ROOT / "pipeline", tmp_path / "pipeline")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line", "complaint"),
    [
        ("storage/files.py", "import pipeline.builds.run", "pipeline.storage.files -> pipeline"),
        ("text/keys.py", "import pipeline.contract.ids", "text is not allowed to import"),
        ("outputs/rows.py", "import duckdb", "pipeline.outputs.rows -> duckdb"),
        ("cli/build.py", "import dagster", "pipeline.cli.build -> dagster"),
        ("attic/__init__.py", "", "not listed as layers"),
    ],
)
def test_an_import_that_leads_up_is_found(copy, module, line, complaint):
    place = copy / "pipeline" / module
    place.parent.mkdir(exist_ok=True)
    with place.open("a") as file:
        file.write(f"\n{line}\n")
    done = lint_imports(copy)
    assert done.returncode == 1
    assert complaint in done.stdout


def test_imports_go_down_the_floors(copy):
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout


def test_no_module_is_too_long():
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines())
        for file in (ROOT / "pipeline").rglob("*.py")
    }
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}
