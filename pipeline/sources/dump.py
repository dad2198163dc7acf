"""A saved page as it comes in: its lines, its form.

What belongs here: the page as columns of lines, and judging its form. What does not: what a line
means (`sites`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import compress, count, islice, repeat, takewhile
from operator import not_
from typing import NamedTuple, overload

from pipeline.contract.findings import Form

# Saved markup may have lost its head; a text may quote a tag or two, but not so many.
_CLOSING_TAG = re.compile(r"</(?:a|article|dd|div|dl|dt|h\d|li|ol|p|span|ul)>")
_MARKUP_TAGS = 6
# Writers of Markdown leave tags in that they have no signs for.
_MARKDOWN = re.compile(r"[ \t]{0,8}#{1,6} [\w\[<]|.{0,2000}?\]\((?:https?://|/)")
_MARKDOWN_LINES = 3
# A fragment of a page begins with one of its tags, even if that is one tag of a megabyte.
_FIRST_TAG = re.compile(
    r"<(?:!--|(?:a|article|body|dd|div|dl|dt|footer|form|h[1-6]|head|header|li|link|main|meta|nav"
    r"|ol|p|script|section|span|style|svg|table|title|ul)(?=[\s>]))"
)
# Any tag, and how many lines hold one at least where markup is all there is.
_TAG = re.compile(r"</?[A-Za-z][\w-]{0,30}[\s>/]")
_TAGGED_SHARE = 0.05
_MOST_LOOKED_AT = 1000
# A spaced dump keeps blocks apart by blank lines, a compact one has hardly any.
_SPACED_SHARE = 0.15


@dataclass(frozen=True)
class Dump:
    """One saved page, decoded and split.

    Attributes:
        lines: all lines, blank ones included; line n of the file is `lines[n - 1]`.
        form: how the page was saved.
        captured_on: the day it was saved, where a note beside it says so.
        first_line: where `lines[0]` stands in the file, of which this may be a section; readers
            count lines from 1 all the same.
        links: addresses that links in a line led to, by the line's number, where the saved form
            kept them.
        pieces: of a line that was joined of several, what each gave, by the line's number: together
            they are the line.
        whole: the lines as one text, where whoever split it has it still.
        address: of the page, where what it was taken out of tells it.
    """

    lines: tuple[str, ...]
    form: Form
    captured_on: date | None = None
    first_line: int = 1
    links: Mapping[int, tuple[str, ...]] = field(default_factory=dict, compare=False)
    pieces: Mapping[int, tuple[str, ...]] = field(default_factory=dict, compare=False)
    whole: str | None = field(default=None, compare=False, repr=False)
    address: str | None = field(default=None, compare=False)

    @cached_property
    def text(self) -> str:
        """All lines as one text, for readers of markup."""
        return "\n".join(self.lines) if self.whole is None else self.whole

    @cached_property
    def stripped(self) -> list[str]:
        """All lines without outer white space; made once, for all who look at the page."""
        return list(map(str.strip, self.lines))

    @cached_property
    def text_lines(self) -> "Lines":
        """The non-blank lines, in order; made once, for every site that looks at the page."""
        texts = self.stripped
        if "\ufeff" in self.text:
            texts = list(map(str.strip, texts, repeat("\ufeff")))
        numbers = list(compress(count(1), texts))
        return Lines(numbers, list(filter(None, texts)), list(compress(self.lines, texts)))


class Line(NamedTuple):
    """A non-blank line: its 1-based number, its text without outer white space, the raw text."""

    number: int
    text: str
    raw: str


class Lines(Sequence[Line]):
    """Non-blank lines in order: a sequence of `Line` that is kept as columns.

    Of the lines of a page few are looked at one by one. Readers search the column `texts`, and
    take a part of a card as a slice of it.

    >>> lines = Dump(("Title", "", " by A "), "spaced").text_lines
    >>> lines[1], lines.texts, lines[1:].numbers
    (Line(number=3, text='by A', raw=' by A '), ['Title', 'by A'], [3])
    """

    __slots__ = ("_firsts", "_lasts", "numbers", "raws", "texts")

    def __init__(self, numbers: list[int], texts: list[str], raws: list[str]) -> None:
        """Take three columns of equal length."""
        self.numbers, self.texts, self.raws = numbers, texts, raws
        self._firsts: str | None = None
        self._lasts: str | None = None

    # Every site looks so for its cards. The ends are written side by side once: a look at them
    # takes a tenth of going through the lines.

    def beginning_in(self, characters: re.Pattern[str]) -> list[int]:
        """Return the indexes of the lines that begin with one of some characters."""
        if self._firsts is None:
            self._firsts = "".join([text[0] for text in self.texts])
        return [found.start() for found in characters.finditer(self._firsts)]

    def ending_in(self, characters: re.Pattern[str]) -> list[int]:
        """Return the indexes of the lines that end in one of some characters."""
        if self._lasts is None:
            self._lasts = "".join([text[-1] for text in self.texts])
        return [found.start() for found in characters.finditer(self._lasts)]

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.texts)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> "Lines": ...
    def __getitem__(self, at: int | slice) -> "Line | Lines":
        """Return one line, or a slice of all columns."""
        if isinstance(at, slice):
            return Lines(self.numbers[at], self.texts[at], self.raws[at])
        return Line(self.numbers[at], self.texts[at], self.raws[at])

    def __iter__(self) -> Iterator[Line]:
        """Yield the lines one by one."""
        return map(Line, self.numbers, self.texts, self.raws)


def guess_form(lines: tuple[str, ...]) -> Form:
    """Return the form of a page, judged by its text alone.

    >>> guess_form(("<!doctype html>", "<html>"))
    'html'
    >>> guess_form(("a", "", "b", "", "c"))
    'spaced'
    >>> guess_form(('<DIV data-props="{}"></DIV>',))
    'html'
    """
    # What a page was taken out of leaves blank lines above it.
    above = _count_blank(lines)
    head = "\n".join(lines[above : above + 50])[:5000].lstrip("\ufeff \n\t").lower()
    if "<html" in head or "<body" in head or head.startswith(("<!doctype html", "<?xml")):
        return "html"
    begins_with_tag = _FIRST_TAG.match(head) and not _is_lone_tag(lines)
    has_tags = begins_with_tag or len(_CLOSING_TAG.findall(head)) >= _MARKUP_TAGS
    if has_tags and not _is_markdown(lines):
        return "html"
    n_blank = lines.count("") + sum(map(str.isspace, lines))
    n_text = len(lines) - n_blank
    # Blank lines at the ends say nothing about how blocks are kept apart.
    n_blank -= _count_blank(lines) + _count_blank(reversed(lines))
    return "spaced" if n_text and n_blank / (n_text + n_blank) >= _SPACED_SHARE else "compact"


def _is_lone_tag(lines: Iterable[str]) -> bool:
    """Tell whether the first line that is not blank closes what it opens, above a page of text.

    One line decides nothing: a piece of markup may be left above a text, or pasted there.
    """
    filled = filter(None, map(str.strip, lines))
    first = next(filled, "")
    if first.count("<") != first.count(">"):
        return False  # a tag, or a script, goes on in the next line
    rest = list(islice(filled, _MOST_LOOKED_AT))
    return sum(map(bool, map(_TAG.search, rest))) < _TAGGED_SHARE * len(rest)


def _is_markdown(lines: Iterable[str]) -> bool:
    """Tell whether several lines are headings of Markdown, or hold its links."""
    return len(list(islice(filter(_MARKDOWN.match, lines), _MARKDOWN_LINES))) == _MARKDOWN_LINES


def _count_blank(lines: Iterable[str]) -> int:
    """Return how many lines are blank before the first that is not."""
    return sum(1 for _ in takewhile(not_, map(str.strip, lines)))


def text_lines(dump: Dump) -> Lines:
    """Return the non-blank lines of a dump, in order."""
    return dump.text_lines
