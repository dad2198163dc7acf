"""Every kind of file a warehouse has, damaged in every way: `python tests/damages.py` tells all.

    python tests/damages.py

As a writer leaves it: cut in half, one bit turned, empty, deleted. After the next build the tables
must be those of before and `papermart status --deep` well. And with size and time put back, one bit
turned or zeros inside: `deep_check` must name the file, and the next build make it anew.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from helpers import DI, MORNING, PAGES, copy_of, make_only, papermart, put
from same_tables import differences, faults_of_version, leftovers

from pipeline.builds.health import deep_check
from pipeline.builds.run import build
from pipeline.storage.rollback import rollback
from pipeline.storage.warehouse import Warehouse

MADE = (
    *("marts.papers", "marts.authorships", "marts.paper_records"),
    *("marts.paper_id_history", "marts.author_id_history"),
)
LATER = MORNING + timedelta(days=7)


def _table(name: str) -> Callable[[Path], Path]:
    return lambda root: next((root / "tables" / name).glob("*.parquet"))


def _stamp(name: str) -> Callable[[Path], Path]:
    return lambda root: root / "tables" / name / "_stamp.json"


def _current(root: Path) -> Path:
    return (root / "warehouse.duckdb").resolve()


def _oldest(root: Path) -> Path:
    return min((root / "versions").glob("*.duckdb"))


def _mark(version: Callable[[Path], Path]) -> Callable[[Path], Path]:
    return lambda root: root / ".marks" / f"{version(root).stem}.json"


# The kinds of files, by what they are called here.
FILES: dict[str, Callable[[Path], Path]] = {
    "manifest": _table("raw/dumps"),
    "corrections": _table("raw/overrides"),
    "records": _table("staging/records"),
    "issues": _table("staging/issues"),
    "reference": _table("reference/topics"),
    "linkage": _table("linkage/clusters"),
    "identities": _table("linkage/identities"),
    "identities of authors": _table("people/identities"),
    "mart": _table("marts/papers"),
    "history of ids": _table("marts/paper_id_history"),
    "history of authors": _table("marts/author_id_history"),
    "build_info": _table("marts/build_info"),
    "guardrails": _table("marts/guardrails"),
    "changes": _table("marts/changes"),
    "stamp of the manifest": _stamp("raw/dumps"),
    "stamp of pages": _stamp("staging/pages"),
    "stamp of a reference": _stamp("reference/venues"),
    "stamp of linkage": _stamp("linkage/matches"),
    "stamp of a mart": _stamp("marts/authorships"),
    "stamp of build_info": _stamp("marts/build_info"),
    "stamp of changes": _stamp("marts/changes"),
    "version": _current,
    "mark of the version": _mark(_current),
    "old version": _oldest,
    "mark of an old version": _mark(_oldest),
    "note of a rollback": lambda root: root / ".rolled_back",
}
NO_MARK = {"note of a rollback"}  # what it says is believed only of a version that is there


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _turn(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _empty(file: Path) -> None:
    os.truncate(file, 0)


def _zero(file: Path) -> None:
    content = bytearray(file.read_bytes())
    third = len(content) // 3
    content[third : 2 * third] = bytes(third)
    file.write_bytes(content)


def _lead_nowhere(link: Path) -> None:
    link.unlink()
    link.symlink_to("versions/20260101T000000-000000000000.duckdb")


def _lead_back(link: Path) -> None:
    target = _oldest(link.parent)
    link.unlink()
    link.symlink_to(f"versions/{target.name}")


WAYS: dict[str, Callable[[Path], None]] = {
    "cut": _cut,
    "one bit": _turn,
    "empty": _empty,
    "deleted": Path.unlink,
}
HIDDEN_WAYS = {"one bit": _turn, "zeros": _zero}
LINK_WAYS = {"leads nowhere": _lead_nowhere, "leads back": _lead_back, "deleted": Path.unlink}


@dataclass(frozen=True)
class Damage:
    """One kind of file, what is done to it, and whether size and time are put back."""

    file: str
    way: str
    is_hidden: bool = False

    def __str__(self) -> str:
        """Name it for people."""
        return f"{self.file}, {self.way}{', hidden' if self.is_hidden else ''}"

    def do(self, root: Path) -> Path:
        """Damage the file in a warehouse and return which it was."""
        if self.file == "link":
            LINK_WAYS[self.way](root / "warehouse.duckdb")
            return root / "warehouse.duckdb"
        file = FILES[self.file](root)
        found = file.stat()
        (HIDDEN_WAYS if self.is_hidden else WAYS)[self.way](file)
        if self.is_hidden:
            os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
        return file


DAMAGES = [Damage(file, way) for file in FILES for way in WAYS]
DAMAGES += [Damage("link", way) for way in LINK_WAYS]
HIDDEN = [Damage(f, way, is_hidden=True) for f in FILES if f not in NO_MARK for way in HIDDEN_WAYS]


def make_before(folder: Path) -> tuple[Path, Path]:
    """Make the raw folder and the warehouse that is damaged; it has two versions.

    Returns:
        The raw folder, and the warehouse. Builds make few tables (`make_only`).
    """
    raw, root = put(folder / "raw", PAGES), folder / "before"
    build(raw, Warehouse(root), now=MORNING)
    # Ids of authors who share a name depend on who was met first: these share none.
    put(raw, {"di.txt": DI.replace("Di Wu", "Dee Wulf").replace("Ann Lee", "Ada Leigh")})
    build(raw, Warehouse(root), now=MORNING + timedelta(days=1))
    return raw, root


def faults(damage: Damage, raw: Path, before: Path, root: Path) -> list[str]:
    """Damage a copy of a warehouse, build, and say what is not as it was.

    Args:
        damage: what is done.
        raw: the pages.
        before: the warehouse.
        root: where its copy goes.
    """
    house = Warehouse(copy_of(before, root))
    is_rolled_back = damage.file in NO_MARK
    if is_rolled_back:
        rollback(house)
    file = damage.do(root)
    found = []
    if damage.is_hidden:
        place = str(file.relative_to(root))
        if not any(place in line for line in deep_check(house)):
            found.append("not named")
    build(raw, house, now=LATER)
    house.close()
    found += differences(root, before, published=not is_rolled_back)
    found += [f"left over: {name}" for name in leftovers(root)]
    for version in [root / "warehouse.duckdb", *(root / "versions").glob("*.duckdb")]:
        found += faults_of_version(version)
    status = papermart("status", "--deep", "--raw", raw, "--warehouse", root)
    if (
        status.returncode
        or "  damaged:" in status.stdout
        or "all pages are in" not in status.stdout
    ):
        found.append(status.stdout + status.stderr)
    return found


def main() -> int:
    """Try all and print a table."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        make_only(patch, *MADE)
        raw, before = make_before(folder)
        n_bad = 0
        for n, damage in enumerate([*DAMAGES, *HIDDEN]):
            began = time.monotonic()
            try:
                found = faults(damage, raw, before, folder / str(n))
            except Exception as error:
                found = [f"{type(error).__name__}: {error}"]
            n_bad += bool(found)
            seconds = time.monotonic() - began
            print(f"{damage!s:45} {seconds:4.1f} s  {'; '.join(found) or 'healed'}", flush=True)  # noqa: T201
        print(f"{len(DAMAGES)} seen, {len(HIDDEN)} hidden damages, {n_bad} not healed")  # noqa: T201
    return int(bool(n_bad))


if __name__ == "__main__":
    sys.exit(main())
