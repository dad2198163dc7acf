"""The column of authors of a table that somebody brings, as rows of staging.record_authors.

What belongs here: which cells need a closer look, and what most cells of the column tell of the
others. What does not: cutting a cell (`text.author_lists`), other columns (`record_table`).
"""

import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl
import pyarrow as pa

from pipeline.inputs.record_files import read_batches
from pipeline.text.author_lists import AuthorList, Style, cut_authors, style_of
from pipeline.text.keys import name_keys
from pipeline.text.whitespace import fold_space

# Text that cleaning leaves as it is: one space between words of ASCII, no entity.
_PLAIN = r"^[!-%'-~]+(?: [!-%'-~]+)*$"
# Items of lists that may be more, or less, than a name in the order given name, family name.
_ODD_NAME = (
    r"[,;|/{}\[\]()&:\\\d*@+†‡§¶#•…·・、，；\n\t]|\.\s?\.\s?\."
    r"|\b(?:and|AND|und|UND|et|og|och|oder|en|y|e|others)\b|\s[A-Z](?:[-. ]?[A-Z]){0,3}\.?$"
    r"|(?i)^\W*(?:anon|unknown|none|null|na|nan|nil|no authors?|not |authors?|prof|dr|mrs?|ms|by)\b"
)
# Names whose key is the name in small letters.
_PLAIN_KEY = "^[0-9A-Za-z]+(?: [0-9A-Za-z]+)*$"
_LISTS = pa.list_(pa.string())

Cells = Sequence[str | list[str] | None] | pa.Array | None


@dataclass(frozen=True, slots=True)
class ListedAuthors:
    """The authors of a batch of rows.

    Attributes:
        names: `row`, and columns of staging.record_authors; a row for each name. `place` is where
            in a list the name stands, counted with items that are no name, if no item holds more
            than one; else, and of texts, it is `author_order`.
        counts: how many names each row has.
        are_cut: whether each row says that there are more.
    """

    names: pl.DataFrame
    counts: pl.Series
    are_cut: list[bool]


def listed_authors(
    ids: Sequence[str], cells: Cells, style: Callable[[], Style | None]
) -> ListedAuthors:
    """Return the authors of a batch.

    Args:
        ids: the rows' record ids.
        cells: their cells of authors: texts or lists of names.
        style: says what commas do in most texts of the column; asked only if there are commas.
    """
    odd = _cut_texts(cells, style)
    places: dict[int, Sequence[int]] = {}
    listed = pl.Series(_lists_alone(cells, len(ids)), dtype=pl.List(pl.String))
    items = (
        pl.DataFrame({"raw": listed})
        .with_row_index("row")
        .with_columns(
            pl.col("row").cast(pl.Int64), place=pl.int_ranges(1, pl.col("raw").list.len() + 1)
        )
        .explode("raw", "place")
        .drop_nulls("raw")
    )
    odd_rows = items.filter(pl.col("raw").str.contains(_ODD_NAME))["row"].unique()
    for row in odd_rows:
        names = listed[row].to_list()
        odd[row] = cut_authors([name for name in names if name])
        places[row] = _places(names, len(odd[row].names))
    items = items.filter(~pl.col("row").is_in(odd_rows.implode()))
    found = pl.concat([_plain_names(items), _cut_names(odd, places)]).sort(
        "row", maintain_order=True
    )
    found = found.filter(pl.col("name") != "")
    counts = pl.DataFrame({"row": range(len(ids))}, schema={"row": pl.Int64}).join(
        found.group_by("row").len(), on="row", how="left", maintain_order="left"
    )
    are_cut = [False] * len(ids)
    for row, one in odd.items():
        are_cut[row] = one.is_cut
    return ListedAuthors(_named(found, ids), counts["len"].fill_null(0).rename("n"), are_cut)


def column_style(file: Path) -> Style | None:
    """Return what commas do in most cells of a file's column of authors.

    All cells tell, not those of a batch: the order of rows must not matter.
    """
    return _column_style(file, file.stat().st_mtime_ns)


def cleaned(texts: pl.Series, clean: Callable[[str], str | None]) -> pl.Series:
    """Clean each text; plain ones are not looked at one by one."""
    return _but_for_plain(texts, _PLAIN, lambda odd: map(clean, odd))


def _but_for_plain(
    texts: pl.Series, plain: str, change: Callable[[list[str]], Iterable[str | None]]
) -> pl.Series:
    """Return texts, those changed that a pattern does not fit; NULL stays."""
    odd = (~texts.str.contains(plain)).arg_true()
    changed = pl.Series([*change(texts.gather(odd).to_list())], dtype=pl.String)
    return texts.clone().scatter(odd, changed)


@lru_cache(maxsize=4)
def _column_style(file: Path, _changed: int) -> Style | None:
    return style_of(_texts(file))


def _texts(file: Path) -> Iterator[str]:
    for batch in read_batches(file, ("authors",), as_arrow={"authors": _LISTS}):
        cells = batch.columns["authors"]
        if not isinstance(cells, pa.Array):
            yield from (cell for cell in cells if isinstance(cell, str))


def _cut_texts(cells: Cells, style: Callable[[], Style | None]) -> dict[int, AuthorList]:
    """Return what the cells say that are texts, by row."""
    if cells is None or isinstance(cells, pa.Array):
        return {}
    texts = {row: cell for row, cell in enumerate(cells) if isinstance(cell, str)}
    ruling = style() if any("," in text for text in texts.values()) else None
    return {row: cut_authors(text, ruling) for row, text in texts.items()}


def _lists_alone(cells: Cells, n_rows: int) -> pl.Series:
    if isinstance(cells, pa.Array):
        return pl.Series(pl.from_arrow(cells))
    lists = [cell if isinstance(cell, list) else None for cell in cells or [None] * n_rows]
    return pl.Series(pl.from_arrow(pa.array(lists, _LISTS)))


def _places(items: Sequence[str | None], n_names: int) -> Sequence[int]:
    """Return where in a list each of its names stands: 1, 2, … unless items are surely no names."""
    if len(items) != n_names:
        named = [n for n, item in enumerate(items, 1) if item and cut_authors([item]).names]
        if len(named) == n_names:
            return named
    return range(1, n_names + 1)


def _plain_names(items: pl.DataFrame) -> pl.DataFrame:
    return items.select(
        "row", "place", name=cleaned(items["raw"], lambda raw: fold_space(html.unescape(raw)))
    )


def _cut_names(odd: dict[int, AuthorList], places: dict[int, Sequence[int]]) -> pl.DataFrame:
    rows = [
        (row, place, name)
        for row, one in odd.items()
        for place, name in zip(
            places.get(row, range(1, len(one.names) + 1)), one.names, strict=True
        )
    ]
    schema = {"row": pl.Int64, "place": pl.Int64, "name": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _named(found: pl.DataFrame, ids: Sequence[str]) -> pl.DataFrame:
    """Return the columns of staging.record_authors."""
    owners = pl.Series("record_id", ids, dtype=pl.String)
    return found.select(
        "row",
        "name",
        "place",
        record_id=owners.gather(found["row"]),
        name_key=_but_for_plain(found["name"], _PLAIN_KEY, name_keys).str.to_lowercase(),
        author_order=pl.int_range(1, pl.len() + 1).over("row"),
    )
