"""Labels apart from their colon or their text, and titles that only look so."""

import pytest

from pipeline.forms.labels import undo_labels
from pipeline.forms.marks import ENDED, numbered

SHOWN = {
    "space": (
        "Abstract : We wait.\nAbstract :  We bake.\n",
        "Abstract: We wait.\nAbstract: We bake.\n",
    ),
    "once": ("Title\nAuthors: A\nAbstract : We wait.\n", "Title\nAuthors: A\nAbstract: We wait.\n"),
    "full_width": ("Authors：A, B\nAuthors：C\n", "Authors: A, B\nAuthors: C\n"),
    "below": ("Abstract\n\n:\nWe wait.\n", f"Abstract:{ENDED}{ENDED} \nWe wait.\n"),
    "inside": ("MSC Class : 00A00 ACM Class : I.2\n", "MSC Class: 00A00 ACM Class: I.2\n"),
    "alone": (
        "Comments:\n12 pages\nTitle:\n\n A B\n",
        f"Comments:{ENDED} 12 pages\nTitle:{ENDED}{ENDED} A B\n",
    ),
}


@pytest.mark.parametrize("case", SHOWN)
def test_labels_are_mended(case):
    written, shown = SHOWN[case]
    assert undo_labels(written, ()) == shown
    assert undo_labels(shown, ()) == shown


def test_what_is_no_label_stays():
    for page in (
        "Comments : a Survey\nAuthors: A\nComments: 12 pages\n",
        "Attention : is all you need\nAuthors: A\n",
        "Abstract\nBoxes\nAuthors:\nA,\nB\nAbstract:\nWe wait.\n",
        "Abstract::Interpretation in Boxes\n",
    ):
        assert undo_labels(page, ()) == page


def test_labels_at_the_end_of_lines_are_cut_off():
    card = "1. Waiting Boxes Authors:\n\n Kari Moe,\n\n Tua Aas Abstract:\n\n We wait.\n"
    cut = card.replace(" Authors", "\ufdd1\nAuthors").replace(" Abstract", "\ufdd1\nAbstract")
    assert undo_labels(card * 2, ()) == cut * 2
    assert undo_labels(cut * 2, ()) == cut * 2
    dates = "Submitted 3 May, 2024;\n originally announced May 2024.\n"
    bare = f"2. Boxes Authors:\n Tua Aas Abstract: {dates}"
    lines = numbered(undo_labels(card * 2 + bare, ())).lines
    assert [line.strip() for line in lines[-6:-3]] == ["Authors:", "Tua Aas", "Abstract:"]
    prose = "Authors: A\nAbstract: Of boxes, see the\nAbstract:\nand more\n"
    assert undo_labels(prose, ()) == prose


def test_dates_behind_an_abstract_begin_a_line():
    text = "Abstract:\n{} We wait. Submitted 3 May, 2024;\n   originally announced May 2024.\n"
    lines = numbered(undo_labels(text.format("Long."), ())).lines
    assert lines[1:4] == (
        "Long. We wait.",
        "Submitted 3 May, 2024;",
        "   originally announced May 2024.",
    )
    prose = "Abstract: We wait. Submitted 3 May, 2024;\nit was late.\n"
    assert undo_labels(prose, ()) == prose


def test_space_around_the_nodes_of_dates_is_one():
    dates = "Submitted  3 May, 2024;  v1  submitted 3 May, 2024;"
    text = f"A:\n {dates}\n  originally announced  May 2024.\n"
    assert undo_labels(text, ()).split("\n")[1:3] == [
        " Submitted 3 May, 2024;  v1  submitted 3 May, 2024;",
        "  originally announced May 2024.",
    ]
    assert undo_labels(junk := ":\n" + " " * 50_000 + "Submitted" + " " * 50_000, ()) == junk


def test_a_doi_below_its_label_goes_beside_it():
    text = "    doi\n      10.1000/182\n"
    assert undo_labels(text, ()).replace(ENDED, "") == "    doi 10.1000/182\n"
