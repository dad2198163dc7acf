"""Lines of a page by what stands around them: paragraphs of a card, the next line that is filled.

What belongs here: finding them. What does not: what follows for a card (`plausibility`).
"""

from collections.abc import Sequence

from pipeline.contract.findings import Record
from pipeline.extraction.site_lines import known_lines
from pipeline.forms.site_lines import any_site

_LEAST_PARAGRAPH = 45  # characters


def several_texts(records: Sequence[Record], texts: Sequence[str]) -> frozenset[int]:
    """Return the numbers of the lines where cards begin that have several paragraphs.

    Where lines were joined, a title that was joined to the text above it leaves its own text
    behind: it seems to be another paragraph of the card above.

    Args:
        records: the cards of a page.
        texts: its lines.
    """
    site = any_site(known_lines())
    long = {
        number
        for number, text in enumerate(texts, 1)
        if len(text) >= _LEAST_PARAGRAPH and not (site.begins(text) or site.is_whole(text))
    }
    below = {one.line_start: range(one.line_start + 1, one.line_end + 1) for one in records}
    return frozenset(begin for begin, own in below.items() if sum(n in long for n in own) > 1)


def next_filled(texts: Sequence[str], number: int, by: int) -> int:
    """Return the number of the next line that is not blank; that of an end where none is."""
    number += by
    while 0 < number <= len(texts) and not texts[number - 1]:
        number += by
    return number
