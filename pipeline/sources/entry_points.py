"""How packages of other people announce their sites.

What belongs here: the name of the entry point, and finding those who use it. What does not: loading
them (`plugins`).
"""

from importlib.metadata import EntryPoint, entry_points

GROUP = "papermart.sources"


def announced() -> list[EntryPoint]:
    """Return the sites that installed packages announce, in a fixed order."""
    return sorted(entry_points(group=GROUP), key=lambda found: (found.name, found.value))
