"""Author lines of Scholar Feed: where a line is seen to be prose without looking at all of it."""

import re

import pytest

from pipeline.sources.scholar_feed_names import is_like_names, is_name_like, read_many
from pipeline.text.whitespace import fold_space

LONGEST = f"Ann {'v' * 56} 2024"  # of what is like a name


@pytest.mark.parametrize("between", [", ", "; ", " and ", " & ", ", and ", ",", ", & "])
@pytest.mark.parametrize("space", [" ", " " * 40, "\t" * 90, " " * 159])
@pytest.mark.parametrize("name", ["Ann Lee", LONGEST, f"{LONGEST}v", f"Ann {'v' * 150}", "Ann"])
def test_names_are_parted_wherever_they_end(name: str, space: str, between: str):
    text = between.join([name.replace(" ", space), "Bo Moe", name, "Di Roe", "Ed Fox"])
    pieces = map(fold_space, re.split(r"[,;]\s*(?:(?:and|&)\s)?|\s(?:and|&)\s", text))
    assert is_like_names(text) is all(map(is_name_like, pieces))


def test_longest_name_is_one():
    assert is_name_like(LONGEST)
    assert read_many(f"{LONGEST}, Bo Moe, Di Roe, Ed Fox", has_more=True)
    assert not read_many(f"{LONGEST}v, Bo Moe, Di Roe, Ed Fox", has_more=True)
