"""Connected components by SQL, for an engine whose rows are spread over many machines.

What belongs here: which members hang together, directly or not. What does not: what is made of
those that do (`models.functions`).

Labels are handed down as FastSV does (Zhang, Azad and Buluc, 2020): a round gives each member, and
the member it is labelled after, the smallest label that a neighbour's label bears, until nothing
changes. A chain of n members takes about log n rounds, however it is ordered.
"""

from collections.abc import Sequence
from itertools import count
from typing import Protocol

from pipeline.contract.errors import PipelineError

# Columns: member, label (the smallest member of its component), before (its label a round ago).
LABELS = "papermart_labels"
_SAID, _EDGES = "papermart_said", "papermart_edges"
_MOST_ROUNDS = 100


class Keeper(Protocol):
    """An engine that can keep the rows of a SELECT."""

    def keep(self, name: str, sql: str) -> None:
        """Make the rows of a SELECT a table, worked out once."""
        ...

    def hide(self, full_name: str) -> None:
        """Take a table away again."""
        ...

    def rows(self, sql: str) -> list[dict[str, int]]:
        """Return the rows of a SELECT."""
        ...


def label_components(engine: Keeper, edges: Sequence[str]) -> None:
    """Make the table `papermart_labels` of all members of some pairs.

    Args:
        engine: sees what the SELECTs read; afterwards also the table.
        edges: SELECTs of `one` and `other`, which hang together.
    """
    pairs = "\nunion all\n".join(
        f"select one, other from (\n{sql}\n) as pairs where one <> other" for sql in edges
    )
    engine.keep(_SAID, pairs)
    engine.keep(
        _EDGES, f"select one, other from {_SAID} union select other, one from {_SAID} as turned"
    )
    engine.hide(_SAID)
    engine.keep(LABELS, f"select distinct one as member, one as label from {_EDGES}")
    for n in count():
        if n == _MOST_ROUNDS:
            raise PipelineError(f"what hangs together was not found in {_MOST_ROUNDS} rounds")
        if not _join(engine):
            return


def _join(engine: Keeper) -> bool:
    """Do one round; tell whether a label changed."""
    engine.keep(
        LABELS,
        f"""
        with far as (
            select own.member, own.label, next.label as far
            from {LABELS} as own
            inner join {LABELS} as next on own.label = next.member
        ),
        said as (
            select l.label as member, r.far as label, nullif(r.far, r.far) as before
            from {_EDGES} as edges
            inner join far as l on edges.one = l.member
            inner join far as r on edges.other = r.member
            union all
            select edges.one as member, far.far as label, nullif(far.far, far.far) as before
            from {_EDGES} as edges
            inner join far on edges.other = far.member
            union all
            select member, far as label, label as before from far
        )
        select member, min(label) as label, max(before) as before from said group by member
        """,
    )
    changed = engine.rows(f"select count(*) as n from {LABELS} where label <> before")
    return changed[0]["n"] > 0
