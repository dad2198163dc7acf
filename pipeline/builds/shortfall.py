"""What a build falls short of: the tables that failed, and those that wait for them.

What belongs here: going on without a table, and saying at the end what is missing and why. What
does not: making tables (`tables`), the order of the steps (`run`).
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from pipeline.contract.errors import (
    BlockingCheckError,
    EngineGoneError,
    PipelineError,
    WriteError,
)
from pipeline.models.catalogue import Model

_MOST_NAMED = 6


class Shortfall:
    """The tables that could not be brought up to date in a build.

    Attributes:
        failed: why, by full name of the first table concerned.
    """

    def __init__(self) -> None:
        """Start with nothing missing."""
        self.failed: dict[str, PipelineError] = {}
        self._missing: set[str] = set()
        self._waiting: list[str] = []

    @contextmanager
    def noting(self, names: Sequence[str]) -> Generator[None]:
        """Note that some tables failed, instead of ending the build.

        Raises:
            EngineGoneError: nothing is made any more, so no other table would fare better.
            WriteError: nothing can be written; the same.
        """
        try:
            yield
        except (EngineGoneError, WriteError):
            raise
        except PipelineError as error:
            self.failed[names[0]] = error
            self._missing.update(names)

    def concerns(self, model: Model) -> bool:
        """Tell whether a model needs a table that is missing; if so, it is missing, too."""
        if not model.needs & self._missing:
            return False
        self._missing.add(model.name)
        self._waiting.append(model.name)
        return True

    def error(self) -> PipelineError:
        """Return one error that says all: what failed, and what waits for it."""
        told = " ".join(f"{str(error).rstrip('.')}." for error in self.failed.values())
        n, waiting = len(self._waiting), ", ".join(self._waiting[:_MOST_NAMED])
        more = f" and {n - _MOST_NAMED} more" if n > _MOST_NAMED else ""
        told += " Nothing is published while a table is behind; the others are up to date"
        told += f", but for those that wait for it: {waiting}{more}." if n else "."
        first = next(iter(self.failed.values()))
        if isinstance(first, BlockingCheckError):
            return BlockingCheckError(told, first.table, first.checks)
        return PipelineError(told)
