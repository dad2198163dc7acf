"""Reasons are true: each phrase, read beside the records, on made pairs, the sample, labelled data.

A made table pairs every way in which titles, authors, years, venues, pages, abstracts and sources
may differ, some hundred pairs, so that every level of every comparison is seen and speaks.
"""

import csv
import itertools
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from helpers import ROOT, SHARED, needs_sample, needs_shared, sample_warehouse
from made_pairs import made_groups, made_pairs
from read_records import World, edits, read_world
from reason_claims import CLAIMS, faults

from pipeline.models.catalogue import load_models
from pipeline.records.link import linked
from pipeline.storage.duckdb_engine import DuckDB, open_engine
from pipeline.storage.sql_text import quote

BENCH = SHARED / "bench"
# What reasons and their claims are read from, beside the records.
LINKED = ("linkage.candidate_pairs", "linkage.title_words", "linkage.matches")
LABELLED = ("linkage/", "cora/", "dblp_acm/", "reviews/stroke.", "reviews/digital_work.")

# Which phrase each level of a comparison says; None: it says nothing, because that is the rule, or
# nothing is known, or other phrases say it.
PAGES = "(same|different) (volume|issue|page)s?"
ONLY = "(only one is|one is) marked .+"
OTHER_WORD = (
    "(?:each has a known word that the other lacks|two words that differ in their beginnings alone"
    "|two words of one kind)"
)
SAID: dict[str, dict[str, str | None]] = {
    "title": {
        "equal": "same title",
        "equal, short": "same title of [3-5] words",
        "equal, very short": "same title of (1 word|2 words)",
        "same words": "(?:same title words in another order or number|both are marked .+)",
        "but for numbers": "same title words but for numbers or single letters",
        "but for words with digits": "same title words but for numbers and words with digits",
        "near-equal": "titles differ in .+",
        "near-equal, another word": OTHER_WORD,
        "near-equal, loosely": "titles differ in .+",
        "near-equal, loosely, another word": OTHER_WORD,
        "one continues": "one title continues the other",
        "one starts": "one title continues the other",
        "one contains": "one title has all words of the other",
        **dict.fromkeys(
            ("70 %", "50 %", "35 %", "20 %", "10 %", "other"),
            "titles share [0-9]+ % of the weight of their words",
        ),
        "unknown": "no titles to compare",
    },
    "numbers": {
        "equal": None,
        "one-sided": "numbers in one title only|no titles to compare",
        "different": "title numbers .+",
        "parts of a series": (
            "same title words but for numbers or single letters|both are marked .+"
        ),
    },
    "marker": {
        "no marker": None,
        # Where the titles are equal, one list may have left out a sign that made the marker.
        "same marker": "(both are marked .+|same title.*)",
        "form named on one side": ONLY,
        "edition named on one side": ONLY,
        "other marker": ONLY,
        "other work": "titles equal without marks and .+",
    },
    "head": {
        "same name": "same beginning before a subtitle",
        "subtitle on one side": "subtitle on one side",
        "other names": "different beginnings before a subtitle",
        "no names": None,
        "unknown": None,
    },
    "authors": {
        **dict.fromkeys(
            ("all, 3 or more", "all, 2", "all, 1", "two thirds", "a third", "few", "none"),
            "[0-9]+ of [0-9]+ listed authors",
        ),
        "none of several": "0 of [0-9]+ listed authors",
        "names alike": "[0-9]+ alike in initial and first letters",
        "unknown": "no authors named|authors named on one side only",
    },
    "n_authors": {
        **dict.fromkeys(
            ("equal, 7 or more", "equal, 4 to 6", "equal, up to 3"), "[0-9]+ authors in all"
        ),
        **dict.fromkeys(
            ("one more", "two or three more", "different"), "[0-9]+ and [0-9]+ authors in all"
        ),
        "more listed on one side": "[0-9]+ and [0-9]+ names listed",
        "as many listed": None,
        "unknown": None,
    },
    "abstract": {
        **dict.fromkeys(("80 %", "60 %", "40 %", "20 %", "10 %", "5 %", "other"), ".+ passages .+"),
        "unknown": None,
    },
    "year": {
        "equal": "year [0-9]+",
        **dict.fromkeys(
            ("one apart", "two or three apart", "further apart", "different in one site"),
            "years [0-9]+ and [0-9]+",
        ),
        "unknown": None,
    },
    "venue": {
        "equal": "same venue",
        "equal in one site": "same venue",
        "alike": "venues alike",
        "different": "different venues",
        "other words": "venues in other words",
        "different in one site": "different venues|venues in other words|venues alike",
        "not shown in one site": "a venue is not shown",
        "unknown": None,
    },
    "pages": {
        **dict.fromkeys(
            (
                *("page equal", "page equal, issue different", "page equal, volume different"),
                *("page different", "volume equal, page different", "volume and page equal"),
                *("volume and page different", "volume equal", "volume different"),
                *("issue equal", "issue different"),
            ),
            PAGES,
        ),
        "unknown": None,
    },
    "doi": {"equal": "same DOI", "different": "different DOIs", "unknown": None},
    "source": {
        "lists a paper once": "both seen on one site|both from one source that hardly repeats .+",
        "unknown": None,
    },
    "title_use": {
        "by others too": "[0-9]+ % of author lists compared under this title share nobody",
        **dict.fromkeys(
            ("in many years", "in many years, short", "in two years"),
            "one source lists this title under [0-9]+ years",
        ),
        "one": None,
        "unknown": None,
    },
    "rivals": {
        "nearest to each other": None,
        "nearest on one side": "the title of another record is nearer to one",
        "others are nearer": "titles of other records are nearer to both",
        "nearest years": None,
        "nearest years on one side": "the year of another record is nearer to one",
        "other years are nearer": "years of other records are nearer to both",
        "unknown": None,
    },
}
# What a rule says beside the phrases of the levels; None: these say why.
RULES: dict[str, str | None] = {
    "evidence": None,
    "same_arxiv_id": "same arXiv identifier",
    "other_arxiv_id": "different arXiv identifiers",
    "same_doi": "same DOI",
    "same_values": "equal in every compared value",
    "generic_title": (
        "a title (?:that is a usual heading|used again and no authors or abstract shown)"
    ),
    "no_title": None,
    "other_authors": None,
    "other_doi": "different DOIs",
    "other_number": None,
    "other_word": None,
    "weak_title": None,
    "other_work": "titles equal without marks and .+",
    "other_code": "same title words but for numbers and words with digits",
    "other_place": "a short title in another venue and no abstracts or pages to compare",
    "title_alone": "no authors or abstracts or pages to compare",
}
# What people decided no table of records shows, see the tests of builds.
SAID_ELSEWHERE = {
    "decided by hand (?:not )?to be the same",
    # The made pairs show others of their rules; rows beside the models show these.
    "a title used again and no authors or abstract shown",
    "two words that differ in their beginnings alone",
    "two words of one kind",
    "a short title in another venue and no abstracts or pages to compare",
    "no authors or abstracts or pages to compare",
}
RULES_ELSEWHERE = {"other_code", "other_number", "other_place", "title_alone"}
JOINT = ("title_authors", "title_abstract", "title_year_venue")
Match = dict[str, Any]


