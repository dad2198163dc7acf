"""Connected components by SQL, for an engine whose rows are spread over many machines.

What belongs here: which members hang together, directly or not. What does not: what is made of
those that do (`models.functions`).

Min-label propagation with pointer jumping (Shiloach and Vishkin, 1982): each member takes the
smallest label among its own and its neighbours', then the label of its label, until nothing
changes. A chain of n members takes about log n rounds.
"""

from collections.abc import Sequence
from itertools import count
from typing import Protocol

from pipeline.contract.errors import PipelineError

# Columns: member, label (the smallest member of its component).
LABELS = "papermart_labels"
_EDGES, _NEAR = "papermart_edges", "papermart_near"
_MOST_ROUNDS = 100


class Keeper(Protocol):
    """An engine that can keep the rows of a SELECT."""

    def keep(self, name: str, sql: str) -> None:
        """Make the rows of a SELECT a table, worked out once."""
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
    both = f"select one, other from (\n{pairs}\n) as said"
    engine.keep(
        _EDGES, f"select one, other from ({both}) as l union select other, one from ({both}) as r"
    )
    own = f"select one as member, one as label from {_EDGES} union select one, other from {_EDGES}"
    engine.keep(LABELS, f"select member, min(label) as label from ({own}) as own group by member")
    for n in count():
        if n == _MOST_ROUNDS:
            raise PipelineError(f"what hangs together was not found in {_MOST_ROUNDS} rounds")
        if not _join(engine):
            return


def _join(engine: Keeper) -> bool:
    """Do one round; tell whether a label changed."""
    engine.keep(
        _NEAR,
        f"""
        select own.member, own.label as before,
            case when near.label < own.label then near.label else own.label end as label
        from {LABELS} as own
        inner join (
            select edges.one as member, min(labels.label) as label
            from {_EDGES} as edges
            inner join {LABELS} as labels on edges.other = labels.member
            group by edges.one
        ) as near on own.member = near.member
        """,
    )
    engine.keep(
        LABELS,
        f"""
        select near.member, far.label
        from {_NEAR} as near
        inner join {_NEAR} as far on near.label = far.member
        """,
    )
    changed = engine.rows(
        f"""
        select count(*) as n
        from {_NEAR} as near
        inner join {LABELS} as labels on near.member = labels.member
        where near.before <> labels.label
        """
    )
    return changed[0]["n"] > 0
