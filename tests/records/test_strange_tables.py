"""Tables that linkage was not made for: what they hold or lack must neither join nor part papers.

What single pairs of records come to stands in the golden pairs; here it is what a whole table does
to its records, and what must not matter: the order of rows, the ids of records, spellings of
numbers, how many sources there are.
"""

import csv
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path

import polars as pl
import pytest
from growth import assert_linear
from helpers import ROOT, SHARED, needs_shared

from pipeline.contract.errors import PipelineError
from pipeline.records.link import linked

DRAW = random.Random(31)
SYLLABLES = [consonant + vowel for consonant, vowel in product("bdfgklmnprstvz", "aeiou")]
WORDS = sorted({"".join(DRAW.choices(SYLLABLES, k=DRAW.choice((3, 4)))) for _ in range(600)})
LABELLED = ROOT / "tests" / "data" / "linkage" / "labelled_records.csv"


def titles(n: int, words: list[str], *, least: int = 5, most: int = 8) -> list[str]:
    """Return titles of different words out of a few."""
    draw = random.Random(n)
    return [" ".join(draw.sample(words, draw.randint(least, most))).capitalize() for _ in range(n)]


def people(n: int) -> list[str]:
    """Return people of whom no two share a name, nor begin alike."""
    names = [f"{a}{b}{c}".capitalize() for a, b, c in product(SYLLABLES, SYLLABLES, ("lan", "rik"))]
    random.Random(8).shuffle(names)
    return [f"{WORDS[place % 500].capitalize()} {names[place]}" for place in range(n)]


def clusters(file: Path, rows: Iterable[Mapping]) -> dict[str, str]:
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    with linked(file, "linkage.clusters") as engine:
        return dict(engine.tuples("select record_id, cluster_id from linkage.clusters"))


def numbered(rows: Iterable[Mapping]) -> list[dict]:
    return [{"record_id": f"{n:04}"} | row for n, row in enumerate(rows)]


def alone(rows: Iterable[Mapping]) -> dict[str, str]:
    return {row["record_id"]: row["record_id"] for row in rows}


# ---------------------------------------------------------------- little in a table, or a record


SIGNS_OF_NOTHING = {"spaces": " " * 80, "hard spaces": "\u00a0" * 80, "breaks": "\r\n\t" * 40}
ABSTRACT = (
    "Retrieval brings to mind what a network has not seen, and generation puts it in words. "
    "Both are old & proven; we measure on nine sets of questions, and find gains on all of them."
)


def levels(tmp_path: Path, rows: list[dict], *, suffix: str) -> list[str]:
    """Return what the abstracts of two records come to, as one reader or the other finds them."""
    file = tmp_path / f"two{suffix}"
    table = pl.DataFrame(numbered(rows))
    (table.write_parquet if suffix == ".parquet" else table.write_csv)(file)
    with linked(file, "linkage.comparison_levels") as engine:
        return [
            level
            for (level,) in engine.tuples("select abstract_level from linkage.comparison_levels")
        ]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("blank", SIGNS_OF_NOTHING)
def test_a_blank_abstract_is_none(blank, suffix, tmp_path):
    """Every text holds a text of nothing but spaces, once its spaces are taken out."""
    both = {"authors": "Ilves, Zoe; Kask, Mart", "year": 2020}
    rows = [
        both | {"title": "Graph nets for traffic flow", "abstract": ABSTRACT},
        both | {"title": "Graph nets for boats", "abstract": SIGNS_OF_NOTHING[blank]},
    ]
    assert levels(tmp_path, rows, suffix=suffix) == ["unknown"]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("space", ["\r\n", "\t", "\u00a0", "  ", "\u2009"])
def test_an_abstract_is_the_same_whatever_white_space_parts_its_words(space, suffix, tmp_path):
    both = {"authors": "Ilves, Zoe; Kask, Mart", "year": 2020}
    other = ABSTRACT.replace(" ", space).replace("&", "&amp;")
    rows = [
        both | {"title": "Graph nets for traffic flow", "abstract": ABSTRACT},
        both | {"title": "Graph nets for boats", "abstract": other},
    ]
    same = [rows[0], rows[1] | {"abstract": ABSTRACT}]
    found = levels(tmp_path, rows, suffix=suffix)
    assert found == levels(tmp_path, same, suffix=suffix)
    assert found != ["unknown"]


