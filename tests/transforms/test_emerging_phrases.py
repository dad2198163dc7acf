"""Phrases that grow and are in no topic yet."""

import math
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
import pytest
from helpers import (
    MORNING,
    SHARED,
    assert_clean_failure,
    feed_page,
    papermart,
    put,
    small_build,
    table,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.builds.run import build
from pipeline.contract.rows import Piece
from pipeline.storage.warehouse import Warehouse
from pipeline.transforms.emerging_phrases import emerging_phrases, log_odds_z

NO_TOPICS = pl.DataFrame(schema={"paper_id": pl.String, "topic_id": pl.String})


class Elsewhere(list):
    """Pieces that something is done with in another process, the last one first."""

    def each(self, do: Callable[[Piece], Any]) -> Iterator[Any]:
        for piece in reversed(self):
            yield pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(do))(piece)))


def emerging(*titles_and_years: tuple[str, int], known: tuple[str, ...] = ()) -> dict[str, dict]:
    rows = [
        {"paper_id": f"p{n:03}", "title": title, "abstract": None, "year": year}
        for n, (title, year) in enumerate(titles_and_years)
    ]
    schema = dict.fromkeys(("paper_id", "title", "abstract"), pl.String) | {"year": pl.Int32}
    papers = pl.DataFrame(rows, schema=schema)
    phrases = pl.DataFrame({"phrase": list(known)}, schema={"phrase": pl.String})
    years = papers.group_by("year").agg(n_papers=pl.len())
    pieces = Elsewhere(
        {"papers": some, "paper_topics": NO_TOPICS} for some in papers.iter_slices(2) or [papers]
    )
    (found,) = emerging_phrases(pieces, years, phrases)
    return {row["phrase"]: row for row in found.to_dicts()}


OLD = [(f"On {bird} and Their Nests", 2020) for bird in ("Crows", "Rooks", "Jays", "Doves", "Owls")]


def test_a_new_phrase_is_found_with_its_examples():
    new = [
        (f"Latent Thought Traces in {place}", 2025) for place in ("Rome", "Oslo", "Bern", "Kyiv")
    ]
    rows = emerging(*OLD, *new)
    row = rows["latent thought trace"]
    assert (row["n_recent"], row["n_earlier"], row["first_year"]) == (4, 0, 2025)
    assert row["z_score"] >= 1.645
    assert row["example_titles"] == [title for title, _ in new[:3]]


def test_what_was_always_said_does_not_emerge():
    always = [(f"Latent Thought Traces {n}", year) for n in range(3) for year in (2020, 2021, 2025)]
    others = [(title, 2025) for title, _ in OLD]
    assert emerging(*OLD, *always, *others) == {}


@pytest.mark.parametrize(
    "title",
    [
        "A Novel Approach to the Problem of {}",  # says nothing of a field
        "Fully Automated and {}",  # no noun at the end
        "Neural Nets in {}",  # known
    ],
)
def test_what_is_no_new_term_is_left_out(title):
    new = [(title.format(place), 2025) for place in ("Rome", "Oslo", "Bern", "Kyiv")]
    assert emerging(*OLD, *new, known=("neural net",)) == {}


def test_a_part_of_a_known_phrase_is_not_new():
    new = [(f"Large Language Models in {place}", 2025) for place in ("Rome", "Oslo", "Bern")]
    assert emerging(*OLD, *new, known=("large language model",)) == {}


def test_a_single_word_must_be_a_name():
    names = [(f"GRPO for {place}", 2025) for place in ("Rome", "Oslo", "Bern", "Kyiv")]
    words = [(f"Swimming in {place}", 2025) for place in ("Rome", "Oslo", "Bern", "Kyiv")]
    assert "grpo" in emerging(*OLD, *names)
    assert emerging(*OLD, *words) == {}


def test_without_earlier_years_nothing_can_emerge():
    assert emerging(*[(f"Latent Thought Traces {n}", 2025) for n in range(9)]) == {}
    assert emerging() == {}


def test_log_odds_grow_with_the_papers_behind_them():
    assert log_odds_z(20, 100, 10, 100) > log_odds_z(2, 10, 1, 10) > 0
    assert log_odds_z(10, 100, 20, 100) == pytest.approx(-log_odds_z(20, 100, 10, 100))


# ---------------------------------------------------------------- any valid numbers

any_input = settings(max_examples=150)
MOST = 10**12  # papers: more than there will ever be

# Papers that hold a phrase, of all of a time; both ends, one paper and none at all come often.
totals = st.one_of(st.sampled_from([0, 1, 2, MOST]), st.integers(0, 1000), st.integers(0, MOST))
times = totals.flatmap(
    lambda of: st.tuples(
        st.one_of(st.sampled_from(sorted({0, min(1, of), max(of - 1, 0), of})), st.integers(0, of)),
        st.just(of),
    )
)


@any_input
@given(times, times)
def test_any_counts_have_a_score_with_the_sign_of_the_growth(recent, earlier):
    z = log_odds_z(*recent, *earlier)
    assert math.isfinite(z)
    assert log_odds_z(*earlier, *recent) == pytest.approx(-z, rel=1e-9, abs=1e-9)
    # In whole numbers: n / of against n_before / of_before.
    growth = recent[0] * earlier[1] - earlier[0] * recent[1]
    if growth == 0:
        assert z == pytest.approx(0, abs=1e-6)
    else:
        assert z * growth >= 0
        if abs(growth) > 1e-9 * recent[1] * earlier[1]:  # else too little for floating point
            assert z != 0


