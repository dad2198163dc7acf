"""The tree of phrases finds what a search from place to place finds."""

import random

import polars as pl
import pytest

from pipeline.transforms.phrase_tree import PhraseTree
from pipeline.transforms.word_places import Words

AS_THEY_ARE = bytes(range(256))


def find(texts: list[str], phrases: list[str]) -> list[tuple[int, str, int]]:
    words = Words.of(pl.Series(texts, dtype=pl.String), AS_THEY_ARE)
    found = PhraseTree(pl.Series(phrases, dtype=pl.String)).find(words)
    assert all(len(phrases[n]) == size for n, size in found.select("n", "size").rows())
    return [(row, phrases[n], place) for row, n, place, _ in found.rows()]


def search(texts: list[str], phrases: list[str]) -> list[tuple[int, str, int]]:
    """Look from place to place: at each the longest phrase, then on behind it."""
    longest_first = sorted(phrases, key=len, reverse=True)
    found = []
    for row, text in enumerate(texts):
        framed, at = f" {text} ", 0
        while at < len(framed):
            here = (p for p in longest_first if framed.startswith(f" {p}", at))
            phrase = next(here, None)
            if phrase is None:
                at += 1
                continue
            end = at + 1 + len(phrase)
            if framed[end : end + 1] == " ":
                found.append((row, phrase, at))
            at = end
    return found


CASES = {
    "nothing to find": (["a b"], []),
    "nothing to search": ([], ["a"]),
    "one within a word hides what it overlaps": (["deep networking theory"], ["deep network"]),
    "one that is hidden so": (
        ["deep networking theory"],
        ["deep network", "networking theory"],
    ),
    "one that is not": (["deep networking theory"], ["deep", "networking theory"]),
    "a shorter one hidden by one within a word": (["a bcd"], ["a", "a bc"]),
    "a longer one goes on behind it": (["a bcd e"], ["a bc", "a bcd e"]),
    "spaces between as many": (["a b a  b"], ["a b", "a  b"]),
    "very many spaces between": (
        [f"a{' ' * 257}bc de", f"a{' ' * 256}bc de"],
        [f"a{' ' * 256}b", "bc de"],
    ),
    "spaces before": (["a  t b t", " t", "t"], [" t b", "t"]),
    "spaces behind": (["c   d c d", "c  "], ["c  ", "c d"]),
    "a letter at the end": (["type i type ii type"], ["type i", "type"]),
    "a word that is none of the tree": (["a zzz b a b"], ["a b", "b"]),
}


@pytest.mark.parametrize("case", CASES)
def test_phrases_are_found(case):
    texts, phrases = CASES[case]
    assert find(texts, phrases) == search(texts, phrases)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_found_is_what_a_search_finds(seed):
    rng = random.Random(seed)
    words = ["a", "b", "ab", "abc", "abcabcab", "abcabcabc", "abcabcabcabcabcabcab", "c"]

    def text(most: int, spaces: list[str]) -> str:
        parts = [rng.choice(words) + rng.choice(spaces) for _ in range(rng.randint(1, most))]
        return "".join(parts).strip()

    phrases = sorted({text(4, [" "] * 9 + ["  "]) for _ in range(rng.randint(1, 30))})
    texts = [text(40, [" "] * 6 + ["  ", "c "]) for _ in range(5)]
    expected = search(texts, phrases)
    assert find(texts, phrases) == expected
