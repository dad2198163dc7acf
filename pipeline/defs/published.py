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
from pipeline.storage.versions import Version, versions
from pipeline.storage.warehouse import Warehouse

WAREHOUSE = dg.AssetKey(["published", "warehouse"])
REPORT = dg.AssetKey(["published", "report"])
EXPORTS = dg.AssetKey(["published", "exports"])
_BUILD = re.compile(rb"<title>[^<]* papermart ([0-9A-Za-z-]+)</title>")


def report_file(warehouse: Warehouse) -> Path:
    """Return where the report of a warehouse lies."""
    return warehouse.root / "report.html"


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
    return {"version": version.id, "path": dg.MetadataValue.path(str(warehouse.published))}


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
        "preview": dg.MetadataValue.md(glance.markdown),
        "report": dg.MetadataValue.url(target.resolve().as_uri()),
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
    return {
        "path": dg.MetadataValue.path(str(exports.resolve())),
        "n_written": len(written),
    }
