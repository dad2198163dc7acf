"""How many papers get a topic, and how their fields agree with arXiv categories."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract.errors import PipelineError
from pipeline.evaluate.share import Share
from pipeline.inputs.record_files import read_batches, read_column
from pipeline.inputs.record_values import text_or_none

if TYPE_CHECKING:
    import polars as pl


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
        main: agreement of the one field most is said of.
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
    is what was given. Or only the main field counts, the one most is said of.

    Args:
        file: Parquet, CSV or JSON lines with `title`, and as far as known `abstract` and
            `primary_category`.

    Raises:
        PipelineError: the file cannot be read as a table, or has no titles.
    """
    records = read_records(file)
    tagged = tag_records(
        records, reference_table("topic_phrase_weights"), reference_table("topic_words")
    )
    return report_on(records, tagged, str(file))


def tag_records(
    records: "pl.DataFrame",
    weights: "pl.DataFrame",
    words: "pl.DataFrame",
    field_words: "pl.DataFrame | None" = None,
) -> "pl.DataFrame":
    """Tag records with the topics of the reference, from title and abstract alone.

    Args:
        records: what `read_records` returns.
        weights: of phrases, see `pipeline.transforms.topics.tag_papers`.
        words: of topics, see there.
        field_words: of fields, those of the reference if none are given.
    """
    import polars as pl

    from pipeline.transforms.topics import CATEGORY_COLUMNS, tag_papers

    return tag_papers(
        records,
        reference_table("topic_phrases"),
        reference_table("topic_exclusions"),
        pl.DataFrame(schema=CATEGORY_COLUMNS),
        reference_table("topics"),
        weights,
        words,
        reference_table("field_words") if field_words is None else field_words,
    )


def report_on(records: "pl.DataFrame", tagged: "pl.DataFrame", name: str) -> TopicReport:
    """Compare the fields of tagged records with their categories, see `evaluate_topics`."""
    import polars as pl

    fields = set(reference_table("topics").filter(pl.col("parent_topic_id").is_null())["topic_id"])
    found: dict[str, set[str]] = {}
    for paper_id, topic_id in tagged.select("paper_id", "topic_id").iter_rows():
        if topic_id in fields:
            found.setdefault(paper_id, set()).add(topic_id)
    main = dict(tagged.filter("is_main_field").select("paper_id", "topic_id").iter_rows())
    known = category_fields(records)
    among = {i: f if f in found.get(i, ()) else main.get(i) for i, f in known.items()}
    labels = {i: c for i, c in records.select("paper_id", "primary_category").iter_rows() if c}
    cs_codes = _cs_codes()
    is_cs = [i for i, c in labels.items() if c.startswith("cs.") or c in cs_codes]
    unmapped = Counter(c for i, c in labels.items() if i not in known)
    n_direct = tagged.filter(pl.col("via_topic_id") == pl.col("topic_id")).height
    return TopicReport(
        file=name,
        covered=Share(len(found), len(records)),
        covered_cs=Share(sum(i in found for i in is_cs), len(is_cs)),
        n_topics=n_direct / len(records),
        n_fields=sum(map(len, found.values())) / len(records),
        unmapped=dict(unmapped.most_common()),
        among=_agreement("the category's field is among the paper's fields", known, among),
        main=_agreement("the category's field is the paper's main field", known, main),
    )


def category_fields(records: "pl.DataFrame") -> dict[str, str]:
    """Return the field that the primary category of each record stands for, where it has one.

    Args:
        records: columns `paper_id`, `primary_category`.
    """
    meanings = _category_meanings()
    rows = records.select("paper_id", "primary_category").iter_rows()
    return {i: meanings[c] for i, c in rows if c in meanings}


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

    from pipeline.models.catalogue import load_models
    from pipeline.models.functions import load_function
    from pipeline.models.reference import read_reference

    model = load_models()[f"reference.{table}"]
    if model.csv_file is None:
        raise PipelineError(f"reference.{table} has no CSV file")
    return pl.DataFrame(
        pl.from_arrow(
            read_reference(
                model.csv_file,
                model.spec,
                load_function(model.reference_check) if model.reference_check else None,
            )
        )
    )


def _category_meanings() -> dict[str, str]:
    """Return the field of every category and short code that stands for one field only."""
    from pipeline.transforms.topics import topic_paths

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

    columns: dict[str, list[str | None]] = {name: [] for name in _TEXT_COLUMNS}
    for batch in read_batches(file, _TEXT_COLUMNS, needed=_TEXT_COLUMNS[:1]):
        for name in _TEXT_COLUMNS:
            columns[name] += read_column(file, batch, name, text_or_none)
    if not columns["title"]:
        raise PipelineError(f"{file} holds no records")
    found = pl.DataFrame(columns, schema=dict.fromkeys(_TEXT_COLUMNS, pl.String))
    blank = pl.col(_TEXT_COLUMNS).str.strip_chars() == ""
    cleaned = found.with_columns(pl.when(~blank).then(pl.col(_TEXT_COLUMNS)).name.keep())
    return cleaned.with_columns(
        paper_id=pl.int_range(pl.len()).cast(pl.String).str.zfill(12),
        primary_category=pl.col("primary_category").str.strip_chars(),
    )
