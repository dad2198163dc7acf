"""A table of records that somebody brings, given the shape of `people.mentions` and `people.works`.

What belongs here: what of a record tells its authors from others, and homonym numbers behind names.
What does not: cells that any table of records has (`record_table`), cutting lists of authors
(`record_lists`), whose a name is (`sql/people`).
"""

import re
from collections import defaultdict
from typing import Any

import polars as pl
import pyarrow as pa

from pipeline.records.affiliations import read_affiliations
from pipeline.records.record_lists import Cells, column_style, listed_authors
from pipeline.records.record_table import CellReader, short_text
from pipeline.text.keys import name_key
from pipeline.text.name_shapes import turned_name

NEEDED = ("record_id", "title", "authors")
COLUMNS = (*NEEDED, "year", "venue", "affiliations", "organization", "abstract")
AS_ARROW = {
    "record_id": pa.string(),
    "title": pa.string(),
    "abstract": pa.string(),
    "authors": pa.list_(pa.string()),
    "year": pa.int32(),
    **dict.fromkeys(("venue", "affiliations", "organization"), pa.string()),
}
# "Fan Yang 0024": DBLP's number; what goes on behind it is another one (an ORCID).
_NUMBER = r"\S\s+0\d{3}(?:[^\w-]|$)"
_NUMBERED = re.compile(r"(?P<name>.*\S)\s+(?P<number>0\d{3})\W*")
_SEGMENTS = re.compile(r"[;|\n]|\band\b")


class MentionReader(CellReader):
    """Turns a batch of raw rows into the columns of the two tables."""

    def tables(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the columns of people.mentions and of people.works."""
        ids, cells = self.ids(), self.author_cells()
        listed = listed_authors(ids, cells, lambda: column_style(self.file)).names
        mentions = listed.select(
            mention_id=pl.format("{}#{}", "record_id", "place"),
            paper_id="record_id",
            author_order="place",
            author_name="name",
            name_key="name_key",
        )
        works = {
            "paper_id": ids,
            "title": self.titles(),
            "venue": self.each_distinct("venue", short_text),
            "year": self.whole_numbers("year"),
            "affiliations": self._affiliations(),
            "abstract": self.abstracts(),
        }
        columns: dict[str, Any] = {name: mentions[name].to_arrow() for name in mentions.columns}
        columns["homonym_id"] = _numbers(cells, listed)
        return columns, {name: values for name, values in works.items() if values is not None}

    def _affiliations(self) -> list[list[str] | None] | None:
        """Return what both columns name, each once; None where neither is there."""
        named = ("affiliations", "organization")
        columns = [self.each_distinct(name, read_affiliations) for name in named]
        present = [column for column in columns if column is not None]
        if len(present) < 2:
            return present[0] if present else None
        return [
            list(dict.fromkeys(one for cell in cells for one in cell or ())) or None
            for cells in zip(*present, strict=True)
        ]


# ---------------------------------------------------------------- homonym numbers


def _numbers(cells: Cells, listed: pl.DataFrame) -> list[str | None]:
    """Return the homonym number behind each name, which cutting a list of names takes off."""
    found: list[str | None] = [None] * listed.height
    shown = {row: _numbers_shown(text) for row, text in _numbered_texts(cells).items()}
    if not shown:
        return found
    keys = listed.with_row_index("at").filter(pl.col("row").is_in(list(shown)))
    for at, row, key in keys.select("at", "row", "name_key").iter_rows():
        if waiting := shown[row].get(key):
            found[at] = waiting.pop(0)
    return found


def _numbered_texts(cells: Cells) -> dict[int, str]:
    """Return the cells in which a number may stand, by row; names of a list a line each."""
    if cells is None:
        return {}
    if isinstance(cells, pa.Array):
        listed = pl.Series(pl.from_arrow(cells), dtype=pl.List(pl.String)).list.join("\n")
    else:
        texts = ["\n".join(c for c in x if c) if isinstance(x, list) else x for x in cells]
        listed = pl.Series(texts, dtype=pl.String)
    rows = listed.str.contains(_NUMBER).fill_null(value=False).arg_true()
    return {row: listed[row] for row in rows}


def _numbers_shown(text: str) -> dict[str | None, list[str | None]]:
    """Return the numbers behind the names of a cell, in order; None for a name without one.

    >>> _numbers_shown("Fan Yang 0024, Bo Li; Yang, Fan")
    {'fan yang': ['0024', None], 'bo li': [None]}
    """
    found: dict[str | None, list[str | None]] = defaultdict(list)
    for segment in _SEGMENTS.split(text):
        parts = segment.split(",")
        names = [segment] if len(parts) == 1 else parts
        if len(parts) == 2 and not any(" " in part.strip() for part in parts[:1]):
            names = [segment]  # family name, given name
        for name in names:
            numbered = _NUMBERED.fullmatch(name)
            bare, number = (numbered["name"], numbered["number"]) if numbered else (name, None)
            family, comma, given = bare.partition(",")
            if key := name_key(turned_name(family.strip(), given.strip()) if comma else bare):
                found[key].append(number)
    return dict(found)
