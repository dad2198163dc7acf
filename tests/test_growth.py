"""The measure of growth itself: it must see a square, and must not see one where none is.

Squares are so large that a fast machine, too, takes longer for them than nobody need compare.
"""

import re
from functools import cache

import growth
import pytest
from growth import assert_linear, repeated


def _count(n):
    for _ in range(n):
        pass


def _linear(size):
    _count(size)


def _quadratic(size):
    _count(size * size)


def test_linear_work_passes():
    assert_linear(_linear, 4_000_000)


def test_work_with_a_logarithm_passes():
    assert_linear(lambda size: _count(size * size.bit_length()), 200_000)


def test_quadratic_work_fails_and_names_its_input():
    with pytest.raises(AssertionError, match=r"^'\(\(': 8 times the size takes over 24 times"):
        assert_linear(_quadratic, 6_000, "((")


def test_a_square_beside_linear_work_fails():
    with pytest.raises(AssertionError):
        assert_linear(lambda size: (_count(100 * size), _count(size * size)), 6_000)


def test_a_search_that_looks_to_the_end_each_time_fails():
    with pytest.raises(AssertionError):
        assert_linear(lambda size: re.findall(r"\([^)]*\)", repeated("(", size)), 30_000)


def test_a_cache_hides_no_square():
    with pytest.raises(AssertionError):
        assert_linear(cache(_quadratic), 6_000)


class _Clock:
    """Seconds as they are told: work of each size takes what the script says next."""

    def __init__(self, *seconds):
        self.now, self.seconds, self.sizes = 0.0, list(seconds), []

    def process_time(self):
        return self.now

    def work(self, size):
        self.sizes.append(size)
        self.now += self.seconds.pop(0)


@pytest.mark.parametrize(
    "seconds",
    [
        (0.04,),  # too short to compare
        (8, 1),
        (23, 1),
        (1, 0.1),
        (80, 1, 8, 1),  # disturbed once
        (80, 1, 80, 1, 8, 1),  # twice
        (80, 1, 0.01),
    ],
)
def test_one_good_try_is_enough(seconds, monkeypatch):
    clock = _Clock(*seconds)
    monkeypatch.setattr(growth, "time", clock)
    assert_linear(clock.work, 8_000)
    assert not clock.seconds
    assert clock.sizes[:2] == [8_000, 1_000][: len(clock.sizes)]


def test_three_bad_tries_fail_and_all_are_told(monkeypatch):
    clock = _Clock(64, 1, 65, 1, 0.06, 0)
    monkeypatch.setattr(growth, "time", clock)
    told = r"1\.0000 s and 64\.0000 s, 1\.0000 s and 65\.0000 s, 0\.0000 s and 0\.0600 s$"
    with pytest.raises(AssertionError, match=told):
        assert_linear(clock.work, 8_000)
    assert len(set(clock.sizes)) == 6
