"""Cells that hold the affiliations of a paper's authors, in the spellings that tools write.

What belongs here: from one cell to a list of texts. What does not: whose an affiliation is, which
no such cell tells (`sql/people`).
"""

import ast
import html
import json
import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.inputs.record_values import shown
from pipeline.text.identifiers import is_nothing
from pipeline.text.whitespace import fold_space

# "['a' 'b']": arrays of NumPy as text, which Python would read as one text.
_NO_COMMA = re.compile(r"""(['"])\s+(?=['"])""")
# "[Lund, A; Kask, O] Univ Tartu": whose it is, as Web of Science writes it.
_WHOSE = re.compile(r"\[[^\[\]]*\]\s*")
_BETWEEN = re.compile(r"[;|\n]")
_NO_LIST = "is neither text nor a list of texts"


def read_affiliations(raw: object) -> list[str] | None:
    """Return the affiliations that a cell names, each once; None if there are none.

    A cell is a list (of lists: those of each author), or text: a list as JSON or Python writes it,
    or affiliations between semicolons, bars or line ends.

    Raises:
        ValueError: it is none of these.

    >>> read_affiliations("ETH Z&uuml;rich; MIT;"), read_affiliations("['ETH', 'MIT']")
    (['ETH Zürich', 'MIT'], ['ETH', 'MIT'])
    >>> read_affiliations("[Lund, A; Kask, O] Univ Tartu, Estonia; [Petri, J] MIT")
    ['Univ Tartu, Estonia', 'MIT']
    """
    return list(dict.fromkeys(filter(None, map(_cleaned, _texts(raw))))) or None


@lru_cache(maxsize=2**14)
def _cleaned(text: str) -> str | None:
    found = fold_space(html.unescape(text)).strip(" ;,")
    return None if is_nothing(found) else found


def _texts(raw: object) -> Iterator[str]:
    if isinstance(raw, list | tuple):
        for item in raw:
            yield from _items(item, raw)
    elif isinstance(raw, str):
        listed = _as_list(raw)
        if listed is None:
            yield from _BETWEEN.split(_WHOSE.sub("", html.unescape(raw)))
        else:
            yield from _texts(listed)
    else:
        raise ValueError(f"{shown(raw)} {_NO_LIST}")


def _items(item: object, whole: object) -> Iterator[str]:
    if isinstance(item, str):
        yield item
    elif isinstance(item, list | tuple) and all(isinstance(one, str) for one in item if one):
        yield from (one for one in item if one)
    elif item is not None:
        raise ValueError(f"{shown(whole)} {_NO_LIST}")


def _as_list(text: str) -> list[object] | None:
    """Return the list that a text spells, or None."""
    if not (text.lstrip().startswith("[") and text.rstrip().endswith("]")):
        return None
    for read in (json.loads, lambda one: ast.literal_eval(_NO_COMMA.sub(r"\1, ", one.strip()))):
        try:
            found = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(found, list):
            return found
    return None
