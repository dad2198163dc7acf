"""Logistic regression with a ridge, on scipy: how the weights of the reference are fitted.

What belongs here: the likelihoods that the scripts of this folder share, and finding their largest
value. What does not: what is evidence of what (the scripts), dividing data (`parts`).

Both models are fitted by maximising the likelihood less half a penalty times the squares of the
weights (le Cessie and van Houwelingen, "Ridge estimators in logistic regression", 1992). With a
penalty on every weight that the data alone would not settle there is one best fit, and it does not
depend on where the search begins.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array, hstack, vstack

# The slope of the penalised likelihood below which the weights count as found: under a penalty of 1
# none is then off by more. They are kept in hundredths or tenths.
_TOLERANCE = 1e-3
_MOST_STEPS = 1000
Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Choices:
    """Choices among alternatives, each with the evidence for every alternative.

    Attributes:
        evidence: alternatives by pieces of evidence; those of one choice follow each other.
        sizes: how many alternatives each choice has, at least one.
        chosen: how often each alternative was the right one, or what that counts.
    """

    evidence: csr_array
    sizes: np.ndarray
    chosen: np.ndarray


class NotFittedError(Exception):
    """The search for the best weights came to no end."""


def counted(rows: Sequence[Sequence[Name]]) -> tuple[list[Name], csr_array]:
    """Return the names that stand in some rows, and how often each stands in each row.

    >>> names, counts = counted([["b", "a"], [], ["b", "b"]])
    >>> names, counts.toarray().tolist()
    (['b', 'a'], [[1.0, 1.0], [0.0, 0.0], [2.0, 0.0]])
    """
    column: dict[Name, int] = {}
    places = [column.setdefault(name, len(column)) for row in rows for name in row]
    cells = np.repeat(np.arange(len(rows)), [len(row) for row in rows]), np.array(places, dtype=int)
    return list(column), csr_array((np.ones(len(places)), cells), (len(rows), len(column)))


def fit_choices(
    choices: Choices,
    penalty: float | np.ndarray,
    towards: float | np.ndarray = 0.0,
    fixed: Mapping[int, float] | None = None,
) -> np.ndarray:
    """Return the weights of a conditional logistic regression, one for each piece of evidence.

    The probability of an alternative is its share of the exponentials of the sums of weights
    (McFadden, "Conditional logit analysis of qualitative choice behavior", 1974). The maximum is
    found by Newton's method in a trust region (`trust-ncg` of `scipy.optimize.minimize`).

    Args:
        choices: what was chosen, and on what evidence.
        penalty: how strongly weights are drawn: one number, or one for each piece of evidence.
        towards: the weights they are drawn to: one number, or one for each piece of evidence.
        fixed: weights that stay as they are, by the column of the evidence.

    Raises:
        NotFittedError: the search came to no end.
    """
    goals = np.broadcast_to(np.asarray(towards, dtype=float), choices.evidence.shape[1])
    weights = goals.copy()
    is_free = np.ones(len(weights), dtype=bool)
    for column, weight in (fixed or {}).items():
        weights[column], is_free[column] = weight, False
    problem = _Likelihood(
        choices,
        choices.evidence[:, is_free],
        choices.evidence[:, ~is_free] @ weights[~is_free],
        np.broadcast_to(penalty, weights.shape)[is_free],
        goals[is_free],
    )
    found = minimize(
        problem.loss,
        weights[is_free],
        jac=problem.slope,
        hessp=problem.curve,
        method="trust-ncg",
        options={"gtol": _TOLERANCE / 10, "maxiter": _MOST_STEPS},
    )
    # Not `success`: near the end steps may gain less than rounding takes, and the search gives up.
    if np.linalg.norm(found.jac) > _TOLERANCE:
        raise NotFittedError(f"no best weights after {found.nit} steps: {found.message}")
    weights[is_free] = found.x
    return weights


def fit_logistic(
    evidence: csr_array,
    n_true: np.ndarray,
    n_all: np.ndarray,
    penalty: float | np.ndarray,
    towards: float | np.ndarray = 0.0,
) -> tuple[float, np.ndarray]:
    """Return the base and the weights of a logistic regression; the base bears no penalty.

    It is the choice between an alternative with the base and the evidence, and one with nothing.

    Args:
        evidence: cases by pieces of evidence.
        n_true: how often each case was true.
        n_all: how often it was met.
        penalty: how strongly weights are drawn: one number, or one for each piece of evidence.
        towards: the weights they are drawn to.

    Raises:
        ValueError: all cases are true, or none is: then no base is the best.
        NotFittedError: see `fit_choices`.
    """
    if not 0 < n_true.sum() < n_all.sum():
        raise ValueError("some cases must be true and some must not")
    n_cases, n_weights = evidence.shape
    cases = hstack([csr_array(np.ones((n_cases, 1))), evidence], format="csr")
    both = vstack([cases, csr_array(cases.shape)], format="csr")
    order = np.arange(2 * n_cases).reshape(2, n_cases).T.ravel()
    choices = Choices(
        both[order],
        np.full(n_cases, 2),
        np.column_stack([n_true, n_all - n_true]).ravel().astype(float),
    )
    penalties = np.append(0.0, np.broadcast_to(penalty, n_weights))
    weights = fit_choices(choices, penalties, np.append(0.0, np.broadcast_to(towards, n_weights)))
    return float(weights[0]), weights[1:]


class _Likelihood:
    """What is minimised: the penalty less the log likelihood, with its first two derivatives."""

    def __init__(
        self,
        choices: Choices,
        evidence: csr_array,
        given: np.ndarray,
        penalty: np.ndarray,
        towards: np.ndarray,
    ) -> None:
        """Prepare the sums over the alternatives of each choice.

        Args:
            choices: what was chosen.
            evidence: that whose weights are sought.
            given: what each alternative has from fixed weights.
            penalty: one for each piece of evidence.
            towards: the weights that the penalty draws to.
        """
        self.evidence, self.given = evidence, given
        self.penalty, self.towards = penalty, towards
        self.sizes = choices.sizes
        self.starts = np.cumsum(choices.sizes) - choices.sizes
        self.chosen = choices.chosen
        # How often each choice was made, beside every alternative.
        self.n_made = np.repeat(np.add.reduceat(choices.chosen, self.starts), self.sizes)
        self._last: tuple[np.ndarray, np.ndarray] | None = None

    def _log_shares(self, weights: np.ndarray) -> np.ndarray:
        """Return the log of each alternative's share; the search asks for a place many times."""
        if self._last is None or not np.array_equal(self._last[0], weights):
            scores = self.evidence @ weights + self.given
            sums = np.logaddexp.reduceat(scores, self.starts)
            self._last = weights.copy(), scores - np.repeat(sums, self.sizes)
        return self._last[1]

    def loss(self, weights: np.ndarray) -> float:
        """Return the penalty less the log likelihood."""
        away = weights - self.towards
        return away @ (self.penalty * away) / 2 - self.chosen @ self._log_shares(weights)

    def slope(self, weights: np.ndarray) -> np.ndarray:
        """Return the first derivative."""
        expected = self.n_made * np.exp(self._log_shares(weights))
        return self.penalty * (weights - self.towards) - self.evidence.T @ (self.chosen - expected)

    def curve(self, weights: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """Return the second derivative times a direction."""
        shares = np.exp(self._log_shares(weights))
        change = self.evidence @ direction
        mean = np.repeat(np.add.reduceat(shares * change, self.starts), self.sizes)
        return self.penalty * direction + self.evidence.T @ (self.n_made * shares * (change - mean))


def fit_classes(
    evidence: csr_array, classes: np.ndarray, n_classes: int, penalty: float, n_steps: int = 80
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights and bases of a multinomial logistic regression; bases bear no penalty.

    Args:
        evidence: cases by pieces of evidence.
        classes: the class of each case, counted from 0.
        n_classes: how many there are.
        penalty: how strongly weights are drawn to nothing.
        n_steps: after so many the search ends: the last digits of the weights do not matter.

    Returns:
        Pieces of evidence by classes, and one base for each class.
    """
    n_pieces = evidence.shape[1]
    is_class = np.equal.outer(classes, np.arange(n_classes)).astype(float)

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        weights, bases = values[:-n_classes].reshape(n_pieces, n_classes), values[-n_classes:]
        said = evidence @ weights + bases
        said -= said.max(axis=1, keepdims=True)
        logs = said - np.log(np.exp(said).sum(axis=1, keepdims=True))
        off = np.exp(logs) - is_class
        slope = np.asarray(evidence.T @ off) + penalty * weights
        return (
            -(logs * is_class).sum() + penalty / 2 * (weights**2).sum(),
            np.concatenate([slope.ravel(), off.sum(axis=0)]),
        )

    start = np.zeros((n_pieces + 1) * n_classes)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": n_steps}).x
    return found[:-n_classes].reshape(n_pieces, n_classes), found[-n_classes:]
