"""Tables of statistics: what all rows share, such as how often a word stands in all titles.

What belongs here: whether such a table stays as it was counted. What does not: which these are
(`drift:` in their descriptions), bringing a table up to date (`tables`).

A page more changes each count a little, and with it each number that is made of counts: every pair
of records would be compared anew. So counts stay until the number of rows they were counted in has
changed by more than the share that the description gives, or until people ask for them
(`papermart build --refresh-statistics`).
"""

from dataclasses import replace

from pipeline.contract.ids import fingerprint
from pipeline.models.catalogue import Model, load_models
from pipeline.storage.parquet import n_rows_of
from pipeline.storage.stamps import Origin, Stamp
from pipeline.storage.warehouse import Warehouse

_COUNTED = "what is counted"


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


def as_counted(model: Model, old: Stamp | None, origin: Origin) -> Origin:
    """Return what a table counts as made from now: for statistics that stay, what they were.

    Args:
        model: the table's model.
        old: the stamp of the table as it is; None: it is not there.
        origin: what it would be made from now.
    """
    if model.drift is None or old is None or old.origin.inputs.keys() != origin.inputs.keys():
        return origin
    changed = {
        name for name, content in origin.inputs.items() if old.origin.inputs[name] != content
    }
    if _COUNTED in changed and len(changed) > 1:
        return origin
    # Other code that makes the same rows changes nothing that is counted.
    for name, content in origin.inputs.items():
        before, now = n_rows_of(old.origin.inputs[name]), n_rows_of(content)
        if before is not None and now is not None and abs(now - before) > model.drift * before:
            return origin
    return replace(origin, inputs=old.origin.inputs)
