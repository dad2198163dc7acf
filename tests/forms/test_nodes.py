"""Pages torn at every tag: joined where commas, brackets and known lines make it certain."""

import re

from pipeline.extraction.site_lines import known_lines
from pipeline.forms.marks import ENDED, numbered
from pipeline.forms.nodes import undo_nodes
from pipeline.forms.site_lines import SiteLines
from pipeline.forms.undo import undo

CARD = """\
arXiv:2405.10001
[
pdf
,
other
]
cs.LG
stat.ML
doi
10.1000/abc
Waiting
systems
: a multi-
agent
view (
system
's)
Authors:
Kari Moe
,
Tua Aas
, et al. (12 additional authors not shown)
Abstract:
We wait for
systems
. They wait, too.
Submitted
3 May, 2024;
originally announced
May 2024.
"""


def undone(text):
    found = numbered(undo_nodes(text, known_lines()))
    return [line for line in found.lines if line]


def test_nodes_of_a_card_are_joined():
    assert undone(CARD + CARD)[:11] == [
        "arXiv:2405.10001 [pdf, other]",
        "cs.LG",
        "stat.ML",
        "doi 10.1000/abc",
        "Waiting systems: a multi-agent view (system's)",
        "Authors:",
        "Kari Moe, Tua Aas, et al. (12 additional authors not shown)",
        "Abstract:",
        "We wait for",
        "systems. They wait, too.",
        "Submitted 3 May, 2024;",
    ]


def test_joined_lines_keep_their_numbers():
    found = numbered(undo_nodes(CARD + CARD, known_lines()))
    spans = dict(zip(found.lines, found.spans, strict=True))
    assert spans["doi 10.1000/abc"][1] == 2 * CARD.count("\n") - len(CARD.splitlines()[10:])
    assert found.spans[-1][1] == 2 * CARD.count("\n") + 1


def test_nodes_that_keep_their_space_say_where_one_is():
    card = CARD.replace("Waiting\n", "Waiting \n").replace("agent\n", "agent \n")
    card = card.replace("We wait for\n", "We wait for \n").replace("Submitted\n", "Submitted \n")
    assert "Waiting systems: a multi-agent view (system's)" in undone(card + card)


DAYS = SiteLines(
    begins=re.compile(r"Submitted by\s"),
    whole=re.compile(r"by AK and the community|Submitted by \w+|Aug \d+|\d+(?: authors)?|·"),
)


def test_lines_that_a_site_knows_are_joined():
    page = "by\nAK\nand the community\nAug\n1\n"
    page += "Submitted by\nzed\n94\nThe Small Herd\n·\n5 authors\n2\n" * 2
    lines = [line for line in numbered(undo_nodes(page, (DAYS,))).lines if line]
    assert lines[:6] == [
        "by AK and the community",
        "Aug 1",
        "Submitted by zed",
        "94",
        "The Small Herd",
        "·",
    ]


def test_plain_pages_stay():
    for page in (
        "LGMay 4, 2020\nWaiting Boxes\n\nRuna Hallberg, Odd Viken et al.\n\nProse of it.\n" * 3,
        "-\nWaiting Boxes\nAuthors:\nA B,\nC D\nAbstract:\nWe wait.\nSubmitted 3 May, 2024;\n" * 3,
        "Submitted by zed\n94\nMay\n·\n5 authors\n" * 3,
    ):
        assert undo_nodes(page, known_lines()) == page


def test_spaces_between_nodes_go_but_not_the_authors_own():
    names = " [ pdf ,  ps ,  other ] \n Kari Moe ,  Tua Aas , \n"
    text = "the  system  of a  system  and the system . A graph -node : end"
    shown = undo_nodes(names * 5 + text, ())
    assert shown.splitlines()[0].strip() == "[pdf, ps, other]"
    assert "Kari Moe,  Tua Aas," in shown
    assert shown.endswith("and the system. A graph -node : end")


def test_a_piece_of_a_title_may_be_a_word_of_another_sites_menu():
    card = CARD.replace("Waiting\nsystems\n", "Waiting\nModels\n")
    assert undone(card + card)[4] == "Waiting Models: a multi-agent view (system's)"


def test_where_only_the_ends_of_lines_lost_their_space_a_piece_is_a_word():
    """Who quotes a page keeps its indents, and takes the space that stood before a line end."""
    card = CARD.replace("cs.LG", "        cs.LG").replace("stat.ML", "        stat.ML")
    card = card.replace("Waiting\nsystems\n: a", "        Waiting\nsystems\n of a")
    card = card.replace("view (", " view (").replace("Kari Moe", "   Kari Moe")
    shown = map(str.strip, undone(card + card))
    assert "Waiting systems of a multi-agent view (system's)" in shown


def test_a_colon_that_begins_the_rest_of_a_title_stays():
    """A page on which several do: none of them is a mark of a list of definitions."""
    page = "".join(
        CARD.replace("Waiting\n", f"Waiting {n} \n").replace(": a multi-", ": A Survey of")
        for n in range(6)
    )
    assert undo(page, known_lines()).lines.count(
        "Waiting 3 systems: A Survey of agent view (system's)"
    )


def test_a_line_of_nothing_but_what_a_step_left_is_no_line():
    names = "Ann Lee\n,\nBo Chen\n,\nCy Roe\n,\nDi Fox\n,\n"
    found = undo_nodes(f"{names}{ENDED}\nEve Kim\n,\n{ENDED}\nFay Oz\n", known_lines())
    assert "".join(numbered(found).lines[:1]) == "Ann Lee, Bo Chen, Cy Roe, Di Fox,"
    assert "Eve Kim" in found
