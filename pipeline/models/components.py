"""How rows hang together where no key tells: by pairs, directly or not.

What belongs here: what a description says of it. What does not: finding the components (an engine
that works in many places does, `storage.spark_components`).

    components:
      records: record_id                                        # a member
      matches: record_id_l, record_id_r where margin >= 0       # a pair, and whether it counts

An argument that the function does not take tells of nothing but pairs, of members of any kind.
Where no argument has pairs, those of one member hang together, and no others.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.contract.errors import PipelineError

_PART = re.compile(r"(?P<columns>\w+(?:, \w+)?)(?: where (?P<condition>.+))?")


@dataclass(frozen=True, slots=True)
class ComponentPart:
    """What the rows of a SELECT say of what hangs together.

    Attributes:
        columns: the one that holds a member, or the two that hold a pair.
        condition: of which pairs the two hang together.
    """

    columns: tuple[str, ...]
    condition: str

    def edges(self, select: str) -> str:
        """Return the SELECT of the pairs that hang together (`one`, `other`); empty: none do."""
        if len(self.columns) == 1:
            return ""
        one, other = self.columns
        rows = select.strip().rstrip(";")
        return (
            f"select {one} as one, {other} as other from (\n{rows}\n) as pairs"
            f" where {self.condition}"
        )


def read_component(place: Path, argument: str, said: str) -> ComponentPart:
    """Return what a description says of an argument.

    Args:
        place: the description.
        argument: the argument.
        said: see the module.

    Raises:
        PipelineError: it cannot be understood.
    """
    found = _PART.fullmatch(said)
    if not found:
        raise PipelineError(f"{place}: components: {argument}: {said!r} cannot be understood")
    return ComponentPart(tuple(found["columns"].split(", ")), found["condition"] or "true")
