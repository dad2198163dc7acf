"""How often the gate of plausibility holds back what is right, on titles and names of real papers.

What belongs here: putting the labelled sets through the gate, listing what it holds. What does not:
the rules (`pipeline.extraction.plausibility`).

    python benchmarks/gate.py DIR    each `**/*records.parquet` below DIR, e.g. of the linkage set
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipeline.contract.findings import AuthorName, Record
from pipeline.extraction.plausibility.gate import Judged, judge
from pipeline.extraction.repairs import repair_records


def read_cards(file: Path) -> list[Record]:
    """Return the rows of a table of records as cards, each repaired as a card of a page is."""
    frame = pl.read_parquet(file)
    cards = [_card(row) for row in frame.iter_rows(named=True) if row["title"]]
    return list(repair_records(cards).records)


def _card(row: dict[str, object]) -> Record:
    listed = row.get("authors")
    names = listed if isinstance(listed, list) else str(listed).split(" and ") if listed else []
    authors = tuple(AuthorName(name, name) for name in names if name)
    abstract = str(row["abstract"]) if row.get("abstract") else None
    title = str(row["title"])
    return Record(1, 1, title, title, None, authors, abstract=abstract)


def held(cards: list[Record]) -> Judged:
    """Return what the gate says of cards, each judged alone: the set is no page."""
    judged = Judged()
    for place, card in enumerate(cards):
        found = judge([card])
        for kept, one in ((judged.hard, found.hard), (judged.soft, found.soft)):
            if one:
                kept[place] = one[0]
    return judged


def report(file: Path) -> Iterator[str]:
    """Yield what the gate holds of a file: figures first, then every value."""
    cards = read_cards(file)
    n_names = sum(len(card.authors) for card in cards)
    judged = held(cards)
    by_kind = {"title": 0, "name": 0, "list": 0, "abstract": 0}
    for broken in judged.hard.values():
        by_kind[broken.rule.about] = by_kind.get(broken.rule.about, 0) + 1
    yield (
        f"{file}: {len(cards)} titles, {n_names} names; held: "
        + ", ".join(f"{n} by {about}" for about, n in by_kind.items())
        + f"; soft: {len(judged.soft)}"
    )
    for place, broken in sorted(judged.hard.items(), key=lambda item: item[1].rule.code):
        yield f"  {broken.rule.code}: {broken.text[:160]!r} ({cards[place].title[:60]!r})"
    for broken in sorted(judged.soft.values(), key=lambda item: item.rule.code):
        yield f"  ({broken.rule.code}): {broken.text[:160]!r}"


def main() -> None:
    """Report on each file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the folder of the labelled sets")
    for file in sorted(parser.parse_args().folder.rglob("*records.parquet")):
        sys.stdout.write("\n".join(report(file)) + "\n")


if __name__ == "__main__":
    main()
