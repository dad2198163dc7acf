"""Reading one dump: its pages, their cards, the line ledger, the reason if it is set aside.

What belongs here: what becomes of one file. What does not: knowledge of a site (`sources`), how
bytes become text (`decoding`), where tables are kept (`storage`), which dumps are new (`builds`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.contract.findings import UNCLAIMED, Issue, PageFacts, ParseResult
from pipeline.contract.tables import PAGES
from pipeline.extraction.cycles import without_search_for_cycles
from pipeline.extraction.decoding import DumpFaultError, TransientFaultError, decode, read_content
from pipeline.extraction.dump_files import DumpFile, faulty
from pipeline.extraction.extracted import MOST_ISSUE_TEXT, Extracted
from pipeline.extraction.ledger import Ledger
from pipeline.extraction.repairs import repair_record
from pipeline.extraction.unknown_pages import describe_unknown, describe_unread
from pipeline.inputs.notes import Note, read_note
from pipeline.sources.dump import Dump, guess_form
from pipeline.sources.plugins import PluginFaultError
from pipeline.sources.registry import divide
from pipeline.sources.sections import Section
from pipeline.text.keys import name_key
from pipeline.text.whitespace import split_lines

# A page is read only if most of its lines make sense; else the likeness is an accident.
_MIN_CLAIMED_SHARE = 0.5


@without_search_for_cycles()
def extract_dump(raw_dir: Path, file: DumpFile) -> Extracted:
    """Read one dump. Never raises: one that cannot be read comes back set aside, with the reason.

    Args:
        raw_dir: the folder `file.path` is below.
        file: a dump as `find_dumps` lists it.
    """
    note, note_fault = read_note(file.note) if file.note else (Note(), None)
    row = _first_row(file, note)
    try:
        text, row["encoding"], issues = decode(read_content(raw_dir, file))
        issues += [Issue("bad_note", note_fault)] if note_fault else []
        lines = split_lines(text)
        row["n_lines"] = len(lines)
        dump = Dump(lines, guess_form(lines), note.captured_on)
        row["form"] = dump.form
        pages = _parse(dump)
        row["form"] = pages[0].section.dump.form
        ledger = Ledger(dump, *(page.result for page in pages))
        _need_sense(dump, pages, ledger)
        row |= ledger.counts
        issues += _all_issues(dump, pages, ledger)
        return _conclude(row, pages, issues)
    except DumpFaultError as fault:
        return Extracted(row | _set_aside(fault))
    except TransientFaultError as fault:
        # The content is unknown, so its id must not stand for it: the next build tries again.
        changed = faulty(file.path, str(fault))
        row = {"dump_id": changed.dump_id, "path": file.path, "n_files": 1, "n_records": 0}
        return Extracted(row | _set_aside(fault))


def _first_row(file: DumpFile, note: Note) -> dict[str, Any]:
    """Return what is known of a dump before it is read."""
    return {
        "dump_id": file.dump_id,
        "path": file.path,
        "n_files": file.n_files,
        "n_bytes": file.n_bytes,
        "captured_on": note.captured_on,
        "captured_on_basis": "given" if note.captured_on else None,
        "note": file.note_hash,
        "n_records": 0,
    }


def _set_aside(fault: Exception) -> dict[str, Any]:
    return {"status": "quarantined", "reason": str(fault)}


class _Page(NamedTuple):
    """A section of a dump, mostly all of it, and what its site's parser found."""

    section: Section
    result: ParseResult

    @property
    def name(self) -> str:
        """The site."""
        return self.section.source.NAME


def _parse(dump: Dump) -> list[_Page]:
    """Let the sites read their sections; the one with most cards comes first.

    Raises:
        DumpFaultError: no site knows the page, or the plug-in that knows it fails.
    """
    sections = divide(dump)
    if not sections:
        raise DumpFaultError.of(describe_unknown(dump))
    try:
        pages = [_Page(section, section.read()) for section in sections]
    except PluginFaultError as fault:
        raise DumpFaultError(str(fault)) from None
    return sorted(pages, key=lambda page: -len(page.result.records))


def _need_sense(dump: Dump, pages: Sequence[_Page], ledger: Ledger) -> None:
    """Let a dump pass whose likeness to a site's pages is no accident.

    Raises:
        DumpFaultError: no card was read, or too few lines were understood.
    """
    likeness = f"looks like a {pages[0].name} page"
    if not pages[0].result.records:
        raise DumpFaultError.of(describe_unread(dump, pages[0].name))
    n_claimed = ledger.counts["n_lines_claimed"]
    n_text = len(dump.lines) - ledger.counts["n_lines_blank"]
    if n_claimed < _MIN_CLAIMED_SHARE * n_text:
        raise DumpFaultError(
            f"{likeness}, but only {n_claimed} of {n_text} lines could be understood; "
            "save the page again"
        )


def _all_issues(dump: Dump, pages: Sequence[_Page], ledger: Ledger) -> list[Issue]:
    found = [issue for page in pages for issue in page.result.issues]
    found += [
        Issue(
            UNCLAIMED,
            "these lines between cards were not understood; they are in no table",
            start,
            end,
            "\n".join(dump.lines[start - 1 : end])[:MOST_ISSUE_TEXT],
        )
        for start, end in ledger.unclaimed_runs()
    ]
    found += _report_sections(pages)
    return sorted(found, key=lambda issue: (issue.line_start or 0, issue.line_end or 0))


def _report_sections(pages: Sequence[_Page]) -> Iterator[Issue]:
    """Say of a file with pages of several sites which lines were read as which site's."""
    for page in pages if len(pages) > 1 else ():
        begin = page.section.dump.first_line
        end = begin + len(page.section.dump.lines) - 1
        message = (
            f"the file holds several pages; these lines were read as one of {page.name}; "
            "save each page in a file of its own if that is wrong"
        )
        yield Issue("several_sites", message, begin, end)


def _conclude(row: dict[str, Any], pages: Sequence[_Page], issues: list[Issue]) -> Extracted:
    facts = _page_facts(pages)
    in_order = sorted(pages, key=lambda page: page.section.dump.first_line)
    records = tuple(repair_record(record) for page in in_order for record in page.result.records)
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

    A second page of the same site may be another person's: then the file has no subject.
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


def _page_row(row: dict[str, Any], facts: PageFacts) -> dict[str, Any]:
    names = {c.name for c in PAGES.columns} & {f.name for f in fields(facts)}
    shown = {name: getattr(facts, name) for name in names}
    return shown | {
        "dump_id": row["dump_id"],
        "source": row["source"],
        "page_subject_key": name_key(facts.page_subject),
    }
