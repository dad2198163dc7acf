"""The judge of saved forms: what is read of a page after people's tools had it.

    python benchmarks/forms.py [--pages DIR] [--texts DIR ...] [--made SEED] [--keep DIR]
                               [--only NAME ...] [--examples N] [--json]

Every HTML page of a folder (../shared/pages by default) is saved in every form that the tools make
which are here, every text (../shared/raw by default) in those that editors and mailers make, and
some forms are made of forms. All are read as a build reads them, and compared with what stands on
the pages. What counts as right is said in `form_judging`.

The truth of `NAME.html` is `NAME.truth.json` beside it, `NAME.props.json`, or `../truth/NAME.json`
(`form_truth` reads their shapes). Where there is none, and for fields that it does not speak of,
what is read of the page as it is counts as true, and the output says so. With --made the pages are
made up by `made_pages`, whose truth is known.

--keep DIR keeps the forms in DIR/FORM/PAGE. --only takes names of forms, with `*`. --examples shows
so many wrong values of each kind and page beside the true ones. The tools are those of
`pip install 'papermart[forms]'` and of `apt-get install pandoc lynx w3m links elinks poppler-utils
chromium`; a form whose tool is absent is named and left out. Exit status 1: a limit is missed.
Pages as they are and forms that are still markup are no part of the sums: they would flatter them.
"""

import argparse
import email
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import browser_forms
from form_judging import Text, Verdict, judge
from form_report import FormResult, limits, show, show_examples, to_json
from form_truth import Card, card_of, truth_beside
from page_forms import (
    FROM_MARKUP,
    FROM_TEXT,
    MARKUP_TO_MARKUP,
    SECOND,
    Absent,
    Make,
    Page,
    address_of,
)
from rich.console import Console

from pipeline.contract.tables import RECORDS
from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.extracted import Extracted
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import to_tables

_SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
_MARKUP = (".html", ".htm", ".mhtml")
_TEXTS = (".txt", ".md")


class Original(NamedTuple):
    """A page as it is: markup or text, what stands on it, and how that is known."""

    page: Page
    is_markup: bool
    truth: list[Card]
    is_truth_ours: bool
    n_held: int


@dataclass
class Made:
    """The files of the forms, and the forms that could not be made."""

    root: Path
    wanted: Callable[[str], bool]
    files: dict[tuple[str, str], Path] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def make(self, form: str, make: Make, page: Page) -> None:
        """Write one form of one page."""
        try:
            content = make(page)
        except Absent as absence:
            self.absent[form] = str(absence)
            return
        file = self.root / form / f"{page.name}{_suffix(form)}"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8", newline="") as stream:
            stream.write(content)
        self.files[form, page.name] = file


def _suffix(form: str) -> str:
    if form in MARKUP_TO_MARKUP:
        return ".html"
    is_markdown = any(word in form for word in ("markdown", "markitdown", "gfm", "html2text"))
    return ".md" if is_markdown else ".txt"


def originals(folder: Path, suffixes: Sequence[str]) -> Iterator[Original]:
    """Yield the pages of a folder that papermart or a file beside them says something of."""
    for dump in sorted(find_dumps(folder), key=lambda dump: dump.path):
        place = folder / dump.path
        if place.suffix not in suffixes or "/" in dump.path:
            continue
        content = place.read_text("utf-8", "replace")
        known = truth_beside(place)
        published, n_held = _published(extract_dump(folder, dump))
        truth = _completed(known, published)
        if truth:
            page = Page(place.stem, content, address_of(content))
            yield Original(page, place.suffix in _MARKUP, truth, known is None, n_held)


def _published(found: Extracted) -> tuple[list[Card], int]:
    """Return the cards that a build publishes, and how many it holds back."""
    if found.page is None:
        return [], 0
    rows = to_tables([found])[RECORDS.name]
    held = (
        rows["is_held_back"].to_pylist() if "is_held_back" in rows.column_names else repeat(False)
    )
    cards = [
        card_of(record) for record, is_held in zip(found.records, held, strict=False) if not is_held
    ]
    return cards, len(found.records) - len(cards)


def _completed(known: list[Card] | None, found: list[Card]) -> list[Card]:
    """Return the truth with what is read of the intact page where the truth says nothing."""
    if known is None:
        return found
    if [card["title"] for card in known] != [card["title"] for card in found]:
        return known
    return [read | true for read, true in zip(found, known, strict=True)]


def make_forms(pages: Sequence[Original], made: Made) -> None:
    """Save every page in every form that is wanted, or that a wanted one is made of."""
    needed = _with_firsts(made.wanted)
    for original in pages:
        simple = FROM_MARKUP if original.is_markup else FROM_TEXT
        for form, make in simple.items():
            if needed(form):
                made.make(form, make, original.page)
    if any(map(needed, browser_forms.NAMES)):
        _save_in_browser([one.page for one in pages if one.is_markup], made)
    for form, (first, make) in SECOND.items():
        for original in pages if needed(form) else ():
            if (first, original.page.name) in made.files:
                file = made.files[first, original.page.name]
                made.make(form, make, original.page.of(file.read_text("utf-8")))


