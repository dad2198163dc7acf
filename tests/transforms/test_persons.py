"""Whose a name is: what joins mentions, what keeps them apart, how sure it is, in any order."""

import random
from itertools import combinations

import polars as pl
import pytest

from pipeline.models.catalogue import SQL_DIR
from pipeline.records.persons import persons
from pipeline.text.keys import name_key
from pipeline.transforms import sparse_rows

NAME_PARTS = pl.read_csv(SQL_DIR / "reference" / "name_parts.csv")
MENTIONS = {
    "mention_id": pl.String,
    "paper_id": pl.String,
    "author_order": pl.Int32,
    "author_name": pl.String,
    "name_key": pl.String,
    "homonym_id": pl.String,
}
WORKS = {
    "paper_id": pl.String,
    "title": pl.String,
    "venue": pl.String,
    "year": pl.Int32,
    "affiliations": pl.List(pl.String),
}
# Titles without a word in common.
TITLES = [f"{one} {two}" for one, two in zip("abcdefghijklm", "nopqrstuvwxyz", strict=True)]


_TOLD: dict[tuple, dict] = {}


def told(papers, shuffled=None):
    """Return author, level and reason by mention (`paper#place`).

    Args:
        papers: by id, its authors (a number behind `/` is a homonym number) and what else it shows.
        shuffled: a seed for the order of rows.
    """
    asked = (repr(papers), shuffled, sparse_rows._BATCH)
    if asked not in _TOLD:  # tests ask of the same papers in several ways
        _TOLD[asked] = _told(papers, shuffled)
    return _TOLD[asked]


def _told(papers, shuffled):
    mentions, works = [], []
    for paper, (authors, shows) in papers.items():
        for place, text in enumerate(authors.split(", "), start=1):
            name, _, number = text.partition("/")
            row = (f"{paper}#{place}", paper, place, name, name_key(name), number or None)
            mentions.append(row)
        works.append(
            (paper, *(shows.get(column) for column in ("title", "venue", "year", "affiliations")))
        )
    if shuffled is not None:
        random.Random(shuffled).shuffle(mentions)
        random.Random(shuffled).shuffle(works)
    found = persons(
        pl.DataFrame(mentions, schema=MENTIONS, orient="row"),
        pl.DataFrame(works, schema=WORKS, orient="row"),
        NAME_PARTS,
    )
    assert sorted(found["mention_id"]) == sorted(row[0] for row in mentions)
    shown = found.drop("paper_id", "author_order")
    return {row[0]: row[1:] for row in shown.iter_rows()}


def people(papers, name, **options):
    """Return the papers of each person who bears a name, as a set of sets."""
    found = told(papers, **options)
    groups = {}
    for paper, (authors, _) in papers.items():
        for place, text in enumerate(authors.split(", "), start=1):
            if text.partition("/")[0] == name:
                groups.setdefault(found[f"{paper}#{place}"][0], set()).add(paper)
    return set(map(frozenset, groups.values()))


def sets(*groups):
    return {frozenset(group.split()) for group in groups}


# ---------------------------------------------------------------- what joins

KNOWN = {  # many other papers, so that words and names have their usual rarity
    f"z{n}": (f"Person Number{chr(97 + n % 26)}{chr(97 + n // 26)}", {"title": f"w{n} x{n} y{n}"})
    for n in range(60)
}


def test_a_rare_coauthor_joins_for_certain():
    papers = {
        "p": ("Wei Wang, Tuomas Ahvenainen", {"title": "ropes"}),
        "q": ("Wei Wang, Tuomas Ahvenainen", {"title": "lunch"}),
        "r": ("Wei Wang, Zoe Quill", {"title": "moons"}),
    }
    assert people(papers, "Wei Wang") == sets("p q", "r")
    found = told(papers)
    assert found["p#1"][1:] == ("verified", "shares the coauthor Tuomas Ahvenainen")
    assert found["r#1"][1:] == ("name_only", "too little in common with other papers of that name")
    assert found["r#2"][1:] == ("name_only", "the only paper of that name")


