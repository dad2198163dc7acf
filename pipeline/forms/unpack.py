"""Unpacking: a page that lies inside something else than a page.

What belongs here: telling that a file is an MHTML file, the source of a page shown as a page, JSON
that holds a page in one field or a table that does in one cell, and taking the page out. What does
not: forms of text (`undo`), files that hold no page, of which people are told what to do
(`extraction`).

What is taken out keeps the lines of the file by the signs of `marks`; whoever splits it into lines
asks `marks.numbered` for them.
"""

from pipeline.forms.json_text import json_address, unpack_json
from pipeline.forms.marks import without_marks
from pipeline.forms.markup_source import close_empty_tags, unpack_source
from pipeline.forms.mhtml import mhtml_address, unpack_mhtml
from pipeline.forms.table_cells import unpack_cells

# In this order. One is undone: what lies in two, a shown source in a single file, is set aside.
_PACKINGS = (
    ("mhtml", unpack_mhtml),
    ("view_source", unpack_source),
    ("json_text", unpack_json),
    ("table_cells", unpack_cells),
)
PACKINGS = frozenset(code for code, _ in _PACKINGS)


def unpack(text: str) -> tuple[str, str | None]:
    r"""Take a page out of what holds it.

    Args:
        text: the text of a file.

    Returns:
        The page, with signs where its lines are not the file's, and the code of what held it; the
        text itself and None if nothing did. XHTML comes back with its empty tags closed, so that
        it means as HTML what it meant: that is no packing, and no line moves.

    >>> unpack("Title\nAuthors: Ann Lee")
    ('Title\nAuthors: Ann Lee', None)
    """
    plain = without_marks(text)
    if "\r" in plain:
        plain = plain.replace("\r\n", "\n").replace("\r", "\n")
    for code, take_out in _PACKINGS:
        page = take_out(plain)
        if page is not None:
            return close_empty_tags(page), code
    return close_empty_tags(plain), None


def address_in(text: str, packing: str) -> str | None:
    """Return the address of the page that a file holds, where the file names it; else None.

    Args:
        text: the text of the file.
        packing: what holds the page, as `unpack` says.
    """
    return _ADDRESSES[packing](text) if packing in _ADDRESSES else None


_ADDRESSES = {"mhtml": mhtml_address, "json_text": json_address}
