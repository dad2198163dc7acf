"""What a Spark Connect server says that went wrong, and what that means.

What belongs here: which fault is lack of memory, which a server that is gone, and what people are
told. What does not: asking a server (`spark_engine`), opening a session (`spark_server`).
"""

import re
from typing import TYPE_CHECKING

from pipeline.contract.errors import EngineGoneError
from pipeline.storage.engine import EngineError, ServerColumnError, ServerMemoryError
from pipeline.text.shown import shown_server

if TYPE_CHECKING:
    from pyspark.sql.connect.session import SparkSession

# What stands before what only a developer of the server reads.
_BEFORE_TRACES = (
    *("\n\nJVM stacktrace:", "\n\nDriver stacktrace:", "\nDriver stacktrace:"),
    *("\n\tat org.apache.spark.", "\n SQLSTATE: "),
)
# What a server says that is short of memory: Sail, then Spark; and what a worker's Python does.
_SHORT = re.compile(
    r"Failed to allocate additional|OutOfMemoryError|UNABLE_TO_ACQUIRE_MEMORY"
    r"|\A(?:[\w.]+\.)?_?(?:Array|Arrow)?MemoryError\b"
)
# What Sail says of more text than its columns hold where rows are joined.
_OVERFLOW = "Offset overflow error"
# What a worker's Python says that lacks papermart, or what it works with.
_LACKS = re.compile(r"ModuleNotFoundError: (No module named '[\w.]+')")
# What a client says whose server is gone, is going, or has ended its session.
_LOST = (
    "UNAVAILABLE",
    "SESSION_CLOSED",
    "NO_ACTIVE_SESSION",
    "SESSION_CHANGED",
    "INVALID_HANDLE",
    "RETRIES_EXCEEDED",
    "stopped SparkContext",
    "SparkContext was shut down",
    "SparkContext has been shutdown",
    "failed to connect",
)


# What a worker tells of a fault of Python: where it was, and behind that what it says itself.
_TRACE = re.compile(
    r".*Traceback \(most recent call last\):\n(?:[ \t][^\n]*\n)+(?:pipeline\.[\w.]+: )?", re.DOTALL
)


def fault_of(error: Exception, remote: str) -> Exception:
    """Return what a client's fault is: one of ours.

    Args:
        error: what the client raised.
        remote: where the server is, for messages.

    Returns:
        ServerMemoryError where fewer rows at a time may fit, EngineGoneError where the server does
        not answer or has no papermart, EngineError where what was asked does not run.
    """
    from pyspark.errors import PySparkException

    said = _words(str(error))
    if isinstance(error, PySparkException):
        if _OVERFLOW in said:
            return ServerColumnError(said)
        if _SHORT.search(said):
            return ServerMemoryError(said)
        if lacking := _LACKS.search(said):
            return EngineGoneError(_without_papermart(remote, lacking[1]))
        if not any(sign in said for sign in _LOST):
            return EngineError(said)
    return EngineGoneError(gone(remote, cause_told(error)))


def _words(said: str) -> str:
    for sign in _BEFORE_TRACES:
        said = said.partition(sign)[0]
    return _TRACE.sub("", said).strip()


def lose_patience(session: "SparkSession") -> None:
    """Have a client ask no more, not even those of its threads that say what it needs no more."""
    for policy in session.client.get_retry_policies():
        policy.max_retries = 0


def cause_told(error: BaseException) -> str:
    """Return what a fault says for people: the transport puts it between words of its own."""
    said = _words(str(error))
    found = re.search(r'details = "([^"]+)"', said)
    return found[1] if found else said


def _without_papermart(remote: str, said: str) -> str:
    return (
        f"the Spark Connect server at {shown_server(remote)} lacks what papermart works with "
        f"({said}): install papermart[cluster], as here, in the Python that the server and each of "
        "its workers run with, start the server from there, and do this again"
    )


def begun_anew(remote: str) -> str:
    """Return what people are told where a server has lost what it was given."""
    return (
        f"the Spark Connect server at {shown_server(remote)} was started anew in the middle and "
        "has lost what it was given; do this again (a build goes on from what was made)"
    )


def gone(remote: str, said: str) -> str:
    """Return what people are told where a server does not answer."""
    cause = said.strip().splitlines()[0][:200] if said.strip() else "no answer"
    if "HTTP/2" in cause:
        cause = f"something else listens there: {cause}"
    return (
        f"the Spark Connect server at {shown_server(remote)} does not answer ({cause}); start it "
        "and do this again (a build goes on from what was made); or work on this machine: "
        "SPARK_REMOTE=local for once; to stay here unset SPARK_REMOTE, or take engine.spark_remote "
        "out of the settings, whichever names it"
    )
