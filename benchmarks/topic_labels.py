"""How many of the topics of a paper are found, and how many of those found are right.

    python benchmarks/topic_labels.py --draw 150 --seed 101 [--without FILE] RECORDS [TRUTH]
    python benchmarks/topic_labels.py --measure LABELS RECORDS [TRUTH]
    python benchmarks/topic_labels.py --tags LABELS RECORDS [TRUTH]
    python benchmarks/topic_labels.py --tags LABELS --verdicts FILE RECORDS [TRUTH]
    python benchmarks/topic_labels.py --agreement LABELS OTHER_LABELS

The first draws papers, which readers then file under their central topics: those, one to three, of
the most specific that fit, under which a librarian would put the paper, read from its title and
abstract without looking at what is found. The second tags the papers as `papermart evaluate topics`
does and says how many of the central topics are found; the third lists what is found, for somebody
to judge, or says with the verdicts how much of it is right; the last how far two readers agree.
--dumps adds the papers of a folder of saved pages. What belongs here: figures on labels. What does
not: the papers and the files (`labelled_papers`), the speed of tagging (`topics`).

`topic_labels_dev.csv` is the draw above, with the saved pages of a developer's machine,
`topic_labels_dev2.csv` the draw with seed 102 without its papers, `topic_labels_dev3.csv` one of
300 with seed 303: papers on which anybody may look at what is missed, so that they measure nothing
that was changed for them. The odds of `pipeline.transforms.word_topics` are fitted on other papers,
`training/topic_papers.csv`, whose readers saw what might be found.

`topic_labels_held_out.csv` has 300 papers of seed 404, without all of these, drawn on 2026-11-26
after the last change to reference, weights and threshold, and read by five readers without sight of
what is found; `topic_labels_second.csv` is another reader's view of 60 of them.
`topic_verdicts_held_out.csv` judges what was found there, and what a threshold of 0.65 would find.
These labels and verdicts chose nothing; what they change needs others. The texts of these papers,
their sure phrases and arXiv categories are among those that weights are learned from: given as
LABELS to `training/topic_words.py`, they teach no words of topics and are found as well (68.1 % of
the central ones from 0.7, before topics above count, which `--measure` adds).
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import labelled_papers as papers_of
import numpy as np
import polars as pl

from pipeline.contract.errors import PipelineError
from pipeline.evaluate.share import Share
from pipeline.evaluate.topics import reference_table, tag_records
from pipeline.transforms.statistics import wilson_interval
from pipeline.transforms.topics import topic_paths

Labels = Mapping[str, Sequence[str]]

_N_SAMPLES, _SEED = 2000, 1
_N_MISSED = 15
# How narrow a topic is meant: itself, the area it belongs to, or the field.
LEVELS = ("topic", "area", "field")


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of things that belong to papers, with what chance does to it.

    Attributes:
        n, of: the share, all papers together.
        low, high: its 95 % interval by the bootstrap over papers (Efron, 1979): what belongs to
            one paper is found or missed together, so that papers are drawn again and not things.
            Of none and of all it says nothing, for every draw is the same: there it is the score
            interval (Wilson, 1927) of as many papers.
    """

    n: int
    of: int
    low: float
    high: float

    @classmethod
    def over(cls, counts: Sequence[tuple[float, float]]) -> "Rate":
        """Return the rate of papers, of each of which `(n, of)` is given; 0 to 1 of nothing."""
        n, of = (int(sum(column)) for column in zip(*counts, strict=True)) if counts else (0, 0)
        if not of:
            return cls(n, of, 0.0, 1.0)
        if n in (0, of):
            n_papers = sum(1 for _, n_of_paper in counts if n_of_paper)
            return cls(n, of, *wilson_interval(n_papers if n else 0, n_papers))
        table = np.array(counts, dtype=float)
        rng = np.random.default_rng(_SEED)
        drawn = table[rng.integers(len(table), size=(_N_SAMPLES, len(table)))].sum(axis=1)
        drawn = drawn[drawn[:, 1] > 0]
        low, high = np.quantile(drawn[:, 0] / drawn[:, 1], (0.025, 0.975))
        return cls(n, of, float(low), float(high))

    def as_json(self) -> dict[str, float | int]:
        """Return the figures under names that a script can read."""
        share = self.n / self.of if self.of else 0.0
        return {"n": self.n, "of": self.of, "share": share, "low": self.low, "high": self.high}

    def __str__(self) -> str:
        """Spell the rate for people."""
        if not self.of:
            return "0 of 0"
        share, low, high = (100 * x for x in (self.n / self.of, self.low, self.high))
        return f"{self.n} of {self.of} = {share:.1f} % (95 % interval {low:.1f}-{high:.1f} %)"


