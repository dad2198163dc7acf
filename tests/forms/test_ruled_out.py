"""What steps rule out by a look at signs and lengths: never what they would undo."""

import re
import textwrap

import pytest
from form_pages import SITES, cluster_page, feed_page, papers_page, search_page

from pipeline.extraction.site_lines import known_lines
from pipeline.forms import at_begin, page_lines, site_lines, widths
from pipeline.forms.seen import seen
from pipeline.forms.undo import STEPS, undo
from pipeline.forms.wrapping import unwrap

PAGES = [page() for page in (search_page, feed_page, cluster_page, papers_page)]


def _prefixed(sign: str, page: str) -> str:
    return "\n".join(f"{sign}{line}" for line in page.split("\n"))


def _torn(page: str) -> str:
    return re.sub(r" (?=[,:\[\]·])|(?<=[,:\[\]]) ", "\n", re.sub(r"([,:\[\]])", r" \1 ", page))


CHANGES = (
    lambda page: page,
    lambda page: "\n".join(textwrap.fill(line, 72) for line in page.split("\n")),
    lambda page: _prefixed("> ", page),
    lambda page: _prefixed("- ", page),
    lambda page: re.sub(r"^(?=[A-Z])", "# ", page, flags=re.MULTILINE),
    lambda page: re.sub(r"^(?=\S)", "  • ", page, flags=re.MULTILINE),
    lambda page: re.sub(r"^(\w+):", r"*\1:*", page, flags=re.MULTILINE),
    lambda page: page.replace(":", " :"),
    lambda page: page.replace("Authors: ", "Authors:\n"),
    lambda page: page.replace("\n\n", "\n[ ]\n"),
    lambda page: page.replace("\n\n", "\n(BUTTON)\n"),
    lambda page: page.replace("\n\n", "\n*\n*\n"),
    lambda page: page.replace(" ", "\n", 60),
    _torn,
)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("page", PAGES)
def test_end_signs_rule_out_nothing_that_steps_undo(page, change, monkeypatch):
    text = change(page)
    shown = undo(text, SITES)

    def everywhere(_, text):
        return sorted(at for places in seen(text).begins.values() for at in places)

    asked = site_lines.AnySite(SITES)
    for of in (asked.begins_of, asked.whole_of):
        every = of("")
        monkeypatch.setattr(of.__self__, "_choose", lambda _, every=every: every)
    monkeypatch.setattr(at_begin.AtBegin, "_places", everywhere)
    for module in {step.__module__ for _, step in STEPS}:
        monkeypatch.setattr(f"{module}.any_site", lambda _: asked, raising=False)
    assert undo(text, SITES) == shown


SHORT = "Counting boats in wide and shallow bays\nOn Ropes"  # does not go on


@pytest.mark.parametrize("end", ["", " "])
@pytest.mark.parametrize("n_short", [0, 1])
@pytest.mark.parametrize("longest", range(248, 264, 3))
@pytest.mark.parametrize("width", [40, 120, 250, 254, 260, 263])
@pytest.mark.parametrize("n_pairs", [1, 2, 3, 4, 5])
def test_longer_lines_rule_out_no_width_that_a_page_has(
    longest, width, n_pairs, n_short, end, monkeypatch
):
    line = "navigation turns boats and " * 11
    pairs = [f"B{line[: width - 2 - n]}x{end}\n{line[: n + 12]}" for n in range(n_pairs)]
    page = "\n\n".join([*pairs, *[SHORT] * n_short, f"{line[: longest - 1]}y"])
    shown = unwrap(page, SITES)
    monkeypatch.setattr(widths, "_has_longer_lines", lambda *_: False)
    assert unwrap(page, SITES) == shown


def test_a_width_that_no_line_has_is_none():
    """Pairs may agree on a range in which no line of the page ends."""
    page = page_lines.PageLines("a line of twenty-nine signs,\nand another\n" * 3, known_lines())
    pairs = [page_lines.Neighbours(page, above, above + 1) for above in (0, 2, 4)]
    assert widths._exact_width(pairs, [80, 90], least=0.5) is None
    assert widths._exact_width(pairs, [30, 90], least=0.5).chars == 30
