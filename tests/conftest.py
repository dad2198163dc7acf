"""Options of the test run, and where the data shared between checkouts lies."""

from pathlib import Path

import pytest

_SHARED = Path(__file__).parents[2] / "shared"


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the JSON of tests/data/sources; review the diff before committing",
    )


@pytest.fixture(scope="session")
def shared():
    """The folder of real pages beside the checkout; tests that need it are skipped without."""
    if not _SHARED.is_dir():
        pytest.skip(f"no real pages here: {_SHARED} does not exist")
    return _SHARED
