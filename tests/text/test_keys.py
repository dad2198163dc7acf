"""Keys for matching: tables of cases, and what must hold of any text whatever."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.text.keys import fold_ascii, name_key, name_keys, title_key, title_keys

any_text = settings(max_examples=150)

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
    assert title_key(title) == TITLES[title]


@pytest.mark.parametrize("name", NAMES)
def test_name_key(name):
    assert name_key(name) == NAMES[name]


# ---------------------------------------------------------------- any text


def is_folded(value: str) -> bool:
    return value == " ".join(value.split()) and value.isascii() and value == value.lower()


@any_text
@given(st.lists(st.none() | st.text(alphabet="aB é`-.\n\\{}")))
def test_keys_made_together_are_those_made_alone(values):
    assert title_keys(values) == [title_key(value) for value in values]
    assert name_keys(values) == [name_key(value) for value in values]


@any_text
@given(st.text())
def test_title_key_is_ascii_words_and_idempotent(title):
    key = title_key(title)
    assert key is None or (key and is_folded(key) and title_key(key) == key)


@any_text
@given(st.text())
def test_name_key_is_ascii_words_and_idempotent(name):
    key = name_key(name)
    assert key is None or (key and is_folded(key) and name_key(key) == key)


@any_text
@given(st.text())
def test_fold_ascii_gives_ascii_and_is_idempotent(value):
    folded = fold_ascii(value)
    assert folded.isascii()
    assert fold_ascii(folded) == folded


@any_text
@given(st.lists(st.sampled_from(["Deep", "Nets", "für", "2.0", "Graph"]), min_size=1, max_size=6))
def test_spacing_case_and_signs_do_not_change_a_title_key(words):
    key = title_key(" ".join(words))
    assert title_key("  ".join(words).upper()) == key
    assert title_key(" – ".join(words) + "?!") == key
