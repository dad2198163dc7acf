"""How texts and files are spelled in DuckDB's SQL.

What belongs here: literals, and files as a relation. What does not: asking (`duckdb_engine`).
"""

from glob import escape
from pathlib import Path

from pipeline.contract.errors import PipelineError


def quote(text: str | Path) -> str:
    """Return text as an SQL string literal.

    >>> quote("it's")
    "'it''s'"
    """
    return "'" + as_utf8(str(text)).replace("'", "''") + "'"


def as_utf8(text: str) -> str:
    """Return a text that DuckDB can take: names of files may be no UTF-8.

    Raises:
        PipelineError: it is none.
    """
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise PipelineError(f"{text} holds what is no UTF-8; write it otherwise") from None
    return text


def relation_of(*files: Path) -> str:
    """Return the rows of Parquet files as a relation of SQL.

    These files and no others, with their own columns and no others: `[b]` in the name of a folder
    would lead to the folder `b` beside it, and `year=2026` would be a column.

    >>> relation_of(Path("[b]/year=2026/papers.parquet"))
    "read_parquet(['[[]b]/year=2026/papers.parquet'], hive_partitioning = false)"
    """
    names = ", ".join(quote(escape(str(file))) for file in files)
    return f"read_parquet([{names}], hive_partitioning = false)"
