"""Given/expect tests of models: rows put into the inputs, rows that must come out.

What belongs here: running one such test through the runner. What does not: the tests, which stand
in the models' descriptions.
"""

from collections.abc import Mapping
from datetime import datetime

from pipeline.contract.arrow import table_of_rows
from pipeline.contract.errors import PipelineError
from pipeline.contract.specs import TableSpec
from pipeline.models.catalogue import Model, UnitTest
from pipeline.models.runner import rows_of
from pipeline.storage.engine import Engine

_TEST_NOW = datetime(2026, 1, 1)  # noqa: DTZ001 - the time of given/expect tests; UTC without zone


def run_unit_test(
    engine: Engine, model: Model, test: UnitTest, specs: Mapping[str, TableSpec]
) -> list[str]:
    """Run a given/expect test and return the differences, none if it holds.

    Args:
        engine: what runs the model; the tables it reads are replaced.
        model: the model.
        test: the test.
        specs: the description of every table by full name.
    """
    unknown = sorted(set(test.given) - model.reads)
    if unknown:
        return [f"given {unknown[0]}, which {model.name} does not read"]
    for table in sorted(model.reads):
        _show_given(engine, specs[table], test)
    found = rows_of(engine, model, _TEST_NOW).to_pylist()
    if len(found) != len(test.expect):
        return [f"{len(found)} rows, expected {len(test.expect)}: {found}"]
    return [
        f"row {n}: {name} is {row[name]!r}, expected {value!r}"
        for n, (row, expected) in enumerate(zip(found, test.expect, strict=True), 1)
        for name, value in expected.items()
        if not _same(row[name], value)
    ]


def _same(found: object, expected: object) -> bool:
    if isinstance(found, float) and isinstance(expected, int | float):
        return abs(found - expected) < 1e-9
    return found == expected


def _show_given(engine: Engine, spec: TableSpec, test: UnitTest) -> None:
    rows = test.given.get(spec.full_name, [])
    unknown = {name for row in rows for name in row} - {column.name for column in spec.columns}
    if unknown:
        raise PipelineError(f"{spec.full_name} has no column {sorted(unknown)[0]}")
    engine.show_rows(spec, table_of_rows(spec, rows))