# Two works with one abstract: parts of a series, and a correction that repeats what it corrects.
# Who knows the word of one language only must not join what other languages say with theirs.
WORKS_WITH_ONE_ABSTRACT = {
    "English": ("az ", "Part 1. {}", "Part 2. {}", "Erratum"),
    "Russian": ("ая ", "Часть 1. {}", "Часть 2. {}", "Исправление"),
    "Korean": ("가힣 ", "제1부 {}", "제2부 {}", "정오표"),
    "Chinese": ("一鿋", "第1部分 {}", "第2部分 {}", "更正"),
    "Japanese": ("一鿋", "第1報 {}", "第2報 {}", "訂正"),
}


@pytest.mark.parametrize("language", WORKS_WITH_ONE_ABSTRACT)
def test_works_of_one_abstract_stay_apart_whatever_their_language(language, tmp_path):
    letters, one_part, other_part, correction = WORKS_WITH_ONE_ABSTRACT[language]
    draw = random.Random(language)

    def text(n: int) -> str:
        words = [
            "".join(chr(draw.randint(ord(letters[0]), ord(letters[1]))) for _ in range(5))
            for _ in range(n)
        ]
        return letters[2:].join(words)

    rows: list[dict] = []
    for year in range(2000, 2010):
        abstracts = text(40), text(40)
        works = (
            (one_part.format(text(4)), abstracts[0]),
            (other_part.format(text(4)), abstracts[0]),
            (text(4), abstracts[1]),
            (correction, abstracts[1]),
        )
        rows += [{"title": title, "abstract": each, "year": year} for title, each in works]
    others = [{"title": text(4), "abstract": text(40), "year": 1990 + n % 30} for n in range(80)]
    rows = numbered(rows + others)
    assert clusters(tmp_path / "table.jsonl", rows) == alone(rows)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_handful_of_papers_of_one_author_stay_apart(n, tmp_path):
    subjects = ["Red Lichens", "Slate Roofs", "Tide Mills", "Church Bells", "Lost Gloves"][:n]
    rows = numbered(
        {"title": f"On {each}", "authors": "Al Bode", "year": 2001} for each in subjects
    )
    assert clusters(tmp_path / "in.jsonl", rows) == alone(rows)


@pytest.mark.parametrize("title", [None, "", "???", "…"])
@pytest.mark.parametrize(
    "rest", [{}, {"year": 2001}, {"authors": "Al Bode; Cy Dorn", "year": 2001}]
)
def test_records_without_a_title_are_not_one_paper(title, rest, tmp_path):
    rows = numbered({"title": title} | rest for _ in range(30))
    assert clusters(tmp_path / "in.jsonl", rows) == alone(rows)


def test_a_record_without_a_title_joins_no_two_papers(tmp_path):
    shared = {"authors": "Al Bode; Cy Dorn", "year": 2001}
    names = ["Tides of Small Harbours", "Etude des rivières", "💧", "???", "A Loom Rebuilt"]
    rows = numbered({"title": title} | shared for title in names)
    assert clusters(tmp_path / "in.jsonl", rows) == alone(rows)


@pytest.mark.parametrize("column", ["arxiv_id", "doi", "abstract"])
def test_a_record_without_a_title_is_known_by_what_identifies_it(column, tmp_path):
    text = {"arxiv_id": "2001.1{n:04}", "doi": "10.1000/x{n}", "abstract": ""}[column]
    words = titles(40, WORDS, least=30, most=40)
    rows = [
        {"record_id": f"{n:02}{side}", "title": None, column: text.format(n=n) or words[n]}
        for n in range(40)
        for side in "ab"
    ]
    found = clusters(tmp_path / "in.jsonl", rows)
    assert found == {row["record_id"]: f"{row['record_id'][:-1]}a" for row in rows}


def test_bare_titles_are_enough(tmp_path):
    rows = [
        {"record_id": f"{n:03}{side}", "title": title if side == "a" else title.upper()}
        for n, title in enumerate(titles(300, WORDS))
        for side in "ab"
    ]
    found = clusters(tmp_path / "in.jsonl", rows)
    assert found == {row["record_id"]: f"{row['record_id'][:-1]}a" for row in rows}


# ---------------------------------------------------------------- much of one kind


