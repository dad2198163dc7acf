"""Processes for `chaos`: commands that end before a step of theirs, and questions of their own.

What belongs here: forking, counting what a command does to files, ending it. What does not: which
commands (`chaos_scenarios`), what must hold afterwards (`chaos_checks`).
"""

import json
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

Argv = tuple[str, ...]

# What builds make here, with all that it is made of.
_MADE = ("marts.papers", "marts.authorships", "marts.paper_records")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
# Of each event: which of its arguments is the place.
_EVENTS = {
    "open": 0,
    "os.rename": 0,
    "os.remove": 0,
    "os.rmdir": 0,
    "os.mkdir": 0,
    "os.utime": 0,
    "os.truncate": 0,
    "os.symlink": 1,
    "shutil.copyfile": 1,
}
_STATEMENTS = ("copy", "attach", "commit", "detach", "create table published_file")


@dataclass(frozen=True)
class Tweak:
    """What differs in a process from a user's.

    Attributes:
        makes_all: builds make all tables, not only papers and what they are made of.
        joins_soon: segments are joined when there are more than two.
        models: `code`: two models are others; `description`: papers are described otherwise.
        env: variables.
    """

    makes_all: bool = False
    joins_soon: bool = False
    models: str = ""
    env: tuple[tuple[str, str], ...] = ()


class Steps:
    """Counts what a command does to files, and ends the process before the step that is asked for.

    Args:
        place: the folder whose files count.
        last: the step before which the process ends; 0: none.
    """

    def __init__(self, place: Path, last: int) -> None:
        self.place, self.last = str(place), last
        self.kinds: list[str] = []

    def step(self, kind: str) -> None:
        self.kinds.append(kind)
        if len(self.kinds) == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        at = _EVENTS.get(event)
        if at is None or (event == "open" and not arguments[2] & _WRITES):
            return
        path = os.fsdecode(arguments[at]) if isinstance(arguments[at], str | bytes) else ""
        if path.startswith(self.place):
            self.step(f"{event.removeprefix('os.')} {_kind(path[len(self.place) + 1 :])}")

    def watch(self) -> None:
        """Count from now on."""
        from pipeline.storage.duckdb_engine import DuckDB

        sys.addaudithook(self.hook)
        run_statement, write_text = DuckDB._run, Path.write_text

        def counted(engine: Any, sql: str, parameters: object = None) -> Any:
            kind = next((word for word in _STATEMENTS if sql.startswith(word)), None)
            if kind is None:
                return run_statement(engine, sql, parameters)
            self.step(f"before {kind}")
            done = run_statement(engine, sql, parameters)
            self.step(f"after {kind}")
            return done

        def halved(path: Path, data: str, *arguments: Any, **options: Any) -> int:
            if len(self.kinds) + 2 == self.last:  # the next step is the opening
                write_text(path, data[: len(data) // 2], *arguments, **options)
            done = write_text(path, data, *arguments, **options)
            if str(path).startswith(self.place):
                self.step(f"within {_kind(str(path)[len(self.place) + 1 :])}")
            return done

        DuckDB._run, Path.write_text = counted, halved  # ty: ignore[invalid-assignment]


def _kind(path: str) -> str:
    """Return what a file is, whichever of its kind.

    >>> _kind("tables/marts/papers/.papermart-_stamp.json-0123456789ab.tmp")
    'tables/marts/*/~.json'
    """
    place = Path(path)
    name = re.sub(r"-[0-9a-f]{12}$", "", place.name.removesuffix(".tmp"))
    short = ("~" if name.startswith(".papermart-") else "") + Path(name).suffix
    folders = [*place.parent.parts[:2], *("*" for _ in place.parent.parts[2:])]
    return "/".join([*folders, short or "*"])


def run(place: Path, argv: Argv, tweak: Tweak = Tweak(), **more: Any) -> tuple[int, str]:
    """Run a command in a process of its own and return its exit code and what it said.

    The code is -9 for one that was killed.
    """
    log = place.parent / f"{place.name}.log"
    pid = os.fork()
    if pid == 0:
        _be_command(place, argv, tweak, log, **more)
    if (moment := more.get("moment")) is not None:
        time.sleep(moment)
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code, log.read_text("utf-8", "replace")


def _be_command(
    place: Path,
    argv: Argv,
    tweak: Tweak,
    log: Path,
    *,
    last: int = 0,
    trace: Path | None = None,
    moment: float | None = None,  # noqa: ARG001 - the parent's
) -> None:
    code = 99
    try:
        opened = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, 1), os.dup2(opened, 2)
        settle_in(place, tweak)
        steps = Steps(place, last)
        if last or trace:
            steps.watch()
        sys.argv = ["papermart", *argv]
        from pipeline.cli import main

        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if trace:
            trace.write_text(json.dumps(steps.kinds), "utf-8")
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def settle_in(place: Path, tweak: Tweak) -> None:
    """Let this process build few tables, in the places of a scenario."""
    import pytest
    from helpers import make_only

    from pipeline.storage import connections, segments

    for name, value in (
        ("RAW", place / "raw"),
        ("WAREHOUSE", place / "warehouse"),
        ("OVERRIDES", place / "overrides.csv"),
        ("EXPORTS", place / "exports"),
        ("WHO", "somebody"),
    ):
        os.environ[f"PAPERMART_{name}"] = str(value)
    os.environ.update(tweak.env)
    connections.CONFIG["threads"] = 1
    patch = pytest.MonkeyPatch()
    if tweak.joins_soon:
        patch.setattr(segments, "MAX_SEGMENTS", 2)
    if not tweak.makes_all:
        make_only(patch, *_MADE)
        patch.setattr("pipeline.cli.build._COUNTED", ("papers", "authorships"))
        _change_models(patch, tweak.models)


def _change_models(patch: Any, change: str) -> None:
    from pipeline.builds import publication, run

    if change == "code":
        models = dict(run.load_models())
        for name in ("linkage.content_ids", "marts.papers"):
            model = models[name]
            selects = {n: _written_otherwise(sql) for n, sql in model.selects.items()}
            models[name] = replace(model, selects=selects)
        for module in (run, publication):
            patch.setattr(module, "load_models", lambda: models)
    elif change == "description":
        specs = dict(publication.all_specs())
        words = {"description": "The papers, as told by another release."}
        specs["marts.papers"] = specs["marts.papers"].model_copy(update=words)
        patch.setattr(publication, "all_specs", lambda: specs)


def _written_otherwise(sql: str) -> str:
    """Return a SELECT of the same rows that is not the same."""
    return f"select rows_.* from ({sql.strip().rstrip(';')}) as rows_"


def load() -> None:
    """Import what commands need, once, so that processes forked from this one need not."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    import polars  # noqa: F401
    import pyarrow.parquet  # noqa: F401
    import same_tables  # noqa: F401

    import pipeline.builds.status
    import pipeline.cli
    import pipeline.extraction.batches
    import pipeline.outputs.export
    import pipeline.outputs.report.page
    import pipeline.sources.registry
    import pipeline.storage.publishing  # noqa: F401


def in_process(work: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a process of its own, since this one must open nothing.

    Raises:
        RuntimeError: it failed.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            found = {"value": work(*arguments)}
        except BaseException:
            found = {"fault": traceback.format_exc()}
        with os.fdopen(writer, "w") as stream:
            stream.write(json.dumps(found))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        text = stream.read()
    os.waitpid(pid, 0)
    found = json.loads(text or "{}")
    if "value" not in found:
        raise RuntimeError(found.get("fault", "the process ended"))
    return found["value"]
