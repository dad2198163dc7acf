"""By which key the rows of a table hang together, and what follows when some of them change.

What belongs here: how the rows of each input lead to keys, which keys are touched by what changed,
and showing an engine only the rows of these. What does not: the rows that changed
(`storage.row_changes`), when a table is made by keys (`builds.by_keys`), making rows (`runner`).

A description says `by: paper_id`: the rows of a paper are made of this paper's rows and of nothing
else. Which rows of an input are a paper's is told by its column of that name, or is said (a row may
be of many papers: then rows of others are made as well, of too little, and are left out):

    through:
      staging.records: record_id in linkage.clustered_records   # which has paper_id, too
      linkage.name_pairs: name as author_name in linkage.listed_names
      marts.paper_relations: paper_id, related_paper_id         # several ways: those of any
      marts.papers: whole                                       # read whole all the same

An input that has no such column, and of which nothing is said, is read whole: where it changes, the
table is made anew. So is one of whose changes too little is known.
"""

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import TableSpec
from pipeline.models.catalogue import Model, all_specs, load_models
from pipeline.storage.engine import Engine

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    import pyarrow as pa

_WHOLE = "whole"
_WAY = re.compile(r"(?P<column>\w+)(?:(?: as (?P<leading>\w+))? in (?P<table>\w+\.\w+))?")
# Where an engine finds the keys that are asked for, and what leads to them.
_KEYS, _KEY = "papermart_keys", "key"


@dataclass(frozen=True, slots=True)
class Way:
    """A way from the rows of an input to keys.

    Attributes:
        column: holds a key, or what leads to one.
        through: the table that leads to keys; None: the column holds keys.
        leading: the column of that table that holds what `column` does.
    """

    column: str
    through: str | None = None
    leading: str | None = None


# By the full name of an input; those read whole are not in it.
Cuts = Mapping[str, tuple[Way, ...]]


def cuts_of(model: Model, specs: Mapping[str, TableSpec]) -> Cuts:
    """Return the ways from the rows of each input to keys.

    Args:
        model: a model that is made by keys.
        specs: the description of every table by full name.

    Raises:
        PipelineError: what is said of an input cannot be.
    """
    if unread := sorted(model.through.keys() - model.reads):
        raise PipelineError(f"{model.name}: through: {unread[0]} is not read")
    cuts = {}
    for name in sorted(model.reads):
        said = model.through.get(name)
        if said is None and _has(specs[name], model.by):
            cuts[name] = (Way(model.by or ""),)
        elif said and said != _WHOLE:
            cuts[name] = tuple(_read(model, name, way, specs) for way in said.split(", "))
    return cuts


def is_by_keys(model: Model) -> bool:
    """Tell whether a table can be made for some keys: its rows have the key themselves."""
    return _has(model.spec, model.by) and not model.recalls


def _read(model: Model, name: str, said: str, specs: Mapping[str, TableSpec]) -> Way:
    found = _WAY.fullmatch(said)
    if not found:
        raise PipelineError(f"{model.name}: through: {name}: {said!r} cannot be understood")
    column, table = found["column"], found["table"]
    leading = (found["leading"] or column) if table else None
    # What it leads to counts as known only where the table's own changes are seen.
    leads = specs[table] if table and table in model.reads else None
    is_way = not table or (leads and _has(leads, leading) and _has(leads, model.by))
    if not (_has(specs[name], column) and is_way):
        raise PipelineError(f"{model.name}: through: {name}: {said!r} leads to no {model.by}")
    return Way(column, table, leading)


def _has(spec: TableSpec, column: str | None) -> bool:
    return any(known.name == column for known in spec.columns)


@cache
def linked() -> Mapping[str, Sequence[str]]:
    """Return the columns of each table by which rows of others hang on it, by full name.

    Of a table that statistics are counted in, its key: how many rows changed is asked.
    """
    found: dict[str, set[str]] = {}
    specs = all_specs()
    for model in load_models().values():
        for name in model.reads if model.drift is not None else ():
            found.setdefault(name, set()).update(specs[name].key)
        for name, ways in cuts_of(model, specs).items() if is_by_keys(model) else ():
            found.setdefault(name, set()).update(way.column for way in ways)
    return {name: sorted(columns) for name, columns in found.items()}


