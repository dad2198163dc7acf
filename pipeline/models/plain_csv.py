"""Reference tables in plain CSV, read column by column: some of them have many rows.

What belongs here: the short way from such a file to rows, where nothing is wrong with it. What does
not: saying what is wrong with another one (`reference`).
"""

from collections.abc import Mapping, Set
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.contract.specs import TableSpec
from pipeline.inputs.given_files import open_given

if TYPE_CHECKING:
    import polars as pl

# Without quotes a comma parts cells and a line break rows; the others are blank to Python alone.
_NOT_PLAIN = (b'"', b"\r", b"\0", b"\x1c", b"\x1d", b"\x1e", b"\x1f")
_BOM = b"\xef\xbb\xbf"
_TYPES = ("VARCHAR", "INTEGER", "BIGINT", "BOOLEAN")


def plain_columns(
    file: Path, spec: TableSpec, known: Mapping[str, Set[object]]
) -> "pl.DataFrame | None":
    """Return the rows of a reference table, typed and ordered by its key.

    Args:
        file: the CSV file.
        spec: the table's description.
        known: for each column that refers to another one, the values that it may have.

    Returns:
        None if the file is not plain, or anything in it is not as described, however slightly.

    Raises:
        OSError: the file cannot be opened.
    """
    import polars as pl

    with open_given(file) as stream:
        content = stream.read().removeprefix(_BOM)
    if any(column.type not in _TYPES for column in spec.columns) or any(
        sign in content for sign in _NOT_PLAIN
    ):
        return None
    names = [column.name for column in spec.columns]
    header = ",".join(names).encode() + b"\n"
    if not content.startswith(header) or len(content) == len(header):
        return None
    try:
        texts = pl.read_csv(content, infer_schema=False, quote_char=None)
        # A row of too many cells is refused, one of too few is filled up.
        if content.count(b",") != (len(texts) + 1) * (len(names) - 1):
            return None
        rows = texts.select(_typed(column.name, column.type) for column in spec.columns)
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        return None
    if not _is_as_described(rows, spec, known):
        return None
    return rows.sort(pl.col(name).cast(pl.String) for name in spec.key)


def _typed(name: str, type_: str) -> "pl.Expr":
    import polars as pl

    text = pl.col(name).str.strip_chars().replace("", None)
    if type_ == "BOOLEAN":
        truth = {"true": True, "false": False, None: None}
        return text.replace_strict(truth, return_dtype=pl.Boolean)
    types = {"VARCHAR": pl.String, "INTEGER": pl.Int32, "BIGINT": pl.Int64}
    return text.cast(types[type_])


def _is_as_described(
    rows: "pl.DataFrame", spec: TableSpec, known: Mapping[str, Set[object]]
) -> bool:
    for column in spec.columns:
        values = rows[column.name]
        if values.null_count() and (column.required or column.name in spec.key):
            return False
        allowed: list[Set[object]] = [set(column.values)] if column.values else []
        allowed += [known[column.name]] if column.references else []
        distinct = set(values.unique().drop_nulls()) if allowed else set()
        if any(distinct - few for few in allowed):
            return False
    return not rows.select(spec.key).is_duplicated().any()
