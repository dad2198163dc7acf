"""How common parts of names are: counted on the distinct names of a table of records.

    python training/name_parts.py RECORDS

writes `sql/reference/name_parts.csv`. Only how often a part is met is kept, of parts that three or
more names have; no name is.
"""

import argparse
from pathlib import Path

import polars as pl

from pipeline.models.catalogue import SQL_DIR
from pipeline.text.keys import name_keys
from pipeline.transforms.name_commonness import count_parts

_FEWEST = 3
_FILE = SQL_DIR / "reference" / "name_parts.csv"


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("records", type=Path, help="Parquet with a column authors (lists)")
    names = pl.read_parquet(parser.parse_args().records)["authors"].explode().drop_nulls().unique()
    keys = pl.Series(name_keys(names.to_list()), dtype=pl.String).drop_nulls().unique()
    counts = count_parts(keys).filter(pl.col("n_names") >= _FEWEST)
    counts.sort("kind", "part").write_csv(_FILE)


if __name__ == "__main__":
    main()
