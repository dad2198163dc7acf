"""Sites that other people's packages add, found through the entry point `papermart.sources`.

What belongs here: loading such modules, and keeping a fault in one of them away from the rest.
What does not: the sites that papermart knows itself (the registry in `__init__`).

A package says in its `pyproject.toml`

    [project.entry-points."papermart.sources"]
    my_site = "my_site"

and the module it names holds `NAME`, `detect` and `parse`; see `base.Source`. What it finds is
checked before it goes on, so that a slip in it costs a page and not the build.
"""

import hashlib
import inspect
import logging
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa

from pipeline.schema import (
    ARROW_TYPES,
    PAGES,
    RECORDS,
    SOURCE_NAME,
    AuthorName,
    ColumnSpec,
    ParseResult,
    Record,
)
from pipeline.sources.base import Dump

GROUP = "papermart.sources"
_log = logging.getLogger(__name__)
_GIVEN_LATER = {"record_id", "dump_id", "source", "form", "record_index", "n_authors_listed"}


class PluginFaultError(Exception):
    """A plug-in failed on a page; the message names it and the fault."""


@dataclass(slots=True)
class Plugin:
    """A site of another package, with its faults kept in bounds; a `base.Source`.

    Attributes:
        origin: the package and its version, e.g. `papermart-shelf 1.2`.
        version: changes with the package's version and the module's code.
    """

    NAME: str
    module: ModuleType
    origin: str
    version: str

    def detect(self, dump: Dump) -> int:
        """Ask the plug-in how many cards it sees; if it fails, none, and the log says why."""
        try:
            return int(self.module.detect(dump))
        except Exception as error:  # other people's code may raise anything
            _log.warning("%s was passed over: detect raised %s", self, _spell(error))
            return 0

    def parse(self, dump: Dump) -> ParseResult:
        """Let the plug-in read a page, and check what it found.

        Raises:
            PluginFaultError: it raised, or found what no table can hold.
        """
        try:
            result = self.module.parse(dump)
            faults = list(_faults(result, len(dump.lines)))
        except Exception as error:
            raise PluginFaultError(f"{self} cannot read it: {_spell(error)}") from error
        if faults:
            raise PluginFaultError(f"{self} gives a wrong result for it: {faults[0]}")
        return result

    def __str__(self) -> str:
        """Name the plug-in as messages do."""
        return f"the site plug-in {self.NAME} of the package {self.origin}"


@dataclass(frozen=True, slots=True)
class Plugins:
    """The plug-ins that can be used, and a message for each that cannot."""

    sources: tuple[Plugin, ...]
    faults: tuple[str, ...]


def load_plugins(taken: Collection[str]) -> Plugins:
    """Load every plug-in that is installed, in the order of their packages.

    Args:
        taken: names that no plug-in may have.
    """
    sources: dict[str, Plugin] = {}
    faults: list[str] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda e: (_origin(e), e.name, e.value)):
        try:
            plugin = _load(entry)
        except Exception as error:  # other people's code may raise anything
            faults.append(_refusal(entry, _spell(error)))
            continue
        if plugin.NAME in taken:
            faults.append(_refusal(entry, f"the name {plugin.NAME} is a site of papermart's own"))
        elif plugin.NAME in sources:
            other = sources[plugin.NAME].origin
            faults.append(_refusal(entry, f"the package {other} has a site {plugin.NAME} too"))
        else:
            sources[plugin.NAME] = plugin
    return Plugins(tuple(sources.values()), tuple(faults))


def _origin(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "unknown"


def _refusal(entry: EntryPoint, why: str) -> str:
    return (
        f"the site plug-in {entry.name} ({entry.value}) of the package {_origin(entry)} "
        f"is not used: {why}"
    )


def _spell(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _load(entry: EntryPoint) -> Plugin:
    """Load a plug-in.

    Raises:
        TypeError: it lacks something, or something is not as it should be.
    """
    module = entry.load()
    if not isinstance(module, ModuleType):
        raise TypeError(f"{entry.value} is no module")
    name = getattr(module, "NAME", None)
    if not isinstance(name, str) or not re.fullmatch(SOURCE_NAME, name):
        raise TypeError("NAME must be lower-case letters, digits and underscores, e.g. my_site")
    for function in ("detect", "parse"):
        if not callable(getattr(module, function, None)):
            raise TypeError(f"it has no function {function}(dump)")
        inspect.signature(getattr(module, function)).bind(None)
    return Plugin(name, module, _origin(entry), _version(module, _origin(entry)))


def _version(module: ModuleType, origin: str) -> str:
    """Hash the origin and the code: the file, or of a package every file."""
    digest = hashlib.sha256(origin.encode())
    file = Path(module.__file__ or "")
    for path in sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


# ---------------------------------------------------------------- checking results


def _faults(result: object, n_lines: int) -> Iterator[str]:
    """Yield what is wrong with a result, in words; see `schema.ParseResult`."""
    if not isinstance(result, ParseResult):
        yield f"parse returned {type(result).__name__}, not a ParseResult"
        return
    yield from _column_faults("the page", PAGES.columns, [result.page])
    for item in (*result.records, *result.furniture):
        if not 1 <= item.line_start <= item.line_end <= n_lines:
            yield f"lines {item.line_start} to {item.line_end} of a page with {n_lines} lines"
    for record in result.records:
        yield from _record_faults(record)
    yield from _column_faults("a record", RECORDS.columns, result.records)


def _record_faults(record: Record) -> Iterator[str]:
    place = f"the record of line {record.line_start}"
    if not record.title or not record.raw_title:
        yield f"{place} has no title"
    if not all(isinstance(a, AuthorName) and a.name and a.raw_name for a in record.authors):
        yield f"{place} has an author that is no AuthorName with a name"
    if record.published_date and record.year != record.published_date.year:
        yield f"{place} has another year than its published_date"
    if record.n_authors_total is not None and record.n_authors_total < len(record.authors):
        yield f"{place} has more authors than its n_authors_total"


def _column_faults(
    what: str, columns: Iterable[ColumnSpec], items: Collection[object]
) -> Iterator[str]:
    for column in columns:
        if column.name in _GIVEN_LATER or not all(hasattr(item, column.name) for item in items):
            continue
        values = [getattr(item, column.name) for item in items]
        try:
            pa.array(values, ARROW_TYPES[column.type])
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            yield f"{what} has a {column.name} that is no {column.type} ({error})"
            continue
        for value in values:
            if not _is_allowed(column, value):
                yield f"{what} has the {column.name} {value!r}, which is not allowed"


def _is_allowed(column: ColumnSpec, value: Any) -> bool:  # noqa: ANN401
    if value is None:
        return not column.required
    return (
        (not column.values or value in column.values)
        and (column.minimum is None or value >= column.minimum)
        and (column.maximum is None or value <= column.maximum)
    )
