"""Labelled records made from clean ones."""

import doctest
import random
import re

import clean_papers
import damage
import made_kinds
import polars as pl
import pytest
from clean_papers import Name, Neighbours, Paper, papers_of, read_papers
from made_scholar import Scholar

from pipeline.evaluate.linkage import evaluate_linkage

WORDS = (
    *("stone", "river", "lamp", "cloud", "maple", "copper", "violet", "harbour"),
    *("candle", "meadow", "falcon", "amber"),
)
LAST_YEAR = 2020


def people(chance):
    given = chance.choices(("Ada", "Jean-Luc", "Jörg", "Mary Ann", "Li", "Otto"), k=4)
    family = chance.choices(("Berg", "van der Meer", "Müller", "Okafor", "Li", "Stone"), k=4)
    names = [" ".join(pair) for pair in zip(given, family, strict=True)]
    return tuple(dict.fromkeys(names))[: chance.randint(1, 4)]


@pytest.fixture(scope="module")
def papers():
    chance = random.Random(4)
    return [
        Paper(
            f"paper {n}",
            f"{' '.join(chance.sample(WORDS, 3))}: the {chance.choice(WORDS)} of {n} lamps".title(),
            people(chance),
            chance.randint(1990, LAST_YEAR),
            chance.choice(("VLDB", "Stroke", None)),
            " ".join(chance.choices(WORDS, k=60)),
        )
        for n in range(600)
    ]


@pytest.mark.parametrize("module", [clean_papers, damage])
def test_examples_in_docstrings_hold(module):
    assert not doctest.testmod(module).failed


@pytest.mark.parametrize("kind", made_kinds.KINDS)
def test_the_same_arguments_give_the_same_labelled_rows(kind, papers):
    rows = made_kinds.made(kind, 400, papers, 0)
    assert rows == made_kinds.made(kind, 400, papers, 0)
    assert 400 <= len(rows) <= 460
    assert len({row["record_id"] for row in rows}) == len(rows)
    n_papers = len({row["entity_id"] for row in rows})
    assert len(rows) / 10 < n_papers < len(rows)
    assert max(row["year"] or 0 for row in rows) <= LAST_YEAR + 2  # a year off by two


@pytest.mark.parametrize("kind", made_kinds.KINDS)
def test_even_and_odd_seeds_share_no_paper(kind, papers):
    numbers = [
        {n for row in made_kinds.made(kind, 300, papers, seed) for n in numbers_of(row["title"])}
        for seed in (0, 1)
    ]
    shared = numbers[0] & numbers[1]
    assert len(shared) < 0.1 * min(map(len, numbers))  # halves of titles are borrowed


def numbers_of(title):
    return re.findall(r"\d{3}", title or "")


def test_what_is_about_an_article_is_an_article_of_its_own(papers):
    rows = made_kinds.made("library", 1500, papers, 0)
    about = re.compile(r"erratum|corrigendum|comment|protocol|reply|part \d|\bre:", re.IGNORECASE)
    marked = {}
    for row in rows:
        marked.setdefault(row["entity_id"], set()).add(bool(about.search(row["title"])))
    assert sum(True in marks for marks in marked.values()) > 30
    n_both = sum(len(marks) == 2 for marks in marked.values())
    assert n_both <= 0.02 * len(marked)  # a typing error in the marker itself


def test_a_crawled_copy_of_what_came_out_twice_says_when(papers):
    twice = [Paper(f"again {n}", p.title, p.authors, p.year - 3) for n, p in enumerate(papers)]
    rows = list(Scholar([*papers, *twice], random.Random(3)).rows(1500))
    titles = {paper.title for paper in papers}
    crawled = [row for row in rows if row["source"] == "crawl" and row["title"] in titles]
    assert crawled
    assert all(row["year"] for row in crawled)


def test_editions_and_volumes_are_books_of_their_own(papers):
    rows = made_kinds.made("catalogue", 1200, papers, 0)
    volumes = {}
    for row in rows:
        shown = row["volume"] or next(iter(re.findall(r"(?:Vol\.|Bd\.) (\d)", row["title"])), None)
        volumes.setdefault(row["entity_id"], set()).add(shown)
    assert sum(len(shown - {None}) for shown in volumes.values()) > 20
    assert all(len(shown - {None}) <= 1 for shown in volumes.values())


def test_a_paper_near_another_is_told_from_it(papers):
    near = Neighbours(papers, random.Random(1))
    for paper in papers[:200]:
        other = near.near(paper)
        assert other.entity != paper.entity
        assert other.authors
        assert other.year <= LAST_YEAR


def test_one_record_of_a_paper_is_taken_as_its_truth_says(tmp_path):
    rows = {
        "record_id": ["a", "b", "c"],
        "title": ["Of Lamps.", "Of lamps", "Of Lamps"],
        "authors": [["Ada Berg"], ["Ada Berg", "Fan Yang 0024"], ["Li Li"]],
        "year": [2001, 2001, 2004],
    }
    pl.DataFrame(rows).write_parquet(tmp_path / "records.parquet")
    truth = {"record_id": ["a", "b", "c"], "entity_id": ["1", "1", "2"]}
    pl.DataFrame(truth).write_parquet(tmp_path / "truth.parquet")
    found = read_papers(tmp_path / "records.parquet")
    assert [paper.authors for paper in found] == [("Ada Berg", "Fan Yang"), ("Li Li",)]
    again = tmp_path / "others.parquet"
    pl.DataFrame(rows).write_parquet(again)
    assert len(read_papers(again)) == 1  # without labels a title is a paper
    assert len(papers_of([tmp_path / "records.parquet", again])) == 2


def test_made_records_can_be_linked_and_judged(tmp_path, papers):
    for kind in ("scholar", "library"):
        rows = made_kinds.made(kind, 200, papers, 0)
        report = evaluate_linkage(*made_kinds.write(kind, rows, tmp_path))
        assert report.n_records == len(rows)
        assert report.n_unlabelled == 0
        assert report.n_true > 30


def test_damage_leaves_most_of_a_text_as_it_is():
    chance = random.Random(2)
    title = "Finding lamps in rivers: a harbour of copper"
    for change in (damage.typo, damage.fuse, damage.part_word, damage.lose_word, damage.ocr):
        for _ in range(50):
            assert abs(len(change(title, chance)) - len(title)) <= 9, change
    assert damage.swap_subtitle(title, chance) == "a harbour of copper: Finding lamps in rivers"
    assert damage.lose_subtitle(title, chance) == "Finding lamps in rivers"
    assert damage.cut("Of lamps", chance) == "Of lamps"


def test_names_are_spelt_as_lists_spell_them():
    name = Name.of("Ludwig Otto van der Meer Jr.")
    spelt = {
        damage.scholar_name: "LO van der Meer",
        damage.dotted_name: "L. O. van der Meer",
        damage.close_name: "L.O. van der Meer",
        damage.one_initial: "L. van der Meer",
        damage.full_name: "Ludwig Otto van der Meer Jr.",
        damage.short_name: "Ludwig van der Meer",
        damage.family_only: "van der Meer",
        damage.last_full: "van der Meer, Ludwig Otto, Jr.",
        damage.last_initials: "van der Meer, L. O.",
        damage.last_close: "van der Meer, L.O.",
        damage.last_one: "van der Meer, L.",
        damage.last_bare: "van der Meer LO",
        damage.last_comma_bare: "van der Meer, LO",
    }
    assert {spell: spell(name) for spell in spelt} == spelt