def test_a_common_coauthor_alone_does_not_join_common_names():
    # Among 600,000 names there are dozens of each; that two meet twice is chance.
    names = pl.concat([NAME_PARTS] + [NAME_PARTS.filter(pl.col("kind") != "names")] * 400)
    common = names.group_by("kind", "part").agg(pl.col("n_names").sum())
    works = pl.DataFrame(
        [("p", "ropes", None, None, None), ("q", "lunch", None, None, None)],
        schema=WORKS,
        orient="row",
    )
    rows = [
        (f"{paper}#{place}", paper, place, name, name_key(name), None)
        for paper in "pq"
        for place, name in enumerate(("Wei Wang", "Li Zhang"), start=1)
    ]
    found = persons(pl.DataFrame(rows, schema=MENTIONS, orient="row"), works, common)
    assert found["author_id"].n_unique() == 4


@pytest.mark.parametrize(
    ("shows", "says"),
    [
        ({"title": "graphite anchors for tethered kites"}, "titles"),
        ({"affiliations": ["Kivikko Institute of Ropes, Tampere"], "venue": "Ropes Today"}, "aff"),
    ],
)
def test_what_papers_show_joins_with_likelihood(shows, says):
    more = {"title": "on lines"} | shows
    other = {"title": "of kites and anchors tethered by graphite"} | (
        shows if "title" not in shows else {}
    )
    papers = KNOWN | {"p": ("Oona Ylikangas", more), "q": ("Oona Ylikangas", other)}
    assert people(papers, "Oona Ylikangas") == sets("p q")
    level, reason = told(papers)["p#1"][1:]
    assert level == "probable"
    assert reason.startswith("like other papers of the author: ")
    assert says in reason


@pytest.mark.parametrize(("many", "expected"), [(False, 1), (True, 2)])
def test_an_affiliation_that_all_papers_show_says_nothing(many, expected):
    shown = {"affiliations": ["Kivikko Institute of Ropes"], "venue": "Ropes Today"}
    others = {p: (names, more | (shown if many else {})) for p, (names, more) in KNOWN.items()}
    papers = others | {n: ("Yifei Wang", {"title": n} | shown) for n in ("kites", "salt")}
    assert len(people(papers, "Yifei Wang")) == expected


@pytest.mark.parametrize(
    "heading",
    [
        *("Editorial", "Guest Editor's Note", "Introduction to the Special Issue"),
        *("Correspondence", "Book Reviews", "In Memoriam", "Reply"),
    ],
)
def test_a_heading_says_nothing_of_who_wrote(heading):
    papers = KNOWN | {n: ("Bo Li", {"title": heading}) for n in "pq"}
    assert people(papers, "Bo Li") == sets("p", "q")
    # What goes on behind it is a title.
    papers = KNOWN | {n: ("Bo Li", {"title": f"{heading} of Graphite Kites"}) for n in "pq"}
    assert people(papers, "Bo Li") == sets("p q")


def test_a_common_name_needs_more_than_a_rare_one():
    shows = [{"title": "tethered kites at sea in May"}, {"title": "tethered ropes on land in June"}]
    for name, expected in (("Oona Ylikangas", sets("p q")), ("Wei Wang", sets("p", "q"))):
        papers = KNOWN | {"p": (name, shows[0]), "q": (name, shows[1])}
        assert people(papers, name) == expected, name


def test_the_rarest_names_join_on_the_name_alone_and_say_so():
    papers = KNOWN | {
        "p": ("Oona Ylikangas", {"title": "kites of paper", "year": 2019}),
        "q": ("Oona Ylikangas", {"title": "bread and lunch", "year": 2020}),
    }
    assert people(papers, "Oona Ylikangas") == sets("p q")
    why = "little but the name, which is rare, ties it to the author's other papers"
    assert told(papers)["q#1"][1:] == ("name_only", why)
    for _, shows in (papers["p"], papers["q"]):
        del shows["year"]
    # Now nothing could speak against it.
    assert people(papers, "Oona Ylikangas") == sets("p", "q")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"year": 1961}, {"year": 2020}),
        ({"affiliations": ["Kivikko Institute of Ropes"]}, {"affiliations": ["Porto Bakeries"]}),
    ],
)
def test_what_contradicts_keeps_bearers_of_the_rarest_name_apart(one, other):
    papers = KNOWN | {
        "p": ("Oona Ylikangas", {"title": "kites of paper"} | one),
        "q": ("Oona Ylikangas", {"title": "bread and lunch"} | other),
    }
    assert people(papers, "Oona Ylikangas") == sets("p", "q")


