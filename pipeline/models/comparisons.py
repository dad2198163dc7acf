"""What compares the tables with the last published version: the guardrails, and `changes`.

What belongs here: loading `sql/guardrails/` and `sql/versions/`. What does not: asking them
(`builds.guardrails`, `builds.changes`), checks of single tables, which stand with them.

A guardrail is a SELECT, `sql/guardrails/<name>.sql`, and beside it `<name>.yml`, which says what
must hold, whether it blocks (`severity: error` or `warn`), and has its given/expect tests. The
SELECT returns `contract.version_tables.FIGURES`: a figure before and now, and its limits. It sees
all tables, and those of the last version in the schema `published`; before the first one they are
empty. A figure beyond its limits withholds the version, or is told.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import LAST_VERSION, Severity, Strict, TableSpec
from pipeline.contract.version_tables import CHANGES, FIGURES
from pipeline.models.catalogue import SQL_DIR, Kind, Model, read_description

_GUARDRAILS = "guardrails"
_VERSIONS = "versions"


class _Description(Strict):
    """A guardrail's `<name>.yml`."""

    description: Annotated[str, Field(min_length=8)]
    severity: Severity


class _NoDescription(Strict):
    """A file of tests alone."""


@dataclass(frozen=True, slots=True)
class Guardrail:
    """What must hold of a version beside the one before.

    Attributes:
        name: as waivers name it.
        description: what must hold, in words.
        severity: `error`: else the version is withheld; `warn`: else it is told.
        model: its SELECT.
    """

    name: str
    description: str
    severity: Severity
    model: Model


@cache
def load_guardrails(sql_dir: Path | None = None) -> dict[str, Guardrail]:
    """Return all guardrails by name, those that block first.

    Args:
        sql_dir: the folder of models; `sql/` by default.

    Raises:
        PipelineError: a SELECT without a description, or one that cannot be read.
    """
    folder = (sql_dir or SQL_DIR) / _GUARDRAILS
    shared = {
        f"{_GUARDRAILS}.{file.stem}": file.read_text("utf-8")
        for file in sorted(folder.glob("_*.sql"))
    }
    found = []
    for file in sorted(folder.glob("[!_]*.sql")):
        said, tests = _described(file, _Description)
        spec = FIGURES.model_copy(update={"layer": _GUARDRAILS, "name": file.stem})
        model = Model(spec, {"": file.read_text("utf-8")}, raw_tests=tests, shared=shared)
        found.append(Guardrail(file.stem, said.description, said.severity, model))
    return {g.name: g for g in sorted(found, key=lambda g: (g.severity != "error", g.name))}


@cache
def load_changes(sql_dir: Path | None = None) -> Model:
    """Return the SELECT that lists what differs from the last version.

    Args:
        sql_dir: the folder of models; `sql/` by default.
    """
    file = (sql_dir or SQL_DIR) / _VERSIONS / f"{CHANGES.name}.sql"
    _, tests = _described(file, _NoDescription)
    return Model(CHANGES, {"": file.read_text("utf-8")}, raw_tests=tests)


def _described(file: Path, kind: type[Kind]) -> tuple[Kind, str]:
    description = file.with_suffix(".yml")
    if not description.exists():
        raise PipelineError(f"{description} is missing: no description of {file.name}")
    return read_description(description, kind)


def tables_compared(models: Iterable[Model]) -> tuple[set[str], set[str]]:
    """Return the full names of the tables that some SELECTs read: of now, and of the last version.

    Both are given as the warehouse calls them.
    """
    now, last = set(), set()
    for name in {name for model in models for name in model.reads}:
        layer, _, table = name.partition(".")
        (last if layer == LAST_VERSION else now).add(table if layer == LAST_VERSION else name)
    return now, last


def can_be_asked(model: Model, names: Collection[str]) -> bool:
    """Tell whether all tables that a SELECT reads are among some, given by full name."""
    now, last = tables_compared([model])
    return now <= set(names) and last <= {name.partition(".")[2] for name in names}


def last_specs(specs: Iterable[TableSpec]) -> dict[str, TableSpec]:
    """Return tables as the last version shows them, by the full names that SELECTs use."""
    shown = [spec.model_copy(update={"layer": LAST_VERSION}) for spec in specs]
    return {spec.full_name: spec for spec in shown}
