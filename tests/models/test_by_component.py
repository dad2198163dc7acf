"""What is made component by component, wherever that is, is what is made of all at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import polars as pl
import pyarrow as pa
import pytest
from helpers import MORNING
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contract.arrow import table_of_rows
from pipeline.models.catalogue import Model, all_specs, load_models
from pipeline.models.functions import together_of
from pipeline.models.runner import rows_of
from pipeline.storage.duckdb_engine import DuckDB, open_engine
from pipeline.transforms.clusters import _components

SPECS = all_specs()
DAY = timedelta(days=1)
# A bearer: which cluster it is in, the ids that its content gives, whether it is sure of them. Its
# own ids lie apart, as ids do: the numbers behind one are nobody's.
BEARER = st.tuples(
    st.integers(0, 3), st.integers(0, 2), st.integers(0, 3), st.integers(0, 5), st.booleans()
)
DAYS = st.lists(st.dictionaries(st.integers(0, 6), BEARER), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with open_engine() as engine:
        yield engine


def papers_of(day: dict[int, tuple]) -> dict[str, list[dict]]:
    first: dict[int, str] = {}
    return {
        "linkage.clusters": [
            {"record_id": f"r{n}", "cluster_id": first.setdefault(cluster, f"r{n}")}
            for n, (cluster, *_) in sorted(day.items())
        ],
        "linkage.content_ids": [
            {
                "record_id": f"r{n}",
                "is_title_whole": is_sure,
                "title_id": _id("p", content),
                "title_author_id": _id("p", fuller),
                "title_record_id": _id("p", own << 40),
            }
            for n, (_, content, fuller, own, is_sure) in day.items()
        ],
    }


def people_of(day: dict[int, tuple]) -> dict[str, list[dict]]:
    return {
        "people.corrected": [
            {"mention_id": f"m{n}", "person_id": f"c{9 - cluster}"}
            for n, (cluster, *_) in day.items()
        ],
        "people.sightings": [
            {
                "sighting_id": f"s{n}",
                "mention_id": f"m{n}",
                "is_shown": is_sure,
                "name_id": _id("a", content),
                "name_title_id": _id("a", fuller),
                "name_sighting_id": _id("a", own << 40),
            }
            for n, (_, content, fuller, own, is_sure) in day.items()
        ],
    }


def _id(letter: str, number: int) -> str:
    return f"{letter}{number:016x}"


@pytest.mark.parametrize(
    ("name", "given_of"), [("linkage.identities", papers_of), ("people.identities", people_of)]
)
@given(days=DAYS)
@settings(max_examples=40, deadline=None)
def test_what_is_named_by_component_is_named_as_of_all(engine, name, given_of, days):
    model, known = load_models()[name], []
    for n, day in enumerate(days):
        now = MORNING + n * DAY
        for table, rows in (given_of(day) | {name: known}).items():
            engine.show_rows(SPECS[table], table_of_rows(SPECS[table], rows))
        known = in_order(rows_of(engine, model, now), model)
        assert by_component(engine, model, now) == known


MENTIONS = st.lists(st.integers(0, 5), min_size=8, max_size=8)
SIDE = st.lists(st.integers(0, 8), min_size=1, max_size=3, unique=True)
LINES = st.lists(st.tuples(st.sampled_from(["same", "not_same"]), SIDE, SIDE), max_size=5)


@given(whose=MENTIONS, papers=MENTIONS, lines=LINES)
@settings(max_examples=60, deadline=None)
def test_persons_are_corrected_by_component_as_all_at_once(engine, whose, papers, lines):
    given = {
        "people.persons": [
            {
                "mention_id": f"m{n}",
                "paper_id": f"p{paper}",
                "author_id": f"c{person}",
                "identity_level": "name_only",
                "identity_reason": "alone",
            }
            for n, (person, paper) in enumerate(zip(whose, papers, strict=True))
        ],
        # The ninth is of a page that is gone.
        "people.sightings": [{"sighting_id": f"s{n}", "mention_id": f"m{n}"} for n in range(8)],
        "people.override_lines": [
            {
                "line": n,
                "decision": decision,
                "left_sightings": [f"s{one}" for one in left],
                "right_sightings": [f"s{other}" for other in right],
            }
            for n, (decision, left, right) in enumerate(lines, 2)
        ],
    }
    model = load_models()["people.corrected"]
    for table, rows in given.items():
        engine.show_rows(SPECS[table], table_of_rows(SPECS[table], rows))
    expected = in_order(rows_of(engine, model, MORNING), model)
    assert by_component(engine, model, MORNING) == expected


def in_order(rows: pa.Table, model: Model) -> list[dict]:
    return pl.DataFrame(pl.from_arrow(rows)).sort(model.spec.key).to_dicts()


def by_component(engine: DuckDB, model: Model, now: datetime) -> list[dict]:
    together = together_of(model, {}, now)
    assert together
    pairs = [row for sql in together.edges for row in engine.arrow(sql).to_pylist()]
    label = _components([(pair["one"], pair["other"]) for pair in pairs])
    shared = {argument: engine.arrow(sql) for argument, sql in together.shared.items()}
    keyed = {
        argument: engine.arrow(f"select * from ({sql.rstrip().rstrip(';')}) as rows_of")
        for argument, sql in together.selects.items()
    }
    labels = {
        argument: [label.get(m, m) for m in rows[together.columns[argument]].to_pylist()]
        for argument, rows in keyed.items()
    }
    parts = [table_of_rows(model.spec, [])]
    for component in sorted({each for found in labels.values() for each in found}):
        of_component = {
            argument: rows.filter(
                pa.array([each == component for each in labels[argument]], pa.bool_())
            )
            for argument, rows in keyed.items()
        }
        parts.append(together.work(of_component | shared, set(keyed)))
    return in_order(pa.concat_tables(parts), model)
