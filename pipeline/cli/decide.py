"""`papermart same` and `not-same`: what people decide of two papers or two authors.

What belongs here: what these commands say, and who is asking. What does not: whether a decision
makes sense (`outputs.decisions`, `outputs.author_decisions`); walking the queue (`review`).
"""

import os
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.shared import OverridesOption, WarehouseOption, refuse_own, say_lines, settings
from pipeline.contract.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.outputs.author_decisions import AuthorDecided
    from pipeline.outputs.decisions import Decided, Verdict
    from pipeline.storage.duckdb_engine import DuckDB

WhoOption = Annotated[
    str | None,
    typer.Option(
        "--who", help="Who decides.", show_default="PAPERMART_WHO, else git's name, else the login"
    ),
]
_WhyOption = Annotated[str | None, typer.Option("--why", help="The reason, in words.")]
_OneArgument = Annotated[
    str, typer.Argument(metavar="A", help="Paper id, record id, arXiv id or DOI; or an author id.")
]
_OtherArgument = Annotated[str, typer.Argument(metavar="B", help="The other one.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("same")(same)
    app.command("not-same")(not_same)


def same(
    one: _OneArgument,
    other: _OtherArgument,
    why: _WhyOption = None,
    who: WhoOption = None,
    warehouse: WarehouseOption = None,
    overrides: OverridesOption = None,
) -> None:
    """Say that two papers, or two authors, are one: a line in data/overrides.csv.

    A record id stands for that record, all else for the whole paper; of an id its first signs will
    do. Authors are named by their ids, which `papermart explain NAME` shows. What contradicts a
    line that is there already is refused; `papermart review` asks about the pairs of papers that
    came near. To take it back, remove the line and build again.

    Example: papermart same 2006.03654 1911.02972 --why "retitled"
    """
    _decide(one, other, "same", (who, why), (warehouse, overrides))


def not_same(
    one: _OneArgument,
    other: _OtherArgument,
    why: _WhyOption = None,
    who: WhoOption = None,
    warehouse: WarehouseOption = None,
    overrides: OverridesOption = None,
) -> None:
    """Say that two papers, or two authors, are not one: a line in data/overrides.csv.

    A record and its own paper: the record is taken out. A paper and an id that it swallowed in an
    earlier build: the two part again. Two papers that are apart stay so, whatever pages come. So
    it is with author ids, which `papermart explain NAME` shows. To take it back, remove the line
    and build again.

    Example: papermart not-same 2006.04768 2006.15020 --why "a sequel"
    """
    _decide(one, other, "not_same", (who, why), (warehouse, overrides))


def _decide(
    one: str,
    other: str,
    verdict: "Verdict",
    words: tuple[str | None, str | None],
    places: tuple[Path | None, Path | None],
) -> None:
    from pipeline.outputs.author_decisions import decide_authors, is_author_id
    from pipeline.outputs.decisions import decide, find_side
    from pipeline.outputs.short_ids import whole_id

    who, why = words
    with deciding(*places) as (engine, file):
        one, other = whole_id(engine, one), whole_id(engine, other)
        n_authors = is_author_id(one) + is_author_id(other)
        if n_authors == 1:
            raise PipelineError(
                "one is an author id, the other is none; name two papers or two authors by their "
                "ids (`papermart explain NAME` shows an author's)"
            )
        if n_authors:
            found = decide_authors(engine, file, (one, other), verdict, who=decider(who), why=why)
            say_lines(_author_outcome(file, found, verdict))
            return
        pair = find_side(engine, one), find_side(engine, other)
        done = decide(engine, file, pair, verdict, who=decider(who), why=why)
        say_lines(_outcome(engine, file, done))


@contextmanager
def deciding(warehouse: Path | None, overrides: Path | None) -> Generator[tuple["DuckDB", Path]]:
    """Open the published file to look at, and say which overrides file decisions go to.

    Raises:
        PipelineError: nothing is published, the version is too old to decide on, the file would
            lie where builds read or write, or a build would refuse it (`need_corrections`).
    """
    from pipeline.builds.corrections import need_corrections
    from pipeline.contract.errors import CorrectionsMissingError
    from pipeline.storage.engine import EngineError
    from pipeline.storage.published_file import open_published
    from pipeline.storage.versions import find_version
    from pipeline.storage.warehouse import Warehouse

    chosen = settings(warehouse=warehouse, overrides=overrides)
    if not chosen.overrides.exists():
        refuse_own(chosen.overrides, chosen)
    house = Warehouse(chosen.warehouse, store=chosen.store)
    try:
        need_corrections(house, chosen.overrides)
    except CorrectionsMissingError as error:
        raise PipelineError(
            f"{error}. Where others built since, `papermart build` takes first what they shared"
        ) from None
    version = find_version(house, None)
    try:
        with open_published(version) as engine:
            yield engine, chosen.overrides
    except EngineError:
        raise PipelineError(
            "this version was published before papers could be decided on; run `papermart build`"
        ) from None


def decider(said: str | None) -> str | None:
    """Return who decides: who is named, the environment, git's name, the login; None if unknown."""
    named = (said, os.environ.get("PAPERMART_WHO"))
    return next((name.strip() for name in named if name and name.strip()), None) or (
        _name_in_git() or _login()
    )


def _name_in_git() -> str | None:
    command = ["git", "config", "user.name"]
    try:
        found = subprocess.run(command, capture_output=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.decode("utf-8", "replace").strip() or None


def _login() -> str | None:
    from getpass import getuser

    try:
        return getuser()
    except (OSError, KeyError, ImportError):
        return None


def _outcome(engine: "DuckDB", file: Path, done: "Decided") -> Iterator[str]:
    from pipeline.outputs.decisions import paper_lines

    what = "the same paper" if done.verdict == "same" else "not the same paper"
    ids = f"{done.left.id} and {done.right.id} are {what}"
    if not done.is_new and done.line is not None:
        yield f"nothing to do: {file}, line {done.line}, says so already: {ids}"
    elif not done.is_new:
        yield f"nothing to do: both are the paper {done.left.paper_id} already"
    else:
        yield f"{file}, line {done.line}: {ids}"
    yield from (f"  {line}" for line in paper_lines(engine, done))
    if done.is_new:
        yield effect(done)


def _author_outcome(file: Path, done: "AuthorDecided", verdict: "Verdict") -> Iterator[str]:
    ids = f"{done.ids[0]} and {done.ids[1]} are "
    ids += "the same person" if verdict == "same" else "not the same person"
    if done.line is None:
        yield f"nothing to do: both are the author {done.authors[0]} already"
    elif not done.is_new:
        yield f"nothing to do: {file}, line {done.line}, says so already: {ids}"
    else:
        yield f"{file}, line {done.line}: {ids}"
        if verdict == "same":
            yield "`papermart build` makes one author of them; both ids go on to lead there"
        else:
            yield "`papermart build` keeps the names of the one from those of the other"


def effect(done: "Decided") -> str:
    """Say what a new decision changes, and when."""
    if done.verdict == "same":
        return "`papermart build` makes one paper of them; both ids go on to lead to it"
    if done.are_one:
        return "`papermart build` makes two papers of it; the larger part keeps the id"
    kept = "they are apart already; `papermart build` keeps them so"
    return f"{kept}, and takes them off the queue" if done.is_queued else f"{kept}, whatever comes"
