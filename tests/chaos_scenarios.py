"""Scenarios for `chaos`: warehouses, what happened to them, and the commands that are killed.

What belongs here: scenarios and their folders. What does not: processes (`chaos_processes`), what
must hold afterwards (`chaos_checks`).
"""

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chaos_processes import Argv, Tweak, in_process, load, run

Change = Callable[[Path], None]
BUILD: Argv = ("build",)


def _nothing(_: Path) -> None:
    return


@dataclass(frozen=True)
class Scenario:
    """A warehouse, what happened to it, and the command that is killed.

    Attributes:
        name: for people.
        base: the warehouse it starts from: `none`, `three`, `two versions`, `segments`, `whole`.
        change: what happens to a copy of it.
        command: the command; places are set by the environment.
        after: what is run after it once it has succeeded.
        models: how the models differ; see `Tweak`.
        env: variables.
    """

    name: str
    base: str = "three"
    change: Change = _nothing
    command: Argv = BUILD
    after: tuple[Argv, ...] = ()
    models: str = ""
    env: tuple[tuple[str, str], ...] = ()

    @property
    def tweak(self) -> Tweak:
        """How its processes differ from a user's."""
        return Tweak(self.base == "whole", self.base == "segments", self.models, self.env)


def _new_page(place: Path) -> None:
    from helpers import DI

    (place / "raw/di.txt").write_text(DI, "utf-8")


def _changed_page(place: Path) -> None:
    file = place / "raw/ann.txt"
    file.write_text(file.read_text("utf-8").replace("Lazy Clients", "Busy Clients"), "utf-8")


def _removed_page(place: Path) -> None:
    (place / "raw/bo.txt").unlink()


def _moved_page(place: Path) -> None:
    (place / "raw/bo.txt").rename(place / "raw/chen.txt")


def _wiped(place: Path) -> None:
    for page in (place / "raw").glob("*.txt"):
        page.unlink()
    _new_page(place)


def _corrected(place: Path) -> None:
    one, other, *_ = in_process(_paper_ids, place)
    line = f"{one},{other},same,somebody,2026-03-01,retitled"
    head = "left,right,decision,who,when,why"
    (place / "overrides.csv").write_text(f"{head}\n{line}\n", "utf-8")


def _paper_ids(place: Path) -> list[str]:
    from helpers import asked

    query = "select paper_id from papers order by paper_id"
    return [paper_id for (paper_id,) in asked(place / "warehouse/warehouse.duckdb", query)]


def _damaged(place: Path) -> None:
    tables = place / "warehouse/tables"
    for name in ("marts/papers", "linkage/clusters", "reference/venues"):
        (file,) = (tables / name).glob("[a-z]*.parquet")
        file.write_bytes(file.read_bytes()[:-64])
    next((tables / "staging/records").glob("*.parquet")).write_bytes(b"")
    (tables / "marts/authorships/_stamp.json").write_text("{", "utf-8")


def _flipped(place: Path) -> None:
    for file in (place / "warehouse/tables/marts").glob("paper*/paper*.parquet"):
        found, content = file.stat(), bytearray(file.read_bytes())
        content[len(content) // 3] ^= 1
        file.write_bytes(content)
        os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))


def _written_into(place: Path) -> None:
    in_process(_delete_papers, (place / "warehouse/warehouse.duckdb").resolve())


def _delete_papers(file: Path) -> None:
    from helpers import written

    written(file, "delete from papers where year < 2022")


def _exported(place: Path) -> None:
    older = sorted((place / "warehouse/versions").glob("*.duckdb"))[0].stem
    _need(run(place, ("export", "papers", "authorships", "topics", "--version", older)))


def _reported(place: Path) -> None:
    older = sorted((place / "warehouse/versions").glob("*.duckdb"))[0].stem
    _need(run(place, ("report", "--version", older)))


