"""Tables of statistics: what all rows share, such as how often a word stands in all titles.

What belongs here: whether such a table stays as it was counted. What does not: which these are
(`drift:` in their descriptions), bringing a table up to date (`tables`).

A page more changes each count a little, and with it each number that is made of counts: every pair
of records would be compared anew. So counts stay until more of the rows they were counted in have
come, gone or changed than the share that the description gives, or until people ask for them
(`papermart build --refresh-statistics`). The number of rows alone would not tell: in a folder where
as many pages leave as arrive it stays.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pipeline.contract.ids import fingerprint
from pipeline.models.catalogue import Model, load_models
from pipeline.storage.checksums import read_sealed, write_sealed
from pipeline.storage.parquet import n_rows_of
from pipeline.storage.row_changes import FOLDER, read_changes
from pipeline.storage.stamps import Origin, Stamp
from pipeline.storage.warehouse import Warehouse

_COUNTED = "what is counted"


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the inputs of statistics are from those they were counted in.

    Attributes:
        counted: versions of the inputs when they were counted, by full name.
        seen: versions of the inputs when they were looked at last.
        n_changed: rows of each input that went or came between the two.
    """

    counted: Mapping[str, str]
    seen: Mapping[str, str]
    n_changed: Mapping[str, int]


def with_code_before(warehouse: Warehouse, model: Model, origin: Origin) -> Origin:
    """Return what statistics are made from, with the code of all that they are counted in.

    Where that changes, what is counted means something else, though hardly a row may come or go.
    It stands among the inputs: the code that counts is the same.
    """
    if model.drift is None:
        return origin
    stamps = (warehouse.stamp(name) for name in sorted(_before(model)))
    code = fingerprint([stamp.origin.code_version if stamp else "" for stamp in stamps])
    return replace(origin, inputs={**origin.inputs, _COUNTED: code})


def _before(model: Model) -> set[str]:
    """Return all tables that a model's inputs are made of, and these."""
    models, found, due = load_models(), set(), [*model.reads]
    while due:
        name = due.pop()
        if name not in found:
            found.add(name)
            due += models[name].needs if name in models else ()
    return found


def as_counted(warehouse: Warehouse, model: Model, old: Stamp | None, origin: Origin) -> Origin:
    """Return what a table counts as made from now: for statistics that stay, what they were.

    Args:
        warehouse: knows what changed of the inputs.
        model: the table's model.
        old: the stamp of the table as it is; None: it is not there.
        origin: what it would be made from now.
    """
    stays = old is not None and _drift(warehouse, model, old, origin) is not None
    return replace(origin, inputs=old.origin.inputs) if old and stays else origin


def note_drift(warehouse: Warehouse, model: Model, old: Stamp, origin: Origin) -> None:
    """Keep how far the inputs of statistics that stay are from what they were counted in.

    Raises:
        PipelineError: the warehouse cannot be written.
    """
    drift = _drift(warehouse, model, old, origin)
    if drift and drift != _noted(warehouse, model, old):
        with warehouse.writing("how far statistics have drifted"):
            _file(warehouse, model).parent.mkdir(exist_ok=True)
            write_sealed(_file(warehouse, model), asdict(drift))


def _drift(warehouse: Warehouse, model: Model, old: Stamp, origin: Origin) -> Drift | None:
    """Return how far statistics have drifted; None: too far, or it is not known, or they are none.

    Other code that makes the same rows changes nothing that is counted.
    """
    if model.drift is None or old.origin.inputs.keys() != origin.inputs.keys():
        return None
    before, now = old.origin.inputs, origin.inputs
    noted = _noted(warehouse, model, old)
    n_changed = dict(noted.n_changed)
    for name in sorted(model.reads):
        if noted.seen[name] != now[name]:
            changes = read_changes(warehouse.root, name, noted.seen[name], now[name])
            if changes is None or before[_COUNTED] != now[_COUNTED]:
                return None
            n_changed[name] = n_changed.get(name, 0) + changes.rows.num_rows
        n_rows = n_rows_of(before[name])
        if n_rows is not None and n_changed.get(name, 0) > model.drift * n_rows:
            return None
    return Drift(before, {name: now[name] for name in model.reads}, n_changed)


def _noted(warehouse: Warehouse, model: Model, old: Stamp) -> Drift:
    """Return the drift noted last; none at all where nothing is noted of these statistics."""
    counted = dict(old.origin.inputs)
    values = read_sealed(_file(warehouse, model)) or {}
    if values.get("counted") == counted and values.keys() == set(Drift.__slots__):
        return Drift(**values)
    return Drift(counted, {name: counted[name] for name in model.reads}, {})


def _file(warehouse: Warehouse, model: Model) -> Path:
    return warehouse.root / FOLDER / f"{model.name}.drift.json"
