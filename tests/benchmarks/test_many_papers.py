"""A published file made larger: every row again, under ids that still lead to each other."""

import sys

import pytest
from helpers import ROOT, asked, small_build

sys.path.append(str(ROOT / "benchmarks"))  # as Python finds them when one of them runs
import many_papers

TIMES = 3


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    target = tmp_path_factory.mktemp("many")
    many_papers.main(small_build()[0], target, TIMES)
    return small_build()[0] / "warehouse.duckdb", target / "warehouse.duckdb"


@pytest.mark.parametrize(
    ("table", "counted", "times"),
    [
        ("papers", "paper_id", TIMES),
        ("authors", "author_name", TIMES),
        ("author_papers", "paper_id", TIMES),
        ("coauthors", "author_id", TIMES),
        ("disagreements", "paper_id", TIMES),
        ("topics", "topic_id", 1),
        ("yearly_topic_trends", "topic_id", 1),
    ],
)
def test_each_copy_has_papers_and_persons_that_lead_to_each_other(table, counted, times, folders):
    small, large = (
        asked(file, f"select count(*), count(distinct {counted}) from {table}")[0]
        for file in folders
    )
    assert large == tuple(times * n for n in small)


def test_the_first_copy_is_the_papers_as_they_were(folders):
    small, large = (asked(file, "select paper_id, title, year from papers") for file in folders)
    assert small
    assert set(small) < set(large)
