"""Options of the test run, the folder its processes share, and where shared data lies."""

import atexit
import gc
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# One process per processor: threads of their own would only wait for each other. Polars reads this
# when it is imported.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
os.environ.pop("SPARK_REMOTE", None)  # tests that build on a server name one of their own

from helpers import SCRATCH, new_scratch
from s3 import BUCKET, s3_server
from sail import Sail

from pipeline.storage import connections

_SHARED = Path(__file__).parents[2] / "shared"

# A property is tried on the same cases everywhere, and no clock decides whether it holds.
settings.register_profile(
    "same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same")


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the JSON of tests/data/sources; review the diff before committing",
    )


def pytest_configure(config):
    connections.CONFIG["threads"] = 1
    # What is imported stays to the end: the collector need not walk it again and again.
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    if not hasattr(config, "workerinput"):  # processes of pytest-xdist get it from the first one
        os.environ[SCRATCH] = str(new_scratch())
    # Files are handed out in the order below, not those of many tests first.
    config.option.loadscopereorder = False


@atexit.register
def _end_quietly():
    """DuckDB's binding lists on stderr, a hundred lines long, what stands when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def pytest_collection_modifyitems(items):
    """Begin with the files of slow tests, lest one process waits for a server in the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(SCRATCH), ignore_errors=True)


@pytest.fixture(scope="session")
def shared():
    """The folder of real pages beside the checkout; tests that need it are skipped without."""
    if not _SHARED.is_dir():
        pytest.skip(f"no real pages here: {_SHARED} does not exist")
    return _SHARED


@pytest.fixture(scope="module")
def bucket():
    """The URL of a bucket, which lives as long as the tests of one file."""
    with s3_server():
        yield f"s3://{BUCKET}"


@pytest.fixture(scope="session")
def sail():
    """The address of a Spark Connect server, one for all tests of this process."""
    server = Sail()
    yield server.remote
    server.kill()
