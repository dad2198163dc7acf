"""Forms undone: what tools did to a page is taken back, and nothing else changes."""

import re
import textwrap

import pytest
from form_pages import PAGES, SITES, read
from growth import assert_linear, repeated
from helpers import ROOT, SAMPLE, SHARED, needs_shared
from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms.signs import signs
from pipeline.forms.undo import STEPS, undo
from pipeline.text.whitespace import split_lines

WIDTHS = (60, 72, 80, 100)


def wrapped(text, width, *, hyphens=True, hang=""):
    """Wrap each line as Python's textwrap does."""
    lines = []
    for line in text.split("\n"):
        shown = textwrap.wrap(line, width, break_on_hyphens=hyphens, subsequent_indent=hang)
        lines += shown or [""]
    return "\n".join(lines)


def folded(text, width):
    """Wrap each line as fold -s does: the space stays at the end of the line."""
    lines = []
    for line in text.split("\n"):
        while len(line) > width and (at := line.rfind(" ", 0, width)) > 0:
            lines.append(line[: at + 1])
            line = line[at + 1 :]
        lines.append(line)
    return "\n".join(lines)


def quoted(text, sign="> "):
    return "\n".join((sign + line).rstrip() for line in text.split("\n"))


def without_blank(text):
    return "\n".join(line for line in text.split("\n") if line.strip())


def blank_below_each(text):
    return text.replace("\n", "\n\n")


