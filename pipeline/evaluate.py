"""Measuring what was built against labelled data: how often it is right, and how sure it is.

What belongs here: reading labelled files, and the figures that say how good a step is, with
their uncertainty. Two steps so far, the parting of glued title and author lines and topics;
linkage is to join. What does not: the steps themselves, printing (`cli`), speed (`benchmarks`).
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import PipelineError
from pipeline.sources.glued import SURE, Glued, Split, split_page

if TYPE_CHECKING:
    import polars as pl

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


# ---------------------------------------------------------------- topics


@dataclass(frozen=True, slots=True)
class FieldFigures:
    """How one field agrees with the arXiv categories that stand for it.

    Attributes:
        field_id: the field of the topic reference.
        right: papers of such a category that were given the field.
        given: papers that were given the field.
        of: papers of such a category.
    """

    field_id: str
    right: int
    given: int
    of: int

    @property
    def precision(self) -> float:
        """The share of the papers given the field that have such a category."""
        return self.right / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        """The share of the papers with such a category that were given the field."""
        return self.right / self.of if self.of else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall.

        >>> FieldFigures("a", right=2, given=4, of=2).f1
        0.6666666666666666
        """
        return 2 * self.right / (self.given + self.of) if self.right else 0.0

    def as_json(self) -> dict[str, float | int | str]:
        """Return the figures as plain values."""
        measured = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return {**asdict(self), **measured}


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the fields given from the text agree with the arXiv primary category."""

    reading: str
    fields: tuple[FieldFigures, ...]

    @property
    def macro_f1(self) -> float:
        """The mean F1 over the fields, each counting the same however many papers it has."""
        return sum(f.f1 for f in self.fields) / len(self.fields) if self.fields else 0.0

    @property
    def accuracy(self) -> Share:
        """The papers whose category's field was given."""
        return Share(sum(f.right for f in self.fields), sum(f.of for f in self.fields))

    def as_json(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        return {
            "reading": self.reading,
            "macro_f1": self.macro_f1,
            "accuracy": self.accuracy.as_json(),
            "fields": [figures.as_json() for figures in self.fields],
        }

    def lines(self) -> Iterator[str]:
        """Yield the figures, line by line."""
        yield f"{self.reading}:"
        yield f"  macro-F1 {self.macro_f1:.4f} over {len(self.fields)} fields"
        yield f"  right: {self.accuracy}"
        yield f"  {'field':32} {'papers':>7} {'precision':>9} {'recall':>7} {'F1':>7}"
        for f in self.fields:
            yield f"  {f.field_id:32} {f.of:7} {f.precision:9.4f} {f.recall:7.4f} {f.f1:7.4f}"


@dataclass(frozen=True, slots=True)
class TopicReport:
    """How well the papers of a table are tagged, from title and abstract alone.

    Attributes:
        covered: records with a topic.
        covered_cs: of those with a category of computer science, the ones with a topic.
        n_topics: topics per record, those found and not the ones above them.
        n_fields: fields per record.
        unmapped: categories that stand for no field, with how many records have them.
        among: agreement if the category's field may be any of the paper's fields.
        main: agreement of the one field with the most weight.
    """

    file: str
    covered: Share
    covered_cs: Share
    n_topics: float
    n_fields: float
    unmapped: Mapping[str, int]
    among: Agreement
    main: Agreement

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "file": self.file,
            "covered": self.covered.as_json(),
            "covered_cs": self.covered_cs.as_json(),
            "topics_per_record": self.n_topics,
            "fields_per_record": self.n_fields,
            "unmapped_categories": dict(self.unmapped),
            "among_fields": self.among.as_json(),
            "main_field": self.main.as_json(),
        }

    def lines(self) -> Iterator[str]:
        """Yield the report, line by line."""
        yield f"{self.file}: tagged from title and abstract; categories are no evidence here"
        yield f"records with a topic: {self.covered}"
        if self.covered_cs.of:
            yield f"of computer science: {self.covered_cs}"
        yield f"per record: {self.n_topics:.2f} topics in {self.n_fields:.2f} fields"
        if not self.main.fields:
            yield "agreement cannot be measured: no record has a primary_category with a field"
            return
        yield from self.among.lines()
        yield from self.main.lines()
        if self.unmapped:
            shown = ", ".join(f"{name} ({n})" for name, n in list(self.unmapped.items())[:10])
            yield f"left out, for the category stands for no one field: {shown}"


