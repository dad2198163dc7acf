"""From files in the raw folder to rows: finding dumps, decoding, parsing, the line ledger.

What belongs here: everything between a path and the Arrow tables of `schema.EXTRACTED_TABLES`,
including the reasons why a dump is set aside. What does not: knowledge of a site (`sources`),
where tables are kept (`warehouse`), which dumps are new (`build`).
"""

import codecs
import gc
import hashlib
import os
import re
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa

from pipeline import schema
from pipeline.damage import FLAGS, are_sound, mend
from pipeline.ledger import Ledger
from pipeline.schema import (
    UNCLAIMED,
    AuthorName,
    Form,
    Issue,
    PageFacts,
    ParseResult,
    Record,
    TableSpec,
)
from pipeline.sidecar import SUFFIX, Sidecar, read_sidecar
from pipeline.sources import REGISTRY, divide, installed_plugins, known_sources
from pipeline.sources.base import Dump, guess_form
from pipeline.sources.markup import visible_lines
from pipeline.sources.plugins import PluginFaultError
from pipeline.sources.sections import Section
from pipeline.text import name_key, name_keys, split_lines, title_keys

MAX_DUMP_BYTES = 512 * 1024 * 1024
# The modules that decide what is read; with the sites' modules they make the extractor's version.
_READERS = ("text", "schema", "damage", "ledger", "sidecar", "extraction")
_MAX_ISSUE_TEXT = 500
# Seconds between two times that the coarsest file system (FAT) tells apart.
_CLOCK_TICK = 2.0
_MAX_CONTROL_SHARE = 0.01
# A page is read only if most of its lines make sense; else the likeness is an accident.
_MIN_CLAIMED_SHARE = 0.5
# How much of an unknown page is read to name the nearest site.
_NEAREST_LINES, _NEAREST_CHARS = 2_000, 1_000_000

# Names that are never a saved page: hidden files, editors' and browsers' unfinished ones.
_NOT_A_DUMP = re.compile(r"(^\.)|(~$)|(\.(tmp|part|crdownload|download|swp)$)", re.IGNORECASE)
_DUMP_SUFFIXES = {".txt", ".text", ".md", ".html", ".htm", ".xhtml"}
_MAGIC = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"SQLite format 3": "an SQLite file",
    b"PAR1": "a Parquet file",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_VANISHED = "vanished while the build was running; put it back and build again"
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
_NOT_CONTROL = bytes(byte for byte in range(256) if not _CONTROL.match(chr(byte)))
# Texts of a card whose certain damage is mended; names and affiliations are mended too.
_MENDED_FIELDS = ("title", "organization", "abstract", "comments", "journal_ref")
_mended_texts = attrgetter(*_MENDED_FIELDS)


class DumpFaultError(Exception):
    """A dump cannot be read; the message is the reason shown to people."""


class _TransientFaultError(Exception):
    """A dump could be read a moment ago and cannot now."""


@dataclass(frozen=True, slots=True)
class DumpFile:
    """A file found in the raw folder.

    Attributes:
        path: below the raw folder, with forward slashes.
        dump_id: SHA-256 of the content, or of the path if the content cannot be read.
        n_bytes: size, None if unreadable.
        fault: why it cannot be read, or None.
        n_files: how many files hold this content.
        place: the file itself; its name may hold bytes that `path` can only spell out.
        note: the sidecar beside it (`pipeline.sidecar`), or None.
        stamp: what any later change of the file changes; None if it may not.
    """

    path: str
    dump_id: str
    n_bytes: int | None = None
    fault: str | None = None
    n_files: int = 1
    place: Path | None = None
    note: Path | None = None
    stamp: tuple[int, ...] | None = None

    @property
    def note_hash(self) -> str | None:
        """Short hash of the note's bytes; None without one; changes when the note does."""
        if self.note is None:
            return None
        try:
            return hashlib.sha256(self.note.read_bytes()).hexdigest()[:16]
        except OSError:
            return "unreadable"


@dataclass(frozen=True, slots=True)
class Extracted:
    """What became of one dump.

    Attributes:
        dump: its row in raw.dumps.
        page: its row in staging.pages; None if it was quarantined.
        records: its cards, mended, in order.
        issues: what a person should know, in the order of lines.
        origins: the site and the form of each card.
    """

    dump: dict[str, Any]
    page: dict[str, Any] | None = None
    records: tuple[Record, ...] = ()
    issues: tuple[Issue, ...] = ()
    origins: tuple[tuple[str, Form], ...] = ()

    @property
    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """The dump's rows in the staging tables, by table, for looking at a single dump."""
        if self.page is None:
            return {}
        return {name: table.to_pylist() for name, table in to_tables([self]).items()}


