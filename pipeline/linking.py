"""Linkage alone, on a table of records that somebody brings: `papermart link`.

What belongs here: reading such a table (Parquet, CSV, JSON lines), giving it the shape that the
linkage models read, running those very models in an engine of its own, writing what they say.
What does not: the models (`sql/linkage`), clustering (`linkage`), judging the result (`evaluate`).
"""

import html
import math
import re
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import PipelineError
from pipeline.record_files import Batch, read_batches
from pipeline.schema import ARROW_TYPES, RECORD_AUTHORS, RECORDS, TableSpec
from pipeline.sql_models import Model, load_models, read_reference
from pipeline.text import fold_space, name_keys, title_keys
from pipeline.warehouse import quote, scalar, sync

_CLUSTERS = "linkage.clusters"
_MADE = (_CLUSTERS, "linkage.matches", "linkage.candidate_pairs")
# What one run may hold in memory beside the rows that are being read. Tables lie on disk.
# Rows are ordered where they are read, so tables need not keep the order they are made in.
_ENGINE: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1200MB",
    "preserve_insertion_order": False,
}
_FORMATS = {
    ".parquet": "format parquet, compression zstd, row_group_size 20480",
    ".csv": "format csv, header",
    ".jsonl": "format json",
}
_NEEDED = ("record_id", "title")
_COLUMNS = (
    *("record_id", "source", "title", "authors", "n_authors_total", "authors_complete"),
    *("abstract", "year", "venue", "arxiv_id", "doi"),
)
# What is read as it lies, without a look at each row.
_AS_ARROW = {
    "title": pa.string(),
    "abstract": pa.string(),
    "authors": pa.list_(pa.string()),
    "year": pa.int32(),
    "n_authors_total": pa.int32(),
}
# Small row groups: each thread that writes holds one.
_STAGE_FORMAT = "format parquet, compression lz4_raw, row_group_size 20480"
# Files are written in order; a table that only other stages read need not be.
_FINAL_ORDER = re.compile(r"(?<=select \* from final)\norder by [^()]+\Z")
# Text that cleaning leaves as it is: one space between words of ASCII, no entity.
_PLAIN = r"^[!-%'-~]+(?: [!-%'-~]+)*$"
_AUTHOR_SEPARATORS = re.compile(r"\s*(?:,|\band\b|&)\s*")
_ET_AL = re.compile(r"\bet\.? al\b\.?|…|\.\.\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Linked:
    """What linking a file gave."""

    n_records: int
    n_clusters: int
    n_candidates: int
    n_matches: int


def link(records: Path, to: Path, matches: Path | None = None) -> Linked:
    """Link the records of a file and write record_id and cluster_id.

    Args:
        records: Parquet, CSV or JSON lines with record_id and title, and whichever of source,
            authors (a list, or text parted by ";", "and" or ","), n_authors_total,
            authors_complete, abstract, year, venue, arxiv_id and doi there are.
        to: the file to write; its suffix (.parquet, .csv, .jsonl) says how.
        matches: where to write the compared pairs that came near, too.

    Raises:
        PipelineError: a file cannot be read or written, or a row of it is not as described;
            names file, row and column. Nothing is written then.
    """
    for file in (to, matches):
        if file:
            _check_target(file)
    with linked(records) as con:
        clusters = f"select record_id, cluster_id from {_CLUSTERS} order by record_id"
        pairs = "select * from linkage.matches order by record_id_l, record_id_r"
        outputs = {to: clusters} | ({matches: pairs} if matches else {})
        _write_all(con, outputs)
        return Linked(
            n_records=scalar(con, f"select count(*) from {_CLUSTERS}"),
            n_clusters=scalar(con, f"select count(distinct cluster_id) from {_CLUSTERS}"),
            n_candidates=scalar(con, "select count(*) from linkage.candidate_pairs"),
            n_matches=scalar(con, "select count(*) from linkage.matches"),
        )


@contextmanager
def linked(records: Path) -> Generator[duckdb.DuckDBPyConnection]:
    """Link the records of a file in an engine of its own; yields it with the tables of `_MADE`.

    Raises:
        PipelineError: see `link`.
    """
    with prepared(records) as con:
        run_models(con, *_MADE)
        yield con


@contextmanager
def prepared(records: Path) -> Generator[duckdb.DuckDBPyConnection]:
    """Open an engine with the records of a file in the tables that linkage reads.

    Raises:
        PipelineError: see `link`.
    """
    with (
        tempfile.TemporaryDirectory(prefix="papermart-") as folder,
        duckdb.connect(config=_ENGINE | {"temp_directory": folder}) as con,
    ):
        _load(con, records)
        yield con


# ---------------------------------------------------------------- running the models


def run_models(con: duckdb.DuckDBPyConnection, *targets: str) -> None:
    """Make the tables of some models in the engine.

    Those they read are made before, where they are not there, and dropped after their last use.
    """
    models = load_models()
    due, needed = list(targets), set()
    while due:
        name = due.pop()
        if name not in needed and not _exists(con, name):
            needed.add(name)
            due += models[name].reads
    order = [name for name in models if name in needed]
    last_use = {table: name for name in order for table in models[name].reads if table in needed}
    for name in order:
        _run(con, models[name])
        for table in models[name].reads - set(targets):
            if last_use.get(table) == name and "" in models[table].selects:
                con.execute(f"drop view {table}")
                _stage_file(con, table).unlink()


def _exists(con: duckdb.DuckDBPyConnection, full_name: str) -> bool:
    layer, _, table = full_name.partition(".")
    found = "select 1 from information_schema.tables where table_schema = ? and table_name = ?"
    return scalar(con, found, layer, table) is not None


def _run(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    con.execute(f"create schema if not exists {model.spec.layer}")
    if model.csv_file:
        _store(con, model.name, read_reference(model.csv_file, model.spec))
    elif model.python:
        _store(con, model.name, model.run_python(con))
    else:
        sql = _FINAL_ORDER.sub("", model.selects[""])
        file = quote(_stage_file(con, model.name))
        con.execute(f"copy ({sql}) to {file} ({_STAGE_FORMAT})")
        _show(con, model.name)


def _stage_file(con: duckdb.DuckDBPyConnection, name: str) -> Path:
    """Return where a table of the run lies: in the folder of the engine's temporary files."""
    return Path(scalar(con, "select current_setting('temp_directory')")) / f"{name}.parquet"


def _show(con: duckdb.DuckDBPyConnection, name: str) -> None:
    file = quote(_stage_file(con, name))
    con.execute(f"create view {name} as select * from read_parquet({file})")


def _store(con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    con.register("rows_to_store", rows)
    con.execute(f"create table {name} as select * from rows_to_store")
    con.unregister("rows_to_store")


# ---------------------------------------------------------------- reading records


def _load(con: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Fill the tables that the models read with the records of a file."""
    con.execute("create schema staging")
    _store_no_overrides(con)
    seen: set[str] = set()
    with ExitStack() as files:
        tables = [
            (spec, files.enter_context(_writer(con, spec))) for spec in (RECORDS, RECORD_AUTHORS)
        ]
        for batch in read_batches(file, _COLUMNS, _NEEDED, as_arrow=_AS_ARROW):
            read = _Reader(file, batch, seen).tables()
            for (spec, writer), columns in zip(tables, read, strict=True):
                writer.write_table(_table(spec, columns))
    if not seen:
        raise PipelineError(f"{file} holds no records")
    for spec, _ in tables:
        _show(con, spec.full_name)


def _writer(con: duckdb.DuckDBPyConnection, spec: TableSpec) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        _stage_file(con, spec.full_name),
        spec.arrow_schema(),
        compression="lz4",
        use_dictionary=["source", "venue"],
        write_statistics=False,
    )


def _store_no_overrides(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create schema linkage")
    con.execute(
        "create table linkage.overrides"
        " (record_id_l varchar, record_id_r varchar, decision varchar)"
    )


def _table(spec: TableSpec, columns: Mapping[str, Sequence[Any]]) -> pa.Table:
    n_rows = len(next(iter(columns.values())))
    arrays = [_array(columns.get(c.name), ARROW_TYPES[c.type], n_rows) for c in spec.columns]
    return pa.Table.from_arrays(arrays, schema=spec.arrow_schema())


def _array(values: "Sequence[Any] | pa.Array | None", type_: pa.DataType, n_rows: int) -> pa.Array:
    if values is None:
        return pa.nulls(n_rows, type_)
    return values.cast(type_) if isinstance(values, pa.Array) else pa.array(values, type_)


class _Reader:
    """Turns a batch of raw rows into the columns of the staging tables, or says what is wrong."""

    def __init__(self, file: Path, batch: Batch, seen: set[str]) -> None:
        """Point at a batch; `seen` holds the record ids of the batches before."""
        self.file = file
        self.batch = batch
        self.seen = seen

    def tables(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the columns of staging.records and of staging.record_authors."""
        ids = self._ids()
        titles = self._titles()
        listed = self._listed_names(len(ids))
        authors = _listed_authors(pl.Series(ids, dtype=pl.String), listed)
        counts = authors.group_by("row").len().select("row", n=pl.col("len"))
        n_listed = pl.DataFrame({"row": range(len(ids))}, schema={"row": pl.Int64})
        n_listed = n_listed.join(counts, on="row", how="left", maintain_order="left")
        complete = self._each("authors_complete", _boolean)
        records = {
            "record_id": ids,
            "source": self._each("source", _short),
            "title": titles,
            "title_key": title_keys(titles),
            "n_authors_listed": n_listed["n"].fill_null(0).to_arrow(),
            "n_authors_total": self._each("n_authors_total", _whole_number),
            "authors_complete": [
                False if is_cut else told
                for is_cut, told in zip(
                    self._cut_lists(listed), complete or [None] * len(ids), strict=True
                )
            ],
            "abstract": self._each("abstract", _text),
            "year": self._each("year", _whole_number),
            "venue": self._each("venue", _short),
            "arxiv_id": self._each("arxiv_id", _arxiv_id),
            "doi": self._each("doi", _doi),
        }
        return {name: values for name, values in records.items() if values is not None}, {
            name: authors[name].to_arrow() for name in authors.columns if name != "row"
        }

    def _titles(self) -> Sequence[str | None]:
        raw = self._each("title", _clean) or []
        if isinstance(raw, pa.Array):
            return _cleaned(pl.Series(pl.from_arrow(raw), dtype=pl.String), _clean)
        return raw

    def _listed_names(self, n_rows: int) -> pl.Series:
        """Return what each row shows as names, not cleaned yet."""
        raw = self._each("authors", _names)
        if isinstance(raw, pa.Array):
            return pl.Series(pl.from_arrow(raw), dtype=pl.List(pl.String))
        return pl.Series(raw or [None] * n_rows, dtype=pl.List(pl.String))

    def _cut_lists(self, listed: pl.Series) -> list[bool]:
        """Return whether each row's authors end, or as text stand, with "et al."."""
        raw = self.batch.columns.get("authors")
        if raw is None or isinstance(raw, pa.Array):
            last = listed.list.last().str.contains(f"(?i)^\\s*(?:{_ET_AL.pattern})\\s*$")
            return last.fill_null(value=False).to_list()
        return [_is_cut(each) for each in raw]

    def _ids(self) -> list[str]:
        raw = self.batch.columns["record_id"]
        ids = ["" if each is None else str(each).strip() for each in raw]
        fresh = set(ids)
        if "" in fresh or len(fresh) < len(ids) or not fresh.isdisjoint(self.seen):
            self._refuse(ids)
        self.seen |= fresh
        return ids

    def _refuse(self, ids: Sequence[str]) -> None:
        """Say which record id is the first that cannot be."""
        seen = set(self.seen)
        for record_id, place in zip(ids, self.batch.places, strict=True):
            if not record_id:
                raise self._fault(place, "record_id", "is empty")
            if record_id in seen:
                raise self._fault(place, "record_id", f"{record_id!r} stands twice")
            seen.add(record_id)

    def _each(self, column: str, read: Callable[[Any], Any]) -> Sequence[Any] | None:
        raw_values = self.batch.columns.get(column)
        if raw_values is None or isinstance(raw_values, pa.Array):
            return raw_values
        values = []
        for raw, place in zip(raw_values, self.batch.places, strict=True):
            try:
                values.append(None if raw is None else read(raw))
            except ValueError as error:
                raise self._fault(place, column, str(error)) from None
        return values

    def _fault(self, place: str, column: str, what: str) -> PipelineError:
        return PipelineError(f"{self.file}, {place}, column {column}: {what}")


def _clean(raw: object) -> str | None:
    if not isinstance(raw, str):
        raise ValueError(f"{raw!r} is not text")
    return fold_space(html.unescape(raw)) or None


@lru_cache(maxsize=2**12)
def _short(raw: object) -> str | None:
    """Clean a value that many records share."""
    return _clean(raw)


def _text(raw: object) -> str | None:
    """Return a long text as it stands: only its words are compared."""
    if not isinstance(raw, str):
        raise ValueError(f"{raw!r} is not text")
    return raw or None


def _listed_authors(ids: pl.Series, listed: pl.Series) -> pl.DataFrame:
    """Return a row for each name: columns of staging.record_authors, and `row`, the record's."""
    shown = (
        pl.DataFrame({"record_id": ids, "raw": listed})
        .with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
        .explode("raw")
        .drop_nulls("raw")
    )
    names = _cleaned(shown["raw"], _name, but_for=f"(?i){_ET_AL.pattern}")
    return (
        shown.with_columns(
            name=pl.Series(names, dtype=pl.String),
            name_key=pl.Series(name_keys(names), dtype=pl.String),
        )
        .filter(pl.col("name") != "")
        .select(
            "row",
            "record_id",
            "name",
            "name_key",
            author_order=pl.int_range(1, pl.len() + 1).over("row"),
        )
    )


def _cleaned(
    texts: pl.Series, clean: Callable[[str], str | None], but_for: str = "&"
) -> list[str | None]:
    """Clean each text; plain ones without what matches `but_for` are not looked at one by one."""
    cleaned = texts.to_list()
    is_plain = texts.str.contains(_PLAIN) & ~texts.str.contains(but_for)
    for n in (~is_plain.fill_null(value=True)).arg_true():
        cleaned[n] = clean(cleaned[n])
    return cleaned


def _names(raw: object) -> list[str]:
    """Return what stands for names in a cell, not cleaned yet."""
    if isinstance(raw, str):
        text = _ET_AL.sub("", html.unescape(raw))
        return text.split(";") if ";" in text else _AUTHOR_SEPARATORS.split(text)
    if not isinstance(raw, list):
        raise ValueError(f"{raw!r} is neither text nor a list of names")
    if not all(isinstance(name, str) for name in raw if name):
        raise ValueError(f"{raw!r} is not a list of names")
    return [name for name in raw if name]


def _name(raw: str) -> str:
    return "" if _ET_AL.fullmatch(raw.strip()) else fold_space(html.unescape(raw))


def _is_cut(raw: object) -> bool:
    if isinstance(raw, list):
        return bool(raw) and isinstance(raw[-1], str) and bool(_ET_AL.fullmatch(raw[-1].strip()))
    return isinstance(raw, str) and bool(_ET_AL.search(raw))


def _whole_number(raw: object) -> int | None:
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 2**31:
        return raw
    if isinstance(raw, str) and not raw.strip():
        return None
    try:
        number = float(raw) if isinstance(raw, str | float) else math.nan
    except ValueError:
        number = math.nan
    if not float(number).is_integer() or abs(number) >= 2**31:
        raise ValueError(f"{raw!r} is not a whole number")
    return int(number)


def _boolean(raw: object) -> bool | None:
    known = {"true": True, "false": False, "": None}
    text = str(raw).strip().lower()
    if text not in known:
        raise ValueError(f"{raw!r} is neither true nor false")
    return known[text]


def _arxiv_id(raw: object) -> str | None:
    text = _clean(raw)
    return re.sub(r"^.*(?:abs|pdf)/|^arxiv:\s*|v\d+$|\.pdf$", "", text.lower()) if text else None


def _doi(raw: object) -> str | None:
    text = _clean(raw)
    return re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", text.lower()) if text else None


# ---------------------------------------------------------------- writing


def _check_target(file: Path) -> None:
    if file.suffix.lower() not in _FORMATS:
        raise PipelineError(f"{file}: name a file that ends in {', '.join(_FORMATS)}")
    if not file.parent.is_dir():
        raise PipelineError(f"{file} cannot be written: the folder {file.parent} is not there")


def _write_all(con: duckdb.DuckDBPyConnection, outputs: Mapping[Path, str]) -> None:
    """Write each query to its file; all of them are whole before the first one is renamed."""
    temporary = {file: file.with_name(f".{file.name}.tmp") for file in outputs}
    try:
        for file, sql in outputs.items():
            form = _FORMATS[file.suffix.lower()]
            con.execute(f"copy ({sql}) to {quote(temporary[file])} ({form})")
            sync(temporary[file])
        for file in outputs:
            temporary[file].replace(file)
    except (OSError, duckdb.IOException) as error:
        cause = " ".join(str(error).split())
        raise PipelineError(f"{', '.join(map(str, outputs))} cannot be written: {cause}") from None
    finally:
        for file in temporary.values():
            file.unlink(missing_ok=True)
