"""The published file: versions, the link that names the current one, going back.

What belongs here: building `versions/<id>.duckdb` out of the tables and switching the link.
What does not: the tables themselves (`warehouse`), whether a build is due (`builds`).

A version is a self-contained file. `warehouse.duckdb` is a symbolic link to one, replaced in one
step: readers keep the version they opened, new readers see the new one, no reader sees a mixture.
"""

import json
import os
import platform
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline.contract.errors import PipelineError
from pipeline.contract.ids import fingerprint
from pipeline.contract.specs import TableSpec
from pipeline.contract.tables import BUILD_INFO, DUMPS, ISSUES
from pipeline.storage.duckdb_engine import DuckDB, can_be_opened, quote
from pipeline.storage.engine import EngineError, EngineWriteError
from pipeline.storage.files import put_in_place, temporary, write_whole
from pipeline.storage.parquet import write_arrow
from pipeline.storage.stamps import Stamp
from pipeline.storage.warehouse import Warehouse

KEEP_VERSIONS = 5
# Files of DuckDB 2's own format cannot be opened by the tools of 1.x that people have.
_STORAGE = "v1.2.0"
# "20261121T024455-d8870c7465ef": other files in the folder are not ours.
_VERSION_ID = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{12}")
_ALSO_PUBLISHED = ("linkage.matches", DUMPS.full_name, ISSUES.full_name)


@dataclass(frozen=True, slots=True)
class Version:
    """A published file.

    Attributes:
        id: publishing time (UTC) and start of the content's fingerprint.
        path: the file.
        is_current: the link names it.
    """

    id: str
    path: Path
    is_current: bool

    @property
    def content(self) -> str:
        """The start of the content's fingerprint."""
        return self.id.rpartition("-")[2]


def published_tables(specs: Mapping[str, TableSpec]) -> list[TableSpec]:
    """Return the tables of the published file, in the order they are listed to people."""
    marts = [spec for spec in specs.values() if spec.layer == "marts"]
    return [*sorted(marts, key=lambda s: s.name), *(specs[name] for name in _ALSO_PUBLISHED)]


def shown_name(full_name: str) -> str:
    """Return what queries call a table; one that is not published keeps its layer."""
    layer, _, name = full_name.partition(".")
    return name if layer == "marts" or full_name in _ALSO_PUBLISHED else full_name


def versions(warehouse: Warehouse) -> list[Version]:
    """Return the published versions, the latest first."""
    current = current_file(warehouse)
    files = sorted(warehouse.versions.glob("*.duckdb"), reverse=True)
    files = [file for file in files if _VERSION_ID.fullmatch(file.stem)]
    return [Version(f.stem, f, current == f.resolve() or _is_copy(warehouse, f)) for f in files]


def current_file(warehouse: Warehouse) -> Path | None:
    """Return the published file, or None before the first one."""
    return warehouse.published.resolve() if warehouse.published.exists() else None


def _is_copy(warehouse: Warehouse, file: Path) -> bool:
    # Where links are not to be had, the published file is a copy with a note of its origin.
    note = warehouse.published.with_suffix(".version")
    is_link = warehouse.published.is_symlink()
    return not is_link and note.exists() and note.read_text("utf-8").strip() == file.stem


def publish(
    warehouse: Warehouse, specs: Mapping[str, TableSpec], now: datetime, keep: int = KEEP_VERSIONS
) -> tuple[Version, bool]:
    """Publish all tables together, unless their rows are those of the latest version.

    Args:
        warehouse: the tables, all up to date.
        specs: every table's description by full name.
        now: the time of publishing (UTC).
        keep: how many versions stay, the published one aside.

    Returns:
        The latest version, and whether it is new.

    Raises:
        PipelineError: the file cannot be written; the published one stays.
    """
    tables = published_tables(specs)
    stamps = {spec.full_name: _need_stamp(warehouse, spec) for spec in tables}
    described = [spec.model_dump_json() for spec in tables]
    contents = [(name, stamp.content) for name, stamp in sorted(stamps.items())]
    content = fingerprint(_STORAGE, *described, *contents)[:12]
    known = versions(warehouse)
    is_known = bool(known) and known[0].content == content and warehouse.published.exists()
    if is_known and can_be_opened(known[0].path):
        if not known[0].is_current and not _is_rolled_back(warehouse, known[0]):
            # A build was killed after it wrote the version and before it switched the link.
            with warehouse.writing("the published file"):
                _switch(warehouse, known[0].path)
        return versions(warehouse)[0], False
    version_id = f"{now:%Y%m%dT%H%M%S}-{content}"
    file = warehouse.versions / f"{version_id}.duckdb"
    written = temporary(file)
    info = _build_info(warehouse, specs, version_id, content, now)
    try:
        with warehouse.writing("the published file"):
            _write_file(warehouse, written, tables, info)
            put_in_place(file)
            _switch(warehouse, file)
    finally:
        written.unlink(missing_ok=True)
        written.with_name(written.name + ".wal").unlink(missing_ok=True)
    for old in [v for v in versions(warehouse)[keep:] if not v.is_current]:
        old.path.unlink()
    return Version(version_id, file, is_current=True), True


def _need_stamp(warehouse: Warehouse, spec: TableSpec) -> Stamp:
    stamp = warehouse.stamp(spec.full_name)
    if stamp is None:
        raise PipelineError(f"{spec.full_name} has not been built yet; run `papermart build`")
    return stamp


