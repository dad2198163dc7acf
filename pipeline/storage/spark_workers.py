"""Work that a Spark Connect server has its workers do: in Python, on Arrow rows.

What belongs here: what runs there, and how rows get there and back. What does not: what the work is
(`models.functions`), a session of the server (`spark_engine`).

What is sent is pickled, and refers to this package by name: the same papermart is installed where
the workers are.
"""

import pickle
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from tempfile import SpooledTemporaryFile
from threading import BoundedSemaphore
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa

from pipeline.contract.specs import TableSpec
from pipeline.storage.engine import Beside, Done, Item, Together, Work
from pipeline.storage.handover import read_handed
from pipeline.storage.processes import n_processors
from pipeline.storage.spark_components import LABELS, label_components
from pipeline.storage.spark_sql import to_spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.connect.session import SparkSession

    from pipeline.storage.spark_engine import Spark

BUCKET, KEY = "papermart_bucket", "papermart_key"
_LED = "papermart_led"
_ARGUMENT, _ROWS = "papermart_argument", "papermart_rows"
# Of so many rows a worker makes others at a time; so many times there is something to do at least.
_ROWS_AT_ONCE, _LEAST_BUCKETS = 20_000, 8
# Where memory is short, so much fewer.
_SPARING = 10
# Over so many parts rows are spread at most: a server begins a thread or a task for each, and hands
# rows from each to each.
_MOST_PARTS = 200
# What a part holds of packed rows before they go to its disk.
_MOST_HELD_BYTES = 1024 * 1024
# Sail runs all parts of a table at once, in threads of one process. So many are at work at a time:
# each holds rows, or pages, of its own. A worker of Spark's has a process for each part.
_AT_WORK = BoundedSemaphore(n_processors())
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

    def each(self, do: Callable[[Item], Done], items: Sequence[Item]) -> Iterator[tuple[int, Done]]:
        """Have something done with each item; yield its place and what came of it, as it comes."""
        if not items:  # of no rows a client cannot tell the columns
            return
        with self._engine.naming():
            for row in each(self._engine.session, do, items).toLocalIterator():
                yield row["number"], pickle.loads(row["done"])

    def each_piece(
        self, do: Callable[[Mapping[str, pa.Table]], Done], selects: Mapping[str, str], key: str
    ) -> Iterator[Done]:
        """Have something done with the rows of some keys at a time; yield what comes of it."""
        keyed = _with_key(selects, dict.fromkeys(selects, key))
        handed = {"do": do, "none": self._without_rows(selects)}
        with self._handed(handed) as seen, self._in_tables(keyed) as keyed, self._engine.naming():
            packed = packed_by_bucket(self._engine.session, keyed, n_rows=self._n_rows)
            rows = packed.mapInArrow(_each_bucket(_done_with(seen)), "done binary").toArrow()
        yield from map(pickle.loads, rows["done"].to_pylist())

    def write_together(self, together: Together, file: Path, spec: TableSpec) -> None:
        """Write what work makes of rows to one Parquet file, in the order of the key."""
        engine = self._engine
        keyed = self._keyed(together)
        selects = keyed | {name: together.selects[name] for name in together.beside}
        shared = {name: engine.arrow(sql) for name, sql in together.shared.items()}
        shared |= self._without_rows(together.selects)
        with self._handed({"rows": shared}) as seen, self._in_tables(selects) as selects:
            keyed = {name: selects[name] for name in keyed}
            besides = {name: (selects[name], ways) for name, ways in together.beside.items()}
            with engine.naming():
                packed = packed_by_bucket(engine.session, keyed, besides, self._n_rows)
                made = _each_bucket(_made_with(seen, together.work, set(together.selects)))
                ordered = packed.mapInArrow(made, schema_text(spec)).orderBy(*spec.key)
            engine.write_frame(ordered, file, spec)

    @property
    def _n_rows(self) -> int:
        """Return of how many rows a worker makes others at a time."""
        return _ROWS_AT_ONCE // (_SPARING if self._engine.is_sparing else 1)

    @contextmanager
    def _in_tables(self, selects: Mapping[str, str]) -> Generator[dict[str, str]]:
        """Give SELECTs of the same rows: where memory is short, of what was worked out before.

        They are read more than once: where the rows of one stand beside those of another.
        """
        engine, tables = self._engine, {}
        try:
            for argument, sql in selects.items() if engine.is_sparing else ():
                tables[argument] = f"papermart_keyed_{token_hex(4)}"
                with engine.worked_out(sql) as frame, engine.naming():
                    engine.keep_frame(tables[argument], frame)
            yield dict(selects) | {
                argument: f"select * from {table}" for argument, table in tables.items()
            }
        finally:
            for table in tables.values():
                engine.hide(table)

    def _without_rows(self, selects: Mapping[str, str]) -> dict[str, pa.Table]:
        """Return the columns of SELECTs: a bucket may have no rows of one."""
        with self._engine.naming():  # not worked out: of no rows no step is wanted
            return {
                name: self._engine.frame(f"{_rows(sql)} limit 0").toArrow()
                for name, sql in selects.items()
            }

    @contextmanager
    def _handed(self, what: Mapping[str, Any]) -> Generator[str]:
        """Hand objects over to all workers; give the address (see `_read_handed`)."""
        handover = self._engine.handover
        file = handover.folder / f"{token_hex(8)}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pickle.dumps(what))
        try:
            yield handover.seen(file)
        finally:
            file.unlink(missing_ok=True)

    def _keyed(self, together: Together) -> dict[str, str]:
        """Return SELECTs of the rows with their keys; of what hangs together, with one for all."""
        if not together.edges:
            return _with_key(together.selects, together.columns)
        selects = {name: _rows(together.selects[name]) for name in together.columns}
        label_components(self._engine, together.edges)
        return {
            name: (
                f"select keyed.*, coalesce({LABELS}.label, keyed.{column}) as {KEY}"
                f" from (\n{selects[name]}\n) as keyed"
                f" left join {LABELS} on keyed.{column} = {LABELS}.member"
            )
            for name, column in together.columns.items()
        }


