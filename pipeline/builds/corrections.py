"""What people correct in the overrides file, beside what builds made of it, in words.

What belongs here: how many lines builds read, which it did not obey, how many wait for the
next one, or would be lost with it. What does not: reading the file (`inputs.overrides`), writing it
(`outputs.decisions`).
"""

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.contract.errors import CorrectionsMissingError, PipelineError
from pipeline.contract.specs import LAST_VERSION
from pipeline.inputs.overrides import COLUMNS, overrides_bytes, read_overrides
from pipeline.models.catalogue import all_specs
from pipeline.storage.engine import EngineError
from pipeline.storage.sharing import shared_url, shared_version
from pipeline.storage.versions import versions
from pipeline.storage.warehouse import Warehouse

_READ = "marts.overrides"
# So many lines nobody takes back one by one, and writes others, between two builds.
_MANY = 3


def count_corrections(warehouse: Warehouse) -> int:
    """Return how many lines of the overrides file the last build read."""
    stamp = warehouse.stamp("raw.overrides")
    return stamp.n_rows if stamp else 0


def need_corrections(warehouse: Warehouse, file: Path | None) -> None:
    """Raise if a shared warehouse was made with corrections, and the file of them is not here.

    In a folder of one's own whoever moved the file away had made it; here it was made by others. A
    file that says none of many lines was begun anew. One of the first line alone is meant: an empty
    one is soon left behind. Lines that were not obeyed count for nobody as it is.

    Args:
        warehouse: as the store has it where a build asks; else as it was last taken from there.
        file: the overrides file; None: nobody named one.

    Raises:
        CorrectionsMissingError: it was; says what to do.
        PipelineError: the file is none of corrections.
    """
    url = shared_url(warehouse)
    obeyed = [row for row in _built(warehouse) if row["is_applied"]] if url else []
    if not obeyed or not (what := _lacks(obeyed, file)):
        return
    are = "correction, which" if len(obeyed) == 1 else "corrections, which"
    raise CorrectionsMissingError(
        f"{file or 'the overrides file'} {what[0]}. This warehouse, which is shared in {url}, was "
        f"made with {len(obeyed)} {are} would count for nobody any more. {what[1]}"
        f"{','.join(COLUMNS)} (docs/sharing.md#building-it)"
    )


def _lacks(obeyed: list[dict[str, Any]], file: Path | None) -> tuple[str, str] | None:
    """Say how a file is not the one that was obeyed, and what to do; None: it may be."""
    if not overrides_bytes(file).removeprefix(BOM_UTF8).strip():
        return (
            "is empty" if file and file.exists() else "is not there",
            "Put the file there that all use who build, or name it with --overrides; to take back "
            "all that it says, let it hold nothing but ",
        )
    given, built = _pairs(read_overrides(file)), _pairs(obeyed)
    if not given or len(built) < _MANY or not given.isdisjoint(built):
        return None
    return (
        "says nothing of what was corrected",
        "Add its lines to the file that all use who build; to take back all that that one says, "
        "build once with --overrides and a file that holds nothing but ",
    )


def unapplied_lines(warehouse: Warehouse, file_name: str) -> Iterator[str]:
    """Say of each line of the overrides file that is not obeyed what is wrong with it.

    Args:
        warehouse: as the last build left it.
        file_name: what to call the file.
    """
    stamp = warehouse.stamp(_READ)
    if not stamp or all(check["passed"] for check in stamp.checks):
        return
    with warehouse.engine([all_specs()[_READ]]) as engine:
        faults = engine.tuples(
            f"select line, fault from {_READ} where not is_applied order by line"
        )
    for line, fault in faults:
        yield f"  not obeyed: {file_name}, line {line}, {fault}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Corrections that the tables do not know yet.

    Attributes:
        file_name: what to call the file.
        n_new: lines that came since the last version.
        n_gone: lines that were taken out since, and were obeyed.
        fault: why the file cannot be read, which stops the next build; None if it can.
    """

    file_name: str
    n_new: int = 0
    n_gone: int = 0
    fault: str | None = None

    @property
    def is_due(self) -> bool:
        """A build would make something of it."""
        return bool(self.n_new or self.n_gone)

    def lines(self) -> Iterator[str]:
        """Say what waits and what becomes of it; nothing where nothing waits."""
        if self.fault:
            yield f"corrections: the next build stops: {self.fault}"
        if self.n_new:
            are, uses = ("line is", "it") if self.n_new == 1 else ("lines are", "them")
            yield (
                f"corrections: {self.n_new} {are} new in {self.file_name} since the last version; "
                f"the next build uses {uses}"
            )
        if self.n_gone:
            were, back = ("line was", "it") if self.n_gone == 1 else ("lines were", "them")
            yield (
                f"corrections: {self.n_gone} {were} taken out of {self.file_name} since the last "
                f"version; the next build takes {back} back"
            )


def waiting_corrections(warehouse: Warehouse, file: Path | None) -> Waiting:
    """Return what of the overrides file the next build will be the first to see.

    A line that only gives other reasons changes nothing, and waits for nothing.

    Args:
        warehouse: as the last build left it.
        file: the overrides file; None, or one that is not there: no corrections.
    """
    name = file.name if file else ""
    try:
        now = _decisions(read_overrides(file))
        need_corrections(warehouse, file)
    except PipelineError as error:
        return Waiting(name, fault=str(error))
    built = _built(warehouse)
    obeyed = _decisions(row for row in built if row["is_applied"])
    return Waiting(name, (now - _decisions(built)).total(), (obeyed - now).total())


def _built(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Return the lines that the version was made with that is shared, or else the latest.

    Before there is one, those of the tables. Of a build that failed, or could not share what it
    made, nobody was told what it took back: the next one has to say so.
    """
    spec = all_specs()[_READ]
    intact = [version.path for version in versions(warehouse) if version.is_intact()]
    shared = shared_version(warehouse)
    file = shared if shared in intact else next(iter(intact), None)
    if not file and not warehouse.is_whole(_READ):
        return []
    table = f"{LAST_VERSION}.{spec.name}" if file else _READ
    try:
        with warehouse.engine([] if file else [spec]) as engine, engine.last_version(file, [spec]):
            return engine.rows(
                f"select left_id, right_id, decision, is_applied from {table} order by line"
            )
    except EngineError:  # a version of before, or damaged: builds say so
        return []


def _pairs(rows: Iterable[Mapping[str, Any]]) -> set[frozenset[str | None]]:
    """Return what lines are about: whoever decides otherwise of it has the file."""
    return {frozenset((row.get("left_id"), row.get("right_id"))) for row in rows}


def _decisions(rows: Iterable[Mapping[str, Any]]) -> Counter[tuple[str | None, ...]]:
    return Counter((row.get("left_id"), row.get("right_id"), row.get("decision")) for row in rows)
