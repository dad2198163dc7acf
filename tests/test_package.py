"""What is installed: the wheel and what it holds, the product it gives, the pinned packages."""

import csv
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from helpers import ROOT, asked, needs_sample, sample_warehouse
from packaging.requirements import Requirement

from pipeline.storage.package_data import package_data

UV = ROOT / ".ci" / "uv"
LOCK = ROOT / "requirements.lock"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
# What uv says when no index answers.
UNREACHABLE = re.compile(r"Failed to fetch|error sending request|dns error|Connection refused")

# Folder or file of the checkout → its place in the wheel.
PLACES = {
    "pipeline": "pipeline",
    "sql": "pipeline/data/sql",
    "data/sample": "pipeline/data/sample",
    "dagster.yaml": "pipeline/data/dagster.yaml",
}


def files_of(place: Path) -> set[Path]:
    """The files of a folder that belong into a package."""
    found = place.rglob("*") if place.is_dir() else [place]
    return {file for file in found if file.is_file() and "__pycache__" not in file.parts}


def build_package(source: Path, target: Path, kind: str) -> Path:
    """Build a wheel or an sdist of a source tree, without the network."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(target)],
        cwd=source,
        check=True,
        capture_output=True,
        timeout=60,
    )
    (built,) = target.iterdir()
    return built


def content(wheel: Path) -> set[str]:
    """The files of a wheel but what describes it."""
    names = zipfile.ZipFile(wheel).namelist()
    return {name for name in names if not name.startswith("papermart-")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build_package(ROOT, tmp_path_factory.mktemp("wheel"), "wheel")


# ---------------------------------------------------------------- what the wheel gives


class Installed:
    """An environment with the wheel and what it needs, and an empty folder to work in."""

    def __init__(self, environment: Path, folder: Path) -> None:
        self.bin = environment / "bin"
        self.folder = folder

    def run(self, command: str, *arguments: str) -> str:
        """Run a command of the environment in the folder, the checkout out of reach."""
        kept = ("HOME", "LANG", "TMPDIR")
        done = subprocess.run(
            [self.bin / command, *arguments],
            cwd=self.folder,
            env={name: os.environ[name] for name in kept if name in os.environ}
            | {"PATH": f"{self.bin}:/usr/bin:/bin", "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert str(ROOT) not in done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    environment = tmp_path_factory.mktemp("environment") / "venv"
    uv("venv", "--python", sys.executable, str(environment))
    needed = ("pip", "install", "--python", str(environment), "--constraint", str(LOCK), str(wheel))
    needed += ("--compile-bytecode",)  # as pip does
    # `make install` has filled uv's cache.
    if uv(*needed, "--offline", check=False).returncode:
        online = uv(*needed, check=False)
        if online.returncode and UNREACHABLE.search(online.stderr):
            pytest.skip(f"no package index can be reached: {online.stderr.strip()[-300:]}")
        assert online.returncode == 0, online.stderr
    return Installed(environment, tmp_path_factory.mktemp("folder"))


def uv(*arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
    """Run uv with the index that pip is set up to use."""
    return subprocess.run(
        [UV, *arguments, "--quiet"], capture_output=True, text=True, timeout=300, check=check
    )


@pytest.mark.slow
@needs_sample
def test_a_wheel_gives_the_whole_product_in_any_folder(installed):
    where = installed.run("python", "-c", "import pipeline; print(pipeline.__file__)").strip()
    assert Path(where).is_relative_to(installed.bin.parent)
    packages = {place.name for place in Path(where).parents[1].iterdir()}
    assert not packages & {"pandas", "pytest", "hatchling"}  # what only developers need

    said = installed.run("papermart", "init", "--sample")
    assert "run `papermart build`" in said
    assert {place.name for place in installed.folder.iterdir()} == {
        *("data", "papermart.toml", "dagster.yaml", "workspace.yaml"),
    }

    assert "published" in installed.run("papermart", "build")
    assert "nothing new to publish" in installed.run("papermart", "build")

    # The same as in the checkout.
    tables = ("papers", "authorships", "matches", "yearly_topic_trends")
    counts = ", ".join(f"(select count(*) from {table}) as {table}" for table in tables)
    answer = installed.run("papermart", "query", f"select {counts}", "--format", "csv")
    (there,) = csv.reader(answer.splitlines()[1:])
    (here,) = asked(sample_warehouse() / "warehouse.duckdb", f"select {counts}")
    assert tuple(map(int, there)) == here

    installed.run("papermart", "report", "--to", "report.html")
    report = (installed.folder / "report.html").read_text("utf-8")
    assert "Measured accuracy" in report
    assert "<svg" in report

    # What `dagster dev` starts from, as workspace.yaml of this folder names it.
    installed.run("dagster", "definitions", "validate", "-w", "workspace.yaml")
    loaded = "from pipeline.definitions import defs; print([job.name for job in defs.jobs])"
    assert "build_warehouse" in installed.run("python", "-c", loaded)


# ---------------------------------------------------------------- what packages hold


def test_a_wheel_holds_the_package_and_what_it_reads_and_nothing_else(wheel):
    expected = {
        (inside / file.relative_to(ROOT / place)).as_posix()
        for place, inside in ((place, Path(inside)) for place, inside in PLACES.items())
        for file in files_of(ROOT / place)
    }
    assert content(wheel) == expected
    for one in (
        "pipeline/data/sql/marts/papers.sql",
        "pipeline/data/sql/marts/papers.yml",
        "pipeline/data/sql/reference/match_weights.csv",
        "pipeline/data/sample/arrow-yifei-wang.txt",
        "pipeline/data/dagster.yaml",
        "pipeline/outputs/report/accuracy.csv",
        "pipeline/outputs/report/queries/headline.sql",
        "pipeline/outputs/report/templates/report.html.j2",
    ):
        assert one in expected


def test_a_source_package_builds_the_same_wheel(wheel, tmp_path):
    sdist = build_package(ROOT, tmp_path / "sdist", "sdist")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
        archive.extractall(tmp_path, filter="data")
    assert {"README.md", "pyproject.toml", "dagster.yaml"} <= names
    assert not {name.split("/")[0] for name in names} & {"tests", "benchmarks", "training"}
    assert not any(name.startswith(("data/raw", "data/warehouse")) for name in names)

    source = tmp_path / sdist.name.removesuffix(".tar.gz")
    again = build_package(source, tmp_path / "wheel", "wheel")
    assert content(again) == content(wheel)


def test_in_a_checkout_its_own_files_are_read():
    """So that who edits `sql/` sees it, whatever was installed before."""
    for place, inside in PLACES.items():
        name = inside.removeprefix("pipeline/data/")
        if name != inside:
            assert package_data(name) == ROOT / place


# ---------------------------------------------------------------- pinned packages


def pins() -> list[tuple[str, str, list[str]]]:
    """Name, version and hashes of each line of the lock; some stand for several Pythons."""
    entries = re.findall(
        r"^([a-z0-9._-]+)==(\S+)(?: ; [^\\\n]+)?((?: \\\n    --hash=\S+)*)$",
        LOCK.read_text("utf-8"),
        re.MULTILINE,
    )
    return [(name, version, re.findall(r"--hash=(\S+)", rest)) for name, version, rest in entries]


def declared(*parts: Iterable[str]) -> list[Requirement]:
    """Requirements as pyproject.toml says them."""
    return [Requirement(text) for part in parts for text in part]


def test_every_pin_has_hashes_and_no_index_is_named():
    text = LOCK.read_text("utf-8")
    lines = [line for line in text.splitlines() if line and line[0] not in " #"]
    found = pins()
    assert len(found) == len(lines) > 100  # each line that starts a requirement is a pin
    for name, _, hashes in found:
        assert hashes, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), name
    assert "://" not in text
    assert "index" not in {word for line in lines for word in re.split(r"\W+", line)}


def test_the_lock_fits_what_pyproject_declares():
    project = PROJECT["project"]
    found = pins()
    for wanted in declared(
        project["dependencies"],
        project["optional-dependencies"]["dev"],
        PROJECT["build-system"]["requires"],
    ):
        versions = [version for name, version, _ in found if name == wanted.name.lower()]
        assert versions, wanted
        assert all(wanted.specifier.contains(version) for version in versions), wanted


def test_every_dependency_says_what_it_is_for():
    project = PROJECT["project"]
    extras = project["optional-dependencies"].values()
    reasons = dict(
        re.findall(
            r'^    "([^"]+)", +# (\S.+)$',
            (ROOT / "pyproject.toml").read_text("utf-8"),
            re.MULTILINE,
        )
    )
    for requirement in (*project["dependencies"], *(one for extra in extras for one in extra)):
        assert " " in reasons.get(requirement, ""), requirement
