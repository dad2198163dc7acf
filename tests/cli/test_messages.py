"""What commands say is in the words of whoever uses them: no names of modules, none of Python's."""

import ast
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline
from pipeline.outputs.laid_out import broken_below

ROOT = Path(pipeline.__file__).parent
# What only developers see: new sites, and faults of the checkout itself.
DEVELOPERS = {"new_source.py", "golden.py"}
MODULES = {name for _, name, _ in pkgutil.walk_packages([str(ROOT)]) if "_" in name}
PYTHON = re.compile(r"\bpipeline\.|\.py\b|\bNone\b|\bTraceback\b|\bdict\b|\btuple\b|[a-z]Error\b")
SAYING = {"say", "warn", "PipelineError", "NoPaperError", "GuardrailError", "WriteError"}


def said(file: Path) -> Iterator[tuple[int, str]]:
    """Yield each text that is handed to an error or printed, with its line."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        name = getattr(getattr(node, "func", None), "id", None)
        if isinstance(node, ast.Call) and name in SAYING:
            for part in (part for argument in node.args for part in ast.walk(argument)):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.lineno, part.value


def files() -> list[Path]:
    found = [
        file
        for folder in ("cli", "outputs", "builds", "inputs", "storage", "records", "evaluate")
        for file in sorted((ROOT / folder).rglob("*.py"))
    ]
    return [file for file in found if file.name not in DEVELOPERS]


def test_no_message_names_a_module_or_speaks_python():
    told = [(file, line, text) for file in files() for line, text in said(file)]
    assert len(told) > 200
    odd = [
        (f"{file.relative_to(ROOT)}:{line}", text)
        for file, line, text in told
        if PYTHON.search(text) or any(re.search(rf"\b{name}\b", text) for name in MODULES)
    ]
    assert not odd


@pytest.mark.parametrize("width", [40, 80])
def test_long_messages_are_broken_between_words_and_commands_kept(width):
    line = "  warning: nothing was published, a table cannot be read: it is gone; `papermart build`"
    shown = broken_below(line, width)
    assert max(map(len, shown)) <= width
    assert " ".join(" ".join(shown).split()) == line.strip()
    assert all(part.startswith("    ") for part in shown[1:])
    command = '    papermart query "select path, line_start, message, text from issues"'
    assert broken_below(command, width) == [command]
