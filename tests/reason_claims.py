"""What each phrase of a match reason claims, computed anew from the records.

What belongs here: the phrases, what must be true where one is said, which phrase each level of each
comparison has. What does not: the records (`read_records`), which tables are tried
(`records/test_match_reasons.py`).
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from helpers import ROOT
from read_records import (
    Record,
    World,
    agreeing,
    edits,
    forms,
    has_digit,
    is_alike,
    is_number,
    is_same_name,
)

_REFERENCE = ROOT / "sql" / "reference"
Claim = Callable[..., bool]
CLAIMS: dict[str, Claim] = {}


def says(pattern: str) -> Callable[[Claim], Claim]:
    """Name the phrase that makes a claim; its numbers and words go to the claim as text."""

    def put(claim: Claim) -> Claim:
        CLAIMS[pattern] = claim
        return claim

    return put


def faults(world: World, match: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the reason of a compared pair: phrases untrue, or unknown."""
    one, other = (world.records[match[f"record_id_{side}"]] for side in "lr")
    for phrase in match["match_reason"].split(", "):
        found = [(c, m) for p, c in CLAIMS.items() if (m := re.fullmatch(p, phrase))]
        if len(found) != 1:
            yield f"{len(found)} claims know {phrase!r}"
        elif not found[0][0](world, one, other, *found[0][1].groups()):
            yield f"not true: {phrase!r}"


# ---------------------------------------------------------------- rules


@says("decided by hand (?:not )?to be the same")
def _decided(*_: object) -> bool:
    return True  # which pairs people decided is no matter of the records


@says("equal in every compared value")
def _equal_values(_: World, one: Record, other: Record) -> bool:
    columns = ("source", "title_key", "year", "abstract")
    return (
        all(one[name] == other[name] for name in columns)
        and [forms(name) for name in one.names] == [forms(name) for name in other.names]
        and _venue_key(one) == _venue_key(other)
        and (one.n_authors, one.arxiv_id, one.pages)
        == (other.n_authors, other.arxiv_id, other.pages)
    )


@says("a title used again and no authors or abstract shown")
def _used_again(world: World, one: Record, other: Record) -> bool:
    bearers = world.titles[one.spelling]
    is_again = len({record["year"] for record in bearers}) > 2 or len(bearers) > 2
    return is_again and not (one.names or other.names or (one["abstract"] and other["abstract"]))


@says("a title that is a usual heading")
def _heading(_: World, one: Record, other: Record) -> bool:
    usual = "editor|editorial|introduction|preface|foreword|review|letter|message|column|news|index"
    usual += "|panel|abstract|note|comment|remark|announce|discussion|contents|errat|obitua"
    usual += "|matter|cover|page|masthead|papers|issue|advert|organi|committee|welcome"
    return one.spelling == other.spelling != "" and re.search(usual, one.key) is not None


@says("two words that differ in their beginnings alone")
def _beginnings(world: World, one: Record, other: Record) -> bool:
    mine, theirs = set(world.words(one)), set(world.words(other))
    (left,), (right,) = mine - theirs, theirs - mine
    return (left[-4:] == right[-4:] and left[:4] != right[:4]) or left[-5:] == right[-5:]


@says("two words of one kind")
def _contrast(world: World, one: Record, other: Record) -> bool:
    mine, theirs = set(world.words(one)), set(world.words(other))
    (left,), (right,) = mine - theirs, theirs - mine
    with (ROOT / "sql/reference/contrasting_words.csv").open(encoding="utf-8") as file:
        known = {row["word"]: row for row in csv.DictReader(file)}
    return (
        known[left]["kind"] == known[right]["kind"]
        and known[left]["meaning"] != known[right]["meaning"]
    )


def _has_more(one: Record, other: Record) -> bool:
    places = [(record.pages[0], record.number("volume")) for record in (one, other)]
    return bool(one.abstract and other.abstract) or any(map(all, zip(*places, strict=True)))


