"""Links of Markdown: the text stays, the address is evidence, a title is no link by accident."""

import re
import textwrap

import pytest
from form_pages import SITES, read, search_page
from growth import assert_linear, repeated

from pipeline.forms.addresses import take_addresses
from pipeline.forms.links import undo_links
from pipeline.forms.markers import undo_markers
from pipeline.forms.marks import ENDED, UNSURE
from pipeline.forms.signs import signs
from pipeline.forms.undo import undo

NAV = "[Help](https://a.example/help) [Log in](/login) [About](/about)\n"


def plain(text):
    return take_addresses(undo_links(text, ()))[0]


def addresses(text):
    return [(found.address, found.line) for found in take_addresses(undo_links(text, ()))[1]]


SHOWN = {
    "link": ("[Kari Moe](https://a.example/k)", "Kari Moe"),
    "relative": ("[Kari Moe](/search/?query=Moe%2C+K)", "Kari Moe"),
    "title": ('[Kari Moe](/k "All papers (12)")', "Kari Moe"),
    "parentheses": ("[Boxes](https://a.example/Box_(harbour))", "Boxes"),
    "no_address": ("[Next]()", "Next"),
    "brackets_inside": ("[[pdf](/pdf/1), [other](/format/1)]", "[pdf, other]"),
    "image": ("Submitted by ![](/avatars/k.svg) kari", "Submitted by  kari"),
    "image_in_link": ("[![logo](/l.png)Kari Moe](/kari)", "Kari Moe"),
    "autolink": ("Code: <https://a.example/code>", "Code: https://a.example/code"),
    "attributes": ('[Kari Moe](/kari){.author target="_blank"}', "Kari Moe"),
    "lines": ("[* ![](/a.svg)\n* ·\n\n  4 authors](/papers/1)", "* \n* ·\n\n  4 authors"),
    "wrapped_target": ("[Kari Moe](https://a.example/papers-\nby/k) wrote", "Kari Moe\n wrote"),
}


@pytest.mark.parametrize("case", SHOWN)
def test_text_of_a_link_stays(case):
    written, shown = SHOWN[case]
    assert plain(NAV + written) == f"Help Log in About\n{shown}"


NO_LINKS = (
    "Learning f[x](t) from h[x](t) and g[x](t)",
    "[18F](FDG) and [11C](PIB) in the brain",
    "Boxes on [0, 1) and ](0, 1]",
    "Deep [Learning] (and the rest)",
)


@pytest.mark.parametrize("title", NO_LINKS)
def test_title_with_brackets_is_no_link(title):
    assert plain(title) == title
    assert plain(NAV + title).endswith(title)


def test_one_link_makes_no_page_of_markdown():
    page = "A title\nOur code is at [this page](https://a.example/code), see there.\n"
    assert plain(page) == page


def test_wrapped_text_of_a_link_is_one_line():
    shown = plain(NAV + "### [Waiting Boxes: Short\nQueues for Cranes](/papers/1)\n")
    assert shown.splitlines()[1] == f"### Waiting Boxes: Short{ENDED} Queues for Cranes"


def test_line_end_in_the_text_of_a_link_is_sure():
    shown = plain(f"{NAV}[Waiting Boxes{UNSURE}\nand Cranes](/papers/1)\n")
    assert shown.splitlines()[1] == f"Waiting Boxes{ENDED} and Cranes"
    assert plain(f"{NAV}[Kari{ENDED}{UNSURE} Moe](/k)").endswith(f"\nKari{ENDED} Moe")
    several = f"Waiting Boxes and Cranes in the Harbours{ENDED}{UNSURE} Kari Moe, Tua Aas, Bo Quist"
    assert plain(f"{NAV}[{several}](/k)").endswith(f"\n{several}")


def test_addresses_are_told_with_their_lines():
    page = NAV + "\n[Boxes](/abs/2405.10001)\n[A](/a), [B](/b)"
    assert addresses(page)[3:] == [("/abs/2405.10001", 3), ("/a", 4), ("/b", 4)]


def test_address_of_several_lines_is_in_the_first_and_last():
    page = NAV + "[\n\nBoxes\n\n* one\n\n](/abs/2405.10001)"
    assert {line for address, line in addresses(page) if address == "/abs/2405.10001"} == {4, 6}


def test_tags_left_in_markdown_go_and_their_addresses_stay():
    page = '<div class="a">\n\n<span>Authors:</span> <a href="/k">Kari Moe</a>\n\n</div>\n'
    assert plain(page) == "\n\nAuthors: Kari Moe\n\n\n"
    assert addresses(page) == [("/k", 3)]
    title = "Measuring H<sub>2</sub>O when p < q > r"
    assert plain(title) == title


