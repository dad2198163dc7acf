"""Where the code of each asset stands, so that the UI can lead there.

What belongs here: files and lines. Functions are found in the text of their modules: importing them
all would take longer than the rest of the definitions.
"""

import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType

import dagster as dg

from pipeline.models.catalogue import SQL_DIR, Model


def model_places(model: Model) -> dg.CodeReferencesMetadataValue:
    """Return the SELECTs of a model or its CSV file, its function, its description."""
    layer, table = model.spec.layer, model.spec.name
    files = sorted((SQL_DIR / layer).glob(f"{table}.*"), key=lambda f: (f.suffix == ".yml", f.name))
    found = [_reference(file, None) for file in files]
    if model.python:
        found.insert(0, _function(model.python))
    return dg.CodeReferencesMetadataValue(code_references=found)


def function_places(*functions: FunctionType) -> dg.CodeReferencesMetadataValue:
    """Return where functions stand."""
    found = [
        _reference(Path(function.__code__.co_filename), function.__code__.co_firstlineno)
        for function in functions
    ]
    return dg.CodeReferencesMetadataValue(code_references=found)


def _function(name: str) -> dg.LocalFileCodeReference:
    """Return where a function stands that a description names: `module.function`."""
    module, _, function = name.rpartition(".")
    file, lines = _lines(module)
    line = next(_definitions(lines, function), None)
    return _reference(file, line)


@cache
def _lines(module: str) -> tuple[Path, tuple[str, ...]]:
    found = importlib.util.find_spec(module)
    assert found is not None
    assert found.origin is not None  # the catalogue's code versions have read it already
    file = Path(found.origin)
    return file, tuple(file.read_text("utf-8").split("\n"))


def _definitions(lines: tuple[str, ...], function: str) -> Iterator[int]:
    begin = re.compile(rf"(?:async )?def {re.escape(function)}\b")
    return (number for number, line in enumerate(lines, 1) if begin.match(line))


def _reference(file: Path, line: int | None) -> dg.LocalFileCodeReference:
    # The editor that opens it is another process, in another folder perhaps.
    place = str(file.resolve())
    return dg.LocalFileCodeReference(file_path=place, line_number=line, label=file.name)
