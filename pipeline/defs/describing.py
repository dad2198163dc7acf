"""What Dagster shows of a table before it is built: its group, columns, code, owner, checks.

What belongs here: translating descriptions into Dagster's words. What does not: what is known once
a table is built (`metadata`).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import dagster as dg

from pipeline.contract.specs import TableSpec
from pipeline.contract.tables import EXTRACTED_TABLES, OVERRIDES
from pipeline.models.catalogue import all_specs, load_models
from pipeline.models.stages import stage_groups
from pipeline.storage.audit import check_names
from pipeline.storage.versions import published_tables, shown_name

# Whom to ask: what people write and what programs make.
CURATORS, MAKERS = "team:curators", "team:papermart"
# All checks of single columns are one check in Dagster: each event costs 47 ms there.
STRUCTURE = ("columns", "unique_key")
COLUMN_VALUES = "column_values"
_AFTERWARDS = {
    "error": "If not, the table keeps its last good rows and nothing is published.",
    "warn": "If not, this is a warning: the table is built all the same.",
}


def asset_key(full_name: str) -> dg.AssetKey:
    """Return the asset key of `layer.table`."""
    return dg.AssetKey(full_name.split("."))


@cache
def _groups() -> Mapping[str, str]:
    return stage_groups(load_models().values(), (*EXTRACTED_TABLES, OVERRIDES))


@cache
def _published() -> frozenset[str]:
    return frozenset(spec.full_name for spec in published_tables(all_specs()))


def asset_spec(
    spec: TableSpec,
    places: dg.CodeReferencesMetadataValue,
    *,
    is_written_by_people: bool = False,
    **more: Any,  # noqa: ANN401
) -> dg.AssetSpec:
    """Return a table as an asset.

    Args:
        spec: its description.
        places: where its code stands.
        is_written_by_people: its rows are what people wrote.
        **more: what else `AssetSpec` takes.
    """
    name = spec.full_name
    tags = {"papermart/layer": spec.layer}
    if spec.stage:
        tags["papermart/stage"] = spec.stage
    shown = f"\n\nGrain: {spec.grain}."
    if name in _published():
        tags["papermart/published"] = "yes"
        query = f"select * from {shown_name(name)} limit 10"
        shown += f'\n\nPublished: `papermart query "{query}"`'
    return dg.AssetSpec(
        key=asset_key(name),
        group_name=_groups().get(name, spec.layer),
        description=f"{spec.description}{shown}",
        metadata={
            "dagster/column_schema": column_schema(spec),
            "dagster/table_name": name,
            "dagster/code_references": places,
            "grain": spec.grain,
            "key": ", ".join(spec.key),
        },
        tags=tags,
        owners=[CURATORS if is_written_by_people else MAKERS],
        **more,
    )


def column_schema(spec: TableSpec) -> dg.TableSchema:
    """Return the columns of a table with types and descriptions."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.type,
                description=column.description,
                constraints=dg.TableColumnConstraints(
                    nullable=not (column.required or column.name in spec.key),
                    unique=spec.key == (column.name,),
                ),
            )
            for column in spec.columns
        ]
    )


def check_specs(spec: TableSpec) -> list[dg.AssetCheckSpec]:
    """Return the checks of a table as Dagster lists them: structure, column values, rules."""
    own = {check.name: check for check in spec.checks}
    found = [
        _check_spec(spec, name, severity, words, own[name].holds if name in own else None)
        for name, severity, words in check_names(spec)
        if name in STRUCTURE or name in own
    ]
    of_columns = [
        words for name, _, words in check_names(spec) if name not in (*STRUCTURE, *own.keys())
    ]
    words = f"of every row: {', '.join(of_columns)}" if of_columns else "no column has a rule"
    found.insert(2, _check_spec(spec, COLUMN_VALUES, "error", words, None))
    return found


def _check_spec(
    spec: TableSpec, name: str, severity: str, words: str, condition: str | None
) -> dg.AssetCheckSpec:
    asked = f"\n\nHolds of every row: `{' '.join(condition.split())}`" if condition else ""
    return dg.AssetCheckSpec(
        name,
        asset=asset_key(spec.full_name),
        description=f"{words[0].upper()}{words[1:]}. {_AFTERWARDS[severity]}{asked}",
        blocking=severity == "error",
    )
