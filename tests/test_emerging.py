"""Phrases that grow and are in no topic yet."""

import polars as pl
import pytest
from helpers import MORNING, assert_clean_failure, feed_page, papermart, put, small_build

from pipeline.build import build
from pipeline.emerging import emerging_phrases, log_odds_z
from pipeline.warehouse import Warehouse

NO_TOPICS = pl.DataFrame(schema={"paper_id": pl.String, "topic_id": pl.String})


def emerging(*titles_and_years: tuple[str, int], known: tuple[str, ...] = ()) -> dict[str, dict]:
    rows = [
        {"paper_id": f"p{n:03}", "title": title, "abstract": None, "year": year}
        for n, (title, year) in enumerate(titles_and_years)
    ]
    schema = dict.fromkeys(("paper_id", "title", "abstract"), pl.String) | {"year": pl.Int32}
    papers = pl.DataFrame(rows, schema=schema)
    phrases = pl.DataFrame({"phrase": list(known)}, schema={"phrase": pl.String})
    found = emerging_phrases(papers, phrases, NO_TOPICS).to_dicts()
    return {row["phrase"]: row for row in found}


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


def test_command_suggests_rows_for_the_reference(tmp_path):
    def card(title: str, year: int) -> tuple[str, list[str], str]:
        # Titles and abstracts are all but equal: only other teams make them other papers.
        team = teams.pop()
        names = [f"{given} {team}" for given in (team[::-1].title(), team[1:].title())]
        return (f"{title} for Neural Machine Translation", names, f"Jun 1, {year}")

    teams = ["Abara", "Bergqvist", "Castell", "Dumitru", "Eriksen", "Fukuda", "Gruber", "Haddad"]
    old = [card(title, year) for title, year in OLD]
    new = [card(f"Latent Thought Traces of {bird}", 2025) for bird in ("Crows", "Rooks", "Jays")]
    raw = put(tmp_path / "raw", {"page.txt": feed_page([*old, *new])})
    build(raw, Warehouse(tmp_path / "warehouse"), now=MORNING)
    shown = papermart("topics", "suggest", "--warehouse", tmp_path / "warehouse")
    assert shown.returncode == 0, shown.stderr
    assert "latent thought trace" in shown.stdout
    rows = papermart("topics", "suggest", "--csv", "--warehouse", tmp_path / "warehouse")
    header, first, *_ = rows.stdout.splitlines()
    assert header == "topic_id,phrase,is_case_sensitive,is_weak"
    assert first == "machine_translation,latent thought trace,false,false"


def test_command_without_a_warehouse_says_so(tmp_path):
    assert_clean_failure(papermart("topics", "suggest", "--warehouse", tmp_path), "papermart build")


def test_a_small_warehouse_has_an_empty_mart():
    root, _ = small_build()
    assert papermart("topics", "suggest", "--warehouse", root).returncode == 0
