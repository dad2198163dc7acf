"""Measuring what was built against labelled data: how often it is right, and how sure it is.

What belongs here: reading labelled files, and the figures that say how good a step is, with
their uncertainty: the parting of glued title and author lines, and linkage. What does not: the
steps themselves, printing (`cli`), speed (`benchmarks`).
"""

import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import PipelineError
from pipeline.record_files import read_batches
from pipeline.sources.glued import SURE, Glued, Split, split_page
from pipeline.warehouse import scalar

if TYPE_CHECKING:
    import duckdb

_Z95 = 1.959963984540054  # the normal quantile of a two-sided 95 % interval
_PAGE_LINES = 50
_MOST_ERRORS = 10
_READINGS = {
    "page": f"read as pages of {_PAGE_LINES} lines, in the order of the file",
    "alone": "every line read alone",
}


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole: `n` of `of`."""

    n: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 of nothing is 0."""
        return self.n / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % score interval (Wilson, 1927).

        >>> [round(end, 4) for end in Share(98, 100).interval]
        [0.93, 0.9945]
        """
        if not self.of:
            return (0.0, 1.0)
        spread = _Z95**2 / self.of
        middle = self.value + spread / 2
        width = math.sqrt(self.value * (1 - self.value) * spread + spread**2 / 4)
        # At the ends the formula meets 0 and 1 up to rounding.
        low = (middle - width) / (1 + spread) if self.n else 0.0
        high = (middle + width) / (1 + spread) if self.n < self.of else 1.0
        return (low, high)

    def as_json(self) -> dict[str, float | int]:
        """Return the figures under names that a script can read."""
        low, high = self.interval
        return {"n": self.n, "of": self.of, "share": self.value, "low": low, "high": high}

    def __str__(self) -> str:
        """Spell the share for people.

        >>> str(Share(98, 100))
        '98 of 100 = 98.00 % (95 % interval 93.00-99.45 %)'
        """
        low, high = (100 * end for end in self.interval)
        share = f"{self.n} of {self.of} = {100 * self.value:.2f} %"
        return f"{share} (95 % interval {low:.2f}-{high:.2f} %)"


# ---------------------------------------------------------------- glued lines


class GluedLine(BaseModel):
    """A glued line and how it parts, as people labelled it; other keys are allowed."""

    model_config = ConfigDict(strict=True, frozen=True)

    line: str
    title: str
    authors: tuple[str, ...]
    et_al: bool


@dataclass(frozen=True, slots=True)
class SplitError:
    """A line that was parted wrongly."""

    line_number: int
    confidence: float
    expected: dict[str, Any]
    found: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SplitFigures:
    """How well the lines of a file were parted.

    Attributes:
        reading: what the splitter knew of other lines, in words.
        exact: lines whose title, authors and `et al.` are all right.
        sure: lines with a confidence of at least `SURE`.
        sure_and_exact: of these, the exact ones.
        errors: the wrong lines, the surest first.
    """

    reading: str
    exact: Share
    sure: Share
    sure_and_exact: Share
    errors: tuple[SplitError, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        return {
            "reading": self.reading,
            "exact": self.exact.as_json(),
            "sure": self.sure.as_json(),
            "sure_and_exact": self.sure_and_exact.as_json(),
            "worst_errors": [asdict(error) for error in self.errors[:_MOST_ERRORS]],
        }


@dataclass(frozen=True, slots=True)
class SplitReport:
    """The figures of a file of glued lines, for the two ways of reading it.

    A file of lines is not a page: its lines are of unrelated papers, without abstracts, in an
    order that means nothing. Reading it in one go would lend each line the vocabulary of
    thousands of titles, which no page has. So the first figure reads it in pieces as long as a
    real page; the second one gives every line nothing but itself, the hardest case there is.
    """

    file: str
    n_lines: int
    page: SplitFigures
    alone: SplitFigures

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "file": self.file,
            "lines": self.n_lines,
            "sure_from": SURE,
            "page": self.page.as_json(),
            "alone": self.alone.as_json(),
        }

    def lines(self) -> Iterator[str]:
        """Yield the report, line by line."""
        yield f"{self.file}: {self.n_lines} lines"
        for figures in (self.page, self.alone):
            yield f"{figures.reading}:"
            yield f"  split exactly: {figures.exact}"
            yield f"  confidence of at least {SURE}: {figures.sure}"
            yield f"  of these exact: {figures.sure_and_exact}"
        if self.page.errors:
            n_shown = min(len(self.page.errors), _MOST_ERRORS)
            yield f"wrong in pages, the surest first ({n_shown} of {len(self.page.errors)}):"
        for error in self.page.errors[:_MOST_ERRORS]:
            yield f"  line {error.line_number}, confidence {error.confidence:.2f}"
            yield f"    expected: {_spell(error.expected)}"
            yield f"    found:    {_spell(error.found)}"


def _spell(split: dict[str, Any]) -> str:
    authors = ", ".join(split["authors"]) + (" et al." if split["et_al"] else "")
    return f"{split['title']} | {authors}"


def evaluate_title_split(file: Path) -> SplitReport:
    """Part the glued lines of a labelled file and count what is right.

    Args:
        file: JSON lines with the keys line, title, authors and et_al.

    Raises:
        PipelineError: the file cannot be read or a line of it is not as described; names the
            file, the line and what is wrong.
    """
    numbered = read_glued_lines(file)
    rows = [row for _, row in numbered]
    numbers = [number for number, _ in numbered]
    return SplitReport(
        str(file),
        len(rows),
        page=_figures("page", numbers, rows, _split_in_pages(rows, _PAGE_LINES)),
        alone=_figures("alone", numbers, rows, _split_in_pages(rows, 1)),
    )


def read_glued_lines(file: Path) -> list[tuple[int, GluedLine]]:
    """Read a file of labelled glued lines, each with its number; blank lines are passed over.

    Raises:
        PipelineError: see `evaluate_title_split`.
    """
    try:
        text = file.read_text("utf-8-sig")
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise PipelineError(f"{file} cannot be read: {cause}") from None
    except UnicodeDecodeError as error:
        number = error.object.count(b"\n", 0, error.start) + 1
        raise PipelineError(f"{file}, line {number}: is not valid UTF-8") from None
    rows = [
        (number, _read_glued_line(line, f"{file}, line {number}"))
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip()
    ]
    if not rows:
        raise PipelineError(f"{file} is empty; it must hold one JSON object per line")
    return rows


def _read_glued_line(line: str, place: str) -> GluedLine:
    try:
        return GluedLine.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:
            raise PipelineError(f"{place}: is no JSON object: {first['msg']}") from None
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "missing":
            raise PipelineError(f"{place}: the key {key} is missing") from None
        raise PipelineError(f"{place}: the value of {key}: {first['msg']}") from None


def _split_in_pages(rows: Sequence[GluedLine], n_lines: int) -> list[Split]:
    pages = (rows[start : start + n_lines] for start in range(0, len(rows), n_lines))
    return [split for page in pages for split in split_page([Glued(row.line) for row in page])]


def _figures(
    reading: str, numbers: Sequence[int], rows: Sequence[GluedLine], splits: Sequence[Split]
) -> SplitFigures:
    errors = tuple(
        SplitError(number, split.confidence, expected, found)
        for number, row, split in zip(numbers, rows, splits, strict=True)
        if (expected := _labelled(row)) != (found := _found(split))
    )
    n_sure = sum(split.confidence >= SURE for split in splits)
    n_sure_errors = sum(error.confidence >= SURE for error in errors)
    return SplitFigures(
        reading=_READINGS[reading],
        exact=Share(len(rows) - len(errors), len(rows)),
        sure=Share(n_sure, len(rows)),
        sure_and_exact=Share(n_sure - n_sure_errors, n_sure),
        errors=tuple(sorted(errors, key=lambda error: (-error.confidence, error.line_number))),
    )


def _labelled(row: GluedLine) -> dict[str, Any]:
    return {"title": row.title, "authors": list(row.authors), "et_al": row.et_al}


def _found(split: Split) -> dict[str, Any]:
    return {"title": split.title, "authors": list(split.names), "et_al": split.et_al}


# ---------------------------------------------------------------- linkage


@dataclass(frozen=True, slots=True)
class LinkageReport:
    """How right the clusters of a file of records are, and what they cost.

    Attributes:
        n_records: records that were linked.
        n_unlabelled: of these, records that TRUTH does not name; they count nowhere.
        n_true: pairs of records that are one paper.
        n_found: pairs of records that share a cluster.
        n_right: pairs that do both.
        b_cubed_precision: mean over records of the share of its cluster that is its paper.
        b_cubed_recall: mean over records of the share of its paper that is in its cluster.
        n_candidates: pairs that were compared.
        n_candidates_right: pairs of one paper among them (the recall of blocking).
        n_in_review: pairs left for a person to decide.
        seconds: time for reading and linking.
        peak_bytes: the most memory the process has held so far.
    """

    file: str
    n_records: int
    n_unlabelled: int
    n_true: int
    n_found: int
    n_right: int
    b_cubed_precision: float
    b_cubed_recall: float
    n_candidates: int
    n_candidates_right: int
    n_in_review: int
    seconds: float
    peak_bytes: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall of pairs."""
        total = self.n_found + self.n_true
        return 2 * self.n_right / total if total else 1.0

    @property
    def b_cubed_f1(self) -> float:
        """The harmonic mean of B-cubed precision and recall."""
        total = self.b_cubed_precision + self.b_cubed_recall
        return 2 * self.b_cubed_precision * self.b_cubed_recall / total if total else 1.0

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return asdict(self) | {
            "precision": Share(self.n_right, self.n_found).as_json(),
            "recall": Share(self.n_right, self.n_true).as_json(),
            "f1": self.f1,
            "b_cubed_f1": self.b_cubed_f1,
            "candidates_per_record": self.n_candidates / self.n_records,
        }

    def lines(self) -> Iterator[str]:
        """Yield the report, line by line."""
        unlabelled = f", {self.n_unlabelled} without a label" if self.n_unlabelled else ""
        yield f"{self.file}: {self.n_records} records{unlabelled}"
        yield f"precision: {Share(self.n_right, self.n_found)}"
        yield f"recall: {Share(self.n_right, self.n_true)}"
        yield f"F1: {self.f1:.4f}"
        yield (
            f"B-cubed: precision {self.b_cubed_precision:.4f}, "
            f"recall {self.b_cubed_recall:.4f}, F1 {self.b_cubed_f1:.4f}"
        )
        yield (
            f"candidates: {self.n_candidates} pairs, "
            f"{self.n_candidates / self.n_records:.2f} per record; "
            f"true pairs among them: {Share(self.n_candidates_right, self.n_true)}"
        )
        yield f"left for review: {self.n_in_review} pairs"
        yield f"time: {self.seconds:.1f} s; peak memory: {self.peak_bytes / 2**20:.0f} MiB"