def test_groups_join_that_only_a_third_connects():
    papers = {
        "p": ("Wei Wang, Tuomas Ahvenainen", {}),
        "q": ("Wei Wang, Tuomas Ahvenainen, Zoe Quill", {}),
        "r": ("Wei Wang, Zoe Quill", {}),
    }
    assert people(papers, "Wei Wang") == sets("p q r")


# ---------------------------------------------------------------- what keeps apart


def test_numbers_tell_apart_whatever_speaks_for_one():
    same = {"title": "graphite anchors", "venue": "Ropes Today", "year": 2020}
    papers = KNOWN | {
        "p": ("Wei Wang/0001, Tuomas Ahvenainen", same),
        "q": ("Wei Wang/0002, Tuomas Ahvenainen", same),
        "r": ("Wei Wang/0001, Zoe Quill", {}),
    }
    assert people(papers, "Wei Wang") == sets("p r", "q")
    assert told(papers)["p#1"][1:] == ("verified", "number 0001 of the name")


def test_a_mention_without_a_number_joins_the_likelier_of_two():
    papers = KNOWN | {
        "p": ("Wei Wang/0001, Tuomas Ahvenainen", {}),
        "q": ("Wei Wang/0002, Zoe Quill", {}),
        "r": ("Wei Wang, Zoe Quill", {}),
    }
    assert people(papers, "Wei Wang") == sets("p", "q r")


def test_an_unnumbered_paper_does_not_bridge_two_numbers():
    papers = {
        "p": ("Wei Wang/0001, Tuomas Ahvenainen", {}),
        "q": ("Wei Wang/0002, Zoe Quill", {}),
        "r": ("Wei Wang, Zoe Quill, Tuomas Ahvenainen", {}),
    }
    groups = people(papers, "Wei Wang")
    assert len(groups) == 2
    assert not any({"p", "q"} <= group for group in groups)


NUMBERED = KNOWN | {
    "p": ("Fan Yang/0001, Tuomas Ahvenainen", {"title": "kites"}),
    "q": ("Fan Yang/0002, Tuomas Ahvenainen", {"title": "graphite anchors for barges"}),
}


def test_who_wrote_with_two_numbers_does_not_tell_whom_a_paper_without_one_means():
    papers = NUMBERED | {
        "r": ("Fan Yang, Tuomas Ahvenainen", {"title": "moons"}),
        "s": ("Fan Yang, Tuomas Ahvenainen", {"title": "salt"}),
    }
    assert people(papers, "Fan Yang") == sets("p", "q", "r", "s")
    why = "too little in common with other papers of that name"
    assert {told(papers)[f"{paper}#1"][1:] for paper in "rs"} == {("name_only", why)}
    # With one of the two he tells it.
    del papers["q"]
    assert people(papers, "Fan Yang") == sets("p r s")


@pytest.mark.parametrize(
    ("authors", "title"),
    [
        ("Fan Yang, Tuomas Ahvenainen, Zoe Quill", "salt"),
        ("Fan Yang, Tuomas Ahvenainen", "barges and their graphite anchors"),
    ],
)
def test_what_else_speaks_for_one_of_two_numbers_decides(authors, title):
    papers = NUMBERED | {
        "o": ("Fan Yang/0002, Zoe Quill", {}),
        "r": ("Fan Yang, Tuomas Ahvenainen", {"title": "moons"}),
        "s": (authors, {"title": title}),
    }
    for shuffled in (None, 1, 2):
        assert people(papers, "Fan Yang", shuffled=shuffled) == sets("p", "o q s", "r")


