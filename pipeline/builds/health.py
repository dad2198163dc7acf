"""Files of the warehouse that are not as they were written: finding them, having them made anew.

What belongs here: looking at every checksum. What does not: marks (`storage.checksums`), making
what is damaged anew: builds do that as soon as a file is not believed.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pipeline.contract.version_tables import VERSION_TABLES
from pipeline.models.catalogue import all_specs
from pipeline.storage.checksums import distrust
from pipeline.storage.stamps import FILE as STAMP
from pipeline.storage.stamps import write_stamp
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse


def deep_check(warehouse: Warehouse) -> list[str]:
    """Read every file of the warehouse and name those that are not as they were written.

    The next build makes them anew.

    Args:
        warehouse: which no build changes meanwhile; one at work is waited for.

    Returns:
        A line for each: the file, relative to the warehouse, and what is wrong with it.

    Raises:
        PipelineError: a build is at work for ten minutes, or the folder cannot be written.
    """
    if not warehouse.root.is_dir():  # the lock would make it
        return []
    with warehouse.lock():
        found = list(_damage(warehouse))
        _distrust(file for file, _ in found)
    return [f"{file.relative_to(warehouse.root)} {why}" for file, why in found]


def renew_marks(warehouse: Warehouse) -> None:
    """Learn the times of table files that are as they were written, but for their time.

    Those of a warehouse that was copied: without that all of it would be read at every look.

    Args:
        warehouse: locked by who asks.
    """
    for name in warehouse.stamped():
        stamp, folder = warehouse.stamp(name), warehouse.table_dir(name)
        marks = stamp.files.items() if stamp else ()
        news = {file: mark for file, old in marks if (mark := old.renewed(folder / file))}
        if stamp and news:
            write_stamp(folder, replace(stamp, files={**stamp.files, **news}))


def distrust_damaged(warehouse: Warehouse) -> bool:
    """Have the next build make anew what is damaged; tell whether anything is.

    Args:
        warehouse: locked by who asks.
    """
    found = [file for file, _ in _damage(warehouse)]
    _distrust(found)
    return bool(found)


def _distrust(files: Iterator[Path] | list[Path]) -> None:
    for file in files:
        with suppress(OSError):  # gone: that shows without looking at its time
            distrust(file)


def _damage(warehouse: Warehouse) -> Iterator[tuple[Path, str]]:
    """Yield each file that is not as it was written, and what is wrong with it."""
    made = {*all_specs(), *(spec.full_name for spec in VERSION_TABLES)}
    for name in warehouse.stamped():
        if name not in made:
            continue  # of an earlier release: nothing reads it, and nothing would make it anew
        for file in warehouse.damaged(name, deep=True):
            yield file, "is damaged" if file.exists() else "is gone"
        if warehouse.stamp(name) is None:
            yield warehouse.table_dir(name) / STAMP, "cannot be read"
    for version in versions(warehouse):
        if version.mark is None:
            yield version.note, "cannot be read" if version.note.exists() else "is gone"
        elif not version.is_intact(deep=True):
            yield version.path, "is not as it was published: changed by another program, or damaged"
    if versions(warehouse) and not warehouse.published.exists():
        yield warehouse.published, "leads to no version"
