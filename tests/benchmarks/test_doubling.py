"""Reading twice as much takes twice the time, whatever there is too much of in a page."""

import random
import sys

import pytest
from helpers import ROOT

sys.path.append(str(ROOT / "benchmarks"))  # as Python finds them when one of them runs
import doubled_pages
import doubling

# What once took time that grew with the square of its length.
_ONCE_SQUARE = (
    ("arrow/compact.txt quoted", "lines 'Aa'"),
    ("arxiv_abs/html_two_versions.html in MHTML, quoted-printable", "'7' as a line"),
)


def drawn(n, seed):
    """Return some pages of every kind, each packed in one way."""
    draw = random.Random(seed)
    every = [case for case in doubling.cases() if case.least > 1_000]
    return draw.sample(every, n)


def growth(case):
    """Measure a page; what chance makes slow is measured again."""
    found = [doubling.measured(case)]
    while found[-1].ratio > doubling.LIMIT and len(found) < 6:
        found.append(doubling.measured(case))
    return min(found, key=lambda one: one.ratio)


def lines(found):
    return "\n".join(one.line for one in found if one.ratio > doubling.LIMIT)


@pytest.mark.slow
@pytest.mark.parametrize(("reader", "shape"), _ONCE_SQUARE)
def test_what_took_the_square_of_the_time_takes_twice(reader, shape):
    (case,) = (c for c in doubling.cases() if (c.reader, c.shape) == (reader, shape))
    assert not lines([growth(case)])


@pytest.mark.slow
def test_many_cards_take_the_time_of_many_cards():
    cards = [case for case in doubling.cases() if case.least < 1_000]
    assert len(cards) == len(list(doubled_pages.made_pages(1))) > 8
    assert not lines(map(growth, cards))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_much_of_anything_takes_twice_the_time_where_there_is_twice_as_much(seed):
    assert not lines(map(growth, drawn(40, seed)))


def test_what_takes_the_square_of_the_time_is_found_out(monkeypatch):
    """Guards the measurement itself: seconds as a reader would take them, n and the square of n."""
    case = doubling.Case("a reader", "a shape", lambda n: "x" * n, 100, 100_000)
    for power, is_found in ((1.0, False), (1.15, False), (1.3, True), (2.0, True)):
        monkeypatch.setattr(doubling, "read_seconds", lambda text, p=power: len(text) ** p / 1e6)
        assert (doubling.measured(case).ratio > doubling.LIMIT) is is_found


def test_pages_are_as_long_as_they_are_asked_to_be():
    for case in drawn(200, 1):
        once, twice = len(case.make(20_000)), len(case.make(40_000))
        assert 1.3 < twice / once < 2.7, (case.reader, case.shape)
