"""Marts recomputed by other means: plain Python over the rows of the Parquet files.

    python tests/recompute.py WAREHOUSE

What belongs here: every number of `topic_pairs`, `yearly_team_sizes` and `paper_novelty`, from
`papers`, `paper_topics` and `topics`. What does not: any code or SQL of `pipeline`, so that a
mistake there is not made again here. Prints what differs; exit status 1 if anything does.
"""

import math
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Row = Mapping[str, Any]
Key = tuple[Any, ...]
TOLERANCE = 1e-9
# As the descriptions of the marts state them.
FEWEST_PAPERS_OF_A_TOPIC, FEWEST_PAPERS_COMPARED = 5, 50


def read_mart(warehouse: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of a mart, of all its files."""
    files = sorted((warehouse / "tables" / "marts" / name).glob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def period_of(year: int) -> str:
    """Return the five years that a year belongs to."""
    first = year // 5 * 5
    return f"{first}-{first + 4}"


class Collection:
    """Papers with a year and the topics found in them, by period."""

    def __init__(self, warehouse: Path) -> None:
        self.papers = read_mart(warehouse, "papers")
        periods = {
            row["paper_id"]: period_of(row["year"])
            for row in self.papers
            if row["year"] is not None
        }
        self.period_of_paper = periods
        self.topics_of_paper: dict[str, list[str]] = defaultdict(list)
        for row in read_mart(warehouse, "paper_topics"):
            if row["via_topic_id"] == row["topic_id"] and row["paper_id"] in periods:
                self.topics_of_paper[row["paper_id"]].append(row["topic_id"])
        above = {row["topic_id"]: row["parent_topic_id"] for row in read_mart(warehouse, "topics")}
        self.nested: set[tuple[str, str]] = set()
        for topic, parent in above.items():
            while parent:
                self.nested |= {(topic, parent), (parent, topic)}
                parent = above[parent]
        self.sizes: Counter[tuple[str, str]] = Counter()
        self.pairs: Counter[tuple[str, str, str]] = Counter()
        self.n_papers: Counter[str] = Counter()
        for paper, topics in self.topics_of_paper.items():
            period = periods[paper]
            self.n_papers[period] += 1
            self.sizes.update((topic, period) for topic in topics)
            self.pairs.update((*pair, period) for pair in combinations(sorted(topics), 2))

    def topic_pairs(self) -> dict[Key, Row]:
        """Return `topic_pairs` by its key."""
        found = {}
        for (left, right, period), n in self.pairs.items():
            n_left, n_right = self.sizes[left, period], self.sizes[right, period]
            found[left, right, period] = {
                "n_papers": n,
                "n_papers_l": n_left,
                "n_papers_r": n_right,
                "n_papers_in_period": self.n_papers[period],
                "association_strength": n / n_left / n_right,
                "observed_to_expected": n / (n_left * n_right / self.n_papers[period]),
                "is_nested": (left, right) in self.nested,
            }
        return found

    def team_sizes(self) -> dict[Key, Row]:
        """Return `yearly_team_sizes` by its key."""
        years: dict[int, list[Row]] = defaultdict(list)
        for paper in self.papers:
            if paper["year"] is not None:
                years[paper["year"]].append(paper)
        return {(year,): _team_sizes(papers) for year, papers in years.items()}

    def novelty(self) -> dict[Key, Row]:
        """Return `paper_novelty` by its key, but for the rarest pair."""
        combined = {pair: n for pair, n in self.pairs.items() if pair[:2] not in self.nested}
        totals: Counter[str] = Counter()
        shares: Counter[tuple[str, str]] = Counter()
        for (left, right, period), n in combined.items():
            totals[period] += n
            shares[left, period] += n
            shares[right, period] += n
        commonness = {
            (left, right, period): n * totals[period] / shares[left, period] / shares[right, period]
            for (left, right, period), n in combined.items()
            if self.sizes[left, period] >= FEWEST_PAPERS_OF_A_TOPIC
            and self.sizes[right, period] >= FEWEST_PAPERS_OF_A_TOPIC
        }
        told = {
            paper["paper_id"]: sorted(self._commonness(paper["paper_id"], commonness))
            for paper in self.papers
        }
        compared = Counter(self.period_of_paper[paper] for paper, values in told.items() if values)
        found = {}
        for paper, values in told.items():
            period = self.period_of_paper.get(paper)
            n_compared = compared[period] if values and period else 0
            is_enough = n_compared >= FEWEST_PAPERS_COMPARED
            found[(paper,)] = {
                "period": period,
                "n_topics": len(self.topics_of_paper.get(paper, ())),
                "n_pairs": len(values),
                "n_papers_compared": n_compared,
                "novelty": -math.log(tenth_percentile(values)) if is_enough else None,
            }
        return found

    def _commonness(self, paper: str, commonness: Mapping[Key, float]) -> Iterator[float]:
        for pair in combinations(sorted(self.topics_of_paper.get(paper, ())), 2):
            key = (*pair, self.period_of_paper[paper])
            if key in commonness:
                yield commonness[key]


def _team_sizes(papers: Sequence[Row]) -> Row:
    known = [paper["n_authors"] for paper in papers if paper["n_authors"] is not None]
    least = [paper["n_authors"] or len(paper["authors"] or ()) for paper in papers]
    least = [n for n in least if n]
    return {
        "n_papers": len(papers),
        "n_papers_counted": len(known),
        "mean_authors": statistics.fmean(known) if known else None,
        "median_authors": float(statistics.median(known)) if known else None,
        "n_single_author": known.count(1),
        "mean_authors_at_least": statistics.fmean(least) if least else None,
    }


def tenth_percentile(values: Sequence[float]) -> float:
    """Return the tenth percentile of values in order, linear between ranks."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=10, method="inclusive")[0]


def differences(warehouse: Path) -> Iterator[str]:
    """Yield what a warehouse has otherwise than recomputed, one line each."""
    collection = Collection(warehouse)
    marts = {
        "topic_pairs": (("topic_id_l", "topic_id_r", "period"), collection.topic_pairs()),
        "yearly_team_sizes": (("year",), collection.team_sizes()),
        "paper_novelty": (("paper_id",), collection.novelty()),
    }
    for name, (key, expected) in marts.items():
        rows = {tuple(row[k] for k in key): row for row in read_mart(warehouse, name)}
        yield from (f"{name} {key}: only there" for key in rows.keys() - expected.keys())
        yield from (f"{name} {key}: missing" for key in expected.keys() - rows.keys())
        for at in rows.keys() & expected.keys():
            for column, value in expected[at].items():
                if not is_same(rows[at][column], value):
                    yield f"{name} {at}: {column} is {rows[at][column]!r}, not {value!r}"


def is_same(found: Any, expected: Any) -> bool:
    """Tell whether two cells are equal, numbers up to rounding."""
    if isinstance(found, float) and isinstance(expected, float):
        return math.isclose(found, expected, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return found == expected


if __name__ == "__main__":
    lines = sorted(differences(Path(sys.argv[1])))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.exit(bool(lines))
