"""Shares with their intervals, as every evaluation gives them."""

import pytest

from pipeline.evaluate.share import Share


@pytest.mark.parametrize(
    ("n", "of", "low", "high"),
    [(0, 0, 0, 1), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (5988, 6000, 0.99651, 0.99886)],
)
def test_wilson_interval(n, of, low, high):
    assert Share(n, of).interval == pytest.approx((low, high), abs=1e-4)
