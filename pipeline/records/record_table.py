"""A table of records that somebody brings, given the shape of the staging tables.

What belongs here: what each cell of such a table may hold, and messages that name file, row and
column. What does not: opening files (`inputs.record_files`), running models (`link`).
"""

import html
import math
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from pipeline.contract.errors import PipelineError
from pipeline.inputs.record_files import Batch
from pipeline.text.keys import name_keys, title_keys
from pipeline.text.whitespace import fold_space

NEEDED = ("record_id", "title")
COLUMNS = (
    *("record_id", "source", "title", "authors", "n_authors_total", "authors_complete"),
    *("abstract", "year", "venue", "arxiv_id", "doi"),
)
# What is read as it lies, without a look at each row.
AS_ARROW = {
    "title": pa.string(),
    "abstract": pa.string(),
    "authors": pa.list_(pa.string()),
    "year": pa.int32(),
    "n_authors_total": pa.int32(),
}
# Text that cleaning leaves as it is: one space between words of ASCII, no entity.
_PLAIN = r"^[!-%'-~]+(?: [!-%'-~]+)*$"
_AUTHOR_SEPARATORS = re.compile(r"\s*(?:,|\band\b|&)\s*")
_ET_AL = re.compile(r"\bet\.? al\b\.?|…|\.\.\.", re.IGNORECASE)


