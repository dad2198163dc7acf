"""Writing a made-up collection: pages and the truth beside them, piece by piece.

What belongs here: folders, processes, files. What does not: what is in them.
"""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from pipeline.contract.errors import PipelineError
from pipeline.storage.parquet import kept_writer
from pipeline.storage.processes import n_processors
from pipeline.synth import truth
from pipeline.synth.plan import Plan
from pipeline.synth.world import GROUP

LEAST, MOST = 1, 20_000_000  # records
PAGES, TRUTH = "pages", "truth"
_PAGES_A_PIECE, _ROWS_A_PIECE = 60, 4_000
_FEW = 5_000  # records that one process makes sooner than two start
_AHEAD = 3  # pieces for each process that wait to be written


class Written(NamedTuple):
    """What was written.

    Attributes:
        pages: the folder of pages.
        truth: the folder of truth.
        n_pages: how many pages.
        n_records: how many cards stand on them.
        n_papers: how many papers these are of.
    """

    pages: Path
    truth: Path
    n_pages: int
    n_records: int
    n_papers: int


class _Piece(NamedTuple):
    """Part of the work: some pages, or some rows of a table of the truth."""

    seed: int
    n_records: int
    folder: str
    what: str
    first: int
    end: int


def write(
    folder: Path,
    n_records: int,
    seed: int,
    n_processes: int | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Written:
    """Write pages of all sites and forms, and the truth beside them.

    The same seed and number of records give the same files, whatever the number of processes.

    Args:
        folder: new or empty.
        n_records: how many cards the pages have in all.
        seed: a whole number; another gives other papers and people.
        n_processes: how many work at once; as many as there are processors by default.
        progress: told what was done: pages or truth, how many pieces, of how many.

    Raises:
        PipelineError: the folder holds something, or the number of records is none that can be.
    """
    if not LEAST <= n_records <= MOST:
        raise PipelineError(f"--records takes a number from {LEAST} to {MOST:,}")
    _claim(folder)
    plan = _plan(seed, n_records)
    ends = {"pages": plan.n_pages, "papers": plan.world.n_papers, "people": plan.world.n_people}
    steps = {"pages": _PAGES_A_PIECE, "papers": _ROWS_A_PIECE, "people": _ROWS_A_PIECE}
    pieces = [
        _Piece(seed, n_records, str(folder / PAGES), what, first, min(end, first + steps[what]))
        for what, end in ends.items()
        for first in range(0, end, steps[what])
    ]
    n = n_processes or (1 if n_records <= _FEW else n_processors())
    n_papers = 0
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(kept_writer(folder / TRUTH / f"{name}.parquet", schema))
            for name, schema in truth.SCHEMAS.items()
        }
        for done, (piece, tables) in enumerate(_made(pieces, n), 1):
            for name, table in tables.items():
                writers[name].write_table(table)
                n_papers += table.num_rows if name == "papers" else 0
            progress("pages" if piece.what == "pages" else "truth", done, len(pieces))
        writers["topic_years"].write_table(_table("topic_years", truth.topic_rows(plan.world)))
    return Written(folder / PAGES, folder / TRUTH, plan.n_pages, n_records, n_papers)


def _claim(folder: Path) -> None:
    """Make the folders; raise PipelineError where anything is."""
    if folder.exists() and not folder.is_dir():
        raise PipelineError(f"{folder} is a file; name a new folder, or an empty one")
    if folder.exists() and any(folder.iterdir()):
        raise PipelineError(f"{folder} is not empty; name a new folder, or an empty one")
    (folder / PAGES).mkdir(parents=True)
    (folder / TRUTH).mkdir()


def _made(pieces: list[_Piece], n: int) -> Iterator[tuple[_Piece, dict[str, pa.Table]]]:
    """Yield the tables of each piece, in order; only so many wait that memory stays small."""
    if n == 1:
        yield from ((piece, _make(piece)) for piece in pieces)
        return
    waiting: deque[tuple[_Piece, Future[dict[str, pa.Table]]]] = deque()
    with ProcessPoolExecutor(n, multiprocessing.get_context("spawn")) as pool:
        for piece in pieces:
            waiting.append((piece, pool.submit(_make, piece)))
            if len(waiting) >= n * _AHEAD:
                first, future = waiting.popleft()
                yield first, future.result()
        for piece, future in waiting:
            yield piece, future.result()


# A process makes many pieces of one world.
@lru_cache(maxsize=1)
def _plan(seed: int, n_records: int) -> Plan:
    return Plan(seed, n_records)


def _make(piece: _Piece) -> dict[str, pa.Table]:
    """Make a piece: pages are written at once, rows of the truth returned."""
    plan, numbers = _plan(piece.seed, piece.n_records), range(piece.first, piece.end)
    if piece.what == "papers":
        return {"papers": _table("papers", truth.paper_rows(plan, numbers))}
    if piece.what == "people":
        return {"people": _table("people", truth.person_rows(plan.world, numbers, GROUP))}
    sightings, authorships = [], []
    for number in numbers:
        page = plan.page(number)
        file = Path(piece.folder, page.path)
        if number % 1000 == 0 or number == piece.first:
            file.parent.mkdir(exist_ok=True)
        file.write_text(page.text, "utf-8")
        sightings += truth.sighting_rows(page)
        authorships += truth.authorship_rows(page)
    return {
        "sightings": truth.table("sightings", sightings),
        "authorships": truth.table("authorships", authorships),
    }


def _table(name: str, rows: Iterable[tuple]) -> pa.Table:
    return truth.table(name, list(rows))