# ---------------------------------------------------------------- what is tried


def matches_of(engine: DuckDB) -> list[Match]:
    return engine.rows("select * from linkage.matches order by record_id_l, record_id_r")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[World, list[Match]]:
    file = tmp_path_factory.mktemp("made") / "pairs.csv"
    rows = [*itertools.chain.from_iterable(made_pairs(720)), *made_groups()]
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)
    with linked(file, *LINKED) as engine:
        return read_world(engine), matches_of(engine)


def all_faults(world: World, matches: list[Match]) -> list[str]:
    return [
        f"{match['record_id_l']} {match['record_id_r']}: {fault} in {match['match_reason']!r}"
        for match in matches
        for fault in faults(world, match)
    ]


def unsaid(match: Match) -> Iterator[str]:
    """Yield the levels of a pair that should speak and do not."""
    phrases = match["match_reason"].split(", ")
    wanted = {
        f"{name} {match[f'{name}_level']}": says[match[f"{name}_level"]]
        for name, says in SAID.items()
    }
    wanted["rule"] = RULES[match["match_rule"]]
    for level, phrase in wanted.items():
        if phrase and not any(re.fullmatch(phrase, each) for each in phrases):
            yield f"{level} is not said in {match['match_reason']!r}"


def test_every_phrase_of_the_made_pairs_is_true(made):
    assert all_faults(*made) == []


