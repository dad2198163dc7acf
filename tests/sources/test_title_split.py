"""Lines in which nothing stands between title and authors."""

import json
import re

import pytest
from growth import assert_linear, repeated
from helpers import ROOT, SHARED, needs_shared

from pipeline.sources.title_split import SURE, Glued, split_glued, split_page


@pytest.mark.parametrize(
    ("title", "authors"),
    [
        ("A plain title about quiet Rivers", "Mara Lindqvist, Tomo Ueda et al. · mit, pku"),
        ("Safer Bets under a Bounded CVaR", "Hong Zell"),  # capitals end the title
        ("Gentle, Slow and Sparse Attacks on LLMs", "Yana Petrova"),  # commas in the title
        ("Where the Bridges Cross Over", "XiaoMei Tang, Lu Feng"),  # capital inside a name
        ("Maps of Fog", "Leland McArdle, Rosa DeLuca"),  # capital inside a surname
        ("Words and Their Zeros", "Štěpán Horák, Émile Noirot"),  # capitals beyond ASCII
        ("Counting What Others Count", "W. -X. Zhao, J. Kim, P. van der Berg et al."),
        ("Is It Enough to Sleep?", "Ana de la Cruz, Omar bin Said, Idris Al-Amin"),
        ("A Survey of Storms (2001-2012)", "Pia Holm"),
        ("Ten Winters in Oslo, 1990-2000", "Pia Holm, Ole Bakke"),
        ('On the Meaning of "Later"', "Nils Aune, Eva Sand et al. · cmu"),
        (r"Small sets in $\mathbb{R}^d$", "Arno Silver, Marta Tin"),
        ("The Slow Rise of GitHub", "Sam Reed, Kit Moss"),  # capital inside a title word
        ("Why Clouds Drift", "Jayaram, Li Wei, Bo Chen et al."),  # first author of one word
        ("Passing in a soccer simulator", "HaoBin Teng, Jia Fang"),  # the title hides no "Hao"
        ("Reading Maps with GraphRAG", "Jakob Holm"),  # a compound that ends in capitals
        ("Sleeping Brains in fMRI", "P. Belloc, Y. Benham"),  # an initial behind capitals
        ("Chances of Rain, II", "O. E. Barnsen, R. D. Giller"),
        ('Views of the "Potter\'s Cell"', "Jochen Burg"),  # not `Cell"Jochen`
        ("Knitting in C++", "Walter Maske"),
        ("Counting Bricks in C#", "Daniel Roe, Eva Sand"),
        ("Owls of the North", "أحمد علي, سارة حسن"),  # letters without cases
        ("Owls of the North", "王小明, 李雷"),
        ("Owls of the North", "Иван Петров, Анна Сидорова"),
        ("Slow Cooking of Stones", "JiaYi Luo"),  # given names of two syllables
        ("Slow Cooking of Stones", "SeungHwan Oh, Bo Lu, Cy Ko et al."),
        ("Why Do Gulls Sing?", "XinYu Tan, Ida Berg"),
        ("Dam Safety", "VanTuan Nguyen, ThiMai Tran"),
        ("Gulls as Messengers: GullMail", "TaeYang Lim, Eva Sand"),  # and at the title's end, too
        ("Notes on WeChat", "Li Wei, Bo Ek"),
        ("Notes on StackOverflow", "Ann Roe, Bo Ek et al."),
    ],
)
def test_split_glued(title, authors):
    split = split_glued(title + authors)
    assert split.title == title
    assert split.raw_authors == authors
    assert ", ".join(split.names) == re.sub(r"( et al\.)?( · .*)?$", "", authors)
    assert split.et_al == ("et al." in authors)


@pytest.mark.parametrize(
    "line", ["", " ", "·", "et al.", "A", "no capital here", ",,,", "a, b · c"]
)
def test_split_glued_takes_any_text(line):
    assert 0 <= split_glued(line).confidence <= 1


@pytest.mark.parametrize(
    "title",
    [
        "A title that stands alone",
        "Quiet Rivers in Large Vision-Language Models",
        "Can Bakers Find Bread with LLMs?",
        "Rotating 3D Shapes and Other Games for Learning",
        "Tides of GitHub: Rowing, Drifting, and Sailing",
    ],
)
def test_a_line_without_authors_is_all_title(title):
    split = split_glued(title)
    assert (split.title, split.names) == (title, ())


def test_a_name_that_cannot_be_recognised_is_doubtful():
    lost = split_glued("Bakers of the Northmara Lind, Tomo Ueda, Bo Lu et al.")
    assert lost.confidence < SURE
    assert split_glued("42 et al.").confidence == 0


