"""Undoing the form of a page of text: all steps in their order, and what was undone.

What belongs here: the order of the steps, and the result. What does not: the steps (modules beside
this one), when a page is undone and whether the result is better (`extraction`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.forms.addresses import Address, place_addresses, take_addresses
from pipeline.forms.labels import undo_labels
from pipeline.forms.link_lists import undo_link_lists
from pipeline.forms.links import undo_links
from pipeline.forms.markers import undo_markers
from pipeline.forms.marks import ADDED, ENDED, joined_pieces, numbered, unsure_lines, without_marks
from pipeline.forms.nodes import undo_nodes
from pipeline.forms.odd_signs import with_usual_signs
from pipeline.forms.one_line import cut_lines
from pipeline.forms.page_breaks import without_breaks
from pipeline.forms.previews import part_previews
from pipeline.forms.quotes import unquote
from pipeline.forms.separators import cut_at_separators
from pipeline.forms.site_lines import SiteLines
from pipeline.forms.wrapping import unwrap


@dataclass(frozen=True)
class Undone:
    """A page in the plain form.

    Attributes:
        lines: its lines.
        spans: for each line the first and last line of the file it is made of, from 1.
        steps: short codes of what was undone, in the order of the steps; empty: nothing was.
        links: addresses that links of a line led to, by its index in `lines`.
        uncertain: indexes in `lines` of those with an end, or a join, of which the form does not
            tell whether one text goes on there or two meet: a title that holds the names below it,
            or lacks its last words. What is read from such a line needs other evidence.
        pieces: what the lines of the file gave to a line that was made of several, by its index.
        refused: codes of steps that lost lines of the file, and were not taken: a fault of theirs.
    """

    lines: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    steps: tuple[str, ...] = ()
    links: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    uncertain: frozenset[int] = frozenset()
    pieces: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    refused: tuple[str, ...] = ()


# A step: text with signs (see `marks`) to text with signs; the same text where there is nothing to
# undo. Each is idempotent.
Step = Callable[[str, Sequence[SiteLines]], str]
#
# The order matters: tools wrap and quote raw text, so signs of quotes go first and links are looked
# for in whole lines; what a line begins with is known once links and signs of markup are gone.
STEPS: tuple[tuple[str, Step], ...] = (
    ("odd_signs", with_usual_signs),
    ("separators", cut_at_separators),
    ("quotes", unquote),
    ("page_breaks", without_breaks),
    ("one_line", cut_lines),
    ("wrapping", unwrap),
    ("link_references", undo_link_lists),
    ("links", undo_links),
    ("markers", undo_markers),
    ("previews", part_previews),
    ("labels", undo_labels),
    ("nodes", undo_nodes),
)


def _file_lines(text: str) -> int:
    """Return how many lines the file has that a text with signs stands for."""
    return text.count("\n") + text.count(ENDED) - text.count(f"{ADDED}\n")


def undo(text: str, sites: Sequence[SiteLines]) -> Undone:
    """Bring a page of text to the plain form that sites read.

    Args:
        text: the text of the file, lines ended by LF.
        sites: what the known sites' pages have by the line.
    """
    text = without_marks(text)
    done: list[str] = []
    refused: list[str] = []
    addresses: list[Address] = []
    for name, step in STEPS:
        changed = step(text, sites)
        if changed == text:
            continue
        if _file_lines(changed) != _file_lines(text):
            refused.append(name)  # it has not understood the page
            continue
        done.append(name)
        text, found = take_addresses(changed)
        addresses += found
    links = place_addresses(addresses, text)
    unsure, pieces = unsure_lines(text), joined_pieces(text)
    return Undone(*numbered(text), tuple(done), links, unsure, pieces, tuple(refused))
