"""Which published versions stay: by number, and by age.

What belongs here: the choice, from the versions' ids and the time alone. What does not: removing
files (`versions`).
"""

from collections.abc import Container, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

_TIME = "%Y%m%dT%H%M%S"
# The longest time between two publications that a clock is believed about.
_LONGEST_PAUSE = timedelta(days=366)


class _Version(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def is_current(self) -> bool: ...


_AnyVersion = TypeVar("_AnyVersion", bound=_Version)


def versions_to_prune(
    known: Sequence[_AnyVersion],
    keep: int,
    keep_days: int,
    now: datetime,
    spared: Container[str] = (),
) -> list[_AnyVersion]:
    """Return the versions that are neither among the latest, nor young, nor in use.

    Args:
        known: all versions in the order of publishing, the latest first.
        keep: how many of the latest stay, whatever their age.
        keep_days: how old, in days, versions may be that stay whatever their number; 0: none.
        now: the time (UTC).
        spared: ids of versions that stay: those that were current a moment ago, which a reader
            may be about to open.

    Returns:
        Those to prune, the latest first; never the current one.
    """
    ages = version_ages([version.id for version in known], now)
    return [
        version
        for place, (version, age) in enumerate(zip(known, ages, strict=True))
        if place >= keep
        and age >= timedelta(days=keep_days)
        and not version.is_current
        and version.id not in spared
    ]


def version_ages(ids: Sequence[str], now: datetime) -> list[timedelta]:
    """Return how old versions are, as far as the clocks that named them can be believed.

    An age is the sum of the times between one publication and the next, up to now. Where a clock
    went back, or leapt by more than a year, the time between is not known and counts as none: a
    clock that once was wrong makes versions younger, and never all of them old.

    Args:
        ids: the ids in the order of publishing, the latest first; each begins with its time.
        now: the time (UTC).

    >>> latest_first = ["20260310T120000-b", "20260301T120000-a"]
    >>> [age.days for age in version_ages(latest_first, datetime(2026, 3, 11, 12))]
    [1, 10]
    >>> [age.days for age in version_ages(latest_first, datetime(2099, 1, 1))]
    [0, 9]
    """
    return list(_ages(ids, now.replace(tzinfo=None)))


def _ages(ids: Sequence[str], now: datetime) -> Iterator[timedelta]:
    age, later = timedelta(), now
    for version_id in ids:
        published = _time(version_id) or later
        pause = later - published
        if timedelta() <= pause <= _LONGEST_PAUSE:
            age += pause
        yield age
        later = published


def _time(version_id: str) -> datetime | None:
    """Return the time in an id, or None of an id whose digits are no time."""
    try:
        found = datetime.strptime(version_id.partition("-")[0], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return found.replace(tzinfo=None)