def extractor_version() -> str:
    """Return a hash of the code that reads dumps; when it changes, dumps are read anew."""
    digest = _code_digest().copy()
    for plugin in installed_plugins().sources:
        digest.update(plugin.version.encode())
    return digest.hexdigest()[:12]


@cache
def _code_digest() -> "hashlib._Hash":
    """Hash the readers' files, once: the code that runs is that of the start."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for file in [here / f"{name}.py" for name in _READERS] + sorted(
        (here / "sources").glob("*.py")
    ):
        digest.update(file.read_bytes())
    return digest


# ---------------------------------------------------------------- finding dumps


def find_dumps(raw_dir: Path) -> list[DumpFile]:
    """List the distinct dumps below a folder, ordered by dump_id.

    Several files with the same bytes are one dump, known by the path that sorts first. Files
    that cannot be read are listed too, with the reason.

    Args:
        raw_dir: an existing folder; sub-folders and links are followed, each once.
    """
    found: dict[str, DumpFile] = {}
    for file in sorted(_walk(raw_dir), key=lambda file: file.path):
        known = found.get(file.dump_id, file)
        n_files = known.n_files + (known is not file)
        found[file.dump_id] = replace(known, n_files=n_files, note=known.note or file.note)
    return sorted(found.values(), key=lambda file: file.dump_id)


def _walk(raw_dir: Path) -> Iterator[DumpFile]:
    unreadable: list[OSError] = []
    visited: set[str] = set()
    for folder, subfolders, names in os.walk(raw_dir, onerror=unreadable.append, followlinks=True):
        real = os.path.realpath(folder)
        if real in visited:
            subfolders.clear()
            continue
        visited.add(real)
        subfolders[:] = sorted(name for name in subfolders if not _NOT_A_DUMP.search(name))
        for name in subfolders:
            if Path(name).suffix.lower() in _DUMP_SUFFIXES:
                yield _faulty(
                    _relative(raw_dir, Path(folder, name)),
                    "is a folder, though named like a page; the pages in it are read, "
                    "give the folder another name to end this message",
                )
        yield from _files(raw_dir, Path(folder), set(names))
    for error in unreadable:
        path = _relative(raw_dir, Path(os.fsdecode(error.filename)))
        yield _faulty(path, f"is a folder that cannot be opened: {_cause(error)}")


def _files(raw_dir: Path, folder: Path, names: set[str]) -> Iterator[DumpFile]:
    """Yield the dumps of one folder, each with the note beside it."""
    for name in sorted(names):
        dump_name = name.removesuffix(SUFFIX)
        if name.endswith(SUFFIX) and dump_name in names:
            continue
        if name.endswith(SUFFIX):
            path = _relative(raw_dir, folder / name)
            yield _faulty(path, f"is a note for {dump_name}, which is not there")
        elif not _NOT_A_DUMP.search(name):
            found = _identify(raw_dir, folder / name)
            note = folder / (name + SUFFIX) if name + SUFFIX in names else None
            yield replace(found, note=note)


def _relative(raw_dir: Path, path: Path) -> str:
    # File names may hold bytes that are no text; Parquet takes valid text only.
    text = path.relative_to(raw_dir).as_posix()
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _faulty(path: str, reason: str) -> DumpFile:
    dump_id = hashlib.sha256(f"unreadable:{path}".encode()).hexdigest()
    return DumpFile(path, dump_id, fault=reason)


def _cause(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _unreadable(error: OSError) -> str:
    return f"cannot be read: {_cause(error)}; mend its permissions"


def _identify(raw_dir: Path, file: Path) -> DumpFile:
    path = _relative(raw_dir, file)
    try:
        if file.is_symlink() and not file.exists():
            target = file.readlink().as_posix()
            return _faulty(path, f"is a link to {target}, which is not there; mend or remove it")
        if not file.is_file():
            return _faulty(path, "is not a regular file; put the saved page itself here")
        with file.open("rb") as stream:
            stamp = _stamp(stream)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            stamp = stamp if stamp == _stamp(stream) else None
            return DumpFile(path, digest, stream.tell(), place=file, stamp=stamp)
    except FileNotFoundError:
        return _faulty(path, _VANISHED)
    except OSError as error:
        return _faulty(path, _unreadable(error))


def _stamp(stream: BinaryIO) -> tuple[int, ...] | None:
    """Return what tells an open file as it is from any later state of it.

    None where it was changed a moment ago: as clocks of file systems tick, at worst every two
    seconds, another change could leave no trace.
    """
    stat = os.fstat(stream.fileno())
    if time.time() - max(stat.st_mtime, stat.st_ctime) < _CLOCK_TICK:
        return None
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


# ---------------------------------------------------------------- bytes to lines


def _read_content(raw_dir: Path, file: DumpFile) -> bytes:
    """Return the bytes of a dump.

    Raises:
        DumpFaultError: it is empty or too large, or could not be read when it was found.
        _TransientFaultError: it is not what was found a moment ago.
    """
    if file.fault:
        raise DumpFaultError(file.fault)
    if file.n_bytes is not None and file.n_bytes > MAX_DUMP_BYTES:
        limit = MAX_DUMP_BYTES // 2**20
        raise DumpFaultError(f"is larger than {limit} MiB; cut it into several pages")
    try:
        with (file.place or raw_dir / file.path).open("rb") as stream:
            content = stream.read()
            is_same = file.stamp is not None and _stamp(stream) == file.stamp
    except FileNotFoundError:
        raise _TransientFaultError(_VANISHED) from None
    except OSError as error:
        raise _TransientFaultError(_unreadable(error)) from None
    if not is_same and hashlib.sha256(content).hexdigest() != file.dump_id:
        raise _TransientFaultError("changed while the build was running; build again")
    if not content or content.isspace():
        raise DumpFaultError("is empty; save the page again")
    return content


def decode(content: bytes) -> tuple[str, str, list[Issue]]:
    """Turn the bytes of a dump into text: (text, encoding, what was odd).

    Byte order marks are obeyed, then UTF-8 is tried, then Windows-1252 (which browsers read
    for "Latin-1"). Damaged UTF-8 stays UTF-8 with replacement characters.

    Raises:
        DumpFaultError: the bytes are not text.
    """
    for magic, what in _MAGIC.items():
        if content.startswith(magic):
            raise DumpFaultError(f"is {what}, not text; save the page as text or HTML")
    text, encoding, issues = _decode_any(content)
    if text.startswith("\ufeff"):
        text = text[1:]
    if n_control := _count_control(content, encoding, text):
        if n_control > _MAX_CONTROL_SHARE * len(text):
            raise DumpFaultError("is not text (binary data); save the page as text or HTML")
        issues.append(_control_issue(text, n_control))
        text = _CONTROL.sub("", text)
    if not text or text.isspace():
        raise DumpFaultError("is empty; save the page again")
    return text, encoding, issues


def _count_control(content: bytes, encoding: str, text: str) -> int:
    # Deleting all other bytes is ten times faster than looking for these.
    shown = content if encoding == "utf-8" else text.encode("utf-8", "replace")
    return len(shown.translate(None, _NOT_CONTROL))


def _decode_any(content: bytes) -> tuple[str, str, list[Issue]]:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _decode_damaged(content, encoding)
    try:
        return content.decode("utf-8"), "utf-8", []
    except UnicodeDecodeError:
        pass
    text = content.decode("utf-8", "replace")
    n_bad = text.count("\ufffd")
    n_good = sum(1 for char in text if char > "\x7f") - n_bad
    if n_good >= n_bad:
        return _decode_damaged(content, "utf-8")
    try:
        return content.decode("cp1252"), "cp1252", []
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1", []


def _decode_damaged(content: bytes, encoding: str) -> tuple[str, str, list[Issue]]:
    text = content.decode(encoding, "replace")
    n_bad = text.count("\ufffd")
    if not n_bad:
        return text, encoding, []
    line = text.count("\n", 0, text.index("\ufffd")) + 1
    message = (
        f"{n_bad} characters are not valid {encoding} and were replaced; save the page again "
        "if they matter"
    )
    return text, encoding, [Issue("damaged_text", message, line, line)]


def _control_issue(text: str, n_control: int) -> Issue:
    first = _CONTROL.search(text)
    line = text.count("\n", 0, first.start() if first else 0) + 1
    message = f"{n_control} control characters (NUL and the like) were left out"
    return Issue("control_characters", message, line, line)


# ---------------------------------------------------------------- one dump


@contextmanager
def _without_search_for_cycles() -> Generator[None]:
    """Let Python not look for garbage in cycles: cards have none, and looking takes a third."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_without_search_for_cycles()
