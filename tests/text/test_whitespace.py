"""Lines and white space: tables of cases, and what must hold of any text whatever."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.whitespace import fold_space, split_lines

any_text = settings(max_examples=150)


@pytest.mark.parametrize(
    ("given_text", "lines"),
    [
        ("", ("",)),
        ("a", ("a",)),
        ("a\n", ("a", "")),
        ("a\r\nb\rc\nd", ("a", "b", "c", "d")),
        ("a\n\rb", ("a", "", "b")),
        # Editors do not count these as line ends, so line numbers must not either.
        ("a\x0bb\x0cc\x85d\u2028e", ("a\x0bb\x0cc\x85d\u2028e",)),
    ],
)
def test_split_lines(given_text, lines):
    assert split_lines(given_text) == lines


@any_text
@given(st.text())
def test_fold_space_is_idempotent_and_keeps_the_words(value):
    folded = fold_space(value)
    assert fold_space(folded) == folded
    assert folded.split() == value.split()


@any_text
@given(st.text(alphabet="ab\r\n", max_size=30))
def test_lines_joined_again_are_the_text_with_plain_line_ends(value):
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    assert "\n".join(split_lines(value)) == plain