_TRUTH = ("record_id", "entity_id", "dataset")
_LABELLED = """
    labelled as (
        select truth.record_id, truth.entity_id, truth.dataset, clusters.cluster_id
        from truth inner join linkage.clusters on truth.record_id = clusters.record_id
    )
"""
_PAIRS = """
    select count(*) as n
    from labelled as l
    inner join labelled as r
        on l.{key} = r.{key} and l.record_id < r.record_id
    where {condition} and (l.dataset is null or r.dataset is null or l.dataset <> r.dataset)
"""
_CUBED = """
    with {labelled},
    clusters as (select cluster_id, count(*) as n from labelled group by cluster_id),
    entities as (select entity_id, count(*) as n from labelled group by entity_id),
    cells as (
        select cluster_id, entity_id, count(*) as n from labelled group by cluster_id, entity_id
    )
    select
        sum(cells.n * cells.n / clusters.n) / sum(cells.n),
        sum(cells.n * cells.n / entities.n) / sum(cells.n)
    from cells
    inner join clusters on cells.cluster_id = clusters.cluster_id
    inner join entities on cells.entity_id = entities.entity_id
"""
_CANDIDATES = """
    select count(*)
    from linkage.candidate_pairs as pairs
    inner join truth as l on pairs.record_id_l = l.record_id
    inner join truth as r on pairs.record_id_r = r.record_id
    where
        l.entity_id = r.entity_id
        and (l.dataset is null or r.dataset is null or l.dataset <> r.dataset)
"""


