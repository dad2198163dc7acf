"""Whether a warehouse that is kept for weeks stays as quick, as small and as right as a new one.

    python benchmarks/weeks.py [PAGES] [STEPS] [--cards CARDS] [--together] [--in FOLDER]

Made-up pages (2,000 by default, of four sites, five cards each by default; see `synthetic`,
`layout`) arrive over as many days as there are steps (40). Every day some are edited in place,
renamed, taken away or put back; once half of them are there, as many leave as arrive. Each day is
one build, in a process of its own (`--together`: all in one). Prints time, memory and disk of each
day, and how they change over the second half, where the folder stays as large.

At the end a copy is made anew with the same statistics and ids (`--full`), and every table compared
both ways (EXCEPT ALL): what follows changes must be what looks at everything. Then statistics are
counted anew (`--refresh-statistics`), for they may be of some days before, and the final folder is
built into a new warehouse, and compared again. Left out there are columns that say when something
was first met (`first_seen_at`, `last_seen_at`), and the tables that remember ids. Papers are
compared by the records they hold, persons by their names there, and the ids of papers that differ
are counted: an id stays as it was given first (`pipeline.transforms.stable_ids`), which a new
warehouse cannot know. Exit status 1, and what differs, if anything else does. FOLDER, which must
not be there, is left with all of it.
"""

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import compare
import layout
import synthetic
from rich.console import Console

from pipeline.builds.run import build
from pipeline.models.catalogue import all_specs
from pipeline.storage.duckdb_engine import DuckDB, open_engine
from pipeline.storage.warehouse import Warehouse

_START = datetime(2026, 3, 1, 8)  # noqa: DTZ001 - UTC without zone, as everywhere
_CARDS = 5
_SITES = ("arrow", "arrow", "scholar_feed", "arxiv_search", "huggingface_papers")
_MB = 1024 * 1024
# What a warehouse remembers and a new one cannot know.
_REMEMBERED = {"marts.paper_id_history", "marts.paper_ids", "marts.build_info"}
_REMEMBERED |= {"marts.author_id_history", "marts.author_ids", "linkage.identities"}
_REMEMBERED |= {"people.identities", "marts.guardrails", "marts.changes"}
_WHEN = ("first_seen_at", "last_seen_at")


# ---------------------------------------------------------------- pages that come and go


def made_pages(n_pages: int, n_cards: int = _CARDS) -> Iterator[str]:
    """Yield the texts of pages, the same for the same numbers of pages and of cards on each."""
    chance = random.Random(5)
    rows = (row for row in synthetic.rows(2 * n_pages * n_cards) if row["authors"])
    while cards := list(islice(rows, n_cards)):
        site = chance.choice(_SITES)
        shown = [_shown(card, site, chance) for card in cards]
        yield from (text for _, text in layout.pages(shown, n_cards))


def _shown(row: dict[str, Any], site: str, chance: random.Random) -> dict[str, Any]:
    day = date(row["year"], chance.randint(1, 12), chance.randint(1, 28))
    return row | {
        "source": site,
        "venue": chance.choice(("ICML", "NeurIPS", "TMLR")),
        "abstract": row["abstract"].capitalize() + ".",
        "published_date": day.isoformat(),
        "primary_category": chance.choice(("LG", "CL", "CV")),
    }


