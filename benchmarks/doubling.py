"""Whether reading a page twice as long takes twice the time: for each reader, much of everything.

What belongs here: the processor time of reading a page that holds too much of something, and of one
that holds twice as much, as a ratio within one run. What does not: the pages (`doubled_pages`), the
cost of pages as they are (`reading_cost`).

    python benchmarks/doubling.py [--pages WORD] [--shapes WORD] [--share 0.1] [--seed 1] [--all]

Each page is made so long that reading it takes some 60 ms or more, and then twice as long. What
takes more than 2.3 times the time is measured anew, five times at most, and then beside one that is
eight times as long: chance that makes a doubling look like 2.4 does so once, not three times in a
row, as growth does. The best counts. Prints what fails (`--all`: everything) and the steepest; exit
status 1 if anything grows faster.
"""

import argparse
import gc
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from doubled_pages import PACKINGS, Page, made_pages, shapes, sound_pages

from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import to_tables

LIMIT = 2.3
_ENOUGH, _TOO_LONG = 0.06, 60  # seconds
_LEAST_CHARS, _MOST_CHARS = 20_000, 2_000_000
_LEAST_CARDS, _MOST_CARDS = 40, 10_000
_ROUNDS = 5
_DOUBLINGS = 3  # where one is not clear

Make = Callable[[int], str]


class Case(NamedTuple):
    """A page that can be made as long as one likes."""

    reader: str
    shape: str
    make: Make
    least: int
    most: int


class Growth(NamedTuple):
    """How long reading a page took, and one that is doubled once or several times."""

    case: Case
    n: int
    seconds: float
    seconds_of_longer: float
    doublings: int = 1

    @property
    def ratio(self) -> float:
        """Times as long for each doubling; 2 is what twice the input should take."""
        return (self.seconds_of_longer / self.seconds) ** (1 / self.doublings)

    @property
    def line(self) -> str:
        """What the table says of it."""
        lengths = f"{self.n:9} {2**self.doublings:2}"
        figures = f"{self.seconds:8.3f} {self.seconds_of_longer:8.3f} {self.ratio:6.2f}"
        return f"{lengths} {figures}  {self.case.reader}: {self.case.shape}"


class _TooLongError(BaseException):
    """Reading one page has no end in sight; nothing that reads may take it for its own fault."""


def cases() -> Iterator[Case]:
    """Yield every page in every shape, and in every packing."""
    for page in sound_pages():
        for shape in shapes(page):
            for name, pack in PACKINGS.items():
                reader = page.name if name == "as it is" else f"{page.name} {name}"
                yield Case(
                    reader, shape.name, _packed(pack, shape.make, page), _LEAST_CHARS, _MOST_CHARS
                )
    for layout, _ in made_pages(1):
        yield Case(layout, "cards of papers", _cards(layout), _LEAST_CARDS, _MOST_CARDS)


def _packed(pack: Callable[[str], str], make: Callable[[Page, int], str], page: Page) -> Make:
    return lambda n: pack(make(page, n))


def _cards(layout: str) -> Make:
    return lambda n: dict(made_pages(n))[layout]


def read_seconds(text: str) -> float:
    """Return the processor time that reading a page takes, from its bytes to tables."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "page.txt").write_bytes(text.encode("utf-8"))
        (file,) = find_dumps(folder)
        gc.collect()  # what earlier pages left is not this one's
        begun = time.process_time()
        to_tables([extract_dump(folder, file)])
        return max(time.process_time() - begun, 0.001)


def grow(case: Case) -> Growth:
    """Measure a page long enough to tell, and one twice as long.

    Where that takes too long, a page eight times as long tells a step, as where another way of
    reading begins, from what goes on to grow.
    """
    n, seconds = case.least, _warm_seconds(case.make(case.least))
    while seconds < _ENOUGH and n < case.most:
        n = min(case.most, int(n * min(8.0, max(1.5, 1.5 * _ENOUGH / seconds))))
        seconds = _warm_seconds(case.make(n))
    first = _best(case, n, 1)
    return first if first.ratio <= LIMIT else min(first, _best(case, n, _DOUBLINGS), key=_ratio)


def _warm_seconds(text: str) -> float:
    """Return what reading a page takes where what the first one loads is there."""
    return min(read_seconds(text), read_seconds(text))


def _best(case: Case, n: int, doublings: int) -> Growth:
    """Measure a page and a longer one until it is clear, five times at most."""
    once, longer = case.make(n), case.make(n * 2**doublings)
    best = Growth(case, n, read_seconds(once), read_seconds(longer), doublings)
    for _ in range(_ROUNDS - 1):
        if best.ratio <= LIMIT:
            break
        seconds = min(best.seconds, read_seconds(once))
        seconds_of_longer = min(best.seconds_of_longer, read_seconds(longer))
        best = Growth(case, n, seconds, seconds_of_longer, doublings)
    return best


def _ratio(growth: Growth) -> float:
    return growth.ratio


def measured(case: Case) -> Growth:
    """Measure a page that is made longer and longer; one that takes a minute fails."""

    def end(*_: object) -> None:
        raise _TooLongError

    signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, _TOO_LONG)
    try:
        return grow(case)
    except _TooLongError:
        return Growth(case, case.least, _TOO_LONG, float("inf"))
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def main() -> int:
    """Measure, print the table, return the exit status."""
    asked = _parser().parse_args()
    draw = random.Random(asked.seed)
    chosen = [
        case
        for case in cases()
        if draw.random() < asked.share and asked.pages in case.reader and asked.shapes in case.shape
    ]
    say = sys.stdout.write
    say(f"{len(chosen)} pages; reader, shape; n, times, seconds of both, ratio of a doubling\n")
    found = []
    for case in chosen:
        growth = measured(case)
        found.append(growth)
        if asked.all or growth.ratio > LIMIT:
            say(f"{growth.line}\n")
            sys.stdout.flush()
    fast = [growth for growth in found if growth.ratio > LIMIT]
    slowest = sorted(found, key=lambda growth: -growth.ratio)[:10]
    say("the steepest:\n" + "".join(f"{growth.line}\n" for growth in slowest))
    say(f"{len(fast)} of {len(found)} grow by more than {LIMIT}\n")
    return int(bool(fast))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--pages", default="", help="only readers whose name holds this")
    parser.add_argument("--shapes", default="", help="only shapes whose name holds this")
    parser.add_argument("--share", type=float, default=1.0, help="of all pages, drawn")
    parser.add_argument("--seed", type=int, default=1, help="of the draw")
    parser.add_argument("--all", action="store_true", help="print every page")
    return parser


if __name__ == "__main__":
    sys.exit(main())