def evaluate_linkage(records: Path, truth: Path) -> LinkageReport:
    """Link a file of records and compare the clusters with what is true.

    Args:
        records: what `papermart link` reads.
        truth: Parquet, CSV or JSON lines with record_id, entity_id and, where only pairs across
            data sets count, dataset. B-cubed (Bagga and Baldwin, 1998) counts all pairs.

    Raises:
        PipelineError: a file cannot be read or is not as described; names file, row and column.
    """
    import duckdb

    from pipeline.linking import linked

    with duckdb.connect() as con:
        load_truth(con, truth)  # what is wrong with it shows before the long work
    start = time.perf_counter()
    with linked(records) as con:
        seconds = time.perf_counter() - start
        peak_bytes = _peak_bytes()
        load_truth(con, truth)
        n_records = scalar(con, "select count(*) from linkage.clusters")
        n_labelled = scalar(con, f"with {_LABELLED} select count(*) from labelled")
        cubed = con.execute(_CUBED.format(labelled=_LABELLED)).fetchall()[0]
        return LinkageReport(
            file=str(records),
            n_records=n_records,
            n_unlabelled=n_records - n_labelled,
            n_true=_count_pairs(con, "entity_id", "true"),
            n_found=_count_pairs(con, "cluster_id", "true"),
            n_right=_count_pairs(con, "cluster_id", "l.entity_id = r.entity_id"),
            b_cubed_precision=cubed[0],
            b_cubed_recall=cubed[1],
            n_candidates=scalar(con, "select count(*) from linkage.candidate_pairs"),
            n_candidates_right=scalar(con, _CANDIDATES),
            n_in_review=scalar(
                con, "select count(*) from linkage.matches where match_status = 'review'"
            ),
            seconds=seconds,
            peak_bytes=peak_bytes,
        )


