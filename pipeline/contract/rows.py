"""Rows that a function is given: held in memory, or looked up in a file as they are asked for.

What belongs here: the type that a function declares. What does not: writing such files
(`models.runner`).
"""

import polars as pl

# A parameter of this type says that its rows need not lie in memory all at once: of millions the
# runner writes a file, and the function takes of it what it needs. `rows.lazy()` asks either.
Rows = pl.LazyFrame | pl.DataFrame
