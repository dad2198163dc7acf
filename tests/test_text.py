"""Text cleaning: tables of cases, and what must hold of any text whatever."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import text

settings.register_profile("quick", max_examples=150, deadline=None, derandomize=True)
settings.load_profile("quick")

TITLES = {
    "K-BERT:  Enabling Graphs": "k bert enabling graphs",
    "BERT — a “survey” (2nd ed.)": "bert a survey 2nd ed",
    "\\textbf{G}raph $\\ell_1$ Nets": "g raph ell 1 nets",
    "Über Gräben": "uber graben",
    "ﬁne-tuning": "fine tuning",
    "Ødegård & Łukasz": "odegard lukasz",
    "α-Rank": "a rank",
    "What?!": "what",
    "…": None,
    "": None,
    None: None,
}
NAMES = {
    "Chung-Wei  Lin": "chungwei lin",
    "Chung Wei Lin": "chung wei lin",
    "W. -X. Zhou": "w x zhou",
    "W.-X. Zhou": "w x zhou",
    "Pádraig O’Brien": "padraig obrien",
    "Emmanuel Candès": "emmanuel candes",
    "Štěpán Holub": "stepan holub",
    "Yen-Ting": "yenting",
    "Jean‐Luc": "jeanluc",
    "-": None,
    "": None,
    None: None,
}


@pytest.mark.parametrize("title", TITLES)
def test_title_key(title):
    assert text.title_key(title) == TITLES[title]


@pytest.mark.parametrize("name", NAMES)
def test_name_key(name):
    assert text.name_key(name) == NAMES[name]


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
    assert text.split_lines(given_text) == lines


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
    assert text.month_number(name) == number


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
    assert text.make_date(*parts) == day


# ---------------------------------------------------------------- any text


def is_folded(value: str) -> bool:
    return value == " ".join(value.split()) and value.isascii() and value == value.lower()


@given(st.lists(st.none() | st.text(alphabet="aB é`-.\n\\{}")))
def test_keys_made_together_are_those_made_alone(values):
    assert text.title_keys(values) == [text.title_key(value) for value in values]
    assert text.name_keys(values) == [text.name_key(value) for value in values]


@given(st.text())
def test_title_key_is_ascii_words_and_idempotent(title):
    key = text.title_key(title)
    assert key is None or (key and is_folded(key) and text.title_key(key) == key)


@given(st.text())
def test_name_key_is_ascii_words_and_idempotent(name):
    key = text.name_key(name)
    assert key is None or (key and is_folded(key) and text.name_key(key) == key)


@given(st.text())
def test_fold_space_is_idempotent_and_keeps_the_words(value):
    folded = text.fold_space(value)
    assert text.fold_space(folded) == folded
    assert folded.split() == value.split()


@given(st.text())
def test_fold_ascii_gives_ascii_and_is_idempotent(value):
    folded = text.fold_ascii(value)
    assert folded.isascii()
    assert text.fold_ascii(folded) == folded


@given(st.lists(st.sampled_from(["Deep", "Nets", "für", "2.0", "Graph"]), min_size=1, max_size=6))
def test_spacing_case_and_signs_do_not_change_a_title_key(words):
    key = text.title_key(" ".join(words))
    assert text.title_key("  ".join(words).upper()) == key
    assert text.title_key(" – ".join(words) + "?!") == key


@given(st.text(alphabet="ab\r\n", max_size=30))
def test_lines_joined_again_are_the_text_with_plain_line_ends(value):
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    assert "\n".join(text.split_lines(value)) == plain
