"""The warehouse on disk: where tables lie, how they are shown to an engine and replaced.

What belongs here: places, the build lock, replacing a table, stamps in their places. What does not:
what a table means (`contract`, `sql/`), when it is due (`builds`), the published file (`versions`).

Layout below the root folder:

    tables/<layer>/<table>/*.parquet    the truth: <table>.parquet, or segments; files of other
                                        names are of other people
    tables/<layer>/<table>/_stamp.json  what the table was made from, its checks, its files' marks
    versions/<id>.duckdb                published files; `warehouse.duckdb` links to one
    .seen/objects.json                  what was found in saved pages that lie in a store
    .shared.json                        which state of which store the folder was brought to
    .marks/<id>.json, <id>.origin.json  a published file's mark; what it was made of
    report.html                         the page made of the published file
    .changes/<layer>.<table>.parquet    which rows changed when it was last written; the JSON
                                        beside says between which two contents
    .build.lock                         held by a build at work
    .papermart-*                        files on their way, and what does not fit into memory
"""

import logging
import re
import shutil
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract.checks import CheckResult
from pipeline.contract.errors import PipelineError, WriteError, cause_of
from pipeline.contract.ids import FINGERPRINT
from pipeline.contract.memory import default_memory, of_engine
from pipeline.contract.specs import LAYERS, TableSpec
from pipeline.storage.checksums import FileMark
from pipeline.storage.duckdb_engine import DuckDB, open_engine
from pipeline.storage.engine import Engine, EngineWriteError
from pipeline.storage.files import put_in_place, sweep, sweep_spilled, temporary
from pipeline.storage.parquet import content_hashes, ends_whole, version_of
from pipeline.storage.processes import holder_of, named_holder
from pipeline.storage.row_changes import FOLDER as CHANGES
from pipeline.storage.row_changes import RowChanges, changed_rows, keep_changes
from pipeline.storage.stamps import Origin, Stamp, read_stamp, remove_stamp, write_stamp

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.storage.spark_engine import Spark
    from pipeline.storage.stored_copies import StoredCopies

MARKS = ".marks"
_LOCK = ".build.lock"
_LOCK_SECONDS = 600
_PATIENCE_SECONDS = 1  # waited without a word
_LOG = logging.getLogger("papermart")


@dataclass(frozen=True, slots=True)
class Made:
    """What came of making a table's file.

    Attributes:
        checks: what its checks found.
        content: the version of its rows, and their number, where they are known.
        changed: the rows that are gone or new, at least the columns others hang by; None: unknown.
        n_keys: for how many keys rows were made; None: for all there are.
    """

    checks: list[CheckResult]
    content: tuple[str, int] | None = None
    changed: "pa.Table | None" = None
    n_keys: int | None = None


