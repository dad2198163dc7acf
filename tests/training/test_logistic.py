"""Logistic regression: known weights are found again, and another formulation gives the same."""

import logistic
import numpy as np
import pytest
from logistic import Choices, NotFittedError, counted, fit_choices, fit_logistic
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import expit, log_expit, log_softmax

WEIGHTS = np.array([1.5, -2.0, 0.5, 0.0])


def cases(n=6000, base=-0.7, seed=1):
    """Return evidence of yes and no, and how many of ten cases each were true."""
    chance = np.random.default_rng(seed)
    evidence = chance.integers(0, 2, (n, len(WEIGHTS))).astype(float)
    n_all = np.full(n, 10)
    return evidence, chance.binomial(n_all, expit(base + evidence @ WEIGHTS)), n_all


def choices(n=3000, seed=2):
    """Return choices among two to five alternatives, made as the weights have it."""
    chance = np.random.default_rng(seed)
    sizes = chance.integers(2, 6, n)
    evidence = chance.integers(0, 3, (sizes.sum(), len(WEIGHTS))).astype(float)
    chosen = np.zeros(len(evidence))
    start = 0
    for size in sizes:
        shares = np.exp(log_softmax(evidence[start : start + size] @ WEIGHTS))
        chosen[start + chance.choice(size, p=shares)] = 1.0
        start += size
    return Choices(csr_array(evidence), sizes, chosen)


def loss_of_choices(weights, made, penalty, towards=0.0):
    """Return the penalised loss, choice by choice, as the textbook writes it."""
    loss = penalty / 2 * ((weights - towards) ** 2).sum()
    ends = np.cumsum(made.sizes)
    for start, end in zip(ends - made.sizes, ends, strict=True):
        shares = log_softmax(made.evidence[start:end].toarray() @ weights)
        loss -= made.chosen[start:end] @ shares
    return loss


def test_names_are_counted_row_by_row():
    names, counts = counted([("a", "b"), (), ("b", "b", "c")])
    assert names == ["a", "b", "c"]
    assert counts.toarray().tolist() == [[1, 1, 0], [0, 0, 0], [0, 2, 1]]
    assert counted([])[1].shape == (0, 0)


def test_logistic_regression_finds_known_weights():
    evidence, n_true, n_all = cases()
    base, weights = fit_logistic(csr_array(evidence), n_true, n_all, penalty=1.0)
    assert base == pytest.approx(-0.7, abs=0.05)
    assert weights == pytest.approx(WEIGHTS, abs=0.05)


@pytest.mark.parametrize("penalty", [0.3, 1.0, 50.0])
def test_logistic_regression_agrees_with_the_textbook(penalty):
    evidence, n_true, n_all = cases(n=300)

    def loss(found):
        odds = found[0] + evidence @ found[1:]
        likelihood = n_true @ log_expit(odds) + (n_all - n_true) @ log_expit(-odds)
        return penalty / 2 * (found[1:] @ found[1:]) - likelihood

    expected = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-4}).x
    base, weights = fit_logistic(csr_array(evidence), n_true, n_all, penalty)
    assert [base, *weights] == pytest.approx(expected, abs=1e-4)


def test_each_weight_is_drawn_to_its_own_goal_as_strongly_as_said():
    evidence, n_true, n_all = cases(n=60)
    goals, penalties = np.array([1.0, -1.0, 0.0, 2.0]), np.array([0.5, 5.0, 20.0, 80.0])

    def loss(found):
        odds = found[0] + evidence @ found[1:]
        likelihood = n_true @ log_expit(odds) + (n_all - n_true) @ log_expit(-odds)
        return penalties @ (found[1:] - goals) ** 2 / 2 - likelihood

    expected = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-4}).x
    base, weights = fit_logistic(csr_array(evidence), n_true, n_all, penalties, goals)
    assert [base, *weights] == pytest.approx(expected, abs=1e-4)


def test_what_no_case_shows_weighs_what_it_is_drawn_to():
    evidence, n_true, n_all = cases(n=60)
    evidence[:, [1, 3]] = 0
    goals = np.array([0.0, -1.5, 0.0, 2.5])
    _, weights = fit_logistic(csr_array(evidence), n_true, n_all, 15.0, goals)
    assert weights[[1, 3]] == pytest.approx([-1.5, 2.5])