def extract_dump(raw_dir: Path, file: DumpFile) -> Extracted:
    """Read one dump. Never raises: a dump that cannot be read comes back quarantined.

    Args:
        raw_dir: the folder `file.path` is below.
        file: a dump as `find_dumps` lists it.
    """
    note, fault = read_sidecar(file.note) if file.note else (Sidecar(), None)
    captured_on = note.captured_on
    row: dict[str, Any] = {
        "dump_id": file.dump_id,
        "path": file.path,
        "n_files": file.n_files,
        "n_bytes": file.n_bytes,
        "captured_on": captured_on,
        "captured_on_basis": "given" if captured_on else None,
        "note": file.note_hash,
        "n_records": 0,
        "extractor": extractor_version(),
    }
    try:
        text, row["encoding"], issues = decode(_read_content(raw_dir, file))
        issues += [Issue("bad_note", fault)] if fault else []
        lines = split_lines(text)
        row["n_lines"] = len(lines)
        dump = Dump(lines, guess_form(lines), captured_on)
        row["form"] = dump.form
        pages = _parse(dump)
        row["form"] = pages[0].section.dump.form
        ledger = Ledger(dump, *(page.result for page in pages))
        _need_sense(dump, pages, ledger)
        row |= ledger.counts
        issues += _all_issues(dump, pages, ledger)
        return _conclude(row, pages, issues)
    except DumpFaultError as fault:
        return Extracted(row | {"status": "quarantined", "reason": str(fault)})
    except _TransientFaultError as fault:
        # The content is unknown, so its id must not stand for it: the next build tries again.
        changed = _faulty(file.path, str(fault))
        row = {"dump_id": changed.dump_id, "path": file.path, "n_files": 1, "n_records": 0}
        row |= {"extractor": extractor_version(), "status": "quarantined", "reason": str(fault)}
        return Extracted(row)