# ---------------------------------------------------------------- which keys


def touched_keys(
    engine: Engine, model: Model, cuts: Cuts, changed: "Mapping[str, pa.Table]"
) -> "pa.Table":
    """Return the keys whose rows may be others now, in the column `key`, each once.

    Args:
        engine: sees the inputs as they are now. What a row led to that is gone is told by what
            changed of the table that led there.
        model: the table's model.
        cuts: see `cuts_of`.
        changed: the changed rows of inputs, by full name: the columns that lead to keys.
    """
    import polars as pl

    parts = [pl.DataFrame({_KEY: []}, schema={_KEY: pl.String})]
    for name, rows in sorted(changed.items()):
        frame = pl.DataFrame(pl.from_arrow(rows))
        for way in cuts[name]:
            # What leads to keys may be a number; keys are texts.
            found = frame.select(pl.col(way.column).cast(pl.String).alias(_KEY))
            found = found.drop_nulls().unique()
            parts.append(_led(engine, model, way, found) if way.through else found)
    return pl.concat(parts).drop_nulls().unique().sort(_KEY).to_arrow()


def _led(engine: Engine, model: Model, way: Way, found: "pl.DataFrame") -> "pl.DataFrame":
    """Return the keys that the values of a column lead to."""
    import polars as pl

    engine.create_table(_KEYS, found.to_arrow())
    keys = engine.arrow(
        f"select distinct {model.by} as {_KEY} from {way.through}"
        f" where cast({way.leading} as varchar) in (select {_KEY} from {_KEYS})"
    )
    return pl.DataFrame(pl.from_arrow(keys))


# ---------------------------------------------------------------- only these

# Says of a column that has keys that it has some of them: a condition of SQL.
Holds = Callable[[str], str]


def of_keys(engine: Engine, keys: "pa.Table") -> Holds:
    """Return what holds of some keys, which an engine is given in the column `key`."""
    engine.create_table(_KEYS, keys)
    return _is_key


def of_part(number: int, n_parts: int) -> Holds:
    """Return what holds of a part of all keys, from 0: each, NULL as well, is of one part."""
    # DuckDB's `hash` has no sign; that two keys may share one does not matter here.
    return lambda column: f"hash({column}) % {n_parts} = {number}"


@contextmanager
def only_rows(
    engine: Engine,
    model: Model,
    cuts: Cuts,
    holds: Holds,
    files: "Mapping[str, list[Path]]",
    specs: Mapping[str, TableSpec],
) -> Generator[None]:
    """Show an engine, of each input that leads to keys, the rows of some keys alone.

    Args:
        engine: sees the inputs whole, and does so again afterwards.
        model: the table's model.
        cuts: see `cuts_of`.
        holds: of which keys, see `of_keys`, `of_part`.
        files: where the inputs lie.
        specs: the description of every table by full name.
    """
    try:
        _narrow(engine, model, cuts, holds, files, specs)
        yield
    finally:
        for name in cuts:
            engine.show(specs[name], files[name])


def _narrow(
    engine: Engine,
    model: Model,
    cuts: Cuts,
    holds: Holds,
    files: "Mapping[str, list[Path]]",
    specs: Mapping[str, TableSpec],
) -> None:
    leading = {(way.through, way.leading) for ways in cuts.values() for way in ways if way.through}
    places = {way: f"{_KEYS}_{n}" for n, way in enumerate(sorted(leading))}
    for (table, column), place in places.items():
        led = f"select distinct {column} as {_KEY} from {table} where {holds(model.by or '')}"
        engine.create_table(place, engine.arrow(led))
    for name, ways in cuts.items():
        conditions = [
            f"{way.column} in (select {_KEY} from {places[way.through, way.leading]})"
            if way.through and way.leading
            else holds(way.column)
            for way in ways
        ]
        engine.show(specs[name], files[name], " or ".join(conditions))


def keys_condition(model: Model) -> str:
    """Return the condition that holds of the rows of the keys that an engine was given."""
    return _is_key(model.by or "")


def _is_key(column: str) -> str:
    return f"{column} in (select {_KEY} from {_KEYS})"
