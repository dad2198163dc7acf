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

--keep DIR keeps the forms in DIR/FORM/PAGE. --only takes names of forms, with `*`. The tools are
those of `pip install 'papermart[forms]'` and of `apt-get install pandoc lynx w3m poppler-utils
chromium`; a form whose tool is absent is named and left out. Exit status 1: a limit is missed.
"""

import argparse
import email
import email.policy
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import browser_forms
from form_judging import KINDS, Text, Verdict, judge
from form_truth import Card, card_of, truth_beside
from page_forms import FROM_MARKUP, FROM_TEXT, SECOND, Absent, Make, Page, address_of
from rich.console import Console
from rich.table import Table

from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.extracted import Extracted
from pipeline.extraction.reading import extract_dump

_SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
_MARKUP = (".html", ".htm", ".mhtml")
_TEXTS = (".txt", ".md")

# The limits: wrong values of a kind among those published, over all forms and in any one; the
# share of files that hold the words and are read, and what share of a file's cards that takes.
_MOST_WRONG = 1 / 1000
_MOST_WRONG_IN_A_FORM = 1 / 100
_LEAST_READ = 0.85
_LEAST_EXACT = 0.98
# Lists are shown, but what is wrong in them is counted as names.
_LIMITED = tuple(kind for kind in KINDS if kind != "lists")


class Original(NamedTuple):
    """A page as it is: markup or text, what stands on it, and how that is known."""

    page: Page
    is_markup: bool
    truth: list[Card]
    is_truth_ours: bool


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
        is_markdown = any(word in form for word in ("markdown", "markitdown", "gfm", "html2text"))
        file = self.root / form / f"{page.name}{'.md' if is_markdown else '.txt'}"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8", newline="") as stream:
            stream.write(content)
        self.files[form, page.name] = file


def originals(folder: Path, suffixes: Sequence[str]) -> Iterator[Original]:
    """Yield the pages of a folder that papermart or a file beside them says something of."""
    for dump in sorted(find_dumps(folder), key=lambda dump: dump.path):
        place = folder / dump.path
        if place.suffix not in suffixes or "/" in dump.path:
            continue
        content = place.read_text("utf-8", "replace")
        known = truth_beside(place)
        found = [card_of(record) for record in extract_dump(folder, dump).records]
        truth = _completed(known, found)
        if truth:
            page = Page(place.stem, content, address_of(content))
            yield Original(page, place.suffix in _MARKUP, truth, known is None)


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


@dataclass
class FormResult:
    """What became of one form of all pages; `beside` counts what was said of files beside."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    beside: Counter[str] = field(default_factory=Counter)

    def total(self, field_name: str) -> Counter[str]:
        """Return the sum of a counter of the verdicts."""
        return sum((getattr(one, field_name) for one in self.verdicts.values()), Counter())

    def wrong_share(self, kind: str) -> float:
        """Return the share of a kind's published values that are wrong."""
        return self.total("wrong")[kind] / (self.total("published")[kind] or 1)


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
    held = [record for record in found.records if getattr(record, "is_held_back", False)]
    cards = [card_of(record) for record in found.records if record not in held]
    content = file.read_bytes()
    text = Text(_decoded(file, content), is_markup=file.suffix in _MARKUP)
    verdict = judge(cards, truth, text, len(held))
    verdict.set_aside = _why(found)
    return verdict


def _why(found: Extracted) -> str | None:
    if found.dump.get("status") == "extracted":
        return None
    reason, advice = found.dump.get("reason") or "no reason", found.dump.get("advice")
    return f"{reason}. {advice}" if advice and advice not in reason else reason


def _decoded(file: Path, content: bytes) -> str:
    if file.suffix != ".mhtml":
        return content.decode("utf-8", "replace")
    parts = email.message_from_bytes(content, policy=email.policy.default).walk()
    pages = [part.get_content() for part in parts if part.get_content_type() == "text/html"]
    return pages[0] if pages else ""


def is_read(verdict: Verdict) -> bool:
    """Return whether nearly all titles and author lists of a file are exact."""
    least = _LEAST_EXACT * verdict.n_true
    return min(verdict.right["titles"], verdict.right["lists"]) >= least


# Tables.