class _Page(NamedTuple):
    """A section of a dump, mostly all of it, and what its site's parser found."""

    section: Section
    result: ParseResult

    @property
    def name(self) -> str:
        """The site."""
        return self.section.source.NAME


def _parse(dump: Dump) -> list[_Page]:
    """Let the sites read their sections; the one with most cards comes first."""
    sections = divide(dump)
    if not sections:
        raise DumpFaultError(_unknown(dump))
    try:
        pages = [_Page(section, section.read()) for section in sections]
    except PluginFaultError as fault:
        raise DumpFaultError(str(fault)) from None
    return sorted(pages, key=lambda page: -len(page.result.records))


def _need_sense(dump: Dump, pages: Sequence[_Page], ledger: Ledger) -> None:
    """Raise DumpFaultError for a dump whose likeness to a site's pages is an accident."""
    likeness = f"looks like a {pages[0].name} page"
    if not pages[0].result.records:
        raise DumpFaultError(f"{likeness}, but no paper could be read")
    n_claimed = ledger.counts["n_lines_claimed"]
    n_text = len(dump.lines) - ledger.counts["n_lines_blank"]
    if n_claimed < _MIN_CLAIMED_SHARE * n_text:
        raise DumpFaultError(
            f"{likeness}, but only {n_claimed} of {n_text} lines could be understood; "
            "save the page again"
        )


def _unknown(dump: Dump) -> str:
    """Say that a page is of no known site, which sites there are, and which comes nearest."""
    if dump.form == "html":
        what = "is an HTML page of no known layout"
        advice = "if its site is a known one, save the page as text"
    else:
        what = f"is no page of a known site ({', '.join(sorted(known_sources()))})"
        advice = "if it is one, save all of it"
    nearest = _nearest(dump)
    if nearest is None:
        return f"{what}; {advice}"
    name, n_claimed, n_text = nearest
    return (
        f"{what}; nearest comes {name} ({dump.form}), {n_claimed} of {n_text} lines look like it, "
        f"but no paper does; {advice}"
    )


