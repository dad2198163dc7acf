"""Publishing: one version out of all tables, written whole and then made the current one.

What belongs here: the content of a version and its way into place. What does not: which versions
there are (`versions`), whether the tables fit together (`builds.publication`).
"""

import json
import platform
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract.errors import PipelineError
from pipeline.contract.ids import fingerprint
from pipeline.contract.specs import TableSpec
from pipeline.contract.tables import DUMPS
from pipeline.contract.version_tables import BUILD_INFO, VERSION_TABLES
from pipeline.storage.audit import checks_version
from pipeline.storage.checksums import FileMark
from pipeline.storage.duckdb_engine import LIBRARY_VERSION, DuckDB
from pipeline.storage.engine import EngineError, EngineMemoryError, EngineWriteError
from pipeline.storage.files import put_in_place, temporary
from pipeline.storage.parquet import write_arrow
from pipeline.storage.published_file import open_for_copies
from pipeline.storage.retention import versions_to_prune
from pipeline.storage.stamps import Origin, Stamp
from pipeline.storage.version_file import STORAGE, change_file, write_file
from pipeline.storage.version_origins import VersionOrigin, copied_base, files_of
from pipeline.storage.versions import (
    KEEP_VERSIONS,
    Version,
    is_rolled_back,
    new_version,
    published_tables,
    sweep_versions,
    switch,
    versions,
)
from pipeline.storage.warehouse import Made, Warehouse

if TYPE_CHECKING:
    import pyarrow as pa

# What the tables that tell of a version are made from, as their stamps name it.
_VERSION = "version"
_WITHHELD = "withheld"
_Views = Sequence[tuple[TableSpec, str]]


def publish(
    warehouse: Warehouse,
    specs: Mapping[str, TableSpec],
    now: datetime,
    keep: int = KEEP_VERSIONS,
    keep_days: int = 0,
    telling: "Callable[[], Mapping[str, pa.Table]]" = dict,
    views: _Views = (),
) -> tuple[Version, bool]:
    """Publish all tables together, unless their rows are those of the latest version.

    Args:
        warehouse: the tables, all up to date.
        specs: every table's description by full name.
        now: the time of publishing (UTC).
        keep: how many of the latest versions stay.
        keep_days: how old, in days, others may be that stay, too.
        telling: asked, before a new version is made, for the tables that tell of it by name
            (`contract.version_tables`, but build_info); those it leaves out have no rows. What it
            raises ends it all.
        views: what queries find beside the tables: a description, and a SELECT over `main.<table>`.

    Returns:
        The latest version, and whether it is new; the current one, if people went back from these
        rows and their version is gone.

    Raises:
        PipelineError: a table's file is not as it was written, or the file cannot be written; the
            published one stays.
    """
    from pipeline.contract.arrow import table_of_rows

    tables = published_tables(specs)
    stamps = {spec.full_name: _need_stamp(warehouse, spec) for spec in tables}
    described = _described(tables, views)
    content = _content(described, stamps)
    shape = fingerprint(STORAGE, LIBRARY_VERSION, *described)
    with warehouse.writing("the published file"):
        sweep_versions(warehouse)
    known = versions(warehouse)
    if known and known[0].content == content and known[0].is_intact():
        _settle(warehouse, known[0])
        _prune(warehouse, keep, keep_days, now)
        return versions(warehouse)[0], False
    if is_rolled_back(warehouse, content):
        return next(version for version in known if version.is_current), False
    _need_whole(warehouse, tables)
    told = telling()
    new = new_version(warehouse, content, now)
    written = temporary(new.path)
    info = table_of_rows(BUILD_INFO, [_build_info(warehouse, specs, new, now)])
    about = {spec.name: told.get(spec.name, table_of_rows(spec, [])) for spec in VERSION_TABLES}
    about[BUILD_INFO.name] = info
    try:
        with warehouse.writing("the published file"):
            base = copied_base(known, shape, written)
            is_whole = not (base and _change_file(warehouse, written, stamps, specs, about, base))
            if is_whole:
                _write_file(warehouse, written, tables, about, views)
            mark = FileMark.of(written)
            n_bytes = mark.n_bytes if is_whole or not base else base.whole_bytes
            new.keep_mark(mark)
            VersionOrigin(shape, files_of(stamps), n_bytes, mark.sha256).keep(new)
            put_in_place(new.path)
            switch(warehouse, new.path)
            for spec in VERSION_TABLES:
                _write_about(warehouse, spec, about[spec.name], new.id, now)
    finally:
        _remove(written)
    with warehouse.writing("the published file"):
        sweep_versions(warehouse)  # one that was changed or damaged is no longer the current one
    # A reader may be about to open the one before; not where just one is to stay.
    _prune(warehouse, keep, keep_days, now, [v.id for v in known if v.is_current and keep > 1])
    return new, True


