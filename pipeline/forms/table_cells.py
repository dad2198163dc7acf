r"""Cells: a page that lies in one cell of a table, as spreadsheets and scripts write them (CSV).

What belongs here: telling that a quoted cell holds a page, and taking it out. What does not: tables
of one line in each cell (`line_frames`), tables of papers, which are no page.
"""

import re

_MIN_LINES = 10
_MIN_SHARE = 0.6  # of the file
_MOST_OTHER = 400  # characters of a line beside the cell: addresses, dates
# A cell that holds line ends is quoted, quotes inside it are doubled. The quote stands first, what
# is above it after: so other signs are passed over at once.
_CELL = re.compile(r'"(?<![^,;\t|\n]")(?P<text>[^"]*+(?:""[^"]*+)*+)"(?= *+(?:[,;\t|\n]|\Z))')


def unpack_cells(text: str) -> str | None:
    """Return the pages of a table's cells, each line where it was; None if there are none.

    Args:
        text: the text of the file, lines ended by LF.
    """
    cells = [cell for cell in _CELL.finditer(text) if cell["text"].count("\n") >= _MIN_LINES]
    if not cells or sum(len(cell["text"]) for cell in cells) < _MIN_SHARE * len(text):
        return None
    written, end = [], 0
    for cell in cells:
        beside = text[end : cell.start()]
        if any(len(line) > _MOST_OTHER for line in beside.split("\n")):
            return None
        written += ["\n" * beside.count("\n"), cell["text"].replace('""', '"')]
        end = cell.end()
    return "".join([*written, "\n" * text.count("\n", end)])
