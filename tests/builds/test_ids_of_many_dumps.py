"""Ids of papers over many dumps: none is lost, and the order in which dumps come does not count."""

import random
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from helpers import (
    MARTS,
    MORNING,
    SAMPLE,
    arrow_page,
    copy_of,
    make_only,
    needs_sample,
    put,
    sample_warehouse,
    table,
    values,
)

from pipeline.builds.run import build
from pipeline.storage.warehouse import Warehouse

DAY = timedelta(days=1)
pytestmark = [needs_sample, pytest.mark.slow]


def hundred_pages() -> dict[str, str]:
    """Pages of people who share papers, some under the titles of the sample's papers."""
    chance = random.Random(4)
    words = ("deep", "sparse", "robust", "causal", "neural", "lazy", "tiny", "fast", "open", "fair")
    things = ("kernels", "graphs", "prompts", "agents", "codes", "cameras", "proteins", "rivers")
    titles = [f"{a} {b} for {c}".title() for a in words for b in words[:4] for c in things]
    people = [f"{a} {b}" for a in ("Ann", "Bo", "Cy", "Di", "Ed") for b in ("Lee", "Roy", "Wu")]
    return {
        f"p{n:03d}.txt": arrow_page(
            person, [(title, [person, "Fay Ito"], 2022) for title in chance.sample(titles, 3)]
        )
        for n, person in enumerate(chance.choices(people, k=100))
    }


def test_after_a_hundred_more_dumps_every_earlier_id_still_leads_to_its_paper(
    tmp_path, monkeypatch
):
    root = copy_of(sample_warehouse(), tmp_path / "warehouse")
    make_only(monkeypatch, "marts.paper_records", "marts.paper_ids")
    raw = Path(shutil.copytree(SAMPLE, tmp_path / "raw"))
    before = {r["record_id"]: r["paper_id"] for r in table(root, "marts.paper_records")}
    put(raw, hundred_pages())
    report = build(raw, Warehouse(root), now=MORNING + DAY)
    assert report.dumps.n_new == 100
    after = {r["record_id"]: r["paper_id"] for r in table(root, "marts.paper_records")}
    known = {(r["known_id"], r["paper_id"]) for r in table(root, "marts.paper_ids")}
    assert {(old, after[record_id]) for record_id, old in before.items()} <= known
    assert set(before.values()) <= {known_id for known_id, _ in known}


def resolved(root: Path) -> dict[str, list[dict]]:
    """The marts with each paper named by its smallest record, so that two roots compare."""
    sightings = table(root, "marts.paper_records")
    names: dict[str, str] = {}
    for row in sightings:
        names[row["paper_id"]] = min(row["record_id"], names.get(row["paper_id"], "z"))
    own = {"paper_ids", "paper_id_history", "overrides", "yearly_topic_trends", "authors"}
    return {
        name: sorted(
            (
                {k: names.get(v, v) if k == "paper_id" else v for k, v in row.items()}
                for row in values(root, f"marts.{name}")
            ),
            key=str,
        )
        for name in MARTS
        if name not in own
    } | {name: values(root, f"marts.{name}") for name in ("yearly_topic_trends", "authors")}


@pytest.mark.parametrize(
    ("seed", "batches"), [(1, [1] * 17), (2, [4, 4, 4, 4, 1]), (3, [1, 1, 1, 2, 4, 8]), (4, [9, 8])]
)
def test_dumps_added_in_any_order_and_batches_equal_the_one_shot_build(
    tmp_path, monkeypatch, seed, batches
):
    """262 records in 17 dumps: clusters, values, and ids once resolved."""
    whole = sample_warehouse()
    due = sorted(SAMPLE.iterdir())
    random.Random(seed).shuffle(due)
    assert len(due) == sum(batches)
    raw = put(tmp_path / "raw", {})
    root = tmp_path / "warehouse"
    with monkeypatch.context() as patch:
        make_only(patch, "linkage.identities", publishes=False)
        for n, n_more in enumerate(batches):
            for _ in range(n_more):
                shutil.copy(due.pop(), raw)
            build(raw, Warehouse(root), now=MORNING + n * timedelta(hours=1))
    build(raw, Warehouse(root), now=MORNING + DAY)
    assert values(root, "linkage.clusters") == values(whole, "linkage.clusters")
    assert resolved(root) == resolved(whole)
    # An id of the one-shot build leads to the same records here.
    here = {(r["known_id"], r["paper_id"]) for r in table(root, "marts.paper_ids")}
    papers = {r["record_id"]: r["paper_id"] for r in table(root, "marts.paper_records")}
    for row in table(whole, "marts.paper_records"):
        assert (row["paper_id"], papers[row["record_id"]]) in here
    # A paper that never merged or split has the very same id.
    changed = {r["to_paper_id"] for r in table(root, "marts.paper_id_history")}
    for row in table(whole, "marts.paper_records"):
        paper_id = papers[row["record_id"]]
        assert paper_id in changed or paper_id == row["paper_id"]