def test_one_title_by_very_many_people_is_very_many_papers(tmp_path):
    rows = numbered(
        {"title": "A Study of River Ice", "authors": name, "year": 2001 + n % 5}
        for n, name in enumerate(people(400))
    )
    assert clusters(tmp_path / "in.jsonl", rows) == alone(rows)


@pytest.mark.parametrize("source", ["a proceedings", "arrow"])
def test_papers_of_one_group_in_one_year_stay_apart(source, tmp_path):
    """Where nothing is listed twice, the paper that is nearest to another is another paper."""
    shared = {"authors": "Al Bode; Cy Dorn", "year": 2010, "venue": "Proc. of Things"}
    rows = numbered(
        {"title": title, "source": source} | shared for title in titles(200, WORDS[:150])
    )
    assert clusters(tmp_path / "in.jsonl", rows) == alone(rows)


def test_where_papers_stand_once_the_nearest_paper_of_a_team_is_no_double(tmp_path):
    """Each team writes of its own few things: its papers of a year share half of their words."""
    rows = []
    for team, draw in ((team, random.Random(team)) for team in range(150)):
        names, things = people(600)[4 * team : 4 * team + 3], WORDS[3 * team : 3 * team + 12]
        rows += [
            {"title": " ".join(draw.sample(things, 6)), "authors": "; ".join(names), "year": 2010}
            for _ in range(3)
        ]
    found = clusters(tmp_path / "list.jsonl", numbered(rows))
    assert len({*found.values()}) >= 0.99 * len(rows)


@needs_shared
def test_a_real_list_of_works_joins_no_titles_that_merely_resemble(tmp_path):
    works = pl.read_csv(SHARED / "bench/author_identity/publications.csv", infer_schema=False)
    file = tmp_path / "works.csv"
    works.unique("pub_id", maintain_order=True).select(
        pl.col("pub_id").alias("record_id"), "title", "authors", "venue", "year"
    ).write_csv(file)
    with linked(file, "linkage.clusters", "linkage.comparison_levels") as engine:
        joined = engine.tuples("""
            select levels.title_level
            from linkage.comparison_levels as levels
            inner join linkage.clusters as l on levels.record_id_l = l.record_id
            inner join linkage.clusters as r on levels.record_id_r = r.record_id
            where l.cluster_id = r.cluster_id and levels.abstract_level = 'unknown'
        """)
    weak = [
        level for (level,) in joined if level in ("70 %", "50 %", "35 %", "20 %", "10 %", "other")
    ]
    assert len(joined) > 100
    assert len(weak) < 0.05 * len(joined)


def test_a_list_of_one_author_twice_is_listed_once(tmp_path):
    others = people(15)
    draw = random.Random(3)
    rows = []
    for n, title in enumerate(titles(300, WORDS[:200])):
        team = ["Al Bode", *draw.sample(others, draw.randint(0, 3))]
        short = ", ".join(f"{name[0]}. {name.split()[1]}" for name in team)
        year = {"year": 1995 + n % 25}
        rows.append({"record_id": f"{n:03}a", "title": title, "authors": "; ".join(team)} | year)
        rows.append({"record_id": f"{n:03}b", "title": f"{title}.", "authors": short} | year)
    found = clusters(tmp_path / "in.jsonl", rows)
    assert found == {row["record_id"]: f"{row['record_id'][:-1]}a" for row in rows}


def test_any_number_of_sources_is_as_good_as_two(tmp_path):
    names = people(600)
    rows = [
        {"record_id": f"{n:03}{side}", "title": title, "authors": "; ".join(names[2 * n :][:2])}
        | {"source": f"source {(7 * n + place) % 400}"}
        for n, title in enumerate(titles(300, WORDS))
        for place, side in enumerate("ab")
    ]
    found = clusters(tmp_path / "in.jsonl", rows)
    assert found == {row["record_id"]: f"{row['record_id'][:-1]}a" for row in rows}


# ---------------------------------------------------------------- values of odd forms


def test_numbers_may_be_written_as_a_table_program_writes_them(tmp_path):
    names = people(200)
    file = tmp_path / "in.csv"
    numbers = {
        "a": ["2015.0", "12.0", "3.0", "101.0", "2.0"],
        "b": [" 2015", "12", "3", "101", "2"],
    }
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            ["record_id", "title", "authors", "year", "volume", "issue", "pages", "n_authors_total"]
        )
        for n, title in enumerate(titles(100, WORDS)):
            for side in "ab":
                writer.writerow(
                    [f"{n:03}{side}", title, "; ".join(names[2 * n :][:2]), *numbers[side]]
                )
    with linked(file, "linkage.clusters") as engine:
        found = dict(engine.tuples("select record_id, cluster_id from linkage.clusters"))
    assert found == {record_id: f"{record_id[:-1]}a" for record_id in found}


