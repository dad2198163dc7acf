"""First and last signs, read off a pattern: none that a match may have is ruled out."""

import re
import string

import pytest

from pipeline.forms.first_signs import EndSign, alternatives

SIGNS = [*string.printable, *"é数¹٣\xa0\u2003•"]
PATTERNS = (
    r"a",
    r"[^a]",
    r"[^\W\d_]",
    r"[^\s\w]",
    r"\d|\s",
    r".",
    r"[a-c-]",
    r"(?:a|)b",
    r"(?>a)",
    r"(?=b)[abc]",
    r"(?<!x)(?:a|[^a-y])",
    r"a{0}b",
    r"(?i:a)",
    r"(?P<one>a)|(?P<two>\W)",
    r"$|^a",
    r"",
)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("sign", SIGNS)
def test_sign_of_a_match_is_never_ruled_out(pattern: str, sign: str):
    if re.fullmatch(pattern, sign, re.MULTILINE):
        assert EndSign(pattern).can_be(sign)
        assert EndSign(pattern, is_last=True).can_be(sign)


@pytest.mark.parametrize(
    ("pattern", "firsts", "lasts"),
    [
        (r"ab", "a", "b"),
        (r"a?b+c?", "ab", "bc"),
        (r"[ \t]*+#{1,6}[ \t]++x[ \t]*", "#", "x"),  # what stands outside of spaces
        (r"(?:ab|c(?=x))(?:d|e)?", "ac", "bcde"),
        (r"\(a\)$", "(", ")"),
        (r"(?:\d{1,2}\. )?x", "x" + string.digits, "x"),
    ],
)
def test_other_signs_are_ruled_out(pattern: str, firsts: str, lasts: str):
    first, last = EndSign(pattern), EndSign(pattern, is_last=True)
    shown = [sign for sign in string.printable if not sign.isspace()]
    assert {sign for sign in shown if first.can_be(sign)} == set(firsts)
    assert {sign for sign in shown if last.can_be(sign)} == set(lasts)


def test_what_is_not_understood_rules_out_nothing():
    again = EndSign(r"(?P<one>a?)(?P=one)b")
    assert all(map(again.can_be, SIGNS))


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a|b", ["a", "b"]),
        ("|a|", ["", "a", ""]),
        ("(?:a|b)|c(d|e)", ["(?:a|b)", "c(d|e)"]),
        (r"a\|b|\\|c", [r"a\|b", r"\\", "c"]),
        ("[|]|[^|]|[]|]|[^]|]|[(]|d", ["[|]", "[^|]", "[]|]", "[^]|]", "[(]", "d"]),
        (r"[\]|]|\(|e", [r"[\]|]", r"\(", "e"]),
    ],
)
def test_alternatives_are_cut_where_the_pattern_offers_another(pattern: str, parts: list[str]):
    assert alternatives(pattern) == parts