CITIES = [["Kivikko Institute of Ropes, Tampere"], ["Harbour School of Bread, Porto"]]


def test_who_meets_a_rare_name_means_its_only_number_where_nothing_contradicts():
    papers = KNOWN | {
        "p": ("Oona Kvist/0001", {"title": "graphite anchors", "year": 2020}),
        "q": ("Oona Kvist", {"title": "lunch and bread", "year": 2021}),
    }
    assert people(papers, "Oona Kvist") == sets("p q")
    why = "number 0001 is the only one of the name, and nothing speaks against it"
    assert told(papers)["q#1"][1:] == ("name_only", why)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("Oona Kvist", {"year": 1961}, {"year": 2020}),
        ("Oona Kvist", {"affiliations": CITIES[0]}, {"affiliations": CITIES[1]}),
    ],
)
def test_what_contradicts_keeps_a_name_from_its_only_number(name, one, other):
    papers = KNOWN | {
        "p": (f"{name}/0001", {"title": "graphite anchors"} | one),
        "q": (name, {"title": "lunch and bread"} | other),
    }
    assert people(papers, name) == sets("p", "q")


def test_a_higher_number_says_that_the_name_has_other_bearers():
    papers = KNOWN | {
        "p": ("Oona Kvist/0004", {"title": "graphite anchors", "year": 2020}),
        "q": ("Oona Kvist", {"title": "lunch and bread", "year": 2021}),
        "r": ("Oona Kvist", {"title": "graphite anchors for kites", "year": 2021}),
    }
    assert people(papers, "Oona Kvist") == sets("p r", "q")


def test_two_numbers_say_nothing_of_a_mention_without_one():
    papers = KNOWN | {
        "p": ("Oona Kvist/0001", {"title": "graphite anchors"}),
        "q": ("Oona Kvist/0002", {"title": "lunch and bread"}),
        "r": ("Oona Kvist", {"title": "moons"}),
    }
    assert people(papers, "Oona Kvist") == sets("p", "q", "r")


def test_two_of_one_name_on_a_paper_are_two_and_neither_is_guessed():
    papers = {
        "p": ("Wei Wang, Wei Wang, Tuomas Ahvenainen", {"title": "kites"}),
        "q": ("Wei Wang, Tuomas Ahvenainen", {"title": "kites"}),
    }
    found = told(papers)
    assert len({found[mention][0] for mention in ("p#1", "p#2", "q#1")}) == 3
    assert found["p#1"][1:] == ("name_only", "the paper names two of that name")


def test_numbers_tell_two_of_one_name_on_a_paper_apart():
    papers = {
        "p": ("Wei Wang/0001, Wei Wang/0002", {}),
        "q": ("Wei Wang/0002", {}),
    }
    found = told(papers)
    assert found["p#2"][0] == found["q#1"][0] != found["p#1"][0]


def test_nobody_publishes_for_seventy_years():
    shows = {"title": "graphite anchors for tethered kites", "venue": "Ropes Today"}
    for last, n_people in ((1998, 1), (2014, 2)):
        years = {f"p{year}": year for year in range(1930, last + 1, 4)}
        papers = {p: ("Oona Ylikangas", shows | {"year": year}) for p, year in years.items()}
        found = people(KNOWN | papers, "Oona Ylikangas")
        assert len(found) >= n_people
        assert n_people > 1 or len(found) == 1
        spans = [max(years[p] for p in one) - min(years[p] for p in one) for one in found]
        assert max(spans) <= 70


# ---------------------------------------------------------------- spelt in several ways

ZHANS = ["Sinong Zhan", "Simon Sinong Zhan", "Sinong Simon Zhan", "Zhan Sinong"]


def persons_of(papers):
    """Return the spellings of each person with several papers."""
    found, spelt = told(papers), {}
    for paper, (authors, _) in papers.items():
        for place, text in enumerate(authors.split(", "), start=1):
            spelt.setdefault(found[f"{paper}#{place}"][0], []).append(text)
    return {frozenset(each) for each in spelt.values() if len(each) > 1}


