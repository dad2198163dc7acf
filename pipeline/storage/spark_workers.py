"""Work that a Spark Connect server has its workers do: in Python, on Arrow rows.

What belongs here: what runs there, and how rows get there and back. What does not: what the work is
(`models.functions`), a session of the server (`spark_engine`).

What is sent is pickled, and refers to this package by name: the same papermart is installed where
the workers are.
"""

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.contract.specs import TableSpec
from pipeline.storage.engine import Done, Item, Together, Work
from pipeline.storage.handover import read_handed
from pipeline.storage.spark_components import LABELS, label_components
from pipeline.storage.spark_sql import to_spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.connect.session import SparkSession

    from pipeline.storage.spark_engine import Spark

BUCKET, KEY = "papermart_bucket", "papermart_key"
_ARGUMENT, _ROWS = "papermart_argument", "papermart_rows"
# Of so many rows a worker makes others at a time; so many times there is something to do at least.
_ROWS_AT_ONCE, _LEAST_BUCKETS = 20_000, 8
_SPARK_TYPES = {
    "VARCHAR": "string",
    "INTEGER": "int",
    "BIGINT": "bigint",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp_ntz",
}


def schema_text(spec: TableSpec) -> str:
    """Return the columns of a table as Spark describes them."""
    return ", ".join(f"`{column.name}` {_spark_type(column.type)}" for column in spec.columns)


def _spark_type(type_: str) -> str:
    inner = type_.removesuffix("[]")
    return f"array<{_spark_type(inner)}>" if inner != type_ else _SPARK_TYPES[type_]


class SparkWorkers:
    """The workers of a server, as the protocol `Workers` has them.

    Args:
        engine: the session of the server.
    """

    def __init__(self, engine: "Spark") -> None:
        """Work for an engine."""
        self._engine = engine

    def each(self, do: Callable[[Item], Done], items: Sequence[Item]) -> Iterator[Done]:
        """Have something done with each item; yield what comes of it, in order."""
        if not items:  # of no rows a client cannot tell the columns
            return
        with self._engine.naming():
            rows = each(self._engine.session, do, items).toArrow().sort_by("number")
        yield from map(pickle.loads, rows["done"].to_pylist())

    def write_together(self, together: Together, file: Path, spec: TableSpec) -> None:
        """Write what work makes of rows to one Parquet file, in the order of the key."""
        engine = self._engine
        shared = engine.handover.folder / f"{token_hex(8)}.parquet"
        shared.parent.mkdir(parents=True, exist_ok=True)
        keyed = self._keyed(together)
        none = {name: f"{_rows(sql)} limit 0" for name, sql in together.selects.items()}
        try:
            selects = {**together.shared, **none}
            write_shared({name: engine.arrow(sql) for name, sql in selects.items()}, shared)
            seen = engine.handover.seen(shared)
            with engine.naming():
                found = together_frame(engine.session, together, keyed, seen, spec)
                ordered = found.orderBy(*spec.key)
            engine.write_frame(ordered, file, spec)
        finally:
            shared.unlink(missing_ok=True)

    def _keyed(self, together: Together) -> dict[str, str]:
        """Return SELECTs of the rows with their keys; of what hangs together, with one for all."""
        selects = {name: _rows(sql) for name, sql in together.selects.items()}
        if not together.edges:
            return {
                name: f"select *, {column} as {KEY} from (\n{selects[name]}\n) as keyed"
                for name, column in together.columns.items()
            }
        label_components(self._engine, together.edges)
        return {
            name: (
                f"select keyed.*, coalesce({LABELS}.label, keyed.{column}) as {KEY}"
                f" from (\n{selects[name]}\n) as keyed"
                f" left join {LABELS} on keyed.{column} = {LABELS}.member"
            )
            for name, column in together.columns.items()
        }


def _rows(sql: str) -> str:
    return f"select * from (\n{sql.strip().rstrip(';')}\n) as rows_of"


# ---------------------------------------------------------------- one after the other


def each(session: "SparkSession", do: Callable[[Item], Done], items: Sequence[Item]) -> "DataFrame":
    """Return a frame that does something with each item when it is asked for, anywhere.

    Args:
        session: of the server.
        do: what; both it and what it returns can be pickled.
        items: can be pickled.

    Returns:
        Columns `number` (the place among the items) and `done`, pickled.
    """
    rows = pa.table({"number": range(len(items)), "item": [pickle.dumps(item) for item in items]})
    spread = session.createDataFrame(rows).repartition(len(items))
    return spread.mapInArrow(_each(do), "number bigint, done binary")


