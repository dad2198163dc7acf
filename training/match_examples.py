"""Labelled pairs of records, of several kinds: what the weights of linkage are fitted on.

What belongs here: which records there are of which kind, what the levels of their pairs are, and
copies of pairs in which a value is not shown. What does not: fitting and judging (`match_weights`).
"""

import csv
import sys
import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import made_kinds
import polars as pl
from clean_papers import papers_of
from parts import part_of

from pipeline.evaluate.linkage import no_sites, read_truth
from pipeline.records.link import linked

PRIORS = Path(__file__).with_name("match_priors.csv")
SITES, GENERAL = "sites", "general"
BASE = ("base", "all")
LEVEL = "_level"  # how the columns of linkage.comparison_levels end that hold one
# What two comparisons say together, of which the classes are those of linkage.comparison_levels.
_TITLES = ("equal", "short", "near", "part", "numbers", "half", "weak", "unknown")
JOINT = {
    "title_authors": (_TITLES, ("all", "one", "some", "none", "unknown")),
    "title_abstract": (_TITLES, ("like", "partly", "unlike", "unknown")),
    "title_year_venue": (
        _TITLES,
        ("equal", "one apart", "apart", "unknown"),
        ("alike", "different", "unknown"),
    ),
}
# Real records, by kind; of the listings one half of the papers, the other is to judge by.
REAL = {
    "listings": ("linkage/{}.parquet",),
    "dblp_acm": ("dblp_acm/{}.parquet",),
    "cora": ("cora/{}.parquet",),
    "reviews": ("reviews/stroke.{}.parquet", "reviews/digital_work.{}.parquet"),
}
_CLEAN = {
    "scholar": ("dblp_acm", "author_identity", "author_identity_ieee"),
    "library": ("linkage", "author_identity", "author_identity_ieee"),
    "citations": ("dblp_acm", "author_identity"),
    "listing": ("linkage",),
    "catalogue": ("author_identity", "author_identity_ieee", "dblp_acm"),
}
_FILES = {
    "dblp_acm": "dblp_acm/records.parquet",
    "linkage": "linkage/records.parquet",
    "author_identity": "author_identity/publications.csv",
    "author_identity_ieee": "author_identity_ieee/ieee.records.parquet",
}
_SIZES = {"scholar": 12_000, "library": 6_000, "citations": 4_000, "listing": 6_000}
_SIZE = 4_000
# What a copy of a pair does not show: a model that sees no such copies learns the habits of a kind
# for what "unknown" says.
HIDDEN = ("year", "venue", "abstract", "authors", "pages", "all but title and authors")
_COPY = 0.3
# How much all pairs of a kind count together, however many there are.
_KIND = 3_000.0
_PAIRS = """
    select
        levels.* exclude (record_id_l, record_id_r),
        scores.match_rule,
        scores.match_probability,
        l.entity_id = r.entity_id as is_same,
        l.entity_id as entity
    from linkage.comparison_levels as levels
    inner join linkage.pair_scores as scores
        on levels.record_id_l = scores.record_id_l and levels.record_id_r = scores.record_id_r
    inner join truth as l on levels.record_id_l = l.record_id
    inner join truth as r on levels.record_id_r = r.record_id
    order by levels.record_id_l, levels.record_id_r
"""
# Pairs that a rule decides whatever the evidence says teach no weight.
DECIDED = ("same_arxiv_id", "other_arxiv_id", "same_doi", "same_values")


@dataclass(frozen=True, slots=True)
class DataSet:
    """Labelled records: a name, the kind they are of, and the two files."""

    name: str
    kind: str
    records: Path
    truth: Path


def data_sets(bench: Path, folder: Path) -> Iterator[DataSet]:
    """Yield the records to fit on: real ones, and made ones of kinds that nobody labelled.

    Args:
        bench: the folder with labelled records of several kinds.
        folder: where halves and made records are written.
    """
    for kind, patterns in REAL.items():
        for pattern in patterns:
            records, truth = (bench / pattern.format(part) for part in ("records", "truth"))
            name = Path(pattern).name.split(".")[0].strip("{}") or kind
            found = DataSet(name, kind, records, truth)
            yield half_of(found, 0, folder) if kind == "listings" else found
    for kind, names in _CLEAN.items():
        papers = papers_of([bench / _FILES[name] for name in names])
        rows = made_kinds.made(kind, _SIZES.get(kind, _SIZE), papers, 0)
        yield DataSet(f"made {kind}", f"made {kind}", *made_kinds.write(kind, rows, folder))


def half_of(data: DataSet, half: int, folder: Path) -> DataSet:
    """Return the records of one half of the papers, drawn by their names, as files in a folder."""
    labels = read_truth(data.truth)
    is_in = pl.Series([part_of(paper, 2) == half for paper in labels["entity_id"]])
    kept = labels.filter(is_in)
    records, truth = (folder / f"half_{half}.{part}.parquet" for part in ("records", "truth"))
    ids = pl.col("record_id").cast(pl.String)
    shown = pl.read_parquet(data.records).filter(ids.is_in(kept["record_id"].implode()))
    shown.write_parquet(records)
    kept.write_parquet(truth)
    return DataSet(f"half {half} of {data.kind}", data.kind, records, truth)