def _with_key(selects: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, str]:
    return {
        name: f"select *, {column} as {KEY} from (\n{_rows(selects[name])}\n) as keyed"
        for name, column in columns.items()
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
                found = _in_turn(lambda item: pickle.dumps(do(pickle.loads(item))), item)
                yield pa.RecordBatch.from_pydict({"number": [number], "done": [found]})

    return done


def _in_turn(do: Callable[[Item], Done], item: Item) -> Done:
    """Do something when its turn has come; what is sent refers to this by name, to its lock so."""
    with _AT_WORK:
        return do(item)


# ---------------------------------------------------------------- by keys


def packed_by_bucket(
    session: "SparkSession",
    keyed: Mapping[str, str],
    besides: Mapping[str, tuple[str, Sequence[Beside]]] | None = None,
    n_rows: int = _ROWS_AT_ONCE,
) -> "DataFrame":
    """Return rows packed by bucket: those of one key are in one, those of a bucket in one part.

    Args:
        session: of the server.
        keyed: SELECTs by argument that have the key as `papermart_key`; rows without it are left
            out.
        besides: SELECTs of rows without a key, by argument, and how they are found beside those
            that have one.
        n_rows: how many rows with a key a bucket has about.

    Returns:
        Columns `papermart_bucket`, `papermart_argument`, and `papermart_rows` (some of the rows, in
        Arrow's format).
    """
    first = next(iter(keyed.values()))
    counted = session.sql(to_spark(f"select count(*) as n from ({first}\n) as keyed")).toArrow()
    n_buckets = max(_LEAST_BUCKETS, counted["n"][0].as_py() // n_rows)
    n_parts = min(n_buckets, _MOST_PARTS)
    packed = None
    for argument, sql in _in_buckets(keyed, besides or {}, n_buckets).items():
        spread = session.sql(sql).repartition(n_parts, BUCKET)
        some = spread.mapInArrow(
            _pack(argument), f"{BUCKET} bigint, {_ARGUMENT} string, {_ROWS} binary"
        )
        packed = packed.unionAll(some) if packed is not None else some
    if packed is None:
        raise ValueError("nothing has a key")
    # Not `groupBy` and `applyInArrow`: Sail holds all rows at once then.
    return packed.repartition(n_parts, BUCKET)


def _in_buckets(
    keyed: Mapping[str, str],
    besides: Mapping[str, tuple[str, Sequence[Beside]]],
    n_buckets: int,
) -> dict[str, str]:
    """Return SELECTs, as Spark reads them, of all rows that hang together, with their bucket."""
    # Which bucket is chance; that it is the same everywhere is not.
    bucket = f"pmod(crc32(cast(cast({KEY} as string) as binary)), {n_buckets})"
    found = {
        argument: f"select *, {bucket} as {BUCKET} from (\n{to_spark(sql)}\n) as keyed"
        f" where {KEY} is not null"
        for argument, sql in keyed.items()
    }
    for argument, (select, ways) in besides.items():
        rows = to_spark(_rows(select))
        leading: dict[str, list[str]] = {}
        for way in ways:
            leading.setdefault(way.column, []).append(
                f"select {way.leading} as {_LED}, {BUCKET} from ({found[way.argument]}) as known"
            )
        found[argument] = "\nunion all\n".join(
            f"select beside.*, cast(null as string) as {KEY}, led.{BUCKET}"
            f" from (\n{rows}\n) as beside"
            f" inner join (\n{' union '.join(led)}\n) as led on beside.{column} = led.{_LED}"
            for column, led in leading.items()
        )
    return found


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


# What becomes of the rows of a bucket, by argument.
_OfBucket = Callable[[dict[str, pa.Table]], pa.Table]


def _each_bucket(do: _OfBucket) -> Callable[[Iterable[pa.RecordBatch]], Any]:
    """Return what does something with the rows of each bucket, one bucket at a time."""

    def done(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        # A part holds some buckets, all of each; Sail keeps no order, so they lie mixed. And it has
        # all parts wait at once: what waits for its turn lies on the disk.
        with SpooledTemporaryFile(_MOST_HELD_BYTES) as waiting:
            places: dict[int, list[tuple[str, int, int]]] = {}
            for batch in batches:
                for bucket, argument, rows in zip(*batch.to_pydict().values(), strict=True):
                    place = argument, waiting.tell(), len(rows)
                    places.setdefault(bucket, []).append(place)
                    waiting.write(rows)
            for some in places.values():
                made = _in_turn(lambda some: do(_rows_of(_read(waiting, some))), some)
                yield from made.to_batches()

    return done


def _read(file: IO[bytes], places: Iterable[tuple[str, int, int]]) -> Iterator[tuple[str, bytes]]:
    """Yield what lies in places of a file: of which argument it is, and the packed rows."""
    for argument, begin, n_bytes in places:
        file.seek(begin)
        yield argument, file.read(n_bytes)


def _made_with(seen: str, work: Work, keyed: set[str]) -> _OfBucket:
    """Return what makes the rows of a table."""
    return lambda rows: work(_read_handed(seen)["rows"] | rows, keyed)


def _done_with(seen: str) -> _OfBucket:
    """Return what does what was handed over."""

    def done(rows: dict[str, pa.Table]) -> pa.Table:
        handed = _read_handed(seen)
        return pa.table({"done": [pickle.dumps(handed["do"](handed["none"] | rows))]})

    return done


def _rows_of(packed: Iterable[tuple[str, bytes]]) -> dict[str, pa.Table]:
    """Return packed rows by argument."""
    found: dict[str, list[pa.Table]] = {}
    for argument, rows in packed:
        found.setdefault(argument, []).append(_unpacked(rows))
    return {argument: pa.concat_tables(parts) for argument, parts in found.items()}


def _packed(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()


def _unpacked(packed: bytes) -> pa.Table:
    with pa.ipc.open_stream(packed) as reader:
        return reader.read_all()


@lru_cache(maxsize=2)
def _read_handed(address: str) -> dict[str, Any]:
    return pickle.loads(read_handed(address))
