"""What must hold for `chaos`: right after a kill, and once the command was run again.

What belongs here: looking. What does not: commands and processes.
"""

from collections.abc import Iterator
from pathlib import Path

from chaos_processes import settle_in
from chaos_scenarios import Ready, foreign
from same_tables import differences, faults_of_version, leftovers


def faults_of_killed(place: Path, ready: Ready) -> list[str]:
    """Say what is wrong for those who look right after a kill."""
    root, found = place / "warehouse", []
    link = root / "warehouse.duckdb"
    if link.is_symlink() and not link.exists():
        found.append("the published file leads nowhere")
    if (ready.before / "warehouse/warehouse.duckdb").exists() and not link.exists():
        found.append("the published file is gone")
    changed = ready.scenario.name == "changed by a user"
    for file in [*([link] if link.exists() else []), *root.glob("versions/2*.duckdb")]:
        faults = faults_of_version(file)
        found += [f"{file.name}: {fault}" for fault in faults if not changed]
    return found + _foreign_faults(place, ready) + _faults_of_files(place, ready, is_over=False)


def _foreign_faults(place: Path, ready: Ready) -> list[str]:
    now, before = foreign(place), foreign(ready.before)
    return [
        f"not ours, and changed: {name}" for name, was in before.items() if now.get(name) != was
    ]


def _faults_of_files(place: Path, ready: Ready, *, is_over: bool) -> list[str]:
    """Compare exports, and the report: those of before, of the end, and never of both."""
    old, new = ({**_files(side)} for side in (ready.before, ready.wanted))
    now = _files(place)
    if is_over:
        return [f"not as it should be: {n}" for n in new if now.get(n) != new[n]] + [
            f"should be gone: {name}" for name in now.keys() - new.keys()
        ]
    odd = [f"half: {name}" for name in now if now[name] not in (old.get(name), new.get(name))]
    tables = {name: text for name, text in now.items() if name.endswith((".csv", ".parquet"))}
    is_old = all(text == old.get(name) for name, text in tables.items())
    is_new = all(text == new.get(name) for name, text in tables.items())
    return odd + ([] if is_old or is_new else [f"tables of two builds: {sorted(tables)}"])


def _files(place: Path) -> dict[str, bytes]:
    files = [*(place / "exports").iterdir(), place / "warehouse/report.html"]
    files.append(place / "overrides.csv")
    kept = [f for f in files if f.is_file() and not f.name.startswith((".papermart-", "mine"))]
    return {file.name: file.read_bytes() for file in kept}


def faults_of_recovered(place: Path, ready: Ready) -> list[str]:
    """Say what is wrong once the command was run again."""
    root, scenario = place / "warehouse", ready.scenario
    settle_in(place, scenario.tweak)
    found = [f"{name} differs" for name in differences(root, ready.wanted / "warehouse")]
    found += [f"left over: {name}" for name in (*leftovers(root), *_left_in_exports(place))]
    for file in [root / "warehouse.duckdb", *root.glob("versions/2*.duckdb")]:
        found += [f"{file.name}: {fault}" for fault in faults_of_version(file)]
    found += _foreign_faults(place, ready) + _faults_of_files(place, ready, is_over=True)
    if scenario.command[0] in ("build", "rollback") or scenario.after:
        found += _faults_of_warehouse(place)
    versions = [len(list((p / "warehouse/versions").glob("2*"))) for p in (place, ready.wanted)]
    return found + ([] if versions[0] <= versions[1] + 1 else [f"{versions[0]} versions"])


def _left_in_exports(place: Path) -> Iterator[str]:
    for file in (*place.glob(".papermart-*"), *(place / "exports").glob(".papermart-*")):
        # The lock beside the corrections stays: one that is taken away may just be waited for.
        if "mine" not in file.name and file.name != ".papermart-overrides.csv.lock":
            yield file.name


def _faults_of_warehouse(place: Path) -> Iterator[str]:
    from pipeline.builds.health import deep_check
    from pipeline.builds.run import plan_build
    from pipeline.inputs.settings import read_folders
    from pipeline.storage.warehouse import Warehouse

    house = Warehouse(place / "warehouse")
    retention = read_folders({}).settings.retention
    plan = plan_build(place / "raw", house, place / "overrides.csv", retention=retention)
    if not plan.dumps.is_empty or plan.sure:
        yield f"more to do: {plan.dumps.reasons} {plan.sure}"
    yield from deep_check(house)
