"""What was once measured on labelled data, as the report and an export's manifest state it.

What belongs here: reading `accuracy.csv`, which lies beside this module. What does not: measuring
(`evaluate`, `benchmarks`).
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.contract.errors import PipelineError
from pipeline.inputs.csv_lines import need_cells, open_csv

ACCURACY_FILE = Path(__file__).parent / "accuracy.csv"


class Accuracy(BaseModel):
    """A figure once measured on labelled data; it holds for the code of that day.

    Attributes:
        measure: what was measured.
        value: the share, from 0 to 1.
        n: size of the data.
        unit: what is counted in n.
        data: the data.
        command: how to measure again.
        measured_on: the day.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    measure: str = Field(min_length=1)
    value: float = Field(ge=0, le=1)
    n: int = Field(gt=0)
    unit: str
    data: str
    command: str
    measured_on: date


def measured_accuracy(file: Path = ACCURACY_FILE) -> list[Accuracy]:
    """Read what was measured; empty where the file is not there.

    Raises:
        PipelineError: a line of the file is wrong; names it.
    """
    if not file.is_file():
        return []
    with open_csv(file) as lines:
        return [_read_line(file, line, lines.header, cells) for line, cells in lines.rows]


def _read_line(file: Path, line: int, header: Sequence[str], cells: Sequence[str]) -> Accuracy:
    need_cells(file, line, cells, len(header))
    try:
        return Accuracy.model_validate(dict(zip(header, cells, strict=True)))
    except ValidationError as error:
        first = error.errors()[0]
        column = ".".join(str(part) for part in first["loc"])
        raise PipelineError(f"{file.name}, line {line}, {column}: {first['msg']}") from None