def show(console: Console, results: dict[str, FormResult]) -> None:
    """Print a line for each form, then why files were set aside."""
    heads = ("read/hold/files", "cards", "published", "held", *(f"{kind}" for kind in KINDS))
    table = Table("form", *heads, title="right, and wrong ones published (!)", title_justify="left")
    for form, result in results.items():
        verdicts = result.verdicts.values()
        holding = [one for one in verdicts if one.holds_words]
        right, wrong = result.total("right"), result.total("wrong")
        kinds = (f"{right[k]}" + (f" ![red]{wrong[k]}[/]" if wrong[k] else "") for k in KINDS)
        n_true, n_published, n_held = (
            sum(getattr(one, name) for one in verdicts)
            for name in ("n_true", "n_published", "n_held")
        )
        read = f"{sum(map(is_read, holding))}/{len(holding)}/{len(verdicts)}"
        table.add_row(form, read, *map(str, (n_true, n_published, n_held)), *kinds)
    console.print(table)
    reasons = Table("set aside", "page", "words", "reason", show_lines=False)
    for form, result in results.items():
        for name, verdict in result.verdicts.items():
            if verdict.set_aside:
                words = "held" if verdict.holds_words else "gone"
                reasons.add_row(form, name, words, verdict.set_aside)
        for reason, n in result.beside.items():
            reasons.add_row(form, f"{n} files beside", "", reason)
    console.print(reasons)


def show_examples(console: Console, results: dict[str, FormResult], most: int) -> None:
    """Print wrong values beside the true ones."""
    for form, result in results.items():
        for name, verdict in result.verdicts.items():
            for kind, examples in verdict.examples.items():
                for read, true in examples[:most]:
                    console.print(f"{form} {name} {kind}", style="bold", markup=False)
                    console.print(f"  read {read!r:.400}\n  true {true!r:.400}", markup=False)


class Line(NamedTuple):
    """A figure beside its limit."""

    what: str
    figure: str
    is_kept: bool


def limits(results: dict[str, FormResult]) -> Iterator[Line]:
    """Yield every figure that has a limit."""
    for kind in KINDS:
        wrong = sum(result.total("wrong")[kind] for result in results.values())
        published = sum(result.total("published")[kind] for result in results.values())
        worst = max(results, key=lambda form: results[form].wrong_share(kind), default="")
        worst_share = results[worst].wrong_share(kind) if worst else 0.0
        share = wrong / (published or 1)
        is_kept = share <= _MOST_WRONG and worst_share <= _MOST_WRONG_IN_A_FORM
        yield Line(
            f"wrong {kind} published",
            f"{wrong} of {published}: {1000 * share:.2f} in 1,000; worst: {worst} "
            f"{1000 * worst_share:.1f}",
            is_kept or kind not in _LIMITED,
        )
    verdicts = [one for result in results.values() for one in result.verdicts.values()]
    holding = [one for one in verdicts if one.holds_words]
    n_read = sum(map(is_read, holding))
    share = n_read / (len(holding) or 1)
    yield Line(
        "files read that hold the words",
        f"{n_read} of {len(holding)}: {share:.1%} ({len(verdicts) - len(holding)} do not)",
        share >= _LEAST_READ,
    )


def to_json(results: dict[str, FormResult], absent: dict[str, str]) -> str:
    """Return everything for other programs."""
    forms = {
        form: {
            "pages": {
                name: asdict(one) | {"is_read": is_read(one)}
                for name, one in result.verdicts.items()
            },
            "beside": result.beside,
        }
        for form, result in results.items()
    }
    figures = [line._asdict() for line in limits(results)]
    return json.dumps({"forms": forms, "absent": absent, "limits": figures}, ensure_ascii=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make, read, judge, print; return the exit status."""
    asked = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        root = asked.keep or Path(scratch) / "forms"
        pages = list(_originals(asked, Path(scratch)))
        made = Made(root, _wish(asked.only))
        make_forms(pages, made)
        results = read_forms(pages, made)
    if asked.json:
        print(to_json(results, made.absent))  # noqa: T201
    else:
        console = Console(width=200) if not sys.stdout.isatty() else Console()
        for form, why in made.absent.items():
            console.print(f"left out: {form}: {why}", markup=False)
        ours = [one.page.name for one in pages if one.is_truth_ours]
        if ours:
            console.print(f"truth is what is read of the intact page: {', '.join(ours)}")
        show(console, results)
        show_examples(console, results, asked.examples)
        for line in limits(results):
            console.print(f"{'kept  ' if line.is_kept else 'MISSED'} {line.what}: {line.figure}")
    return 0 if results and all(line.is_kept for line in limits(results)) else 1


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