@says("no authors or abstracts or pages to compare")
def _title_alone(_: World, one: Record, other: Record) -> bool:
    return not (one.names and other.names) and not _has_more(one, other)


@says("a short title in another venue and no abstracts or pages to compare")
def _other_place(world: World, one: Record, other: Record) -> bool:
    is_short = min(len(record.key.split()) for record in (one, other)) < 3
    return is_short and not _is_same_venue(world, one, other) and not _has_more(one, other)


# ---------------------------------------------------------------- identifiers


@says("(same arXiv identifier|different arXiv identifiers)")
def _arxiv(_: World, one: Record, other: Record, words: str) -> bool:
    ids = {one.arxiv_id, other.arxiv_id}
    return None not in ids and (len(ids) == 1) is words.startswith("same")


@says("(same DOI|different DOIs)")
def _doi(_: World, one: Record, other: Record, words: str) -> bool:
    ids = {(record["doi"] or "").lower() for record in (one, other)}
    return "" not in ids and (len(ids) == 1) is words.startswith("same")


# ---------------------------------------------------------------- titles


@says("same title(?: of ([0-9]+) words?)?")
def _same_title(_: World, one: Record, other: Record, n_words: str | None) -> bool:
    n = min(len(record.key.split()) for record in (one, other))
    is_same = one.spelling == other.spelling != ""
    return is_same and (n >= 6 if n_words is None else n == int(n_words) < 6)


def _other_words(world: World, one: Record, other: Record) -> set[str]:
    return set(world.words(one)) ^ set(world.words(other))


@says("same title words in another order or number")
def _same_words(world: World, one: Record, other: Record) -> bool:
    return one.spelling != other.spelling and not _other_words(world, one, other)


@says("same title words but for numbers or single letters")
def _but_numbers(world: World, one: Record, other: Record) -> bool:
    words = _other_words(world, one, other)
    return bool(words) and all(map(is_number, words))


@says("same title words but for numbers and words with digits")
def _but_codes(world: World, one: Record, other: Record) -> bool:
    words = _other_words(world, one, other)
    return bool(words) and all(is_number(word) or has_digit(word) for word in words)


@says("titles differ in ([0-9]+) characters?")
def _edits(_: World, one: Record, other: Record, n: str) -> bool:
    return edits(one.spelling, other.spelling, int(n) + 1) == int(n) > 0


@says("one title continues the other")
def _continues(world: World, one: Record, other: Record) -> bool:
    short, long = sorted((world.words(one), world.words(other)), key=len)
    return len(short) < len(long) and long[: len(short)] == short


@says("one title has all words of the other")
def _contains(world: World, one: Record, other: Record) -> bool:
    left, right = set(world.words(one)), set(world.words(other))
    return left < right or right < left


@says("titles share ([0-9]+) % of the weight of their words")
def _percent(world: World, one: Record, other: Record, percent: str) -> bool:
    return world.title_percent(one, other) == int(percent) and one.spelling != other.spelling


@says("no titles to compare")
def _no_titles(_: World, one: Record, other: Record) -> bool:
    return not (one.key and other.key)


@says("each has a known word that the other lacks")
def _known_words(world: World, one: Record, other: Record) -> bool:
    left, right = set(world.words(one)), set(world.words(other))
    return any(map(world.is_known, left - right)) and any(map(world.is_known, right - left))


@says("same beginning before a subtitle")
def _same_head(_: World, one: Record, other: Record) -> bool:
    return one.head == other.head and bool(one.head)


@says("subtitle on one side")
def _one_head(_: World, one: Record, other: Record) -> bool:
    return one.spelling == other.head or other.spelling == one.head


@says("different beginnings before a subtitle")
def _other_heads(_: World, one: Record, other: Record) -> bool:
    return None not in (one.head, other.head) and one.head != other.head


