"""No command writes over what only builds write, or among the saved pages."""

import pytest
from helpers import assert_clean_failure, copy_of, papermart, put, small_build

from pipeline.outputs.project import make_project

RECORDS = "record_id,title\na,Deep Kernels\nb,Deep Kernels\n"


@pytest.fixture
def home(tmp_path):
    """A folder as `papermart init` makes it, built."""
    make_project(tmp_path)
    copy_of(small_build()[0], tmp_path / "data/warehouse")
    put(tmp_path, {"records.csv": RECORDS})
    return tmp_path


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        (("report", "--to", "data/warehouse/warehouse.duckdb"), "one of the warehouse's own"),
        (("report", "--to", "data/raw/report.html"), "files are read as pages"),
        (("export", "papers", "--to", "data/raw"), "files are read as pages"),
        (("export", "papers", "--to", "data/warehouse/tables/marts/papers"), "warehouse's own"),
        (("link", "records.csv", "--to", "data/raw/out.csv"), "files are read as pages"),
        (("identify", "records.csv", "--to", "data/raw/out.csv"), "files are read as pages"),
        (("link", "records.csv", "--to", "data/warehouse/versions/x.csv"), "warehouse's own"),
    ],
    ids=lambda value: " ".join(value[::2]) if isinstance(value, tuple) else "",
)
def test_a_target_that_is_not_ones_own_is_refused(home, command, complaint):
    def state():
        return {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}

    before = state()
    assert_clean_failure(papermart(*command, cwd=home), complaint)
    assert state() == before