def test_one_person_may_be_spelt_in_many_ways():
    papers = {
        f"p{n}": (f"{name}, Tuomas Ahvenainen, Zoe Quill", {}) for n, name in enumerate(ZHANS)
    }
    assert frozenset(ZHANS) in persons_of(papers)
    levels = {told(papers)[f"p{n}#1"][1:] for n in range(len(ZHANS))}
    assert (
        "probable",
        "coauthors in common with Sinong Zhan, which may be the same name",
    ) in levels


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wei Wang", "Wen Wang"),
        ("Jun Li", "Jun-Hui Li"),
        ("Qwen Team", "Q. Team"),
        ("Anna Schmidt Jr.", "Anna Schmidt Sr."),
    ],
)
def test_other_names_are_other_people_whoever_wrote_with_them(one, other):
    papers = {
        "p": (f"{one}, Tuomas Ahvenainen, Zoe Quill", {}),
        "q": (f"{other}, Tuomas Ahvenainen, Zoe Quill", {}),
    }
    assert not any({one, other} <= person for person in persons_of(papers))


def test_an_initial_does_not_bridge_two_names():
    papers = {
        "p": ("Wei Wang, Tuomas Ahvenainen, Zoe Quill", {}),
        "q": ("W. Wang, Tuomas Ahvenainen, Zoe Quill", {}),
        "r": ("Wen Wang, Tuomas Ahvenainen, Zoe Quill", {}),
    }
    assert not any({"Wei Wang", "Wen Wang"} <= person for person in persons_of(papers))


def test_spellings_of_one_paper_are_two_people():
    papers = {
        "p": ("Sinong Zhan, Simon Zhan, Tuomas Ahvenainen", {}),
        "q": ("Sinong Zhan, Tuomas Ahvenainen", {}),
    }
    assert not any({"Sinong Zhan", "Simon Zhan"} <= person for person in persons_of(papers))


def test_spellings_with_nothing_in_common_are_not_joined():
    papers = KNOWN | {
        "p": ("Sinong Zhan", {"title": "kites of paper"}),
        "q": ("Zhan Sinong", {"title": "bread and lunch"}),
    }
    assert persons_of(papers) == set()


BY_TITLE = {"title": "graphite anchors for tethered kites"}
BY_PLACE = {"affiliations": CITIES[0], "venue": "Ropes Today"}


@pytest.mark.parametrize(
    ("names", "shows"),
    [
        ("Zhan Sinong", BY_TITLE),
        ("Zhan Sinong", BY_PLACE),
        ("Simon Sinong Zhan", BY_TITLE),
        ("Simon Sinong Zhan", BY_PLACE),
        ("S. Zhan", BY_TITLE),
    ],
)
def test_spellings_join_by_all_that_their_papers_show(names, shows):
    papers = KNOWN | {"p": ("Sinong Zhan", shows), "q": (names, shows)}
    assert {"Sinong Zhan", names} in persons_of(papers)
    reasons = {reason for _, _, reason in told(papers).values()}
    assert any("which may be the same name" in reason for reason in reasons)


def test_an_initial_that_two_names_begin_with_joins_the_likelier_one():
    papers = KNOWN | {
        "p": ("Sinong Zhan", {"title": "graphite anchors for tethered kites"}),
        "q": ("Selma Zhan", {"title": "bread and lunch for the crew"}),
        "r": ("S. Zhan", {"title": "tethered kites on graphite anchors"}),
    }
    assert {frozenset(("Sinong Zhan", "S. Zhan"))} == persons_of(papers)


@pytest.mark.parametrize("first", ["John", "Jane"])
def test_an_initial_that_two_names_of_one_lab_begin_with_is_neither(first):
    second = {"John": "Jane", "Jane": "John"}[first]
    papers = {
        "p": (f"{first} Smith, Oona Ylikangas", {"title": "tethered kites that pump water"}),
        "q": (f"{second} Smith, Oona Ylikangas", {"title": "anchors for tethered kites"}),
        "r": ("J. Smith, Oona Ylikangas", {"title": "kites tethered at sea"}),
    }
    colleague = frozenset({"Oona Ylikangas"})
    assert persons_of(papers) - {colleague} == set()
    papers.pop("q")
    assert persons_of(papers) - {colleague} == {frozenset((f"{first} Smith", "J. Smith"))}