def test_every_level_is_seen_and_says_its_phrase(made):
    _, matches = made
    assert [fault for match in matches for fault in unsaid(match)] == []
    seen = {(name, match[f"{name}_level"]) for match in matches for name in SAID}
    assert {(name, level) for name, says in SAID.items() for level in says} - seen == set()
    assert RULES.keys() - {match["match_rule"] for match in matches} <= RULES_ELSEWHERE


def test_every_phrase_is_seen_and_can_be_refuted(made):
    """What is true of one pair is not of all; one more or one less of anything is untrue."""
    world, matches = made
    said: dict[str, Match] = {}
    for match in matches:
        for phrase in match["match_reason"].split(", "):
            said.setdefault(phrase, match)
            counted = re.sub("[0-9]+", lambda number: str(int(number[0]) + 1), phrase, count=1)
            if counted != phrase:
                assert [*faults(world, match | {"match_reason": counted})], counted
    kinds = {pattern: [p for p in said if re.fullmatch(pattern, p)] for pattern in CLAIMS}
    assert {pattern for pattern, phrases in kinds.items() if not phrases} <= SAID_ELSEWHERE
    for phrases in kinds.values():
        for phrase in phrases[:2]:
            claimed = ({**match, "match_reason": phrase} for match in matches)
            assert any([*faults(world, match)] for match in claimed), phrase


def test_an_unknown_phrase_is_a_fault(made):
    world, (match, *_) = made
    wrong = match | {"match_reason": "same title and more, years unknown"}
    assert [*faults(world, wrong)] == [
        "0 claims know 'same title and more'",
        "0 claims know 'years unknown'",
    ]


def test_edits_are_counted():
    assert [edits("kitten", "sitting", n) for n in (2, 3, 4)] == [3, 3, 3]
    assert edits("nets", "nets", 1) == 0
    assert edits("a", "abcdef", 2) == 3


def test_every_level_that_has_a_weight_has_a_phrase_or_is_silent_on_purpose():
    with (ROOT / "sql/reference/match_weights.csv").open(encoding="utf-8", newline="") as stream:
        weighed = {(row["comparison"], row["level"]) for row in csv.DictReader(stream)}
    spoken = {(name, level) for name, says in SAID.items() for level in says}
    assert {each for each in weighed if each[0] not in (*JOINT, "base")} == spoken
    (rules,) = (
        column.values
        for column in load_models()["linkage.pair_scores"].spec.columns
        if column.name == "match_rule"
    )
    assert set(rules) == set(RULES)


# ---------------------------------------------------------------- on data nobody made for it


@needs_sample
def test_every_phrase_of_the_sample_is_true():
    with sample_engine() as engine:
        world, matches = read_world(engine), matches_of(engine)
    assert len(matches) > 100
    assert all_faults(world, matches) == []
    assert [fault for match in matches for fault in unsaid(match)] == []


@contextmanager
def sample_engine() -> Generator[DuckDB]:
    """See the tables of the sample's warehouse that reasons and their claims are read from."""
    tables = sample_warehouse() / "tables"
    with open_engine() as engine:
        for name in (
            *("staging.records", "staging.record_authors"),
            *LINKED,
        ):
            files = tables / name.replace(".", "/") / "*.parquet"
            engine.show_view(name, f"select * from read_parquet({quote(files)})")
        yield engine


@needs_shared
@pytest.mark.parametrize("name", LABELLED)
def test_every_phrase_of_labelled_records_is_true(name):
    with linked(BENCH / f"{name}records.parquet", *LINKED) as engine:
        world, matches = read_world(engine), matches_of(engine)
    assert len(matches) > 400
    assert all_faults(world, matches) == []
    assert [fault for match in matches for fault in unsaid(match)] == []
