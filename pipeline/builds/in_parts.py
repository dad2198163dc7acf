"""Making a table in less memory where it does not fit as a whole: part by part, or sparingly.

What belongs here: into how many parts, and putting them one behind the other. What does not: which
rows of its inputs a part is made of (`models.keys`), making them (`models.runner`).

A table whose rows hang together by a key is made of some keys as well as of all. That takes longer,
for its inputs are read once for each part: a table is made so only once it did not fit. One whose
rows all hang together is made as small parts are, sparingly (`Engine.sparing_memory`): on one
thread, for each holds rows of its own, or step by step on a server. So is, at first, what workers
of a server make: they are given few keys at a time, while a part would come here as a whole.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contract.errors import MemoryShortError
from pipeline.models.catalogue import Model, all_specs
from pipeline.models.keys import Cuts, cuts_of, is_by_keys, of_part, only_rows
from pipeline.models.runner import make_table, naming_memory, write_some
from pipeline.storage.audit import audit
from pipeline.storage.engine import Engine
from pipeline.storage.files import temporary
from pipeline.storage.parquet import typed_rows
from pipeline.storage.warehouse import Made, Warehouse

if TYPE_CHECKING:
    import pyarrow as pa

# One way after the other: in how many parts, and whether sparingly.
_WHOLE = (1, True)
_IN_PARTS = ((6, False), (40, True))


def make_in_parts(
    warehouse: Warehouse,
    engine: Engine,
    model: Model,
    file: Path,
    now: datetime,
) -> Made:
    """Write a table to a file, made part by part, or sparingly where it is not cut.

    Args:
        warehouse: where its inputs lie.
        engine: sees all of these whole; afterwards the new table.
        model: what to make.
        file: where to write.
        now: the time of the build (UTC).

    Raises:
        MemoryShortError: it does not fit so either.
        PipelineError: the model does not run, or its checks cannot be asked.
    """
    cuts = cuts_of(model, all_specs()) if is_by_keys(model) else {}
    is_of_workers = bool(model.python and engine.workers)
    # A sixth of what workers make would come here at once.
    ways = (_WHOLE, *_IN_PARTS[1:]) if is_of_workers else _IN_PARTS
    short = ""
    for n_parts, is_sparing in ways if cuts else (_WHOLE,):
        try:
            with naming_memory(model), engine.sparing_memory() if is_sparing else nullcontext():
                if n_parts == 1:
                    return Made(make_table(engine, model, file, now))
                place = temporary(file.with_name("part"))
                engine.write(_parts(warehouse, engine, model, cuts, n_parts, now, place), file)
                engine.show(model.spec, [file])
                return Made(audit(engine, model.spec))
        except MemoryShortError as error:
            short = str(error)  # the error itself would hold the rows that were at work
    raise MemoryShortError(short)


def _parts(
    warehouse: Warehouse,
    engine: Engine,
    model: Model,
    cuts: Cuts,
    n_parts: int,
    now: datetime,
    place: Path,
) -> "Iterator[pa.Table]":
    """Yield the rows of each part, some at a time, and show the inputs whole again.

    Each is a file first: a sixth of a large table is no small one.
    """
    specs = all_specs()
    files = {name: warehouse.files(name) for name in cuts}
    try:
        for number in range(n_parts):
            holds = of_part(number, n_parts)
            with only_rows(engine, model, cuts, holds, files, specs):
                write_some(engine, model, place, now, holds(model.by or ""))
            yield from typed_rows([place], model.spec)
    finally:
        place.unlink(missing_ok=True)
