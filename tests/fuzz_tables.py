"""Odd tables through the real command: `make fuzz`, and a small set in the tests.

    python tests/fuzz_tables.py [TABLES] [SEED] [WORKERS]

Tables of records are made up as programs and people make them, and then damaged: other types and
lists where text is due, columns that lack, stand twice or have no name, ids that are equal, NULL or
NaN, halves of signs, NUL bytes, other encodings and separators, ragged and huge rows, bytes that
flip, files that break off, files of another kind than their name says. Each goes through
`papermart link` and `identify` and `papermart evaluate` (linkage, identity, topics, title-split) as
a user runs them.

Every eighth table is linked and measured as a user would; with the others the models between
reading and writing are left out, for what they take is time: no two records are one paper there.

What must hold: the command ends with 0 and what it should write is whole, or with 1, one line of
words on stderr that names the file, nothing written and what was there as before. No traceback.
Where it ends with 0, each record is in the clusters once, and each name is one author's.
"""

import csv
import io
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import pyarrow as pa
import pyarrow.parquet as pq
from helpers import papermart

from pipeline.evaluate import topics
from pipeline.models.catalogue import Model
from pipeline.models.runner import make_tables
from pipeline.records import scratch
from pipeline.storage.connections import CONFIG
from pipeline.storage.duckdb_engine import DuckDB

_BATCH = 50
_TITLES = ("On Ropes", "Counting Boats in Wide Bays", "Lunch at Sea", "Do Gulls Read Maps?")
_NAMES = ("Mara Ilves", "Jonas Petri", "Oto Kask", "Kaarel Saar")
_COLUMNS = (
    *("record_id", "title", "source", "authors", "n_authors_total", "authors_complete"),
    *("abstract", "year", "venue", "volume", "issue", "pages", "arxiv_id", "doi", "entity_id"),
    *("dataset", "primary_category", "line", "et_al", "notes"),
)
_PEOPLE_COLUMNS = (
    *("record_id", "title", "authors", "year", "venue", "affiliations", "organization", "abstract"),
    *("author_order", "block", "person_id", "notes"),
)
_TEXTS = (
    *("", " ", "\0", "a\0b", "\x1b[31mred\x1b[0m", "two\nlines", "\r", "\u2028", "\u202eabc"),
    *("é", "e\u0301", "字" * 9, "\N{GRINNING FACE}", "\ufeff", "nan", "NULL", "None", "-"),
    *("$x^2$", "&amp;&#0;&#xd800;", "'; drop table x; --", '"', "a,b", "a;b", "=1+1"),
    *("x" * 5_000, "and " * 400, "[" * 300, "0" * 400, "{", "\\", "%s", "%00"),
    *("\N{ZERO WIDTH SPACE}", "2405.10001v2", "10.1000/x", "1e400", "-0", "12--15"),
)
_ODD_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**31, 2**63, 10**400, 1.5, float("nan"), float("inf"), -0.0, []),
    *([None], ["a"], [["a"]], [1], {}, {"a": 1}, [{"name": "Ann"}], ["a", None, ""], "2020"),
    *("MMXX", "2020.0"),
)
_ARROW: tuple[tuple[pa.DataType, Any], ...] = (
    *((pa.string(), "a"), (pa.large_string(), "a"), (pa.string_view(), "a")),
    *((pa.binary(), b"\xff\0"), (pa.int8(), 1), (pa.uint64(), 2**64 - 1), (pa.float32(), 1.5)),
    *((pa.float16(), 1.5), (pa.null(), None), (pa.bool_(), True)),
    *((pa.date32(), date(2020, 1, 2)), (pa.date64(), date(2020, 1, 2))),
    (pa.timestamp("ns", "Europe/Tallinn"), datetime(2020, 1, 2, tzinfo=UTC)),
    *((pa.timestamp("s"), 2**60), (pa.duration("us"), timedelta(1)), (pa.duration("s"), 2**60)),
    *((pa.time64("ns"), 86_399_999_999_999), (pa.decimal128(20, 3), Decimal("1.5"))),
    *((pa.large_binary(), b""), (pa.decimal256(60, 3), Decimal("1.5"))),
    *((pa.list_(pa.string()), ["a", None]), (pa.list_(pa.int8()), [1])),
    *((pa.large_list(pa.string()), ["a"]), (pa.list_(pa.large_string()), ["a"])),
    *((pa.list_(pa.string(), 1), ["a"]), (pa.struct([("a", pa.string())]), {"a": "b"})),
    (pa.map_(pa.string(), pa.string()), [("a", "b")]),
    *((pa.dictionary(pa.int32(), pa.string()), "a"), (pa.dictionary(pa.int8(), pa.int64()), 7)),
    *((pa.list_(pa.list_(pa.string())), [["a"]]), (pa.binary(2), b"ab")),
    (pa.uuid(), b"0123456789abcdef"),
    *((pa.list_(pa.struct([("name", pa.string())])), [{"name": "Ann"}]), (pa.struct([]), {})),
)
_ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "latin-1", "utf-7")
_SUFFIXES = (".csv", ".csv", ".jsonl", ".jsonl", ".parquet", ".parquet")
_ODD_NAMES = (
    *(".CSV", ".JSONL", ".Parquet", ".tsv", ".csv.gz", ".json", ".xlsx", "", ".txt", ".feather"),
)