def load_truth(con: "duckdb.DuckDBPyConnection", truth: Path) -> None:
    """Make the table `truth` (record_id, entity_id, dataset) of a labelled file.

    Raises:
        PipelineError: see `evaluate_linkage`.
    """
    import polars as pl

    columns: dict[str, list[str | None]] = {name: [] for name in _TRUTH}
    seen: set[str] = set()
    for batch in read_batches(truth, _TRUTH, needed=_TRUTH[:2]):
        for name in _TRUTH:
            columns[name] += batch.columns.get(name, [None] * len(batch.places))
        for name in _TRUTH[:2]:
            for value, place in zip(batch.columns[name], batch.places, strict=True):
                if value in (None, ""):
                    raise PipelineError(f"{truth}, {place}, column {name}: is empty")
        for record_id, place in zip(batch.columns["record_id"], batch.places, strict=True):
            if record_id in seen:
                message = f"{truth}, {place}, column record_id: {record_id!r} stands twice"
                raise PipelineError(message)
            seen.add(record_id)
    frame = pl.DataFrame(columns, strict=False).cast(pl.String)
    con.register("labels", frame.to_arrow())
    con.execute("create table truth as select * from labels")
    con.unregister("labels")


def _count_pairs(con: "duckdb.DuckDBPyConnection", key: str, condition: str) -> int:
    return scalar(con, f"with {_LABELLED} {_PAIRS.format(key=key, condition=condition)}")


def _peak_bytes() -> int:
    """Return the most memory this process has held, in bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
