"""What a shell offers behind a command: names of tables, ids of versions.

What belongs here: looking them up, silently and fast. What does not: commands and options, which
the library completes itself.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pipeline.storage.warehouse import Warehouse


def complete_version(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """Return the ids of published versions that begin so, each with its age."""
    found: list[tuple[str, str]] = []
    with suppress(Exception):  # whatever is wrong, the command says when it runs
        found.extend(_versions(_warehouse(ctx), incomplete))
    return found


def complete_table(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the tables and views whose names begin so, but for those that are named already."""
    found: list[str] = []
    with suppress(Exception):
        named = ctx.params.get("tables") or ()
        found.extend(name for name in _tables(_warehouse(ctx)) if name not in named)
    return [name for name in found if name.startswith(incomplete)]


def _warehouse(ctx: typer.Context) -> "Warehouse":
    from pipeline.inputs.settings import read_folders
    from pipeline.storage.warehouse import Warehouse

    return Warehouse(read_folders({"warehouse": ctx.params.get("warehouse")}).settings.warehouse)


def _versions(warehouse: "Warehouse", incomplete: str) -> Iterator[tuple[str, str]]:
    from pipeline.builds.run import utc_now
    from pipeline.storage.retention import version_ages
    from pipeline.storage.versions import versions
    from pipeline.text.ages import age_words

    known = versions(warehouse)
    for version, age in zip(known, version_ages(known, utc_now()), strict=True):
        if version.id.startswith(incomplete):
            yield version.id, age_words(age)


def _tables(warehouse: "Warehouse") -> list[str]:
    from pipeline.outputs.query_faults import TABLES
    from pipeline.storage.published_file import open_published
    from pipeline.storage.versions import find_version

    with open_published(find_version(warehouse, None)) as engine:
        return [row[0] for row in engine.tuples(TABLES)]
