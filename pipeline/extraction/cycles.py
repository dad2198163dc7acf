"""Python's search for garbage in cycles, put off while cards are made by the thousand.

What belongs here: that alone. What does not: anything that is read.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def without_search_for_cycles() -> Generator[None]:
    """Let Python not look for garbage in cycles: cards have none, and looking takes a third."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
