"""How the time that some work takes grows with its size.

Seconds tell as much of the machine as of the code: another one, a busy one or one that measures
coverage takes many times as long. The work on a large input and on a small one, one right after
the other, tells of the code alone.
"""

import resource
import time
from collections.abc import Callable

TIMES = 8  # how much larger the large input is: linear work takes 8 times as long, quadratic 64
MOST = 24  # so much is still linear: three times what it should be, a third of quadratic
FLOOR = 0.05  # seconds that nobody need compare: square or not, the large input is read at once
TRIES = 3


def assert_linear(work: Callable[[int], object], size: int, about: object = "") -> None:
    """Fail when work of a size takes far more than 8 times as long as work of an eighth of it.

    `work` makes an input of the size it is given and works on it; `about` names the input in the
    message, where a test tries several. `size` must be so large that what is guarded against shows
    beside what work of any size costs: a square hides only where it takes less than about 40 times
    that.

    CPU time of the process and of those it waited for is measured. What else they do meanwhile
    (collect garbage, fill a cache, load a module) can only make one try fail, and the last of three
    counts as well as the first. Each try has a size of its own, lest a cache know the answer.
    """
    told = []
    for n in range(TRIES):
        large = size - n * (size // 50)
        took = _seconds(work, large)
        if took < FLOOR:
            return
        took_small = _seconds(work, large // TIMES)
        if took <= MOST * took_small:
            return
        told.append(f"{took_small:.4f} s and {took:.4f} s")
    name = f"{about!r}: " if about else ""
    message = f"{name}{TIMES} times the size takes over {MOST} times as long: {', '.join(told)}"
    raise AssertionError(message)


def repeated(piece: str, size: int) -> str:
    """Return a piece over and over, about `size` characters in all."""
    return piece * (size // len(piece))


def _seconds(work: Callable[[int], object], size: int) -> float:
    began = _clock()
    work(size)
    return _clock() - began


def _clock() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
