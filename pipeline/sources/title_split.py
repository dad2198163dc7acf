"""Title split: the place in a glued line, in which nothing separates a title and its authors.

`Chaos is a Ladder via Augmentation OverlapYifei Wang, Qi Zhang et al. · mit` is such a line, as
compact text shows it. What belongs here: the search for the place where the title ends. What does
not: single pieces of evidence (`title_evidence`), cards, dates, pages.

How it works. Every place where a name may begin is a candidate. Small pieces of evidence each
add a weight to a candidate's score (`title_weights` lists them all): the characters beside it, what
the title's end and the first author's name look like, whether the page uses a word elsewhere
in a title or abstract, whether it shows a name elsewhere. The best score wins; its share (softmax)
among all candidates, and the reading that none is right, is the confidence. The
weights are those of a conditional logistic regression, rounded; a positive one speaks for a
candidate. A page is read twice: each line alone, then those in doubt with the words and names
of all others.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.sources.title_doubt import most_sure
from pipeline.sources.title_evidence import (
    THREE_LETTERS,
    Candidate,
    Context,
    Fact,
    context_evidence,
    weigh,
)
from pipeline.sources.title_teams import SMALL_ARTICLE, is_group
from pipeline.sources.title_weights import WEIGHTS
from pipeline.sources.title_words import MOST_NAME_CHARS, ends_like_names, is_uncased, words_of
from pipeline.text.whitespace import fold_space

# From here on a split is trusted; below it, a person should look.
SURE = 0.9
_OPEN = 0.5  # of a line without a place for names that ends like names
_MOST_AUTHORS = 3
_MOST_NAME_WORDS = 8
_ET_AL = re.compile(r"\set al\.?$")  # "... Yisen Wang et al."
_ET_AL_CHARS = 8
_SLUGS = re.compile(r"\s·\s(?P<slugs>.*\S.*)$")  # "... · mit, pku"
# "Y" of "OverlapYifei", but not "A" of "Multi-Agent" or "(AI": all capitals and some other letters.
_INNER_LETTER = re.compile(
    r"[^\W\d_a-z](?:(?<=[^\s(\[{/&^_`~@=<#:;“‘\\].)|(?<=\w#.))(?<![^\W\d_][-–].)"
)


@dataclass(frozen=True, slots=True)
class Glued:
    """A glued line and the abstract below it."""

    line: str
    abstract: str | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """How a glued line is split.

    Attributes:
        title: what stands before the first author, white space folded.
        raw_authors: everything after the title, verbatim.
        names: the authors shown, in order; none if all of the line is the title.
        et_al: whether the line says that there are more.
        slugs: affiliations behind a dot, e.g. `mit`.
        confidence: 0 to 1; below `SURE` a person should look.
    """

    title: str
    raw_authors: str
    names: tuple[str, ...]
    et_al: bool
    slugs: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Line:
    """A glued line; `text` lacks what follows the names."""

    whole: str
    text: str
    et_al: bool
    slugs: tuple[str, ...]

    @property
    def other(self) -> str:
        """Name the reading that no place is right."""
        return "no_place" if self.et_al or self.slugs else "no_authors"


def split_glued(
    line: str, *, known_names: Iterable[str] = (), abstract: str | None = None
) -> Split:
    """Split one line, with names known from elsewhere and the abstract below it.

    >>> split = split_glued("Robust Bounds for Bounded CVaRHong Zhu, Qi Li et al. · mit")
    >>> split.title, split.names, split.slugs
    ('Robust Bounds for Bounded CVaR', ('Hong Zhu', 'Qi Li'), ('mit',))
    """
    return split_page([Glued(line, abstract)], known_names=known_names)[0]


def split_page(
    lines: Sequence[Glued],
    *,
    known_names: Iterable[str] = (),
    weights: Mapping[str, float] = WEIGHTS,
) -> list[Split]:
    """Split all glued lines of a page; what one line shows helps with the others.

    Args:
        lines: the lines, in the order of the page.
        known_names: names known from elsewhere.
        weights: how much each piece of evidence counts; others than those in use are measured.

    Returns:
        A split for each line, in their order.
    """
    return [
        # No context turns what is as sure as this.
        first if first.confidence == 1 else _split(line, candidates, weights, context)
        for first, line, candidates, context in in_context(lines, known_names, weights)
    ]


def in_context(
    lines: Sequence[Glued],
    known_names: Iterable[str] = (),
    weights: Mapping[str, float] = WEIGHTS,
) -> Iterator[tuple[Split, _Line, list[Candidate], Context]]:
    """Yield each line as it reads alone, with its candidates and with what the others show."""
    stripped = (_strip_tail(glued.line) for glued in lines)
    read = [(line, list(_candidates(line, weights))) for line in stripped]
    first = [_split(line, candidates, weights) for line, candidates in read]
    facts = [_facts_of(split) for split in first]
    shown = Counter(fact for name in known_names for fact in _facts("", [name]))
    for own in facts:
        shown.update(own)
    words = words_of(glued.abstract for glued in lines if glued.abstract)
    for (line, candidates), split, own in zip(read, first, facts, strict=True):
        yield split, line, candidates, Context(words, shown, own)


def _facts(title: str, names: Iterable[str]) -> frozenset[Fact]:
    whole = [name.lower() for name in names]
    parts = [name.split() for name in whole if " " in name]
    return frozenset(
        [
            *(("word", word) for word in words_of([title])),
            *(("name", name) for name in whole),
            *(("given", words[0]) for words in parts),
            *(("surname", words[-1]) for words in parts),
        ]
    )


def _facts_of(split: Split) -> frozenset[Fact]:
    """Return the words and names that a line shows, whatever becomes of its glued word."""
    if split.confidence >= SURE:
        return _facts(split.title, split.names)
    return _facts(split.title.rpartition(" ")[0], split.names[1:])


def _strip_tail(line: str) -> _Line:
    """Take affiliations and `et al.` off a line."""
    whole = text = line.strip()
    slugs: tuple[str, ...] = ()
    if "·" in text and (found := _SLUGS.search(text)):
        slugs = tuple(slug.strip() for slug in found["slugs"].split(",") if slug.strip())
        text = text[: found.start()].rstrip()
    et_al = _ET_AL.search(text, max(0, len(text) - _ET_AL_CHARS))
    return _Line(whole, text[: et_al.start()] if et_al else text, et_al is not None, slugs)


def _split(
    line: _Line,
    candidates: Sequence[Candidate],
    weights: Mapping[str, float],
    context: Context | None = None,
) -> Split:
    """Choose the best candidate of a line; where all are bad, the whole line is the title."""
    scores = [c.form for c in candidates]
    if context:
        scores = [c.form + weigh(context_evidence(c, context), weights) for c in candidates]
    other = weights[line.other]
    best = max(scores, default=-math.inf)
    if line.other == "no_authors" and other > best:
        confidence = _share(other, [other, *scores])
        # The place may be one that no rule knows.
        is_open = ends_like_names(line.text)
        return _make_split(line, None, min(confidence, _OPEN) if is_open else confidence)
    chosen = candidates[scores.index(best)] if candidates else None
    confidence = _share(best, [other, *scores])
    most = most_sure(chosen, context) if chosen else 1.0
    return _make_split(line, chosen, min(confidence, most))


def _share(score: float, scores: Iterable[float]) -> float:
    """Return the share that a score has among all scores (softmax)."""
    return 1 / sum(math.exp(one - score) for one in scores)


def _make_split(line: _Line, candidate: Candidate | None, confidence: float) -> Split:
    at = candidate.at if candidate else len(line.whole)
    names = candidate.names if candidate else ()
    return Split(
        title=fold_space(line.text[:at]),
        raw_authors=line.whole[at:],
        names=tuple(map(fold_space, names)),
        et_al=line.et_al,
        slugs=line.slugs,
        confidence=round(confidence, 4),
    )


def _candidates(line: _Line, weights: Mapping[str, float]) -> Iterator[Candidate]:
    """Yield every place where the first name may begin.

    `et al.` follows three names; without it the last one to three pieces between commas are
    names, and earlier commas belong to the title.
    """
    pieces = line.text.rsplit(", ", _MOST_AUTHORS)
    most = min(len(pieces), _MOST_AUTHORS)
    for n_names in range(most if line.et_al else 1, most + 1):
        first, *others = pieces[-n_names:]
        end = len(line.text) - sum(len(name) + 2 for name in others)
        words = first[-MOST_NAME_CHARS:].rsplit(" ", _MOST_NAME_WORDS)[-_MOST_NAME_WORDS:]
        begin = end - len(" ".join(words))
        for at in _places(line.text, begin, end):
            yield Candidate(line.text, at, (line.text[at:end], *others), weights)


def _places(text: str, begin: int, end: int) -> Iterator[int]:
    """Yield where a name may begin: at a capital inside a word; else all of it is lower case."""
    has_article = text.find("the ", begin + 1, end) >= 0
    article = SMALL_ARTICLE.search(text, begin + 1, end) if has_article else None
    if article and is_group(text[article.start() : end].split()):
        yield article.start()
    for found in _INNER_LETTER.finditer(text, begin + 1, end):
        at = found.start()
        # Letters without cases begin a name where others end.
        if found[0].isupper() or not (found[0].islower() or is_uncased(text[at - 1])):
            yield at
    last_space = text.rfind(" ", begin, end)
    if text[last_space + 1 : end].islower():
        if (closer := text.rfind(")", begin, last_space)) > 0 and text[closer + 1].islower():
            yield closer + 1
        capitals = (at for at in range(last_space, begin, -1) if text[at].isupper())
        for at in range(next(capitals, begin) + 1, last_space):
            if text[at].islower() and THREE_LETTERS.search(text, max(begin, at - 3), at):
                yield at
