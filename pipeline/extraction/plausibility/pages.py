"""What the gate says of a page: cards that are doubtful where they stand, pages set aside.

What belongs here: rules that look at more than a card's values: the lines around it, the other
cards, the saved form. What does not: rules about values (`titles`, `names`, …).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.contract.findings import Record
from pipeline.extraction.plausibility.cards import CARD_RULES, TORN_RULE
from pipeline.extraction.plausibility.gate import Broken, Judged
from pipeline.extraction.plausibility.rule import CardIn

# A page is set aside from so many cards on, and from such a share: of those that are held back, of
# those that break a soft rule on a page whose form is in doubt, of titles that are cut.
_LEAST_HELD, _HELD_SHARE, _SOFT_SHARE, _CUT_SHARE = 3, 0.05, 0.08, 0.2
# So many cards beside the first, or the last, one tell whether it is torn.
_LEAST_OTHERS, _MOST_OTHERS = 2, 20
_SURE_SHARE = 0.3  # of cut titles on a page whose lines seem to be wrapped
_CUT = frozenset(("title_small", "title_cut_end", "title_cut_start"))


class Form(NamedTuple):
    """How sure the lines of a page are.

    Attributes:
        is_undone: the page's text had to be brought into the plain form.
        is_wrapped: its lines seem wrapped, and were not joined.
        joined: numbers of lines that were joined of several, or stand beside lines that nobody
            understood.
        unsure: numbers of lines of which it is not sure where they end.
        beside: numbers of lines right beside those that nobody understood.
        is_printed: the page stood on sheets of paper.
        several: where cards begin that have several paragraphs though their lines were joined, on
            a page that is unmarked.
        seems_wrapped: at a look its lines are wrapped, but they could not be joined.
        is_unmarked: a title may stand anywhere between texts, with nothing to tell it by.
    """

    is_undone: bool = False
    is_wrapped: bool = False
    joined: frozenset[int] = frozenset()
    unsure: frozenset[int] = frozenset()
    beside: frozenset[int] = frozenset()
    is_printed: bool = False
    is_unmarked: bool = False
    several: frozenset[int] = frozenset()
    seems_wrapped: bool = False


# What print, wrapping or a cut does to a card, however sound the others are.
_ALONE = frozenset(("card_letters", "card_hyphen", "card_several", "card_torn"))


def doubtful_cards(
    records: Sequence[Record], judged: Judged, lines: Sequence[str], form: Form
) -> dict[int, Broken]:
    """Return the cards that break a rule where they stand, by their places.

    Args:
        records: the cards, numbered by `lines`.
        judged: what the gate says of their values.
        lines: the lines that were read.
        form: how sure they are.
    """
    found = {
        place: broken
        for place, broken in judged.soft.items()
        if form.joined
        and not form.joined.isdisjoint(_lines_in_doubt(records[place], broken, lines))
    }
    if not (form.is_undone or form.unsure or form.beside or form.is_printed):
        return found
    share = sum(bool(record.authors) for record in records) / (len(records) or 1)
    is_any_odd = form.is_undone or form.is_printed
    for place, record in enumerate(records):
        card = _card_in(record, lines, form, share if len(records) > 2 else 0.0)
        if not (card.is_unsure or card.goes_on or card.has_several or is_any_odd):
            continue  # every rule asks for one of these
        for rule in CARD_RULES:
            if place not in found and rule.breaks(card):
                found[place] = Broken(rule, record.title)
    return found


def _card_in(record: Record, lines: Sequence[str], form: Form, named_share: float) -> CardIn:
    """Return a card with what is known of its page."""
    is_unsure, goes_on = False, False
    if form.unsure:
        own = _all_lines(record) if form.is_unmarked else _own_lines(record, lines)
        is_unsure = not form.unsure.isdisjoint(own)
    # Few cards have such a line at all.
    if not form.beside.isdisjoint(_all_lines(record)):
        goes_on = not form.beside.isdisjoint(_lines_of(record, record.raw_title, lines))
    return CardIn(
        record,
        is_unsure,
        form.is_undone,
        named_share,
        goes_on,
        form.is_printed,
        record.line_start in form.several,
    )


def _lines_in_doubt(record: Record, broken: Broken, lines: Sequence[str]) -> Iterator[int]:
    """Yield the numbers of the lines that a soft rule doubts: of a list of names only its own."""
    if broken.rule.about == "list":
        return _lines_of(record, record.raw_authors, lines)
    return _own_lines(record, lines)


def torn_cards(records: Sequence[Record], lines: Sequence[str]) -> dict[int, Broken]:
    """Return the first and the last card of a text that may be cut inside their titles, by place.

    Args:
        records: the cards, numbered by `lines`.
        lines: the lines that were read, without outer white space.
    """
    if len(records) < _LEAST_OTHERS + 1:
        return {}
    first = next((number for number, line in enumerate(lines, 1) if line), 0)
    last = next((number for number in range(len(lines), 0, -1) if lines[number - 1]), 0)
    torn: set[int] = set()
    if records[-1].line_end >= last:
        titles = _title_lines(records[-1], lines)
        others = records[-1 - _MOST_OTHERS : -1]
        if titles and titles[-1] == last and all(_goes_on_below(one, lines) for one in others):
            torn.add(len(records) - 1)
    if records[0].line_start <= first:
        titles = _title_lines(records[0], lines)
        others = records[1 : 1 + _MOST_OTHERS]
        is_small = records[0].title[:1].islower()
        if (
            titles
            and titles[0] == first
            and (is_small or all(_has_more_above(one, lines) for one in others))
        ):
            torn.add(0)
    return {place: Broken(TORN_RULE, records[place].title) for place in sorted(torn)}


def _title_lines(record: Record, lines: Sequence[str]) -> list[int]:
    wanted = frozenset(map(str.strip, record.raw_title.split("\n")))
    numbers = range(record.line_start, min(record.line_end, len(lines)) + 1)
    return [number for number in numbers if lines[number - 1] in wanted]


def _goes_on_below(record: Record, lines: Sequence[str]) -> bool:
    titles = _title_lines(record, lines)
    return bool(titles) and titles[-1] < record.line_end


def _has_more_above(record: Record, lines: Sequence[str]) -> bool:
    titles = _title_lines(record, lines)
    return bool(titles) and titles[0] > record.line_start


def _own_lines(record: Record, lines: Sequence[str]) -> Iterator[int]:
    """Yield the numbers of the lines in which a card's title and names stand."""
    yield record.line_start
    for text in (record.raw_title, record.raw_authors):
        yield from _lines_of(record, text, lines)


