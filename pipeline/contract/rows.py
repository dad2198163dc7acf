"""Rows that a function is given otherwise than as frames: looked up as it asks, or by pieces.

What belongs here: the types that a function declares. What does not: writing files of rows
(`models.runner`), cutting them into pieces (`models.pieces`).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeVar

import polars as pl

# A parameter of this type says that its rows need not lie in memory all at once: of millions the
# runner writes a file, and the function takes of it what it needs. `rows.lazy()` asks either.
Rows = pl.LazyFrame | pl.DataFrame
# The rows of some keys by argument.
Piece = Mapping[str, pl.DataFrame]
Done = TypeVar("Done")


class Pieces(Protocol):
    """The rows of some SELECTs a piece at a time; a key's are all in one."""

    def __iter__(self) -> Iterator[Piece]:
        """Yield each piece."""
        ...

    def each(self, do: Callable[[Piece], Done]) -> Iterator[Done]:
        """Do something with each piece, wherever work is done; yield what comes of it.

        Args:
            do: what; both it and what it returns can be pickled. How pieces are cut is chance, and
                so is their order.
        """
        ...
