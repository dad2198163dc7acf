"""`papermart review`: the review queue, pair by pair, on a terminal.

What belongs here: asking, and what is said around it. What does not: how a pair looks
(`outputs.review`), what a decision may be (`outputs.decisions`).
"""

import signal
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from pipeline.cli.decide import WhoOption, decider, deciding, effect
from pipeline.cli.shared import (
    INTERRUPTED,
    OverridesOption,
    ShownConsole,
    WarehouseOption,
    say_lines,
    until_reader_leaves,
    warn,
)
from pipeline.contract.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.outputs.review import Pair
    from pipeline.storage.duckdb_engine import DuckDB

_KEYS = "s same, n not same, Enter skip, w why it is here, q quit"
_REASON = "a reason may follow the key: s retitled for the journal"
_ANSWERS = {
    "s": "same",
    "same": "same",
    "n": "not_same",
    "not same": "not_same",
    "not-same": "not_same",
    "": "skip",
    "k": "skip",
    "skip": "skip",
    "w": "why",
    "why": "why",
    "q": "quit",
    "quit": "quit",
}
_NO_TERMINAL = 2


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(review)


def review(
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="How many pairs at most.")
    ] = None,
    as_list: Annotated[
        bool, typer.Option("--list", help="Print the queue and ask nothing; also in a pipe.")
    ] = False,
    who: WhoOption = None,
    warehouse: WarehouseOption = None,
    overrides: OverridesOption = None,
) -> None:
    """Walk the pairs of papers that may be one: the two side by side, and you decide.

    Type s (same), n (not same), w (why it is here), q (quit) or nothing (skip), then Enter; a
    reason may follow s or n: s retitled for the journal.

    What a decision is expected to change most comes first. Each decision is a line in
    data/overrides.csv at once, so stopping loses nothing; `papermart build` applies them. What was
    skipped comes again, what was decided does not. To take a decision back, remove its line.

    Example: papermart review --list --limit 20
    """
    _bear_any_encoding()
    if not as_list and not (sys.stdin.isatty() and sys.stdout.isatty()):
        warn(
            "papermart review asks on a terminal, and this is none; `papermart review --list` "
            "prints the queue, and `papermart same A B` or `not-same A B` decides"
        )
        raise typer.Exit(_NO_TERMINAL)
    with deciding(warehouse, overrides) as (engine, file):
        if as_list:
            from pipeline.outputs.review import queue_lines

            with until_reader_leaves():
                say_lines(queue_lines(_undecided(engine, file)[:limit]))
            return
        _Walk(engine, file, decider(who)).go(limit)


def _bear_any_encoding() -> None:
    """Show a sign that the terminal's encoding has not as a question mark, and read on."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _hear_ctrl_c() -> None:
    """Let Ctrl-C end a question at once: Polars, once used, keeps it until some work of its own."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _undecided(engine: "DuckDB", file: Path, pairs: Sequence["Pair"] | None = None) -> list["Pair"]:
    """Return the queue, or some pairs of it, without those decided since the build."""
    from pipeline.inputs.overrides import read_overrides
    from pipeline.outputs.decisions import Lines
    from pipeline.outputs.review import DecidedSince, read_queue

    since = DecidedSince(Lines(engine, read_overrides(file)))
    return [
        pair for pair in (read_queue(engine) if pairs is None else pairs) if not since.holds(pair)
    ]


@dataclass(slots=True)
class _Walk:
    """One person going through the queue.

    Attributes:
        engine: sees the published file.
        file: the overrides file.
        who: the person, if known.
        counts: how many pairs were decided in which way.
    """

    engine: "DuckDB"
    file: Path
    who: str | None
    console: Console = field(default_factory=lambda: ShownConsole(highlight=False))
    counts: Counter[str] = field(default_factory=Counter)

    def go(self, limit: int | None) -> None:
        """Ask about one pair after the other until the end, or the person leaves."""
        queue = _undecided(self.engine, self.file)
        if not queue:
            self._say("there is nothing to decide: no pair of papers came near")
            return
        n_asked = len(queue[:limit])
        self._say(f"{n_asked} of {len(queue)} pairs; {_KEYS}; {_REASON}")
        try:
            for n, pair in enumerate(queue[:limit], 1):
                # What was decided meanwhile may have decided this one, too.
                if not _undecided(self.engine, self.file, [pair]):
                    continue
                if not self._ask(pair, f" {n} of {n_asked} "):
                    break
        except KeyboardInterrupt:
            self._say(f"\n{self._summary(queue)}")
            raise typer.Exit(INTERRUPTED) from None
        self._say(self._summary(queue))

    def _ask(self, pair: "Pair", head: str) -> bool:
        """Show a pair until it is decided or skipped; tell whether to go on."""
        from pipeline.outputs.review import pair_details, print_pair

        print_pair(self.engine, pair, self.console, head)
        while True:
            answer, reason = self._answer()
            if answer == "quit":
                return False
            if answer == "skip":
                return True
            if answer == "why":
                for line in pair_details(self.engine, pair):
                    self._say(line)
            elif self._decide(pair, answer, reason):
                return True

    def _answer(self) -> tuple[str, str | None]:
        """Return what the person says, and the reason if one follows."""
        while True:
            try:
                _hear_ctrl_c()
                typed = input("same? [s/n/Enter/w/q] ").strip()
            except EOFError:
                self._say("")
                return "quit", None
            if typed.lower() in _ANSWERS:
                return _ANSWERS[typed.lower()], None
            key, _, reason = typed.partition(" ")
            answer = _ANSWERS.get(key.lower())
            if answer in ("same", "not_same"):
                return answer, reason.strip()
            self._say(f"{_KEYS}; {_REASON}")

    def _decide(self, pair: "Pair", verdict: str, reason: str | None) -> bool:
        """Write a decision; tell whether it stands."""
        from pipeline.outputs.decisions import decide, find_side

        sides = (
            find_side(self.engine, pair["paper_id_l"]),
            find_side(self.engine, pair["paper_id_r"]),
        )
        said = "same" if verdict == "same" else "not_same"
        try:
            done = decide(self.engine, self.file, sides, said, who=self.who, why=reason)
        except PipelineError as error:
            self._say(f"error: {error}")
            return False
        self.counts[said] += done.is_new
        what = effect(done) if done.is_new else "said so meanwhile"
        self._say(f"{self.file}, line {done.line}; {what}")
        return True

    def _summary(self, queue: Sequence["Pair"]) -> str:
        same, apart = self.counts["same"], self.counts["not_same"]
        n_left = len(_undecided(self.engine, self.file, queue))
        if not same + apart:
            return f"nothing decided; left in the queue: {n_left}"
        return (
            f"decided: {same + apart} ({same} same, {apart} not same), in {self.file}; left in the "
            f"queue: {n_left}. `papermart build` applies what was decided"
        )

    def _say(self, text: str) -> None:
        self.console.print(text, markup=False, soft_wrap=True)
