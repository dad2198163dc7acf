"""Mutated pages through the real entry point: `make fuzz`, and a small set in the tests.

    python tests/fuzz.py [MUTANTS] [SEED] [WORKERS]

Pages of data/sample and the golden pairs are damaged as people and tools damage pages: lines lost,
doubled, swapped, cut; blank lines come and go; bytes flip; two pages land in one file, or pieces
of another site's; a page breaks off; the encoding changes. The files go through `find_dumps` and
`extract_dump`, then through `refresh_dumps` or, one batch in ten, a whole `build`.

What must hold for every mutant: no exception, no hang, every line in the ledger once, every
unclaimed line in an issue, and every intact card read as before. A card is *intact* if it, the
card before, the card after and all lines between stand in the mutant unchanged and side by side
(blank lines do not count; at the ends of a page, nothing else may stand there). Among pages of
other kinds that holds of pages of three cards and more, and not where a piece of markup, or of a
page without marks, stands inside another page. Because a page
lends its cards the year, the month of their announcement and the vocabulary for glued lines, those
are only compared where no line of the page was lost or added; a month may get lost, but not become
another.

Of the mutants that are text, four in ten are given one or two forms (`fuzz_forms`), half of these
after the damage, half without any. There no card stays intact; what must hold is that no title or
name that is published breaks a rule of the gate, that no step of `undo` loses a line and, where
nothing was damaged, that what is published is true and all else is held back or set aside.
"""

import hashlib
import multiprocessing
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from fuzz_forms import faults_of_formed, formed

from pipeline.builds.dumps import refresh_dumps
from pipeline.builds.run import build, utc_now
from pipeline.contract.findings import UNCLAIMED
from pipeline.contract.tables import HELD_BACK
from pipeline.extraction.decoding import decode
from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.extracted import Extracted
from pipeline.extraction.plausibility.gate import judge
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.site_lines import known_lines
from pipeline.extraction.staging_tables import rows_of
from pipeline.forms.undo import undo
from pipeline.storage.warehouse import Warehouse
from pipeline.text.whitespace import split_lines

ROOT = Path(__file__).parent.parent
_BATCH = 100
_BUILD_EVERY = 10
_MOST_SECONDS = 5.0
_TINY = 40
_LEAST_CARDS = 3
_SHARE_FORMED = 0.4
_TORN = frozenset(("torn_card", "missing_title"))
# A splitting surer than this may not depend on what else is on the page.
_SURE_WITHOUT_PAGE = 0.99
_YEAR_FIELDS = ("published_date", "updated_date", "year", "is_year_inferred")
_SPLIT_FIELDS = ("title", "title_key", "raw_authors", "authors", "n_authors_listed")
_SPLIT_FIELDS += ("n_authors_total", "authors_complete", "affiliations")
_PAGE_FLAGS = ("year_inferred", "year_unknown", "guessed_split", "bad_date", "no_date")
_PLACES = ("record_id", "dump_id", "record_index", "line_start", "line_end", "form")
# Only its opening tells what such a page is: below it, titles and abstracts stand in turn.
_UNMARKED = {("huggingface_papers", "compact")}
_JUNK = (
    "Skip to main content",
    "Accept all cookies",
    "© Example Ltd. All rights reserved.",
    "Sign in or create an account to follow this author.",
    "<div class='ad'>Sponsored</div>",
    "\x07" + "x" * 300,  # so few control characters that it still is text
    "x" * 3000,
    "&amp;" * 50,
    "·",
)

# Where a line comes from: page and line number; None: nowhere, or it was changed.
Origin = tuple[str, int] | None


