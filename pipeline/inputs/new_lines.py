"""One more line in a CSV file that people keep, with every line that is there left as it is.

What belongs here: writing a line, alone and whole. What does not: what lines mean
(`inputs.overrides`, `inputs.waivers`).

The file is written anew beside its place and renamed, under a lock, so that a reader sees it
before or after, and of two people who write at the same time neither loses a line.
"""

import csv
import io
import shutil
from codecs import BOM_UTF8
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.inputs.csv_lines import csv_bytes, open_csv
from pipeline.storage.files import written_whole
from pipeline.text.shown import harmless_cell

_LOCK_SECONDS = 30


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A kind of file that people keep.

    Attributes:
        what: what messages call it: `overrides file`.
        option: the option that names another one: `--overrides`.
        columns: its columns, in the order of a new one.
        read: returns its rows, each with its `line`, and what is wrong with it as its `fault`.
    """

    what: str
    option: str
    columns: tuple[str, ...]
    read: Callable[[Path], Sequence[Mapping[str, Any]]]

    @contextmanager
    def lock(self, file: Path) -> Generator[None]:
        """Hold a file for one more line: what is read meanwhile stays as it is.

        Raises:
            PipelineError: somebody else holds it for half a minute, or its folder cannot be
                written.
        """
        from filelock import FileLock, Timeout  # those who only look take no lock

        place = file.resolve()
        if place.exists() and not place.is_file():
            raise PipelineError(f"{file} is no file; name another with {self.option}")
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
                f"the {self.what} {file} is being written by another papermart; try again"
            ) from None
        except OSError as error:
            raise self._unwritable(file, error) from None
        try:
            yield
        finally:
            lock.release()

    def add(self, file: Path, cells: Mapping[str, object]) -> int:
        """Write a line below those of the file; to be called under its lock.

        Every byte that is there stays. The new line ends as the first one does, has the cells that
        the header names in its order, and a file that is not there or empty gets a header.

        Args:
            file: the file.
            cells: what stands in its columns; texts are put on one line.

        Returns:
            The number of the new line.

        Raises:
            PipelineError: the file is none of its kind, or cannot be written; it is as it was then.
        """
        before = self.read(file)
        old = csv_bytes(file, self.what)
        is_new = not old.removeprefix(BOM_UTF8).strip()
        if not is_new and not file.stat().st_mode & 0o222:
            raise PipelineError(f"the {self.what} {file} is read-only; nothing was written")
        ending = _ending(old)
        header = list(self.columns) if is_new else _header(file)
        row = _row([_cell(cells.get(name)) for name in header], ending)
        if is_new:
            old = BOM_UTF8 * old.startswith(BOM_UTF8)
            row = _row(header, ending) + row
        elif not old.endswith((b"\n", b"\r")):
            row = ending + row
        try:
            with written_whole(file) as written:
                written.write_bytes(old + row)
                after = self.read(written)
                if after[:-1] != before or after[-1]["fault"]:
                    raise PipelineError(
                        f"the {self.what} {file} is not as it should be at its end; look at its "
                        "last line. Nothing was written"
                    )
                if file.exists():
                    shutil.copymode(file, written)
        except OSError as error:
            raise self._unwritable(file, error) from None
        return after[-1]["line"]

    def _unwritable(self, file: Path, error: OSError) -> PipelineError:
        return PipelineError(
            f"the {self.what} {file} cannot be written: {cause_of(error)}; "
            f"name another with {self.option}"
        )


def _cell(value: object) -> str:
    text = " ".join(str("" if value is None else value).split())
    # The file is opened with spreadsheets, and read by papermart as it stands.
    return harmless_cell("".join(sign for sign in text if sign.isprintable()))


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
