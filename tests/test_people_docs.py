"""The example of docs/people.md runs and comes out as the page says."""

import csv
import re

import pytest
from helpers import ROOT, papermart

DOCS = (ROOT / "docs/people.md").read_text("utf-8")
_ROW = re.compile(r"^\| (\w\d) (\d) \| `(\w+)` \| (.*) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def identified(tmp_path_factory):
    """What the page's command said and wrote."""
    folder = tmp_path_factory.mktemp("identified")
    ((table,), (session,)) = (
        re.findall(rf"```{kind}\n(.*?)```", DOCS, re.DOTALL) for kind in ("csv", "console")
    )
    (folder / "papers.csv").write_text(table, "utf-8")
    command, _, shown = session.removeprefix("$ ").partition("\n")
    done = papermart(*command.split()[1:], cwd=folder)
    assert (done.returncode, done.stdout) == (0, shown)
    with (folder / "people.csv").open(encoding="utf-8", newline="") as stream:
        return {(row["record_id"], row["author_order"]): row for row in csv.DictReader(stream)}


def test_each_name_that_the_page_shows_has_its_level_and_reason(identified):
    said = _ROW.findall(DOCS)
    assert len(said) == 5
    for record, order, level, reason in said:
        row = identified[record, order]
        assert (row["identity_level"], row["identity_reason"]) == (level, reason)


def test_one_wei_wang_flies_kites_and_another_haggles(identified):
    kites = {identified[place]["author_id"] for place in (("k1", "2"), ("k2", "1"), ("k3", "1"))}
    markets = {identified[place]["author_id"] for place in (("h1", "1"), ("h2", "2"))}
    bells = {identified[place]["author_id"] for place in (("t1", "1"), ("t1", "2"))}
    assert (len(kites), len(markets), len(bells)) == (1, 1, 2)
    assert len(kites | markets | bells) == 4
