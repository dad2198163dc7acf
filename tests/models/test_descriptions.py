"""What a change beside a model's SELECT leads to: words republish, checks are asked again."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from helpers import MORNING, ROOT, copy_of, small_build, small_raw

from pipeline.builds.run import build
from pipeline.contract.errors import BlockingCheckError
from pipeline.contract.specs import ColumnSpec
from pipeline.models import catalogue
from pipeline.models.catalogue import all_specs
from pipeline.storage.duckdb_engine import open_engine
from pipeline.storage.warehouse import Warehouse

LATER = MORNING + timedelta(hours=1)


@pytest.fixture
def sql(tmp_path, monkeypatch) -> Path:
    """A copy of `sql/` that counts; it is read when a test asks for a build."""
    small_build()
    place = Path(shutil.copytree(ROOT / "sql", tmp_path / "sql"))
    monkeypatch.setattr(catalogue, "SQL_DIR", place)
    return place


@pytest.fixture
def house(tmp_path) -> Warehouse:
    return Warehouse(copy_of(small_build()[0], tmp_path / "warehouse"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def built(house: Warehouse):
    report = build(small_raw(), house, now=LATER)
    changed = {table.name for table in report.tables if table.is_changed}
    asked = {table.name for table in report.tables if table.checks and not table.is_changed}
    return changed, asked, report


def test_a_changed_description_republishes_and_does_nothing_else(sql, house):
    edit(sql / "marts/papers.yml", "Stable id of the paper.", "Id of the paper that stays.")
    changed, asked, report = built(house)
    assert (changed, asked, report.dumps.n_read) == (set(), set(), 0)
    assert report.is_published


def test_a_comment_in_a_select_does_nothing(sql, house):
    edit(sql / "marts/papers.sql", "with paper_fields", "-- a comment\nwith   paper_fields")
    changed, asked, report = built(house)
    assert (changed, asked, report.is_published) == (set(), set(), False)


def test_a_changed_select_rebuilds_its_table_and_says_so(sql, house):
    edit(sql / "marts/untagged_papers.sql", "select * from final", "select * from final where true")
    report = build(small_raw(), house, now=LATER)
    why = {table.name: table.reasons for table in report.tables if table.reasons}
    assert why == {"marts.untagged_papers": ("SQL changed",)}


def test_a_new_check_is_asked_of_the_rows_that_are_there(sql, house):
    (sql / "marts/papers.no_paper_of_the_future.check.sql").write_text(
        "-- no paper is of a year to come\n-- severity: warn\n"
        "select paper_id, year from marts.papers where year > 2022\n",
        "utf-8",
    )
    changed, asked, report = built(house)
    assert (changed, asked) == (set(), {"marts.papers"})
    (found,) = (
        check
        for table in report.tables
        for check in table.checks
        if check.name == "no_paper_of_the_future"
    )
    assert (found.severity, found.description) == ("warn", "no paper is of a year to come")
    assert found.n_failed == len(found.rows) > 0


def test_a_new_check_that_blocks_stops_the_build_and_keeps_what_was_published(sql, house):
    edit(
        sql / "marts/papers.yml",
        "checks:\n",
        "checks:\n  - {name: one_year, holds: year = 2021, description: all papers are of 2021}\n",
    )
    before = house.published.resolve()
    with pytest.raises(BlockingCheckError, match="all papers are of 2021"):
        build(small_raw(), house, now=LATER)
    assert house.published.resolve() == before


def test_a_check_may_look_at_other_tables_and_at_the_last_version(sql, house):
    edit(
        sql / "marts/papers.yml",
        "checks:\n",
        """checks:
  - name: no_paper_is_lost
    description: every paper of the last version is there
    severity: warn
    fails: |
      select last.paper_id from published.papers as last
      left join marts.papers as papers on last.paper_id = papers.paper_id
      where papers.paper_id is null
""",
    )
    edit(
        sql / "marts/authorships.yml",
        "checks:\n",
        """checks:
  - name: as_many_authors_as_ever
    description: every paper has as many authorships as in the last version
    severity: warn
    fails: |
      select now.paper_id from marts.authorships as now
      inner join marts.papers as papers on now.paper_id = papers.paper_id
      left join published.authorships as last
          on now.paper_id = last.paper_id and now.author_id = last.author_id
      where last.paper_id is null
""",
    )
    few = house.root.parent / "few"
    few.mkdir()
    shutil.copy(small_raw() / "ann.txt", few)
    report = build(few, house, now=LATER)
    found = {c.name: c.n_failed for t in report.tables for c in t.checks}
    assert found["no_paper_is_lost"] == 3
    assert found["as_many_authors_as_ever"] == 0


def test_rows_of_the_published_file_are_ordered_to_the_last_one():
    """An order of a description's own names columns, and no two rows are equal in it."""
    given = {name: spec for name, spec in all_specs().items() if spec.published_order}
    assert given
    for spec in given.values():
        named = {term.split()[0] for term in spec.published_order}
        assert set(spec.key) <= named <= {column.name for column in spec.columns}


def test_before_the_first_version_a_check_sees_it_empty():
    papers = all_specs()["marts.papers"]
    with open_engine() as engine, engine.last_version(None, [papers]):
        assert engine.shape("published.papers") == list(papers.shape)
        assert engine.rows("select * from published.papers") == []


def test_a_table_or_column_that_the_last_version_lacks_is_empty_or_null(house):
    papers = all_specs()["marts.papers"]
    new = ColumnSpec(name="new_column", type="VARCHAR", description="A column that came later.")
    wider = papers.model_copy(update={"columns": (*papers.columns, new)})
    later = papers.model_copy(update={"name": "came_later"})
    last = house.published.resolve()
    with open_engine() as engine, engine.last_version(last, [wider, later]):
        shown = engine.rows("select title, new_column from published.papers")
        assert len(shown) == 6
        assert {row["new_column"] for row in shown} == {None}
        assert engine.rows("select * from published.came_later") == []
