"""The keys that rows hang together by: what is said of a table holds of its rows."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl
import pytest
from helpers import MORNING, sample_warehouse

from pipeline.contract.errors import PipelineError
from pipeline.models.catalogue import all_specs, load_models
from pipeline.models.keys import (
    Way,
    cuts_of,
    is_by_keys,
    keys_condition,
    linked,
    of_keys,
    only_rows,
    touched_keys,
)
from pipeline.models.runner import rows_of
from pipeline.storage.duckdb_engine import DuckDB
from pipeline.storage.warehouse import Warehouse

MODELS = load_models()
BY_KEYS = sorted(name for name, model in MODELS.items() if is_by_keys(model))
SPECS = all_specs()


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    return Warehouse(sample_warehouse())


@pytest.fixture
def engine(warehouse: Warehouse) -> Iterator[DuckDB]:
    with warehouse.engine(SPECS.values()) as engine:
        yield engine


@pytest.mark.parametrize("part", [2, 7])
@pytest.mark.parametrize("name", BY_KEYS)
def test_the_rows_of_some_keys_are_made_of_the_rows_of_these_keys(warehouse, engine, name, part):
    model = MODELS[name]
    cuts = cuts_of(model, SPECS)
    held = pl.DataFrame(pl.from_arrow(engine.arrow(f"select * from {name}")))
    keys = held.select(key=pl.col(model.by or "")).unique().sort("key").gather_every(part)
    wanted = held.join(keys, left_on=model.by, right_on="key", how="semi")
    files = {table: warehouse.files(table) for table in cuts}
    with only_rows(engine, model, cuts, of_keys(engine, keys.to_arrow()), files, SPECS):
        only = keys_condition(model)
        made = pl.DataFrame(pl.from_arrow(rows_of(engine, model, MORNING, only)))
    order = list(model.spec.key)
    assert made.sort(order).equals(wanted.sort(order))


@pytest.mark.parametrize("name", BY_KEYS)
def test_every_row_of_an_input_leads_to_the_rows_made_of_it(engine, name):
    """A table that has all rows of its inputs as changes has all its keys touched."""
    model = MODELS[name]
    cuts = cuts_of(model, SPECS)
    changed = {
        table: engine.arrow(
            f"select {', '.join(sorted({way.column for way in ways}))} from {table}"
        )
        for table, ways in cuts.items()
    }
    touched = set(touched_keys(engine, model, cuts, changed)["key"].to_pylist())
    held = {key for (key,) in engine.tuples(f"select distinct {model.by} from {name}")}
    assert held <= touched


def test_a_changed_row_touches_the_keys_it_leads_to(engine):
    model = MODELS["marts.paper_fields"]
    record, paper = engine.tuples(
        "select record_id, paper_id from linkage.clustered_records order by all limit 1"
    )[0]
    cuts = cuts_of(model, SPECS)
    changed = {"staging.records": pl.DataFrame({"record_id": [record, None]}).to_arrow()}
    assert touched_keys(engine, model, cuts, changed)["key"].to_pylist() == [paper]
    gone = {"linkage.clustered_records": pl.DataFrame({"paper_id": ["of no row now"]}).to_arrow()}
    assert touched_keys(engine, model, cuts, gone)["key"].to_pylist() == ["of no row now"]
    assert touched_keys(engine, model, cuts, {}).num_rows == 0


def test_what_is_said_of_inputs_is_read():
    model = replace(
        MODELS["marts.papers"],
        through={
            "linkage.withdrawn_records": "record_id in linkage.clustered_records",
            "marts.paper_relations": "paper_id, related_paper_id",
            "people.mentions": "author_name as title in linkage.clustered_records",
            "marts.paper_topics": "whole",
        },
    )
    cuts = cuts_of(model, SPECS)
    records = "linkage.clustered_records"
    assert cuts["linkage.withdrawn_records"] == (Way("record_id", records, "record_id"),)
    assert cuts["marts.paper_relations"] == (Way("paper_id"), Way("related_paper_id"))
    assert cuts["people.mentions"] == (Way("author_name", records, "title"),)
    assert cuts["marts.paper_fields"] == (Way("paper_id"),)
    assert not {"marts.topics", "marts.paper_topics"} & cuts.keys()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("marts.paper_fields", "by paper"),
        ("marts.paper_fields", "no_column"),
        ("marts.paper_fields", "paper_id in marts.topics"),
        ("marts.paper_fields", "value as no_column in linkage.clustered_records"),
        # What this one leads to is known, but not that it has changed: it is no input.
        ("marts.paper_fields", "paper_id in marts.paper_records"),
        ("raw.dumps", "whole"),
    ],
)
def test_what_cannot_be_is_refused_with_the_place(table, said):
    model = replace(MODELS["marts.papers"], through={table: said})
    with pytest.raises(PipelineError, match=f"marts.papers: through: {table}"):
        cuts_of(model, SPECS)


def test_of_each_table_the_columns_that_others_hang_by_are_known():
    assert linked()["linkage.identities"] == ["paper_id", "record_id"]
    assert "marts.yearly_topic_trends" not in linked()
    types = {c.type for name in BY_KEYS for c in SPECS[name].columns if c.name == MODELS[name].by}
    assert types == {"VARCHAR"}, "keys are texts"


def test_what_leads_to_keys_may_be_a_number(engine):
    model = MODELS["people.namesakes"]
    place, key = engine.tuples("select place, name_key from people.places order by all limit 1")[0]
    (paper,) = engine.tuples(f"select paper_no from people.places where place = {place}")[0]
    changed = {"people.coauthors": pl.DataFrame({"paper_no": [paper]}).to_arrow()}
    touched = touched_keys(engine, model, cuts_of(model, SPECS), changed)
    assert key in touched["key"].to_pylist()
