"""How well glued title and author lines are split, on labelled lines."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.evaluate.share import Share
from pipeline.inputs.given_files import open_given
from pipeline.sources.title_split import SURE, Glued, Split, split_page

_PAGE_LINES = 50
_MOST_ERRORS = 10
_READINGS = {
    "page": f"read as pages of {_PAGE_LINES} lines, in the order of the file",
    "alone": "every line read alone",
}


class GluedLine(BaseModel):
    """A glued line and how it splits, as people labelled it; other keys are allowed."""

    model_config = ConfigDict(strict=True, frozen=True)

    line: str
    title: str
    authors: tuple[str, ...]
    et_al: bool


@dataclass(frozen=True, slots=True)
class SplitError:
    """A line that was split wrongly."""

    line_number: int
    confidence: float
    expected: dict[str, Any]
    found: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SplitFigures:
    """How well the lines of a file were split.

    Attributes:
        reading: what the splitter knew of other lines, in words.
        exact: lines whose title, authors and `et al.` are all right.
        sure: lines with a confidence of at least `SURE`.
        sure_and_exact: of these, the exact ones.
        errors: the wrong lines, the most confident first.
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
            n_wrong = len(self.page.errors)
            n_shown = min(n_wrong, _MOST_ERRORS)
            yield f"wrong in pages, the most confident first ({n_shown} of {n_wrong}):"
        for error in self.page.errors[:_MOST_ERRORS]:
            yield f"  line {error.line_number}, confidence {error.confidence:.2f}"
            yield f"    expected: {_spell(error.expected)}"
            yield f"    found:    {_spell(error.found)}"


def _spell(split: dict[str, Any]) -> str:
    authors = ", ".join(split["authors"]) + (" et al." if split["et_al"] else "")
    return f"{split['title']} | {authors}"


def evaluate_title_split(file: Path) -> SplitReport:
    """Split the glued lines of a labelled file and count what is right.

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
        with open_given(file) as stream:
            text = stream.read().decode("utf-8-sig")
    except OSError as error:
        cause = cause_of(error)
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
