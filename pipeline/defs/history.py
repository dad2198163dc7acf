"""Dagster's history in files, opened anew when it is damaged; `dagster.yaml` names this class.

What belongs here: looking at the files before Dagster does, and how often it waits for the disk.
As the first of ours that each of its processes loads, it also lets its server serve our files.

A file that a full disk or a bad copy cut short would end `dagster dev` with a traceback. The
history is moved aside as a whole if one of its main files is damaged, since they count each
other's events. The warehouse is no part of it, and what it holds is recorded anew (`recording`).
"""

import logging
import os
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from sqlalchemy import Connection, Engine, NullPool, create_engine, event

from pipeline.defs.served_files import serve_files

_LOG = logging.getLogger("dagster")
_FOLDERS = ("history", "schedules")
_MAIN = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
_RUNS = "history/runs"
_ENDS = ("", "-wal", "-shm")
_BEGIN = b"SQLite format 3\0"
_KEPT_OPEN: dict[str, sqlite3.Connection] = {}
_MOST_KEPT_OPEN = 8
_LOOKED_AT = "PAPERMART_HISTORY"  # set for the processes that this one starts


class History(DagsterSqliteStorage):
    """Dagster's SQLite files below `base_dir`, looked at before they are opened."""

    @classmethod
    def from_local(cls, base_dir: str, inst_data: Any = None) -> "History":  # noqa: ANN401
        """Open the history; a damaged one is moved aside first, and one begins anew.

        Args:
            base_dir: the folder, made if it is not there.
            inst_data: Dagster's own.
        """
        place = Path(base_dir).resolve()
        if os.environ.get(_LOOKED_AT) != str(place):
            # Once for all processes of a `dagster dev`, by the first: nobody has it open yet.
            if damage := list(damaged(place)):
                _tell(damage, _move_aside(place, [path for path, _ in damage]))
            os.environ[_LOOKED_AT] = str(place)
            if not os.environ.get("DAGSTER_HOME"):
                _LOG.info("History is kept in %s; nothing of it is in a temporary folder.", place)
        serve_files()
        if not event.contains(Engine, "connect", _wait_less):
            event.listen(Engine, "connect", _wait_less)
        return super().from_local(base_dir, inst_data=inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "History":  # noqa: ANN401
        """Open the history that `dagster.yaml` names."""
        return cls.from_local(inst_data=inst_data, **config_value)


def _wait_less(connection: sqlite3.Connection, _: object) -> None:
    """Let SQLite wait for the disk when it tidies up, not after every event.

    With its write-ahead log no file is damaged by a power cut; the last events may be missing,
    and the runs they were of are found dead. Dagster opens a file anew for every event, and the
    last one who closes it tidies up: so one connection stays open.
    """
    connection.execute("pragma synchronous = normal")
    file = connection.execute("pragma database_list").fetchone()[2]
    if file and file not in _KEPT_OPEN:
        kept = sqlite3.connect(file, timeout=30, check_same_thread=False)
        kept.execute("select count(*) from sqlite_master").fetchone()
        _KEPT_OPEN[file] = kept
        if len(_KEPT_OPEN) > _MOST_KEPT_OPEN:
            _KEPT_OPEN.pop(next(iter(_KEPT_OPEN))).close()


@contextmanager
def in_one_go(instance: dg.DagsterInstance) -> Generator[None]:
    """Store the events reported meanwhile together: all of them or, where that fails, none.

    Dagster opens a file for each event and commits it, which for a whole warehouse takes a while.
    A history that is not in files stores them as ever.
    """
    storage = instance.event_log_storage
    if not isinstance(storage, SqliteEventLogStorage):
        yield
        return
    own, opened = storage._connect, {}
    with ExitStack() as stack:

        @contextmanager
        def connect(shard: str) -> Generator[Connection]:
            if shard not in opened:
                with own(shard):
                    pass  # it makes the file where it is not there
                engine = create_engine(storage.conn_string_for_shard(shard), poolclass=NullPool)
                opened[shard] = stack.enter_context(engine.connect())
                stack.enter_context(opened[shard].begin())
            yield opened[shard]

        storage._connect = connect
        stack.callback(setattr, storage, "_connect", own)
        yield


def damaged(place: Path) -> Iterator[tuple[Path, str]]:
    """Yield what of a history is damaged, and how; nothing: it can be opened.

    Args:
        place: the folder of the history; need not be there.
    """
    if place.exists() and not place.is_dir():
        yield place, "is no folder"
        return
    for name in _MAIN:
        if reason := _fault(place / name):
            yield place / name, reason
    for file in sorted((place / _RUNS).glob("*.db")):
        if file.name != "index.db" and not _begins_well(file):
            yield file, "is no database"


def _fault(file: Path) -> str | None:
    if not file.exists():
        return None
    if not file.is_file():
        return "is no file"
    try:
        connection = sqlite3.connect(file, timeout=30)
        try:
            (found,) = connection.execute("pragma quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        # Locked or not ours to open is not damaged; Dagster says so itself.
        return str(error) if "malformed" in str(error) or "disk I/O" in str(error) else None
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if found == "ok" else str(found)


def _begins_well(file: Path) -> bool:
    """Tell whether a file is empty or begins as SQLite's do: a run has one each."""
    try:
        with file.open("rb") as stream:
            return stream.read(len(_BEGIN)) in (b"", _BEGIN)
    except OSError:
        return False


def _move_aside(place: Path, damage: Sequence[Path]) -> Path:
    """Move what is damaged into a folder of its own, and what counts its events; return it."""
    now = datetime.now(UTC)
    aside = place.with_name(f"{place.name}-damaged-{now:%Y%m%dT%H%M%S%f}")
    if not place.is_dir():
        return place.rename(aside)
    if any(place / name in damage for name in _MAIN):
        moved = [place / name for name in _FOLDERS]
    else:  # runs, of which each has a file
        moved = [file.with_name(file.name + end) for file in damage for end in _ENDS]
    for path in filter(Path.exists, moved):
        target = aside / path.relative_to(place)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    return aside


def _tell(damage: Iterable[tuple[Path, str]], aside: Path) -> None:
    _LOG.warning(
        "Dagster's history is damaged (%s). What cannot be opened was moved to %s, and Dagster "
        "begins anew there; the warehouse is no part of it, and what it holds is recorded again.",
        "; ".join(f"{path}: {reason}" for path, reason in damage),
        aside,
    )
