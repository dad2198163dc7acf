"""The version of the code that reads dumps.

What belongs here: which modules and libraries decide what is read. What does not: what follows from
another version (`builds`).
"""

from functools import cache

from pipeline.contract.ids import fingerprint
from pipeline.contract.tables import EXTRACTED_TABLES
from pipeline.models.code_versions import code_of, libraries_of
from pipeline.sources.entry_points import announced
from pipeline.sources.site_modules import site_modules
from pipeline.storage.stamps import Origin

# Where reading begins; the sites are found, not imported by name.
_READERS = (
    "pipeline.extraction.dump_files",
    "pipeline.extraction.reading",
    "pipeline.extraction.staging_tables",
)


@cache
def reader_origin() -> Origin:
    """Return what decides the rows that are read from a dump: when it changes, dumps are read anew.

    Taken once: the code that runs is that of the start.
    """
    modules = (*_READERS, *site_modules())
    columns = {"columns": fingerprint([spec.shape for spec in EXTRACTED_TABLES])}
    return Origin(code_of(modules) | columns | _plugin_versions(), libraries_of(modules), {})


def _plugin_versions() -> dict[str, str]:
    if not announced():
        return {}  # to import all sites in order to find that out would take long
    from pipeline.sources.registry import installed_plugins

    return {f"plug-in {plugin.NAME}": plugin.version for plugin in installed_plugins().sources}


def extractor_version() -> str:
    """Return a short fingerprint of `reader_origin`, as raw.dumps keeps it."""
    return reader_origin().code_version[:12]
