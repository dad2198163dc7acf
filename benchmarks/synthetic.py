"""Made-up records with labels, as many as one likes: what the speed of linkage is measured on.

    python benchmarks/synthetic.py N FOLDER [--people]

writes FOLDER/records.parquet and FOLDER/truth.parquet. Words follow Zipf's law, as in real text;
names are drawn so that many people share one. Seven papers give ten records: sightings differ as
listings do (fewer authors, none, a typing error, a lost subtitle, another year, a cut abstract,
another title over the same abstract), and some papers have a second part by the same authors.
The same N gives the same rows. With --people every record is a paper of its own, and the truth says
who wrote it (see `made_people`).
"""

import random
import sys
from collections.abc import Iterator
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

import made_people
import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA = pa.schema(
    [
        ("record_id", pa.string()),
        ("source", pa.string()),
        ("title", pa.string()),
        ("authors", pa.list_(pa.string())),
        ("n_authors_total", pa.int32()),
        ("abstract", pa.string()),
        ("year", pa.int32()),
        ("entity_id", pa.string()),
    ]
)
_BATCH = 20_000
_SYLLABLES = [c + v + e for c in "bcdfglmnprstv" for v in "aeiou" for e in ("", "n", "r", "s")]


class _Maker:
    """Draws papers and their sightings; one chance for all."""

    def __init__(self, n_records: int) -> None:
        self.chance = random.Random(20)
        n_words = min(60_000, 5_000 + n_records // 10)
        # The commonest words are short, as in English: 6.5 letters on average in running text.
        self.words = [self._word(*self._syllables(rank)) for rank in range(n_words)]
        self.odds = list(accumulate(1 / (rank + 3) for rank in range(n_words)))
        self.first = [self._word(2, 3).title() for _ in range(3_000)]
        self.last = [self._word(2, 4).title() for _ in range(20_000)]

    @staticmethod
    def _syllables(rank: int) -> tuple[int, int]:
        return (1, 2) if rank < 200 else (1, 4) if rank < 3_000 else (3, 5)

    def _word(self, least: int, most: int) -> str:
        return "".join(self.chance.choices(_SYLLABLES, k=self.chance.randint(least, most)))

    def _text(self, n_words: int) -> str:
        return " ".join(self.chance.choices(self.words, cum_weights=self.odds, k=n_words))

    def paper(self) -> dict[str, Any]:
        """Draw a paper."""
        n_authors = self.chance.choice((1, 2, 3, 3, 4, 5, 6, 8, 12))
        first, last = self.chance.choices(self.first, k=n_authors), self.chance.choices
        names = zip(first, last(self.last, k=n_authors), strict=True)
        return {
            "title": self._text(self.chance.randint(5, 13)).capitalize(),
            "authors": [" ".join(name) for name in names],
            "n_authors_total": n_authors,
            "abstract": self._text(self.chance.randint(90, 190)),
            "year": self.chance.randint(2000, 2025),
        }

    def sequel(self, paper: dict[str, Any]) -> dict[str, Any]:
        """Draw the second part of a paper."""
        return paper | {"title": paper["title"] + " II", "abstract": self._text(140)}

    def sighting(self, paper: dict[str, Any]) -> dict[str, Any]:
        """Return a paper as some listing shows it."""
        seen = dict(paper)
        kind = self.chance.randrange(10)
        title = paper["title"]
        if kind < 4:
            seen |= {"source": "three_authors", "authors": paper["authors"][:3]}
            seen["n_authors_total"] = None
        elif kind < 6:
            seen |= {"source": "no_authors", "authors": []}
        elif kind < 8:
            seen |= {"source": "venue", "year": paper["year"] + self.chance.randint(0, 2)}
            seen["abstract"] = paper["abstract"][:300]
        else:
            seen["source"] = "retold"
            place = self.chance.randrange(len(title) - 1)
            changed = (title[:place] + title[place + 1 :], self._text(2) + ": " + title)
            seen["title"] = self.chance.choice((*changed, self._text(7).capitalize()))
        return seen


def rows(n_records: int) -> Iterator[dict[str, Any]]:
    """Yield the records, in an order that tells nothing."""
    maker = _Maker(n_records)
    made = 0
    number = 0
    while made < n_records:
        paper = maker.paper()
        papers = [paper, maker.sequel(paper)] if maker.chance.random() < 0.02 else [paper]
        for each in papers:
            number += 1
            sightings = [each | {"source": "full"}]
            while maker.chance.random() < 0.3:
                sightings.append(maker.sighting(each))
            for seen in sightings[: n_records - made]:
                made += 1
                yield seen | {
                    "record_id": f"r{made * 7_368_787 % 100_000_007:09d}",
                    "entity_id": f"p{number:09d}",
                }


def write(n_records: int, folder: Path) -> tuple[Path, Path]:
    """Write N records and their truth; returns the two files."""
    folder.mkdir(parents=True, exist_ok=True)
    records, truth = folder / "records.parquet", folder / "truth.parquet"
    shown = SCHEMA.remove(SCHEMA.get_field_index("entity_id"))
    labels = pa.schema([("record_id", pa.string()), ("entity_id", pa.string())])
    made = rows(n_records)
    with (
        pq.ParquetWriter(records, shown, compression="zstd") as to_records,
        pq.ParquetWriter(truth, labels, compression="zstd") as to_truth,
    ):
        while batch := list(islice(made, _BATCH)):
            table = pa.Table.from_pylist(batch, schema=SCHEMA)
            to_records.write_table(table.select(shown.names))
            to_truth.write_table(table.select(labels.names))
    return records, truth


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[3:] not in ([], ["--people"]):
        sys.exit(__doc__)
    make = made_people.write if sys.argv[3:] else write
    make(int(sys.argv[1]), Path(sys.argv[2]))