@dataclass(frozen=True)
class Page:
    """A page and what is read from it, the records in order.

    Some pairs show what is done about a damaged page; those are not sound: there is an issue.
    """

    name: str
    lines: tuple[str, ...]
    source: str
    form: str
    records: tuple[dict[str, Any], ...]
    is_sound: bool

    @property
    def kind(self) -> tuple[str, str, str]:
        """Site, form and layout; Hugging Face has four layouts of one form."""
        n_submitters = sum(line.startswith("Submitted by") for line in self.lines)
        has_submitters = 2 * n_submitters > len(self.records)
        is_of_one = any(line.startswith("Papers arxiv:") for line in self.lines)
        is_marked = any(line.endswith((" author", " authors")) for line in self.lines)
        layout = "day" if has_submitters else "paper" if is_of_one else f"search {is_marked}"
        is_of_layouts = self.source == "huggingface_papers"
        return self.source, self.form, layout if is_of_layouts else ""

    @property
    def filled(self) -> list[int]:
        """The numbers of its non-blank lines."""
        return [number for number, line in enumerate(self.lines, 1) if line.strip()]


@dataclass(frozen=True)
class Mutant:
    """A damaged page.

    Attributes:
        kinds: what was done to it.
        pages: the pages it was made of; cards of these must be found if intact.
        is_utf8: it is whole UTF-8; else letters beyond ASCII may have suffered anywhere.
        forms: what it looks like now.
        is_damaged: something was done to it but for the forms.
    """

    kinds: tuple[str, ...]
    pages: tuple[Page, ...]
    lines: tuple[str, ...]
    origins: tuple[Origin, ...]
    content: bytes
    is_utf8: bool = True
    forms: tuple[str, ...] = ()
    is_damaged: bool = True


