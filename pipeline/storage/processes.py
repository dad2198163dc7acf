"""Which process did something, so that it is told later whether that process still lives.

What belongs here: telling one process from all others, who holds the build lock, and how many
processors one may use. What does not: what follows from a process being dead.

A number is not enough: numbers are given again, after a restart of the machine at the latest. The
clock is none either: it may have been set since. What the kernel keeps of a process's start does.
"""

import json
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

_PROC = Path("/proc")
_CPU_MAX = Path("/sys/fs/cgroup/cpu.max")  # microseconds of time in so many, see cgroups(7)
_BOOT = _PROC / "sys/kernel/random/boot_id"
_START, _STATE = 19, 0  # fields of /proc/<pid>/stat after the name, see proc(5)
_GONE = "ZX"  # has ended, and nobody has asked yet how


def n_processors() -> int:
    """Return how many processors this process may use: a container, or a scheduler, gives few."""
    affine = getattr(os, "sched_getaffinity", None)
    n_there = len(affine(0)) if affine else os.cpu_count() or 1
    return max(1, min(n_there, _n_granted() or n_there))


def _n_granted() -> int | None:
    """Return of how many processors a container is given the time; None: it is not bounded."""
    try:
        quota, _, period = _CPU_MAX.read_text().partition(" ")
        return None if quota == "max" else -(-int(quota) // int(period))
    except (OSError, ValueError, ZeroDivisionError):
        return None


def process_id(pid: int | None = None) -> str | None:
    """Return what no other process has, on this machine or after its next start.

    Args:
        pid: the process's number; this process by default.

    Returns:
        `<number>/<start>/<start of the machine>`; None if there is no such process, or if the
        system does not say when it started.
    """
    number = os.getpid() if pid is None else pid
    if _BOOT.exists():
        return _from_proc(number)
    return _from_ps(number) if os.name == "posix" else None


def lives(identity: str) -> bool:
    """Tell whether the process of which `process_id` once said this is still there."""
    number = identity.partition("/")[0]
    return number.isdigit() and process_id(int(number)) == identity


def _from_proc(number: int) -> str | None:
    try:
        fields = (_PROC / str(number) / "stat").read_text().rpartition(")")[2].split()
        boot = _BOOT.read_text().strip()
    except OSError:
        return None
    return None if fields[_STATE] in _GONE else f"{number}/{fields[_START]}/{boot}"


def _from_ps(number: int) -> str | None:
    import subprocess  # where there is no /proc

    command = ["ps", "-o", "lstart=", "-p", str(number)]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return None
    return f"{number}/{said}/" if said else None


def command_line() -> str:
    """Return what this process was started as, short enough for a message."""
    name, *more = sys.argv or [""]
    return " ".join([Path(name).name, *more])[:200]


# ---------------------------------------------------------------- who holds a lock


@contextmanager
def named_holder(lock_file: Path) -> Generator[None]:
    """Write into a lock file that this process holds since when it does, and what it does.

    The lock is the kernel's, which frees it when the process ends, however that happens; what is
    written serves messages alone, and nothing depends on its being there.

    Args:
        lock_file: locked by this process, under its name and in its place until the end.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    said = {"process": process_id(), "command": command_line(), "since": now}
    with suppress(OSError):
        lock_file.write_text(json.dumps(said) + "\n", "utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            os.truncate(lock_file, 0)


def holder_of(lock_file: Path) -> str:
    """Return who holds a lock, in words to stand behind a noun; empty if that is not known.

    What a dead process left in the file is not believed.
    """
    try:
        said = json.loads(lock_file.read_text("utf-8"))
        process, command, since = (str(said[key]) for key in ("process", "command", "since"))
    except (OSError, ValueError, TypeError, KeyError):
        return ""
    if not lives(process):
        return ""
    shown = "".join(c if c.isprintable() else "?" for c in command)
    return f" (process {process.partition('/')[0]}, `{shown}`, since {since})"
