"""Where the words of texts stand, and which of them are known, in whole arrays.

What belongs here: cutting texts into words and numbering them, without a Python object for any of
them. What does not: how texts are cleaned, what words say (`phrases`, `topic_words`).

A word is told by its bytes, eight at a time as a number: most words are one such number.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy import ndarray

_SPACE = ord(" ")
_GAP = "  "  # between texts, so that no word reaches over it
_UNIT = 8  # bytes that are looked at together
# By these numbers keys are strewn (Knuth, 6.4): the golden ratio, and another odd one.
_GOLDEN, _OTHER = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03)
_HALF = np.uint64(32)
# The bytes of a number that so many letters fill.
_FILLED = np.array([(1 << 8 * n) - 1 for n in range(_UNIT + 1)], dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of some texts, in their order: arrays of one length, but for `begin`.

    Attributes:
        units: of each byte of the texts, itself and the seven after it, as a number.
        start: place of the first byte, in all texts as one.
        size: bytes.
        text: number of the text.
        gap: bytes between the word before and this one; before the first word of a text one more
            than there are.
        after: the same behind a word.
        begin: where each text begins, in all texts as one.
    """

    units: "ndarray"
    start: "ndarray"
    size: "ndarray"
    text: "ndarray"
    gap: "ndarray"
    after: "ndarray"
    begin: "ndarray"

    @staticmethod
    def of(texts: pl.Series, table: bytes) -> "Words":
        """Cut texts at their spaces.

        Args:
            texts: no NULL among them; some megabytes at most, for all is held at once.
            table: what each byte is read as (`bytes.translate`).
        """
        lengths = texts.str.len_bytes().cast(pl.Int64).to_numpy()
        begin = np.cumsum(lengths + len(_GAP)) - lengths
        joined = texts.str.join(_GAP).cast(pl.Binary).item() or b""
        letters = _GAP.encode() + joined.translate(table) + b" " * _UNIT
        signs = np.frombuffer(letters, np.uint8)
        is_letter = signs != _SPACE
        bounds = np.flatnonzero(is_letter[1:] != is_letter[:-1]).astype(np.int32) + np.int32(1)
        start, end = bounds[::2], bounds[1::2]
        first = np.searchsorted(start, begin)
        n_words = np.diff(first, append=len(start))
        text = np.repeat(np.arange(len(texts), dtype=np.int32), n_words)
        # Before its first word a text has one space of its own, and so behind its last.
        edge_before, edge_after = begin - 1, begin + lengths + 1
        before = np.append(np.int32(0), end[:-1])[: len(start)]
        gap = start - np.maximum(before, edge_before[text].astype(np.int32))
        following = np.append(start[1:], start[-1:])
        is_last = np.zeros(len(start), dtype=bool)
        is_last[(first + n_words - 1)[n_words > 0]] = True
        after = np.where(is_last, edge_after[text], following) - end
        units = np.ndarray((len(signs) - _UNIT + 1,), "<u8", signs, strides=(1,))
        return Words(units, start, end - start, text, gap, after.astype(np.int32), begin)

    def letters(self, start: "ndarray", size: "ndarray", begin: int = 0) -> "ndarray":
        """Return of each word its bytes from the given one on, eight at most, as a number."""
        if not begin:
            return self.units[start] & _FILLED[np.minimum(size, _UNIT)]
        last = len(self.units) - 1
        return self.units[np.minimum(start + begin, last)] & _FILLED[np.clip(size - begin, 0, 8)]

    def letters_of(self, start: "ndarray", size: "ndarray") -> "list[tuple[int, ndarray]]":
        """Return all bytes of some words, as `letters` has them, eight after eight."""
        begins = range(0, int(size.max(initial=0)), _UNIT)
        return [(begin, self.letters(start, size, begin)) for begin in begins]