@dataclass
class Tally:
    """What a run found."""

    n_mutants: int = 0
    n_quarantined: int = 0
    n_intact: int = 0
    slowest: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    formed: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Add what another run found."""
        self.n_mutants += other.n_mutants
        self.n_quarantined += other.n_quarantined
        self.n_intact += other.n_intact
        self.slowest = max(self.slowest, other.slowest)
        self.kinds += other.kinds
        self.formed += other.formed
        self.faults += other.faults


# ---------------------------------------------------------------- sound pages


@cache
def pages() -> tuple[Page, ...]:
    """Read the sample pages and the golden pairs."""
    found = []
    for folder in (ROOT / "data" / "sample", ROOT / "tests" / "data" / "sources"):
        for dump in sorted(find_dumps(folder), key=lambda dump: dump.path):
            if dump.path.endswith(".json"):
                continue  # what is to be read of a page
            extracted = extract_dump(folder, dump)
            if extracted.dump["status"] == "extracted":
                text, _, _ = decode((folder / dump.path).read_bytes())
                row = extracted.dump
                records = tuple(_records(extracted))
                lines = split_lines(text)
                is_sound = not extracted.issues and not extracted.held
                page = Page(dump.path, lines, row["source"], row["form"], records, is_sound)
                found.append(page)
    return tuple(found)


def _records(extracted: Extracted) -> Iterator[dict[str, Any]]:
    authors: dict[str, list[tuple[Any, ...]]] = {}
    rows = rows_of(extracted)
    for row in rows["record_authors"]:
        name = (row["raw_name"], row["name"], row["homonym_id"])
        authors.setdefault(row["record_id"], []).append(name)
    for row in rows["records"]:
        yield row | {"authors": authors.get(row["record_id"], [])}


# ---------------------------------------------------------------- mutations


Lines = list[tuple[Origin, str]]


def _drop(lines: Lines, rng: random.Random) -> None:
    if len(lines) > 1:
        del lines[rng.randrange(len(lines))]


def _double(lines: Lines, rng: random.Random) -> None:
    at = rng.randrange(len(lines))
    lines.insert(rng.choice([at, rng.randrange(len(lines))]), (None, lines[at][1]))


def _swap(lines: Lines, rng: random.Random) -> None:
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _cut(lines: Lines, rng: random.Random) -> None:
    at = rng.randrange(len(lines))
    text = lines[at][1]
    lines[at] = (None, text[: rng.randrange(len(text) + 1)])


def _join(lines: Lines, rng: random.Random) -> None:
    at = rng.randrange(len(lines))
    text = "".join(text for _, text in lines[at : at + 2])
    lines[at : at + 2] = [(None, text)]


def _add_blanks(lines: Lines, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 6)):
        lines.insert(rng.randrange(len(lines) + 1), (None, rng.choice(["", "  ", "\t", "\xa0"])))


def _remove_blanks(lines: Lines, rng: random.Random) -> None:
    share = rng.choice([0.1, 0.5, 1.0])
    lines[:] = [item for item in lines if item[1].strip() or rng.random() > share]


def _junk(lines: Lines, rng: random.Random) -> None:
    at = rng.choice([0, len(lines), rng.randrange(len(lines) + 1)])
    lines[at:at] = [(None, rng.choice(_JUNK)) for _ in range(rng.randint(1, 3))]


def _break_off(lines: Lines, rng: random.Random) -> None:
    del lines[rng.randrange(1, len(lines) + 1) :]


def _lose_start(lines: Lines, rng: random.Random) -> None:
    del lines[: rng.randrange(len(lines))]


_CHANGES = (_drop, _double, _swap, _cut, _join)
_CHANGES += (_add_blanks, _remove_blanks, _junk, _break_off, _lose_start)


def _numbered(page: Page) -> Lines:
    return [((page.name, number), line) for number, line in enumerate(page.lines, 1)]


def _combine(rng: random.Random) -> tuple[str, tuple[Page, ...], Lines]:
    """Start from one page, two pages one after the other, or pieces of two."""
    first, second = rng.choice(pages()), rng.choice(pages())
    how = rng.choice(["one"] * 8 + ["glued", "mixed"])
    if how == "one" or second.name == first.name:
        return "one", (first,), _numbered(first)
    lines = _numbered(first)
    piece = _numbered(second)
    if how == "glued":
        return how, (first, second), lines + piece
    start = rng.randrange(len(piece))
    at = rng.randrange(len(lines) + 1)
    lines[at:at] = piece[start : start + rng.randint(1, 40)]
    return how, (first, second), lines


def mutant(seed: int) -> Mutant:
    """Make the mutant of a seed; equal seeds give equal mutants."""
    rng = random.Random(seed)
    # Numbers of its own: what is damaged, and how, does not depend on the forms.
    forming = random.Random(f"forms of {seed}")
    is_formed, is_damaged = forming.random() < _SHARE_FORMED, forming.random() < 0.5
    if is_formed and not is_damaged:
        return _formed(_as_it_is(forming), forming)
    how, sound, lines = _combine(rng)
    changes = [rng.choice(_CHANGES) for _ in range(rng.choice([0, 1, 1, 2, 4, 8]))]
    for change in changes:
        if lines:
            change(lines, rng)
    kinds = (how, *(change.__name__.strip("_") for change in changes))
    origins, texts = tuple(origin for origin, _ in lines), tuple(text for _, text in lines)
    made = Mutant(kinds, sound, texts, origins, "\n".join(texts).encode())
    if is_formed and all(page.form != "html" for page in sound):
        made = _formed(made, forming)
    how = rng.choice(["as_is"] * 6 + ["flipped", "encoded"])
    if how == "flipped":
        return _flip(made, rng)
    return _encode(made, rng) if how == "encoded" else made


def _as_it_is(rng: random.Random) -> Mutant:
    """Take a page of text that was not damaged."""
    page = rng.choice([page for page in pages() if page.is_sound and page.form != "html"])
    origins = tuple(origin for origin, _ in _numbered(page))
    content = "\n".join(page.lines).encode()
    return Mutant(("one",), (page,), page.lines, origins, content, is_damaged=False)


def _formed(made: Mutant, rng: random.Random) -> Mutant:
    """Give a mutant forms; no line of it stands for one of a page then."""
    titles = {record["title"] for page in made.pages for record in page.records}
    forms, lines = formed(made.lines, rng, titles)
    return replace(
        made,
        kinds=(*made.kinds, *forms),
        lines=tuple(lines),
        origins=(None,) * len(lines),
        content="\n".join(lines).encode(),
        forms=forms,
    )


def _flip(made: Mutant, rng: random.Random) -> Mutant:
    """Flip bits in some lines; line ends stay, so that lines can still be counted."""
    raw = [bytearray(line.encode()) for line in made.lines]
    origins, lines = list(made.origins), list(made.lines)
    if not raw:
        return made
    for _ in range(rng.randint(1, 1 + len(made.content) // 300)):
        at = rng.randrange(len(raw))
        if raw[at]:
            place = rng.randrange(len(raw[at]))
            flipped = raw[at][place] ^ (1 << rng.randrange(8))
            raw[at][place] = flipped if flipped not in b"\r\n" else 0
            origins[at] = None
            if not lines[at].strip():  # it may no longer be blank, and stand inside a card
                lines[at] = raw[at].decode("utf-8", "replace")
    return replace(
        made,
        kinds=(*made.kinds, "flipped"),
        lines=tuple(lines),
        origins=tuple(origins),
        content=b"\n".join(raw),
        is_utf8=False,
    )


def _encode(made: Mutant, rng: random.Random) -> Mutant:
    text = "\n".join(made.lines)
    encoding = rng.choice(["utf-16", "utf-8-sig", "utf-32", "cp1252", "crlf", "cr", "gb18030"])
    kinds = (*made.kinds, encoding)
    if encoding in ("crlf", "cr"):
        end = {"crlf": "\r\n", "cr": "\r"}[encoding]
        return replace(made, kinds=kinds, content=text.replace("\n", end).encode())
    content = text.encode(encoding, "replace")
    return replace(made, kinds=kinds, content=content, is_utf8=encoding.startswith("utf"))


# ---------------------------------------------------------------- what must hold


def _check(made: Mutant, extracted: Extracted, tally: Tally) -> Iterator[str]:
    """Yield what is wrong with what was read from a mutant."""
    row, rows = extracted.dump, rows_of(extracted)
    if made.forms:
        _count_formed(made, extracted, tally)
    if row["status"] == "quarantined":
        tally.n_quarantined += 1
        is_gated = bool(row["n_held_back"])
        if not row["reason"] or bool(rows) != is_gated or not all(_held(rows)):
            yield "quarantined, but without a reason, or with cards that are not held back"
        must_be = [] if is_gated or _may_be_set_aside(made) else _intact_cards(made)
        if must_be:
            yield f"set aside with {len(must_be)} intact cards: {row['reason']}"
        return
    yield from _ledger_faults(row, rows)
    yield from _implausible(extracted)
    if made.forms and not made.is_damaged:
        n_torn = sum(map(_is_told, extracted.issues))
        yield from faults_of_formed(made.pages[0].records, list(_records(extracted)), n_torn)
    read = {record["line_start"]: record for record in _records(extracted)}
    if row["source"] not in {page.source for page in made.pages}:
        yield f"read as {row['source']}"
        return
    for page, start, card in _intact_cards(made):
        tally.n_intact += 1
        yield from _card_faults(made, page, card, read.get(start), start)


def _is_told(issue: Any) -> bool:
    """Tell whether an issue names a card of which nothing was kept, or which another may hold."""
    is_held_with_another = issue.kind == HELD_BACK and "text of another card" in issue.message
    starts = ("Lines of a card", "Card without")
    return issue.kind in _TORN or is_held_with_another or issue.message.startswith(starts)


def _count_formed(made: Mutant, extracted: Extracted, tally: Tally) -> None:
    """Count what became of a page with forms, and of its cards."""
    kind = "damaged" if made.is_damaged else "sound"
    if extracted.dump["status"] == "quarantined":
        tally.formed[f"{kind} pages set aside"] += 1
        tally.formed[f"{kind} cards on pages set aside"] += sum(
            len(page.records) for page in made.pages
        )
        return
    n_held = len(extracted.held)
    tally.formed[f"{kind} pages read"] += 1
    tally.formed[f"{kind} cards held back"] += n_held
    tally.formed[f"{kind} cards published"] += len(extracted.records) - n_held


def _held(rows: dict[str, list[dict[str, Any]]]) -> list[bool]:
    """Return of each card whether it is held back."""
    return [record["is_held_back"] for record in rows.get("records", ())]


def _implausible(extracted: Extracted) -> Iterator[str]:
    """Yield what was let through though it breaks a rule."""
    sound = [card for at, card in enumerate(extracted.records) if at not in extracted.held]
    for broken in judge(sound).hard.values():
        # These depend on the neighbour, and on the lines of an undone page.
        if broken.rule.about not in ("abstract", "last line"):
            yield f"let through, though {broken.rule.message}: {broken.text[:80]!r}"


def _may_be_set_aside(made: Mutant) -> bool:
    """Tell whether a mutant may be unreadable: bytes of no text, or pages of two kinds.

    A page of which less than half is understood is set aside; in a tiny one, few lines are half.
    """
    n_filled = sum(1 for line in made.lines if line.strip())
    return not made.is_utf8 or not _is_pure(made) or n_filled < _TINY


def _is_pure(made: Mutant) -> bool:
    return len({page.kind for page in made.pages}) == 1


def _ledger_faults(row: dict[str, Any], rows: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    parts = ("n_lines_blank", "n_lines_card", "n_lines_furniture", "n_lines_unclaimed")
    if sum(row[part] for part in parts) != row["n_lines"]:
        yield f"the ledger does not sum up: {[row[part] for part in parts]} of {row['n_lines']}"
    begin = end = 0
    for record in rows["records"]:
        # Cards of an HTML page may share a line: all of a JSON attribute stand on one.
        # So may those of a page all in one line.
        is_shared = record["form"] == "html" or bool(row["undone"])
        first = end if is_shared else end + 1
        # A line that was cut was made of several, where markup was left out: all its pieces are.
        first = begin if "one_line" in row["undone"] else first
        if not first <= record["line_start"] <= record["line_end"] <= row["n_lines"]:
            yield f"a record has lines {record['line_start']}-{record['line_end']} after {end}"
        if not record["title"]:
            yield "a record has no title"
        begin, end = record["line_start"], record["line_end"]


def _unclaimed_faults(text: str, extracted: Extracted) -> Iterator[str]:
    """Check the ledger's figures against the lines themselves."""
    row, rows = extracted.dump, rows_of(extracted)
    lines = split_lines(text)
    filled = {number for number, line in enumerate(lines, 1) if line.strip()}
    reported: set[int] = set()
    for issue in rows["issues"]:
        if issue["kind"] == UNCLAIMED:
            reported.update(range(issue["line_start"], issue["line_end"] + 1))
    cards: set[int] = set()
    for record in rows["records"]:
        cards.update(range(record["line_start"], record["line_end"] + 1))
    want = {
        "n_lines": len(lines),
        "n_lines_blank": len(lines) - len(filled),
        "n_lines_unclaimed": len(reported & filled),
        "n_lines_card": len((cards & filled) - reported),
    }
    for name, value in want.items():
        if row[name] != value:
            yield f"{name} is {row[name]}, counted {value}"