def _with_firsts(wanted: Callable[[str], bool]) -> Callable[[str], bool]:
    firsts: set[str] = set()
    for form, (first, _) in reversed(SECOND.items()):
        if wanted(form) or form in firsts:
            firsts.add(first)
    return lambda form: wanted(form) or form in firsts


def _save_in_browser(pages: Sequence[Page], made: Made) -> None:
    try:
        with browser_forms.browser() as running:
            for page in pages:
                for form, file in browser_forms.save(running, page, made.root):
                    if isinstance(file, Absent):
                        made.absent[form] = str(file)
                    else:
                        made.files[form, page.name] = file
    except Absent as absence:
        made.absent |= dict.fromkeys(browser_forms.NAMES, str(absence))


def read_forms(pages: Sequence[Original], made: Made) -> dict[str, FormResult]:
    """Read and judge every file of every wanted form."""
    truths = {one.page.name: one.truth for one in pages}
    results: dict[str, FormResult] = defaultdict(FormResult)
    forms = [form for form in dict.fromkeys(form for form, _ in made.files) if made.wanted(form)]
    for form in forms:
        files = {file.name: name for (of, name), file in made.files.items() if of == form}
        folder = made.root / form
        for dump in sorted(find_dumps(folder), key=lambda dump: dump.path):
            found = extract_dump(folder, dump)
            if dump.path in files:
                name = files[dump.path]
                verdict = _judge_file(folder / dump.path, found, truths[name])
                results[form].verdicts[name] = verdict
            elif "/" in dump.path:
                results[form].beside[_why(found) or "read"] += 1
    return results


def _judge_file(file: Path, found: Extracted, truth: list[Card]) -> Verdict:
    cards, n_held = _published(found)
    content = file.read_bytes()
    shown = _decoded(file, content)
    is_markup = file.suffix in _MARKUP or shown.lstrip()[:15].lower() == "<!doctype html>"
    text = Text(shown, is_markup=is_markup)
    verdict = judge(cards, truth, text, n_held)
    verdict.set_aside = _why(found)
    return verdict


def _why(found: Extracted) -> str | None:
    if found.dump.get("status") == "extracted":
        return None
    reason, advice = found.dump.get("reason") or "no reason", found.dump.get("advice")
    return f"{reason}. {advice}" if advice and advice not in reason else reason


def _decoded(file: Path, content: bytes) -> str:
    """Return the page in a file: of what wraps it whole, its inside."""
    if file.suffix == ".mhtml":
        parts = email.message_from_bytes(content).walk()
        pages = [part for part in parts if part.get_content_type() == "text/html"]
        content = bytes(pages[0].get_payload(decode=True)) if pages else b""
    text = content.decode("utf-8", "replace")
    return json.loads(text)["text"] if text.startswith('{"') else text


def main(arguments: Sequence[str] | None = None) -> int:
    """Make, read, judge, print; return the exit status."""
    asked = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        root = asked.keep or Path(scratch) / "forms"
        pages = list(_originals(asked, Path(scratch)))
        if not pages:
            sys.exit(f"no pages in {asked.pages}; say where some are (--pages), or use --made 1")
        made = Made(root, _wish(asked.only))
        make_forms(pages, made)
        results = read_forms(pages, made)
    n_held = sum(one.n_held for one in pages)
    if asked.json:
        print(to_json(results, made.absent, n_held))  # noqa: T201
    else:
        console = Console(width=200) if not sys.stdout.isatty() else Console()
        for form, why in made.absent.items():
            console.print(f"left out: {form}: {why}", markup=False)
        ours = [one.page.name for one in pages if one.is_truth_ours]
        if ours:
            console.print(f"truth is what is read of the intact page: {', '.join(ours)}")
        show(console, results)
        show_examples(console, results, asked.examples)
        for line in limits(results, n_held):
            console.print(f"{'kept  ' if line.is_kept else 'MISSED'} {line.what}: {line.figure}")
    return 0 if results and all(line.is_kept for line in limits(results, n_held)) else 1


def _originals(asked: argparse.Namespace, scratch: Path) -> Iterator[Original]:
    if asked.made is not None:
        from made_pages import write_pages

        folder = scratch / "made"
        write_pages(asked.made, folder)
        yield from originals(folder, _MARKUP)
        yield from originals(folder / "texts", _TEXTS)
        return
    if asked.pages.is_dir():
        yield from originals(asked.pages, _MARKUP)
    for texts in asked.texts:
        if texts.is_dir():
            yield from originals(texts, _TEXTS)


def _wish(names: Iterable[str]) -> Callable[[str], bool]:
    patterns = list(names)
    return lambda form: not patterns or any(fnmatch(form, pattern) for pattern in patterns)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--pages", type=Path, default=_SHARED / "pages")
    parser.add_argument("--texts", type=Path, nargs="*", default=[_SHARED / "raw"])
    parser.add_argument("--made", type=int, metavar="SEED")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--examples", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main())