@says("both are marked (.+)")
def _both_marked(_: World, one: Record, other: Record, mark: str) -> bool:
    return one.marked == other.marked == mark


@says("only one is marked (.+)")
def _one_marked(_: World, one: Record, other: Record, mark: str) -> bool:
    # Words that may be what a paper is about do not count in every title.
    return mark in (one.marked, other.marked) and any(
        record.mark is None or record.mark.is_weak for record in (one, other)
    )


@says("one is marked (.+) and one (.+)")
def _two_marks(_: World, one: Record, other: Record, left: str, right: str) -> bool:
    return (one.marked, other.marked) == (left, right) and left != right


@says("titles equal without marks and (?:subtitles|notes)")
def _same_base(_: World, one: Record, other: Record) -> bool:
    bases = [{record.base, record.spelling} for record in (one, other)]
    return bool(bases[0] & bases[1]) and one.spelling != other.spelling


@says("numbers in one title only")
def _one_number(_: World, one: Record, other: Record) -> bool:
    return bool(one.title_numbers) != bool(other.title_numbers) and bool(one.key and other.key)


@says("title numbers ([0-9 ]+) against ([0-9 ]+)")
def _numbers(_: World, one: Record, other: Record, left: str, right: str) -> bool:
    return (one.title_numbers, other.title_numbers) == (left, right) and left != right


@says("([0-9]+) % of author lists compared under this title share nobody")
def _conflicts(world: World, one: Record, other: Record, percent: str) -> bool:
    pairs = [
        0 in agreeing(left, right, is_alike)
        for left, right in world.title_pairs[one.spelling]
        if left.names and right.names
    ]
    share = 100 * sum(pairs) // len(pairs) if pairs else 0
    return one.spelling == other.spelling and share == int(percent) > 0


@says("one source lists this title under ([0-9]+) years")
def _many_years(world: World, one: Record, other: Record, n_years: str) -> bool:
    found = [1]
    for source in {record["source"] for record in world.titles[one.spelling]} - {None}:
        years = [
            r["year"] for r in world.titles[one.spelling] if r["source"] == source and r["year"]
        ]
        if not any(2 * years.count(year) > len(years) for year in set(years)):
            found.append(len(set(years)))
    return one.spelling == other.spelling and int(n_years) == max(found) > 1


# ---------------------------------------------------------------- authors


@says("no authors named")
def _no_authors(_: World, one: Record, other: Record) -> bool:
    return not one.names and not other.names


@says("authors named on one side only")
def _authors_once(_: World, one: Record, other: Record) -> bool:
    return bool(one.names) != bool(other.names)


@says("([0-9]+) of ([0-9]+) listed authors")
def _shared_authors(_: World, one: Record, other: Record, n: str, n_all: str) -> bool:
    n_short = min(len(one.names), len(other.names))
    return n_short == int(n_all) and int(n) in agreeing(one, other, is_same_name)


@says("([0-9]+) alike in initial and first letters")
def _alike_authors(_: World, one: Record, other: Record, n: str) -> bool:
    return int(n) > 0 and int(n) in agreeing(one, other, is_alike)


@says("([0-9]+)(?: and ([0-9]+))? authors in all")
def _in_all(_: World, one: Record, other: Record, left: str, right: str | None) -> bool:
    return (one.n_authors, other.n_authors) == (int(left), int(right or left)) and left != right


@says("([0-9]+) and ([0-9]+) names listed")
def _listed(_: World, one: Record, other: Record, left: str, right: str) -> bool:
    return (len(one.names), len(other.names)) == (int(left), int(right)) and left != right


# ---------------------------------------------------------------- the rest