def _intact_cards(made: Mutant) -> list[tuple[Page, int, dict[str, Any]]]:
    """Return the intact cards: page, the line where each begins in the mutant, record."""
    if not made.is_utf8 and not all(line.isascii() for line in made.lines):
        return []
    filled = [(n, o) for n, (o, t) in enumerate(zip(made.origins, made.lines, strict=True), 1)
              if t.strip()]  # fmt: skip
    order = [origin for _, origin in filled]
    places = {origin: at for at, origin in enumerate(order) if origin}
    found = []
    for page in () if _is_patchwork(made) else made.pages:
        if page.form == "html":
            continue  # tags reach over lines: no line says which card is whole
        if not _is_pure(made) and len(page.records) < _LEAST_CARDS:
            continue  # too short to be known from a line or two that look like another site's
        numbers = page.filled
        if (page.source, page.form) in _UNMARKED and (page.name, numbers[0]) not in places:
            continue
        for index, record in enumerate(page.records):
            start, end = _surroundings(page, index, numbers)
            need: list[Origin] = [(page.name, n) for n in numbers if start <= n <= end]
            at = places.get(need[0])
            if at is None or order[at : at + len(need)] != need:
                continue
            if end == numbers[-1] and at + len(need) < len(order):
                continue  # what follows the last card may be taken for its text
            begin = filled[places[(page.name, record["line_start"])]][0]
            found.append((page, begin, record))
    return found