@pytest.mark.parametrize("column", ["title", "authors", "abstract", "venue"])
def test_text_that_no_file_can_hold_is_named(column, tmp_path):
    """JSON can spell half of a sign, which no text in UTF-8 can be."""
    file = tmp_path / "in.jsonl"
    row = {"record_id": "a", "title": "On Nets"} | {column: "half \ud800 of a sign"}
    file.write_text(json.dumps(row), "ascii")
    with pytest.raises(PipelineError, match=rf"in\.jsonl.*line 1.*{column}"), linked(file):
        pass


@pytest.mark.parametrize("text", ["a whole \U0001f600 sign", r"a path \ud800", "\ud800"])
def test_whole_signs_and_columns_that_are_not_read_are_no_fault(text, tmp_path):
    column = "title" if text.isprintable() else "notes"
    row = {"record_id": "a", "title": "On Nets"} | {column: text}
    assert clusters(tmp_path / "in.jsonl", [row]) == {"a": "a"}


@pytest.mark.slow
def test_titles_as_long_as_abstracts_are_compared_in_time_that_grows_with_them(tmp_path):
    """300 titles of 5,000 letters twice, once with a typing error."""
    many = sorted({f"{a}{b}" for a, b in product(WORDS, SYLLABLES[:20])})

    def compare(n_words):
        rows = []
        for n in range(300):
            title = " ".join(random.Random(n).choices(many, k=n_words))
            rows.append({"record_id": f"{n:03}a", "title": title, "authors": "Al Bode"})
            rows.append({"record_id": f"{n:03}b", "title": f"{title[:600]}x{title[601:]}"})
        found = clusters(tmp_path / "in.jsonl", rows)
        # So long a title is compared by its words alone: no two of them join by mistake.
        assert {found[row["record_id"]][:3] == row["record_id"][:3] for row in rows} == {True}

    assert_linear(compare, 800)


# ---------------------------------------------------------------- what must not matter


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_order_and_names_of_records_do_not_matter(seed, tmp_path):
    """The labelled records in another order, in a file of another name, with other ids."""
    with LABELLED.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    check_names_do_not_matter(tmp_path, [_known(row) for row in rows], seed)


@needs_shared
@pytest.mark.parametrize(
    "name", ["cora", "dblp_acm", pytest.param("linkage", marks=pytest.mark.slow)]
)
def test_order_and_names_of_real_records_do_not_matter(name, tmp_path):
    """Citations, two lists, listings: where evidence ties, values must tell, not ids."""
    rows = pl.read_parquet(SHARED / "bench" / name / "records.parquet").to_dicts()
    check_names_do_not_matter(tmp_path, [_known(row) for row in rows], 1)


def check_names_do_not_matter(folder: Path, rows: Sequence[dict], seed: int) -> None:
    """Link rows, and the same in another order and file with other ids: equal groups must come.

    Of rows that show the same and are held apart (an editorial listed twice) no value tells which
    one is meant, so a group is what its rows show.
    """
    draw = random.Random(seed)
    names = dict(
        zip((row["record_id"] for row in rows), draw.sample(range(10**6), len(rows)), strict=True)
    )
    other = [row | {"record_id": f"n{names[row['record_id']]:06}"} for row in rows]
    draw.shuffle(other)
    first = shown_groups(rows, clusters(folder / "in.jsonl", rows))
    assert shown_groups(other, clusters(folder / "of another name.jsonl", other)) == first


def shown_groups(rows: Iterable[Mapping], found: Mapping[str, str]) -> Counter[tuple[str, ...]]:
    """Count groups of rows, each by what its rows show beside their ids."""
    members: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        shown = {name: value for name, value in row.items() if name != "record_id"}
        members[found[row["record_id"]]].append(json.dumps(shown, sort_keys=True))
    return Counter(tuple(sorted(group)) for group in members.values())


def _known(row: Mapping) -> dict:
    """What a row shows; its title always, which a row of a table must have, be it empty."""
    return {name: value for name, value in row.items() if value or name == "title"}
