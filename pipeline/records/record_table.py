"""A table of records that somebody brings, given the shape of the staging tables.

What belongs here: what each cell of such a table may hold, and messages that name file, row and
column. What does not: opening files (`inputs.record_files`), running models (`link`), cutting lists
of authors (`record_lists`).
"""

import html
import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from pipeline.contract.errors import PipelineError
from pipeline.inputs.record_files import Batch
from pipeline.inputs.record_values import id_text, is_missing, shown, text_or_none
from pipeline.records.record_lists import cleaned, column_style, listed_authors
from pipeline.text.identifiers import clean_arxiv_id, clean_doi, is_nothing
from pipeline.text.keys import title_keys
from pipeline.text.whitespace import fold_space

NEEDED = ("record_id", "title")
COLUMNS = (
    *("record_id", "source", "title", "authors", "n_authors_total", "authors_complete"),
    *("abstract", "year", "venue", "volume", "issue", "pages", "arxiv_id", "doi"),
)
# What is read as it lies, without a look at each row.
_TEXTS = ("record_id", "source", "title", "abstract", "venue", "volume", "issue", "pages")
AS_ARROW = {
    **dict.fromkeys((*_TEXTS, "arxiv_id", "doi"), pa.string()),
    "authors": pa.list_(pa.string()),
    "year": pa.int32(),
    "n_authors_total": pa.int32(),
}
# Two numbers of 32 bits may lie further apart than such a number tells.
_MOST_NUMBER = 999_999_999
_OWN_ID = "; give each record an id of its own"
# Hyphens of every length, as pages and numbers of issues are spelt with: "12–15", "12 -- 15".
_DASHES = re.compile(r"\s*[-‐‑‒–—−]+\s*")


class CellReader:
    """Reads the columns of a batch that any table of records may have, or says what is wrong."""

    def __init__(self, file: Path, batch: Batch, seen: set[str]) -> None:
        """Point at a batch; `seen` holds the record ids of the batches before."""
        self.file = file
        self.batch = batch
        self.seen = seen

    def titles(self) -> Sequence[str | None]:
        """Return the titles, without entities and doubled space."""
        raw = self._cleaned("title")
        return raw.to_list() if isinstance(raw, pl.Series) else raw or []

    def abstracts(self) -> Sequence[str | None] | pa.Array | None:
        """Return the abstracts, without entities and doubled space; None for blank ones."""
        raw = self._cleaned("abstract")
        return raw.to_arrow() if isinstance(raw, pl.Series) else raw

    def _cleaned(self, column: str) -> Sequence[str | None] | pl.Series | None:
        raw = self.each(column, _clean)
        if isinstance(raw, pa.Array):
            return cleaned(pl.Series(pl.from_arrow(raw), dtype=pl.String), _clean)
        return raw

    def author_cells(self) -> "Sequence[str | list[str] | None] | pa.Array | None":
        """Return the cells of authors: texts or lists of names."""
        return self.each("authors", _names)

    def ids(self) -> list[str]:
        """Return the record ids; none is empty or stands twice."""
        raw = self.batch.columns["record_id"]
        if isinstance(raw, pa.Array):
            ids = [(text or "").strip() for text in raw.to_pylist()]
        else:
            ids = self.each("record_id", id_text, missing="")
        fresh = set(ids)
        if "" in fresh or len(fresh) < len(ids) or not fresh.isdisjoint(self.seen):
            self._refuse(ids)
        self.seen |= fresh
        return ids

    def _refuse(self, ids: Sequence[str]) -> None:
        """Say which record id is the first that cannot be."""
        seen = set(self.seen)
        for record_id, place in zip(ids, self.batch.places, strict=True):
            if not record_id:
                raise self._fault(place, "record_id", f"is empty{_OWN_ID}")
            if record_id in seen:
                what = f"{shown(record_id)} stands twice{_OWN_ID}"
                raise self._fault(place, "record_id", what)
            seen.add(record_id)

    # What it returns is of the column's own type, or an Arrow array.
    def each(self, column: str, read: Callable[[Any], Any], missing: str | None = None) -> Any:  # noqa: ANN401
        """Return a column's values, each read; None where there is no such column.

        Raises:
            PipelineError: `read` finds fault with a value (ValueError).
        """
        raw_values = self.batch.columns.get(column)
        if raw_values is None or isinstance(raw_values, pa.Array):
            return raw_values
        return self._read(column, raw_values, read, missing)

    def each_distinct(self, column: str, read: Callable[[Any], Any]) -> Any:  # noqa: ANN401
        """Return what `each` does; of texts left as Arrow every distinct one is read once."""
        raw_values = self.batch.columns.get(column)
        if not isinstance(raw_values, pa.Array):
            return self.each(column, read)
        coded = raw_values.dictionary_encode()
        try:
            of_code = [*map(read, coded.dictionary.to_pylist()), None]
        except ValueError:  # in which row is to be said
            return self._read(column, raw_values.to_pylist(), read, None)
        return [of_code[code] for code in coded.indices.fill_null(-1).to_pylist()]

    def whole_numbers(self, column: str) -> Any:  # noqa: ANN401
        """Return what `each` does of whole numbers, of which two can be subtracted."""
        raw_values = self.batch.columns.get(column)
        if isinstance(raw_values, pa.Array) and _has_large(raw_values):
            return self._read(column, raw_values.to_pylist(), whole_number, None)
        return self.each(column, whole_number)

    def _read(
        self,
        column: str,
        raw_values: Sequence[Any],
        read: Callable[[Any], Any],
        missing: str | None,
    ) -> list[Any]:
        values: list[Any] = []
        try:
            for raw in raw_values:
                value = missing if is_missing(raw) else read(raw)
                values.append(value)
        except ValueError as error:
            raise self._fault(self.batch.places[len(values)], column, str(error)) from None
        return values

    def _fault(self, place: str, column: str, what: str) -> PipelineError:
        return PipelineError(f"{self.file}, {place}, column {column}: {what}")