def _is_patchwork(made: Mutant) -> bool:
    """Tell whether a piece stands inside a page that could only be known from it by marks it lacks.

    Markup has none that are lines, and a compact page of Hugging Face has but its opening; another
    layout of the same site is told by what most of the page has.
    """
    kinds = {(page.source, page.form) for page in made.pages}
    is_unmarked = bool(kinds & _UNMARKED)
    # Pages of one site are one page to its reader, which most lines decide.
    is_of_one_site = len({page.source for page in made.pages}) == 1
    is_marked = not (is_unmarked or is_of_one_site)
    is_marked = is_marked and all(page.form != "html" for page in made.pages)
    # Of one site, a page without marks is none of its own wherever another one stands.
    is_below = is_unmarked and is_of_one_site
    is_inside = "mixed" in made.kinds or is_below or _is_interleaved(made)
    return is_inside and not _is_pure(made) and not is_marked


def _is_interleaved(made: Mutant) -> bool:
    """Tell whether a line of the upper one of two pages was moved below lines of the other."""
    order = [origin[0] for origin in made.origins if origin]
    return sum(above != below for above, below in pairwise(order)) > 1


def _surroundings(page: Page, index: int, numbers: Sequence[int]) -> tuple[int, int]:
    """Return the first and last line of a card's neighbourhood."""
    start = page.records[index - 1]["line_start"] if index else numbers[0]
    last = index + 1 == len(page.records)
    return start, numbers[-1] if last else page.records[index + 1]["line_end"]


