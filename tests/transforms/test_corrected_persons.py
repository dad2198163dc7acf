"""Lines of the overrides file are obeyed whatever persons there are, and change nobody else."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.transforms.author_lines import resolve_author_lines
from pipeline.transforms.corrected_persons import correct_persons

NAMES = [f"m{n}" for n in range(7)]
SIGHTINGS = pl.DataFrame({"sighting_id": NAMES, "mention_id": NAMES})
sides = st.sets(st.sampled_from(NAMES[:6]), min_size=1, max_size=3)
said = st.lists(st.tuples(sides, sides, st.sampled_from(["same", "not_same"])), max_size=4)


def persons(whose: list[int], papers: list[int] | None = None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "mention_id": NAMES,
            "author_id": [f"c{n}" for n in whose],
            "identity_level": "name_only",
            "identity_reason": "as it was",
            "paper_id": [f"p{n}" for n in papers or range(7)],
        }
    )


def resolved(lines: list[tuple[set[str], set[str], str]]) -> pl.DataFrame:
    """Lines on authors who have these names, each in the list of a paper of its own."""
    rows = [
        {"line": n, "left_id": f"l{n}", "right_id": f"r{n}", "decision": decision}
        for n, (_, _, decision) in enumerate(lines, 2)
    ]
    text = pl.String
    schema = {"line": pl.Int64, "left_id": text, "right_id": text, "decision": text}
    members = [
        (f"{side}{n}", name, name, f"p{name}")
        for n, (left, right, _) in enumerate(lines, 2)
        for side, names in (("l", left), ("r", right))
        for name in sorted(names)
    ]
    lists = {"sighting_id": text, "mention_id": text, "paper_id": text}
    nothing = ("left_id", "right_id", "decision", "side")
    return resolve_author_lines(
        pl.DataFrame(rows, schema=schema).with_columns(
            **{name: pl.lit(None, text) for name in ("who", "why", "fault")}
        ),
        pl.DataFrame(members, schema={"id": text} | lists, orient="row"),
        pl.DataFrame(schema=dict.fromkeys(nothing, text) | lists),
    )


def persons_of(found: pl.DataFrame) -> dict[str, str]:
    return dict(found.select("mention_id", "person_id").iter_rows())


@settings(max_examples=300)
@given(st.lists(st.integers(0, 3), min_size=7, max_size=7), said)
def test_what_is_decided_holds_and_others_stay(whose, lines):
    before, decided = persons(whose), resolved(lines)
    found = correct_persons(before, SIGHTINGS, decided)
    assert found["mention_id"].to_list() == NAMES
    person = persons_of(found)
    for row in decided.filter(pl.col("fault").is_null()).iter_rows(named=True):
        left = {person[m] for m in row["left_sightings"]}
        right = {person[m] for m in row["right_sightings"]}
        if row["decision"] == "same":
            assert len(left | right) == 1
        else:
            assert not left & right
    spoken_of = {m for row in decided["left_sightings"].to_list() for m in row}
    spoken_of |= {m for row in decided["right_sightings"].to_list() for m in row}
    asked = {f"c{n}" for n, m in zip(whose, NAMES, strict=True) if m in spoken_of}
    for mention, n in zip(NAMES, whose, strict=True):
        if f"c{n}" not in asked:
            assert person[mention] == f"c{n}"
    assert correct_persons(before[::-1], SIGHTINGS[::-1], decided[::-1]).equals(found)


def test_two_names_of_one_list_do_not_become_one_person():
    before = persons([0, 0, 1, 1, 4, 5, 6], papers=[0, 1, 1, 2, 4, 5, 6])
    person = persons_of(correct_persons(before, SIGHTINGS, resolved([({"m0"}, {"m3"}, "same")])))
    assert person["m0"] == person["m1"] == person["m3"] == "c0"
    assert person["m2"] != "c0"


def test_no_lines_change_nothing():
    before = persons([0, 0, 1, 1, 4, 5, 6])
    found = correct_persons(before, SIGHTINGS, resolved([]))
    assert persons_of(found) == dict(before.select("mention_id", "author_id").iter_rows())
    assert set(found["identity_reason"]) == {"as it was"}
