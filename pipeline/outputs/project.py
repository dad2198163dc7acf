"""A folder to work in: where pages go, settings, Dagster's files, the sample pages.

What belongs here: what `papermart init` writes. What does not: what settings mean
(`inputs.settings`).
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.inputs.settings import (
    SAMPLE,
    SAMPLE_WAREHOUSE,
    SETTINGS_FILE,
    EngineSettings,
    Settings,
)
from pipeline.storage.files import temporary, write_whole
from pipeline.storage.package_data import package_data

# `dagster dev` reads it in the folder it is started in.
_WORKSPACE = "load_from:\n  - python_module: pipeline.definitions\n"


@dataclass(frozen=True, slots=True)
class Project:
    """What was made.

    Attributes:
        written: folders and files made.
        kept: those that were there already.
        next_step: what to do now, in words.
    """

    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    next_step: str


def make_project(folder: Path, *, with_sample: bool = False) -> Project:
    """Make a folder to work in; nothing that is there already is touched.

    Args:
        folder: the folder; made if it is not there.
        with_sample: put the sample pages into `data/sample`.

    Raises:
        PipelineError: the folder cannot be written.
    """
    raw = folder / Settings().raw
    texts = {
        folder / SETTINGS_FILE: settings_text(),
        folder / "dagster.yaml": package_data("dagster.yaml").read_text("utf-8"),
        folder / "workspace.yaml": _WORKSPACE,
    }
    written: list[Path] = []
    kept: list[Path] = []
    try:
        for place in (raw, *texts, *([folder / SAMPLE] if with_sample else [])):
            (kept if os.path.lexists(place) else written).append(place)
        raw.mkdir(parents=True, exist_ok=True)
        for place, text in texts.items():
            if place in written:
                write_whole(place, text)
        if folder / SAMPLE in written:
            _copy_whole(package_data("sample"), folder / SAMPLE)
        next_step = _next_step(folder, raw, with_sample=with_sample)
    except OSError as error:
        where = error.filename or folder
        raise PipelineError(f"{where} cannot be written: {cause_of(error)}") from None
    return Project(tuple(written), tuple(kept), next_step)


def settings_text() -> str:
    """Return a settings file that says nothing yet, with every setting and what it means."""
    lines = [
        "# Settings of papermart; an option of a command, PAPERMART_… and SPARK_REMOTE count first."
    ]
    shown = Settings.model_fields | {
        f"engine.{name}": field for name, field in EngineSettings.model_fields.items()
    }
    for name, field in shown.items():
        if name == "engine":
            continue
        default = field.default
        text = default.as_posix() if isinstance(default, Path) else default
        value = f'"{text}"' if isinstance(text, str) else text
        lines += ["", f"# {field.description}", f"# {name} = {value}"]
    return "\n".join(lines) + "\n"


def _copy_whole(source: Path, target: Path) -> None:
    """Copy a folder so that all of it is there or none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copytree(source, temporary(target), dirs_exist_ok=True)
        temporary(target).replace(target)
    finally:
        shutil.rmtree(temporary(target), ignore_errors=True)


def _next_step(folder: Path, raw: Path, *, with_sample: bool) -> str:
    where = "" if folder in (Path(), Path.cwd()) else f"in {folder}: "
    if any(not path.name.startswith(".") for path in raw.iterdir()):
        return f"{where}run `papermart build`"
    if with_sample and (folder / Settings().warehouse / "warehouse.duckdb").exists():
        folders = f"--raw {SAMPLE} --warehouse {SAMPLE_WAREHOUSE}"
        return f"{where}run `papermart build {folders}` to build the sample beside your own"
    if with_sample:
        return f"{where}run `papermart build` to build the sample; your own pages go to data/raw"
    return f"{where}put saved pages into data/raw and run `papermart build`"