def _card_faults(
    made: Mutant, page: Page, card: dict[str, Any], read: dict[str, Any] | None, start: int
) -> Iterator[str]:
    place = f"the card of line {card['line_start']} of {page.name}, now line {start},"
    if read is None:
        yield f"{place} is not read"
        return
    if read["is_held_back"]:
        return
    left_out = set(_PLACES) | {"is_held_back", "held_back_by"}
    if not _is_same_page(made, page):
        left_out |= {"split_confidence", "flags"}
        if card["is_year_inferred"] or card["year"] is None or read["is_year_inferred"]:
            left_out |= set(_YEAR_FIELDS)
        # A list says above all papers when these were announced; without that line nobody knows.
        if read["announced_month"] is None and card["source"] == "arxiv_list":
            left_out.add("announced_month")
        # Below a page whose authors have lines of their own, a title without one may be whole.
        if (card["split_confidence"] or 1) < (_SURE_WITHOUT_PAGE if _is_pure(made) else 2):
            left_out |= set(_SPLIT_FIELDS)
    for name in sorted(card.keys() - left_out):
        if card[name] != read[name]:
            yield f"{place} has the {name} {read[name]!r}, sound {card[name]!r}"


def _is_same_page(made: Mutant, page: Page) -> bool:
    """Tell whether a mutant holds every filled line of a page in order, and no other."""
    origins = [o for o, text in zip(made.origins, made.lines, strict=True) if text.strip()]
    return origins == [(page.name, number) for number in page.filled]