def _all_lines(record: Record) -> range:
    return range(record.line_start, record.line_end + 1)


def _lines_of(record: Record, text: str | None, lines: Sequence[str]) -> Iterator[int]:
    """Yield the numbers of the lines of a card in which a text stands that was taken from it."""
    wanted = frozenset(text.split("\n")) if text else ()
    for number in range(record.line_start, min(record.line_end, len(lines)) + 1):
        if wanted and lines[number - 1] in wanted:
            yield number


def why_set_aside(
    n_cards: int, held: Mapping[int, Broken], soft: Mapping[int, Broken], form: Form
) -> str | None:
    """Return why a page as a whole is not to be trusted, or None.

    Args:
        n_cards: its cards.
        held: those that are held back.
        soft: those that break a soft rule.
        form: how sure its lines are.
    """
    wrong = {place: one for place, one in held.items() if not _is_alone(one)}
    n_held = len(wrong)
    are_many = n_held >= _LEAST_HELD and n_held > _HELD_SHARE * n_cards
    if len(held) == n_cards or are_many or 2 * n_held > n_cards:
        return f"{len(held)} of its {n_cards} cards cannot be right ({_most_common(wrong or held)})"
    n_cut = sum(broken.rule.code in _CUT for broken in soft.values())
    if n_cut >= _LEAST_HELD and n_cut >= _CUT_SHARE * n_cards and not _has_small_titles(soft):
        return f"{n_cut} of its {n_cards} titles seem to be cut in the middle"
    n_going_on = n_cut + sum(broken.rule.code == "abstract_small" for broken in soft.values())
    seems_wrapped = form.seems_wrapped and n_going_on >= _SURE_SHARE * n_cards
    if n_cut and (seems_wrapped or (form.is_wrapped and n_cut >= _LEAST_HELD)):
        return "its lines seem to be wrapped, and could not be joined again"
    # Some sites list the authors of many papers twice, however they are saved.
    in_doubt = {place: one for place, one in soft.items() if one.rule.about != "list"}
    n_doubt = len(in_doubt)
    if form.is_undone and n_doubt >= _LEAST_HELD and n_doubt > _SOFT_SHARE * n_cards:
        return f"{n_doubt} of its {n_cards} cards are in doubt ({_most_common(in_doubt)})"
    return None


def _is_alone(broken: Broken) -> bool:
    """Tell whether what is wrong with a card says nothing of others, however many have it."""
    return broken.rule.about == "split" or broken.rule.code in _ALONE


def _has_small_titles(soft: Mapping[int, Broken]) -> bool:
    """Tell whether a page writes its titles small: no title of them has a capital letter."""
    return all(broken.text == broken.text.lower() for broken in soft.values())


def _most_common(found: Mapping[int, Broken]) -> str:
    """Return the message of the rule that most cards break, with an example."""
    codes = [broken.rule.code for broken in found.values()]
    most = max(sorted(set(codes)), key=codes.count)
    broken = next(broken for broken in found.values() if broken.rule.code == most)
    return f"{broken.rule.message}: {broken.text[:80]!r}"
