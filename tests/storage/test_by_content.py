"""Tests of answers that are kept beside the bytecode."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.storage import by_content
from pipeline.storage.by_content import ByContent


@pytest.fixture
def finder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the source of what finds answers; what it found is kept below another folder."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "bytecode"))
    source = tmp_path / "finder.py"
    source.write_text("one way", "utf-8")
    return source


def ask(finder: Path, text: bytes, answer: Any = "new", version: str = "1") -> Any:
    """Ask as a process of its own would."""
    answers = ByContent("tested", [str(finder)], version)
    found = answers.of(text, lambda: answer)
    answers.keep()
    return found


def kept_file(tmp_path: Path) -> Path:
    """Return the one file that is there."""
    (file,) = (tmp_path / "bytecode").rglob("*.json")
    return file


def test_what_was_found_is_not_found_out_again(finder: Path) -> None:
    """The same text has the same answer, another text its own."""
    assert ask(finder, b"text", ["first"]) == ["first"]
    assert ask(finder, b"text") == ["first"]
    assert ask(finder, b"other text") == "new"
    assert ask(finder, b"text") == ["first"]


def test_other_finders_ask_anew(finder: Path) -> None:
    """Another code and another version of a parser have other answers."""
    ask(finder, b"text", "first")
    assert ask(finder, b"text", version="2") == "new"
    finder.write_text("another way", "utf-8")
    assert ask(finder, b"text", "newer", version="2") == "newer"


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"found": 3, "made_by": 1}'])
def test_a_file_that_is_not_ours_is_not_believed(
    finder: Path, tmp_path: Path, content: bytes
) -> None:
    """Whatever stands there, the answer is found out and the file written anew."""
    ask(finder, b"text", "first")
    kept_file(tmp_path).write_bytes(content)
    assert ask(finder, b"text", "second") == "second"
    assert ask(finder, b"text") == "second"


def test_a_damaged_answer_is_not_believed(finder: Path, tmp_path: Path) -> None:
    """An answer that was changed after it was written does not count."""
    ask(finder, b"text", "first")
    file = kept_file(tmp_path)
    file.write_text(file.read_text("utf-8").replace("first", "wrong"), "utf-8")
    assert ask(finder, b"text", "second") == "second"


def test_a_place_that_cannot_be_written_does_no_harm(finder: Path, tmp_path: Path) -> None:
    """As of a package that belongs to somebody else."""
    (tmp_path / "bytecode").write_text("no folder", "utf-8")
    assert ask(finder, b"text", "first") == "first"
    assert ask(finder, b"text", "second") == "second"


def test_source_that_is_not_there_keeps_nothing(finder: Path, tmp_path: Path) -> None:
    """Without it nobody knows whether another code found the answers."""
    finder.unlink()
    assert ask(finder, b"text", "first") == "first"
    assert not (tmp_path / "bytecode").exists()


def test_the_oldest_go_first(finder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file does not grow for ever; what was asked last stays."""
    monkeypatch.setattr(by_content, "_MOST_KEPT", 2)
    ask(finder, b"a", "first")
    ask(finder, b"b", "first")
    ask(finder, b"c", "first")
    assert len(json.loads(kept_file(tmp_path).read_text("utf-8"))["found"]) == 2
    assert ask(finder, b"b") == "first"
    assert ask(finder, b"a") == "new"


def test_versions_of_code_are_the_same_kept_or_not(tmp_path: Path) -> None:
    """A process that finds them out and one that reads them say the same, and are at it less."""
    code = (
        "from pipeline.models.catalogue import load_models\n"
        "from pipeline.models.code_versions import code_origin\n"
        "from pipeline.models import code_versions\n"
        "print({name: code_origin(model).version for name, model in load_models().items()})\n"
        "print(len(code_versions._TREES._kept) > 20)"
    )
    environment = os.environ | {"PYTHONPYCACHEPREFIX": str(tmp_path)}
    first, second = (
        subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()
        for _ in range(2)
    )
    assert first[0] == second[0]
    assert (first[1], second[1]) == ("False", "True")