# ---------------------------------------------------------------- running


def run_batch(seeds: Sequence[int], *, whole_build: bool = False) -> Tally:
    """Write the mutants of some seeds to a folder, read them, and check what was read."""
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="papermart-fuzz-") as name:
        raw = Path(name, "raw")
        raw.mkdir()
        by_id: dict[str, tuple[int, Mutant]] = {}
        for seed in seeds:
            made = mutant(seed)
            (raw / f"{seed}.txt").write_bytes(made.content)
            by_id[hashlib.sha256(made.content).hexdigest()] = (seed, made)
            tally.n_mutants += 1
            tally.kinds.update(set(made.kinds))
        for dump in find_dumps(raw):
            seed, made = by_id[dump.dump_id]
            tally.faults += [
                f"seed {seed} ({', '.join(made.kinds)}): {fault}"
                for fault in _read(raw, dump, made, tally)
            ]
        try:
            warehouse = Warehouse(Path(name, "warehouse"))
            if whole_build:
                build(raw, warehouse)
            else:
                with warehouse.lock():
                    refresh_dumps(raw, warehouse, utc_now())
        except Exception:
            tally.faults.append(f"seeds {seeds[0]}-{seeds[-1]}: {traceback.format_exc()}")
    return tally


def _read(raw: Path, dump: Any, made: Mutant, tally: Tally) -> Iterator[str]:
    begin = time.perf_counter()
    try:
        extracted = extract_dump(raw, dump)
        seconds = time.perf_counter() - begin
        yield from _check(made, extracted, tally)
        if extracted.dump["status"] == "extracted":
            text, _, _ = decode(made.content)
            yield from _unclaimed_faults(text, extracted)
            if extracted.dump["form"] != "html":
                lossy = undo("\n".join(split_lines(text)), known_lines()).refused
                yield from (f"the step {name} loses lines" for name in lossy)
    except Exception:
        yield traceback.format_exc()
        return
    tally.slowest = max(tally.slowest, seconds)
    if seconds > _MOST_SECONDS:
        yield f"took {seconds:.1f} s"


def run(n_mutants: int, first_seed: int = 0, workers: int | None = None) -> Tally:
    """Run mutants in several processes; each batch in a warehouse of its own."""
    last = first_seed + n_mutants
    batches = [range(at, min(at + _BATCH, last)) for at in range(first_seed, last, _BATCH)]
    tally = Tally()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=context) as pool:
        jobs = [
            pool.submit(run_batch, batch, whole_build=n % _BUILD_EVERY == 0)
            for n, batch in enumerate(batches)
        ]
        for job in jobs:
            tally.add(job.result())
    return tally


def main() -> None:
    """Run, print the figures and the first faults; exit 1 if there are any."""
    given = [int(text) for text in sys.argv[1:]]
    n_mutants, seed, workers = given + [20_000, 0, 0][len(given) :]
    begin = time.perf_counter()
    tally = run(n_mutants, seed, workers or None)
    seconds = time.perf_counter() - begin
    kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(tally.kinds.items()))
    say = sys.stdout.write
    say(f"{tally.n_mutants} mutants of {len(pages())} pages in {seconds:.0f} s; {kinds}\n")
    say(f"{tally.n_quarantined} set aside, {tally.n_intact} intact cards compared, ")
    say(f"slowest {tally.slowest:.2f} s, {len(tally.faults)} faults\n")
    told = ", ".join(f"{n} {what}" for what, n in sorted(tally.formed.items()))
    say(f"with forms: {told}\n")
    for fault in tally.faults[:40]:
        say(f"  {fault[:1500]}\n")
    raise SystemExit(bool(tally.faults))


if __name__ == "__main__":
    main()