class RecordReader(CellReader):
    """Turns a batch of raw rows into the columns of the staging tables."""

    def tables(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the columns of staging.records and of staging.record_authors."""
        ids = self.ids()
        titles = self.titles()
        listed = listed_authors(ids, self.author_cells(), lambda: column_style(self.file))
        complete = self.each("authors_complete", _boolean)
        records = {
            "record_id": ids,
            "source": self.each_distinct("source", short_text),
            "title": titles,
            "title_key": title_keys(titles),
            "n_authors_listed": listed.counts.to_arrow(),
            "n_authors_total": self.whole_numbers("n_authors_total"),
            "authors_complete": [
                False if is_cut else shown
                for is_cut, shown in zip(listed.are_cut, complete or [None] * len(ids), strict=True)
            ],
            "abstract": self.abstracts(),
            "year": self.whole_numbers("year"),
            "venue": self.each_distinct("venue", short_text),
            "volume": self.each_distinct("volume", _place),
            "issue": self.each_distinct("issue", _place),
            "pages": self.each_distinct("pages", _place),
            "arxiv_id": self.each_distinct("arxiv_id", _arxiv_id),
            "doi": self.each_distinct("doi", _doi),
        }
        authors = listed.names.drop("row", "place")
        return {name: values for name, values in records.items() if values is not None}, {
            name: authors[name].to_arrow() for name in authors.columns
        }


def _clean(raw: object) -> str | None:
    text = text_or_none(raw)
    return fold_space(html.unescape(text)) or None if text else None


def short_text(raw: object) -> str | None:
    """Clean a value that many records share."""
    text = text_or_none(raw)
    return _clean_shared(text) if text else None


_clean_shared = lru_cache(maxsize=2**12)(_clean)


def _names(raw: object) -> str | list[str]:
    """Return a cell of authors as it stands, if it is one."""
    if isinstance(raw, str):
        return raw
    if not isinstance(raw, list):
        raise ValueError(f"{shown(raw)} is neither text nor a list of names")
    if not all(isinstance(name, str) for name in raw if name):
        raise ValueError(f"{shown(raw)} is not a list of names")
    return [name or "" for name in raw]  # a name keeps its place


def _place(raw: object) -> str | None:
    """Return a volume, issue or range of pages: numbers that need not be numbers."""
    if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
        raw = str(raw) if isinstance(raw, int) else f"{raw:.15g}"
    text = short_text(raw)
    return (
        None if text is None or is_nothing(text) else _DASHES.sub("-", text).strip("-.,; ") or None
    )


def _has_large(numbers: pa.Array) -> bool:
    values = pl.Series(pl.from_arrow(numbers), dtype=pl.Int32)
    return not values.is_between(-_MOST_NUMBER, _MOST_NUMBER).all()


def whole_number(raw: object) -> int | None:
    """Return a whole number of nine digits at most, None of an empty text.

    Raises:
        ValueError: it is none.
    """
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) <= _MOST_NUMBER:
        return raw
    if isinstance(raw, str) and not raw.strip():
        return None
    try:
        number = float(raw) if isinstance(raw, str | float | Decimal) else math.nan
    except ValueError:
        number = math.nan
    if not float(number).is_integer() or abs(number) > _MOST_NUMBER:
        raise ValueError(
            f"{shown(raw)} is not a whole number of nine digits at most; write one, or leave it out"
        )
    return int(number)


def _boolean(raw: object) -> bool | None:
    if isinstance(raw, bool):
        return raw
    known = {"true": True, "false": False, "": None}
    text = str(raw).strip().lower()
    if text not in known:
        raise ValueError(f"{shown(raw)} is neither true nor false")
    return known[text]


def _arxiv_id(raw: object) -> str | None:
    text = _clean(raw)
    return clean_arxiv_id(text) if text else None


def _doi(raw: object) -> str | None:
    text = _clean(raw)
    return clean_doi(text) if text else None