def _described(tables: Iterable[TableSpec], views: _Views) -> list[str]:
    """Return all that the file shows of them; stages are for people who look at the models."""
    described = [spec.model_dump_json(exclude={"stage"}) for spec in (*tables, *VERSION_TABLES)]
    return described + [f"{spec.model_dump_json()}{select}" for spec, select in views]


def _content(described: Iterable[str], stamps: Mapping[str, Stamp]) -> str:
    contents = [(name, stamp.content) for name, stamp in sorted(stamps.items())]
    return fingerprint(STORAGE, *described, *contents)[:12]


def is_published(warehouse: Warehouse, specs: Mapping[str, TableSpec], views: _Views) -> bool:
    """Tell whether the rows of all tables are those of the latest version, or were gone back from.

    Args:
        warehouse: the tables, all up to date.
        specs: every table's description by full name.
        views: what queries find beside the tables, as in `publish`.

    Raises:
        PipelineError: a table is not there.
    """
    tables = published_tables(specs)
    stamps = {spec.full_name: _need_stamp(warehouse, spec) for spec in tables}
    content = _content(_described(tables, views), stamps)
    known = versions(warehouse)
    return bool(known and known[0].content == content) or is_rolled_back(warehouse, content)


def _prune(
    warehouse: Warehouse, keep: int, keep_days: int, now: datetime, spared: Sequence[str] = ()
) -> None:
    """Remove the versions that are not kept; also after a build that was killed before it did."""
    with warehouse.writing("the published file"):
        for old in versions_to_prune(versions(warehouse), keep, keep_days, now, spared):
            old.remove()


def _settle(warehouse: Warehouse, latest: Version) -> None:
    """Put in place what a killed build or damage left open after the latest version was written."""
    current = next((v for v in versions(warehouse) if v.is_current), None)
    with warehouse.writing("the published file"):
        if current != latest and not is_rolled_back(warehouse, latest.content):
            switch(warehouse, latest.path)
        behind = [spec for spec in VERSION_TABLES if not _tells_of(warehouse, spec, latest)]
        if behind:
            with open_for_copies(latest.path) as engine:
                for spec in behind:
                    rows = engine.arrow(f"select * from {spec.name}")
                    _write_about(warehouse, spec, rows, latest.id, latest.published_at)


def _tells_of(warehouse: Warehouse, spec: TableSpec, latest: Version) -> bool:
    """Tell whether a table that tells of a version is there and tells of this one."""
    stamp = warehouse.stamp(spec.full_name)
    is_of_it = stamp is not None and stamp.origin.inputs == {_VERSION: latest.id}
    return is_of_it and warehouse.is_whole(spec.full_name)


def keep_withheld(warehouse: Warehouse, spec: TableSpec, rows: "pa.Table", now: datetime) -> None:
    """Keep what a version would have told that is not published, in the place of its table.

    Args:
        warehouse: where.
        spec: a table that tells of a version.
        rows: its rows.
        now: the time (UTC).
    """
    with warehouse.writing(spec.full_name):
        _write_about(warehouse, spec, rows, _WITHHELD, now)


def is_withheld(warehouse: Warehouse, spec: TableSpec) -> bool:
    """Tell whether a table tells of a version that was not published."""
    stamp = warehouse.stamp(spec.full_name)
    return stamp is not None and stamp.origin.inputs == {_VERSION: _WITHHELD}


def _need_stamp(warehouse: Warehouse, spec: TableSpec) -> Stamp:
    stamp = warehouse.stamp(spec.full_name)
    if stamp is None:
        raise PipelineError(f"{spec.full_name} has not been built yet; run `papermart build`")
    return stamp


