"""The line ledger: every line of a dump has one owner.

What belongs here: counting the lines of each owner, and finding those that have none. What does
not: deciding what a line means (`sources`), saying so to people (`reading`).
"""

import re
from collections.abc import Iterable, Iterator
from itertools import compress, count
from operator import not_

from pipeline.contract.findings import UNCLAIMED, Furniture, Issue, ParseResult, Record
from pipeline.sources.dump import Dump

_NONE, _CARD, _FURNITURE, _REPORTED, _BLANK = range(5)
_NOT_UNDERSTOOD = re.compile(b"[%c%c]" % (_NONE, _REPORTED))


class Ledger:
    """The owner of every line of a dump: blank, a card, furniture, an issue, or none.

    Args:
        dump: the page.
        results: what the parser of each of its sections found; the ranges of records win over
            furniture, and those of `unclaimed_lines` issues over both.
    """

    def __init__(self, dump: Dump, *results: ParseResult) -> None:
        """Enter every line once."""
        self._owners = bytearray(len(dump.lines))
        # All furniture first: lines that a step emptied are each section's, on all of the page.
        for result in results:
            self._enter(result.furniture, _FURNITURE)
        for result in results:
            self._enter_found(result)
        for place in compress(count(), map(not_, dump.stripped)):
            self._owners[place] = _BLANK

    def _enter_found(self, result: ParseResult) -> None:
        self._enter(result.records, _CARD)
        self._enter([issue for issue in result.issues if issue.kind == UNCLAIMED], _REPORTED)

    def _enter(self, found: Iterable[Record | Furniture | Issue], owner: int) -> None:
        owners, last, one = self._owners, len(self._owners), bytes([owner])
        for item in found:
            start, end = item.line_start, item.line_end
            if not (start and end):
                continue
            if start == end <= last:
                owners[end - 1] = owner
            else:
                end = min(end, last)
                owners[start - 1 : end] = one * (end - start + 1)

    def _count(self, owner: int) -> int:
        return self._owners.count(owner)

    @property
    def counts(self) -> dict[str, int]:
        """The ledger's columns of raw.dumps; with n_lines_blank they sum up to n_lines."""
        n_card, n_furniture = self._count(_CARD), self._count(_FURNITURE)
        return {
            "n_lines_claimed": n_card + n_furniture,
            "n_lines_card": n_card,
            "n_lines_furniture": n_furniture,
            "n_lines_unclaimed": self._count(_REPORTED) + self._count(_NONE),
            "n_lines_blank": self._count(_BLANK),
        }

    def not_understood(self) -> list[int]:
        """Return the numbers of the lines that nobody understood, in a card or outside."""
        return [found.end() for found in _NOT_UNDERSTOOD.finditer(self._owners)]

    def unclaimed_runs(self) -> Iterator[tuple[int, int]]:
        """Yield runs (first, last line) of lines that are neither claimed nor reported."""
        # Blank lines between two such lines do not divide a run; those around it are not in it.
        pattern = rb"\x00(?:[\x00\x04]*\x00)?"
        for found in re.finditer(pattern, self._owners):
            yield found.start() + 1, found.end()
