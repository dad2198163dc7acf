"""Opening a session of a server that speaks Spark Connect.

What belongs here: finding the server, and what its session is told. What does not: asking it
(`spark_engine`), its workers (`spark_workers`).
"""

import warnings
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.contract.errors import PipelineError
from pipeline.storage.spark_engine import Spark, ask_again, gone, told
from pipeline.storage.spark_workers import SparkWorkers
from pipeline.text.shown import printable_path

# What makes a path a pattern for a server: it reads all that fits, and writes nowhere.
_PATTERN_SIGNS = "*?[]{}\\"
# How often a client asks a server again that does not answer, in some five seconds. Left to itself
# it does so for ten minutes without a word.
_PATIENCE = 5
_INSTALL = "papermart[cluster]"
# What a server is told, so that it reads and reckons as DuckDB does.
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
}


def open_spark(remote: str, folder: Path) -> Spark:
    """Open a session of a server.

    Args:
        remote: where it is: `sc://host:port`.
        folder: see `Spark`.

    Raises:
        PipelineError: the client is not installed, the address is none, nobody answers there, or
            the server cannot write into the folder.
    """
    address = urlsplit(remote)
    if address.scheme != "sc" or not address.hostname:
        raise PipelineError(f"spark_remote: {remote!r} is no address; write sc://host:port")
    if found := [sign for sign in _PATTERN_SIGNS if sign in str(folder.resolve())]:
        raise PipelineError(
            f"{printable_path(folder)}: a Spark server takes {' and '.join(found)} in a path for a "
            "pattern; move the warehouse to a folder of another name"
        )
    try:
        from grpc import RpcError
        from pyspark.errors import PySparkException
        from pyspark.sql.connect.session import SparkSession
    except ImportError as error:
        raise PipelineError(
            f"building on a server takes more packages ({error.name} is missing): "
            f"pip install '{_INSTALL}'"
        ) from None
    # Its own words of how often it asked come beside ours.
    warnings.filterwarnings("ignore", message=r"\[RETRIES_EXCEEDED\]")
    try:
        session = SparkSession.builder.remote(remote).create()
        ask_again(session, _PATIENCE)
        for name, value in _SETTINGS.items():
            session.conf.set(name, value)
    except (RpcError, PySparkException) as error:
        raise PipelineError(gone(remote, told(error))) from None
    engine = Spark(session, remote, folder)
    engine.workers = SparkWorkers(engine)
    return engine