@pytest.mark.parametrize(
    "authors",
    [
        "van der Berg, Ann Roe",
        "de la Cruz, Ann Roe, Bo Lind",
        "ohan Meier, Ann Roe",
        "van der Berg",
        "j. Roe, K. -L. Lind",
        "O'Brien, Sam, and Ann Roe",
    ],
)
def test_no_authors_found_is_never_sure_where_a_line_ends_like_names(authors):
    split = split_glued("Owls of the North" + authors)
    assert split.names != () or split.confidence < SURE


@pytest.mark.parametrize(
    "title", ["Rivers, Lakes and Seas", "Rivers, Lakes, Seas", "A Port near Rio de Janeiro"]
)
def test_a_title_that_ends_like_no_names_is_sure(title):
    assert split_glued(title).confidence >= SURE


@pytest.mark.parametrize(
    "authors",
    [
        "AliReza Karimi, Eva Sand",
        "MaryAnn Holt, Eva Sand",
        "JeanPierre Roux, Luc Petit et al.",
        "SaiKrishna Rao",
    ],
)
def test_a_given_name_that_a_title_may_end_with_is_doubtful(authors):
    """Nothing tells `FogMary|Ann Holt` from `GitHub|Ann Holt` but a page that knows the word."""
    assert split_glued("Ferries and Fog" + authors).confidence < SURE
    assert split_glued("Ferries and GitHubAnn Holt").confidence < SURE
    known = split_glued("Ferries and GitHubAnn Holt", abstract="We put ferries on GitHub.")
    assert (known.title, known.confidence >= SURE) == ("Ferries and GitHub", True)


@pytest.mark.parametrize(
    ("title", "authors"),
    [
        ("Quiet searches", "FernHollow Team"),  # the title's word is whole without "Fern"
        ("Quiet Searches for Owls", "FernHollow Team, Ann Roe, Bo Ek et al."),
        ("The back-end of Sparrow v20", "MossHarbor-AI, Ann Sofie Holm"),  # no word is "v20Moss"
        ("Notes on GPT-4", "MossAI, Ann Roe, Bo Ek et al."),
        ("Do Gulls Sleep?", "MossHarbor Research"),
        ("Owls (extended abstract)", "MossHarbor Research, Ann Roe"),
        ("A Survey of LLMs", "McTavish Global Institute, Ann Roe"),
        ("A Survey of LLMs", "KESTREL-2 Collaboration"),
        ("A Survey of Tides", "The Kestrel Consortium, Ann Roe"),
        ("Tides of the North Sea", "the KESTREL Working Group, Ann Roe"),
        ("Who Pays for OpenFern", "The Kestrel Consortium, Ann Roe"),
        ("Who Pays for OpenFern", "the KESTREL Working Group, Ann Roe"),
        ("The back-end of Sparrow v20", "Moss Team"),
        ("Tides and the CVaR", "the Kestrel Investigators"),
        ("A Survey of Tides", "Harbor Institute for Gull Counting, Ann Roe"),
        ("A Survey of Tides", "Team FernHollow, Ann Roe et al."),
        ("Sailing for GullDB", "Moss Research, Ann Roe, Bo Ek et al."),  # no group is "DBMoss"
        ("A Case for KestrelLoom", "The Fern Consortium"),
        ("Rowing and Sailing in pyOwls", "Moss Research, Ann Roe, Bo Ek et al."),
    ],
)
def test_a_group_may_be_the_first_author(title, authors):
    split = split_glued(title + authors)
    assert (split.title, split.raw_authors) == (title, authors)


@pytest.mark.parametrize(
    ("title", "authors"),
    [
        ("Ferries in Numbers, 1990-2000", "MaryAnn Holt, Eva Sand"),
        ("Ferries and LLMs", "JuanCarlos Roux, Luc Petit et al."),
        ("Who Pays for Ferries?", "TorvaOste Karimi, Eva Sand"),  # no name that is known
        ("Ferries, Version 3.1", "TorvaOste Karimi, Eva Sand"),
        ("Ferries (a long story)", "vera oakes, Ann Roe, Bo Ek et al."),  # in small letters
        ("Ferries of the Overlap", "N'Vila Torre, Eva Sand"),  # `OverlapN'Vila` begins no name
    ],
)
def test_a_given_name_with_a_capital_inside_stands_behind_what_ends_a_title(title, authors):
    split = split_glued(title + authors)
    assert (split.title, split.raw_authors) == (title, authors)


