"""What needs a look before the figures are believed: each with what to do about it.

What belongs here: which faults and doubts of a build are told first, and their words. What does
not: their rows in full (`quality_blocks`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.outputs.report.figures import Row, ask, ask_if_there
from pipeline.outputs.report.tables import any_form, count, listed, number
from pipeline.storage.duckdb_engine import DuckDB

# Checks whose faults have an alert of their own.
_TOLD_APART = ("no_page_set_aside", "no_card_held_back", "all_applied")


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to look at.

    Attributes:
        told: what is the matter, as a sentence.
        advice: what to do, as the words before the command.
        command: the command line that shows it or mends it.
        is_fault: something is missing or wrong; else it is uncertain, or not over yet.
    """

    told: str
    advice: str
    command: str
    is_fault: bool = False


@dataclass(frozen=True, slots=True)
class Alerts:
    """All that needs a look, faults first."""

    faults: Sequence[Alert]
    doubts: Sequence[Alert]


def alerts(engine: DuckDB, checks: Sequence[Row], partial_years: Sequence[int]) -> Alerts:
    """Return what needs a look in a published file.

    Args:
        engine: sees the file.
        checks: table, name, description and n_failed of the checks that found something.
        partial_years: years that were not over when pages were saved.
    """
    (headline,) = ask(engine, "headline").rows
    found = [
        *_pages(headline),
        *_guardrails(engine),
        *(_check(check) for check in checks if check["name"] not in _TOLD_APART),
        *_decisions(engine),
        *_unsure(engine, headline, partial_years),
    ]
    faults = [alert for alert in found if alert.is_fault]
    return Alerts(faults, [alert for alert in found if not alert.is_fault])


def _pages(headline: Row) -> Iterator[Alert]:
    if not headline["n_pages"]:
        yield Alert(
            "There is no saved page, so every table is empty.",
            "Put pages into the folder of saved pages and run:",
            "papermart build",
            is_fault=True,
        )
    if n := headline["n_pages_set_aside"]:
        yield Alert(
            f"{_of(n, headline['n_pages'], 'saved page')} {_is(n)} set aside: nothing of "
            f"{'it' if n == 1 else 'them'} is in any table.",
            f"{'Its reason stands' if n == 1 else 'Their reasons stand'} below; save "
            f"{'it' if n == 1 else 'them'} again and build. To see {'it' if n == 1 else 'them'}:",
            "papermart query \"select path, reason from dumps where status = 'quarantined'\"",
            is_fault=True,
        )
    if n := headline["n_cards_held_back"]:
        n_cards = headline["n_records"] + n
        yield Alert(
            f"{_of(n, n_cards, 'card')} {_is(n)} held back, since {'it' if n == 1 else 'they'} "
            "cannot be right as read.",
            f"Save {'its page' if n == 1 else 'their pages'} again and build. To see "
            f"{'it' if n == 1 else 'them'}:",
            "papermart query \"select * from issues where kind = 'held_back'\"",
            is_fault=True,
        )


def _guardrails(engine: DuckDB) -> Iterator[Alert]:
    figure = ask_if_there(engine, "guardrails_failed")
    for row in figure.rows if figure else []:
        now, before = (_figure(row[f"value_{name}"]) for name in ("now", "before"))
        waived = f", let through by {row['waived_by']}" if row["waived_by"] else ""
        subject = row["subject"] or "what it watches"
        yield Alert(
            f"A guardrail does not hold{waived}: {row['description']}. "
            f"{subject[0].upper()}{subject[1:]}: {now}, before {before}.",
            "To see what went:",
            "papermart changes",
            is_fault=True,
        )


def _figure(value: float | None) -> str:
    if value is None:
        return "unknown"
    return count(int(value)) if value == int(value) else any_form(value)


def _check(check: Row) -> Alert:
    n, table = check["n_failed"], check["table"].partition(".")[2]
    told = f"A check of {table} does not hold for {number(n, 'row')}: {check['description']}."
    if table in ("dumps", "issues"):
        shown = (
            "To see the pages, and what to do:",
            'papermart query "select * from pages_to_check"',
        )
    else:
        shown = ("To see the checks of all tables:", "papermart status")
    return Alert(told, *shown, is_fault=True)


def _decisions(engine: DuckDB) -> Iterator[Alert]:
    for row in _rows(engine, "unobeyed"):
        if n := row["n_unobeyed"]:
            yield Alert(
                f"{_of(n, row['n_corrections'], 'correction')} {_is(n)} not obeyed.",
                "To see why:",
                'papermart query "select line, fault from overrides where not is_applied"',
                is_fault=True,
            )
    for row in _rows(engine, "waiting"):
        if n := row["n_pairs"]:
            yield Alert(
                f"{number(n, 'pair')} of papers may be one and {'waits' if n == 1 else 'wait'} "
                "for a decision; until then each counts as two.",
                "To decide, the two side by side:",
                "papermart review",
            )


def _unsure(engine: DuckDB, headline: Row, partial_years: Sequence[int]) -> Iterator[Alert]:
    for row in _rows(engine, "identities"):
        if n := row["n_name_only"]:
            yield Alert(
                f"{_of(n, row['n_authors'], 'author')} {_is(n)} told by the name alone, and may "
                "be several people or part of one.",
                "To see which, and then who bears a name with papermart explain:",
                'papermart query "select author_name, n_papers from authors '
                "where identity_level = 'name_only' order by n_papers desc\"",
            )
    if partial_years:
        was, it_is = ("was", "it is") if len(partial_years) == 1 else ("were", "they are")
        yield Alert(
            f"{listed(partial_years)} {was} not over when pages were saved: drawn hollow and "
            "dashed.",
            f"When {it_is} over, save the pages again and run:",
            "papermart build",
        )
    if n := headline["n_pages_undated"]:
        yield Alert(
            f"Of {_of(n, headline['n_pages'], 'saved page')} no day of saving is known, so that "
            "the last year they show counts as not over.",
            'A note beside page.txt says it: page.txt.meta.json with {"captured_on": '
            '"2025-12-11"}. To see which:',
            'papermart query "select path from dumps where captured_on is null"',
        )


def _rows(engine: DuckDB, name: str) -> Sequence[Row]:
    figure = ask_if_there(engine, name)
    return figure.rows if figure else []


def _of(n: int, n_all: int, what: str) -> str:
    return f"{count(n)} of {number(n_all, what)}"


def _is(n: int) -> str:
    return "is" if n == 1 else "are"
