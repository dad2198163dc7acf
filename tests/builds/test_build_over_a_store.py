"""A server that sees none of this machine's disk: files are handed over in a store.

The server is Sail, the store is S3 by moto. What both make of the sample is compared with what
DuckDB makes of it, row by row.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from helpers import MORNING, SAMPLE, asked, needs_sample, sample_warehouse
from s3 import BUCKET
from sail import Sail
from same_tables import differences, leftovers

from pipeline.builds.run import build
from pipeline.storage.handover import SharedFolder
from pipeline.storage.shared_manifest import last_manifest
from pipeline.storage.store import Store, StoreError
from pipeline.storage.warehouse import Warehouse

pytestmark = [pytest.mark.slow, needs_sample]


@pytest.fixture
def far(bucket: str) -> Iterator[Sail]:  # noqa: ARG001 - which tells the server where S3 is
    server = Sail()
    yield server
    server.kill()


def _none(*_: object) -> None:
    raise AssertionError("a server far away sees no file of this machine")


def test_a_server_far_away_makes_the_same_tables(far, tmp_path, monkeypatch):
    for name in ("seen", "place", "written"):
        monkeypatch.setattr(SharedFolder, name, _none)
    url = f"s3://{BUCKET}/papers"
    root = tmp_path / "warehouse"
    warehouse = Warehouse(root, spark_remote=far.remote, store=url)
    report = build(SAMPLE, warehouse, now=MORNING)
    warehouse.close()
    assert all(table.is_changed for table in report.tables)
    assert differences(sample_warehouse(), root) == []
    assert leftovers(root) == []
    # What was handed over for a moment is gone, and what the server read is what is shared.
    there = Store(url).objects("")
    named = last_manifest(Store(url)).objects
    assert {name for name in there if not name.startswith("manifests/")} == named
    other = Warehouse(tmp_path / "other", spark_remote=far.remote, store=url)
    report = build(SAMPLE, other, now=MORNING + timedelta(hours=1))
    other.close()
    assert not any(table.is_changed for table in report.tables)
    papers = "select count(*) from papers"
    assert asked(Path(other.published), papers) == asked(Path(warehouse.published), papers)


def test_a_store_that_is_gone_in_the_middle_ends_the_build_at_once(far, tmp_path, monkeypatch):
    """Not table by table, each after half a minute."""
    own_put, n_put = Store.put, 0

    def put(self: Store, *what: Any) -> None:
        nonlocal n_put
        n_put += 1
        if n_put > 20:
            raise StoreError("the bucket is gone")
        own_put(self, *what)

    monkeypatch.setattr(Store, "put", put)
    warehouse = Warehouse(tmp_path / "w", spark_remote=far.remote, store=f"s3://{BUCKET}/gone")
    with pytest.raises(StoreError, match=r"^the bucket is gone$"):
        build(SAMPLE, warehouse, now=MORNING)
    warehouse.close()
    assert n_put == 21
    assert last_manifest(Store(f"s3://{BUCKET}/gone")).number == 0
