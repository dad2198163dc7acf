"""Labelled records laid out as saved pages of the sites they were seen on.

    python benchmarks/layout.py RECORDS FOLDER [N [CARDS]]

RECORDS is a table as in the linkage benchmarks (record_id, source, title, authors,
n_authors_total, abstract, year, published_date, venue, primary_category). N records (10,000 by
default), drawn by the hash of their id so that the choice tells nothing, become pages of
CARDS cards each (fifty by default) in FOLDER. What a form cannot show is lost on the way, as on the
real pages.
"""

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

_PER_PAGE = 50  # cards
Row = dict[str, Any]


def draw(records: pl.DataFrame, n: int) -> list[Row]:
    """Return N rows, the same for the same table, in an order that tells nothing."""
    ids = records["record_id"].to_list()
    order = sorted(ids, key=lambda record_id: hashlib.sha256(record_id.encode()).digest())[:n]
    wanted = pl.DataFrame({"record_id": order})
    return wanted.join(records, on="record_id", maintain_order="left").to_dicts()


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _scholar_feed(rows: Iterable[Row]) -> str:
    return "\n".join(_feed_card(row) for row in rows)


def _feed_card(row: Row) -> str:
    day = date.fromisoformat(row["published_date"]) if row["published_date"] else None
    shown = f"{day:%b} {day.day}, {day.year}" if day else ""
    head = f"{row['primary_category'] or 'LG'}{shown}\n{_one_line(row['title'])}\n"
    authors = ", ".join(row["authors"] or [])
    is_cut = len(row["authors"] or []) == 3
    return f"{head}\n{authors}{' et al.' if is_cut else ''}\n\n{_one_line(row['abstract'])}\n"


def _arxiv_search(rows: Iterable[Row]) -> str:
    return "".join(_arxiv_card(row) for row in rows)


def _arxiv_card(row: Row) -> str:
    names = list(row["authors"] or [])
    missing = (row["n_authors_total"] or len(names)) - len(names)
    names += [f"et al. ({missing} additional authors not shown)"] if missing > 0 else []
    abstract = _one_line(row["abstract"])
    day = date.fromisoformat(row["published_date"]) if row["published_date"] else None
    lines = ["-", _one_line(row["title"]), "Authors:", ",\n".join(names), "Abstract:"]
    lines += [abstract[:200] + "…", "▽ More", abstract, "△ Less"]
    if day:
        lines += [f"Submitted {day.day} {day:%B}, {day.year};"]
        lines += [f"originally announced {day:%B} {day.year}."]
    return "\n".join(lines) + "\n"


def _huggingface(rows: Iterable[Row]) -> str:
    head = "Daily Papers\n\nbyAK and the research community\n\nDec 11\n\n"
    return head + "\n".join(_huggingface_card(row) for row in rows)


def _huggingface_card(row: Row) -> str:
    day = date.fromisoformat(row["published_date"]) if row["published_date"] else None
    text = f"{_one_line(row['title'])}\n\n{_one_line(row['abstract'])}\n"
    if row["n_authors_total"]:
        text += f"\n  • {row['n_authors_total']} authors\n·\n"
        text += f"{day:%b} {day.day}, {day.year}\n" if day else ""
    return text


def arrow_page(rows: Iterable[Row]) -> str:
    """Return the records as the Arrow page of one author name."""
    rows = list(rows)
    head = ["Arrow Research search", "", "Author name cluster", "", "Possible papers", ""]
    head += [str(len(rows)), ""]
    return "\n".join([*head, *(_arrow_card(row) for row in rows)])


def _arrow_card(row: Row) -> str:
    venue, year = row["venue"] or "TMLR", row["year"] or ""
    kind = "Journal" if venue in ("TMLR", "JMLR") else "Conference"
    paper = "Journal Article" if kind == "Journal" else "Conference Paper"
    authors = "\n".join(f"  • {name}" for name in row["authors"] or [])
    return (
        f"{venue} {kind} {year} {paper}\n\n{_one_line(row['title'])}\n\n{authors}\n\n"
        f"{_one_line(row['abstract'])}\n"
    )


_PAGES: dict[str, Callable[[Iterable[Row]], str]] = {
    "scholar_feed": _scholar_feed,
    "arxiv_search": _arxiv_search,
    "huggingface_papers": _huggingface,
    "arrow": arrow_page,
}


def _chunks(rows: list[Row], n_cards: int) -> Iterator[list[Row]]:
    rest = iter(rows)
    while cards := list(islice(rest, n_cards)):
        yield cards


def pages(rows: Iterable[Row], n_cards: int = _PER_PAGE) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each page."""
    by_source: dict[str, list[Row]] = {}
    for row in rows:
        by_source.setdefault(row["source"], []).append(row)
    for source, own in sorted(by_source.items()):
        for n, cards in enumerate(_chunks(own, n_cards)):
            yield f"{source}/{n:04d}.txt", _PAGES[source](cards)


def main(records: Path, folder: Path, n: int = 10_000, n_cards: int = _PER_PAGE) -> None:
    """Write the pages."""
    for name, text in pages(draw(pl.read_parquet(records), n), n_cards):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
