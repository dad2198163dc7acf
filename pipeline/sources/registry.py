"""Which sites there are, and the choice of a site for a dump.

What belongs here: the modules in `sites`, those of other packages beside them, and asking which
reads a dump or each section of it. What does not: a list of sites by name, or any site's
words: a module in `sites` is a site, and says itself what others need to know of it
(`reading.Source`).
"""

from functools import cache
from typing import cast

from pipeline.sources import sections
from pipeline.sources.dump import Dump
from pipeline.sources.plugins import Plugins, load_plugins
from pipeline.sources.reading import Source
from pipeline.sources.sections import Section, most_likely
from pipeline.sources.site_modules import own_modules


@cache
def own_sources() -> dict[str, Source]:
    """Return papermart's own sites by name, in the order of their modules."""
    return {module.NAME: cast("Source", module) for module in own_modules()}


@cache
def installed_plugins() -> Plugins:
    """Return the sites that installed packages add, loaded at the first question.

    Not at import: a plug-in's module imports this package, and may be imported first.
    """
    return load_plugins(taken=own_sources())


@cache
def known_sources() -> dict[str, Source]:
    """Return all sites by name: papermart's own, then those of plug-ins."""
    plugins = installed_plugins().sources
    return own_sources() | {plugin.NAME: cast("Source", plugin) for plugin in plugins}


@cache
def display_names() -> dict[str, str]:
    """Return what people call each site, by name: its `TITLE`, or its name in words."""
    shown = {name: getattr(source, "TITLE", None) for name, source in known_sources().items()}
    return {name: title or name.replace("_", " ") for name, title in shown.items()}


def recognise(dump: Dump) -> Source | None:
    """Return the site whose cards the dump holds most of, or None if no site's are found.

    Ties go to the site whose name comes first, so the choice does not depend on file names.
    """
    return most_likely(dump, known_sources())


def divide(dump: Dump) -> list[Section]:
    """Return a dump as sections of one site each: mostly one, none if no site's cards are found."""
    return sections.divide(dump, known_sources())