# ---------------------------------------------------------------- odd tables, any order


def test_a_mention_without_a_key_or_a_work_is_somebody():
    mentions = pl.DataFrame(
        [("p#1", "p", 1, "…", None, None), ("p#2", "p", None, "Ann Lee", "ann lee", None)],
        schema=MENTIONS,
        orient="row",
    )
    found = persons(mentions, pl.DataFrame(schema=WORKS), NAME_PARTS)
    assert found["author_id"].n_unique() == 2
    assert found["identity_reason"].to_list() == [
        "no letter or digit of the name is left",
        "the only paper of that name",
    ]


def test_no_mentions_are_no_persons():
    empty = persons(pl.DataFrame(schema=MENTIONS), pl.DataFrame(schema=WORKS), NAME_PARTS)
    assert empty.is_empty()


def made(seed):
    """Make papers of some groups of people, with namesakes among them."""
    chance = random.Random(seed)
    names = ["Wei Wang", "Li Zhang", "Jun Chen", "Oona Ylikangas", "Tuomas Ahvenainen", "Zoe Quill"]
    papers = {}
    for n in range(40):
        group = chance.choice(TITLES)
        authors = chance.sample(names, chance.randint(1, 4))
        numbered = [name + chance.choice(["", "", "", "/0001", "/0002"]) for name in authors]
        papers[f"p{n:02d}"] = (
            ", ".join(numbered),
            {
                "title": f"{group} {chance.choice(TITLES)} of {chance.choice('xyz')}{n % 7}",
                "venue": chance.choice([None, "A", "B", "Rare one"]),
                "year": chance.choice([None, 2001, 2010, 2020]),
                "affiliations": chance.choice([None, ["Kivikko Institute"], ["Aalto", "Turku"]]),
            },
        )
    return papers


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_rows_does_not_count(seed):
    papers = made(seed)
    assert told(papers) == told(papers, shuffled=seed)


@pytest.mark.parametrize("seed", range(8))
def test_nobody_bears_two_numbers_or_stands_on_a_paper_twice(seed):
    papers = made(seed)
    found = told(papers)
    numbers, places = {}, {}
    for paper, (authors, _) in papers.items():
        for place, text in enumerate(authors.split(", "), start=1):
            name, _, number = text.partition("/")
            author = found[f"{paper}#{place}"][0]
            places.setdefault(author, []).append(paper)
            if number:
                numbers.setdefault(author, set()).add((name, number))
    assert all(len(given) == 1 for given in numbers.values())
    assert all(len(on) == len(set(on)) for on in places.values())


@pytest.mark.parametrize("seed", range(4))
def test_batches_give_what_one_gives(seed, monkeypatch):
    whole = told(made(seed))
    monkeypatch.setattr(sparse_rows, "_BATCH", 7)
    assert told(made(seed)) == whole


def test_long_lists_speak_by_their_rarest_names():
    crowd = ", ".join(f"Member Of{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(60))
    papers = {
        "p": (f"Wei Wang, {crowd}, Tuomas Ahvenainen", {}),
        "q": ("Wei Wang, Tuomas Ahvenainen", {}),
        **{f"r{n}": (crowd, {}) for n in range(3)},
    }
    assert people(papers, "Wei Wang") == sets("p q")


def test_more_evidence_never_parts():
    """A coauthor put on two papers of a name joins them, whatever else they show."""
    papers = made(5)
    mine = [paper for paper, (authors, _) in papers.items() if authors.startswith("Wei Wang,")]
    assert len(mine) > 1
    for one, other in list(combinations(mine, 2))[:6]:
        more = dict(papers)
        for paper in (one, other):
            authors, shows = papers[paper]
            unnumbered = authors.replace("Wei Wang/0001", "Wei Wang").replace("/0002", "")
            more[paper] = (f"{unnumbered}, Aino Harvinainen", shows)
        assert any({one, other} <= group for group in people(more, "Wei Wang"))
