"""What a reading comes to: the dump's row, its page's row, its cards and issues.

What belongs here: from what was read of a dump to what is kept of it. What does not: reading it
(`readings`), rows of tables (`staging_tables`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from itertools import chain
from typing import Any

from pipeline.contract.findings import UNCLAIMED, Issue, PageFacts, ParseResult, Record
from pipeline.contract.tables import HELD_BACK, HELD_BY_PAGE, PAGES
from pipeline.extraction.extracted import MOST_ISSUE_TEXT, Extracted
from pipeline.extraction.form_advice import advice_for
from pipeline.extraction.ledger import Ledger
from pipeline.extraction.listing import listing_of, listing_said
from pipeline.extraction.readings import Page, Reading
from pipeline.extraction.renumbering import as_in_file
from pipeline.extraction.unknown_pages import site_words
from pipeline.sources.dump import Dump
from pipeline.sources.listings import agreed, as_facts
from pipeline.text.keys import name_key


def conclude(
    row: dict[str, Any],
    file: Dump,
    reading: Reading,
    issues: Sequence[Issue],
    listing: str | None = None,
) -> Extracted:
    """Return what becomes of a dump that could be read.

    Args:
        row: what is known of it so far.
        file: its lines.
        reading: what was read of it.
        issues: what was noticed before it was read.
        listing: what a note says that it is a part of.
    """
    results = _results_in_file(reading, file.lines)
    ledger = Ledger(file, *results) if reading.spans else reading.ledger
    records = tuple(chain.from_iterable(found.records for found in results))
    facts = _page_facts(reading.pages)
    row = row | ledger.counts | {"source": reading.pages[0].name}
    row |= {"n_declared": facts.declared_papers, "status": "extracted"}
    if row["captured_on"] is None:
        row["captured_on"] = facts.captured_on
        row["captured_on_basis"] = facts.captured_on_basis
    held = {place: broken.rule.code for place, broken in reading.held.items()}
    found = [*issues, *_all_issues(file, reading, results, ledger), *_held(reading, records)]
    page: dict[str, Any] | None = _page_row(row, facts)
    if reading.distrust:
        advice = advice_for(reading)
        reason = f"looks like {site_words(reading.pages[0].name)}, but {reading.distrust}; {advice}"
        row |= {"status": "quarantined", "reason": reason, "advice": advice}
        held = dict.fromkeys(range(len(records)), HELD_BY_PAGE)
        page = None
    else:
        row |= listing_of(row, facts, listing)
    row |= {"n_records": len(records) - len(held), "n_held_back": len(held)}
    found = sorted(found, key=lambda issue: (issue.line_start or 0, issue.line_end or 0))
    found += _shortfalls(reading.pages)
    origins = tuple(
        (page.name, page.section.dump.form)
        for page in reading.in_order
        for _ in page.result.records
    )
    return Extracted(row, page, records, tuple(found), origins, held)


def _results_in_file(reading: Reading, file_lines: Sequence[str]) -> list[ParseResult]:
    """Return what was found in each section, in order, with the lines of the file."""
    results = [page.result for page in reading.in_order]
    if reading.spans is None:
        return results
    return [as_in_file(found, reading.dump.lines, reading.spans, file_lines) for found in results]


def _all_issues(
    file: Dump, reading: Reading, results: Sequence[ParseResult], ledger: Ledger
) -> Iterator[Issue]:
    for result in results:
        yield from result.issues
    for start, end in ledger.unclaimed_runs():
        message = "these lines between cards were not understood; they are in no table"
        yield Issue(UNCLAIMED, message, start, end, _text(file, start, end))
    yield from _report_sections(reading)


def _text(file: Dump, start: int, end: int) -> str:
    return "\n".join(file.lines[start - 1 : end])[:MOST_ISSUE_TEXT]


def _held(reading: Reading, records: Sequence[Record]) -> Iterator[Issue]:
    """Yield an issue for each card that is held back: the rule it breaks, in words, and the value.

    Args:
        reading: what was read.
        records: its cards, numbered as in the file.
    """
    for place, (rule, text) in sorted(reading.held.items()):
        record = records[place]
        message = f"the card is held back, for {rule.message} ({rule.code}); it is in no mart"
        yield Issue(HELD_BACK, message, record.line_start, record.line_end, text[:MOST_ISSUE_TEXT])


def _report_sections(reading: Reading) -> Iterator[Issue]:
    """Say of a file with pages of several sites which lines were read as which site's."""
    for page in reading.pages if len(reading.pages) > 1 else ():
        begin = page.section.dump.first_line
        end = begin + len(page.section.dump.lines) - 1
        if reading.spans:
            begin, end = reading.spans[begin - 1][0], reading.spans[end - 1][1]
        message = (
            f"the file holds several pages; these lines were read as one of {page.name}; "
            "save each page in a file of its own if that is wrong"
        )
        yield Issue("several_sites", message, begin, end)


def _page_facts(pages: Sequence[Page]) -> PageFacts:
    """Return what the page with most cards says of itself, and no more than its like agree on.

    A second page of the same site may be another person's: then the file has no subject.
    """
    facts = pages[0].result.page
    alike = [page.result.page for page in pages if page.name == pages[0].name]
    if len({name_key(page.page_subject) for page in alike if page.page_subject}) > 1:
        facts = replace(facts, page_subject=None, page_subject_basis=None, **as_facts(None))
    listings = [listing_said(page) for page in alike]
    if any(listings) and agreed(listings) is None:
        facts = replace(facts, **as_facts(None))
    return facts


def _shortfalls(pages: Sequence[Page]) -> Iterator[Issue]:
    """Yield an issue for each page that says it lists more papers than were found."""
    for page in pages:
        result = page.result
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