class NumberTable:
    """Distinct numbers, and for any others which of them they are."""

    def __init__(self, numbers: "ndarray") -> None:
        """Lay the numbers out.

        Args:
            numbers: of 64 bits without sign, each once.
        """
        mixed = strewn(numbers)
        order = np.argsort(mixed)
        # Behind the last one stands a number that is none, where a search ends.
        self._order = np.append(order, -1).astype(np.int32)
        self._mixed = np.append(mixed[order], np.uint64(2**64 - 1))
        n_bits = max(1, int(4 * len(numbers)).bit_length())
        self._shift = np.uint64(64 - n_bits)
        holes = np.arange(1 << n_bits, dtype=np.uint64) << self._shift
        self._begin = np.searchsorted(self._mixed, holes).astype(np.int32)

    def find(self, numbers: "ndarray") -> "ndarray":
        """Return which one each number is, -1 for none."""
        mixed = strewn(numbers)
        place = self._begin[(mixed >> self._shift).astype(np.int64)]
        there = self._mixed[place]
        found = np.where(there == mixed, self._order[place], np.int32(-1))
        asked = np.flatnonzero(there < mixed)
        place, mixed = place[asked], mixed[asked]
        while len(asked):
            place += 1
            there = self._mixed[place]
            is_it = there == mixed
            found[asked[is_it]] = self._order[place[is_it]]
            is_before = there < mixed
            asked, place, mixed = asked[is_before], place[is_before], mixed[is_before]
        return found


def strewn(numbers: "ndarray") -> "ndarray":
    """Return other numbers, different ones for different ones, whose first bits tell nothing."""
    mixed = numbers * _GOLDEN
    mixed ^= mixed >> _HALF
    mixed *= _OTHER
    return mixed


class KnownWords:
    """Distinct words to know again."""

    def __init__(self, words: pl.Series) -> None:
        """Lay the words out.

        Args:
            words: each once, without spaces, none empty.
        """
        own = Words.of(words, bytes(range(256)))
        is_long = own.size > _UNIT
        self._short, self._long = np.flatnonzero(~is_long), np.flatnonzero(is_long)
        self._short_table = NumberTable(own.letters(own.start, own.size)[self._short])
        start, size = own.start[is_long], own.size[is_long]
        self._long_table = NumberTable(_mixed_letters(own, start, size))
        self._size, self._most = size, int(size.max(initial=0))
        self._letters = own.letters_of(start, size)

    def find(self, words: Words, start: "ndarray", size: "ndarray") -> "ndarray":
        """Return which word stands at each place, -1 for none of them.

        Args:
            words: the words of texts.
            start: places there.
            size: how many bytes each word has; a part of one is looked for as well.
        """
        found = _taken(self._short, self._short_table.find(words.letters(start, size)))
        found[size > _UNIT] = -1
        # A longer word is none of them, and a text may have one of megabytes.
        long = np.flatnonzero((size > _UNIT) & (size <= self._most))
        start, size = start[long], size[long]
        number = self._long_table.find(_mixed_letters(words, start, size))
        # Eight bytes tell a short word for sure; long ones may share what is made of theirs.
        is_it = (number >= 0) & (_taken(self._size, number) == size)
        for begin, letters in self._letters:
            some = np.flatnonzero(is_it & (size > begin))
            own = words.letters(start[some], size[some], begin)
            is_it[some] = own == letters[number[some]]
        found[long] = np.where(is_it, _taken(self._long, number), -1)
        return found


def _taken(values: "ndarray", places: "ndarray") -> "ndarray":
    """Return the value at each place, -1 for the place -1."""
    return np.append(values, -1).astype(np.int32)[places]


def _mixed_letters(words: Words, start: "ndarray", size: "ndarray") -> "ndarray":
    """Return a number for each word, the same for the same bytes, most often others for others."""
    mixed = words.letters(start, size)
    for begin in range(_UNIT, int(size.max(initial=0)), _UNIT):
        long = np.flatnonzero(size > begin)
        mixed[long] = strewn(mixed[long]) ^ words.letters(start[long], size[long], begin)
    return mixed