def _nearest(dump: Dump) -> tuple[str, int, int] | None:
    """Return the site that understands most lines of an unknown page: (site, lines, of lines).

    Only the beginning is looked at: this is advice for people, and the page may be a hostile one.
    """
    lines = dump.lines[:_NEAREST_LINES]
    if sum(map(len, lines)) > _NEAREST_CHARS:
        return None
    if dump.form == "html":
        # All markup is furniture; what a browser shows of it tells sites apart.
        lines = visible_lines("\n".join(lines))[:_NEAREST_LINES]
    part = Dump(lines, guess_form(lines), dump.captured_on)
    n_claimed = {
        name: Ledger(part, source.parse(part)).counts["n_lines_claimed"]
        for name, source in REGISTRY.items()
        if part.form in getattr(source, "FORMS", schema.FORMS)
    }
    best = max(n_claimed, key=lambda name: n_claimed[name], default=None)
    if best is None or not n_claimed[best]:
        return None
    return best, n_claimed[best], len(part.text_lines)


# ---------------------------------------------------------------- the line ledger


def _all_issues(dump: Dump, pages: Sequence[_Page], ledger: Ledger) -> list[Issue]:
    found = [issue for page in pages for issue in page.result.issues]
    found += [
        Issue(
            UNCLAIMED,
            "these lines between cards were not understood; they are in no table",
            start,
            end,
            "\n".join(dump.lines[start - 1 : end])[:_MAX_ISSUE_TEXT],
        )
        for start, end in ledger.nobodys_runs()
    ]
    found += _sections_told(pages)
    return sorted(found, key=lambda issue: (issue.line_start or 0, issue.line_end or 0))


def _sections_told(pages: Sequence[_Page]) -> Iterator[Issue]:
    """Say of a file with several pages told apart which lines were read as whose."""
    for page in pages if len(pages) > 1 else ():
        begin = page.section.dump.first_line
        end = begin + len(page.section.dump.lines) - 1
        message = (
            f"the file holds several pages; these lines were read as one of {page.name}; "
            "save each page in a file of its own if that is wrong"
        )
        yield Issue("several_sites", message, begin, end)


# ---------------------------------------------------------------- from findings to tables


def _conclude(row: dict[str, Any], pages: Sequence[_Page], issues: list[Issue]) -> Extracted:
    facts = _page_facts(pages)
    in_order = sorted(pages, key=lambda page: page.section.dump.first_line)
    records = tuple(_mended(record) for page in in_order for record in page.result.records)
    origins = [
        (page.name, page.section.dump.form) for page in in_order for _ in page.result.records
    ]
    issues += _shortfalls(pages)
    row = row | {
        "status": "extracted",
        "source": pages[0].name,
        "n_records": len(records),
        "n_declared": facts.declared_papers,
    }
    if row["captured_on"] is None:
        row["captured_on"] = facts.captured_on
        row["captured_on_basis"] = facts.captured_on_basis
    page_row = _page_row(row, facts)
    return Extracted(row, page_row, records, tuple(issues), tuple(origins))


def _page_facts(pages: Sequence[_Page]) -> PageFacts:
    """Return what the page with most cards says of itself, and no more than its like agree on.

    A second page of the same site may be another person's: then nobody's page it is.
    """
    facts = pages[0].result.page
    alike = [page.result.page.page_subject for page in pages if page.name == pages[0].name]
    if any(subject not in (None, facts.page_subject) for subject in alike):
        return replace(facts, page_subject=None, page_subject_basis=None)
    return facts


def _shortfalls(pages: Sequence[_Page]) -> Iterator[Issue]:
    """Yield an issue for each page that says it lists more papers than were found."""
    for _, result in pages:
        n_declared, n_found = result.page.declared_papers, len(result.records)
        if n_declared is not None and n_declared > n_found:
            message = (
                f"the page says it lists {n_declared} papers, {n_found} were found; "
                "the page may have been cut or list some elsewhere"
            )
            yield Issue("declared_count", message)


def record_id(dump_id: str, record_index: int) -> str:
    """Return a record's id: it depends on nothing but the dump's content and the place in it.

    >>> record_id("4b4fcbdbc598f512a0", 7)
    '4b4fcbdbc598f512-0007'
    """
    return f"{dump_id[:16]}-{record_index:04d}"


def _page_row(row: dict[str, Any], facts: PageFacts) -> dict[str, Any]:
    names = {c.name for c in schema.PAGES.columns} & {f.name for f in fields(facts)}
    shown = {name: getattr(facts, name) for name in names}
    return shown | {
        "dump_id": row["dump_id"],
        "source": row["source"],
        "page_subject_key": name_key(facts.page_subject),
    }