class Warehouse:
    """A warehouse folder.

    Args:
        root: the folder; made by the first write.
        memory: how much a build may take, see `contract.memory`.
        spark_remote: the server that makes tables (`spark_engine`); none: they are made here.
        store: the URL that it is shared under (`sharing`); none: it is this folder alone.
    """

    def __init__(
        self, root: Path, memory: str | None = None, spark_remote: str = "", store: str = ""
    ) -> None:
        """Point at a folder; nothing is opened or written."""
        self.root = root
        self.memory = memory or default_memory()
        self.tables = root / "tables"
        self.versions = root / "versions"
        self.marks = root / MARKS
        self.published = root / "warehouse.duckdb"
        self._spill = root / ".papermart-spill"
        self._served = self._spill / "spark"
        self._engine: DuckDB | None = None
        self.spark_remote = spark_remote
        self.store = store
        self.copies: StoredCopies | None = None  # while it is held for a build
        self._server: Spark | None = None
        self._sound: set[tuple[Path, FileMark]] = set()

    def __getstate__(self) -> dict[str, Any]:
        """Leave the engine behind when a warehouse goes to another process."""
        return self.__dict__ | {"_engine": None, "_server": None, "copies": None}

    def close(self) -> None:
        """Stop the engine, and with it whatever is attached; the next question starts one."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None
        self._leave_server()

    def _leave_server(self) -> None:
        """End the session of a server, and remove what lay here for it."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self.spark_remote:
            with suppress(OSError):  # something of the engine here may lie there
                self._spill.rmdir()

    # ------------------------------------------------------------ places

    def table_dir(self, full_name: str) -> Path:
        """Return the folder that holds a table's files; `full_name` is `layer.table`."""
        layer, table = full_name.split(".")
        return self.tables / layer / table

    def files(self, full_name: str) -> list[Path]:
        """Return the table's Parquet files, sorted by name; none of another name than ours."""
        names = (full_name.rpartition(".")[2], FINGERPRINT)
        files = sorted(self.table_dir(full_name).glob("*.parquet"))
        return [file for file in files if any(re.fullmatch(name, file.stem) for name in names)]

    def is_whole(self, full_name: str) -> bool:
        """Tell whether the table has files, and each is as it was written."""
        return bool(self.files(full_name)) and not self.damaged(full_name)

    def damaged(self, full_name: str, *, deep: bool = False) -> list[Path]:
        """Return the files of a table that are not as they were written, or not there.

        Of a table without a stamp, those that do not end as a Parquet file does.

        Args:
            full_name: the table.
            deep: read their content whatever their size and time say.
        """
        stamp, folder = self.stamp(full_name), self.table_dir(full_name)
        if stamp is None:
            return [file for file in self.files(full_name) if not ends_whole(file)]
        marks = sorted(stamp.files.items())
        return [folder / name for name, mark in marks if not mark.fits(folder / name, deep=deep)]

    def unsound(self, full_name: str) -> list[Path]:
        """Return the files of a table whose content is not as it was written.

        Each file is read once in the life of this object: many tables are made of the same ones.
        """
        stamp, folder = self.stamp(full_name), self.table_dir(full_name)
        if stamp is None:
            return self.damaged(full_name)
        known = {(folder / name, mark) for name, mark in stamp.files.items()}
        found = {place for place, mark in known - self._sound if not mark.fits(place, deep=True)}
        self._sound |= {(place, mark) for place, mark in known if place not in found}
        gone = {place for place, mark in known if not mark.fits(place)}
        return sorted(found | gone)

    def is_sound(self, full_name: str) -> bool:
        """Tell whether the table has files, and the content of each is as it was written.

        Asked before old rows go into a new file, whose mark would vouch for damaged ones.
        """
        return bool(self.files(full_name)) and not self.unsound(full_name)

    def owns(self, place: Path) -> bool:
        """Tell whether a file or folder is one that only builds write."""
        found = place.parent.resolve() / place.name  # a link is not what it leads to
        root = self.root.resolve()
        folders = (root / self.tables.name, root / self.versions.name, root / MARKS, root / CHANGES)
        return found == root / self.published.name or any(map(found.is_relative_to, folders))

    def _own_folders(self) -> list[Path]:
        """Return the folders in which this module and its neighbours write."""
        own = [self.root, self.versions, self.marks, self.root / CHANGES]
        return [*own, *self.tables.glob("*/*")]

    def _prepare(self) -> None:
        """Make the folder and sweep what a killed build left behind; only under the lock."""
        self.versions.mkdir(parents=True, exist_ok=True)
        probe = temporary(self.root / "probe")
        probe.touch()
        probe.unlink()
        sweep(self._own_folders())
        if self._server is None:
            shutil.rmtree(self._served, ignore_errors=True)
        sweep_spilled(self._spill)

    def _unwritable(self, error: OSError) -> WriteError:
        advice = "Check its permissions and the space left, or choose another with --warehouse."
        return WriteError(
            f"the warehouse {self.root} cannot be written: {cause_of(error)}. {advice}"
        )

    def builder(self) -> str:
        """Return who holds the warehouse for a build now, in words; empty if nobody is known to.

        Meanwhile tables are behind others, and a file may lie in its place without a stamp.
        """
        return holder_of(self.root / _LOCK)

    @contextmanager
    def lock(self) -> Generator[None]:
        """Hold the warehouse for one build, swept; waits for another one to finish.

        Raises:
            PipelineError: another build holds it for ten minutes, or it cannot be written.
        """
        from filelock import FileLock, Timeout  # those who only look take no lock

        file = self.root / _LOCK
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(file, timeout=_LOCK_SECONDS)
            try:
                lock.acquire(timeout=_PATIENCE_SECONDS)
            except Timeout:
                _LOG.warning("waiting for another build in %s%s", self.root, holder_of(file))
                lock.acquire()
        except Timeout:
            raise PipelineError(
                f"another build is at work in {self.root}{holder_of(file)}; wait for it to finish"
            ) from None
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            with self.writing("the warehouse"):
                self._prepare()
            with named_holder(file):
                yield
        finally:
            self._leave_server()
            lock.release()

    @contextmanager
    def writing(self, what: str) -> Generator[None]:
        """Word the faults of writing for people.

        Args:
            what: what is written, as the message names it.

        Raises:
            PipelineError: the disk is full or the folder cannot be written.
        """
        try:
            yield
        except OSError as error:
            raise self._unwritable(error) from None
        except EngineWriteError as error:
            cause = " ".join(str(error).split()).rstrip(".")
            raise WriteError(
                f"{what} could not be written to {self.root}: {cause}. "
                "Check the space left on the disk; what was there before was kept."
            ) from None

    # ------------------------------------------------------------ reading

    @contextmanager
    def engine(
        self, specs: Iterable[TableSpec] = (), files: Mapping[str, Sequence[Path]] | None = None
    ) -> Generator[DuckDB]:
        """Open an engine that sees some tables under their full names.

        A table without files is there too, with its columns and no rows.

        Args:
            specs: the tables to see.
            files: for some of them, by full name, other files than the current ones.
        """
        if self._engine is None:
            # One engine for the warehouse's life: starting one takes longer than most models.
            self._engine = open_engine(self._spill, of_engine(self.memory))
        with self._engine.cursor() as engine:
            for spec in specs:
                current = (files or {}).get(spec.full_name, self.files(spec.full_name))
                engine.show(spec, current)
            yield engine

    @contextmanager
    def maker(
        self, specs: Iterable[TableSpec] = (), files: Mapping[str, Sequence[Path]] | None = None
    ) -> Generator[Engine]:
        """Open the engine that makes tables: one here, or on a server; see `engine`."""
        if not self.spark_remote:
            with self.engine(specs, files) as engine:
                yield engine
            return
        from pipeline.storage.handover import SharedFolder, SharedStore
        from pipeline.storage.spark_server import open_spark

        if self._server is None:
            copies, folder = self.copies, self._served
            handover = SharedStore(copies, folder) if copies else SharedFolder(folder)
            self._server = open_spark(self.spark_remote, handover)
        for spec in specs:
            self._server.show(spec, (files or {}).get(spec.full_name, self.files(spec.full_name)))
        yield self._server

    def stamped(self) -> list[str]:
        """Return the full names of the tables that have a stamp, layer by layer."""
        found = [file.parent for file in self.tables.glob("*/*/_stamp.json")]
        # A copy of a folder that somebody made beside it, `papers.bak`, is no table.
        ours = [f for f in found if f.name.isidentifier() and f.parent.name in LAYERS]
        names = [f"{folder.parent.name}.{folder.name}" for folder in ours]
        return sorted(names, key=lambda name: (LAYERS.index(name.partition(".")[0]), name))

    def stamp(self, full_name: str) -> Stamp | None:
        """Return the table's stamp, or None if it has none, or one that cannot be read."""
        return read_stamp(self.table_dir(full_name))

    # ------------------------------------------------------------ writing

    def replace_table(
        self,
        spec: TableSpec,
        make: Callable[[Path], Made],
        origin: Origin,
        asked: str,
        now: datetime,
        linking: Sequence[str] = (),
    ) -> Made:
        """Write a table beside the old one, check it, and only then put it in its place.

        Args:
            spec: the table.
            make: writes the Parquet file to the path it is given, and checks it.
            origin: what the table is made from, kept in the stamp.
            asked: the version of the checks and of what they look at, kept in the stamp.
            now: kept in the stamp (UTC).
            linking: the columns by which others hang on its rows; what of them changed is kept.

        Returns:
            What was made. If a check with severity `error` failed, the old table stands.

        Raises:
            PipelineError: the disk is full or the folder cannot be written.
        """
        folder = self.table_dir(spec.full_name)
        file = folder / f"{spec.name}.parquet"
        try:
            with self.writing(spec.full_name):
                folder.mkdir(parents=True, exist_ok=True)
                begun = time.perf_counter()
                made = make(temporary(file))
                seconds = round(time.perf_counter() - begun, 3)
                if any(check.blocks for check in made.checks):
                    return made
                old = self.stamp(spec.full_name)
                made = self._counted(spec, made, temporary(file), linking if old else ())
                content = made.content or ("", 0)
                marks = {file.name: FileMark.of(temporary(file))}
                # The stamp goes first and comes back last. Beside the one before it a file would
                # count as damaged after a kill, and what models recall of it would be forgotten.
                self.remove_stamp(spec.full_name)
                put_in_place(file)
                stamp = Stamp.of(origin, content, asked, marks, made.checks, now)
                is_measured = made.n_keys is None and not self.spark_remote
                known = seconds if is_measured else old and old.seconds
                self.put_stamp(spec, replace(stamp, seconds=known))
                if old and linking and made.changed is not None:
                    found = RowChanges(old.content, content[0], made.changed.select(linking))
                    keep_changes(self.root, spec.full_name, found)
        finally:
            with suppress(OSError):  # what it could not be written for has been said
                temporary(file).unlink(missing_ok=True)
        return made

    def _counted(self, spec: TableSpec, made: Made, file: Path, linking: Sequence[str]) -> Made:
        """Return what was made with the version of its rows and what changed, where neither is."""
        if made.content:
            return made
        columns = spec.content_columns
        hashes = content_hashes([file], columns)
        content = version_of(hashes)
        changed = None
        if linking and self.is_sound(spec.full_name):
            changed = changed_rows(self.files(spec.full_name), [file], columns, linking, hashes)
        return replace(made, content=content, changed=changed)

    def put_stamp(self, spec: TableSpec, stamp: Stamp) -> None:
        """Write the stamp of a table that lies in its place."""
        write_stamp(self.table_dir(spec.full_name), stamp)

    def remove_stamp(self, full_name: str) -> None:
        """Take a table's stamp away, so that the table counts as unfinished."""
        remove_stamp(self.table_dir(full_name))
