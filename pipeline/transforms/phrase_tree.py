"""A tree of phrases, and where they stand in texts, in whole arrays.

What belongs here: finding which of many phrases begin at which words, all words at a time. What
does not: how phrases are spelled and texts cleaned (`phrases`).

A node of the tree is a phrase or the beginning of some; an edge is the next word, with as many
spaces before it. From every word of the texts the tree is walked at the same time, a word further
with each step: after two steps few are left.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipeline.transforms.word_places import KnownWords, NumberTable, Words

if TYPE_CHECKING:
    from numpy import ndarray

_ONE_BYTE = np.uint64(0xFF)
_MOST_PAIRS = 4_000_000  # of words looked at together
# Where a phrase begins: the number of its word, which one it is, its bytes with the spaces that
# lead it, and whether it ends where a word does.
_LONGEST = {
    "at": pl.Int64,
    "n": pl.Int32,
    "begin": pl.Int64,
    "end": pl.Int64,
    "is_whole": pl.Boolean,
}


class PhraseTree:
    """Phrases to find.

    Of phrases that overlap in a text the first counts, of those that begin together the longest;
    one that ends within a word hides others as well, but is none itself.
    """

    def __init__(self, phrases: pl.Series) -> None:
        """Grow the tree.

        Args:
            phrases: each once; words with spaces between them, as cleaned texts have them.
        """
        # By the bytes, for phrases are words already.
        own = Words.of(phrases, bytes(range(256)))
        spelled = phrases.str.split(" ").explode(empty_as_null=False).to_frame("word")
        spelled = spelled.filter(pl.col("word") != "")["word"]
        known = spelled.unique().sort()
        self._words = KnownWords(known)
        word = spelled.cast(pl.Enum(known)).to_physical().to_numpy().astype(np.int64)
        self._n_words, self._n_gaps = len(known), int(own.gap.max(initial=1)) + 1
        self._grow(own, word)

    def _grow(self, own: Words, word: "ndarray") -> None:
        is_first = np.diff(own.text, prepend=-1) != 0
        places = np.arange(len(word))
        depth = places - np.maximum.accumulate(np.where(is_first, places, 0))
        # Phrases that begin with signs have a root of their own, by how many spaces these become.
        leads, root = np.unique(own.gap[is_first], return_inverse=True)
        self._leads = leads.tolist()
        node, edges, n_nodes = np.zeros(len(word), dtype=np.int64), [], len(leads)
        self._first = np.full((len(leads), self._n_words + 1), -1, dtype=np.int64)
        for step in range(int(depth.max(initial=-1)) + 1):
            here = np.flatnonzero(depth == step)
            parent, gap = (node[here - 1], own.gap[here]) if step else (root, np.ones_like(here))
            codes = self._code(parent, word[here], gap)
            distinct, which = np.unique(codes, return_inverse=True)
            node[here] = n_nodes + which
            edges.append(distinct)
            n_nodes += len(distinct)
            if step == 0:
                self._first[root, word[here]] = node[here]
        self._edges = NumberTable(np.concatenate([*edges, np.zeros(0, np.uint64)]))
        is_last = np.diff(own.text, append=-1) != 0
        self._goes_on = np.zeros(n_nodes, dtype=bool)
        self._goes_on[node[~is_last]] = True
        ends, n_spaces = np.flatnonzero(is_last), own.after[is_last] - 1
        self._ends = _ends(node[ends], own.text[ends], n_spaces, n_nodes)
        within = ends[(n_spaces == 0) & (depth[ends] > 0)]
        self._last_words = _LastWords(own, within, node[within - 1])

    def _code(self, node: "ndarray", word: "ndarray", gap: "ndarray") -> "ndarray":
        return ((node * self._n_words + word) * self._n_gaps + gap).astype(np.uint64)

    def _follow(self, node: "ndarray", word: "ndarray", gap: "ndarray") -> "ndarray":
        """Return the node that a word leads to from another node, -1 for none."""
        found = self._edges.find(self._code(node, word.astype(np.int64), gap))
        # Beyond what the tree has, other codes would be met.
        is_there = (found >= 0) & (word >= 0) & (gap < self._n_gaps)
        return np.where(is_there, found + len(self._leads), -1)

    def _phrase_at(self, node: "ndarray") -> "ndarray":
        """Return the phrase that ends at each node with a letter, -1 for none or no node."""
        return np.where(node >= 0, self._ends[0][node], -1)

    def find(self, words: Words) -> pl.DataFrame:
        """Find phrases: `row` of the text, `n` of the phrase, `place` and `size` in bytes.

        They come in the order of the texts and of their places.
        """
        word = self._words.find(words, words.start, words.size)
        parts = [self._longest(words, word, root) for root in range(len(self._leads))]
        found = pl.concat(parts) if parts else pl.DataFrame(schema=_LONGEST)
        found = found.sort("begin") if len(parts) > 1 else found
        found = found.filter(_is_first(found["begin"].to_numpy(), found["end"].to_numpy()))
        found = found.filter("is_whole")
        row = words.text[found["at"].to_numpy()]
        return found.select(
            pl.Series("row", row.astype(np.uint32)),
            pl.col("n").cast(pl.UInt32),
            place=pl.col("begin") + 1 - pl.Series(words.begin[row]),
            size=pl.col("end") - pl.col("begin") - 1,
        )

    def _longest(self, words: Words, word: "ndarray", root: int) -> pl.DataFrame:
        """Return the longest phrase of a root that begins at each word, see `_LONGEST`."""
        best = _Best.of(len(word))
        at = np.flatnonzero(words.gap >= self._leads[root])
        node = self._first[root][word[at]]
        at, node = at[node >= 0], node[node >= 0]
        last = at
        while len(at):
            self._note_ends(words, at, node, last, best)
            is_on = self._goes_on[node]
            is_on[last == len(word) - 1] = False
            at, node, last = at[is_on], node[is_on], last[is_on] + 1
            is_on = words.text[last] == words.text[at]
            at, node, last = at[is_on], node[is_on], last[is_on]
            following = self._follow(node, word[last], words.gap[last])
            # Where a phrase ends with the next word, one that ends within it is shorter.
            is_open = self._phrase_at(following) < 0
            self._note_beginnings(words, at[is_open], node[is_open], last[is_open], best)
            is_on = following >= 0
            at, node, last = at[is_on], following[is_on], last[is_on]
        return best.found(words, self._leads[root])

    def _note_ends(
        self, words: Words, at: "ndarray", node: "ndarray", last: "ndarray", best: "_Best"
    ) -> None:
        """Note the phrases that end with the last word that was looked at."""
        for n_spaces, phrase_of in self._ends.items():
            phrase, after = phrase_of[node], words.after[last]
            fits = (phrase >= 0) & (after >= n_spaces)
            end = (words.start[last] + words.size[last] + n_spaces)[fits]
            best.note(at[fits], phrase[fits], end, after[fits] > n_spaces)

    def _note_beginnings(
        self, words: Words, at: "ndarray", node: "ndarray", last: "ndarray", best: "_Best"
    ) -> None:
        """Note the phrases that end within the next word."""
        start = words.start[last]
        which, phrase, size = self._last_words.within(words, last, node)
        best.note(at[which], phrase, start[which] + size, is_whole=False)


def _ends(
    node: "ndarray", phrase: "ndarray", n_spaces: "ndarray", n_nodes: int
) -> "dict[int, ndarray]":
    """Return by how many spaces phrases end with, few first, which one ends at each node."""
    ends = {}
    for n in np.unique(np.append(0, n_spaces)).tolist():
        ends[n] = np.full(n_nodes, -1, dtype=np.int32)
        ends[n][node[n_spaces == n]] = phrase[n_spaces == n]
    return ends


@dataclass(frozen=True, slots=True)
class _Best:
    """For each word the longest phrase so far that begins there."""

    phrase: "ndarray"
    end: "ndarray"
    is_whole: "ndarray"

    @staticmethod
    def of(n_words: int) -> "_Best":
        numbers = np.full((2, n_words), -1, dtype=np.int32)
        return _Best(numbers[0], numbers[1], np.zeros(n_words, dtype=bool))

    def note(
        self, at: "ndarray", phrase: "ndarray", end: "ndarray", is_whole: "ndarray | bool"
    ) -> None:
        """Note longer phrases than those before."""
        self.phrase[at], self.end[at], self.is_whole[at] = phrase, end, is_whole

    def found(self, words: Words, lead: int) -> pl.DataFrame:
        """Return what was found, see `_LONGEST`."""
        at = np.flatnonzero(self.phrase >= 0)
        begin = words.start[at].astype(np.int64) - lead
        columns = at, self.phrase[at], begin, self.end[at].astype(np.int64), self.is_whole[at]
        named = zip(_LONGEST, columns, strict=True)
        return pl.DataFrame([pl.Series(name, values) for name, values in named])


class _LastWords:
    """The last words of phrases, to know the words again that begin with one."""

    def __init__(self, own: Words, last: "ndarray", node: "ndarray") -> None:
        """Put together what follows the same node and begins alike.

        Args:
            own: the words of phrases.
            last: which of them are the last of several.
            node: where the tree stands before each of them.
        """
        letters = own.letters(own.start[last], np.minimum(own.size[last], 2))
        # More spaces than any phrase has are one more.
        self._most_gap = int(own.gap.max(initial=0)) + 1
        groups = self._beginning(node, own.gap[last], letters)
        # Of one group shorter words come first, so that longer ones are noted behind them.
        order = np.lexsort((own.size[last], groups))
        last = last[order]
        distinct, first = np.unique(groups[order], return_index=True)
        self._groups, self._first = NumberTable(distinct), np.append(first, len(last))
        self._phrase, self._size = own.text[last], own.size[last]
        self._letters = own.letters_of(own.start[last], self._size)
        is_letter = own.size[last] == 1
        self._has_letters = np.zeros(int(node.max(initial=0)) + 1, dtype=bool)
        self._has_letters[node[order][is_letter]] = True

    def within(
        self, words: Words, at: "ndarray", node: "ndarray"
    ) -> "tuple[ndarray, ndarray, ndarray]":
        """Return which words begin with a last word but go on: their places in `at`.

        Beside them the phrase and the size of its last word; of one word the longest comes last.
        """
        two = words.letters(words.start[at], np.minimum(words.size[at], 2))
        pairs = np.arange(len(at)), self._groups.find(self._beginning(node, words.gap[at], two))
        # Few phrases end with a single letter.
        some = np.flatnonzero(self._has_letters[np.minimum(node, len(self._has_letters) - 1)])
        one = two[some] & _ONE_BYTE
        singles = some, self._groups.find(self._beginning(node[some], words.gap[at[some]], one))
        which, group = (np.concatenate(part) for part in zip(singles, pairs, strict=True))
        which, group = which[group >= 0], group[group >= 0]
        n = self._first[group + 1] - self._first[group]
        # Many phrases may begin alike, and texts say so very often: some at a time.
        full = np.cumsum(n)
        cuts = np.searchsorted(full, np.arange(_MOST_PAIRS, full.max(initial=0), _MOST_PAIRS))
        parts = (np.split(values, cuts) for values in (which, self._first[group], n))
        found = [self._beginning_words(words, at, *part) for part in zip(*parts, strict=True)]
        which, row = (np.concatenate(part) for part in zip(*found, strict=True))
        return which, self._phrase[row], self._size[row]

    def _beginning(self, node: "ndarray", gap: "ndarray", letters: "ndarray") -> "ndarray":
        """Return a number for a node, spaces behind it and the two letters that follow."""
        code = node * (self._most_gap + 1) + np.minimum(gap, self._most_gap)
        return code.astype(np.uint64) << np.uint64(16) | letters

    def _beginning_words(
        self, words: Words, at: "ndarray", which: "ndarray", first: "ndarray", n: "ndarray"
    ) -> "tuple[ndarray, ndarray]":
        """Return which words begin with a last word, and with which.

        Args:
            words: see `within`.
            at: see `within`.
            which: places in `at`.
            first: of each the first last word that may be its beginning.
            n: how many there are.
        """
        which = np.repeat(which, n)
        row = np.arange(n.sum()) + np.repeat(first - np.cumsum(n) + n, n)
        fits = self._size[row] < words.size[at[which]]
        which, row = which[fits], row[fits]
        for begin, letters in self._letters:
            size = np.maximum(self._size[row] - begin, 0)
            own = words.letters(words.start[at[which]], size + begin, begin)
            fits = letters[row] == np.where(size > 0, own, 0)
            which, row = which[fits], row[fits]
        return which, row


def _is_first(begin: "ndarray", end: "ndarray") -> pl.Series:
    """Mark the first of spans that overlap, in their order: one that meets none marked before."""
    reach = np.append(-1, np.maximum.accumulate(end)[:-1])[: len(end)]
    is_clear = begin >= reach
    is_first = is_clear & np.append(is_clear[1:], np.True_)[: len(end)]
    tangled = np.flatnonzero(~is_first)
    reached = -1
    for n, first, last in zip(
        tangled.tolist(), begin[tangled].tolist(), end[tangled].tolist(), strict=True
    ):
        if first >= reached:
            is_first[n], reached = True, last
    return pl.Series(is_first)
