"""Exports kept up to date: what was exported before is written anew of a version just published.

What belongs here: which files an export folder holds, and whether they are behind. What does not:
writing them (`export`), what the folder holds besides (`export_folder`).
"""

import codecs
from pathlib import Path
from typing import get_args

from pipeline.outputs.export import ExportFormat, export, exportable
from pipeline.outputs.export_folder import Earlier, read_earlier
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse


def refresh_exports(warehouse: Warehouse, target: Path) -> list[Path]:
    """Write the exports in a folder anew, if they are of an earlier version of this warehouse.

    Tables and formats stay as they were asked for; CSV files keep or lack their byte-order mark.
    Exports of another warehouse, or of a version that is gone, stay as they are, and so does a
    folder that holds none, or is not there.

    Args:
        warehouse: what was built.
        target: the folder of exports.

    Returns:
        The files that were written.

    Raises:
        PipelineError: they cannot be written, see `export`.
    """
    earlier = read_earlier(target) if target.is_dir() else Earlier()
    is_current = {version.id: version.is_current for version in versions(warehouse)}
    if is_current.get(earlier.build_id or "", True) or not any(is_current.values()):
        return []
    known = exportable()
    files = [target / name for name in earlier.files if Path(name).stem in known]
    has_bom = all(_has_bom(file) for file in files if file.suffix == ".csv")
    written: list[Path] = []
    for form in get_args(ExportFormat):
        tables = [file.stem for file in files if file.suffix == f".{form}"]
        if tables:
            done = export(warehouse.published, target, tables, form, has_bom=has_bom)
            written += [file.path for file in done.files]
    return written


def _has_bom(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
    except OSError:  # gone meanwhile, or never written to its end
        return True
