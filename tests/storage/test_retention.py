"""Which published versions stay: the latest, the young ones, those in use, whatever clocks say."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from helpers import MORNING, copy_of, publish_again, small_build

from pipeline.storage.retention import versions_to_prune
from pipeline.storage.rollback import rollback
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse

NEVER = 0


@dataclass(frozen=True)
class Named:
    """A version as the choice sees it."""

    id: str
    published_at: datetime
    written_at: datetime
    is_current: bool = False


def published_on(*days: float, current: int | None = 0) -> list[Named]:
    """Versions by the day of their publishing, from MORNING, the latest first.

    As ids never go back, one after a wrong clock bears a later time than the file.
    """
    written = [MORNING + timedelta(days=day) for day in days]
    named = [max(written[n:]) for n in range(len(written))]
    return [
        Named(f"{n}", id_, file, n == current)
        for n, (id_, file) in enumerate(zip(named, written, strict=True))
    ]


def pruned(known: list[Named], keep: int, keep_days: int, day: float, *spared: str) -> list[int]:
    """The places of what is pruned on a day, 0 the latest."""
    now = MORNING + timedelta(days=day)
    return [known.index(v) for v in versions_to_prune(known, keep, keep_days, now, spared)]


def test_by_number_alone_the_latest_stay():
    assert pruned(published_on(9, 8, 7, 6, 5), 3, NEVER, 9) == [3, 4]
    assert pruned(published_on(9, 8), 3, NEVER, 9) == []
    assert pruned([], 3, NEVER, 9) == []


def test_young_versions_stay_whatever_their_number():
    known = published_on(40, 39.9, 39.5, 39, 12, 10, 9)
    assert pruned(known, 2, 30, 40) == [5, 6], "day 12 is 28 days ago, day 10 thirty"
    assert pruned(known, 6, 30, 40) == [6], "and old ones stay while they are few"


def test_what_is_read_or_was_a_moment_ago_stays():
    known = published_on(9, 8, 7, 6, current=3)
    assert pruned(known, 1, NEVER, 9) == [1, 2], "rolled back: the current one is an old one"
    assert pruned(published_on(9, 8, 7), 1, NEVER, 9, published_on(9, 8)[1].id) == [2]


@pytest.mark.parametrize("leap", [timedelta(days=73 * 365), -timedelta(days=56 * 365)])
def test_a_clock_that_was_wrong_makes_no_version_old(leap):
    """A machine starts in 1970 or in 2099, publishes, and is put right."""
    wrong = 30 + leap.days
    before = published_on(30, 20, 10)
    assert pruned(before, 1, 90, wrong) == [], "no build yet under the wrong clock"
    for n in range(1, 4):
        known = published_on(*(wrong + day for day in reversed(range(n))), 30, 20, 10)
        assert pruned(known, 1, 90, wrong + n) == [], "one, two, three under it"
    after = published_on(31, wrong, 30, 20, 10)
    assert pruned(after, 1, 90, 31) == []
    assert pruned(after, 1, 15, 31) == [4], "and days count on: the last is 20 days old"
    assert pruned(after, 1, 90, 122) == [1, 2, 3, 4], "none stays for ever for its name"


def test_publishing_prunes_by_number_and_age(tmp_path):
    warehouse = Warehouse(copy_of(small_build()[0], tmp_path / "warehouse"))
    ids = [publish_again(warehouse, day, keep=1) for day in (1, 2, 20)]
    assert [v.id for v in versions(warehouse)] == [ids[2]]
    ids.append(publish_again(warehouse, 21, keep=1, keep_days=10))
    assert [v.id for v in versions(warehouse)] == [ids[3], ids[2]]
    ids.append(publish_again(warehouse, 40, keep=1, keep_days=10))
    assert [v.id for v in versions(warehouse)] == [ids[4]]


def test_publishing_spares_what_was_current_until_then(tmp_path):
    """A reader may have followed the link to it, and be about to open it."""
    warehouse = Warehouse(copy_of(small_build()[0], tmp_path / "warehouse"))
    first = versions(warehouse)[0].id
    ids = [publish_again(warehouse, day) for day in (1, 2)]
    rollback(warehouse, first)
    ids.append(publish_again(warehouse, 3, keep=2))
    assert [v.id for v in versions(warehouse)] == [ids[2], ids[1], first]
    ids.append(publish_again(warehouse, 4, keep=2))
    assert [v.id for v in versions(warehouse)] == [ids[3], ids[2]]
