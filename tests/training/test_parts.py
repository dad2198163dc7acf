"""Parts of labelled data."""

from collections import Counter

from parts import part_of


def test_parts_are_about_as_large_as_each_other():
    sizes = Counter(part_of(f"Paper no. {n}", 5) for n in range(5000))
    assert set(sizes) == set(range(5))
    assert all(900 < size < 1100 for size in sizes.values())
