"""What probabilities said beside what is true, given pairs and expected figures."""

import random

import pytest

from pipeline.evaluate.calibration import calibration, pooled


def test_pairs_count_in_their_tenth_and_only_between_a_tenth_and_nine():
    found = calibration([(0.05, True), (0.1, True), (0.19, False), (0.72, True), (0.9, False)])
    assert [(each.low, each.n_pairs, each.n_true) for each in found.bins] == [
        (0.1, 2, 1),
        (0.7, 1, 1),
    ]
    assert found.n_pairs == 3
    # Of the first two .29 should be one paper and one is, of the third .72.
    assert found.error == pytest.approx((0.71 + 0.28) / 3)


def test_no_pairs_show_no_error():
    found = calibration([(0.01, False), (0.99, True)])
    assert (found.n_pairs, found.error, found.chance_error) == (0, 0, 0)


@pytest.mark.parametrize("n", [150, 1_500])
def test_right_probabilities_show_what_chance_alone_explains(n):
    draw = random.Random(n)
    errors, by_chance = [], []
    for _ in range(200):
        said = [draw.uniform(0.1, 0.9) for _ in range(n)]
        found = calibration((chance, draw.random() < chance) for chance in said)
        errors.append(found.error)
        by_chance.append(found.chance_error)
    assert sum(errors) / 200 == pytest.approx(sum(by_chance) / 200, rel=0.05)


def test_wrong_probabilities_show_more():
    draw = random.Random(5)
    said = [draw.uniform(0.1, 0.9) for _ in range(1_500)]
    found = calibration((chance, draw.random() < chance**2) for chance in said)
    assert found.error > 3 * found.chance_error


def test_pooled_bins_hold_the_pairs_of_all():
    pairs = [(n / 100, n % 3 == 0) for n in range(10, 90)]
    apart = pooled([calibration(pairs[:30]), calibration(pairs[30:])])
    whole = calibration(pairs)
    assert [each.n_true for each in apart.bins] == [each.n_true for each in whole.bins]
    assert apart.error == pytest.approx(whole.error)