def _mended(record: Record) -> Record:
    """Return a card with certain damage repaired and flagged; what is verbatim stays so."""
    shown = [author.name for author in record.authors]
    shown += record.affiliations
    shown += filter(None, _mended_texts(record))
    if are_sound(shown):
        return record
    done: set[str] = set()

    def repair(text: str) -> str:
        mended, flags = mend(text)
        done.update(flags)
        return mended

    names = tuple(author._replace(name=repair(author.name)) for author in record.authors)
    mended: dict[str, Any] = {"authors": names}
    mended["affiliations"] = tuple(map(repair, record.affiliations))
    mended |= {n: repair(text) for n in _MENDED_FIELDS if (text := getattr(record, n))}
    mended["flags"] = (*record.flags, *(flag for flag in FLAGS if flag in done))
    return record._replace(**mended)


@_without_search_for_cycles()
def to_tables(found: Iterable[Extracted]) -> dict[str, pa.Table]:
    """Return what was found in dumps as the tables of `schema.STAGING_TABLES`, by full name.

    Cards become columns by transposing them, and keys are made column by column: a row for
    each card and name would take most of the time that reading takes.
    """
    found = [one for one in found if one.page is not None]
    records = [record for one in found for record in one.records]
    owners = [one.dump for one in found for _ in one.records]
    origins = [origin for one in found for origin in one.origins]
    indexes = [index for one in found for index in range(1, len(one.records) + 1)]
    ids = [record_id(dump["dump_id"], index) for dump, index in zip(owners, indexes, strict=True)]
    return {
        schema.PAGES.name: to_table(schema.PAGES, [one.page for one in found if one.page]),
        schema.RECORDS.name: _records_table(records, owners, origins, indexes, ids),
        schema.RECORD_AUTHORS.name: _authors_table(records, ids),
        schema.ISSUES.name: _issues_table(found),
    }


def _records_table(
    records: Sequence[Record],
    owners: Sequence[dict[str, Any]],
    origins: Sequence[tuple[str, Form]],
    indexes: Sequence[int],
    ids: Sequence[str],
) -> pa.Table:
    shown = dict(zip(Record._fields, zip(*records, strict=True), strict=bool(records)))
    made = {
        "record_id": ids,
        "dump_id": [dump["dump_id"] for dump in owners],
        "source": [source for source, _ in origins],
        "form": [form for _, form in origins],
        "record_index": indexes,
        "title_key": title_keys(record.title for record in records),
        "n_authors_listed": [len(record.authors) for record in records],
    }
    return _columns_table(schema.RECORDS, shown | made)


def _authors_table(records: Sequence[Record], ids: Sequence[str]) -> pa.Table:
    names = [author for record in records for author in record.authors]
    shown = dict(zip(AuthorName._fields, zip(*names, strict=True), strict=bool(names)))
    made = {
        "record_id": [
            key for key, record in zip(ids, records, strict=True) for _ in record.authors
        ],
        "author_order": [n for record in records for n in range(1, len(record.authors) + 1)],
        "name_key": name_keys(author.name for author in names),
    }
    return _columns_table(schema.RECORD_AUTHORS, shown | made)


def _issues_table(found: Sequence[Extracted]) -> pa.Table:
    issues = [issue for one in found for issue in one.issues]
    shown = dict(zip(Issue._fields, zip(*issues, strict=True), strict=bool(issues)))
    made = {
        "dump_id": [one.dump["dump_id"] for one in found for _ in one.issues],
        "issue_index": [n for one in found for n in range(1, len(one.issues) + 1)],
        "text": [issue.text[:_MAX_ISSUE_TEXT] if issue.text else None for issue in issues],
    }
    return _columns_table(schema.ISSUES, shown | made)


def _columns_table(spec: TableSpec, columns: Mapping[str, Sequence[Any]]) -> pa.Table:
    """Return columns as a table with those of `spec`; of an empty table all may be missing."""
    arrays = [pa.array(columns.get(c.name, ()), schema.ARROW_TYPES[c.type]) for c in spec.columns]
    return pa.Table.from_arrays(arrays, schema=spec.arrow_schema())


def to_table(spec: TableSpec, rows: Iterable[dict[str, Any]]) -> pa.Table:
    """Return rows as an Arrow table with exactly the columns and types of `spec`.

    Missing keys become NULL, so that a dump's rows name only what is known.
    """
    rows = list(rows)
    arrays = [
        pa.array([row.get(column.name) for row in rows], schema.ARROW_TYPES[column.type])
        for column in spec.columns
    ]
    return pa.Table.from_arrays(arrays, schema=spec.arrow_schema())
