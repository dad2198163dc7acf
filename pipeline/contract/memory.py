"""How much memory a build may take: how it is spelled, what it is unless people say, who gets what.

What belongs here: amounts of memory. What does not: the setting (`inputs.settings`), keeping within
it (`storage.warehouse` opens engines with their part, functions are given pieces of bounded size).
"""

import os
import re

_UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12}
_AMOUNT = re.compile(
    rf"(\d{{1,6}}(?:\.\d{{1,6}})?) ?({'|'.join(_UNITS)})", re.IGNORECASE | re.ASCII
)
_MOST, _LEAST = 3 * _UNITS["GB"], 500 * _UNITS["MB"]
# Functions hold their rows beside the engine, a third of all as a rule.
_ENGINE = 2 / 3


def n_bytes(amount: str) -> int:
    """Return an amount of memory in bytes.

    Raises:
        ValueError: it is none, or too little to build with; says what would be right.

    >>> n_bytes("1.5GB")
    1500000000
    """
    found = _AMOUNT.fullmatch(amount.strip())
    if not found:
        raise ValueError(f"{amount[:20]!r} is no amount of memory; write 3GB or 1500MB")
    size = int(float(found[1]) * _UNITS[found[2].upper()])
    if size < _LEAST:
        raise ValueError(f"{amount.strip()} is too little to build with; give at least 500MB")
    return size


def default_memory() -> str:
    """Return what a build may take unless people say: 3 GB, or half the machine if that is less."""
    half = _installed() // 2 or _MOST
    return "3GB" if half >= _MOST else f"{max(half, _LEAST) // _UNITS['MB']}MB"


def _installed() -> int:
    """Return the memory of the machine in bytes; 0 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def of_engine(amount: str) -> str:
    """Return the part of a build's memory that its engine may take, as DuckDB spells it.

    >>> of_engine("3GB")
    '2000MB'
    """
    return f"{int(n_bytes(amount) * _ENGINE) // _UNITS['MB']}MB"
