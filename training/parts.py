"""Parts of labelled data: what a fit is measured on must not have chosen its weights.

What belongs here: which part a text falls into. What does not: what is measured (the scripts).
"""

import zlib


def part_of(text: str, n_parts: int) -> int:
    """Return the part that a text falls into, the same on every machine and in every run.

    >>> [part_of(title, 3) for title in ("Of Birds", "Of Bees", "Of Trees")]
    [2, 0, 1]
    """
    return zlib.crc32(text.encode()) % n_parts