def _each(do: Callable[[Any], Any]) -> Callable[[Iterable[pa.RecordBatch]], Any]:
    # A function of its own: the client counts what a callable takes, and an object's `self` too.
    def done(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number, item in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                found = pickle.dumps(do(pickle.loads(item)))
                yield pa.RecordBatch.from_pydict({"number": [number], "done": [found]})

    return done


# ---------------------------------------------------------------- by keys


def together_frame(
    session: "SparkSession",
    together: Together,
    keyed: Mapping[str, str],
    shared: str,
    spec: TableSpec,
) -> "DataFrame":
    """Return the frame of what work makes of rows that hang together.

    Args:
        session: of the server.
        together: what is to be done.
        keyed: of each of its SELECTs one that has the key as well, as `papermart_key`.
        shared: the address under which workers see a file of `write_shared`.
        spec: the table that is made.
    """
    first = next(iter(keyed.values()))
    counted = session.sql(to_spark(f"select count(*) as n from ({first}\n) as keyed")).toArrow()
    n_buckets = max(_LEAST_BUCKETS, counted["n"][0].as_py() // _ROWS_AT_ONCE)
    packed = None
    for argument, sql in keyed.items():
        # Which bucket is chance; that it is the same everywhere is not.
        rows = session.sql(
            f"select *, pmod(crc32(cast(cast({KEY} as string) as binary)), {n_buckets}) as {BUCKET}"
            f" from (\n{to_spark(sql)}\n) as keyed where {KEY} is not null"
        )
        spread = rows.repartition(n_buckets, BUCKET).sortWithinPartitions(BUCKET)
        some = spread.mapInArrow(
            _pack(argument), f"{BUCKET} bigint, {_ARGUMENT} string, {_ROWS} binary"
        )
        packed = packed.unionAll(some) if packed is not None else some
    if packed is None:
        raise ValueError("nothing has a key")
    work = _bucket(together.work, set(keyed), shared)
    return packed.groupBy(BUCKET).applyInArrow(work, schema_text(spec))


def _pack(argument: str) -> Callable[[Iterable[pa.RecordBatch]], Any]:
    """Return what packs the rows of a SELECT by bucket: those of several then travel together."""

    def packed(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            table = pa.Table.from_batches([batch]).sort_by(BUCKET)
            numbers = table[BUCKET].to_pylist()
            rows = table.drop_columns([BUCKET, KEY])
            begins = [n for n, b in enumerate(numbers) if n == 0 or b != numbers[n - 1]]
            for begin, end in zip(begins, [*begins[1:], len(numbers)], strict=True):
                some = {
                    BUCKET: [numbers[begin]],
                    _ARGUMENT: [argument],
                    _ROWS: [_packed(rows.slice(begin, end - begin))],
                }
                yield pa.RecordBatch.from_pydict(some)

    return packed


def _bucket(work: Work, keyed: set[str], shared: str) -> Callable[[pa.Table], pa.Table]:
    """Return what does the work of a bucket."""

    def made(packed: pa.Table) -> pa.Table:
        rows = dict(_read_shared(shared))
        found: dict[str, list[pa.Table]] = {}
        for argument, some in zip(
            packed[_ARGUMENT].to_pylist(), packed[_ROWS].to_pylist(), strict=True
        ):
            found.setdefault(argument, []).append(_unpacked(some))
        rows |= {argument: pa.concat_tables(parts) for argument, parts in found.items()}
        return work(rows, keyed)

    return made


def _packed(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()


def _unpacked(packed: bytes) -> pa.Table:
    with pa.ipc.open_stream(packed) as reader:
        return reader.read_all()


def write_shared(tables: Mapping[str, pa.Table], file: Path) -> None:
    """Write tables that all workers need to one file.

    Args:
        tables: by argument; of those whose rows are keyed, without rows.
        file: where.
    """
    packed = [_packed(table) for table in tables.values()]
    pq.write_table(pa.table({_ARGUMENT: list(tables), _ROWS: packed}), file)


@lru_cache(maxsize=2)
def _read_shared(address: str) -> dict[str, pa.Table]:
    found = pq.read_table(pa.BufferReader(read_handed(address))).to_pydict()
    return {
        argument: _unpacked(rows)
        for argument, rows in zip(found[_ARGUMENT], found[_ROWS], strict=True)
    }