def priors() -> dict[tuple[str, str], float]:
    """Return what a person would say each level weighs, in natural log odds; joint ones nothing."""
    with PRIORS.open(encoding="utf-8", newline="") as lines:
        table = {
            (row["comparison"], row["level"]): int(row["weight"]) / 100
            for row in csv.DictReader(lines)
        }
    joint = {
        (name, "/".join(classes)): 0.0
        for name, sides in JOINT.items()
        for classes in product(*sides)
    }
    return table | joint


@contextmanager
def tables(weights: Mapping[str, Mapping[tuple[str, str], float]]) -> Generator[dict[str, Path]]:
    """Yield a reference of other weights, by the full name of its table, as `linked` takes it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "match_weights.csv"
        write_weights(weights, file)
        yield {"reference.match_weights": file}


def write_weights(weights: Mapping[str, Mapping[tuple[str, str], float]], file: Path) -> None:
    """Write the weights of each profile in hundredths, in order."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("profile", "comparison", "level", "weight"))
        for profile, terms in sorted(weights.items()):
            for term, weight in sorted(terms.items()):
                writer.writerow((profile, *term, round(100 * weight)))


def read_examples(
    data: DataSet,
    profile: str,
    weights: Mapping[str, Mapping[tuple[str, str], float]] | None = None,
) -> pl.DataFrame:
    """Compare the records of a data set and label the pairs.

    Args:
        data: the data set.
        profile: whose weights hold; the general ones for all pairs, or as the sources say.
        weights: those of each profile, for `match_probability`; the priors if there are none yet.

    Returns:
        One row per compared pair: the level of each comparison in a column that ends in `_level`,
        `match_rule`, `match_probability`, `is_same`, and `entity`, a paper to divide the pairs by.
    """
    wanted = ("linkage.comparison_levels", "linkage.pair_scores")
    known = weights or {SITES: priors(), GENERAL: priors()}
    with no_sites() as sites, tables(known) as weighed_by:
        reference = weighed_by | (sites if profile == GENERAL else {})
        with linked(data.records, *wanted, reference=reference) as engine:
            engine.create_table("truth", read_truth(data.truth).to_arrow())
            return pl.DataFrame(pl.from_arrow(engine.arrow(_PAIRS)))


def hide(examples: pl.DataFrame, value: str) -> pl.DataFrame:
    """Return pairs as they were if one side did not show a value (one of `HIDDEN`)."""
    title = pl.col("title_authors_level").str.split("/").list.first()
    times = pl.col("title_year_venue_level").str.split("/").list
    by_years = pl.col("rivals_level").str.contains("years")
    if value == "year":
        return _unknown(examples, "year").with_columns(
            rivals_level=pl.when(by_years).then(pl.lit("unknown")).otherwise("rivals_level"),
            title_year_venue_level=title + "/unknown/" + times.last(),
        )
    if value == "venue":
        joint = title + "/" + times.get(1) + "/unknown"
        return _unknown(examples, "venue").with_columns(title_year_venue_level=joint)
    if value == "abstract":
        joint = title + "/unknown"
        return _unknown(examples, "abstract").with_columns(title_abstract_level=joint)
    if value == "authors":
        joint = title + "/unknown"
        return _unknown(examples, "authors", "n_authors").with_columns(title_authors_level=joint)
    if value == "pages":
        return _unknown(examples, "pages", "doi")
    for each in ("year", "venue", "abstract", "pages"):
        examples = hide(examples, each)
    return examples


def _unknown(examples: pl.DataFrame, *comparisons: str) -> pl.DataFrame:
    return examples.with_columns(pl.lit("unknown").alias(name + LEVEL) for name in comparisons)


def weighed(kinds: Sequence[Sequence[pl.DataFrame]], *, has_copies: bool) -> pl.DataFrame:
    """Return all pairs to learn from with `weight`: each kind counts the same.

    Args:
        kinds: the pairs of each kind, data set by data set.
        has_copies: add copies of all pairs with values hidden.
    """
    return pl.concat([_weighed_kind(sets, has_copies=has_copies) for sets in kinds])


def _weighed_kind(sets: Sequence[pl.DataFrame], *, has_copies: bool) -> pl.DataFrame:
    shown = pl.concat(sets).filter(~pl.col("match_rule").is_in(DECIDED))
    copies = [hide(shown, value) for value in HIDDEN] if has_copies else []
    parts = [shown.with_columns(weight=pl.lit(1.0))]
    parts += [copy.with_columns(weight=pl.lit(_COPY)) for copy in copies]
    pairs = pl.concat(parts)
    return pairs.with_columns(weight=pl.col("weight") * _KIND / pl.col("weight").sum())


if __name__ == "__main__":
    sys.exit("run match_weights.py")
