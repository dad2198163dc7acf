"""Sites that other people's packages add, found through the entry point `papermart.sources`.

What belongs here: loading such modules, and keeping a fault in one of them away from the rest. What
does not: the sites that papermart knows itself (`registry`), what is wrong with a result
(`result_faults`).

A package says in its `pyproject.toml`

    [project.entry-points."papermart.sources"]
    my_site = "my_site"

and the module it names holds `NAME`, `detect` and `parse`; see `reading.Source`. What it finds is
checked before it goes on, so that a slip in it costs a page and not the build.
"""

import hashlib
import inspect
import logging
import re
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

from pipeline.contract.findings import FORMS as ALL_FORMS
from pipeline.contract.findings import Form, ParseResult
from pipeline.contract.tables import SOURCE_NAME
from pipeline.sources.dump import Dump
from pipeline.sources.entry_points import announced
from pipeline.sources.result_faults import faults_of

_log = logging.getLogger(__name__)


class PluginFaultError(Exception):
    """A plug-in failed on a page; the message names it and the fault."""


@dataclass(slots=True)
class Plugin:
    """A site of another package, with its faults kept in bounds; a `reading.Source`.

    Attributes:
        NAME: the site, as `source` columns name it.
        module: the plug-in itself.
        origin: the package and its version, e.g. `papermart-shelf 1.2`.
        version: changes with the package's version and the module's code.
        TITLE: what people call the site, None if the plug-in does not say.
        FORMS: the forms that it reads.
        BEGINS: what lines begin that begin something; WHOLE and INSIDE as in `reading.Source`.
    """

    NAME: str
    module: ModuleType
    origin: str
    version: str
    TITLE: str | None = None
    FORMS: tuple[Form, ...] = ALL_FORMS
    BEGINS: re.Pattern[str] | None = None
    WHOLE: re.Pattern[str] | None = None
    INSIDE: re.Pattern[str] | None = None

    def detect(self, dump: Dump) -> int:
        """Ask the plug-in how many cards it sees; if it fails, none, and the log says why."""
        try:
            return int(self.module.detect(dump))
        except Exception as error:  # other people's code may raise anything
            _log.warning("%s was passed over: detect raised %s", self, _describe(error))
            return 0

    def parse(self, dump: Dump) -> ParseResult:
        """Let the plug-in read a page, and check what it found.

        Raises:
            PluginFaultError: it raised, or found what no table can hold.
        """
        try:
            result = self.module.parse(dump)
            faults = list(faults_of(result, len(dump.lines)))
        except Exception as error:
            raise PluginFaultError(f"{self} cannot read it: {_describe(error)}") from error
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

    Returns:
        Those that can be used, and why the others cannot; nothing is raised.
    """
    sources: dict[str, Plugin] = {}
    faults: list[str] = []
    for entry in sorted(announced(), key=_origin):
        try:
            plugin = _load(entry)
        except Exception as error:  # other people's code may raise anything
            faults.append(_refusal(entry, _describe(error)))
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


def _describe(error: Exception) -> str:
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
    origin = _origin(entry)
    lines = {which: _pattern(module, which) for which in ("BEGINS", "WHOLE", "INSIDE")}
    version = _version(module, origin)
    return Plugin(name, module, origin, version, _title(module), _forms(module), **lines)


def _title(module: ModuleType) -> str | None:
    title = getattr(module, "TITLE", None)
    if title is not None and not isinstance(title, str):
        raise TypeError("TITLE must be a text, e.g. My Site")
    return title


def _forms(module: ModuleType) -> tuple[Form, ...]:
    forms = getattr(module, "FORMS", ALL_FORMS)
    if not isinstance(forms, tuple) or not set(forms) <= set(ALL_FORMS):
        raise TypeError(f"FORMS must be a tuple of some of {', '.join(ALL_FORMS)}")
    return forms


def _pattern(module: ModuleType, which: str) -> re.Pattern[str] | None:
    """Return a pattern for lines; those of all sites are asked as one, which keeps no flags."""
    pattern = getattr(module, which, None)
    if pattern is None:
        return None
    if not isinstance(pattern, re.Pattern) or pattern.flags != re.UNICODE:
        raise TypeError(f"{which} must be a compiled pattern of text, without flags")
    return pattern


def _version(module: ModuleType, origin: str) -> str:
    """Hash the origin and the code: the file, or of a package every file."""
    digest = hashlib.sha256(origin.encode())
    file = Path(module.__file__ or "")
    for path in sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]:
        digest.update(path.read_bytes())
    return digest.hexdigest()