SCENARIOS = (
    Scenario("first build", "none"),
    Scenario("new page", change=_new_page),
    Scenario("changed page", change=_changed_page),
    Scenario("removed page", change=_removed_page),
    Scenario("removed page kept", change=_removed_page, env=(("PAPERMART_RETENTION", "kept"),)),
    Scenario("moved page", change=_moved_page),
    Scenario("all pages replaced", change=_wiped),
    Scenario("segments joined", "segments", _new_page),
    Scenario("all anew", command=("build", "--full")),
    Scenario("another model", models="code"),
    Scenario("another description", models="description"),
    Scenario("corrections", change=_corrected),
    Scenario("a decision", "whole", command=("same", "{0}", "{1}", "--why", "retitled")),
    Scenario("damaged tables", change=_damaged),
    Scenario("deep status", change=_flipped, command=("status", "--deep"), after=(BUILD,)),
    Scenario("changed by a user", "two versions", _written_into),
    Scenario("rollback", "two versions", command=("rollback",), after=(BUILD,)),
    Scenario(
        "versions pruned", "two versions", _removed_page, env=(("PAPERMART_KEEP_VERSIONS", "1"),)
    ),
    Scenario("export", "whole", _exported, ("export",)),
    Scenario("export of some", "whole", _exported, ("export", "papers", "pages")),
    Scenario("export as Parquet", "whole", _exported, ("export", "--format", "parquet")),
    Scenario("report", "whole", _reported, ("report",)),
)

# ---------------------------------------------------------------- places


@dataclass(frozen=True)
class Ready:
    """A scenario with its folder, that of the run nobody killed, and that run's steps."""

    scenario: Scenario
    before: Path
    wanted: Path
    kinds: tuple[str, ...]
    seconds: float


def _need(done: tuple[int, str]) -> None:
    code, said = done
    if code:
        raise RuntimeError(f"exit code {code}: {said}")


def make_base(folder: Path, base: str) -> None:
    """Make one of the warehouses that scenarios start from; see `Scenario.base`."""
    from helpers import PAGES, put, small_build, two_versions

    place = folder / base
    if place.exists():
        return
    if base == "whole":
        put(place / "raw", PAGES)
        shutil.copytree(two_versions(), place / "warehouse", symlinks=True)
        small_build()
        return
    if base == "two versions":
        shutil.copytree(folder / "three", place, symlinks=True)
        _new_page(place)
        _need(run(place, BUILD))
        return
    for n, (name, text) in enumerate(PAGES.items()):
        put(place / "raw", {name: text})
        if base == "segments" or (base == "three" and n == 2):
            _need(run(place, BUILD))
    (place / "warehouse").mkdir(exist_ok=True)


_OF_OTHERS = ("mine.tmp", "mine-notes.txt", "mine.parquet", ".papermart-mine.txt", "mine/x.tmp")


def add_foreign(place: Path) -> None:
    """Put files of other people into every folder that papermart writes to."""
    (place / "exports").mkdir(exist_ok=True)
    folders = [place / "exports", place / "warehouse"]
    folders += [folder for folder in (place / "warehouse").rglob("*") if folder.is_dir()]
    for folder in folders:
        for name in _OF_OTHERS:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(f"mine: {name}", "utf-8")


def foreign(place: Path) -> dict[str, tuple[str, int]]:
    """Return content and time of the files of other people."""
    return {
        str(file.relative_to(place)): (file.read_text("utf-8"), file.stat().st_mtime_ns)
        for file in place.rglob("*")
        if "mine" in str(file.relative_to(place)) and file.is_file()
    }


def make_ready(folder: Path, scenario: Scenario) -> Ready:
    """Prepare a scenario, and run it once to its end."""
    load()
    before, wanted = (folder / f"{scenario.name}-{what}" for what in ("before", "wanted"))
    shutil.copytree(folder / scenario.base, before, symlinks=True)
    scenario.change(before)
    add_foreign(before)
    shutil.copytree(before, wanted, symlinks=True)
    trace, began = folder / f"{scenario.name}.json", time.monotonic()
    argv = command_of(scenario, before)
    code, said = run(wanted, argv, scenario.tweak, trace=trace)
    seconds = time.monotonic() - began
    if code and "--deep" not in argv:
        raise RuntimeError(f"{scenario.name}: {said}")
    for argv in scenario.after:
        _need(run(wanted, argv, scenario.tweak))
    return Ready(scenario, before, wanted, tuple(json.loads(trace.read_text())), seconds)


def command_of(scenario: Scenario, before: Path) -> Argv:
    ids = in_process(_paper_ids, before) if scenario.command[0] == "same" else []
    argv = tuple(word.format(*ids) for word in scenario.command)
    if argv == ("rollback",):  # run twice, it would go back twice
        versions = sorted((before / "warehouse/versions").glob("2*.duckdb"))
        return "rollback", versions[0].stem
    return argv
