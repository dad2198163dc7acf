"""Functions of models at work elsewhere: on the rows of some keys, or of what hangs together."""

import pickle
from datetime import datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contract.errors import PipelineError
from pipeline.models.catalogue import load_models
from pipeline.models.components import read_component
from pipeline.models.functions import Work, code_version, together_of
from pipeline.transforms.clusters import _components, cluster_records

NOW = datetime(2026, 7, 1)  # noqa: DTZ001 - UTC without zone, as everywhere
MODELS = load_models()
CLUSTERS = MODELS["linkage.clusters"]
BY_PYTHON = [model for model in MODELS.values() if model.python]


def keyed(model) -> dict[str, str]:
    """As if each SELECT had the key."""
    return dict.fromkeys(model.selects, model.by or "")


def test_what_has_a_key_or_components_can_be_made_elsewhere():
    found = {model.name for model in BY_PYTHON if together_of(model, keyed(model), NOW)}
    assert found == {
        "linkage.clusters",
        "linkage.headings",
        "linkage.identities",
        "linkage.mended_texts",
        "linkage.name_pairs",
        "linkage.names",
        "linkage.title_marks",
        "marts.paper_topics",
        "people.corrected",
        "people.identities",
        "people.alike_persons",
        "people.joined_spellings",
        "people.namesakes",
        "people.spelling_pairs",
        "people.tied_persons",
        "people.work_words",
    }


def test_what_is_sent_elsewhere_can_be_pickled():
    together = together_of(CLUSTERS, {}, NOW)
    assert together
    assert pickle.loads(pickle.dumps(together.work)) == together.work


def test_another_papermart_elsewhere_is_refused():
    work = Work(CLUSTERS.python or "", CLUSTERS.spec, NOW, "of another release")
    with pytest.raises(PipelineError, match="the server works with another papermart"):
        work({}, set())


# ---------------------------------------------------------------- components

COMPONENTS = {
    "records: record_id": ("record_id",),
    "pairs: one, other where margin >= 0": ("one", "other"),
}


def test_what_a_description_says_of_components_is_read():
    part = read_component(Path("x.yml"), "matches", "one, other where margin >= 0")
    assert part.columns == ("one", "other")
    assert part.edges("select * from pairs;") == (
        "select one as one, other as other from (\nselect * from pairs\n) as pairs"
        " where margin >= 0"
    )
    alone = read_component(Path("x.yml"), "records", "record_id")
    assert alone.columns == ("record_id",)
    assert alone.edges("select * from records") == ""


@pytest.mark.parametrize("said", ["", "a, b, c", "a b", "a where", "lower(a)"])
def test_what_cannot_be_understood_is_named(said):
    with pytest.raises(PipelineError, match=r"x\.yml: components: matches: .* cannot be"):
        read_component(Path("x.yml"), "matches", said)


RECORD = st.sampled_from([f"r{n:02}" for n in range(12)])
PAIR = st.tuples(RECORD, RECORD).filter(lambda pair: pair[0] < pair[1])
PAIRS = st.dictionaries(
    PAIR,
    st.tuples(
        st.sampled_from([-3.0, -1.0, -0.4, 0.0, 0.3, 1.0]),
        st.booleans(),
        st.sampled_from(["evidence", "same_arxiv_id", "same_values"]),
    ),
    max_size=25,
)
DECISIONS = st.dictionaries(PAIR, st.sampled_from(["same", "not_same"]), max_size=4)


@given(PAIRS, DECISIONS, st.lists(st.sampled_from([None, "x", "y"]), min_size=12, max_size=12))
def test_clusters_made_by_component_are_those_made_of_all(pairs, decisions, sources):
    ids = [f"r{n:02}" for n in range(12)]
    records = pl.DataFrame(
        {"record_id": ids, "single_source": sources, "arxiv_id": [*sources[6:], *sources[:6]]},
        schema_overrides={"single_source": pl.String, "arxiv_id": pl.String},
    ).with_columns(sort_key=pl.col("record_id").str.reverse())
    matches = pl.DataFrame(
        [(*pair, *said) for pair, said in pairs.items()],
        schema={
            "record_id_l": pl.String,
            "record_id_r": pl.String,
            "margin": pl.Float64,
            "is_telling": pl.Boolean,
            "match_rule": pl.String,
        },
        orient="row",
    )
    overrides = pl.DataFrame(
        [(*pair, decision) for pair, decision in decisions.items()],
        schema={"record_id_l": pl.String, "record_id_r": pl.String, "decision": pl.String},
        orient="row",
    )
    joined = [pair for pair, (margin, *_) in pairs.items() if margin >= 0]
    joined += [pair for pair, decision in decisions.items() if decision == "same"]
    label = _components(joined)
    frames = {"records": records, "matches": matches, "overrides": overrides}
    work = Work(CLUSTERS.python or "", CLUSTERS.spec, NOW, code_version(CLUSTERS.python or ""))
    parts = [work(rows, set(frames)) for rows in by_component(frames, label)]
    made = pl.DataFrame(pl.from_arrow(pa.concat_tables(parts)))
    assert made.sort("record_id").equals(cluster_records(records, matches, overrides))


def by_component(frames, label):
    """The rows of each component: of pairs, those whose left one is in it."""
    columns = {name: part.columns[0] for name, part in CLUSTERS.components.items()}
    names = {label.get(record_id, record_id) for record_id in frames["records"]["record_id"]}
    for component in sorted(names):
        yield {
            name: frame.filter(
                pl.col(columns[name]).replace_strict(label, default=pl.col(columns[name]))
                == component
                if label
                else pl.col(columns[name]) == component
            ).to_arrow()
            for name, frame in frames.items()
        }
