"""The errors people see: each says what is wrong, where, and what to do.

What belongs here: exception classes only. Nothing of ours is imported.
"""

from collections.abc import Sequence
from typing import Any


class PipelineError(Exception):
    """A fault a user can act on; its message is shown as it stands, without a traceback."""


class BlockingCheckError(PipelineError):
    """A new table failed its own checks; the last good table was kept.

    Attributes:
        table: the full name, `layer.table`.
        checks: what all checks of the table found (`warehouse.CheckResult`).
    """

    def __init__(self, message: str, table: str, checks: Sequence[Any]) -> None:
        """Say what failed, and keep the results for those who show them one by one."""
        super().__init__(message)
        self.table = table
        self.checks = checks
