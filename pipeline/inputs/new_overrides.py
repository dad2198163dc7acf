"""One more line in the overrides file, with every line that is there left as it is.

What belongs here: writing a line, alone and whole. What does not: what lines mean
(`inputs.overrides`), whether a decision makes sense (`outputs.decisions`).

The file is written anew beside its place and renamed, under a lock, so that a reader sees it
before or after, and of two people who decide at the same time neither loses a line.
"""

import csv
import io
import shutil
from codecs import BOM_UTF8
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.inputs.csv_lines import open_csv
from pipeline.inputs.overrides import COLUMNS, overrides_bytes, read_overrides
from pipeline.storage.files import written_whole
from pipeline.text.shown import harmless_cell

_LOCK_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Decision:
    """What a line of the overrides file says; the names are those of its columns."""

    left: str
    right: str
    decision: str
    who: str | None
    when: date
    why: str | None

    def cell(self, column: str) -> str:
        """Return what stands in a column; nothing in one that is not ours.

        Texts are put on one line.
        """
        if column not in COLUMNS:
            return ""
        text = " ".join(str(getattr(self, column) or "").split())
        # The file is opened with spreadsheets, and read by papermart as it stands.
        return harmless_cell("".join(sign for sign in text if sign.isprintable()))


@contextmanager
def overrides_lock(file: Path) -> Generator[None]:
    """Hold the overrides file for one decision: what is read meanwhile stays as it is.

    Raises:
        PipelineError: somebody else holds it for half a minute, or its folder cannot be written.
    """
    from filelock import FileLock, Timeout  # those who only look take no lock

    place = file.resolve()
    if place.exists() and not place.is_file():
        raise PipelineError(f"{file} is no file; name another with --overrides")
    try:
        place.parent.mkdir(exist_ok=True)
        # A lock would be waited for in vain where none can be made.
        with TemporaryFile(dir=place.parent):
            pass
        beside = place.with_name(f".papermart-{place.name}.lock")
        lock = FileLock(beside, timeout=_LOCK_SECONDS, mode=0o666)  # people may share a folder
        lock.acquire()
    except Timeout:
        raise PipelineError(
            f"the overrides file {file} is being written by another papermart; try again"
        ) from None
    except OSError as error:
        raise _unwritable(file, error) from None
    try:
        yield
    finally:
        lock.release()


def add_decision(file: Path, decision: Decision) -> int:
    """Write a decision below the lines of the overrides file; to be called under its lock.

    Every byte that is there stays. The new line ends as the first one does, has the cells that
    the header names in its order, and a file that is not there or empty gets a header.

    Returns:
        The number of the new line.

    Raises:
        PipelineError: the file is none of overrides, or cannot be written; it is as it was then.
    """
    before = read_overrides(file)
    old = overrides_bytes(file)
    is_new = not old.removeprefix(BOM_UTF8).strip()
    if not is_new and not file.stat().st_mode & 0o222:
        raise PipelineError(f"the overrides file {file} is read-only; nothing was written")
    ending = _ending(old)
    header = list(COLUMNS) if is_new else _header(file)
    row = _row([decision.cell(name) for name in header], ending)
    if is_new:
        old = BOM_UTF8 * old.startswith(BOM_UTF8)
        row = _row(header, ending) + row
    elif not old.endswith((b"\n", b"\r")):
        row = ending + row
    try:
        with written_whole(file) as written:
            written.write_bytes(old + row)
            after = read_overrides(written)
            if after[:-1] != before or after[-1]["fault"]:
                raise PipelineError(
                    f"the overrides file {file} is not as it should be at its end; look at its "
                    "last line. Nothing was written"
                )
            if file.exists():
                shutil.copymode(file, written)
    except OSError as error:
        raise _unwritable(file, error) from None
    return after[-1]["line"]


def _header(file: Path) -> list[str]:
    with open_csv(file) as lines:
        return [name.strip().lower() for name in lines.header]


def _ending(content: bytes) -> bytes:
    """Return what ends the first line of a file."""
    first = b"".join(content.splitlines(keepends=True)[:1])
    return next((end for end in (b"\r\n", b"\n", b"\r") if first.endswith(end)), b"\n")


def _row(cells: list[str], ending: bytes) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="").writerow(cells)
    return stream.getvalue().encode() + ending


def _unwritable(file: Path, error: OSError) -> PipelineError:
    return PipelineError(
        f"the overrides file {file} cannot be written: {cause_of(error)}; "
        "name another with --overrides"
    )