def _build_info(
    warehouse: Warehouse,
    specs: Mapping[str, TableSpec],
    version_id: str,
    content: str,
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
        "build_id": version_id,
        "built_at": now.replace(tzinfo=None),
        "content_hash": content,
        "versions": _json(
            {name: version(name) for name in libraries} | {"python": platform.python_version()}
        ),
        "input_hashes": _json({row["dump_id"]: row["path"] for row in dumps}),
        "row_counts": _json({name: stamp.n_rows for name, stamp in stamps.items()}),
        "checks": _json(checks),
    }


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def _write_file(
    warehouse: Warehouse, file: Path, tables: Iterable[TableSpec], info: dict[str, Any]
) -> None:
    from pipeline.contract.arrow import table_of_rows

    info_file = warehouse.table_dir(BUILD_INFO.full_name) / "build_info.parquet"
    info_file.parent.mkdir(parents=True, exist_ok=True)
    specs = [*tables, BUILD_INFO]
    try:
        write_arrow(table_of_rows(BUILD_INFO, [info]), temporary(info_file))
        with warehouse.engine(specs, {BUILD_INFO.full_name: [temporary(info_file)]}) as engine:
            _fill_file(engine, file, specs)
        put_in_place(info_file)
    except (EngineError, EngineWriteError):
        # The engine still holds the broken file.
        warehouse.close()
        raise
    finally:
        temporary(info_file).unlink(missing_ok=True)


def _fill_file(engine: DuckDB, file: Path, specs: Iterable[TableSpec]) -> None:
    engine.execute(f"attach {quote(file)} as published_file (storage_version '{_STORAGE}')")
    engine.execute("begin")  # a comment of its own transaction takes longer than a small table
    for spec in specs:
        _copy_table(engine, spec)
    engine.execute("commit")
    engine.execute("detach published_file")


def _copy_table(engine: DuckDB, spec: TableSpec) -> None:
    target = f"published_file.main.{spec.name}"
    order = ", ".join(spec.key)
    engine.execute(f"create table {target} as select * from {spec.full_name} order by {order}")
    comment = f"{spec.description} Grain: {spec.grain}."
    engine.execute(f"comment on table {target} is {quote(comment)}")
    for column in spec.columns:
        words = quote(column.description)
        engine.execute(f"comment on column {target}.{column.name} is {words}")


def _switch(warehouse: Warehouse, file: Path) -> None:
    """Make `warehouse.duckdb` name a version, in one step.

    Raises:
        PipelineError: a file of that name is there which no build made.
    """
    published = warehouse.published
    is_copy = published.with_suffix(".version").exists()
    if published.exists() and not published.is_symlink() and not is_copy:
        raise PipelineError(
            f"{published} is there already and no build made it; move it away, or name another "
            "folder with --warehouse"
        )
    link = temporary(warehouse.published)
    link.unlink(missing_ok=True)
    try:
        link.symlink_to(os.path.relpath(file, link.parent))
        link.replace(warehouse.published)
        warehouse.published.with_suffix(".version").unlink(missing_ok=True)
    except (OSError, NotImplementedError):
        if not file.exists():
            raise
        shutil.copyfile(file, link)
        link.replace(warehouse.published)
        write_whole(warehouse.published.with_suffix(".version"), file.stem)


def _is_rolled_back(warehouse: Warehouse, latest: Version) -> bool:
    note = _rollback_note(warehouse)
    return note.exists() and note.read_text("utf-8").strip() == latest.id


def _rollback_note(warehouse: Warehouse) -> Path:
    # Names the latest version at the time of a rollback, which builds must not bring back.
    return warehouse.root / ".rolled_back"


def rollback(warehouse: Warehouse, version_id: str | None = None) -> Version:
    """Make an earlier version the published one; a build of new rows publishes over it.

    Args:
        warehouse: where the versions are.
        version_id: the version, or None for the one before the current one.

    Raises:
        PipelineError: there is no such version, the link cannot be written, or a build is at work
            for ten minutes.
    """
    if not warehouse.root.is_dir():  # the lock would make it
        raise PipelineError(f"there is no warehouse in {warehouse.root}; run `papermart build`")
    with warehouse.lock():
        return _roll_back(warehouse, version_id)


def _roll_back(warehouse: Warehouse, version_id: str | None) -> Version:
    known = versions(warehouse)
    if version_id is None:
        wanted = "there is no version before the published one"
        place = next((n for n, v in enumerate(known) if v.is_current), -1)
        target = known[place + 1] if 0 <= place < len(known) - 1 else None
    else:
        wanted = f"no version {version_id}"
        target = next((v for v in known if v.id == version_id), None)
    if target is None:
        raise PipelineError(f"{wanted}; `papermart versions` lists those that are")
    with warehouse.writing("the published file"):
        write_whole(_rollback_note(warehouse), known[0].id + "\n")
        _switch(warehouse, target.path)
    return Version(target.id, target.path, is_current=True)


def find_version(warehouse: Warehouse, version_id: str | None) -> Path:
    """Return the file of a version, of the current one by default.

    Raises:
        PipelineError: nothing is published yet, or there is no such version.
    """
    if version_id is None:
        if not warehouse.published.exists():
            raise PipelineError(
                f"nothing is published in {warehouse.root.resolve()} yet; run `papermart build`"
            )
        return warehouse.published.resolve()
    for found in versions(warehouse):
        if found.id == version_id:
            return found.path
    raise PipelineError(f"no version {version_id}; `papermart versions` lists those that are")
