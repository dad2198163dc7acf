"""How right `papermart identify` is on other tables than those it was built with.

    python benchmarks/identity_variants.py [VARIANT ...]

gives the labelled names of `identity` other shapes, as tables have that nobody here has seen: lists
abbreviated throughout or on every second paper, family names first, columns that lack, few papers
of each name, few names; and with the names told apart within initial and family name. Prints the
mean of the names' F beside three plain methods. Exit status 1 where one of them is better, or
where there are no labelled names.

The plain methods know which name is meant, also where a list abbreviates it; the command does not.
"""

import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import identity
import polars as pl
from rich.console import Console
from rich.table import Table

from pipeline.evaluate.identity import Figures, evaluate_identity, read_truth
from pipeline.text.keys import name_keys

Tables = tuple[pl.DataFrame, pl.DataFrame]  # records and truth
_TEXTS = pl.List(pl.String)


def _respelt(share: float, respell: Callable[[str], str]) -> Callable[[Tables], Tables]:
    """Spell all names on so many papers in another way."""

    def respelt(tables: Tables) -> Tables:
        records, truth = tables
        chance = random.Random(1)
        lists = [
            [respell(name) for name in names] if chance.random() < share else names
            for names in records["authors"].to_list()
        ]
        return records.with_columns(authors=pl.Series(lists, dtype=_TEXTS)), truth

    return respelt


def _initialled(name: str) -> str:
    *given, family = name.split()
    return " ".join([f"{word[0]}." for word in given] + [family])


def _turned(name: str) -> str:
    *given, family = name.split()
    return f"{family}, {' '.join(given)}" if given else name


def _without(*columns: str) -> Callable[[Tables], Tables]:
    """Take columns off."""
    return lambda tables: (tables[0].drop(columns), tables[1])


def _few_papers(share: float) -> Callable[[Tables], Tables]:
    """Keep some of the papers."""

    def few(tables: Tables) -> Tables:
        records = tables[0].sort("record_id").sample(fraction=share, seed=3)
        return records, tables[1].join(records.select("record_id"), on="record_id", how="semi")

    return few


def _few_names(share: float) -> Callable[[Tables], Tables]:
    """Keep some of the names, and their papers."""

    def few(tables: Tables) -> Tables:
        blocks = tables[1].select(pl.col("block").unique().sort()).sample(fraction=share, seed=2)
        truth = tables[1].join(blocks, on="block", how="semi")
        return tables[0].join(truth.select("record_id").unique(), on="record_id", how="semi"), truth

    return few


def _by_initials(tables: Tables) -> Tables:
    """Tell people apart within initial and family name, not within the name."""
    records, truth = tables
    named = records.select("record_id", "authors").explode("authors")
    key = pl.Series("key", name_keys(named["authors"]), dtype=pl.String)
    named = named.with_columns(
        key, author_order=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("record_id")
    )
    initial = pl.col("key").str.slice(0, 1)
    block = pl.concat_str(initial, pl.lit(" "), pl.col("key").str.extract("([^ ]+)$"))
    found = truth.join(named, on=["record_id", "author_order"], how="left")
    return records, found.with_columns(block=pl.coalesce(block, "block")).select(truth.columns)


def _abbreviated_by_initials(tables: Tables) -> Tables:
    return _respelt(0.5, _initialled)(_by_initials(tables))


VARIANTS: dict[str, Callable[[Tables], Tables]] = {
    "as it is": lambda tables: tables,
    "all abbreviated": _respelt(1, _initialled),
    "half abbreviated": _respelt(0.5, _initialled),
    "a tenth abbreviated": _respelt(0.1, _initialled),
    "a third turned": _respelt(0.3, _turned),
    "no affiliations": _without("affiliations"),
    "no venues": _without("venue"),
    "no years": _without("year"),
    "titles and names": _without("affiliations", "venue", "year"),
    "half of the papers": _few_papers(0.5),
    "a fifth of the papers": _few_papers(0.2),
    "half of the names": _few_names(0.5),
    "a tenth of the names": _few_names(0.1),
    "by initials": _by_initials,
    "half, by initials": _abbreviated_by_initials,
}


def measured(records: Path, truth: Path) -> dict[str, Figures]:
    """Return how right plain methods and the command are, by what they do."""
    return {
        **identity.baselines(records, read_truth(truth)),
        "papermart identify": evaluate_identity(records, truth).figures,
    }


def rows(
    name: str, files: tuple[Path, Path], variants: Sequence[str], folder: Path
) -> Iterator[tuple[str, str, dict[str, Figures]]]:
    """Yield for each variant of a collection how right the methods are."""
    records, truth = (pl.read_parquet(file) for file in files)
    for variant in variants:
        made = VARIANTS[variant]((records, truth))
        to = folder / "records.parquet", folder / "truth.parquet"
        for table, file in zip(made, to, strict=True):
            table.write_parquet(file)
        yield name, variant, measured(*to)


def main(variants: Sequence[str]) -> int:
    """Measure and print; returns 1 where a plain method is better."""
    console = Console(width=110)
    table = Table(title="mean of the names' F", title_justify="left")
    is_below = False
    with tempfile.TemporaryDirectory(prefix="papermart-bench-") as temporary:
        folder = Path(temporary)
        sets = identity.labelled(folder / "made", console)
        for name, files in sets.items():
            for of, variant, found in rows(name, files, variants, folder):
                if not table.columns:
                    for column in ("", "", *found, "pair precision", "recall"):
                        table.add_column(column)
                *plain, ours = (figures.mean_f for figures in found.values())
                is_below |= max(plain) > ours
                pairs = found["papermart identify"].shares
                shown = (*plain, ours, pairs["pair_precision"].value, pairs["pair_recall"].value)
                table.add_row(of, variant, *(f"{figure:.4f}" for figure in shown))
    if not sets:
        return 1
    console.print(table)
    console.print("a plain method is better somewhere" if is_below else "no plain method is better")
    return int(is_below)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [*VARIANTS]))
