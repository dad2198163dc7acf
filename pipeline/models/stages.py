"""The stages of a layer in the order in which their tables are made, so that people can read it.

What belongs here: putting stages in order. What does not: which table is of which stage: its
description says so (`stage:`).
"""

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import TableSpec
from pipeline.models.catalogue import Model


def stage_groups(models: Iterable[Model], others: Iterable[TableSpec] = ()) -> dict[str, str]:
    """Return the group of each table by full name: `<layer>_<n>_<stage>`, n from 1 as it is made.

    A table without a stage is of a group named as its layer. A stage comes after those whose
    tables it needs, through other layers, too; of two that need nothing of each other the one
    whose name comes first.

    Args:
        models: all models.
        others: the tables that no model makes.

    Raises:
        PipelineError: two stages of a layer need tables of each other.
    """
    models = list(models)
    specs = {spec.full_name: spec for spec in (*others, *(model.spec for model in models))}
    order: dict[tuple[str, str], set[tuple[str, str]]] = {
        _stage(spec): set() for spec in specs.values()
    }
    for model in models:
        needed = {_stage(specs[name]) for name in model.needs}
        order[_stage(model.spec)] |= needed - {_stage(model.spec)}
    places = _places(order)
    return {name: places[_stage(spec)] for name, spec in specs.items()}


def _stage(spec: TableSpec) -> tuple[str, str]:
    return spec.layer, spec.stage or ""


def _places(order: dict[tuple[str, str], set[tuple[str, str]]]) -> dict[tuple[str, str], str]:
    """Return the name of each stage's group."""
    sorter = TopologicalSorter(order)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = ", ".join("/".join(filter(None, stage)) for stage in error.args[1])
        raise PipelineError(f"stages need tables of each other: {circle}") from None
    n_in_layer: dict[str, int] = {}
    found = {}
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        sorter.done(*ready)
        for layer, stage in ready:
            if stage:
                n_in_layer[layer] = n_in_layer.get(layer, 0) + 1
            found[layer, stage] = f"{layer}_{n_in_layer[layer]}_{stage}" if stage else layer
    return found