class Table(NamedTuple):
    """A table as a file: its suffix, its bytes, and what was done to it."""

    suffix: str
    content: bytes
    kinds: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """What was run and found."""

    n_tables: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def add(self, other: "Tally") -> None:
        """Add what another process found."""
        self.n_tables += other.n_tables
        self.codes += other.codes
        self.kinds += other.kinds
        self.faults += other.faults
        self.slowest = max(self.slowest, other.slowest)


# ---------------------------------------------------------------- making tables


def table(seed: int) -> Table:
    """Return the table of a seed, always the same one."""
    return _table(random.Random(seed), _COLUMNS, 2)


def people_table(seed: int) -> Table:
    """Return the table of a seed that says more of who wrote the papers."""
    return _table(random.Random(f"people {seed}"), _PEOPLE_COLUMNS, 3)


def _table(draw: random.Random, columns: Sequence[str], n_needed: int) -> Table:
    kinds: list[str] = []
    rows, names = _rows(draw, kinds, columns, n_needed)
    suffix = draw.choice(_SUFFIXES)
    write = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet}[suffix]
    content = write(rows, names, draw, kinds)
    if draw.random() < 0.25:
        content = _damaged(content, draw, kinds)
    if draw.random() < 0.05:
        suffix = draw.choice((*_ODD_NAMES, *_SUFFIXES))
        kinds.append("renamed")
    return Table(suffix, content, tuple(kinds))