@any_input
@given(times, times, st.integers(1, 1000))
def test_a_score_grows_with_the_papers_that_have_the_phrase(recent, earlier, step):
    (n, of), z = recent, log_odds_z(*recent, *earlier)
    more = min(n + step, of)
    if more * earlier[1] >= earlier[0] * of:  # it has grown: then the more, the surer
        assert log_odds_z(more, of, *earlier) >= z - 1e-6


@pytest.mark.parametrize(
    ("n", "of", "n_before", "of_before"),
    [(5, 5, 7, 7), (1, 1, 1, 1), (0, 5, 0, 7), (0, 0, 0, 7), (3, 3, 0, 0), (0, 0, 0, 0)],
)
def test_where_nothing_can_have_grown_the_score_is_zero(n, of, n_before, of_before):
    assert log_odds_z(n, of, n_before, of_before) == 0


def test_a_phrase_of_every_paper_of_both_times_does_not_emerge():
    everywhere = [
        (f"Latent Thought Traces of {bird}", year)
        for bird, year in zip(
            ("Crows", "Rooks", "Jays", "Doves"), (2020, 2021, 2025, 2025), strict=True
        )
    ]
    assert emerging(*everywhere, *everywhere) == {}
    assert "latent thought trace" not in emerging(*everywhere, ("On Owls", 2020))


# Six papers of the window, each with the phrase in its title; no abstract, topic or year helps.
EVERYWHERE = feed_page(
    [
        ("Velvet Lantern for Ferries", ["Ada Moor", "Ben Tolk", "Cleo Vance"], "Feb 4, 2023"),
        ("Measuring a Velvet Lantern", ["Dov Hartig", "Ema Solberg"], "Mar 1, 2022"),
        ("Velvet Lantern in Practice", ["Finn Aalto", "Greta Moss", "Hal Orme"], "Aug 30, 2025"),
        ("A Cheap Velvet Lantern", ["Ines Prado", "Jon Quill"], "May 2, 2025"),
        ("Velvet Lantern and Harbours", ["Kai Rasmus", "Lea Stern"], "Sep 27, 2022"),
        ("Velvet Lantern on Phones", ["Mo Tarek", "Nia Ueland"], "Jan 3, 2025"),
    ]
)


def _crash_pages():
    case = SHARED / "cases" / "emerging-crash" / "emerging_domain_error.txt"
    return {"our own": EVERYWHERE, "the case": case.read_text("utf-8") if case.is_file() else None}


@pytest.mark.parametrize("name", ["our own", "the case"])
def test_a_build_succeeds_where_every_paper_holds_one_phrase(name, tmp_path):
    """The logarithm of zero ended every build with such a page."""
    page = _crash_pages()[name]
    if page is None:
        pytest.skip("the case is not here")
    raw, root = put(tmp_path / "raw", {"page.txt": page}), tmp_path / "warehouse"
    build(raw, Warehouse(root), now=MORNING)
    papers = table(root, "marts.papers")
    assert len(papers) == 6
    assert {paper["year"] for paper in papers} == {2022, 2023, 2025}
    assert table(root, "marts.emerging_phrases") == []


# ---------------------------------------------------------------- commands


def test_command_suggests_rows_for_the_reference(tmp_path):
    def card(title: str, year: int) -> tuple[str, list[str], str]:
        # Titles and abstracts are all but equal: only other teams make them other papers.
        team = teams.pop()
        names = [f"{given} {team}" for given in (team[::-1].title(), team[1:].title())]
        return (f"{title} for Neural Machine Translation", names, f"Jun 1, {year}")

    teams = ["Abara", "Bergqvist", "Castell", "Dumitru", "Eriksen", "Fukuda", "Gruber", "Haddad"]
    old = [card(title, year) for title, year in OLD]
    new = [card(f"Velvet Harbour Traces of {bird}", 2025) for bird in ("Crows", "Rooks", "Jays")]
    raw = put(tmp_path / "raw", {"page.txt": feed_page([*old, *new])})
    build(raw, Warehouse(tmp_path / "warehouse"), now=MORNING)
    shown = papermart("topics", "suggest", "--warehouse", tmp_path / "warehouse")
    assert shown.returncode == 0, shown.stderr
    assert "velvet harbour trace" in shown.stdout
    rows = papermart("topics", "suggest", "--csv", "--warehouse", tmp_path / "warehouse")
    header, first, *_ = rows.stdout.splitlines()
    assert header == "topic_id,phrase,is_case_sensitive,is_weak"
    assert first == "machine_translation,velvet harbour trace,false,false"


def test_command_without_a_warehouse_says_so(tmp_path):
    run = papermart("topics", "suggest", "--warehouse", tmp_path, cwd=tmp_path)
    assert_clean_failure(run, "papermart build")


def test_a_small_warehouse_has_an_empty_mart():
    root, _ = small_build()
    assert papermart("topics", "suggest", "--warehouse", root).returncode == 0
