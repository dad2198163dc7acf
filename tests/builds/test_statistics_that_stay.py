"""Counts that all rows share: they stay while little changed, and move when much did."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from helpers import MORNING, arrow_page, make_only, put

from pipeline.builds.run import build, plan_build
from pipeline.models.catalogue import load_models
from pipeline.storage.row_changes import FOLDER
from pipeline.storage.warehouse import Warehouse

COUNTS = "linkage.word_counts"
N_PAGES = 40  # of a paper each, so that four are a tenth


def page(n: int, word: str) -> dict[str, str]:
    return {
        f"p{n}.txt": arrow_page(f"Ann Lee{n}", [(f"{word} Number {n} Works", ["Ann Lee"], 2020)])
    }


class Days:
    """Builds one day after the other; each says whether counts moved."""

    def __init__(self, folder: Path) -> None:
        self.raw, self.root, self.day = put(folder / "raw", {}), folder / "warehouse", 0

    def __call__(
        self,
        come: Sequence[tuple[int, str]] = (),
        gone: Sequence[int] = (),
        *,
        full: bool = False,
        refresh: bool = False,
    ) -> bool:
        self.day += 1
        for n, word in come:
            put(self.raw, page(n, word))
        for n in gone:
            (self.raw / f"p{n}.txt").unlink()
        now = MORNING + timedelta(days=self.day)
        report = build(self.raw, Warehouse(self.root), now, full=full, refresh_statistics=refresh)
        (table,) = (table for table in report.tables if table.name == COUNTS)
        return table.is_counted_anew


@pytest.fixture
def days(tmp_path, monkeypatch):
    make_only(monkeypatch, "linkage.title_words", publishes=False)
    days = Days(tmp_path)
    days(come=[(n, "Nets") for n in range(N_PAGES)])
    return days


def counts(root):
    with Warehouse(root).engine([load_models()[COUNTS].spec]) as engine:
        return dict(engine.tuples(f"select word, n_titles from {COUNTS}"))


def words(root):
    spec = load_models()["linkage.title_words"].spec
    with Warehouse(root).engine([spec]) as engine:
        return dict(engine.tuples(f"select distinct word, n_titles from {spec.full_name}"))


def test_counts_stay_until_a_tenth_has_come(days):
    assert [days(come=[(100 + n, "Nets")]) for n in range(5)] == [False] * 4 + [True]
    assert counts(days.root)["nets"] == N_PAGES + 5


def test_counts_move_where_as_many_leave_as_arrive(days):
    """The number of records stays the same; one that leaves and one that comes are two."""
    moved = [days(come=[(100 + n, "Owls")], gone=[n]) for n in range(3)]
    assert moved == [False, False, True]
    assert (counts(days.root)["owls"], counts(days.root)["nets"]) == (3, N_PAGES - 3)


def test_words_that_are_new_since_are_counted_as_they_come(days):
    assert not days(come=[(100, "Owls"), (101, "Owls")])
    assert "owls" not in counts(days.root)
    assert words(days.root)["owls"] == 2
    assert words(days.root)["nets"] == N_PAGES


def test_people_may_ask_for_new_counts(days):
    assert not days(come=[(100, "Owls")], full=True), "a full build holds them"
    assert days(refresh=True)
    assert counts(days.root)["owls"] == 1
    assert not days(refresh=True), "they are what they were"


def test_what_is_not_known_to_be_little_is_much(days):
    """How far they had drifted is lost, so what came before today is not known."""
    assert not days(come=[(100, "Nets")])
    (days.root / FOLDER / f"{COUNTS}.drift.json").unlink()
    assert days(come=[(101, "Nets")])


def test_a_plan_does_not_speak_of_counts_that_stay(days):
    days(come=[(100, "Owls")])
    plan = plan_build(days.raw, Warehouse(days.root))
    assert COUNTS not in {*plan.sure, *plan.perhaps}
