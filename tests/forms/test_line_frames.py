"""What programs put around every line of a page goes, what the page has itself stays."""

import pytest
from form_pages import PAGES, SITES, read
from growth import assert_linear, repeated

from pipeline.forms.line_frames import has_frames, without_frames
from pipeline.forms.quotes import unquote
from pipeline.forms.undo import undo


def _each(page, change, *, blank=True):
    lines = page.split("\n")
    return "\n".join(
        change(n, line) if blank or line else line for n, line in enumerate(lines, start=1)
    )


def _cell(line):
    return '"' + line.replace('"', '""') + '"' if "," in line or '"' in line else line


FRAMES = {
    "cat -n": lambda page: _each(page, lambda n, line: f"{n:6}\t{line}"),
    "grep -n": lambda page: _each(page, lambda n, line: f"{n}:{line}"),
    "nl": lambda page: _each(page, lambda n, line: f"{n:>4}: {line}"),
    "an editor": lambda page: _each(page, lambda n, line: f"{n + 40:3} {line}".rstrip()),
    "line breaks": lambda page: _each(page, lambda _, line: f"{line}<br>", blank=False),
    "backslashes": lambda page: _each(page, lambda _, line: f"{line}\\", blank=False),
    "cat -A": lambda page: _each(page, lambda _, line: f"{line}$"),
    "rows": lambda page: _each(page, lambda _, line: _cell(line)),
    "added lines": lambda page: _each(page, lambda _, line: f"+{line}"),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_a_page_in_frames_is_read_as_it_was(page, frame):
    undone = undo(frame(page), SITES)
    assert undone.steps[0] == "quotes"
    assert read(undone.lines) == read(page.split("\n"))
    assert undone.spans[-1][1] == page.count("\n") + 1


def test_a_list_of_all_lines_is_none():
    filled = [line for line in PAGES["arxiv_search"].split("\n") if line]
    listed = "\n".join(f"{n}. {line}" for n, line in enumerate(filled, 1))
    assert unquote(listed, SITES) == "\n".join(filled)


@pytest.mark.parametrize(
    "lines",
    [
        # Years, and a list with its own text below each item.
        [
            f"{year} was a year of boats"
            for year in (1990, 1992, 1991, 1990, 1999, 2001, 2002, 2003)
        ],
        [f"{n // 2}. A title" if n % 2 else "Some words on it" for n in range(2, 30)],
        # Titles that are quotations, and others that hold a comma.
        ['"Boats"', '"Bays"', '"Lunches"', "Boats, and bays", *"abcdef"],
        ["A box costs 3$", "and two, 6", *"abcdefgh"],
    ],
)
def test_what_the_page_has_itself_stays(lines):
    text = "\n".join(lines)
    assert without_frames(text) == text


def test_a_plain_page_shows_no_sign_of_frames():
    for page in PAGES.values():
        filled = [line.strip() for line in page.split("\n") if line.strip()]
        assert not has_frames(filled, "".join(line[0] for line in filled))


@pytest.mark.parametrize(
    "junk", ['"', '""', '"a', "1\t", "1 ", "1", "1. \n", '"a"\n', "\\\n", " <br>\n", "1\n"]
)
def test_frames_are_looked_for_quickly_in_long_junk(junk):
    assert_linear(lambda size: unquote(f"{repeated(junk, size)}\n" * 2, ()), 200_000)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_what_an_answer_says_around_a_quoted_page_is_none_of_it(page):
    quoted = "\n".join(f"> {line}".rstrip() for line in page.split("\n"))
    answer = f"Hi Bo,\nsee below!\n\nOn Monday Ann wrote:\n\n{quoted}\n\n-- \nAnn\n"
    assert read(undo(answer, SITES).lines) == read(page.split("\n"))
    # Another page above it is no answer.
    both = f"{page}\n\n{quoted}"
    assert undo(both, SITES).lines[0] == page.split("\n")[0]
