"""The errors people see: each says what is wrong, where, and what to do.

What belongs here: exception classes only. Nothing of ours is imported.
"""


class PipelineError(Exception):
    """A fault a user can act on; its message is shown as it stands, without a traceback."""


class BlockingCheckError(PipelineError):
    """A new table failed its own checks; the last good table was kept."""
