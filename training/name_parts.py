"""How common parts of names are: counted on the distinct names of a table of records.

    python training/name_parts.py RECORDS

writes `sql/reference/name_parts.csv`. Only how often a part is met is kept, of parts that three or
more names have; no name is.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from pipeline.models.catalogue import SQL_DIR, models_for
from pipeline.models.pieces import frame_of
from pipeline.models.runner import show_made
from pipeline.storage.duckdb_engine import open_engine
from pipeline.text.keys import name_keys

_FEWEST = 3
_FILE = SQL_DIR / "reference" / "name_parts.csv"
_MENTIONS, _NAMES = "people.mentions", "people.names"


def part_counts(keys: pl.Series) -> pl.DataFrame:
    """Return how many of some distinct names have each part: kind, part, n_names."""
    columns = ("mention_id", "paper_id", "author_name", "name_key")
    given = {_MENTIONS: pl.DataFrame(dict.fromkeys(columns, keys))}
    models = models_for((_NAMES,), given)
    with open_engine() as engine:
        show_made(engine, models, given, datetime.now(UTC).replace(tzinfo=None))
        return frame_of(engine, models[_NAMES].shared["people._part_counts"])


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=Path, help="Parquet with a column authors (lists)")
    names = pl.read_parquet(parser.parse_args().records)["authors"].explode().drop_nulls().unique()
    keys = pl.Series(name_keys(names.to_list()), dtype=pl.String).drop_nulls().unique()
    counts = part_counts(keys).filter(pl.col("n_names") >= _FEWEST)
    counts.sort("kind", "part").write_csv(_FILE)


if __name__ == "__main__":
    main()
