"""The published file, its report and its exports, as Dagster shows them.

What belongs here: writing report and exports if they are behind, and what is told of all three.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg

import pipeline.outputs.report as report_package
from pipeline.contract.ids import fingerprint
from pipeline.defs.served_files import EXPORTS_ADDRESS, REPORT_ADDRESS, export_files, report_file
from pipeline.models.catalogue import all_specs
from pipeline.outputs.export_folder import read_earlier
from pipeline.storage.versions import Version, published_tables, shown_name, versions
from pipeline.storage.warehouse import Warehouse

WAREHOUSE = dg.AssetKey(["published", "warehouse"])
REPORT = dg.AssetKey(["published", "report"])
EXPORTS = dg.AssetKey(["published", "exports"])
_BUILD = re.compile(rb"<title>[^<]* papermart ([0-9A-Za-z-]+)</title>")


def current_version(warehouse: Warehouse) -> Version | None:
    """Return the published version, or None before the first one."""
    return next((found for found in versions(warehouse) if found.is_current), None)


@cache
def report_code() -> str:
    """Return a fingerprint of all that a report is made by: modules, queries, templates."""
    folder = Path(next(iter(report_package.__path__)))
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return fingerprint(*(f"{path.name}|{fingerprint(path.read_bytes())}" for path in files))


def reported_version(file: Path) -> str | None:
    """Return the id of the version that a report shows, or None if it is none of ours."""
    try:
        found = _BUILD.search(file.read_bytes())
    except OSError:
        return None
    return found[1].decode("ascii") if found else None


def is_report_behind(warehouse: Warehouse) -> bool:
    """Tell whether the report shows another version than the published one, if there is one."""
    version = current_version(warehouse)
    return version is not None and reported_version(report_file(warehouse)) != version.id


def is_report_due(instance: dg.DagsterInstance, warehouse: Warehouse) -> bool:
    """Tell whether the report is behind, or was made by other code than there is now."""
    made_by = instance.get_latest_materialization_code_versions([REPORT])[REPORT]
    is_other_code = made_by not in (None, report_code())
    return is_report_behind(warehouse) or is_other_code


def published_metadata(warehouse: Warehouse, version: Version) -> dict[str, Any]:
    """Return what is known of the published file."""
    counts = [f"| {name} | {n:,} |" for name, n in _row_counts(warehouse).items()]
    return {
        "version": version.id,
        "published_at": f"{version.published_at:%Y-%m-%d %H:%M} UTC",
        "path": dg.MetadataValue.path(str(warehouse.published.absolute())),
        "query it": 'papermart query "select * from papers limit 10"',
        "tables": dg.MetadataValue.md("\n".join(["| table | rows |", "|---|---:|", *counts])),
    }


def _row_counts(warehouse: Warehouse) -> dict[str, int]:
    """Return the rows of each table in the published file, by the name that queries use."""
    tables = published_tables(all_specs())
    stamps = {shown_name(spec.full_name): warehouse.stamp(spec.full_name) for spec in tables}
    return {name: stamp.n_rows for name, stamp in stamps.items() if stamp}


def write_report_if(warehouse: Warehouse, *, due: bool) -> dict[str, Any]:
    """Write the report of the published version, and return what is known of it.

    Args:
        warehouse: where it is published.
        due: write it; else only look at the one that is there.

    Raises:
        PipelineError: nothing is published, or the report cannot be written.
    """
    from pipeline.outputs.report.page import write_report
    from pipeline.outputs.report.preview import preview
    from pipeline.storage.versions import find_version

    version, target = find_version(warehouse, None), report_file(warehouse)
    if due:
        write_report(version, target)
    glance = preview(version)
    return {
        "open the report": dg.MetadataValue.url(REPORT_ADDRESS),
        "preview": dg.MetadataValue.md(glance.markdown),
        "path": dg.MetadataValue.path(str(target.resolve())),
        "version": glance.build_id,
        "n_bytes": target.stat().st_size,
        "is_new": due,
    }


def write_exports_if_behind(warehouse: Warehouse, exports: Path) -> dict[str, Any]:
    """Write anew what was exported of an earlier version, and return what is known of it.

    Args:
        warehouse: where it is published.
        exports: the folder of exports; where nothing was exported, nothing is.

    Raises:
        PipelineError: they cannot be written.
    """
    from pipeline.outputs.export_again import refresh_exports

    written = refresh_exports(warehouse, exports)
    return exports_metadata(exports) | {"n_written": len(written)}


def exports_metadata(exports: Path) -> dict[str, Any]:
    """Return what is known of a folder of exports: the build they are of, links to its files."""
    files = export_files(exports)
    lines = [
        f"| [{file.name}]({EXPORTS_ADDRESS}/{file.name}) | {file.stat().st_size / 1e3:,.0f} kB |"
        for file in files
    ]
    none = "Nothing is exported yet: `papermart export` does, and later builds keep it up to date."
    return {
        "files": dg.MetadataValue.md("\n".join(["| file | size |", "|---|---:|", *lines]))
        if files
        else dg.MetadataValue.md(none),
        "n_files": len(files),
        "version": exported_version(exports) or "none",
        "path": dg.MetadataValue.path(str(exports.resolve())),
    }


def exported_version(exports: Path) -> str | None:
    """Return the id of the version that the exports in a folder are of, or None without any."""
    return read_earlier(exports).build_id if exports.is_dir() else None
