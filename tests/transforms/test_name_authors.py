"""Ids of authors in memory: new sightings change none, a merge undone restores both."""

from datetime import datetime, timedelta
from hashlib import md5

import polars as pl
from helpers import MORNING
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.transforms import author_ids

DAY = timedelta(days=1)
NOTHING = pl.DataFrame(
    schema={
        "sighting_id": pl.String,
        "author_id": pl.String,
        "given_at": pl.Datetime("us"),
        "left_at": pl.Datetime("us"),
    }
)


def _id(text: str) -> str:
    return f"a{md5(text.encode()).hexdigest()[:16]}"


def sightings(*rows: tuple[str, str, str]) -> pl.DataFrame:
    """(record, name, person) as they come from `people.sightings` and `people.persons`."""
    return pl.DataFrame(
        [
            (f"{record}#{name}", person, True, _id(name), _id(name + record), _id(record + name))
            for record, name, person in rows
        ],
        schema={
            "sighting_id": pl.String,
            "person_id": pl.String,
            "is_shown": pl.Boolean,
            "name_id": pl.String,
            "name_title_id": pl.String,
            "name_sighting_id": pl.String,
        },
        orient="row",
    )


def name_authors(found: pl.DataFrame, known: pl.DataFrame, now: datetime) -> pl.DataFrame:
    latest = known.select(changed_at=pl.coalesce("left_at", "given_at").max())
    return author_ids.name_authors(found, known, latest, now)


def borne(known: pl.DataFrame) -> dict[str, str]:
    now = known.filter(pl.col("left_at").is_null())
    return dict(now.select("sighting_id", "author_id").iter_rows())


def test_the_only_bearer_of_a_name_is_called_after_it_and_two_are_not():
    found = sightings(("r", "ann lee", "1"), ("r", "bo chen", "2"), ("s", "bo chen", "3"))
    ids = borne(name_authors(found, NOTHING, MORNING))
    assert ids["r#ann lee"] == _id("ann lee")
    assert _id("bo chen") not in ids.values()
    assert len(set(ids.values())) == 3


def test_a_merge_undone_restores_both():
    apart = sightings(("r", "ann lee", "1"), ("s", "ann lee", "2"), ("t", "ann lee", "2"))
    known = name_authors(apart, NOTHING, MORNING)
    before = borne(known)
    known = name_authors(apart.with_columns(person_id=pl.lit("2")), known, MORNING + DAY)
    assert set(borne(known).values()) == {before["s#ann lee"]}
    known = name_authors(apart, known, MORNING + 2 * DAY)
    assert borne(known) == before


people = st.lists(st.sampled_from("123"), min_size=6, max_size=6)


@settings(max_examples=50)
@given(people, st.permutations(range(6)), st.lists(st.integers(1, 5), max_size=4))
def test_ids_are_unchanged_by_pages_in_any_order(whose, order, cuts):
    """Six sightings of one name come day by day; who they are of does not change."""
    rows = [(f"r{n}", "ann lee", whose[n]) for n in range(6)]
    known, ids, now = NOTHING, {}, MORNING
    for end in sorted({*cuts, 6}):
        here = sightings(*(rows[n] for n in order[:end]))
        known = name_authors(here, known, now)
        assert ids.items() <= borne(known).items()
        ids, now = borne(known), now + DAY
    assert known["left_at"].null_count() == len(known)
    assert len(set(ids.values())) == len(set(whose))
    # A page taken away for a while takes no id with it.
    some = sightings(*(rows[n] for n in order[:3]))
    known = name_authors(some, known, now)
    assert borne(name_authors(sightings(*rows), known, now + DAY)) == ids


def test_the_log_keeps_the_words_of_the_day():
    key = {"from_author_id": ["a1"], "to_author_id": ["a2"], "changed_at": [MORNING]}
    known = pl.DataFrame(key | {"change": ["merged"], "why": ["merged: of old"]})
    now = pl.DataFrame(key | {"change": ["split"], "n_mentions": [3], "why": ["split: of now"]})
    (row,) = author_ids.log_changes(now, known).rows(named=True)
    assert (row["change"], row["n_mentions"], row["why"]) == ("merged", 3, "merged: of old")
