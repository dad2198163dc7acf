"""Bringing a table up to date by computing only what changed in its inputs.

What belongs here: whether that can be done, and putting the rows of the keys that are touched in
the place of the old ones. What does not: which keys these are (`models.keys`), making their rows
(`models.runner`), replacing the table (`storage.warehouse`).
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.models.catalogue import Model, all_specs
from pipeline.models.keys import (
    Cuts,
    Way,
    cuts_of,
    is_by_keys,
    keys_condition,
    of_keys,
    only_rows,
    touched_keys,
)
from pipeline.models.runner import rows_of
from pipeline.storage.audit import Came, audit, checks_version
from pipeline.storage.engine import Engine
from pipeline.storage.parquet import version_after
from pipeline.storage.row_changes import RowChanges, differing, read_changes, too_many
from pipeline.storage.stamps import Origin, Stamp
from pipeline.storage.warehouse import Made, Warehouse

if TYPE_CHECKING:
    import pyarrow as pa

_MADE = "papermart_rows"  # as which the engine sees the new rows
# Fewer rows are checked at once as quickly as a few of them; tests say another number.
MANY = 20_000


def make_by_keys(
    warehouse: Warehouse,
    engine: Engine,
    model: Model,
    old: Stamp,
    origin: Origin,
    file: Path,
    now: datetime,
) -> Made | None:
    """Write a table to a file: new rows for the keys that are touched, the old ones for others.

    Args:
        warehouse: where the inputs and what changed of them lie, and the table as it was.
        engine: sees all of these whole; afterwards the new table.
        model: what to make.
        old: the stamp of the table as it was.
        origin: what it is made from now.
        file: where to write.
        now: the time of the build (UTC).

    Returns:
        What was made; None, and nothing was written, where the table must be made anew: more than
        its inputs changed, what of them is not known or is too much.
    """
    specs = all_specs()
    cuts = cuts_of(model, specs) if is_by_keys(model) else {}
    changed = _changed(warehouse, cuts, old.origin, origin)
    if not changed or not warehouse.is_sound(model.name):
        return None
    keys = touched_keys(engine, model, cuts, changed)
    if too_many(keys.num_rows, old.n_rows):
        return None
    files = {name: warehouse.files(name) for name in cuts}
    with only_rows(engine, model, cuts, of_keys(engine, keys), files, specs):
        gone = engine.arrow(f"select * from {model.name} where {keys_condition(model)}")
        if too_many(gone.num_rows, old.n_rows):
            return None
        come = rows_of(engine, model, now, keys_condition(model))
    _join(engine, model, come, file)
    rows, *hashes = differing(gone, come, model.spec.content_columns)
    engine.show(model.spec, [file])
    content = version_after(old.content, *hashes)
    checks = audit(engine, model.spec, _came(engine, model, old))
    return Made(checks, content, rows, keys.num_rows)


def _changed(
    warehouse: Warehouse, cuts: Cuts, before: Origin, now: Origin
) -> "dict[str, pa.Table] | None":
    """Return what changed of the inputs, by full name; None if that is not all that changed."""
    if before.code_version != now.code_version or before.inputs.keys() != now.inputs.keys():
        return None
    found = {}
    for name, content in now.inputs.items():
        if before.inputs[name] != content:
            if name not in cuts:
                return None
            changes = read_changes(warehouse.root, name, before.inputs[name], content)
            if changes is None or not _tells(changes, cuts[name]):
                return None
            found[name] = changes.rows
    return found


def _tells(changes: RowChanges, ways: Sequence[Way]) -> bool:
    """Tell whether what was kept of changes has the columns that lead to keys."""
    return {way.column for way in ways} <= {*changes.rows.column_names}


def _came(engine: Engine, model: Model, old: Stamp) -> Came | None:
    """Return which rows are to be checked; None: all of them, in one question."""
    is_asked_alike = old.asked.partition(" ")[0] == checks_version(model.spec)
    if old.n_rows < MANY or not is_asked_alike:
        return None
    passed = frozenset(check["name"] for check in old.checks if check["passed"])
    # A description may say `by` of rows that do not hang together so.
    strays = f"select 1 from {_MADE} where ({keys_condition(model)}) is not true limit 1"
    have_own_keys = model.by in model.spec.key and not engine.rows(strays)
    return Came(_MADE, passed, have_own_keys)


def _join(engine: Engine, model: Model, come: "pa.Table", file: Path) -> None:
    """Write the old rows of other keys, and behind them the new ones of these."""
    engine.create_table(_MADE, come)
    engine.write(
        f"select * from {model.name} where ({keys_condition(model)}) is not true\n"
        f"union all\nselect * from {_MADE}",
        file,
        model.spec,
    )
