"""The rows that a model's function is given, some keys at a time.

What belongs here: cutting the rows of SELECTs into pieces by the key that they hang together by, so
that no more than a piece is held in memory. What does not: running a model (`runner`).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.models.functions import PieceWork, code_version
from pipeline.storage.engine import Done, Engine

if TYPE_CHECKING:
    import polars as pl

    from pipeline.contract.rows import Piece

_KEYS = 20_000  # of a piece


class Pieces:
    """The rows of SELECTs by ranges of a key, in the order of the keys.

    Each walk asks the engine again; the rows of a key come in one piece, those of all SELECTs.
    """

    def __init__(self, engine: Engine, selects: Mapping[str, str], key: str, function: str) -> None:
        """Remember what to cut.

        Args:
            engine: sees what the SELECTs read, for as long as the pieces are asked for.
            selects: a SELECT for each argument; each has the key.
            key: a column of texts; rows without it belong to no piece.
            function: `module.function`, which asks.
        """
        self._engine = engine
        self._tables = {
            argument: f"select * from (\n{sql.strip().rstrip(';')}\n) as rows_of_keys"
            for argument, sql in selects.items()
        }
        self._key = key
        self._function = function

    def each(self, do: "Callable[[Piece], Done]") -> Iterator[Done]:
        """Do something with each piece, where an engine has workers there; see `contract.rows`."""
        if not self._engine.workers:
            return map(do, self)
        work = PieceWork(do, self._function, code_version(self._function))
        return self._engine.workers.each_piece(work, self._tables, self._key)

    @cached_property
    def _starts(self) -> list[str]:
        """Return the keys that pieces begin with, without the first."""
        import polars as pl

        parts = [
            f"select {self._key} from ({table}) as keys where {self._key} is not null"
            for table in self._tables.values()
        ]
        keys = pl.DataFrame(pl.from_arrow(self._engine.arrow("\nunion\n".join(parts))))
        return keys[self._key].sort().gather_every(_KEYS)[1:].to_list()

    def __iter__(self) -> Iterator[dict[str, "pl.DataFrame"]]:
        """Yield the rows of each piece by argument; at least one piece, if only of no rows."""
        for low, high in zip([None, *self._starts], [*self._starts, None], strict=True):
            condition = self._between(low, high)
            yield {
                argument: frame_of(self._engine, f"{table}\nwhere {condition}")
                for argument, table in self._tables.items()
            }

    def _between(self, low: str | None, high: str | None) -> str:
        bounds = [f"{self._key} is not null"]
        bounds += [] if low is None else [f"{self._key} >= {_quote(low)}"]
        bounds += [] if high is None else [f"{self._key} < {_quote(high)}"]
        return " and ".join(bounds)


def frame_of(engine: Engine, sql: str) -> "pl.DataFrame":
    """Return the rows of a SELECT as a frame."""
    import polars as pl

    return pl.DataFrame(pl.from_arrow(engine.arrow(sql)))


def _quote(key: str) -> str:
    return "'" + key.replace("'", "''") + "'"
