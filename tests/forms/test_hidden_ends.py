"""Links hide what a line is; lines that were joined for that are cut again."""

from textwrap import wrap

import pytest
from form_pages import SITES, cluster_page, feed_page

from pipeline.extraction.readings import read
from pipeline.forms.hidden_ends import cut_again
from pipeline.forms.marks import ENDED, numbered

_OPENING = "ICML Conference 2023 Conference Paper"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"{_OPENING}{ENDED} Nets of rope", (_OPENING, "Nets of rope")),
        (f"ICML Conference{ENDED} 2023 Conference Paper{ENDED} Nets", (_OPENING, "Nets")),
        (f"prose ends.{ENDED} {_OPENING}{ENDED} Nets", ("prose ends.", _OPENING, "Nets")),
        (f"Nets of{ENDED} rope for{ENDED} the sea", ("Nets of rope for the sea",)),
        (f"A, B et al.{ENDED} · mit", ("A, B et al. · mit",)),
    ],
)
def test_what_a_site_knows_is_a_line_again(text, lines):
    found = numbered(cut_again(text, SITES))
    assert found.lines == lines
    assert found.spans[-1][1] == text.count(ENDED) + 1


@pytest.mark.parametrize("width", [60, 66, 72, 80])
@pytest.mark.parametrize("page", [cluster_page, feed_page], ids=["arrow", "scholar_feed"])
def test_pages_of_links_without_blank_lines_are_read_as_the_plain_ones(page, width):
    """Each opening is a link or two, nearly as long as a line."""
    plain = "\n".join(line for line in page().split("\n") if line.strip())
    linked = plain.replace("Conference Paper", "[Conference Paper](https://nets.example.org/paper)")
    linked = linked.replace("Mara Ilves", "[Mara Ilves](https://nets.example.org/a/mara_ilves)")
    wrapped = "\n".join(
        part
        for line in linked.split("\n")
        for part in wrap(line, width, break_long_words=False, break_on_hyphens=False)
    )
    wanted = {record.title: record.authors for record in read(plain, None).records}
    found = read(wrapped, None)
    shown = {r.title: r.authors for at, r in enumerate(found.records) if at not in found.held}
    assert shown.items() <= wanted.items()
    assert found.distrust or len(found.records) == len(wanted)