def test_wrapped_tag_inside_a_line_goes_and_the_line_is_one():
    page = (
        f'<p>Boxes <span{ENDED} class="a"{ENDED} id="b">wait</span> long</p>\n'
        'Boxes <span\nclass="a">Authors:</span> <a\nhref="/k">Kari Moe</a>\n<div\nclass="a">\n'
    )
    assert plain(page) == (
        f"Boxes {ENDED}{ENDED}wait long\nBoxes {ENDED}Authors: {ENDED}Kari Moe\n\n\n"
    )
    assert addresses(page) == [("/k", 5)]


def test_wrapped_text_of_a_tag_that_is_a_link_is_one_line():
    page = '### <a href="/papers/1"\nclass="line">Waiting Boxes: Short\nQueues</a>\n<p>\n</p></p>\n'
    assert plain(page).splitlines()[0] == f"### {ENDED}Waiting Boxes: Short{ENDED} Queues"
    blocks = '<a href="/k">Boxes\n\nKari Moe</a>\n<p>\n</p></p>\n'
    assert plain(blocks).startswith("Boxes\n\nKari Moe\n")


def test_links_that_a_second_tool_took_for_text_are_links():
    page = "".join(f"\\[Kari Moe {n}\\](https://a.example/k\\_{n})\n" for n in range(3))
    assert plain(page) == "Kari Moe 0\nKari Moe 1\nKari Moe 2\n"
    formula = "We show \\[x\\](y) and \\[a\\] (b).\n" * 3
    assert plain(formula) == formula


def test_spans_and_fences_of_pandoc_go():
    page = "::: {.tags}\n[Authors:]{.bold} [Kari Moe](/k)\n:::\n\n1.  ::: a\n[x]{.b}[y]{.c}\n:::\n"
    assert plain(page) == "\nAuthors: Kari Moe\n\n\n1.  \nxy\n\n"


def test_escapes_go_where_links_show_markdown():
    page = NAV + "\\[pdf, other\\]\nvop\\_nz and q\\_1: \\\\alpha\n"
    assert plain(page).splitlines()[1:] == ["[pdf, other]", "vop_nz and q_1: \\alpha"]
    tex = "The rate s\\_t is 5\\% and x_1 as in \\alpha"
    assert plain(tex) == tex
    assert plain(NAV + tex).endswith(tex)


def test_the_text_of_a_link_goes_on_with_dashes_but_not_with_an_item():
    """html2text wraps headings that are links; a line of them may begin with "--"."""
    page = "".join(
        f"### [Boats at Sea {n}: What They Can -- and Cannot\n-- Tell](/papers/{n})\n\n"
        f"[Harbours {n}\n- Gulls](/gulls/{n})\n\n"
        for n in range(4)
    )
    lines = plain(page).replace(ENDED, "").split("\n")
    assert "### Boats at Sea 2: What They Can -- and Cannot -- Tell" in lines
    assert "Harbours 2" in lines


def test_a_link_without_an_address_may_have_a_title():
    page = '[\\[1\\]]() [arXiv:2405.10001]( "Abstract") [pdf](/pdf/1 "Get it"), f[x]("t")\n' * 3
    shown, _ = take_addresses(undo_markers(undo_links(page, ()), ()))
    assert shown.split("\n")[0] == "[1] arXiv:2405.10001 pdf, fx"


def _with_addresses_behind(text: str) -> str:
    """Return a page as Firefox and Thunderbird save it as text: links, then where they lead."""
    linked = re.sub(r"(arXiv:(\S+))", r"\1 <https://arxiv.org/abs/\2>", text)
    return re.sub(
        r"(?<=Authors: )(.+)",
        lambda names: ", ".join(
            f"{name} <https://arxiv.org/search/?query={name.split()[-1]}>"
            for name in names[1].split(", ")
        ),
        linked,
    )


@pytest.mark.parametrize("columns", [None, 72, 100])
def test_addresses_behind_the_text_of_links_are_taken_off(columns):
    page = search_page()
    shown = _with_addresses_behind(page)
    assert "links" in signs(shown)
    if columns:
        shown = "\n".join(
            textwrap.fill(line, columns, break_long_words=False, break_on_hyphens=False)
            for line in shown.split("\n")
        )
    undone = undo(shown, SITES)
    assert "links" in undone.steps
    assert read(undone.lines) == read(page.split("\n"))
    addresses = [address for found in undone.links.values() for address in found]
    assert "https://arxiv.org/abs/2405.10001" in addresses


def test_addresses_that_are_all_that_is_shown_stay():
    page = search_page() + "".join(f"Comments: see <https://x.example/{n}>\n" for n in range(3))
    assert undo(page, SITES).lines[-2].endswith("see https://x.example/2")
    assert "links" not in signs(search_page())


@pytest.mark.parametrize(
    "junk", ["a <http://", " <https://a", "<mailto:" * 3 + ">", "a <file://x> <"]
)
def test_half_a_megabyte_of_addresses_costs_little(junk):
    assert_linear(lambda size: undo_links(repeated(junk, size), SITES), 500_000)
