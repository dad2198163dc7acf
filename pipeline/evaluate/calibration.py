"""How far probabilities of matches can be believed: what was said beside what is true.

What belongs here: bins of pairs, the expected calibration error, and what of it chance alone
explains. What does not: how right clusters are (`linkage`), drawing (`training/`).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

# Tenths between .1 and .9: what is nearer to 0 or 1 is judged by precision and recall.
_EDGES = tuple(n / 10 for n in range(1, 10))


@dataclass(frozen=True, slots=True)
class Bin:
    """The pairs whose probability lies in one tenth.

    Attributes:
        low: where the tenth begins.
        n_pairs: its pairs.
        n_true: those that are one paper.
        said: the sum of their probabilities: how many should be.
        variance: of the number that are, were the probabilities right.
    """

    low: float
    n_pairs: int
    n_true: int
    said: float
    variance: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What probabilities between .1 and .9 said, and what is true."""

    bins: Sequence[Bin]

    @property
    def n_pairs(self) -> int:
        """Pairs with a probability between .1 and .9."""
        return sum(each.n_pairs for each in self.bins)

    @property
    def error(self) -> float:
        """The expected calibration error (Naeini, Cooper and Hauskrecht, 2015); 0 of no pairs."""
        return sum(abs(each.said - each.n_true) for each in self.bins) / max(1, self.n_pairs)

    @property
    def chance_error(self) -> float:
        """The error that as many pairs with right probabilities would show on average.

        The mean absolute deviation of a sum of coins, by the normal approximation: few pairs in a
        bin never come out as their probability says, however right it is.
        """
        spread = sum(math.sqrt(2 * each.variance / math.pi) for each in self.bins)
        return spread / max(1, self.n_pairs)

    def __str__(self) -> str:
        """Spell it for people.

        >>> print(calibration([(0.3, True), (0.3, False), (0.85, True), (0.99, True)]))
        3 pairs between .1 and .9: expected calibration error 0.183, by chance alone 0.267
        """
        return (
            f"{self.n_pairs} pairs between .1 and .9: expected calibration error "
            f"{self.error:.3f}, by chance alone {self.chance_error:.3f}"
        )


def calibration(pairs: Iterable[tuple[float, bool]]) -> Calibration:
    """Return what probabilities said and what is true, in tenths that hold a pair.

    Args:
        pairs: of each pair its probability, and whether it is one paper.
    """
    known = list(pairs)
    bins = []
    for low, high in pairwise(_EDGES):
        within = [(said, is_true) for said, is_true in known if low <= said < high]
        if within:
            bins.append(
                Bin(
                    low,
                    len(within),
                    sum(is_true for _, is_true in within),
                    sum(said for said, _ in within),
                    sum(said * (1 - said) for said, _ in within),
                )
            )
    return Calibration(bins)


def pooled(found: Iterable[Calibration]) -> Calibration:
    """Return the bins of several sets of pairs as those of one.

    >>> one, other = calibration([(0.35, True)]), calibration([(0.3, False), (0.5, True)])
    >>> [(each.low, each.n_pairs, each.n_true) for each in pooled([one, other]).bins]
    [(0.3, 2, 1), (0.5, 1, 1)]
    """
    bins = [each for one in found for each in one.bins]
    return Calibration(
        [
            Bin(
                low,
                *map(sum, zip(*(_counts(each) for each in bins if each.low == low), strict=True)),
            )
            for low in sorted({each.low for each in bins})
        ]
    )


def _counts(found: Bin) -> tuple[int, int, float, float]:
    return found.n_pairs, found.n_true, found.said, found.variance
