"""Titles and names that were broken into lines, with nothing between them."""

import textwrap

import pytest
from growth import assert_linear, repeated

from pipeline.extraction.readings import read
from pipeline.sources.title_lines import Shown, count_title_lines

TITLES = [
    "Parsing Without Trees and Other Plants That Grow in Gardens of the North",
    "Counting Boats at Night: A Survey of Ten Harbours, Two Rivers and One Lake",
    "Do Gulls Help? A Case for Slow Rowing",
    "A Note on Wooden Keels",
    "On $k$-partite structures in fishing nets and their use for mending",
    "Fast Rowing on Cold Lakes by Reinforcement Learning from Human Feedback",
    "Where the Ropes Cross Over the Harbour Wall at Lower Cost",
    "Tides and Boats & Nets; or, how the regatta was won",
    "Words That Drift",
    "Quasi-static Anchors and the pre- and post-war eras of Deep-sea Fishing",
]
NAMES = [
    "Mara Ilves, Jonas Petri",
    "Ana Lund",
    "Oto Kask, Li Wei, Jonas Petri, Mara de la Cruz, W. -X. Tamm",
    "the LAGO Working Group, Pia Holm, Sam Reed, Ole Bakke, Ida Berg, Eva Sand",
    "Pia Holm, Ole van der Berg",
    "王小明, Ana Lund, Eva Sand",
    "Sam Reed, Kit Moss, Mara Ilves, Oto Kask",
    "Eva Sand, Bo Ek",
    "Ida Berg, Kit Moss, Jonas Petri, Pia Holm, Ana Lund, Mara Ilves, Sam Reed",
]
# Each title above several lists.
CARDS = [(f"{'On ' * (n > 9)}{TITLES[n % 10]}", NAMES[n % 9]) for n in range(30)]


def _page(width: int, indent: str = "") -> str:
    lines = [f"Fri, 3 May 2024 (showing {len(CARDS)} of {len(CARDS)} entries )"]
    for n, (title, names) in enumerate(CARDS, 1):
        lines.append(f"[{n}] arXiv:2405.{10000 + n} [pdf, html, other]")
        below = (f"Title: {title}", names, "Subjects: Computation and Language (cs.CL)")
        for text in below:
            lines += textwrap.wrap(
                text, width, break_on_hyphens=False, initial_indent=indent, subsequent_indent=indent
            )
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("indent", ["", "    "])
@pytest.mark.parametrize("width", range(48, 79, 2))
def test_a_list_wrapped_without_blank_lines_is_read_whole_and_never_wrongly(width, indent):
    """A title may end where its line is full: then it goes on with the names below, by its form."""
    read_as = {
        record.arxiv_id: (record.title, ", ".join(author.name for author in record.authors))
        for record in read(_page(width, indent), None).records
    }
    truth = {f"2405.{10000 + n}": card for n, card in enumerate(CARDS, 1)}
    assert {key: card for key, card in read_as.items() if card != truth.get(key or "")} == {}
    assert len(read_as) >= len(CARDS) - 2


SHOWN = Shown()
for _title, _names in CARDS:
    SHOWN.add(_title, _names.split(", "))


@pytest.mark.parametrize(
    ("title", "names"),
    [
        (["Fast Rowing on", "Cold Lakes"], ["Ana Lund"]),
        (["Fast Rowing on Cold Lakes"], ["Ana Lund, Mara", "Ilves, Kit Moss"]),
        (["Slow Rowing: Boats, Nets and", "Keels"], ["Oto Reed, Bo", "Berg"]),
        (["What Drifts?"], ["the LAGO Group, Ana Lund"]),
    ],
)
def test_words_tell_a_title_from_names(title, names):
    assert count_title_lines([*title, *names], SHOWN) == len(title)


@pytest.mark.parametrize(
    "lines",
    [
        ["A Theorem of Paul", "Erdős", "Ann Roe"],  # whose name is it?
        ["Learning with Paul", "Hidden Markov", "Rainer Maria"],
        ["Only a title"],
    ],
)
def test_what_words_do_not_tell_is_left_open(lines):
    assert count_title_lines(lines, SHOWN) is None


@pytest.mark.parametrize("piece", ["a, ", "(", "Ann ", "a-"])
def test_long_junk_is_weighed_in_time_that_grows_with_it(piece):
    def count(size):
        count_title_lines(["Nets", repeated(piece, size).strip(), "Ann Lund"], SHOWN)

    assert_linear(count, 80_000)


def test_a_name_in_small_letters_begins_where_the_form_says():
    """The page has a line end there that no width forced; other borders lie inside the title."""
    lines = ["Are Nets All You Need? On Ropes and Robust", "Pricing of Wool", "wool moss, Ann Lee"]
    assert count_title_lines(lines, Shown(), width=60, expected=2) in (2, None)
    assert count_title_lines(lines, Shown({"ann"}, {"pricing", "wool"}), width=60, expected=2) == 2
