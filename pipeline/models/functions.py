"""The functions that models name: finding them, and making one fit to work elsewhere.

What belongs here: what a function takes, and calling it with the rows of some keys wherever these
are. What does not: asking an engine for rows (`runner`, `pieces`), where keys are (`keys`).
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from inspect import signature
from typing import TYPE_CHECKING, Any, Generic

from pipeline.contract.errors import PipelineError
from pipeline.contract.ids import fingerprint
from pipeline.contract.specs import TableSpec
from pipeline.models.catalogue import Model
from pipeline.models.keys import is_by_keys
from pipeline.storage.engine import Done, Together

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa


def load_function(path: str) -> Callable[..., Any]:
    """Return the function that `module.function` names."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def takes(model: Model, argument: str) -> bool:
    """Tell whether the function of a model has an argument."""
    function = load_function(model.python) if model.python else None
    return function is not None and argument in signature(function).parameters


def takes_rows(model: Model, argument: str) -> bool:
    """Tell whether the function of a model asks for the rows of an argument as it needs them."""
    from pipeline.contract.rows import Rows

    parameters = signature(load_function(model.python or "")).parameters
    return argument in parameters and parameters[argument].annotation == Rows


def only_links(model: Model, argument: str) -> bool:
    """Tell whether a SELECT says nothing but what hangs together: the function does not take it."""
    return argument in model.components and not takes(model, argument)


def tells_of_now(model: Model) -> bool:
    """Tell whether the time of the build decides a model's rows."""
    return takes(model, "now")


def together_of(model: Model, keyed: Mapping[str, str], now: datetime) -> Together | None:
    """Return what of a model's rows hangs together, for an engine that works in many places.

    Args:
        model: a model that a function makes.
        keyed: the column of each SELECT whose rows have the key, by argument.
        now: the time of the build (UTC).

    Returns:
        None, where the function must see all rows at once.
    """
    if model.components:
        parts = model.components.items()
        columns = {name: part.columns[0] for name, part in parts if not only_links(model, name)}
        edges = {name: part.edges(model.selects[name]) for name, part in parts}
    elif is_by_keys(model) and keyed:
        columns, edges = dict(keyed), {}
    else:
        return None
    return Together(
        selects={name: model.selects[name] for name in (*columns, *model.beside)},
        columns=columns,
        edges=[sql for sql in edges.values() if sql],
        beside=model.beside,
        shared={
            name: sql
            for name, sql in model.selects.items()
            if name not in {*columns, *model.beside} and not only_links(model, name)
        },
        work=Work(model.python or "", model.spec, now, code_version(model.python or "")),
    )


@cache
def code_version(function: str) -> str:
    """Return the version of the code that a function runs (`code_versions`)."""
    from pipeline.models.code_versions import code_of

    return fingerprint(sorted(code_of([function.rpartition(".")[0]]).items()))


@dataclass(frozen=True, slots=True)
class Work:
    """What a model's function makes of the rows of some keys; goes to where they are.

    Attributes:
        function: `module.function`.
        spec: the table.
        now: the time of the build (UTC).
        code: the version of the code here.
    """

    function: str
    spec: TableSpec
    now: datetime
    code: str

    def __call__(self, rows: "Mapping[str, pa.Table]", keyed: set[str]) -> "pa.Table":
        """Return the rows made of these keys.

        Args:
            rows: the rows of all SELECTs by argument; of the keyed ones those of some keys.
            keyed: the arguments of these.

        Raises:
            PipelineError: another papermart works there.
        """
        import pyarrow as pa

        from pipeline.contract.arrow import table_of_frame

        _raise_if_other(self.function, self.code)
        function = load_function(self.function)
        frames = _frames(rows)
        parameters = signature(function).parameters
        arguments: dict[str, Any] = {n: f for n, f in frames.items() if n in parameters}
        if "now" in parameters:
            arguments["now"] = self.now
        if "pieces" not in parameters:
            return table_of_frame(self.spec, function(**arguments))
        arguments["pieces"] = [{name: frames[name] for name in keyed}]
        made = [table_of_frame(self.spec, frame) for frame in function(**arguments)]
        return pa.concat_tables(made)


@dataclass(frozen=True, slots=True)
class PieceWork(Generic[Done]):
    """What a model's function does with each piece of its rows; goes to where they are.

    Attributes:
        do: what, of the rows by argument.
        function: `module.function`.
        code: the version of the code here.
    """

    do: "Callable[[Mapping[str, pl.DataFrame]], Done]"
    function: str
    code: str

    def __call__(self, rows: "Mapping[str, pa.Table]") -> Done:
        """Return what comes of the rows of some keys.

        Raises:
            PipelineError: another papermart works there.
        """
        _raise_if_other(self.function, self.code)
        return self.do(_frames(rows))


def _frames(rows: "Mapping[str, pa.Table]") -> "dict[str, pl.DataFrame]":
    import polars as pl

    return {name: pl.DataFrame(pl.from_arrow(table)) for name, table in rows.items()}


def _raise_if_other(function: str, code: str) -> None:
    if code_version(function) != code:
        raise PipelineError(
            f"the server works with another papermart ({function} is another one there): install "
            "the one that builds here in the Python that it, and each of its workers, runs with"
        )