def evaluate_topics(file: Path) -> TopicReport:
    """Tag the records of a table and compare the fields with the arXiv primary category.

    A category means what `topic_categories.csv` says, a short code (`CV`) what every category
    of that code means if they all mean the same. Two readings are given. A paper may have
    several fields: the category's one counts as given if it is among them, else the main field
    is what was given. Or only the main field counts, that of the topics with the most weight.

    Args:
        file: Parquet, CSV or JSON lines with `title`, and as far as known `abstract` and
            `primary_category`.

    Raises:
        PipelineError: the file cannot be read as a table, or has no titles.
    """
    import polars as pl

    from pipeline.topics import main_fields, tag_papers, topic_paths

    records = read_records(file)
    tree = reference_table("topics")
    nothing = pl.DataFrame(schema=dict.fromkeys(("paper_id", "topic_id", "category"), pl.String))
    tagged = tag_papers(
        records,
        reference_table("topic_phrases"),
        reference_table("topic_exclusions"),
        nothing,
        tree,
    )
    fields = set(topic_paths(tree)["field_id"])
    found: dict[str, set[str]] = {}
    for paper_id, topic_id in tagged.select("paper_id", "topic_id").iter_rows():
        if topic_id in fields:
            found.setdefault(paper_id, set()).add(topic_id)
    main = dict(main_fields(tagged, tree).iter_rows())
    meanings = _category_meanings()
    labels = {i: c for i, c in records.select("paper_id", "primary_category").iter_rows() if c}
    known = {i: meanings[c] for i, c in labels.items() if c in meanings}
    among = {i: f if f in found.get(i, ()) else main.get(i) for i, f in known.items()}
    cs_codes = _cs_codes()
    is_cs = [i for i, c in labels.items() if c.startswith("cs.") or c in cs_codes]
    unmapped = Counter(c for c in labels.values() if c not in meanings)
    n_direct = tagged.filter(pl.col("via_topic_id") == pl.col("topic_id")).height
    return TopicReport(
        file=str(file),
        covered=Share(len(found), len(records)),
        covered_cs=Share(sum(i in found for i in is_cs), len(is_cs)),
        n_topics=n_direct / len(records),
        n_fields=sum(map(len, found.values())) / len(records),
        unmapped=dict(unmapped.most_common()),
        among=_agreement("the category's field is among the paper's fields", known, among),
        main=_agreement("the category's field is the paper's main field", known, main),
    )


def _agreement(
    reading: str, known: Mapping[str, str], given: Mapping[str, str | None]
) -> Agreement:
    right = Counter(field for i, field in known.items() if given.get(i) == field)
    n_given = Counter(given.get(i) for i in known)
    figures = (
        FieldFigures(field, right[field], n_given[field], n)
        for field, n in sorted(Counter(known.values()).items())
    )
    return Agreement(reading, tuple(figures))


def reference_table(table: str) -> "pl.DataFrame":
    """Return a table of `sql/reference/`, checked as a build checks it."""
    import polars as pl

    from pipeline.sql_models import load_models, read_reference

    model = load_models()[f"reference.{table}"]
    if model.csv_file is None:
        raise PipelineError(f"reference.{table} has no CSV file")
    return pl.DataFrame(pl.from_arrow(read_reference(model.csv_file, model.spec, model.check)))


def _category_meanings() -> dict[str, str]:
    """Return the field of every category and short code that stands for one field only."""
    from pipeline.topics import topic_paths

    paths = topic_paths(reference_table("topics"))
    field_of = dict(paths.select("topic_id", "field_id").iter_rows())
    of_category = {
        category: field_of[topic_id]
        for topic_id, category in reference_table("topic_categories").iter_rows()
    }
    meanings: dict[str, str] = dict(of_category)
    for code, categories in _codes().items():
        means = {of_category.get(category) for category in categories}
        if len(means) == 1 and (field := means.pop()):
            meanings[code] = field
    return meanings


def _codes() -> dict[str, set[str]]:
    """Return the categories that each short code may mean."""
    codes: dict[str, set[str]] = {}
    rows = reference_table("arxiv_categories").select("category", "short_code").iter_rows()
    sure = {code.upper(): category for category, code in rows if code}
    for category in reference_table("arxiv_categories")["category"]:
        code = category.rpartition(".")[2].upper()
        codes.setdefault(code, set()).add(sure.get(code, category))
    return codes


def _cs_codes() -> set[str]:
    return {
        code
        for code, categories in _codes().items()
        if all(category.startswith("cs.") for category in categories)
    }


_TEXT_COLUMNS = ("title", "abstract", "primary_category")


def read_records(file: Path) -> "pl.DataFrame":
    """Read a table of records; blank texts are unknown.

    Raises:
        PipelineError: see `evaluate_topics`.
    """
    import polars as pl

    try:
        match file.suffix.lower():
            case ".parquet":
                found = pl.read_parquet(file)
            case ".csv":
                found = pl.read_csv(file, infer_schema=False)
            case ".jsonl" | ".ndjson":
                found = pl.read_ndjson(file, infer_schema_length=None)
            case _:
                raise PipelineError(f"{file} is none of .parquet, .csv, .jsonl")
    except OSError as error:
        raise PipelineError(f"{file} cannot be read: {error.strerror or error}") from None
    except pl.exceptions.PolarsError as error:
        raise PipelineError(f"{file} is no table of that kind: {error}") from None
    if "title" not in found.columns or not len(found):
        raise PipelineError(f"{file} must have rows and a column title; it has {found.columns}")
    texts = [
        (pl.col(name) if name in found.columns else pl.lit(None)).cast(pl.String).alias(name)
        for name in _TEXT_COLUMNS
    ]
    blank = pl.col(_TEXT_COLUMNS).str.strip_chars() == ""
    cleaned = found.select(texts).with_columns(
        pl.when(~blank).then(pl.col(_TEXT_COLUMNS)).name.keep()
    )
    return cleaned.with_columns(
        paper_id=pl.int_range(pl.len()).cast(pl.String).str.zfill(12),
        primary_category=pl.col("primary_category").str.strip_chars(),
    )
