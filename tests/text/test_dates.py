"""Days and months as pages spell them."""

from datetime import date

import pytest

from pipeline.text.dates import make_date, month_number


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Jan", 1),
        ("january", 1),
        ("SEP", 9),
        ("December", 12),
        ("May", 5),
        ("Sept", None),
        ("", None),
    ],
)
def test_month_number(name, number):
    assert month_number(name) == number


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        ((2024, 2, 29), date(2024, 2, 29)),
        ((2023, 2, 29), None),
        ((2024, 13, 1), None),
        ((0, 1, 1), None),
        ((None, 1, 1), None),
        ((2024, None, 1), None),
        ((2024, 1, None), None),
    ],
)
def test_make_date(parts, day):
    assert make_date(*parts) == day
