"""Rows that are needed beside those of a key, and have none: what a description says of them.

What belongs here: reading it. What does not: finding the rows (an engine that works in many places
does, `storage.spark_workers`); an engine that works in one place gives a function all of them.

    beside:
      coauthors: paper_no in mentions               # on papers that rows of `mentions` are on
      pairs: person as one in known, person as other in known

An argument stands behind those that it names. A row may come several times where several ways lead
to it, and goes wherever one of the keys is that lead to it.
"""

import re
from pathlib import Path

from pipeline.contract.errors import PipelineError
from pipeline.storage.engine import Beside

_WAY = re.compile(r"(?P<column>\w+)(?: as (?P<leading>\w+))? in (?P<argument>\w+)")


def read_beside(place: Path, argument: str, said: str) -> tuple[Beside, ...]:
    """Return what a description says of an argument.

    Args:
        place: the description.
        argument: the argument.
        said: see the module.

    Raises:
        PipelineError: it cannot be understood.
    """
    ways = [_WAY.fullmatch(way) for way in said.split(", ")]
    if not all(ways):
        raise PipelineError(f"{place}: beside: {argument}: {said!r} cannot be understood")
    return tuple(
        Beside(way["column"], way["argument"], way["leading"] or way["column"])
        for way in ways
        if way
    )
