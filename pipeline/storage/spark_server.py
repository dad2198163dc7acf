"""Opening a session of a server that speaks Spark Connect.

What belongs here: finding the server, and what its session is told. What does not: asking it
(`spark_engine`), its workers (`spark_workers`).
"""

from pathlib import Path
from urllib.parse import urlsplit

from pipeline.contract.errors import PipelineError
from pipeline.storage.spark_engine import Spark, gone
from pipeline.storage.spark_workers import SparkWorkers

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
        PipelineError: the client is not installed, the address is none, or nobody answers there.
    """
    address = urlsplit(remote)
    if address.scheme != "sc" or not address.hostname:
        raise PipelineError(f"spark_remote: {remote!r} is no address; write sc://host:port")
    try:
        from grpc import RpcError
        from pyspark.errors import PySparkException
        from pyspark.sql.connect.session import SparkSession
    except ImportError as error:
        raise PipelineError(
            f"building on a server takes more packages ({error.name} is missing): "
            f"pip install '{_INSTALL}'"
        ) from None
    try:
        session = SparkSession.builder.remote(remote).create()
        for name, value in _SETTINGS.items():
            session.conf.set(name, value)
    except (RpcError, PySparkException) as error:
        raise PipelineError(gone(remote, str(error))) from None
    engine = Spark(session, remote, folder)
    engine.workers = SparkWorkers(engine)
    return engine
