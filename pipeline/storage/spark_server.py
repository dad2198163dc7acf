"""Opening a session of a server that speaks Spark Connect.

What belongs here: finding the server, and what its session is told. What does not: asking it
(`spark_engine`), its workers (`spark_workers`).
"""

import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from secrets import token_hex
from socket import create_connection
from urllib.parse import urlsplit
from warnings import filterwarnings

from pipeline.contract.errors import EngineGoneError
from pipeline.storage.engine import EngineError, EngineWriteError
from pipeline.storage.handover import Handover
from pipeline.storage.parquet import write_arrow
from pipeline.storage.spark_engine import KNOWN_BY, Spark
from pipeline.storage.spark_faults import cause_told, gone, lose_patience
from pipeline.storage.spark_workers import SparkWorkers
from pipeline.text.shown import printable_path, shown_server

# What makes a path a pattern for a server: it reads all that fits, and writes nowhere.
_PATTERN_SIGNS = "*?[]{}\\"
# Half a minute between the first try and the last: a server may be busy, and so may its machine.
# Left to itself a client goes on for ten minutes without a word.
_MOST_RETRIES = 6
_MOST_MILLISECONDS = 10_000
# A server that hangs is still connected. So it is asked whether it is there, but no oftener than
# every five minutes, which Spark's takes for an attack, and however long it has nothing to say.
_CHANNEL = {
    "grpc.keepalive_time_ms": 301_000,
    "grpc.keepalive_timeout_ms": 30_000,
    "grpc.http2.max_pings_without_data": 0,
}
# How long to wait for somebody who listens, and where, if an address does not say.
_MOST_SECONDS = 10
_PORT = 15_002
_INSTALL = "papermart[cluster]"
_LETS_IN = (
    "it asks the store itself: start it with what lets it in, for Sail AWS_ACCESS_KEY_ID and the "
    "others in its environment, for Spark spark.hadoop.fs.s3a.access.key and the others "
    "(docs/sharing.md)"
)
# In how many parts rows are written to see whether workers write where they should.
_PARTS_TRIED = 32
# What a server is told, so that it reads and reckons as DuckDB does.
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    KNOWN_BY: "open",
}


def open_spark(remote: str, handover: Handover) -> Spark:
    """Open a session of a server.

    Args:
        remote: where it is: `sc://host:port`.
        handover: see `Spark`.

    Raises:
        EngineGoneError: no server can be worked with: nobody answers there, or who does sees
            another folder, or would not find this one; the address is none, or the client is not
            installed.
    """
    place = _place(remote)
    if found := [sign for sign in _PATTERN_SIGNS if sign in handover.shown]:
        signs = " and ".join(found)
        raise EngineGoneError(
            f"{printable_path(handover.shown)}: a Spark server takes {signs} in a path for a "
            "pattern; give the folder another name (of link and identify: set TMPDIR to another)"
        )
    try:
        with _with_main_file():
            from pyspark.sql.connect.session import SparkSession
        from grpc import RpcError
        from pyspark.errors import PySparkException, PySparkValueError
        from pyspark.logger import PySparkLogger
        from pyspark.sql.connect.client import DefaultChannelBuilder
        from pyspark.sql.connect.client.retries import DefaultPolicy
    except ImportError as error:
        raise EngineGoneError(
            f"working on a server takes more packages ({error.name} is missing): "
            f"pip install '{_INSTALL}'"
        ) from None
    # What a client gives up, or a server does not run, is said by an error as well.
    filterwarnings("ignore", message=r"\[RETRIES_EXCEEDED\]")
    PySparkLogger.getLogger("SQLQueryContextLogger").disabled = True
    try:
        channel = DefaultChannelBuilder(remote, list(_CHANNEL.items()))
    except PySparkValueError:  # its words name what is behind the port: a token may be among it
        raise EngineGoneError(
            f"spark_remote: what stands behind {shown_server(remote)} cannot be read; write "
            "sc://host:port/;name=value;name=value, and %3D for a = within a value"
        ) from None
    session = None
    try:
        create_connection(place, _MOST_SECONDS).close()
        session = SparkSession.builder.channelBuilder(channel).create()
        policy = DefaultPolicy(max_retries=_MOST_RETRIES, max_backoff=_MOST_MILLISECONDS)
        session.client.set_retry_policies([policy])
        for name, value in _SETTINGS.items():
            session.conf.set(name, value)
    except OSError as error:
        shown = shown_server(remote)
        tried = shown if urlsplit(remote).port else f"{shown}, port {_PORT}"
        raise EngineGoneError(gone(tried, error.strerror or str(error))) from None
    except (RpcError, PySparkException) as error:
        if session:  # at the end of the process it would ask on, for minutes
            lose_patience(session)
        raise EngineGoneError(gone(remote, cause_told(error))) from None
    engine = Spark(session, remote, handover)
    engine.workers = SparkWorkers(engine)
    try:
        _need_shared(engine, remote)
    except EngineGoneError:
        engine.close()
        raise
    return engine


def _need_shared(engine: Spark, remote: str) -> None:
    """See that a server reads what is written here, and that what it writes is there.

    Sail takes a folder that is not there for one without files. And a warehouse of the same path on
    the server's own disk would give other rows, and take those that are made.

    Raises:
        EngineGoneError: it does not.
    """
    if not (_is_read(engine) and _is_written(engine)):
        shown = engine.handover.shown
        is_asked = "://" in shown and not shown.startswith("file:")
        what = _LETS_IN if is_asked else "it must lie where all see it under one name"
        raise EngineGoneError(
            f"the Spark Connect server at {shown_server(remote)}, or a worker of its, does not see "
            f"{printable_path(shown)}; {what}"
        )


def _is_read(engine: Spark) -> bool:
    """Tell whether a server reads what is written here."""
    import pyarrow as pa

    file = engine.handover.folder / f"{token_hex(8)}.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_arrow(pa.table({"seen": [True]}), file)
    n_seen = 0
    with suppress(EngineError), engine.naming():
        n_seen = engine.session.read.parquet(engine.handover.seen(file)).count()
    file.unlink(missing_ok=True)
    return n_seen == 1


def _is_written(engine: Spark) -> bool:
    """Tell whether what workers write is seen here: each writes parts, to its own disk as well."""
    import pyarrow.parquet as pq

    n_rows = 0
    with suppress(EngineError, EngineWriteError):
        many = engine.session.range(0, _PARTS_TRIED, 1, _PARTS_TRIED)
        with engine.parts(many) as parts:
            n_rows = sum(pq.read_metadata(part).num_rows for part in parts)
    return n_rows == _PARTS_TRIED


def _place(remote: str) -> tuple[str, int]:
    """Return host and port of an address.

    Raises:
        EngineGoneError: it is none.
    """
    try:
        address = urlsplit(remote)
        host, port = address.hostname or "", address.port or _PORT
        is_one = address.scheme == "sc" and bool(host.encode("idna"))
    except ValueError:  # a port that is no number, half a bracket, a host with two points
        is_one = False
    if not is_one:
        raise EngineGoneError(
            f"spark_remote: {shown_server(remote)!r} is no address; write sc://host:port"
        )
    return host, port


@contextmanager
def _with_main_file() -> Generator[None]:
    """Say that a program is at work.

    Of a process without a file the client believes that its own doctests run, and ends it where
    they cannot.
    """
    main = sys.modules["__main__"]
    if hasattr(main, "__file__"):
        yield
        return
    main.__file__ = __file__
    try:
        yield
    finally:
        del main.__file__
