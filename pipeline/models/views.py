"""The views of the published file: SELECTs over its tables that people would else write anew.

What belongs here: loading `sql/views/`. What does not: what is stored as rows (`catalogue`),
writing the published file (`storage.publishing`).

A view is a SELECT, `sql/views/<name>.sql`, and beside it `<name>.yml`, which describes it as a
table. It reads the tables of the published file, `main.<table>`; no build makes its rows.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import TableSpec
from pipeline.models.catalogue import SQL_DIR, Model, read_description

_VIEWS = "views"
# The schema of the published file in which its tables and views stand.
PUBLISHED = "main"


@cache
def load_views(sql_dir: Path | None = None) -> dict[str, Model]:
    """Return all views by name.

    Args:
        sql_dir: the folder of models; `sql/` by default.

    Raises:
        PipelineError: a SELECT without a description, or one that cannot be read.
    """
    found = {}
    for file in sorted(((sql_dir or SQL_DIR) / _VIEWS).glob("*.sql")):
        described = file.with_suffix(".yml")
        if not described.exists():
            raise PipelineError(f"{described} is missing: no description of the view {file.stem}")
        spec, tests = read_description(described, TableSpec, layer="marts", name=file.stem)
        found[file.stem] = Model(spec, {"": file.read_text("utf-8")}, raw_tests=tests)
    return found


def view_specs() -> list[TableSpec]:
    """Return the descriptions of all views, in the order they are listed to people."""
    return [view.spec for view in load_views().values()]


def published_views(tables: Iterable[TableSpec]) -> list[tuple[TableSpec, str]]:
    """Return description and SELECT of the views of a published file.

    Args:
        tables: those it holds; a view that reads others is left out.
    """
    there = as_published(tables).keys()
    return [(v.spec, v.selects[""]) for v in load_views().values() if v.reads <= there]


def as_published(specs: Iterable[TableSpec]) -> dict[str, TableSpec]:
    """Return tables as the published file shows them, by the full names that views use."""
    shown = [spec.model_copy(update={"layer": PUBLISHED}) for spec in specs]
    return {spec.full_name: spec for spec in shown}