def _need_whole(warehouse: Warehouse, tables: Iterable[TableSpec]) -> None:
    """Raise PipelineError if a table is damaged, whatever size and time of its file say."""
    for spec in tables:
        if warehouse.unsound(spec.full_name):
            raise PipelineError(
                f"nothing was published: {spec.full_name} is damaged. Run `papermart build`"
            )


def _build_info(
    warehouse: Warehouse,
    specs: Mapping[str, TableSpec],
    new: Version,
    now: datetime,
) -> dict[str, Any]:
    stamps = {name: s for name in sorted(specs) if (s := warehouse.stamp(name))}
    with warehouse.engine([DUMPS]) as engine:
        dumps = engine.rows(f"select dump_id, path from {DUMPS.full_name}")
    libraries = ("papermart", "duckdb", "polars", "pyarrow")
    checks = {
        name: {
            "n_checks": len(stamp.checks),
            "failed": [check for check in stamp.checks if not check["passed"]],
        }
        for name, stamp in stamps.items()
    }
    return {
        "build_id": new.id,
        "built_at": now.replace(tzinfo=None),
        "content_hash": new.content,
        "versions": _json(
            {name: version(name) for name in libraries} | {"python": platform.python_version()}
        ),
        "input_hashes": _json({row["dump_id"]: row["path"] for row in dumps}),
        "row_counts": _json({name: stamp.n_rows for name, stamp in stamps.items()}),
        "checks": _json(checks),
    }


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def _remove(file: Path) -> None:
    """Remove a file that was being written, and what its engine keeps beside it."""
    file.unlink(missing_ok=True)
    file.with_name(file.name + ".wal").unlink(missing_ok=True)


def _write_file(
    warehouse: Warehouse,
    file: Path,
    tables: Sequence[TableSpec],
    about: Mapping[str, "pa.Table"],
    views: Iterable[tuple[TableSpec, str]],
) -> None:
    """Write a version whole; on one thread, where it does not fit into memory on several."""
    specs = [*tables, *VERSION_TABLES]
    _remove(file)
    with suppress(EngineMemoryError):
        with _seeing(warehouse, tables, about) as engine:
            write_file(engine, file, specs, views)
        return
    _remove(file)
    with _seeing(warehouse, tables, about) as engine, engine.sparing_memory():
        write_file(engine, file, specs, views)


def _change_file(
    warehouse: Warehouse,
    file: Path,
    stamps: Mapping[str, Stamp],
    specs: Mapping[str, TableSpec],
    about: Mapping[str, "pa.Table"],
    base: VersionOrigin,
) -> bool:
    """Change the copy of a version into the new one; tell whether that went well."""
    files = files_of(stamps)
    changed = [specs[name] for name in files if files[name] != base.files.get(name)]
    n_rows = [(spec, stamps[spec.full_name].n_rows) for spec in changed]
    with suppress(EngineMemoryError), _seeing(warehouse, changed, about) as engine:
        return change_file(engine, file, VERSION_TABLES, n_rows)
    return False


@contextmanager
def _seeing(
    warehouse: Warehouse, tables: Iterable[TableSpec], about: Mapping[str, "pa.Table"]
) -> Generator[DuckDB]:
    """Open an engine that sees tables, and those that tell of a version."""
    try:
        with warehouse.engine(tables) as engine:
            try:
                for spec in VERSION_TABLES:
                    engine.show_rows(spec, about[spec.name])
                yield engine
            finally:
                for spec in VERSION_TABLES:
                    engine.execute(f"drop table if exists {spec.full_name}")
    except (EngineError, EngineWriteError):
        # The engine still holds the broken file.
        warehouse.close()
        raise


def _write_about(
    warehouse: Warehouse, spec: TableSpec, rows: "pa.Table", version_id: str, now: datetime
) -> None:
    """Write a table that tells of a version."""

    def make(file: Path) -> Made:
        write_arrow(rows, file)
        return Made([])

    origin = Origin({}, {}, {_VERSION: version_id})
    warehouse.replace_table(spec, make, origin, checks_version(spec), now)
