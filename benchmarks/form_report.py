"""Tables of what became of pages in saved forms, and the limits that are kept or missed.

What belongs here: sums, shares, limits, printing. What does not: judging one file
(`form_judging`), making and reading the forms (`forms`).
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from form_judging import KINDS, Verdict
from rich.console import Console
from rich.table import Table

# The limits: wrong values of a kind among those published, over all forms and in any one; the
# share of files that hold the words and are read, and what share of a file's cards that takes.
_MOST_WRONG = 1 / 1000
_MOST_WRONG_IN_A_FORM = 1 / 100
_LEAST_READ = 0.85
_LEAST_EXACT = 0.98
# Forms that change little: they may not be wrong, but would flatter sums.
_EASY = ("html_", "page_", "view_source")
# Lists are shown, but what is wrong in them is counted as names.
_LIMITED = tuple(kind for kind in KINDS if kind != "lists")


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


def is_read(verdict: Verdict) -> bool:
    """Return whether nearly all titles and author lists of a file are exact."""
    least = _LEAST_EXACT * verdict.n_true
    return min(verdict.right["titles"], verdict.right["lists"]) >= least


def show(console: Console, results: Mapping[str, FormResult]) -> None:
    """Print a line for each form, then what became of files that are not read."""
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
    reasons = Table("not read", "page", "words", "reason", show_lines=False)
    for form, result in results.items():
        for name, verdict in result.verdicts.items():
            if verdict.set_aside:
                words = "held" if verdict.holds_words else "gone"
                reasons.add_row(form, name, words, verdict.set_aside)
            elif verdict.holds_words and not is_read(verdict):
                reasons.add_row(form, name, "held", _in_part(verdict))
        for reason, n in result.beside.items():
            reasons.add_row(form, f"{n} files beside", "", reason)
    console.print(reasons)


def _in_part(verdict: Verdict) -> str:
    titles, lists = verdict.right["titles"], verdict.right["lists"]
    held = f", {verdict.n_held} held back" if verdict.n_held else ""
    return f"read in part: {titles} titles and {lists} lists right of {verdict.n_true}{held}"


def show_examples(console: Console, results: Mapping[str, FormResult], most: int) -> None:
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


def limits(results: Mapping[str, FormResult], n_held: int) -> Iterator[Line]:
    """Yield every figure that has a limit; `n_held` cards of the pages as they are were held."""
    yield Line("cards held back of the pages as they are", f"{n_held}", n_held == 0)
    changed = [result for form, result in results.items() if not form.startswith(_EASY)]
    for kind in KINDS:
        wrong = sum(result.total("wrong")[kind] for result in changed)
        published = sum(result.total("published")[kind] for result in changed)
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
    verdicts = [one for result in changed for one in result.verdicts.values()]
    holding = [one for one in verdicts if one.holds_words]
    n_read = sum(map(is_read, holding))
    share = n_read / (len(holding) or 1)
    yield Line(
        "files read that hold the words",
        f"{n_read} of {len(holding)}: {share:.1%} ({len(verdicts) - len(holding)} do not)",
        share >= _LEAST_READ,
    )


def to_json(results: Mapping[str, FormResult], absent: Mapping[str, str], n_held: int) -> str:
    """Return everything for other programs."""
    forms = {
        form: {
            "pages": {
                name: vars(one) | {"is_read": is_read(one)} for name, one in result.verdicts.items()
            },
            "beside": result.beside,
        }
        for form, result in results.items()
    }
    figures = [line._asdict() for line in limits(results, n_held)]
    return json.dumps({"forms": forms, "absent": absent, "limits": figures}, ensure_ascii=False)
