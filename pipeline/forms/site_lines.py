"""What a site's pages have by the line: all that steps may know of sites.

What belongs here: the patterns a site gives, asked as one. What does not: the patterns (the sites'
modules).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from pipeline.forms.first_signs import EndSign, alternatives

_Match = Callable[[str], re.Match[str] | None]


@dataclass(frozen=True, eq=False)  # known by identity: to hash large patterns takes long
class SiteLines:
    """What a site's pages have by the line, for steps that join or cut lines.

    Both are asked about lines without outer white space.

    Attributes:
        begins: matches at the start of a line that begins something (a card, a label): nothing is
            joined to the line above it.
        whole: matches all of a line that is whole: nothing is joined to it.
        inside: where one line holds a whole card or page, matches what a line began with there;
            None where the site's words cannot tell for certain.
        inside_words: one of these is in all that `inside` matches: a line without any is not
            asked. Empty: the site does not say.
    """

    begins: re.Pattern[str]
    whole: re.Pattern[str]
    inside: re.Pattern[str] | None = None
    inside_words: tuple[str, ...] = ()


_FLAGS = {"a": re.A, "i": re.I, "m": re.M, "s": re.S, "x": re.X}
_NAMED = re.compile(r"\(\?P<\w+>")
# Hardly any word begins so: an alternative that may is one of names or numbers, not of a word.
_UNLIKELY_SIGNS = "QXZqxz7"


class Asks(NamedTuple):
    """What to ask of lines with one first sign; each tells by a match.

    Attributes:
        shared: of several sites.
        own: of one site each.
        sites: of which ones, by their places.
    """

    shared: tuple[_Match, ...]
    own: tuple[_Match, ...]
    sites: frozenset[int]


class _With(dict[str, frozenset[int]]):
    """Which patterns have matches that may begin, or end, with a sign."""

    def __init__(self, ends: Sequence[EndSign]) -> None:
        """Take the ends of all patterns."""
        self._ends = ends

    def __call__(self, sign: str) -> frozenset[int]:
        """Return the places of those that may."""
        if sign not in self:
            self[sign] = frozenset([at for at, end in enumerate(self._ends) if end.can_be(sign)])
        return self[sign]


class _Asked:
    """Patterns asked as one: of a line only the alternatives that may be meant by its end signs.

    To try them all takes long, and of most lines the first sign rules out nearly all; of those that
    are to match all of a line the last sign rules out most of the others.
    """

    def __init__(self, patterns: Iterable[re.Pattern[str]], *, are_whole: bool = False) -> None:
        """Cut the patterns into their alternatives.

        Args:
            patterns: the sites'.
            are_whole: whether they are to match all of a line.
        """
        by_site = [_parts(pattern) for pattern in patterns]
        parts = list(chain.from_iterable(by_site))
        self._site_of = [site for site, own in enumerate(by_site) for _ in own]
        self._first_with = _With(list(map(EndSign, parts)))
        self._last_with = _With([EndSign(part, is_last=True) for part in parts if are_whole])
        self._wide = frozenset().union(*map(self._first_with, _UNLIKELY_SIGNS))
        self._parts = [rf"(?:{part})\Z" if are_whole else f"(?:{part})" for part in parts]
        self._written: dict[str, _Match] = {}
        self._by_signs: dict[str, Asks] = {}

    def of(self, signs: str) -> Asks:
        """Return what to ask of lines with a first sign, and a last one for patterns of all of it.

        Args:
            signs: these; those of an empty line are none.
        """
        if signs not in self._by_signs:
            self._by_signs[signs] = self._choose(signs)
        return self._by_signs[signs]

    def _choose(self, signs: str) -> Asks:
        chosen = frozenset(range(len(self._parts)))
        if signs:
            chosen = self._first_with(signs[0])
            chosen &= self._last_with(signs[1]) if signs[1:] else chosen
        wide = "|".join([self._parts[at] for at in sorted(chosen & self._wide)])
        narrow = [self._parts[at] for at in sorted(chosen - self._wide)]
        return Asks(
            shared=(self._write(wide),) if wide else (),
            own=tuple(map(self._write, narrow)),
            sites=frozenset([self._site_of[at] for at in chosen]),
        )

    def _write(self, part: str) -> _Match:
        if part not in self._written:
            self._written[part] = re.compile(part).match
        return self._written[part]


class AnySite:
    """The patterns of all sites, asked as one.

    Attributes:
        begins_of: what to ask of lines with a first sign: whether they begin something.
        whole_of: what to ask of lines with a first and a last sign: whether they are whole.
    """

    def __init__(self, sites: Sequence[SiteLines]) -> None:
        """Take the patterns."""
        self.begins_of = _Asked(site.begins for site in sites).of
        self.whole_of = _Asked((site.whole for site in sites), are_whole=True).of

    def begins(self, line: str) -> bool:
        """Tell whether a line begins something on a site."""
        return _is_any(self.begins_of(line[:1]), line)

    def is_whole(self, line: str) -> bool:
        """Tell whether a line is whole on a site."""
        return _is_any(self.whole_of(line[:1] + line[-1:]), line)


def _is_any(asks: Asks, line: str) -> bool:
    for ask in asks.shared:
        if ask(line):
            return True
    for ask in asks.own:  # noqa: SIM110 - a call around it would take as long
        if ask(line):
            return True
    return False


def _parts(pattern: re.Pattern[str]) -> list[str]:
    """Return the alternatives of a pattern, with its flags, as they are written inside another."""
    flags = "".join(letter for letter, flag in _FLAGS.items() if pattern.flags & flag)
    plain = _NAMED.sub("(?:", pattern.pattern)
    if flags or pattern.groups > len(pattern.groupindex):
        end = "\n" if "x" in flags else ""  # of a comment
        return [f"(?{flags}:{plain}{end})"]
    return alternatives(plain)


@lru_cache(maxsize=8)
def any_site(sites: tuple[SiteLines, ...]) -> AnySite:
    """Return the patterns of sites as one; made once."""
    return AnySite(sites)
