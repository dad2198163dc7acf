"""Apache Spark makes the tables that DuckDB makes, in a cluster of two workers started here.

Where a Spark lies is told by SPARK_HOME; else it is the one that `make spark` installs.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from helpers import MORNING, SAMPLE, make_only, needs_sample, sample_warehouse, small_raw
from same_tables import differences

from pipeline.builds.run import build
from pipeline.contract.errors import EngineGoneError
from pipeline.storage import spark_engine, spark_server
from pipeline.storage.duckdb_engine import open_engine
from pipeline.storage.handover import SharedFolder
from pipeline.storage.spark_server import open_spark
from pipeline.storage.warehouse import Warehouse

_MOST_SECONDS = 120
_SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"
_EXECUTOR = b"CoarseGrainedExecutorBackend"
_CLUSTER = "local-cluster[2,1,1024]"
_SETTINGS = {
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
    "spark.ui.enabled": "false",
}
# Signs of which engines think otherwise: ends of lines, spaces, letters that become several.
_ODD = [
    *(
        "",
        " ",
        "a",
        "a b\n",
        "x\r",
        "x: y\u2028",
        "x\u0085 (z)",
        "\xa0a\xa0",
        "\ta",
        r"a\b",
        "100%",
    ),
    *(
        "İZMİR",
        "ΟΔΥΣΣΕΥΣ",
        "STRAßE",
        "ẞ",
        "ﬁne",
        "ŉ",
        "ǰ",
        "ᾳ",
        "日本",
        "e\u0301",
        "𝒜",
        "José Peña",
        "हिन्दी",
        "عَرَبِيّ",
        "Ⅷ²½",
    ),
]
_ASKED = [
    *("lower(s)", "upper(s)", "trim(s)", "length(s)", "regexp_extract(s, '[^ ]+$', 0)"),
    *("regexp_matches(s, '^.$')", "regexp_replace(s, '[:(].*$', '', 'g')", "s like ('%' || s)"),
    *("round(cast(i * 1005 as double) / 1000000, 5)", "cast(i / 2 as integer)", "i // 2"),
    *("substr(s, length(s) - 1, 2)", "split_part(s, ' ', 2)", "string_split_regex(s, ' ')"),
    r"regexp_replace(lower(s), '[^\p{L}\p{N}]', '', 'g')",
]


def spark_home() -> Path | None:
    """Return the folder of a Spark that can be started, if there is one and Java."""
    found = importlib.util.find_spec("pyspark")
    places = [
        os.environ.get("SPARK_HOME"),
        *Path(sys.prefix).glob("spark/lib/python*/site-packages/pyspark"),  # `make spark`
        Path(found.origin).parent if found and found.origin else None,
    ]
    homes = [Path(place) for place in places if place]
    whole = [home for home in homes if any(home.glob("jars/spark-connect_*.jar"))]
    return whole[0] if whole and shutil.which("java") else None


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        spark_home() is None,
        reason="no Spark to start: SPARK_HOME and `make spark` lead to none, or there is no Java",
    ),
]


@dataclass(frozen=True)
class Server:
    """A cluster that was started: where it listens, and the process that leads its group."""

    remote: str
    process: "subprocess.Popen[bytes]"

    def executors(self) -> list[int]:
        """Return the processes that do the work."""
        return [pid for pid in _group(self.process.pid) if _EXECUTOR in _command(pid)]


def _group(leader: int) -> Iterator[int]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(ProcessLookupError):
            if os.getpgid(int(folder.name)) == leader:
                yield int(folder.name)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _own_home(home: Path, place: Path) -> Path:
    """Return a home in which a cluster may write what its workers say."""
    place.mkdir()
    for part in ("bin", "jars"):
        (place / part).symlink_to(home / part)
    return place


def _wait(process: "subprocess.Popen[bytes]", port: int, said: Path) -> None:
    end = time.monotonic() + _MOST_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.5)
    pytest.fail(f"Spark does not start: {said.read_text('utf-8', 'replace')[-2000:]}")


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Generator[Server]:
    home, place, port = spark_home(), tmp_path_factory.mktemp("spark"), _free_port()
    assert home
    own = _own_home(home, place / "home")
    settings = _SETTINGS | {
        "spark.connect.grpc.binding.port": str(port),
        "spark.local.dir": str(place / "local"),
        "spark.sql.warehouse.dir": str(place / "warehouse"),
    }
    said = place / "said.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            [
                *(str(own / "bin" / "spark-submit"), "--master", _CLUSTER, "--class", _SERVER),
                *("--driver-memory", "1g", "--executor-memory", "1g"),
                *(part for pair in settings.items() for part in ("--conf", "=".join(pair))),
                "spark-internal",
            ],
            cwd=place,
            # Its workers run what functions make of rows: with this Python, which has papermart.
            env=os.environ
            | {"SPARK_HOME": str(own), "SPARK_LOCAL_IP": "127.0.0.1"}
            | {"PYSPARK_PYTHON": sys.executable},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait(process, port, said)
        yield Server(f"sc://127.0.0.1:{port}", process)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def left(root: Path) -> list[Path]:
    """Return what lies in the folder for what lives for a moment."""
    return [file for file in root.glob(".papermart-spill/**/*") if file.is_file()]


def test_both_engines_answer_alike_where_letters_and_numbers_are_odd(server, tmp_path):
    given = pa.table({"i": list(range(len(_ODD))), "s": _ODD})
    asked = ", ".join(f"{words} as c{place}" for place, words in enumerate(_ASKED))
    answers = []
    with (
        open_engine() as duck,
        closing(open_spark(server.remote, SharedFolder(tmp_path / "spark"))) as spark,
    ):
        for engine in (duck, spark):
            engine.create_table("odd", given)
            answers.append(engine.rows(f"select i, {asked} from odd order by i"))
    expected, found = answers
    assert found == expected


@needs_sample
def test_the_sample_built_on_spark_has_the_rows_of_one_built_here(server, tmp_path):
    root = tmp_path / "warehouse"
    house = Warehouse(root, spark_remote=server.remote)
    build(SAMPLE, house, MORNING)
    house.close()
    assert differences(root, sample_warehouse()) == []
    assert left(root) == []


@pytest.fixture
def few_tables(monkeypatch, tmp_path) -> Path:
    """A warehouse built here, in which as few tables are made as in others of the test."""
    make_only(monkeypatch, "linkage.pair_scores", publishes=False)
    build(small_raw(), Warehouse(tmp_path / "here"), MORNING)
    return tmp_path / "here"


def before_writing(monkeypatch, name: str, do: Callable[[], None]) -> None:
    """Let something happen once, when a server is about to write a table."""
    write, due = spark_engine.Spark.write, [do]

    def writing(self, rows, file, spec=None):
        if spec and spec.full_name == name and due:
            due.pop()()
        write(self, rows, file, spec)

    monkeypatch.setattr(spark_engine.Spark, "write", writing)


def test_a_build_goes_on_when_a_worker_dies_and_has_the_same_rows(
    server, tmp_path, few_tables, monkeypatch
):
    killed: list[int] = []

    def kill() -> None:
        killed.append(server.executors()[0])
        os.kill(killed[0], signal.SIGKILL)

    before_writing(monkeypatch, "linkage.comparisons", kill)
    root = tmp_path / "warehouse"
    build(small_raw(), Warehouse(root, spark_remote=server.remote), MORNING)
    assert killed
    assert killed[0] not in server.executors()
    assert differences(root, few_tables, published=False) == []


def test_a_build_whose_server_stops_says_so_once_and_the_next_one_goes_on(
    server, tmp_path, few_tables, monkeypatch
):
    def stop() -> None:
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()

    before_writing(monkeypatch, "linkage.comparisons", stop)
    monkeypatch.setattr(spark_server, "_MOST_RETRIES", 2)
    root = tmp_path / "warehouse"
    with pytest.raises(EngineGoneError) as told:
        build(small_raw(), Warehouse(root, spark_remote=server.remote), MORNING)
    assert str(told.value).count("does not answer") == 1
    assert left(root) == []
    with pytest.raises(EngineGoneError, match="Connection refused"):
        build(small_raw(), Warehouse(root, spark_remote=server.remote), MORNING)
    report = build(small_raw(), Warehouse(root), MORNING)
    made = {table.name for table in report.tables if table.reasons}
    assert "linkage.comparisons" in made
    assert "linkage.record_features" not in made
    assert differences(root, few_tables, published=False) == []