def test_cases_that_are_all_true_have_no_best_base():
    evidence, _, n_all = cases(n=10)
    with pytest.raises(ValueError, match="some must not"):
        fit_logistic(csr_array(evidence), n_all, n_all, penalty=1.0)


def test_conditional_logistic_regression_finds_known_weights():
    assert fit_choices(choices(), penalty=0.5) == pytest.approx(WEIGHTS, abs=0.15)


@pytest.mark.parametrize(("penalty", "towards"), [(1.0, 0.0), (30.0, 1.0)])
def test_conditional_logistic_regression_agrees_with_the_textbook(penalty, towards):
    made = choices(n=60)
    expected = minimize(
        loss_of_choices,
        np.zeros(4),
        (made, penalty, towards),
        method="BFGS",
        options={"gtol": 1e-4},
    ).x
    assert fit_choices(made, penalty, towards) == pytest.approx(expected, abs=1e-4)


def test_fixed_weights_stay_and_the_others_make_the_best_of_it():
    made = choices(n=60)
    weights = fit_choices(made, 1.0, fixed={1: 0.25, 3: -1.0})
    assert weights[[1, 3]].tolist() == [0.25, -1.0]

    def loss(free):
        return loss_of_choices(np.array([free[0], 0.25, free[1], -1.0]), made, 1.0)

    expected = minimize(loss, np.zeros(2), method="BFGS", options={"gtol": 1e-4}).x
    assert weights[[0, 2]] == pytest.approx(expected, abs=1e-4)


def test_evidence_that_decides_nothing_weighs_what_the_penalty_draws_to():
    same = csr_array(np.ones((4, 1)))  # every alternative has it
    made = Choices(same, np.array([2, 2]), np.array([1.0, 0.0, 0.0, 1.0]))
    assert fit_choices(made, 3.0, towards=1.0) == pytest.approx([1.0])


def test_each_weight_is_drawn_to_its_own_goal_as_strongly_as_its_penalty_says():
    goals, penalties = np.array([2.0, -1.0, 0.0, 3.0]), np.array([1.0, 1e6, 5.0, 20.0])
    made = choices(n=60)

    def loss(weights):
        return loss_of_choices(weights, made, 0.0) + penalties / 2 @ (weights - goals) ** 2

    expected = minimize(loss, goals, method="trust-constr", options={"gtol": 1e-6}).x
    found = fit_choices(made, penalties, goals)
    assert found == pytest.approx(expected, abs=1e-3)
    assert found[1] == pytest.approx(-1.0, abs=1e-3)


def test_logistic_regression_leaves_what_no_case_shows_at_its_goal():
    evidence, n_true, n_all = cases(n=500)
    unseen = np.hstack([evidence, np.zeros((len(evidence), 2))])
    goals = np.array([0.0, 0.0, 0.0, 0.0, 1.25, -0.5])
    base, weights = fit_logistic(csr_array(unseen), n_true, n_all, 1.0, goals)
    assert weights[4:] == pytest.approx([1.25, -0.5])
    expected = fit_logistic(csr_array(evidence), n_true, n_all, 1.0)
    assert [base, *weights[:4]] == pytest.approx([expected[0], *expected[1]], abs=1e-3)


def test_what_counts_double_is_like_two():
    made = choices(n=100)
    twice = Choices(
        csr_array(np.vstack([made.evidence.toarray()] * 2)),
        np.tile(made.sizes, 2),
        np.tile(made.chosen, 2),
    )
    doubled = Choices(made.evidence, made.sizes, 2 * made.chosen)
    assert fit_choices(doubled, 1.0) == pytest.approx(fit_choices(twice, 1.0), abs=1e-6)


def test_huge_sums_do_not_overflow():
    evidence = csr_array(np.array([[5000.0], [0.0], [5000.0], [0.0]]))
    made = Choices(evidence, np.array([2, 2]), np.array([1.0, 0.0, 1.0, 0.0]))
    weights = fit_choices(made, 1.0)
    assert np.isfinite(weights).all()
    assert weights[0] > 0


def test_a_search_without_end_is_reported(monkeypatch):
    monkeypatch.setattr(logistic, "_MOST_STEPS", 1)
    with pytest.raises(NotFittedError, match="after 1 steps"):
        fit_choices(choices(n=50), 1.0)
