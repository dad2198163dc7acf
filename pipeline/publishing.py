"""The published file: versions, the link that names the current one, going back.

What belongs here: building `versions/<id>.duckdb` out of the tables and switching the link.
What does not: the tables themselves (`warehouse`), whether a build is due (`build`).

A version is a self-contained file. `warehouse.duckdb` is a symbolic link to one, replaced in one
step: readers keep the version they opened, new readers see the new one, nobody sees a mixture.
"""

import json
import os
import platform
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from pipeline.errors import PipelineError
from pipeline.schema import DUMPS, ISSUES, ColumnSpec, TableSpec
from pipeline.warehouse import Stamp, Warehouse, fingerprint, quote, sync, write_arrow, write_whole

KEEP_VERSIONS = 5
# Files of DuckDB 2's own format cannot be opened by the tools of 1.x that people have.
_STORAGE = "v1.2.0"
_ALSO_PUBLISHED = ("linkage.matches", DUMPS.full_name, ISSUES.full_name)

BUILD_INFO = TableSpec(
    layer="marts",
    name="build_info",
    description="What this build was made of: for quoting, and for telling builds apart.",
    grain="one row per published build (this one)",
    key=("build_id",),
    columns=tuple(
        ColumnSpec.model_validate({"name": n, "type": t, "description": d, "required": True})
        for n, t, d in (
            ("build_id", "VARCHAR", "Id of the build; quote it with every number."),
            ("built_at", "TIMESTAMP", "When it was published (UTC)."),
            ("content_hash", "VARCHAR", "Fingerprint of all published rows."),
            ("versions", "VARCHAR", "JSON: versions of papermart, Python and libraries."),
            ("input_hashes", "VARCHAR", "JSON: dump_id (SHA-256) of each dump to its path."),
            ("row_counts", "VARCHAR", "JSON: rows of each table."),
            ("checks", "VARCHAR", "JSON: each table's checks that ran, and those that failed."),
        )
    ),
)


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


def versions(warehouse: Warehouse) -> list[Version]:
    """Return the published versions, the latest first."""
    current = warehouse.published.resolve() if warehouse.published.exists() else None
    files = sorted(warehouse.versions.glob("*.duckdb"), reverse=True)
    return [Version(f.stem, f, current == f.resolve() or _is_copy(warehouse, f)) for f in files]


def _is_copy(warehouse: Warehouse, file: Path) -> bool:
    # Where links are not to be had, the published file is a copy with a note of its origin.
    note = warehouse.published.with_suffix(".version")
    is_link = warehouse.published.is_symlink()
    return not is_link and note.exists() and note.read_text("utf-8").strip() == file.stem


def publish(
    warehouse: Warehouse, specs: Mapping[str, TableSpec], now: datetime
) -> tuple[Version, bool]:
    """Publish all tables together, unless their rows are those of the latest version.

    Args:
        warehouse: the tables, all up to date.
        specs: every table's description by full name.
        now: the time of publishing (UTC).

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
    if known and known[0].content == content and warehouse.published.exists():
        if not known[0].is_current and not _is_rolled_back(warehouse, known[0]):
            # A build was killed after it wrote the version and before it switched the link.
            with warehouse.writing("the published file"):
                _switch(warehouse, known[0].path)
        return versions(warehouse)[0], False
    version_id = f"{now:%Y%m%dT%H%M%S}-{content}"
    file = warehouse.versions / f"{version_id}.duckdb"
    temporary = file.with_name(file.name + ".tmp")
    info = _build_info(warehouse, specs, version_id, content, now)
    try:
        with warehouse.writing("the published file"):
            _write_file(warehouse, temporary, tables, info)
            sync(temporary)
            temporary.replace(file)
            _switch(warehouse, file)
    finally:
        temporary.unlink(missing_ok=True)
        temporary.with_name(temporary.name + ".wal").unlink(missing_ok=True)
    for old in [v for v in versions(warehouse)[KEEP_VERSIONS:] if not v.is_current]:
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
    import pyarrow.parquet as pq

    stamps = {name: s for name in sorted(specs) if (s := warehouse.stamp(name))}
    manifest = warehouse.files(DUMPS.full_name)[0]
    dumps = pq.read_table(manifest, columns=["dump_id", "path"]).to_pylist()
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
    from pipeline.extraction import to_table

    folder = warehouse.table_dir(BUILD_INFO.full_name)
    folder.mkdir(parents=True, exist_ok=True)
    info_file = folder / "build_info.parquet.tmp"
    specs = [*tables, BUILD_INFO]
    try:
        write_arrow(to_table(BUILD_INFO, [info]), info_file)
        with warehouse.connect(specs, {BUILD_INFO.full_name: [info_file]}) as con:
            _fill_file(con, file, specs)
        info_file.replace(info_file.with_suffix(""))
    except duckdb.Error:
        # The connection still holds the broken file.
        warehouse.close()
        raise
    finally:
        info_file.unlink(missing_ok=True)


def _fill_file(con: duckdb.DuckDBPyConnection, file: Path, specs: Iterable[TableSpec]) -> None:
    con.execute(f"attach {quote(file)} as published (storage_version '{_STORAGE}')")
    con.execute("begin")  # a comment of its own transaction takes longer than a small table
    for spec in specs:
        _copy_table(con, spec)
    con.execute("commit")
    con.execute("detach published")


def _copy_table(con: duckdb.DuckDBPyConnection, spec: TableSpec) -> None:
    target = f"published.main.{spec.name}"
    order = ", ".join(spec.key)
    con.execute(f"create table {target} as select * from {spec.full_name} order by {order}")
    comment = f"{spec.description} Grain: {spec.grain}."
    con.execute(f"comment on table {target} is {quote(comment)}")
    for column in spec.columns:
        con.execute(f"comment on column {target}.{column.name} is {quote(column.description)}")


def _switch(warehouse: Warehouse, file: Path) -> None:
    """Make `warehouse.duckdb` name a version, in one step."""
    # Not `warehouse.duckdb.tmp`: DuckDB gives that name to a reader's spill folder.
    link = warehouse.root / "published.tmp"
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
        warehouse.published.with_suffix(".version").write_text(file.stem, "utf-8")


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