class RecordReader:
    """Turns a batch of raw rows into the columns of the staging tables, or says what is wrong."""

    def __init__(self, file: Path, batch: Batch, seen: set[str]) -> None:
        """Point at a batch; `seen` holds the record ids of the batches before."""
        self.file = file
        self.batch = batch
        self.seen = seen

    def tables(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the columns of staging.records and of staging.record_authors."""
        ids = self._ids()
        titles = self._titles()
        listed = self._listed_names(len(ids))
        authors = _listed_authors(pl.Series(ids, dtype=pl.String), listed)
        counts = authors.group_by("row").len().select("row", n=pl.col("len"))
        n_listed = pl.DataFrame({"row": range(len(ids))}, schema={"row": pl.Int64})
        n_listed = n_listed.join(counts, on="row", how="left", maintain_order="left")
        complete = self._each("authors_complete", _boolean)
        records = {
            "record_id": ids,
            "source": self._each("source", _short),
            "title": titles,
            "title_key": title_keys(titles),
            "n_authors_listed": n_listed["n"].fill_null(0).to_arrow(),
            "n_authors_total": self._each("n_authors_total", _whole_number),
            "authors_complete": [
                False if is_cut else shown
                for is_cut, shown in zip(
                    self._cut_lists(listed), complete or [None] * len(ids), strict=True
                )
            ],
            "abstract": self._each("abstract", _text),
            "year": self._each("year", _whole_number),
            "venue": self._each("venue", _short),
            "arxiv_id": self._each("arxiv_id", _arxiv_id),
            "doi": self._each("doi", _doi),
        }
        return {name: values for name, values in records.items() if values is not None}, {
            name: authors[name].to_arrow() for name in authors.columns if name != "row"
        }

    def _titles(self) -> Sequence[str | None]:
        raw = self._each("title", _clean) or []
        if isinstance(raw, pa.Array):
            return _cleaned(pl.Series(pl.from_arrow(raw), dtype=pl.String), _clean)
        return raw

    def _listed_names(self, n_rows: int) -> pl.Series:
        """Return what each row shows as names, not cleaned yet."""
        raw = self._each("authors", _names)
        if isinstance(raw, pa.Array):
            return pl.Series(pl.from_arrow(raw), dtype=pl.List(pl.String))
        return pl.Series(raw or [None] * n_rows, dtype=pl.List(pl.String))

    def _cut_lists(self, listed: pl.Series) -> list[bool]:
        """Return whether each row's authors end, or as text stand, with "et al."."""
        raw = self.batch.columns.get("authors")
        if raw is None or isinstance(raw, pa.Array):
            last = listed.list.last().str.contains(f"(?i)^\\s*(?:{_ET_AL.pattern})\\s*$")
            return last.fill_null(value=False).to_list()
        return [_is_cut(each) for each in raw]

    def _ids(self) -> list[str]:
        raw = self.batch.columns["record_id"]
        ids = ["" if each is None else str(each).strip() for each in raw]
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
                raise self._fault(place, "record_id", "is empty")
            if record_id in seen:
                raise self._fault(place, "record_id", f"{record_id!r} stands twice")
            seen.add(record_id)

    def _each(self, column: str, read: Callable[[Any], Any]) -> Sequence[Any] | None:
        raw_values = self.batch.columns.get(column)
        if raw_values is None or isinstance(raw_values, pa.Array):
            return raw_values
        values = []
        for raw, place in zip(raw_values, self.batch.places, strict=True):
            try:
                values.append(None if raw is None else read(raw))
            except ValueError as error:
                raise self._fault(place, column, str(error)) from None
        return values

    def _fault(self, place: str, column: str, what: str) -> PipelineError:
        return PipelineError(f"{self.file}, {place}, column {column}: {what}")


def _clean(raw: object) -> str | None:
    if not isinstance(raw, str):
        raise ValueError(f"{raw!r} is not text")
    return fold_space(html.unescape(raw)) or None


@lru_cache(maxsize=2**12)
def _short(raw: object) -> str | None:
    """Clean a value that many records share."""
    return _clean(raw)


def _text(raw: object) -> str | None:
    """Return a long text as it stands: only its words are compared."""
    if not isinstance(raw, str):
        raise ValueError(f"{raw!r} is not text")
    return raw or None


def _listed_authors(ids: pl.Series, listed: pl.Series) -> pl.DataFrame:
    """Return a row for each name: columns of staging.record_authors, and `row`, the record's."""
    shown = (
        pl.DataFrame({"record_id": ids, "raw": listed})
        .with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
        .explode("raw")
        .drop_nulls("raw")
    )
    names = _cleaned(shown["raw"], _name, but_for=f"(?i){_ET_AL.pattern}")
    return (
        shown.with_columns(
            name=pl.Series(names, dtype=pl.String),
            name_key=pl.Series(name_keys(names), dtype=pl.String),
        )
        .filter(pl.col("name") != "")
        .select(
            "row",
            "record_id",
            "name",
            "name_key",
            author_order=pl.int_range(1, pl.len() + 1).over("row"),
        )
    )


def _cleaned(
    texts: pl.Series, clean: Callable[[str], str | None], but_for: str = "&"
) -> list[str | None]:
    """Clean each text; plain ones without what matches `but_for` are not looked at one by one."""
    cleaned = texts.to_list()
    is_plain = texts.str.contains(_PLAIN) & ~texts.str.contains(but_for)
    for n in (~is_plain.fill_null(value=True)).arg_true():
        cleaned[n] = clean(cleaned[n])
    return cleaned


def _names(raw: object) -> list[str]:
    """Return what stands for names in a cell, not cleaned yet."""
    if isinstance(raw, str):
        text = _ET_AL.sub("", html.unescape(raw))
        return text.split(";") if ";" in text else _AUTHOR_SEPARATORS.split(text)
    if not isinstance(raw, list):
        raise ValueError(f"{raw!r} is neither text nor a list of names")
    if not all(isinstance(name, str) for name in raw if name):
        raise ValueError(f"{raw!r} is not a list of names")
    return [name for name in raw if name]


def _name(raw: str) -> str:
    return "" if _ET_AL.fullmatch(raw.strip()) else fold_space(html.unescape(raw))


def _is_cut(raw: object) -> bool:
    if isinstance(raw, list):
        return bool(raw) and isinstance(raw[-1], str) and bool(_ET_AL.fullmatch(raw[-1].strip()))
    return isinstance(raw, str) and bool(_ET_AL.search(raw))


def _whole_number(raw: object) -> int | None:
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < 2**31:
        return raw
    if isinstance(raw, str) and not raw.strip():
        return None
    try:
        number = float(raw) if isinstance(raw, str | float) else math.nan
    except ValueError:
        number = math.nan
    if not float(number).is_integer() or abs(number) >= 2**31:
        raise ValueError(f"{raw!r} is not a whole number")
    return int(number)


def _boolean(raw: object) -> bool | None:
    known = {"true": True, "false": False, "": None}
    text = str(raw).strip().lower()
    if text not in known:
        raise ValueError(f"{raw!r} is neither true nor false")
    return known[text]


def _arxiv_id(raw: object) -> str | None:
    text = _clean(raw)
    return re.sub(r"^.*(?:abs|pdf)/|^arxiv:\s*|v\d+$|\.pdf$", "", text.lower()) if text else None


def _doi(raw: object) -> str | None:
    text = _clean(raw)
    return re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", text.lower()) if text else None