@dataclass(frozen=True, slots=True)
class Report:
    """Figures by name: rates, shares, numbers, or such by name."""

    figures: Mapping[str, object]

    def as_json(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        return {name: _plain(figure) for name, figure in self.figures.items()}

    def lines(self) -> Iterator[str]:
        """Yield the figures, line by line."""
        for name, figure in self.figures.items():
            if isinstance(figure, Mapping):
                yield f"{name}:"
                yield from (f"  {key:32} {value}" for key, value in figure.items())
            else:
                shown = f"{figure:.2f}" if isinstance(figure, float) else figure
                yield f"{name}: {shown}"


def _plain(figure: object) -> object:
    if isinstance(figure, Mapping):
        return {name: _plain(value) for name, value in figure.items()}
    return figure.as_json() if isinstance(figure, Rate | Share) else figure


def above(level: str) -> dict[str, str]:
    """Return the topic itself, its area or its field for each topic of the reference.

    What is above that level already stands for itself.
    """
    paths: dict[str, list[str]] = {}
    for topic_id, above_id in (
        topic_paths(reference_table("topics")).select("topic_id", "above_id").iter_rows()
    ):
        paths.setdefault(topic_id, []).append(above_id)
    deepest = {"topic": max(map(len, paths.values())), "area": 2, "field": 1}[level]
    # The path goes upwards, so that the field comes last.
    return {topic: path[max(len(path) - deepest, 0)] for topic, path in paths.items()}


def tags_of(papers: pl.DataFrame, labels: Labels) -> pl.DataFrame:
    """Return the tags of the labelled papers, and the papers without any as rows of NULL.

    Args:
        papers: what `labelled_papers.read_papers` returns.
        labels: whose papers are meant, by the hash of any of their titles.

    Returns:
        `title_hash`, that of the label, `title`, `abstract`, and the columns of
        `pipeline.transforms.topics.tag_papers` but for `paper_id`.

    Raises:
        PipelineError: none of the papers is there.
    """
    wanted = pl.DataFrame({"label": list(labels)}, schema={"label": pl.String})
    # Of two papers with a title of this hash the one that goes by it is meant.
    meant = (
        papers.explode("hashes")
        .join(wanted, left_on="hashes", right_on="label")
        .sort(pl.col("hashes") != pl.col("title_hash"), "title_hash")
        .unique("hashes", keep="first", maintain_order=True)
        .select(paper_id="hashes", title="title", abstract="abstract")
    )
    if meant.is_empty():
        raise PipelineError("none of the labelled papers is among the records")
    tagged = tag_records(
        meant, reference_table("topic_phrase_weights"), reference_table("topic_words")
    )
    found = meant.join(tagged, on="paper_id", how="left")
    return found.rename({"paper_id": "title_hash"}).sort("title_hash", "topic_id")


def recall(tags: pl.DataFrame, labels: Labels) -> Report:
    """Say how many central topics are found among the tags, from title and abstract alone.

    A central topic is found when the paper has it, as one of its own or as the area or field
    above one; its area or its field are found in the same way.
    """
    found: dict[str, dict[str, str]] = {}
    for paper, topic_id, evidence in tags.select("title_hash", "topic_id", "evidence").iter_rows():
        given = found.setdefault(paper, {})
        if topic_id:
            given[topic_id] = evidence
    read = {paper: labels[paper] for paper in found}
    central = [(paper, topic) for paper, topics in read.items() for topic in topics]
    missed = Counter(topic for paper, topic in central if topic not in found[paper])
    evidence = Counter(found[paper].get(topic, "missed") for paper, topic in central)
    n_central = Counter(topic for _, topic in central)
    none_fits = [paper for paper, topics in read.items() if not topics]
    is_direct = pl.col("via_topic_id") == pl.col("topic_id")
    is_field = pl.col("topic_id").is_in(sorted(set(above("field").values())))
    return Report(
        {
            "papers": len(read),
            "papers of the labels that are not among the records": len(labels) - len(read),
            "papers with a tag": Share(sum(map(bool, found.values())), len(read)),
            "tags per paper, found directly": tags.filter(is_direct).height / len(read),
            "of these below the fields": tags.filter(is_direct & ~is_field).height / len(read),
            "central topics per paper": len(central) / len(read),
            "recall of central topics": {
                level: _recall_at(read, found, above(level)) for level in LEVELS
            },
            "papers with a central topic found": Share(
                sum(
                    any(topic in found[paper] for topic in topics) for paper, topics in read.items()
                ),
                len(read) - len(none_fits),
            ),
            "the most central topic is found": Share(
                sum(bool(t) and t[0] in found[paper] for paper, t in read.items()),
                len(read) - len(none_fits),
            ),
            "central topics by evidence": {
                name: Share(n, len(central)) for name, n in sorted(evidence.items())
            },
            "recall of central topics by field": _recall_by_field(read, found),
            "papers of which no topic is central, with a tag": Share(
                sum(bool(found[paper]) for paper in none_fits), len(none_fits)
            ),
            "most missed": {
                topic: Share(n, n_central[topic])
                for topic, n in sorted(missed.items(), key=lambda m: (-m[1], m[0]))[:_N_MISSED]
            },
        }
    )


def _recall_at(read: Labels, found: Mapping[str, Mapping], level: Mapping[str, str]) -> Rate:
    counts = []
    for paper, topics in read.items():
        central = {level[topic] for topic in topics}
        counts.append((len(central & set(found[paper])), len(central)))
    return Rate.over(counts)


def _recall_by_field(read: Labels, found: Mapping[str, Mapping]) -> dict[str, Rate]:
    fields = above("field")
    counts: dict[str, list[tuple[int, int]]] = {}
    for paper, topics in read.items():
        for field in {fields[topic] for topic in topics}:
            of_field = [topic for topic in topics if fields[topic] == field]
            n = sum(topic in found[paper] for topic in of_field)
            counts.setdefault(field, []).append((n, len(of_field)))
    return {field: Rate.over(counts[field]) for field in sorted(counts)}


def to_judge(tags: pl.DataFrame, *, of_fields: bool) -> pl.DataFrame:
    """Return the tags that a reader judges: those found directly, or the fields of the papers.

    Args:
        tags: what `tags_of` returns.
        of_fields: the fields, also those above a topic found, rather than what is found directly.
    """
    fields = set(above("field").values())
    is_direct = pl.col("via_topic_id") == pl.col("topic_id")
    kept = pl.col("topic_id").is_in(sorted(fields)) if of_fields else is_direct
    names = ("title_hash", "topic_id", "evidence", "matched_text", "title", "abstract")
    return tags.filter(kept).select(names)


def precision(tags: pl.DataFrame, verdicts: Mapping[tuple[str, str], str]) -> Report:
    """Say how many of the tags are right, as far as they are judged."""
    direct, fields = (_judged(to_judge(tags, of_fields=f), verdicts) for f in (False, True))
    n_given = {False: direct.height, True: fields.height}
    direct, fields = direct.drop_nulls("is_right"), fields.drop_nulls("is_right")
    by_paper = direct.group_by("title_hash").agg(pl.col("is_right").all())
    given = set(tags.drop_nulls("topic_id").select("title_hash", "topic_id").iter_rows())
    gone = Counter(verdict for key, verdict in verdicts.items() if key not in given)
    return Report(
        {
            "tags found directly": n_given[False],
            "of these judged": direct.height,
            "precision of tags": _precision(direct),
            "precision of tags by evidence": {
                str(name): _precision(rows)
                for (name,), rows in sorted(direct.group_by("evidence"), key=lambda g: str(g[0]))
            },
            "papers of which every judged tag is right": Share(
                int(by_paper["is_right"].sum()), by_paper.height
            ),
            "fields given": n_given[True],
            "of these fields judged": fields.height,
            "precision of fields": _precision(fields),
            "verdicts on what is no longer given": {v: gone[v] for v in papers_of.VERDICTS},
        }
    )


def _judged(tags: pl.DataFrame, verdicts: Mapping[tuple[str, str], str]) -> pl.DataFrame:
    says = [verdicts.get(key) for key in tags.select("title_hash", "topic_id").iter_rows()]
    is_right = [None if verdict is None else verdict == "right" for verdict in says]
    return tags.with_columns(pl.Series("is_right", is_right, dtype=pl.Boolean))


def _precision(judged: pl.DataFrame) -> Rate:
    per_paper = judged.group_by("title_hash", maintain_order=True).agg(
        n=pl.col("is_right").sum(), of=pl.len()
    )
    return Rate.over(per_paper.select("n", "of").rows())


def agreement(one: Labels, other: Labels) -> Report:
    """Say how far two readers agree on the papers that both read.

    F1 is twice the topics both gave by all they gave; Jaccard, by paper, the topics both gave by
    those at least one did, 1 where neither gave any.

    Raises:
        PipelineError: they have no paper in common.
    """
    both = [paper for paper in one if paper in other]
    if not both:
        raise PipelineError("the two files have no paper in common")
    f1: dict[str, Rate] = {}
    jaccard: dict[str, float] = {}
    for name in LEVELS:
        level = above(name)
        sets = [({level[t] for t in one[p]}, {level[t] for t in other[p]}) for p in both]
        f1[name] = Rate.over([(2 * len(a & b), len(a) + len(b)) for a, b in sets])
        alike = [len(a & b) / len(a | b) if a | b else 1.0 for a, b in sets]
        jaccard[name] = sum(alike) / len(alike)
    return Report({"papers both read": len(both), "F1": f1, "mean Jaccard": jaccard})


def run(given: argparse.Namespace) -> None:
    """Do what was asked, and print it.

    Raises:
        PipelineError: a file cannot be read, or there is nothing to measure.
    """
    if given.agreement:
        one, other = map(papers_of.read_labels, given.agreement)
        return _show(agreement(one, other), as_json=given.json)
    papers = papers_of.read_papers(given.records, given.truth, given.dumps)
    if given.draw:
        before = set[str]().union(*map(papers_of.read_hashes, given.without))
        return _list(papers_of.draw(papers, given.draw, given.seed, before))
    labels = papers_of.read_labels(given.measure or given.tags)
    tags = tags_of(papers, labels)
    if given.measure:
        return _show(recall(tags, labels), as_json=given.json)
    if given.verdicts:
        verdicts = papers_of.read_verdicts(given.verdicts)
        return _show(precision(tags, verdicts), as_json=given.json)
    return _list(to_judge(tags, of_fields=given.fields))


def _show(report: Report, *, as_json: bool) -> None:
    print(json.dumps(report.as_json(), indent=2) if as_json else "\n".join(report.lines()))  # noqa: T201


def _list(rows: pl.DataFrame) -> None:
    print(rows.write_ndjson(), end="")  # noqa: T201


def arguments() -> argparse.ArgumentParser:
    """Return what the command takes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--draw", type=int, metavar="N")
    what.add_argument("--measure", type=Path, metavar="LABELS")
    what.add_argument("--tags", type=Path, metavar="LABELS")
    what.add_argument("--agreement", type=Path, nargs=2, metavar="LABELS")
    parser.add_argument("records", nargs="?", type=Path)
    parser.add_argument("truth", nargs="?", type=Path)
    parser.add_argument("--dumps", type=Path, metavar="FOLDER", help="saved pages to add")
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument(
        "--without",
        type=Path,
        action="append",
        default=[],
        help="labels, or papers that taught; may be given again",
    )
    parser.add_argument("--verdicts", type=Path)
    parser.add_argument("--fields", action="store_true", help="list fields rather than topics")
    parser.add_argument("--json", action="store_true")
    return parser


def main() -> int:
    """Return the exit status: 2 where a file cannot be used, 0 else."""
    parser = arguments()
    given = parser.parse_args()
    if not given.agreement and not given.records:
        parser.error("name the file of records")
    try:
        run(given)
    except PipelineError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