@pytest.mark.parametrize("authors", ["HillLoom Team, Ann Roe", "Loom Team, Ann Roe"])
def test_a_compound_is_the_titles_where_the_page_has_it(authors):
    """Nothing else tells `Shed|HillLoom Team` from `ShedHill|Loom Team`."""
    line = f"Weaving with Shed{authors}" if "Hill" in authors else f"Weaving with ShedHill{authors}"
    assert split_glued(line).confidence < SURE
    assert split_glued(line, abstract="We weave on a farm.").confidence < SURE
    known = split_glued(line, abstract="We weave with ShedHill.")
    assert (known.title, known.names[0]) == ("Weaving with ShedHill", "Loom Team")
    other = split_glued(line, abstract="HillLoom is a shed for weaving.")
    assert (other.title, other.names[0]) == ("Weaving with Shed", "HillLoom Team")


@pytest.mark.parametrize(
    "line", ["Owls in Numbers, 2025Kestrelworks", "Owls at Sea (OaS)Kestrel-2"]
)
def test_a_word_right_behind_a_titles_end_may_be_a_name(line):
    assert split_glued(line).confidence < SURE


def test_a_word_of_english_is_no_part_of_a_given_name():
    split = split_glued("A Plea for FaceBookJun Roe, Bo Ek")  # "BookJun" sounds Korean at best
    assert split.title == "A Plea for FaceBook"


def test_the_prefix_of_a_surname_ends_no_title():
    split = split_glued("Who Needs Gulls? A Case for McGullanna moor, Bo Ek")
    assert not split.title.endswith("Mc")


@pytest.mark.parametrize(
    "piece",
    [
        "aA",
        "Aa, ",
        "ia",
        "ngA",
        "王",
        "#",
        "a #A",
        "A. ",
        "van ",
        ",",
        "éÉ",
        "the ",
        "1Aa",
        "of A ",
    ],
)
def test_long_junk_is_split_in_time_that_grows_with_it(piece):
    assert_linear(lambda size: split_glued(repeated(piece, size)), 200_000)


def test_abstract_settles_a_doubtful_split():
    line = "Old Songs for the YarnQuiltNora Vane"
    sure = split_glued(line, abstract="We sew a YarnQuilt from old songs.")
    assert sure.title == "Old Songs for the YarnQuilt"
    assert sure.confidence > split_glued(line).confidence


def test_names_elsewhere_on_the_page_settle_a_doubtful_split():
    line = Glued("Roads to ShoreTorvaOste Karimi, Bo Lu")
    other = Glued("How Tides TurnIda Berg, TorvaOste Karimi, Kim Roe et al.")
    alone, (with_other, _) = split_page([line])[0], split_page([line, other])
    assert alone.names != ("TorvaOste Karimi", "Bo Lu")
    assert alone.confidence < SURE
    assert with_other.names == ("TorvaOste Karimi", "Bo Lu")


# 2026-11: 99.95 % of all 6,000 real lines in pages of 50, all of the sure ones (see
# title_evidence); of our own 320 lines all but one, and all of the sure ones.
_LINES = {
    "own": (ROOT / "tests" / "data" / "title_split" / "lines.jsonl", 1, 0.995),
    "real": (SHARED / "bench" / "title_split" / "lines.jsonl", 3, 0.999),
}
_SURE_FLOOR = 0.9997


@pytest.mark.parametrize("name", ["own", pytest.param("real", marks=needs_shared)])
def test_split_accuracy_on_labelled_lines(name):
    file, step, floor = _LINES[name]
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines[::step]]  # of the many a third, to be fast
    assert len(rows) >= 300
    splits = split_page([Glued(row["line"]) for row in rows])
    exact = [
        (split.title, list(split.names), split.et_al)
        == (row["title"], row["authors"], row["et_al"])
        for split, row in zip(splits, rows, strict=True)
    ]
    sure = [right for right, split in zip(exact, splits, strict=True) if split.confidence >= SURE]
    assert sum(exact) / len(exact) >= floor
    assert sum(sure) / len(sure) >= _SURE_FLOOR
    assert len(sure) / len(exact) >= 0.98  # sure of few lines would be no help


@pytest.mark.parametrize(
    "line",
    [
        "A Case for OpenWoolMOSS Team, Ann Lee et al. · mit",
        "Who Needs Nets? The Case of FairRopeWIRE-X Collaboration, Bo Roe et al. · mit",
    ],
)
def test_a_group_whose_name_may_begin_at_a_later_capital_is_a_guess(line):
    """The page has the word open, so nothing says where the group's name begins."""
    abstract = "We open a fair case for nets, and find that some of them hold more fish."
    (split,) = split_page([Glued(line, abstract)])
    assert split.confidence < 0.6
