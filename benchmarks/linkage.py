"""How right linking is, on labelled records: precision, recall, F1, and each rule's share.

    python benchmarks/linkage.py RECORDS TRUTH

RECORDS is a Parquet file with record_id, source, title, authors and year; TRUTH has record_id,
entity_id and, where only pairs across data sets count, dataset. The rule table is where the
probabilities of `sql/linkage/matches.sql` come from.
"""

import sys
import time
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from pipeline.schema import ARROW_TYPES, RECORD_AUTHORS, RECORDS, TableSpec
from pipeline.sql_models import load_models
from pipeline.text import name_key, title_key

STAGES = ("record_features", "candidate_pairs", "comparisons", "matches", "clusters")


def as_staging(records: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return labelled records as staging.records and staging.record_authors."""
    staged = records.select(
        "record_id",
        "source",
        "title",
        pl.col("year").cast(pl.Int32),
        title_key=pl.col("title").map_elements(title_key, return_dtype=pl.String),
        n_authors_listed=pl.col("authors").list.len().fill_null(0).cast(pl.Int32),
    )
    authors = (
        records.select("record_id", name="authors")
        .explode("name")
        .drop_nulls("name")
        .with_columns(
            author_order=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("record_id"),
            raw_name="name",
            name_key=pl.col("name").map_elements(name_key, return_dtype=pl.String),
        )
    )
    return staged, authors


def link(records: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    """Run the stages of linkage on labelled records; returns the connection with all tables."""
    con = duckdb.connect()
    for schema in ("staging", "linkage"):
        con.execute(f"create schema {schema}")
    for spec, frame in zip((RECORDS, RECORD_AUTHORS), as_staging(records), strict=True):
        _create(con, spec, frame)
    models = load_models()
    for stage in STAGES:
        model = models[f"linkage.{stage}"]
        if model.python:
            found = model.run_python(con)
            con.register("found", found)
            con.execute(f"create table {model.name} as select * from found")
        else:
            con.execute(f"create table {model.name} as {model.selects['']}")
    return con


def _create(con: duckdb.DuckDBPyConnection, spec: TableSpec, frame: pl.DataFrame) -> None:
    columns = {
        c.name: frame[c.name].to_arrow().cast(ARROW_TYPES[c.type])
        if c.name in frame.columns
        else pa.nulls(len(frame), ARROW_TYPES[c.type])
        for c in spec.columns
    }
    given = pa.table(columns)
    con.register("given_rows", given)
    con.execute(f"create table {spec.full_name} as select * from given_rows")


PAIRS = """
with labelled as (
    select clusters.record_id, cluster_id, entity_id, dataset
    from linkage.clusters inner join truth on clusters.record_id = truth.record_id
)
select
    count(*) filter (where l.cluster_id = r.cluster_id and l.entity_id = r.entity_id) as n_right,
    count(*) filter (where l.cluster_id = r.cluster_id) as n_found,
    count(*) filter (where l.entity_id = r.entity_id) as n_true
from labelled as l
inner join labelled as r
    on l.record_id < r.record_id
    and (l.cluster_id = r.cluster_id or l.entity_id = r.entity_id)
    and (l.dataset is null or l.dataset <> r.dataset)
"""

RULES = """
select match_rule, match_status, count(*) as n, count(*) filter (where l.entity_id = r.entity_id)
    as n_true, any_value(match_probability) as stated
from linkage.matches
inner join truth as l on record_id_l = l.record_id
inner join truth as r on record_id_r = r.record_id
where l.dataset is null or l.dataset <> r.dataset
group by all order by n desc
"""


def main(records_file: Path, truth_file: Path) -> None:
    """Link the records, compare with the truth, print what was found."""
    records, truth = pl.read_parquet(records_file), pl.read_parquet(truth_file)
    if "dataset" not in truth.columns:
        truth = truth.with_columns(dataset=pl.lit(None, pl.String))
    start = time.perf_counter()
    con = link(records)
    seconds = time.perf_counter() - start
    con.register("truth", truth.to_arrow())
    n_right, n_found, n_true = con.execute(PAIRS).fetchall()[0]
    precision, recall = n_right / n_found, n_right / n_true
    f1 = 2 * precision * recall / (precision + recall)
    (n_pairs,) = con.execute("select count(*) from linkage.candidate_pairs").fetchall()[0]
    console = Console()
    console.print(
        f"{records_file}: precision {precision:.4f}, recall {recall:.4f}, F1 {f1:.4f}; "
        f"{len(records)} records, {n_pairs} candidate pairs, {seconds:.1f} s"
    )
    table = Table("rule", "status", "pairs", "truly the same", "share", "stated")
    for rule, status, n, n_same, stated in con.execute(RULES).fetchall():
        table.add_row(rule, status, str(n), str(n_same), f"{n_same / n:.4f}", str(stated))
    console.print(table)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
