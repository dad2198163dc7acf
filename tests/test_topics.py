"""Finding phrases in texts: whole words, plural and hyphen, acronyms as written, longest wins."""

import polars as pl
import pytest

from pipeline.topics import find_phrases, tag_papers

PHRASES = [
    ("llm", "large language model", False),
    ("lm", "language model", False),
    ("policy", "search policy", False),
    ("icl", "in-context learning", False),
    ("box", "black box", False),
    ("rag", "RAG", True),
    ("agents", "agent", False),
    ("graphs", "graph", False),
    ("cot", "CoT", True),
    ("analysis", "analysis", False),
    ("nets", "neural net", False),
    ("nets_and_graphs", "net graph", False),
]


def phrases(rows: list[tuple[str, str, bool]]) -> pl.DataFrame:
    schema = {"topic_id": pl.String, "phrase": pl.String, "is_case_sensitive": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def found(text: str, rows: list[tuple[str, str, bool]] | None = None) -> list[tuple[str, str]]:
    texts = pl.DataFrame({"paper_id": ["p"], "evidence": ["title"], "text": [text]})
    result = find_phrases(texts, phrases(rows or PHRASES))
    return sorted(result.select("topic_id", "matched_text").iter_rows())


CASES = {
    "singular": ("A Language Model of Birds", [("lm", "Language Model")]),
    "plural": ("Language models of birds", [("lm", "Language models")]),
    "plural in -ies": ("Learned search policies", [("policy", "search policies")]),
    "plural in -es": ("Opening Black Boxes", [("box", "Black Boxes")]),
    "hyphen for space": ("A black-box attack", [("box", "black-box")]),
    "space for hyphen": ("On In Context Learning", [("icl", "In Context Learning")]),
    "upper case": ("LANGUAGE MODELS", [("lm", "LANGUAGE MODELS")]),
    "at both ends": ("agent versus graph", [("agents", "agent"), ("graphs", "graph")]),
    "inside a word": ("Paragraphs of reagent", []),
    "before a letter": ("graphene", []),
    "before a digit": ("graph2vec", []),
    "after a digit": ("2graph", []),
    "next to signs": ("(graph), [agents]: x", [("agents", "agents"), ("graphs", "graph")]),
    "next to an underscore": ("my_graph", [("graphs", "graph")]),
    "after a non-ASCII letter": ("égraph", []),
    "before a non-ASCII letter": ("graphé", []),
    "after a non-ASCII sign": ("“agents” – graph…", [("agents", "agents"), ("graphs", "graph")]),
    "after CJK letters": ("論文graph", []),
    "after wide letters": ("Größe des graph", [("graphs", "graph")]),
    "longest of nested": ("A large language model", [("llm", "large language model")]),
    "nested and alone": (
        "Large language models and language models",
        [("llm", "Large language models"), ("lm", "language models")],
    ),
    "overlapping": ("neural net graph", [("nets", "neural net"), ("nets_and_graphs", "net graph")]),
    "twice": ("graph to graph", [("graphs", "graph"), ("graphs", "graph")]),
    "acronym": ("RAG for CoT", [("cot", "CoT"), ("rag", "RAG")]),
    "acronym in plural": ("Many RAGs", [("rag", "RAGs")]),
    "acronym in lower case": ("a rag and a cot, Rag, COT", []),
    "acronym in a word": ("RAGE and DRAG", []),
    "over a line break": ("black\nbox", [("box", "black\nbox")]),
    "after a no-break space": ("a\u00a0graph", [("graphs", "graph")]),
    "after an emoji": ("🦜 agents", [("agents", "agents")]),
    "nothing": ("", []),
}


@pytest.mark.parametrize("case", CASES)
def test_phrases_are_found(case):
    text, expected = CASES[case]
    assert found(text) == expected


def test_each_text_is_searched_by_itself():
    texts = pl.DataFrame(
        {
            "paper_id": ["p", "p", "q"],
            "evidence": ["title", "abstract", "title"],
            "text": ["large language model", "language model", "model language graph"],
        }
    )
    result = find_phrases(texts, phrases(PHRASES)).sort("paper_id", "evidence", "topic_id")
    assert list(result.iter_rows()) == [
        ("p", "abstract", "lm", "language model"),
        ("p", "title", "llm", "large language model"),
        ("q", "title", "graphs", "graph"),
    ]


def test_no_phrases_find_nothing():
    assert found("anything at all", [("x", "zzz", False)]) == []


@pytest.mark.parametrize("which", [True, False])
def test_phrases_of_one_kind_only(which):
    rows = [("x", "Graph" if which else "graph", which)]
    assert found("A Graph", rows) == [("x", "Graph")]


def tag(papers: list[dict], categories: list[tuple[str, str, str]] = ()) -> list[dict]:
    schema = {"paper_id": pl.String, "title": pl.String, "abstract": pl.String}
    kinds = {"paper_id": pl.String, "topic_id": pl.String, "category": pl.String}
    return tag_papers(
        pl.DataFrame(papers, schema=schema),
        phrases(PHRASES),
        pl.DataFrame(list(categories), schema=kinds, orient="row"),
    ).to_dicts()


def test_the_strongest_evidence_is_kept_and_mentions_are_counted():
    rows = tag(
        [
            {"paper_id": "p", "title": "On Graphs", "abstract": "A graph is a graph of agents."},
            {"paper_id": "q", "title": "On Birds", "abstract": None},
        ],
        [("p", "graphs", "cs.DM"), ("q", "graphs", "math.CO")],
    )
    kept = {(row["paper_id"], row["topic_id"]): row for row in rows}
    assert set(kept) == {("p", "graphs"), ("p", "agents"), ("q", "graphs")}
    graphs = kept["p", "graphs"]
    assert (graphs["evidence"], graphs["matched_text"], graphs["weight"]) == ("title", "Graphs", 1)
    assert graphs["n_mentions"] == 4
    assert kept["p", "agents"]["weight"] == 0.5
    birds = kept["q", "graphs"]
    assert (birds["evidence"], birds["matched_text"], birds["weight"]) == (
        "category",
        "math.CO",
        0.25,
    )


def test_no_papers_have_no_topics():
    assert tag([]) == []


def test_the_order_of_papers_and_phrases_does_not_count():
    papers = [
        {"paper_id": f"p{n}", "title": text, "abstract": text.upper()}
        for n, (text, _) in enumerate(CASES.values())
        if text
    ]
    forwards = tag(papers)
    PHRASES.reverse()
    try:
        assert tag(papers[::-1]) == forwards
    finally:
        PHRASES.reverse()