@dataclass
class RawFolder:
    """A folder of saved pages as somebody keeps it: one day after the other.

    Attributes:
        place: the folder.
        chance: draws what happens.
        texts: pages that have not been saved yet.
        away: pages that were taken away, by name.
        n_saved: how many pages have been saved so far.
    """

    place: Path
    chance: random.Random
    texts: Iterator[str]
    away: dict[str, str] = field(default_factory=dict)
    n_saved: int = 0

    def files(self) -> list[Path]:
        """Return the pages that are there."""
        return sorted(self.place.rglob("*.txt"))

    def a_day(self, n_new: int, n_gone: int) -> None:
        """Let pages arrive, be edited, renamed, taken away and put back."""
        for text in islice(self.texts, n_new):
            self._save(f"week{self.n_saved // 250:02d}/p{self.n_saved:05d}.txt", text)
            self.n_saved += 1
        files = self.files()
        few = max(1, n_new // 10)
        drawn = self.chance.sample(files, min(len(files) // 2, n_gone + 2 * few))
        for file in drawn[:n_gone]:
            self.away[file.relative_to(self.place).as_posix()] = file.read_text("utf-8")
            file.unlink()
        for file in drawn[n_gone : n_gone + few]:
            cards = file.read_text("utf-8")
            file.write_text(cards.replace(".", ". Indeed.", 1), "utf-8")
        for file in drawn[n_gone + few :]:
            file.rename(file.with_name(f"r{file.name}"))
        if self.away and self.chance.random() < 0.5:
            name = self.chance.choice(sorted(self.away))
            self._save(name, self.away.pop(name))

    def _save(self, name: str, text: str) -> None:
        file = self.place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


# ---------------------------------------------------------------- days


@dataclass(frozen=True)
class Day:
    """What one build took: seconds, of a clock and of processors, peak memory and disk (MB)."""

    n_pages: int
    n_records: int
    seconds: float
    cpu: float
    peak_mb: float
    disk_mb: float

    def __str__(self) -> str:
        """Say it on one line."""
        there = f"{self.n_pages:5} pages {self.n_records:6} records"
        took = f"{self.seconds:6.1f} s, {self.cpu:5.1f} s CPU"
        return f"{there} {took} {self.peak_mb:5.0f} MB peak {self.disk_mb:6.1f} MB disk"


def build_day(raw: Path, root: Path, day: int, *, together: bool) -> Day:
    """Build once, here or in a process of its own, and say what it took."""
    start = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_SELF)
    if together:
        build(raw, Warehouse(root), now=_START + timedelta(days=day))
        used = resource.getrusage(resource.RUSAGE_SELF)
        cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    else:
        process = subprocess.Popen([sys.executable, __file__, "--day", raw, root, str(day)])
        _, status, used = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"the build of day {day} failed")
        cpu = used.ru_utime + used.ru_stime
    seconds = time.perf_counter() - start
    files = [file for file in root.rglob("*") if file.is_file() and not file.is_symlink()]
    n_bytes = sum(file.stat().st_size for file in files)
    n_pages = sum(1 for _ in raw.rglob("*.txt"))
    peak = used.ru_maxrss / 1024
    return Day(n_pages, _n_records(root), seconds, cpu, peak, n_bytes / _MB)


def _n_records(root: Path) -> int:
    stamp = Warehouse(root).stamp("staging.records")
    return stamp.n_rows if stamp else 0


def growth(values: Collection[float]) -> float:
    """Return by how much a series grows from its first half to its second, as a share."""
    series = list(values)
    half = len(series) // 2
    first, second = sorted(series[:half]), sorted(series[-half:])
    return second[half // 2] / first[half // 2] - 1


# ---------------------------------------------------------------- the end state


# What the ids of a warehouse are replaced by, by how columns end in which they stand: a paper goes
# by its smallest record, a name in its list by that and the name, a person by the first of these.
_BY_COLUMN = {"paper_id": "papers", "mention_id": "mentions", "author_id": "authors"}
_BY_COLUMN |= {"person_id": "persons"}


def _name_by_content(engine: DuckDB, root: Path, side: str) -> None:
    """Make tables that say for each id of a warehouse what it goes by: `id`, `known_by`."""

    def make(name: str, select: str) -> None:
        engine.execute(f"create or replace table {name}_{side} as {select}")

    sightings = compare.relation(root, "marts.paper_records")
    make("papers", f"select paper_id as id, min(record_id) as known_by from {sightings} group by 1")
    make(
        "mentions",
        f"""select mention_id as id, p.known_by || substr(mention_id, strpos(mention_id, '#'))
        as known_by from {compare.relation(root, "people.mentions")} as m
        inner join papers_{side} as p on m.paper_id = p.id""",
    )
    for name, table in (("authors", "people.mention_authors"), ("persons", "people.persons")):
        make(
            name,
            f"""select author_id as id, min(m.known_by) as known_by
            from {compare.relation(root, table)} as t
            inner join mentions_{side} as m on t.mention_id = m.id group by 1""",
        )


def _alike(root: Path, name: str, side: str, columns: dict[str, str]) -> str:
    """Return the SELECT of a table in which papers and persons go by what they hold."""
    by_column = _BY_COLUMN | ({"author_id": "persons"} if name == "people.persons" else {})
    shown, joins = {column: f"t.{column}" for column in columns}, []
    for column, type_ in columns.items():
        known = [ids for end, ids in by_column.items() if end in column and type_ == "VARCHAR"]
        if known:
            joins.append(f"left join {known[0]}_{side} as n_{column} on n_{column}.id = t.{column}")
            shown[column] = f"coalesce(n_{column}.known_by, t.{column})"
    if {"author_id_l", "author_id_r"} <= columns.keys():  # which stands left is told by the ids
        sides = f"{shown['author_id_l']}, {shown['author_id_r']}"
        shown |= {"author_id_l": f"least({sides})", "author_id_r": f"greatest({sides})"}
    selected = ", ".join(f"{what} as {column}" for column, what in shown.items())
    return f"select {selected} from {compare.relation(root, name)} as t {' '.join(joins)}"


def differences(engine: DuckDB, grown: Path, whole: Path) -> Iterator[str]:
    """Yield what differs between a warehouse that grew and one built at once."""
    _name_by_content(engine, grown, "grown")
    _name_by_content(engine, whole, "whole")
    specs = all_specs()
    for name in sorted((compare.tables(grown) | compare.tables(whole)) - _REMEMBERED):
        spec = specs.get(name)
        book = {column.name for column in (spec.columns if spec else ()) if column.is_bookkeeping}
        shape = engine.shape(compare.relation(grown, name))
        columns = {column: t for column, t in shape if column not in {*book, *_WHEN}}
        sides = [
            _alike(root, name, side, columns) for root, side in ((grown, "grown"), (whole, "whole"))
        ]
        for one, other, side in ((0, 1, "only in the grown"), (1, 0, "only in the new")):
            sql = f"select count(*) from ({sides[one]} except all {sides[other]})"
            if n_rows := engine.scalar(sql):
                yield f"{name}: {n_rows} rows {side}"


@dataclass(frozen=True)
class OtherIds:
    """Papers, those that bear another id than in the new warehouse, and those nothing explains."""

    n_papers: int
    n_other: int
    n_unexplained: int


def other_ids(engine: DuckDB, grown: Path) -> OtherIds:
    """Count ids that differ, and those of them for which a new warehouse has no reason to differ.

    An id differs where it was given to a record that is gone since, its page edited or taken away;
    or where a paper is seen under several titles, of which another came first.

    Args:
        engine: in which `differences` was asked.
        grown: the warehouse that grew.
    """
    (found,) = engine.tuples(f"""
        with other as (
            select g.id as paper_id from papers_grown as g
            inner join papers_whole as w on g.known_by = w.known_by where g.id <> w.id
        ),
        told as (
            select
                other.paper_id,
                count(distinct r.title_key) > 1 or count(*) > count(r.record_id) as is_explained
            from other
            inner join {compare.relation(grown, "linkage.identities")} as i
                on other.paper_id = i.paper_id
            left join {compare.relation(grown, "staging.records")} as r on i.record_id = r.record_id
            group by other.paper_id
        )
        select
            (select count(*) from papers_grown),
            (select count(*) from other),
            (select count(*) from told where not is_explained)
    """)
    return OtherIds(*found)


# ---------------------------------------------------------------- all of it


def live(
    folder: Path, n_pages: int, n_steps: int, *, together: bool, n_cards: int = _CARDS
) -> Iterator[Day]:
    """Keep a folder for some days with a build each; yields what each took."""
    raw = RawFolder(folder / "raw", random.Random(6), made_pages(n_pages, n_cards))
    raw.place.mkdir()
    for step in range(n_steps):
        n_new = n_pages * (step + 1) // n_steps - n_pages * step // n_steps
        raw.a_day(n_new, n_new if step >= n_steps // 2 else n_new // 10)
        yield build_day(raw.place, folder / "grown", step, together=together)


def not_as_made_anew(raw: Path, root: Path, day: int) -> list[str]:
    """Return what differs from the same warehouse when all its tables are made anew."""
    copy = root.with_name(f"{root.name}-full")
    shutil.copytree(root, copy, symlinks=True)
    build(raw, Warehouse(copy), now=_START + timedelta(days=day), full=True)
    with open_engine() as engine:
        return [
            f"{found} once made anew (left: kept)"
            for name in sorted(compare.tables(root) - {"marts.build_info", "marts.changes"})
            for found in compare.differences(engine, root, copy, name, ())
        ]


def count_anew(raw: Path, root: Path, day: int) -> None:
    """Build once more, with statistics as a new warehouse has them."""
    build(raw, Warehouse(root), now=_START + timedelta(days=day), refresh_statistics=True)


def main(
    folder: Path,
    n_pages: int = 2_000,
    n_steps: int = 40,
    *,
    together: bool = False,
    n_cards: int = _CARDS,
) -> int:
    """Live, then compare with what is built at once."""
    console = Console(width=110)
    days: list[Day] = []
    for day in live(folder, n_pages, n_steps, together=together, n_cards=n_cards):
        days.append(day)
        console.print(f"{len(days):3} {day}", highlight=False)
    found = not_as_made_anew(folder / "raw", folder / "grown", n_steps - 1)
    count_anew(folder / "raw", folder / "grown", n_steps - 1)
    whole = build_day(folder / "raw", folder / "whole", n_steps - 1, together=together)
    console.print(f"new {whole}", highlight=False)
    for what in ("cpu", "peak_mb", "disk_mb", "n_records"):
        share = growth([getattr(day, what) for day in days[n_steps // 2 :]])
        console.print(f"second half, {what}: {share:+.1%} from its first to its second half")
    with open_engine() as engine:
        found += differences(engine, folder / "grown", folder / "whole")
        ids = other_ids(engine, folder / "grown")
    console.print(f"{ids.n_other} of {ids.n_papers} papers bear another id than in the new one")
    if ids.n_unexplained:
        found.append(f"{ids.n_unexplained} of these ids were given by nothing that differs")
    console.print("\n".join(found) or "the two warehouses are the same", markup=False)
    return 1 if found else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("numbers", nargs="*", type=int)
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--cards", type=int, default=_CARDS)
    parser.add_argument("--in", dest="place", type=Path)
    parser.add_argument("--day", nargs=3)
    said = parser.parse_args()
    if said.day:
        raw_dir, root_dir, number = said.day
        now = _START + timedelta(days=int(number))
        build(Path(raw_dir), Warehouse(Path(root_dir)), now=now)
        sys.exit()
    with tempfile.TemporaryDirectory(prefix="papermart-bench-") as name:
        place = said.place or Path(name, "weeks")
        place.mkdir(parents=True)
        sys.exit(main(place, *said.numbers, together=said.together, n_cards=said.cards))
