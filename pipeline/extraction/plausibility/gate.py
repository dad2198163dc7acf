"""The gate: which cards of a page break a rule of plausibility.

What belongs here: judging cards by the table, a column at a time. What does not: the rules
(`table`), what a page as a whole may be (`pages`), what becomes of a card (`reading`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

from pipeline.contract.findings import Record
from pipeline.extraction.plausibility.rule import AbstractIn, Rule
from pipeline.extraction.plausibility.suspects import (
    camel_names,
    suspicious_abstracts,
    suspicious_names,
    suspicious_titles,
)
from pipeline.extraction.plausibility.table import rules_about
from pipeline.extraction.plausibility.values import is_suspicious


class Broken(NamedTuple):
    """A rule that a card breaks, and the value that breaks it, as text."""

    rule: Rule
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What the gate says of the cards of a page, by their places.

    Attributes:
        hard: cards that cannot be right.
        soft: cards that may be wrong where a join or an unexplained line touches them.
        guessed: cards whose title and names are parted by a guess; nothing is wrong with the page.
    """

    hard: dict[int, Broken] = field(default_factory=dict)
    soft: dict[int, Broken] = field(default_factory=dict)
    guessed: dict[int, Broken] = field(default_factory=dict)


def judge(records: Sequence[Record], rare: str | None = None) -> Judged:
    """Judge the cards of a page; the first rule that a card breaks counts.

    Args:
        records: cards, repaired, in order.
        rare: the rare characters of their texts, where they are known already.
    """
    judged = Judged()
    for place, broken in chain(
        _judge_titles(records),
        _judge_names(records),
        _judge_abstracts(records, rare),
        _judge_values(records),
    ):
        kind = broken.rule.kind
        is_hard = kind == "hard" or (kind == "unnamed" and not records[place].authors)
        (judged.hard if is_hard else judged.soft).setdefault(place, broken)
    judged.guessed.update(_judge_splits(records))
    return judged


_TITLE_RULES, _NAME_RULES = rules_about("title"), rules_about("name")
_LAST_LINE_RULES = rules_about("last line")
_LIST_RULES, _ABSTRACT_RULES = rules_about("list"), rules_about("abstract")
_CATEGORY_RULES, _RECORD_RULES = rules_about("category"), rules_about("id", "date")
_SPLIT_RULES = rules_about("split")


def _judge_titles(records: Sequence[Record]) -> Iterator[tuple[int, Broken]]:
    titles = [record.title for record in records]
    suspects = suspicious_titles(titles) if titles else set()
    for place, record in enumerate(records):
        if not record.authors and ", " in record.title:
            suspects.add(place)
    for place in sorted(suspects):
        title = titles[place]
        for rule in _TITLE_RULES:
            if rule.breaks(title):
                yield place, Broken(rule, title)
    for place, record in enumerate(records):
        if "\n" in record.raw_title:
            last = record.raw_title.rpartition("\n")[2].strip()
            for rule in _LAST_LINE_RULES:
                if rule.breaks(last):
                    yield place, Broken(rule, record.title)


# Names that were judged: on a page, and on pages read together, they recur.
_SOUND_NAMES: set[str] = set()
_MOST_SOUND_NAMES = 65_536


def _judge_names(records: Sequence[Record]) -> Iterator[tuple[int, Broken]]:
    lists = [[author.name for author in record.authors] for record in records]
    names = list(set(chain.from_iterable(lists)) - _SOUND_NAMES)
    suspects = [names[place] for place in suspicious_names(names)] if names else []
    wrong = {name: rule for name in suspects if (rule := _broken_name(name))}
    camel = camel_names(names)
    if len(_SOUND_NAMES) > _MOST_SOUND_NAMES:
        _SOUND_NAMES.clear()
    _SOUND_NAMES.update(set(names) - wrong.keys() - camel)
    for place, listed in enumerate(lists):
        if wrong and not wrong.keys().isdisjoint(listed):
            name = next(name for name in listed if name in wrong)
            yield place, Broken(wrong[name], name)
        if len(set(listed)) < len(listed) or (camel and not camel.isdisjoint(listed)):
            for rule in _LIST_RULES:
                if rule.breaks(tuple(listed)):
                    yield place, Broken(rule, ", ".join(listed[:50]))


def _broken_name(name: str) -> Rule | None:
    return next((rule for rule in _NAME_RULES if rule.breaks(name)), None)


def _judge_abstracts(records: Sequence[Record], rare: str | None) -> Iterator[tuple[int, Broken]]:
    shown = [(place, record.abstract) for place, record in enumerate(records) if record.abstract]
    texts = [text for _, text in shown]
    places = {shown[at][0] for at in suspicious_abstracts(texts, rare)} if texts else set()
    for place, (record, following) in enumerate(pairwise(records)):
        if record.abstract and following.title in record.abstract:
            places.add(place)
    for place in sorted(places):
        record = records[place]
        following = records[place + 1].title if place + 1 < len(records) else ""
        abstract = AbstractIn(record.abstract or "", record.title, following)
        for rule in _ABSTRACT_RULES:
            if rule.breaks(abstract):
                yield place, Broken(rule, abstract.text)


def _judge_values(records: Sequence[Record]) -> Iterator[tuple[int, Broken]]:
    for place, record in enumerate(records):
        if record.categories and (rule := _broken_categories(record.categories)):
            yield place, Broken(rule, " ".join(record.categories))
        if is_suspicious(record):
            for rule in _RECORD_RULES:
                if rule.breaks(record):
                    yield place, Broken(rule, _spell_values(record))


def _judge_splits(records: Sequence[Record]) -> Iterator[tuple[int, Broken]]:
    for place, record in enumerate(records):
        if record.split_confidence is not None:
            for rule in _SPLIT_RULES:
                if rule.breaks(record):
                    yield place, Broken(rule, f"{record.title} | {record.raw_authors or ''}")


@lru_cache(maxsize=16_384)  # most cards of a page share theirs with others
def _broken_categories(categories: tuple[str, ...]) -> Rule | None:
    return next((rule for rule in _CATEGORY_RULES if rule.breaks(categories)), None)


def _spell_values(record: Record) -> str:
    shown = (record.arxiv_id, record.doi, record.url, record.published_date, record.updated_date)
    return " ".join(str(value) for value in shown if value)
