"""What was found out about a text once, and holds as long as text and finder stay the same.

What belongs here: keeping such answers beside the package's bytecode, and believing them. What
does not: finding them out (`models.code_versions`, `models.dependencies`).

Who can write there can change what Python runs; so answers are believed as bytecode is: if they
were found by the same code, and are as they were written. They are kept where Python is told to
write no bytecode, too; where nothing can be written, each process finds them out again.
"""

import atexit
import hashlib
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from pipeline.contract.ids import fingerprint
from pipeline.storage.checksums import read_sealed, write_sealed

_PACKAGE = Path(__file__).resolve().parents[1]
# Answers that one file keeps: those of a few releases. The oldest go first.
_MOST_KEPT = 2_000


class ByContent:
    """Answers about texts, each kept under a hash of its text.

    Args:
        name: names the file that keeps them.
        finders: the source files of the code that finds the answers.
        *versions: of what else decides them, as a parser's.
    """

    def __init__(self, name: str, finders: Iterable[str], *versions: str) -> None:
        """Point at a file; nothing is read or written yet."""
        self._name = name
        self._finders = [Path(finder) for finder in finders]
        self._versions = versions
        self._asked: dict[str, Any] = {}
        self._is_news = False

    def of(self, content: bytes, find: Callable[[], Any]) -> Any:  # noqa: ANN401
        """Return the answer about a text.

        Args:
            content: the text, with all else that decides the answer.
            find: finds it out; what it returns can be written as JSON.
        """
        key = hashlib.sha256(content).hexdigest()
        if key not in self._asked:
            kept = self._kept
            self._asked[key] = kept[key] if key in kept else find()
            if key not in kept and not self._is_news:
                self._is_news = True
                atexit.register(self.keep)  # once for all that this process finds out
        return self._asked[key]

    def keep(self) -> None:
        """Write what is known, if anything is news and there is a place for it."""
        file = self._file
        if not self._is_news or file is None:
            return
        older = {key: answer for key, answer in self._kept.items() if key not in self._asked}
        found = list({**older, **self._asked}.items())[-_MOST_KEPT:]
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            write_sealed(file, {"made_by": self._made_by, "found": found})
            self._is_news = False

    @cached_property
    def _made_by(self) -> str:
        """A fingerprint of what finds the answers; empty if its source is not there to be read."""
        try:
            sources = [hashlib.sha256(file.read_bytes()).hexdigest() for file in self._finders]
        except OSError:
            return ""
        return fingerprint(sys.version, *self._versions, *sources)

    @cached_property
    def _file(self) -> Path | None:
        if not self._made_by:
            return None
        try:
            bytecode = Path(cache_from_source(str(_PACKAGE / "__init__.py")))
        except NotImplementedError:  # a Python that keeps no bytecode
            return None
        tag = sys.implementation.cache_tag
        return bytecode.with_name(f"papermart-{self._name}.{tag}.json")

    @cached_property
    def _kept(self) -> dict[str, Any]:
        kept = read_sealed(self._file) if self._file else None
        is_ours = kept is not None and kept.get("made_by") == self._made_by
        try:
            return dict(kept["found"]) if kept and is_ours else {}
        except (KeyError, TypeError, ValueError):
            return {}