@says("([0-9]+) of 20 passages of the shorter abstract stand in the other")
def _passages(_: World, one: Record, other: Record, n: str) -> bool:
    short, long = sorted((one.abstract, other.abstract), key=lambda text: (len(text), text))
    places = [place * (len(short) - 20) // 19 for place in range(20)]
    return bool(short) and int(n) == sum(short[place : place + 20] in long for place in places)


@says("years? ([0-9]+)(?: and ([0-9]+))?")
def _years(_: World, one: Record, other: Record, left: str, right: str | None) -> bool:
    return (one["year"], other["year"]) == (int(left), int(right or left)) and left != right


def _venue_key(record: Record) -> str:
    text = re.sub(" (?:[(]|—|–|-|&mdash;).*$", "", (record["venue"] or "").lower())
    return re.sub("[^a-z0-9]", "", text) or (record["venue"] or "").lower()


@cache
def _venues() -> dict[str, str]:
    found = {}
    with (_REFERENCE / "venues.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for name in (row["venue"], row["venue_name"], *row["aliases"].split(";")):
                found[re.sub("[^a-z0-9]", "", name.lower())] = row["venue"]
    return found


def _is_same_venue(_: World, one: Record, other: Record) -> bool:
    keys = [_venue_key(record) for record in (one, other)]
    known = [_venues().get(key, key) for key in keys]
    return all(keys) and (keys[0] == keys[1] or known[0] == known[1])


@says("(same venue|venues alike|different venues|venues in other words)")
def _venue(world: World, one: Record, other: Record, words: str) -> bool:
    keys = [_venue_key(record) for record in (one, other)]
    if not all(keys):
        return False
    if words == "same venue":
        return _is_same_venue(world, one, other)
    are_known = all(key in _venues() for key in keys)
    return not _is_same_venue(world, one, other) and are_known is (words == "different venues")


@says("a venue is not shown")
def _no_venue(_: World, one: Record, other: Record) -> bool:
    return not (_venue_key(one) and _venue_key(other))


@says("(same|different) (volume|issue)s?")
def _place(_: World, one: Record, other: Record, words: str, column: str) -> bool:
    numbers = {one.number(column), other.number(column)}
    return None not in numbers and (len(numbers) == 1) is (words == "same")


@says("(same|different) pages")
def _pages(_: World, one: Record, other: Record, words: str) -> bool:
    (first, last), (other_first, other_last) = one.pages, other.pages
    is_same = first == other_first and (
        last is None or other_last is None or last.endswith(other_last) or other_last.endswith(last)
    )
    return None not in (first, other_first) and is_same is (words == "same")


@says("both seen on one site")
def _one_site(_: World, one: Record, other: Record) -> bool:
    sites = (_REFERENCE / "match_sites.csv").read_text(encoding="utf-8").split()[1:]
    return one["source"] == other["source"] and one["source"] in sites


@says("both from one source that hardly repeats a paper")
def _one_source(world: World, one: Record, other: Record) -> bool:
    return one["source"] == other["source"] and _hardly_repeats(world, one["source"])


@cache
def _hardly_repeats(world: World, source: str) -> bool:
    papers = [
        (record.spelling, record["year"], record.names[0])
        for record in world.records.values()
        if record["source"] == source
        and (record["year"] and record.names)
        and len(record.key.split()) > 5
    ]
    return len(papers) >= 100 * max(1, len(papers) - len(set(papers)))


@says("(the title of another record is|titles of other records are) nearer to (one|both)")
def _nearer_titles(world: World, one: Record, other: Record, words: str, sides: str) -> bool:
    del words
    return world.n_nearer(one, other, world.title_percent) == {"one": 1, "both": 2}[sides]


@says("(the year of another record is|years of other records are) nearer to (one|both)")
def _nearer_years(world: World, one: Record, other: Record, words: str, sides: str) -> bool:
    del words
    return world.n_nearer(one, other, _year_nearness) == {"one": 1, "both": 2}[sides]


def _year_nearness(one: Record, other: Record) -> int | None:
    if one.spelling != other.spelling or None in (one["year"], other["year"]):
        return None
    return -abs(one["year"] - other["year"])
