"""`papermart evaluate trends`: the test judged on topics dealt anew, on any warehouse."""

import json
import sys

import polars as pl
import pytest
from helpers import (
    MORNING,
    ROOT,
    SHARED,
    assert_clean_failure,
    needs_sample,
    needs_shared,
    papermart,
    sample_warehouse,
    small_build,
)

from pipeline.builds.run import build
from pipeline.evaluate.trends import evaluate_trends
from pipeline.storage.published_file import open_published
from pipeline.storage.versions import find_version
from pipeline.storage.warehouse import Warehouse


def report_of(root, n_times: int):
    with open_published(find_version(Warehouse(root), None)) as engine:
        return evaluate_trends(engine, n_times)


@needs_sample
def test_where_nothing_moves_hardly_anything_is_found():
    report = report_of(sample_warehouse(), 50)
    assert report.n_topics > 5
    assert [dealt.how for dealt in report.dealt] == ["within each listing", "over all papers"]
    for dealt in report.dealt:
        assert dealt.small_p.of >= 50 * 5
        assert dealt.small_p.value <= 0.06
        assert dealt.flagged.value <= 0.01


@needs_sample
def test_the_same_seed_gives_the_same_figures():
    with open_published(find_version(Warehouse(sample_warehouse()), None)) as engine:
        first, again = (evaluate_trends(engine, 5, seed=3) for _ in range(2))
        other = evaluate_trends(engine, 5, seed=4)
    assert first == again
    assert first != other


@needs_sample
def test_command_prints_words_and_json():
    words = papermart("evaluate", "trends", "--times", "2", "--warehouse", sample_warehouse())
    assert words.returncode == 0, words.stderr
    assert "topics dealt anew within each listing, 2 times, so that nothing moves:" in words.stdout
    assert "p below 0.05: " in words.stdout
    plain = papermart(
        "evaluate", "trends", "--times", "2", "--json", "--warehouse", sample_warehouse()
    )
    found = json.loads(plain.stdout)
    assert {"n_papers", "n_listings", "n_topics", "dealt", "of_plain"} <= found.keys()


def test_a_warehouse_in_which_nothing_can_be_tested_says_so():
    done = papermart("evaluate", "trends", "--warehouse", small_build()[0])
    assert_clean_failure(done, "no topic can be tested")


@needs_shared
@pytest.mark.slow
def test_real_papers_in_large_pages(tmp_path):
    """Pages of 400 cards, drawn within a site: no false flags, most of the plain test's kept."""
    sys.path.append(str(ROOT / "benchmarks"))
    import layout

    records = pl.read_parquet(SHARED / "bench" / "linkage" / "records.parquet")
    for name, text in layout.pages(layout.draw(records, len(records)), 400):
        file = tmp_path / "raw" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    build(tmp_path / "raw", Warehouse(tmp_path / "warehouse"), now=MORNING)
    report = report_of(tmp_path / "warehouse", 50)
    for dealt in report.dealt:
        assert dealt.small_p.value <= 0.06
        assert dealt.flagged.value <= 0.01
    assert report.of_plain.value >= 0.70
    with open_published(find_version(Warehouse(tmp_path / "warehouse"), None)) as engine:
        rows = engine.tuples(
            "select distinct trend from yearly_topic_trends where topic = 'Large language models'"
        )
    assert rows == [("rising",)]
