"""Commands killed at every file operation, and at random moments: `make chaos`.

    python tests/chaos.py [KILLS] [SEED] [WORKERS]

Each scenario is a warehouse, what happened to it (a page came, changed or went; many segments;
another model; a decision; damage), and a command that is run in a process of its own and killed
with `kill -9`: before one of its file operations, before or after a statement of the engine that
writes, in the middle of a text file, or at a random moment; one in five is killed again while it
recovers. Operations are chosen so that every kind of every scenario comes before any comes twice.

What must hold after each kill: the published file and all versions open, each is of one build by
its own counts, and no join is torn; an export's tables are those of one build; the command, run
again, succeeds; the tables then equal those of a run that nobody killed, EXCEPT ALL both ways; a
plan finds nothing more to do and no file is other than its checksum says; nothing of ours is left
over; files of other people in every folder are the same byte for byte.

Builds make the papers and all that they are made of; exports and reports are of whole versions.
Processes are forked from one that has loaded the modules and opened nothing.
"""

import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from chaos_checks import faults_of_killed, faults_of_recovered
from chaos_processes import in_process, load, run
from chaos_scenarios import SCENARIOS, Ready, command_of, make_base, make_ready

KILLS, SEED = 200, 14
SECOND_KILLS = 0.2
RANDOM_MOMENTS = 0.25

# ---------------------------------------------------------------- killing, and looking


@dataclass(frozen=True)
class Kill:
    """One kill: of which run, before which of its steps or at which moment; whether once more."""

    scenario: str
    last: int = 0
    moment: float | None = None
    is_twice: bool = False
    seed: int = 0


@dataclass
class Outcome:
    kill: Kill
    kind: str
    was_killed: bool
    faults: list[str] = field(default_factory=list)


def one_kill(folder: Path, ready: Ready, kill: Kill) -> Outcome:
    """Kill one run, look, run it again, look again."""
    load()
    kind = ready.kinds[kill.last - 1] if kill.last else f"after {kill.moment:.2f} s"
    place = Path(tempfile.mkdtemp(prefix="kill-", dir=folder)) / "place"
    shutil.copytree(ready.before, place, symlinks=True)
    scenario, argv = ready.scenario, command_of(ready.scenario, ready.before)
    code, said = run(place, argv, scenario.tweak, last=kill.last, moment=kill.moment)
    outcome = Outcome(kill, kind, code == -9)
    if code not in (-9, 0) and "--deep" not in argv:
        outcome.faults.append(f"the command that should be killed ended with {code}: {said[-300:]}")
    outcome.faults += _look(faults_of_killed, place, ready)
    if kill.is_twice:
        last = random.Random(kill.seed).randint(1, len(ready.kinds))
        run(place, argv, scenario.tweak, last=last)
        outcome.faults += _look(faults_of_killed, place, ready)
    for again in (argv, *scenario.after):
        code, said = run(place, again, scenario.tweak)
        if code and "--deep" not in again:
            outcome.faults.append(f"{' '.join(again)} ended with {code}: {said[-300:]}")
    outcome.faults += _look(faults_of_recovered, place, ready)
    if not outcome.faults:
        shutil.rmtree(place.parent)
    return outcome


def _look(look: Callable[[Path, Ready], list[str]], place: Path, ready: Ready) -> list[str]:
    try:
        return in_process(look, place, ready)
    except RuntimeError as error:
        return [str(error)]


# ---------------------------------------------------------------- all of it


def choose(readies: Sequence[Ready], n: int, seed: int) -> list[Kill]:
    """Choose what to kill: every kind of operation of each scenario before any comes twice."""
    chance = random.Random(seed)
    queues = []
    for ready in readies:
        steps = list(range(1, len(ready.kinds) + 1))
        chance.shuffle(steps)
        seen: Counter[str] = Counter()
        ranked = []
        for step in steps:
            ranked.append((seen[ready.kinds[step - 1]], step))
            seen[ready.kinds[step - 1]] += 1
        queues.append((ready, [step for _, step in sorted(ranked, key=lambda r: r[0])]))
    kills: list[Kill] = []
    while len(kills) < n:
        for ready, queue in queues:
            twice, seed_ = chance.random() < SECOND_KILLS, chance.randrange(2**32)
            if chance.random() < RANDOM_MOMENTS or not queue:
                moment = chance.uniform(0, ready.seconds)
                kills.append(Kill(ready.scenario.name, 0, moment, twice, seed_))
            else:
                kills.append(Kill(ready.scenario.name, queue.pop(0), None, twice, seed_))
    return kills[:n]


def chaos(
    folder: Path, n: int, seed: int, workers: int, names: Sequence[str] = ()
) -> tuple[list[Ready], list[Outcome]]:
    """Prepare scenarios, all by default, in an empty folder and kill runs of them."""
    from helpers import SCRATCH

    os.environ.setdefault(SCRATCH, str(folder))
    chosen = [s for s in SCENARIOS if not names or s.name in names]
    # Spawned: a process that forks must not have threads.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        bases = {s.base for s in chosen} | (
            {"three"} if "two versions" in {s.base for s in chosen} else set()
        )
        pool.submit(in_process, make_base, folder, "whole").result()  # models are patched after it
        for group in ({"none", "three", "segments"}, {"two versions"}):
            for done in [pool.submit(_base, folder, base) for base in sorted(bases & group)]:
                done.result()
        readies = list(pool.map(make_ready, [folder] * len(chosen), chosen))
        by_name = {ready.scenario.name: ready for ready in readies}
        kills = choose(readies, n, seed)
        tasks = [pool.submit(one_kill, folder, by_name[k.scenario], k) for k in kills]
        outcomes = []
        for task in tasks:
            outcomes.append(task.result())
            _show(outcomes[-1])
    return readies, outcomes


def _base(folder: Path, base: str) -> None:
    load()
    make_base(folder, base)


def _show(outcome: Outcome) -> None:
    for fault in outcome.faults:
        print(f"{outcome.kill}\n  before {outcome.kind}: {fault}", flush=True)  # noqa: T201


def main() -> int:
    """Run it and print what came of it."""
    given = [int(text) for text in sys.argv[1:4]]
    n, seed, workers = (given + [KILLS, SEED, os.cpu_count() or 1][len(given) :])[:3]
    folder, began = Path(tempfile.mkdtemp(prefix="papermart-chaos-")), time.monotonic()
    readies, outcomes = chaos(folder, n, seed, workers)
    for ready in readies:
        own = [o for o in outcomes if o.kill.scenario == ready.scenario.name]
        killed, bad = sum(o.was_killed for o in own), sum(bool(o.faults) for o in own)
        print(  # noqa: T201
            f"{ready.scenario.name:22} {len(ready.kinds):4} steps {len(set(ready.kinds)):3} kinds "
            f"{killed:4} killed {bad:3} with faults"
        )
    n_bad, minutes = sum(bool(o.faults) for o in outcomes), (time.monotonic() - began) / 60
    print(f"{len(outcomes)} kills, {n_bad} with faults, {minutes:.1f} min, seed {seed}")  # noqa: T201
    if not n_bad:
        shutil.rmtree(folder)
    return int(bool(n_bad))


if __name__ == "__main__":
    sys.exit(main())
