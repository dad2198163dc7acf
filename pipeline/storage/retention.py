"""Which published versions stay: by number, and by age.

What belongs here: the choice, from what the versions say and the time alone. What does not:
removing files (`publishing`).
"""

from collections.abc import Container, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

_DAY = timedelta(days=1)
# The longest time between two publications that a clock is believed about.
_LONGEST_PAUSE = timedelta(days=366)


class _Version(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def is_current(self) -> bool: ...

    @property
    def published_at(self) -> datetime: ...

    @property
    def written_at(self) -> datetime: ...


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
    ages = version_ages(known, now)
    return [
        version
        for place, (version, age) in enumerate(zip(known, ages, strict=True))
        if place >= keep
        and age >= timedelta(days=keep_days)
        and not version.is_current
        and version.id not in spared
    ]


def version_ages(known: Sequence[_Version], now: datetime) -> list[timedelta]:
    """Return how old versions are, as far as the clocks that dated them can be believed.

    An age is the sum of the times between one publication and the next, up to now. Where a clock
    went back, or leapt by more than a year, the time between is not known and counts as none: a
    clock that once was wrong makes versions younger, and never all of them old. Ids never go back,
    so after a clock that ran ahead they lie in the future: then the time of the file counts.

    Args:
        known: the versions in the order of publishing, the latest first.
        now: the time (UTC).
    """
    return list(_ages(known, now.replace(tzinfo=None)))


def _ages(known: Sequence[_Version], now: datetime) -> Iterator[timedelta]:
    age, later = timedelta(), now
    for version in known:
        named = version.published_at
        published = named if named <= now + _DAY else version.written_at
        pause = later - published
        if timedelta() <= pause <= _LONGEST_PAUSE:
            age += pause
        yield age
        later = published
