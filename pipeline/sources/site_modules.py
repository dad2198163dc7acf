"""Finding the modules in `sites`, by looking into that package.

What belongs here: which modules there are, and what the sites' cards have in the source of a page.
What does not: importing a site by name. So a site may use what needs to know of all sites.
"""

import importlib
import pkgutil
import re
from functools import cache
from types import ModuleType

_SITES = "pipeline.sources.sites"
_NEVER = "(?!)"


@cache
def site_modules() -> tuple[str, ...]:
    """Return the names of the modules in `sites`, in alphabetical order."""
    package = importlib.import_module(_SITES)
    found = pkgutil.iter_modules(package.__path__, f"{_SITES}.")
    return tuple(sorted(module.name for module in found))


@cache
def own_modules() -> tuple[ModuleType, ...]:
    """Return these modules, imported."""
    return tuple(importlib.import_module(name) for name in site_modules())


@cache
def card_markup() -> re.Pattern[str]:
    """Return what finds cards of any site of papermart's own in the source of an HTML page."""
    marks = [getattr(module, "CARD_MARKUP", None) for module in own_modules()]
    return re.compile("|".join(f"(?:{mark})" for mark in marks if mark) or _NEVER)