FORMS = {
    "wrapped": wrapped,
    "not at hyphens": lambda text, width: wrapped(text, width, hyphens=False),
    "hanging": lambda text, width: wrapped(text, width, hang="    "),
    "folded": folded,
    "blank lines doubled": lambda text, width: blank_below_each(wrapped(text, width)),
    "quoted": lambda text, width: quoted(wrapped(text, width)),
    "quoted twice, then wrapped": lambda text, width: wrapped(quoted(text, "> > "), width),
    "quoted without a space, then wrapped": lambda text, width: wrapped(quoted(text, ">"), width),
    "hanging, then quoted without a space": lambda text, width: quoted(
        wrapped(text, width, hang="  "), ">"
    ),
    "folded, with bars": lambda text, width: quoted(folded(text, width), "| "),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("site", PAGES)
def test_every_form_of_a_page_is_read_as_the_plain_one(site, form, width):
    plain = PAGES[site]
    saved = FORMS[form](plain, width)

    undone = undo(saved, SITES)

    assert read(undone.lines) == read(plain.split("\n"))
    assert len(read(undone.lines)) == 4
    assert "wrapping" in undone.steps
    assert not undone.uncertain
    assert "wrapping" in signs(saved) or "quotes" in signs(saved)


@pytest.mark.parametrize("site", PAGES)
def test_lines_keep_their_place_in_the_file(site):
    saved = quoted(wrapped(PAGES[site], 72))
    file_lines = saved.split("\n")

    undone = undo(saved, SITES)

    def letters(text):
        return re.sub(r"\W", "", text)

    for line, (first, last) in zip(undone.lines, undone.spans, strict=True):
        assert letters(line) == letters("".join(file_lines[first - 1 : last]))
    ends = [last for _, last in undone.spans]
    assert ends == sorted(ends)
    assert ends[-1] == len(file_lines)


OWN = ROOT / "tests" / "data" / "pages"


@pytest.mark.parametrize(
    "path", sorted([*SAMPLE.glob("*.txt"), *OWN.glob("*.txt")]), ids=lambda path: path.name
)
def test_a_plain_page_is_left_alone(path):
    text = "\n".join(split_lines(path.read_text()))

    undone = undo(text, SITES)

    assert undone.steps == ()
    assert undone.lines == tuple(text.split("\n"))


@pytest.mark.parametrize("path", sorted(SAMPLE.glob("*.txt")), ids=lambda path: path.name)
def test_a_plain_page_gives_no_sign(path):
    assert signs("\n".join(split_lines(path.read_text()))) == ()


@needs_shared
@pytest.mark.parametrize("folder", ["raw", "pages"])
def test_real_plain_pages_give_no_sign_and_are_left_alone(folder):
    for path in sorted((SHARED / folder).glob("*.txt")):
        text = "\n".join(split_lines(path.read_text()))
        assert (signs(text), undo(text, SITES).steps) == ((), ()), path.name


@needs_shared
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("form", FORMS)
def test_real_pages_in_every_form_are_read_as_the_plain_ones(form, width):
    n_titles = n_wrong = 0
    for path in sorted((SHARED / "raw").glob("*.txt")):
        text = "\n".join(split_lines(path.read_text()))
        plain = {(title, names) for title, names, _ in read(text.split("\n"))}
        undone = undo(FORMS[form](text, width), SITES)
        shown = [(title, names) for title, names, _ in read(undone.lines)]
        n_titles += len(shown)
        n_wrong += sum(item not in plain for item in shown)
    assert n_titles >= 240
    assert n_wrong <= 2  # a glued line of title and authors that fills its last line


LINES = st.lists(
    st.sampled_from(
        [
            "",
            "> A title of some length that is long enough to be wrapped by tools",
            "> goes on here and goes on and on until the line is full of words and",
            "ends here.",
            "Authors: Ann Lee,",
            "    Abstract: One… ▽ More One two three. △ Less",
            "▽ More",
            "▽",
            "More",
            "△ Less",
            "| a | b |",
            "a well-known hyphen at the end of a line that is quite long, too-",
            "  • ·",
            "1. arXiv:2405.10001 [pdf, other] cs.CL On Boats Authors: Ann Lee Abstract: We sail. "
            "Submitted 3 May, 2024; originally announced May 2024. Comments: 3 pages",
            "We look at boats and count what we see there. We look at boats and count what we see"
            " there.",
        ]
    ),
    max_size=30,
)


@pytest.mark.parametrize("name", [name for name, _ in STEPS])
@given(lines=LINES)
def test_each_step_changes_nothing_the_second_time(name, lines):
    step = dict(STEPS)[name]
    once = step("\n".join(lines), SITES)
    assert step(once, SITES) == once


@given(st.text(alphabet="aA .,-\n>▽△Mores…", max_size=400))
def test_any_text_can_be_undone_and_keeps_its_number_of_lines(text):
    undone = undo(text, SITES)
    assert undone.spans[-1][1] == text.count("\n") + 1


@pytest.mark.parametrize(
    "junk", ["> ", "| ", "[", "▽ More ", "More ", "a, ", "- ", "1. ", "·", "A"]
)
def test_long_junk_takes_no_longer_than_long_text(junk):
    for piece in sorted({junk, junk.replace(" ", "\n")}):
        assert_linear(lambda size, piece=piece: undo(repeated(piece, size), SITES), 200_000, piece)


@pytest.mark.parametrize("unit", ["▽", "△", "](", "[1]", "> ", "x\n", "▽ More ", "| ", "a, "])
def test_signs_are_looked_for_in_linear_time(unit):
    """Half a megabyte of anything: what looks along the line at each sign takes a minute."""
    assert_linear(lambda size: signs(repeated(unit, size)), 500_000)


def test_what_authors_mark_in_one_text_is_no_form_of_the_page():
    """Strong words and signs by name in a text or two: the TeX of other cards stays."""
    marked = "We knit **nets**, **ropes** and **sails**, R&amp;D, a &lt; b, c &gt; d &quot;e&quot;."
    plain = "We fish in all of the seas with them, and find that few of them break in a storm."
    cards = [
        f'{n} Nets by the Nystr\\"om Method of Wool \\& Rope\n\nAnn Lee, Bo Roe\n\n'
        + (marked if n == 3 else plain)
        for n in range(60)
    ]
    page = "\n\n".join(cards)
    assert undo(page, SITES).steps == ()
    assert undo(page.replace(plain, marked), SITES).steps
