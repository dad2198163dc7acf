"""A small folder of labelled records of several kinds, laid out as `match_weights.py` reads it."""

import random
from pathlib import Path

import polars as pl

WORDS = (
    *("stone", "river", "lamp", "cloud", "maple", "copper", "violet", "harbour"),
    *("candle", "meadow", "falcon", "amber", "tired", "shallow", "sparse", "robust"),
)
GIVEN = ("Ada", "Jean-Luc", "Jörg", "Mary Ann", "Li", "Otto")
# Where the records of each kind stand, and the two sources that show its papers.
FILES = {
    "linkage/{}.parquet": ("arxiv_list", "scholar_feed"),
    "dblp_acm/{}.parquet": ("one", "other"),
    "cora/{}.parquet": ("one", "other"),
    "reviews/stroke.{}.parquet": ("one", "other"),
    "reviews/digital_work.{}.parquet": ("one", "other"),
    "author_identity_ieee/ieee.{}.parquet": ("one", "other"),
}
SCHEMA = {
    "record_id": pl.String,
    "source": pl.String,
    "title": pl.String,
    "authors": pl.List(pl.String),
    "year": pl.Int32,
    "venue": pl.String,
    "abstract": pl.String,
}


def write_bench(folder: Path, n_papers: int) -> Path:
    """Write labelled records of papers that two sources show each; every third has a sequel."""
    chance = random.Random(4)
    for pattern, sources in FILES.items():
        rows, labels = [], []
        for n in range(n_papers):
            paper = _paper(chance, n)
            for source in sources:
                record_id = f"{source}{n:04d}"
                sequel = " Revisited" if n % 3 == 0 and source == sources[1] else ""
                rows.append({**paper, "record_id": record_id, "source": source})
                rows[-1]["title"] += sequel
                rows[-1]["year"] += bool(sequel)
                labels.append((record_id, f"p{n}{sequel}"))
        file = folder / pattern.format("records")
        file.parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame(rows, SCHEMA).write_parquet(file)
        columns = ["record_id", "entity_id"]
        truth = folder / pattern.format("truth")
        pl.DataFrame(labels, columns, orient="row").write_parquet(truth)
    people = pl.DataFrame([_paper(chance, n) | {"pub_id": f"{n}"} for n in range(n_papers)])
    (folder / "author_identity").mkdir()
    people.with_columns(pl.col("authors").list.join(",")).drop("abstract").write_csv(
        folder / "author_identity" / "publications.csv"
    )
    return folder


def _paper(chance: random.Random, n: int) -> dict:
    names = [f"{chance.choice(GIVEN)} {chance.choice(WORDS).title()}{'aeiou'[n % 5]}" for _ in "ab"]
    title = " ".join(chance.sample(WORDS, 5)).capitalize()
    return {
        "title": f"{title} of the {chance.choice(WORDS)}",
        "authors": list(dict.fromkeys(names)),
        "year": chance.randint(1990, 2019),
        "venue": chance.choice(("VLDB", "Stroke", "Journal of Lamps")),
        "abstract": " ".join(chance.choices(WORDS, k=40)),
    }