def _rows(
    draw: random.Random, kinds: list[str], columns: Sequence[str], n_needed: int
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return rows by column, and the columns' names in their order."""
    n_rows = draw.choice((0, 1, 2, 5, 12, 30))
    names = [*columns[:n_needed], *draw.sample(columns[n_needed:], draw.randint(0, 8))]
    rows = [{name: _sound(name, n, draw) for name in names} for n in range(n_rows)]
    if not n_rows:
        kinds.append("no rows")
    if draw.random() < 0.15:
        names.remove(draw.choice(names))
        kinds.append("a column lacks")
    if draw.random() < 0.1:
        names.append(draw.choice(["", " ", "a.b", "x" * 300, "\0", "a\nb", "Title", "title ", '"']))
        kinds.append("an odd name")
    if draw.random() < 0.03:
        names.clear()
        kinds.append("no columns")
    draw.shuffle(names)
    for _ in range(draw.choice((0, 0, 1, 1, 2, 4))):
        if rows and names:
            kinds.append("odd values")
            row, name = draw.choice(rows), draw.choice(names)
            row[name] = draw.choice(draw.choice((_TEXTS, _ODD_VALUES)))
    if draw.random() < 0.05 and n_rows > 1:
        rows[-1] = rows[0]
        kinds.append("equal ids")
    return rows, names


# Of people; drawn where they are asked for, so that tables without them stay as they were.
_SOUND_PEOPLE: dict[str, tuple[Any, ...]] = {
    "affiliations": (["ETH", None], "ETH; MIT", "['ETH' 'MIT']", [["ETH"]], None),
    "organization": ("ETH Z&uuml;rich", None),
    "author_order": (1, 2, 3),
    "person_id": ("p1", "p2", 3),
}


def _sound(name: str, n: int, draw: random.Random) -> Any:
    if name in _SOUND_PEOPLE:
        return draw.choice(_SOUND_PEOPLE[name])
    sound = {
        "record_id": f"r{n}",
        "title": draw.choice(_TITLES),
        "authors": "; ".join(draw.sample(_NAMES, draw.randint(0, 3))),
        "n_authors_total": draw.randint(1, 5),
        "authors_complete": draw.choice((True, False, None)),
        "abstract": "We count boats. " * draw.randint(0, 5),
        "year": draw.choice((None, 2019, 2020)),
        "entity_id": f"e{draw.randrange(5)}",
        "primary_category": draw.choice(("cs.CL", "CV", "math.CO", None)),
        "line": f"{draw.choice(_TITLES)}{draw.choice(_NAMES)}",
        "et_al": draw.choice((True, False)),
    }
    return sound.get(name, draw.choice((None, "a", "b 1")))


def _csv(
    rows: Sequence[dict[str, Any]], names: Sequence[str], draw: random.Random, kinds: list[str]
) -> bytes:
    stream = io.StringIO(newline="")
    separator = draw.choice([","] * 9 + [";", "\t", "|"])
    writer = csv.writer(
        stream, delimiter=separator, lineterminator=draw.choice(("\n", "\r\n", "\r"))
    )
    header = list(names)
    if names and draw.random() < 0.1:
        header.append(draw.choice(header))
        kinds.append("a column twice")
    writer.writerow(header)
    for row in rows:
        cells = [_cell(row.get(name)) for name in header]
        if draw.random() < 0.02:
            cells += ["more"]
            kinds.append("ragged")
        writer.writerow(cells)
    text = stream.getvalue()
    if draw.random() < 0.1:
        kinds.append("another encoding")
        return text.encode(draw.choice(_ENCODINGS), "replace")
    return text.encode("utf-8", "surrogatepass")


def _cell(value: Any) -> str:
    if isinstance(value, int) and abs(value) > 2**70:
        return "9" * 401
    return "" if value is None else str(value)


def _jsonl(
    rows: Sequence[dict[str, Any]], names: Sequence[str], draw: random.Random, kinds: list[str]
) -> bytes:
    sys.set_int_max_str_digits(0)
    ascii_only = draw.random() < 0.5
    lines = [json.dumps({n: row.get(n) for n in names}, ensure_ascii=ascii_only) for row in rows]
    if lines and draw.random() < 0.2:
        odd = (
            "[]",
            "7",
            "null",
            "{",
            '{"a":' * 3_000,
            "[" * 100_000,
            '"\\ud800"',
            "NaN",
            "}",
            '{"a"}',
        )
        half = '{"record_id": "h", "title": "a \\uD83d b"}'
        lines.insert(draw.randrange(len(lines)), draw.choice((*odd, half)))
        kinds.append("an odd line")
    return "\n".join(lines).encode(draw.choice(("utf-8", "utf-8-sig", "utf-8")), "replace")


def _parquet(
    rows: Sequence[dict[str, Any]], names: Sequence[str], draw: random.Random, kinds: list[str]
) -> bytes:
    arrays = [_array([row.get(name) for row in rows], name, draw, kinds) for name in names]
    header = list(names)
    if len(names) > 1 and draw.random() < 0.1:
        header[-1] = header[0]
        kinds.append("a column twice")
    stream = io.BytesIO()
    made = pa.Table.from_arrays(arrays, names=header)
    options = {"compression": draw.choice(("none", "snappy", "zstd", "gzip"))}
    try:
        pq.write_table(made, stream, row_group_size=draw.choice((3, 1_000)), **options)
    except (pa.ArrowException, OSError):  # what Parquet has no type for
        stream = io.BytesIO()
        pq.write_table(pa.table({"record_id": ["a"], "title": ["T"]}), stream)
    return stream.getvalue()


def _array(
    values: Sequence[Any], name: str, draw: random.Random, kinds: list[str]
) -> pa.Array | pa.ChunkedArray:
    if draw.random() < 0.12:
        type_, value = draw.choice(_ARROW)
        kinds.append("another type")
        chosen = [None if draw.random() < 0.2 else value for _ in values]
        if draw.random() < 0.3 and name == "authors":
            chosen = [None] * len(values)
        try:
            return pa.array(chosen, type_)
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            return pa.array(chosen, pa.uuid().storage_type).cast(pa.uuid())
    if draw.random() < 0.02 and values:
        kinds.append("no UTF-8")
        return pa.array([b"\xed\xa0\xbd \xff"] * len(values), pa.binary()).view(pa.string())
    try:
        return pa.array(values)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        return pa.array([None if v is None else _cell(v) for v in values], pa.string())


def _damaged(content: bytes, draw: random.Random, kinds: list[str]) -> bytes:
    """Cut a file, flip bytes of it, write something else before, behind or over it."""
    what = draw.choice(("cut", "flipped", "prefixed", "doubled", "packed", "emptied"))
    kinds.append(what)
    data = bytearray(content)
    match what:
        case "cut":
            return content[: draw.randrange(len(content) + 1)]
        case "flipped":
            for _ in range(draw.choice((1, 1, 3, 20))):
                if data:
                    data[draw.randrange(len(data))] = draw.randrange(256)
            return bytes(data)
        case "prefixed":
            signs = (
                b"PK\x03\x04\xff",
                b"\x1f\x8b",
                b"PAR1",
                b"\xef\xbb\xbf" * 2,
                b"\n\n",
                b'"',
                b"\0",
            )
            return draw.choice(signs) + content
        case "doubled":
            return content * 2
        case "packed":
            return draw.choice((b"PK\x03\x04", b"\x1f\x8b\x08", b"ARROW1\0\0")) + content
        case _:
            return draw.choice((b"", b"\n", b" ", b"\xef\xbb\xbf", b"\xff\xfe"))


# ---------------------------------------------------------------- running commands


def check(seed: int, folder: Path, tally: Tally) -> Iterator[str]:
    """Run the commands on the table of a seed, and yield what does not hold."""
    made = table(seed)
    tally.n_tables += 1
    tally.kinds.update(set(made.kinds))
    file = folder / f"records{made.suffix}"
    file.write_bytes(made.content)
    draw = random.Random(-seed)
    to = folder / f"clusters{draw.choice(('.csv', '.jsonl', '.parquet'))}"
    pairs = folder / "pairs.csv"
    before = b"as before" if draw.random() < 0.5 else None
    for target in (to, pairs):
        target.unlink(missing_ok=True)
        if before:
            target.write_bytes(before)
    code = yield from _run(tally, file, "link", file, "--to", to, "--matches", pairs)
    if code == 0:
        yield from _rows_faults(file, to)
    else:
        yield from _left_faults((to, pairs), before)
    truth = folder / "truth.csv"
    truth.write_text("record_id,entity_id\n" + "".join(f"r{n},e{n % 3}\n" for n in range(30)))
    first, second = (file, truth) if draw.random() < 0.5 else (folder / "sound.csv", file)
    sound = "".join(f"r{n},{_TITLES[n % 4]}\n" for n in range(9))
    (folder / "sound.csv").write_text(f"record_id,title\n{sound}")
    others = (("linkage", first, second), ("title-split", file), ("topics", file))
    whole = seed % _WHOLE_EVERY == 0  # tagging takes longer than all else
    other = draw.choices(others, (5, 3, 1 if whole else 0))[0]
    yield from _run(tally, file, "evaluate", *other, "--json")
    yield from _identity_faults(tally, seed, folder)
    leftovers = {each.name for each in folder.iterdir()} - {
        *(file.name, to.name, pairs.name, truth.name, "sound.csv")
    }
    if leftovers:
        yield f"left are {sorted(leftovers)}"
    file.unlink()
    to.unlink(missing_ok=True)


def _identity_faults(tally: Tally, seed: int, folder: Path) -> Iterator[str]:
    """Tell the people of a table of its own apart and judge them; yield what does not hold."""
    made = people_table(seed)
    tally.kinds.update(set(made.kinds))
    draw = random.Random(f"people {-seed}")
    file, to, sound = folder / f"people{made.suffix}", folder / "persons.csv", folder / "names.csv"
    file.write_bytes(made.content)
    before = b"as before" if draw.random() < 0.5 else None
    if before:
        to.write_bytes(before)
    if (yield from _run(tally, file, "identify", file, "--to", to)) == 0:
        with to.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        names = {(row["record_id"], row["author_order"]) for row in rows}
        if len(names) < len(rows) or not all(row["author_id"] for row in rows):
            yield f"{len(rows)} names in {to.name}, {len(names)} of them told apart"
    else:
        yield from _left_faults((to,), before)
    lines = "".join(
        f"r{n},T,{_NAMES[n % 3]}; {_NAMES[3]},{1 + n % 2},p{n % 4}\n" for n in range(30)
    )
    sound.write_text(f"record_id,title,authors,author_order,person_id\n{lines}", "utf-8")
    files = (file, sound) if draw.random() < 0.5 else (sound, file)
    yield from _run(tally, file, "evaluate", "identity", *files, "--json")
    for each in (file, to, sound):
        each.unlink(missing_ok=True)


def _run(tally: Tally, file: Path, *arguments: str | Path) -> Generator[str, None, int]:
    """Run a command; yields what is wrong with how it ended, returns its exit code."""
    name = " ".join(str(each) for each in arguments[:2] if not isinstance(each, Path))
    begun = time.perf_counter()
    try:
        done = papermart(*arguments)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        yield f"{name}: {traceback.format_exc()}"
        return -1
    tally.slowest = max(tally.slowest, time.perf_counter() - begun)
    tally.codes[f"{name} {done.returncode}"] += 1
    lines = done.stderr.split("\n")[:-1]
    if done.returncode == 1:
        if len(lines) != 1 or not lines[0].startswith("error: "):
            yield f"{name}: says {done.stderr[:500]!r}"
        elif not lines[0].isprintable():
            yield f"{name}: says what is not to be shown: {lines[0][:500]!r}"
        elif file.name not in lines[0]:
            yield f"{name}: does not name the file: {lines[0][:500]!r}"
        elif len(lines[0]) > 1_500:
            yield f"{name}: says {len(lines[0])} characters: {lines[0][:200]!r}"
    elif done.returncode != 0 or not all(line.startswith("note: ") for line in lines):
        yield f"{name}: ends with {done.returncode}, says {done.stderr[:500]!r}"
    return done.returncode


def _rows_faults(file: Path, to: Path) -> Iterator[str]:
    given, found = _count(file), _count(to)
    if given is not None and given != found:
        yield f"{given} rows in, {found} out"


def _count(file: Path) -> int | None:
    """Return the records of a file, as somebody else reads it."""
    match file.suffix.lower():
        case ".parquet":
            return pq.read_metadata(file).num_rows
        case ".jsonl":
            text = file.read_text("utf-8-sig")
            return sum(bool(line.strip()) for line in text.split("\n"))
        case _:
            with file.open(encoding="utf-8-sig", newline="") as stream:
                csv.field_size_limit(2**30)
                rows = [row for row in csv.reader(stream) if any(map(str.strip, row))]
            return len(rows) - 1


def _left_faults(targets: Sequence[Path], before: bytes | None) -> Iterator[str]:
    for target in targets:
        now = target.read_bytes() if target.exists() else None
        if now != before:
            yield f"{target.name} is {now!r:.200}, and was {before!r}"


_reference_table = cache(topics.reference_table)
_WHOLE_EVERY = 8
_CLUSTERS = "linkage.clusters"


def _alone(engine: DuckDB, models: Mapping[str, Model], targets: Sequence[str], *rest: Any) -> None:
    """Make the tables of linkage in which each record is a paper of its own; others as they are."""
    if _CLUSTERS not in targets:
        make_tables(engine, models, targets, *rest)
        return
    for name in targets:
        engine.show(models[name].spec, [])
    engine.execute(
        f"create or replace view {_CLUSTERS} as "
        "select record_id, record_id as cluster_id from staging.records"
    )


def _quick(seed: int) -> AbstractContextManager[object]:
    """Leave out the models of most tables."""
    if seed % _WHOLE_EVERY == 0:
        return nullcontext()
    return mock.patch.object(scratch, "make_tables", _alone)


def run_batch(seeds: Sequence[int]) -> Tally:
    """Run the tables of some seeds in a folder of their own."""
    tally = Tally()
    CONFIG["threads"] = 1  # processes take all processors already
    # Reading the reference takes longer than all else.
    patched = mock.patch.object(topics, "reference_table", _reference_table)
    with patched, tempfile.TemporaryDirectory(prefix="papermart-fuzz-") as name:
        for seed in seeds:
            try:
                with _quick(seed):
                    faults = list(check(seed, Path(name), tally))
            except Exception:
                faults = [f"the check itself: {traceback.format_exc()}"]
            tally.faults += [f"seed {seed} {table(seed).kinds}: {fault}" for fault in faults]
    return tally


def run(n_tables: int, first_seed: int = 0, workers: int | None = None) -> Tally:
    """Run tables in several processes."""
    last = first_seed + n_tables
    batches = [range(at, min(at + _BATCH, last)) for at in range(first_seed, last, _BATCH)]
    tally = Tally()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=context) as pool:
        for found in pool.map(run_batch, batches):
            tally.add(found)
    return tally


def main() -> None:
    """Run, print the figures and the first faults; exit 1 if there are any."""
    given = [int(text) for text in sys.argv[1:]]
    n_tables, seed, workers = given + [5_000, 0, 0][len(given) :]
    begin = time.perf_counter()
    tally = run(n_tables, seed, workers or None)
    seconds = time.perf_counter() - begin
    say = sys.stdout.write
    kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(tally.kinds.items()))
    codes = ", ".join(f"{code} {n}" for code, n in sorted(tally.codes.items()))
    say(f"{tally.n_tables} tables in {seconds:.0f} s; {kinds}\n")
    say(f"commands and how they ended: {codes}\n")
    say(f"slowest {tally.slowest:.2f} s, {len(tally.faults)} faults\n")
    for fault in tally.faults[:40]:
        say(f"  {fault[:9000]}\n")
    raise SystemExit(bool(tally.faults))


if __name__ == "__main__":
    main()
