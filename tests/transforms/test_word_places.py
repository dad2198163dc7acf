"""Words of texts in whole arrays: where they stand, and which of them are known."""

import random

import numpy as np
import polars as pl
import pytest

from pipeline.transforms import word_places
from pipeline.transforms.word_places import KnownWords, NumberTable, Words

AS_THEY_ARE = bytes(range(256))


def texts_of(words: Words, texts: list[str]) -> list[tuple[int, str]]:
    """(number of the text, word), cut out again by the places."""
    found = []
    for text, start, size in zip(words.text, words.start, words.size, strict=True):
        begin = start - words.begin[text]
        found.append((int(text), texts[text].encode()[begin : begin + size].decode()))
    return found


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["a"],
        ["", "  ", "a  bc ", "größe 論文", "", " d"],
        ["one two", "three"],
    ],
)
def test_words_stand_between_spaces_of_their_own_text(texts):
    words = Words.of(pl.Series(texts, dtype=pl.String), AS_THEY_ARE)
    assert texts_of(words, texts) == [(n, w) for n, text in enumerate(texts) for w in text.split()]


def test_gaps_are_counted_within_a_text_and_one_more_at_its_ends():
    words = Words.of(pl.Series(["a  b", " c ", "d"]), AS_THEY_ARE)
    assert words.gap.tolist() == [1, 2, 2, 1]
    assert words.after.tolist() == [2, 1, 2, 1]


def test_words_are_known_by_all_their_bytes():
    rng = random.Random(7)
    letters = "ab"
    sizes = [1, 2, 7, 8, 9, 15, 16, 17, 24, 25, 40]
    made = {"".join(rng.choices(letters, k=rng.choice(sizes))) for _ in range(3000)}
    ordered = sorted(made)
    known, others = ordered[::2], ordered[1::2]
    # Alike but for one byte, in each of the units of eight.
    others += ["x" + word[1:] for word in known[::5]] + [word[:-1] + "x" for word in known[::7]]
    text = [*known, *others, "ab" * 100]
    words = Words.of(pl.Series([" ".join(text)]), AS_THEY_ARE)
    found = KnownWords(pl.Series(known)).find(words, words.start, words.size)
    place = {word: n for n, word in enumerate(known)}
    assert found.tolist() == [place.get(word, -1) for word in text]


def test_a_part_of_a_word_is_known_too():
    words = Words.of(pl.Series(["networks"]), AS_THEY_ARE)
    found = KnownWords(pl.Series(["net", "network"])).find(
        words, words.start.repeat(3), np.array([3, 7, 8])
    )
    assert found.tolist() == [0, 1, -1]


def test_no_words_are_known_of_none():
    words = Words.of(pl.Series(["a bc"]), AS_THEY_ARE)
    none = KnownWords(pl.Series([], dtype=pl.String))
    assert none.find(words, words.start, words.size).tolist() == [-1, -1]


@pytest.mark.parametrize("n", [0, 1, 2, 1000])
def test_numbers_are_told_apart(n):
    rng = np.random.default_rng(3)
    numbers = np.unique(np.r_[rng.integers(0, 2**63, n).astype(np.uint64) * 2, np.arange(n)])
    numbers = rng.permutation(numbers.astype(np.uint64))
    others = np.setdiff1d(np.r_[numbers + np.uint64(1), np.uint64(2**64 - 1)], numbers)
    table = NumberTable(numbers)
    assert table.find(numbers).tolist() == list(range(len(numbers)))
    assert set(table.find(others).tolist()) == {-1}


def test_a_word_longer_than_all_known_ones_is_not_read_to_its_end(monkeypatch):
    known = KnownWords(pl.Series(["abcdefgh", "abcdefghi", "ab" * 10]))
    words = Words.of(
        pl.Series(["ab" * 5000, "abcdefgh", "abcdefghi" * 3, "abcdefghi"]), AS_THEY_ARE
    )
    rounds = []
    mixed = word_places.strewn
    monkeypatch.setattr(word_places, "strewn", lambda numbers: rounds.append(1) or mixed(numbers))
    assert known.find(words, words.start, words.size).tolist() == [-1, 0, -1, 1]
    assert len(rounds) < 10
