"""The errors people see: each says what is wrong, where, and what to do.

What belongs here: exception classes, and faults of the system in words. Nothing of ours but the
result of a check is imported.
"""

from collections.abc import Sequence

from pipeline.contract.checks import CheckResult


class PipelineError(Exception):
    """A fault a user can act on; its message is shown as it stands, without a traceback."""


class WriteError(PipelineError):
    """Nothing can be written: the disk is full, or a folder is not to be written to."""


class EngineGoneError(PipelineError):
    """What makes the tables cannot be worked with, so no other table would fare better."""


class CorrectionsMissingError(PipelineError):
    """A build would take back for others what people corrected."""


class MemoryShortError(PipelineError):
    """A table does not fit into the memory that a build may take."""


class BlockingCheckError(PipelineError):
    """A new table failed its own checks; the last good table was kept.

    Attributes:
        table: the full name, `layer.table`.
        checks: what all checks of the table found.
    """

    def __init__(self, message: str, table: str, checks: Sequence[CheckResult]) -> None:
        """Say what failed, and keep the results for those who show them one by one."""
        super().__init__(message)
        self.table = table
        self.checks = checks


class GuardrailError(PipelineError):
    """A version would lose too much against the last one; it was not published.

    Attributes:
        guardrails: the names of those that failed and that nobody waives.
    """

    def __init__(self, message: str, guardrails: Sequence[str]) -> None:
        """Say what would be lost, and keep which guardrails say so."""
        super().__init__(message)
        self.guardrails = tuple(guardrails)


def memory_advice(what: str, said: str, more: str) -> str:
    """Return what to do where something does not fit into memory.

    Args:
        what: does not fit.
        said: by the engine; of its lines those behind the first advise on settings of its own.
        more: where there is more.
    """
    return f"{what} does not fit into memory ({said.partition(chr(10))[0]}). {more}"


def cause_of(error: OSError) -> str:
    """Return what is wrong in the words of the system, to stand within a sentence.

    >>> cause_of(FileNotFoundError(2, "No such file or directory"))
    'no such file or directory'
    """
    return (error.strerror or str(error) or type(error).__name__).lower()
