"""Finding phrases in texts, and what counts as a topic."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest

from pipeline.transforms.phrases import find_phrases
from pipeline.transforms.topics import CATEGORY_COLUMNS, tag_papers

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
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(is_weak=pl.lit(False))


def found(text: str, wanted: list[str] | None = None) -> list[tuple[str, str]]:
    """(phrase, the words found), in the order of the text."""
    texts = pl.DataFrame({"paper_id": ["p"], "evidence": ["title"], "text": [text]})
    keys = wanted or [phrase for _, phrase, _ in PHRASES]
    return list(find_phrases(texts, keys).select("key", "matched_text").iter_rows())


CASES = {
    "singular": ("A Language Model of Birds", [("language model", "Language Model")]),
    "plural": ("Language models of birds", [("language model", "Language models")]),
    "plural in -ies": ("Learned search policies", [("search policy", "search policies")]),
    "plural in -es": ("Opening Black Boxes", [("black box", "Black Boxes")]),
    "hyphen for space": ("A black-box attack", [("black box", "black-box")]),
    "space for hyphen": (
        "On In Context Learning",
        [("in context learning", "In Context Learning")],
    ),
    "upper case": ("LANGUAGE MODELS", [("language model", "LANGUAGE MODELS")]),
    "at both ends": ("agent versus graph", [("agent", "agent"), ("graph", "graph")]),
    "inside a word": ("Paragraphs of reagent", []),
    "before a letter": ("graphene", []),
    "before a digit": ("graph2vec", []),
    "after a digit": ("2graph", []),
    "next to signs": ("(graph), [agents]: x", [("graph", "graph"), ("agent", "agents")]),
    "next to an underscore": ("my_graph", [("graph", "graph")]),
    "after a non-ASCII letter": ("égraph", []),
    "before a non-ASCII letter": ("graphé", []),
    "after a non-ASCII sign": ("“agents” – graph…", [("agent", "agents"), ("graph", "graph")]),
    "after CJK letters": ("論文graph", []),
    "after wide letters": ("Größe des graph", [("graph", "graph")]),
    "longest of nested": (
        "A large language model",
        [("large language model", "large language model")],
    ),
    "nested and alone": (
        "Large language models and language models",
        [("large language model", "Large language models"), ("language model", "language models")],
    ),
    "the first of overlapping": (
        "neural net graph",
        [("neural net", "neural net"), ("graph", "graph")],
    ),
    "twice": ("graph to graph", [("graph", "graph"), ("graph", "graph")]),
    "acronym": ("RAG for CoT", [("rag", "RAG"), ("cot", "CoT")]),
    "acronym in plural": ("Many RAGs", [("rag", "RAGs")]),
    "over a comma": ("a black, box", []),
    "acronym in a word": ("RAGE and DRAG", []),
    "over a line break": ("black\nbox", [("black box", "black\nbox")]),
    "after a no-break space": ("a\u00a0graph", [("graph", "graph")]),
    "after an emoji": ("🦜 agents", [("agent", "agents")]),
    "nothing": ("", []),
}


@pytest.mark.parametrize("case", CASES)
def test_phrases_are_found(case):
    text, expected = CASES[case]
    assert found(text) == expected


def test_each_text_is_searched_by_itself():
    texts = pl.DataFrame(
        {
            "paper_id": ["p", "p", "q", "r"],
            "evidence": ["title", "abstract", "title", "title"],
            "text": [
                "large language model",
                "language model",
                "model language graph",
                "größe graph",
            ],
        }
    )
    result = find_phrases(texts, [phrase for _, phrase, _ in PHRASES])
    assert sorted(result.select("paper_id", "evidence", "key", "place").iter_rows()) == [
        ("p", "abstract", "language model", 0),
        ("p", "title", "large language model", 0),
        ("q", "title", "graph", 15),
        ("r", "title", "graph", 8),
    ]


def test_texts_are_kept_apart_over_batches_and_cores(monkeypatch):
    texts = pl.DataFrame(
        {
            "paper_id": [f"{n:02}" for n in range(11)],
            "evidence": ["title"] * 11,
            "text": [f"{'–' * n}graph" if n % 2 else "" for n in range(11)],
        }
    )
    at_once = find_phrases(texts, ["graph"])
    expected = [(f"{n:02}", "graph", 3 * n) for n in range(1, 11, 2)]
    assert at_once.select("paper_id", "matched_text", "place").rows() == expected
    monkeypatch.setattr("pipeline.transforms.phrases._BATCH", 3)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert find_phrases(texts, ["graph"]).equals(at_once)


def test_no_phrases_find_nothing():
    assert found("anything at all", ["zzz"]) == []


WEIGHTS = {"phrase": pl.String, "weight": pl.Int64}
WORDS = {"topic_id": pl.String, "word": pl.String, "weight": pl.Int64}
NO_EXCLUSIONS = pl.DataFrame(schema=dict.fromkeys(("topic_id", "phrase", "exclusion"), pl.String))


def tag(
    papers: list[dict],
    categories: Sequence[tuple[str, str, str]] = (),
    known: pl.DataFrame | None = None,
    exclusions: pl.DataFrame = NO_EXCLUSIONS,
    parents: dict[str, str] | None = None,
    weights: dict[str, int] | None = None,
    words: Sequence[tuple[str, str, int]] = (),
    field_words: Sequence[tuple[str, str, int]] = (),
) -> list[dict]:
    schema = {"paper_id": pl.String, "title": pl.String, "abstract": pl.String}
    known = phrases(PHRASES) if known is None else known
    ids = {*known["topic_id"], *(parents or {}).values(), *(parents or {})}
    ids |= {row[1] for row in categories}
    tree = {
        "topic_id": sorted(ids),
        "parent_topic_id": [(parents or {}).get(t) for t in sorted(ids)],
    }
    return tag_papers(
        pl.DataFrame(papers, schema=schema),
        known,
        exclusions,
        pl.DataFrame([(*row, False) for row in categories], schema=CATEGORY_COLUMNS, orient="row"),
        pl.DataFrame(tree, schema=dict.fromkeys(tree, pl.String)),
        pl.DataFrame(list((weights or {}).items()), schema=WEIGHTS, orient="row"),
        pl.DataFrame(list(words), schema=WORDS, orient="row"),
        pl.DataFrame(list(field_words), schema=WORDS, orient="row"),
    ).to_dicts()


def topics_of(title: str, abstract: str | None = None, **more: Any) -> dict[str, dict]:
    papers = [{"paper_id": "p", "title": title, "abstract": abstract}]
    return {row["topic_id"]: row for row in tag(papers, **more)}


def test_the_strongest_evidence_is_kept_and_mentions_are_counted():
    rows = tag(
        [
            {
                "paper_id": "p",
                "title": "On Graphs",
                "abstract": "Agents: a graph is a graph of agents.",
            },
            {"paper_id": "q", "title": "On Birds", "abstract": None},
        ],
        [("p", "graphs", "cs.DM"), ("q", "graphs", "math.CO")],
    )
    kept = {(row["paper_id"], row["topic_id"]): row for row in rows}
    assert set(kept) == {("p", "graphs"), ("p", "agents"), ("q", "graphs")}
    graphs = kept["p", "graphs"]
    assert (graphs["evidence"], graphs["matched_text"], graphs["weight"]) == ("title", "Graphs", 1)
    assert graphs["n_mentions"] == 4
    assert kept["p", "agents"]["weight"] == 0.75
    birds = kept["q", "graphs"]
    assert (birds["evidence"], birds["matched_text"], birds["weight"]) == (
        "category",
        "math.CO",
        0.25,
    )


@pytest.mark.parametrize(
    ("text", "is_tagged"),
    [
        ("RAG at work", True),
        ("Many RAGs", True),
        ("a rag at work", False),
        ("Rag at work", False),
        ("RAg at work", False),
        ("rag, or retrieval-augmented generation", True),
    ],
)
def test_an_acronym_counts_in_capitals_or_with_its_long_form(text, is_tagged):
    known = phrases([("rag", "RAG", True), ("rag", "retrieval augmented generation", False)])
    assert ("rag" in topics_of(text, known=known)) is is_tagged
    mentions = topics_of(text, known=known).get("rag", {"n_mentions": 0})["n_mentions"]
    assert mentions == (2 if "long" in text or "retrieval" in text else int(is_tagged))


def test_an_excluded_phrase_does_not_count_in_that_paper():
    known = phrases([("tf", "transformer model", False), ("tf", "self attention", False)])
    rows = [
        ("tf", "transformer model", "Power Transformers"),
        ("tf", "transformer model", "substation"),
    ]
    exclusions = pl.DataFrame(rows, schema=NO_EXCLUSIONS.schema, orient="row")

    def is_tagged(title: str, abstract: str | None = None) -> bool:
        return "tf" in topics_of(title, abstract, known=known, exclusions=exclusions)

    assert is_tagged("A transformer model of text")
    assert not is_tagged("A transformer model", "We model power transformers. One ages.")
    assert not is_tagged("Substations and a transformer model")
    # Only that phrase is excluded, and only in that paper.
    assert is_tagged("Self-attention", "It beats a transformer model in a substation.")


FAMILIES = {"graphs": "maths", "policy": "ai", "agents": "ai", "box": "ai"}


def test_a_topic_counts_in_the_title_or_when_said_again():
    passing = "Others use a graph. Others use an agent. Others open a black box."
    assert set(topics_of("On Search Policies", passing, parents=FAMILIES)) == {"policy", "ai"}
    again = passing + " Graphs are so."
    found = set(topics_of("On Search Policies", again, parents=FAMILIES))
    assert found == {"policy", "ai", "graphs", "maths"}
    # Where nothing else is said, the first of the main field is better than nothing.
    assert set(topics_of("On Birds", passing, parents=FAMILIES)) == {"agents", "ai"}


def test_words_of_a_field_count_where_the_field_is_likely():
    words = ["image", "pixel", "camera"]
    known = phrases([("vision", word, False) for word in words]).with_columns(is_weak=True)
    known = pl.concat([known, phrases([("lm", "language model", False)])])
    sure = {"language model": 400}

    def tagged(title: str, abstract: str | None = None, **more: Any) -> set[str]:
        return set(topics_of(title, abstract, known=known, parents={"lm": "nlp"}, **more))

    assert tagged("Pixels of an image") == {"vision"}
    assert tagged("On birds", "A camera, an image and a pixel.") == {"vision"}
    assert tagged("On birds", "An image and another image.") == {"vision"}
    # In passing, and beside something else one word alone, they say little.
    assert tagged("On birds", "An image.") == set()
    assert tagged("A language model", "An image. Another image.") == {"lm", "nlp"}
    assert tagged("A language model", "An image. A camera.") == {"lm", "nlp", "vision"}
    assert tagged("A language model", "Images, images, images.") == {"lm", "nlp", "vision"}
    # So often as may be, beside a field that is far more likely they say nothing.
    assert tagged("A language model", "An image. A camera.", weights=sure) == {"lm", "nlp"}
    far = tagged("A language model of images", "Pixel by pixel.", weights={**sure, "pixel": -100})
    assert far == {"lm", "nlp"}


def test_areas_and_fields_have_the_papers_of_their_topics():
    parents = {"llm": "lm", "lm": "nlp"}
    abstract = "A language model is a language model."
    rows = topics_of("Large Language Models", abstract, parents=parents)
    assert {topic: row["via_topic_id"] for topic, row in rows.items()} == dict.fromkeys(
        ("llm", "lm", "nlp"), "llm"
    )
    assert rows["nlp"]["matched_text"] == "Large Language Models"
    assert rows["nlp"]["n_mentions"] == 3


FIELDS = {"pde": "numerics", "stats": "maths", "icl": "ai"}
SAID = [
    ("pde", "*", 100),
    ("pde", "isogeometric", 900),
    ("pde", "plate bending", 900),
    ("pde", "galerkin", 900),
    ("stats", "*", 100),
    ("stats", "estimator", 900),
]


def test_words_that_go_with_a_topic_say_it_where_no_phrase_does():
    rows = topics_of("Isogeometric Analyses of Plate-Bending", parents=FIELDS, words=SAID)
    assert set(rows) == {"pde", "numerics"}
    pde = rows["pde"]
    assert (pde["evidence"], pde["n_mentions"], pde["via_topic_id"]) == ("words", 1, "pde")
    assert set(pde["matched_text"].split(", ")) == {"isogeometric", "plate bending"}
    assert 0.1 <= pde["weight"] <= 0.5
    # One word in a long abstract is not enough, nor is a word of two whose other is elsewhere.
    birds = "Birds sing. " * 100
    assert not topics_of("Of birds", birds + "Galerkin heard them.", parents=FIELDS, words=SAID)
    assert not topics_of("Bending of a plate", birds, parents=FIELDS, words=SAID)


def test_words_add_nothing_to_what_phrases_say():
    words = [("icl", "*", 0), ("icl", "demonstration", 900)]
    title = "In-Context Learning by Demonstrations"
    assert topics_of(title, parents=FIELDS, words=words) == topics_of(title, parents=FIELDS)
    # Words of a field as a whole are none of a topic.
    assert not topics_of("Demonstrations", parents=FIELDS, words=[("ai", "demonstration", 900)])


def test_all_words_of_a_paper_say_whether_a_topic_is_named_in_passing():
    known = phrases([("pde", "spectral method", False), ("stats", "sample mean", False)])
    named = "Others use a spectral method. Others use a sample mean."

    def tagged(title: str, abstract: str) -> set[str]:
        return set(topics_of(title, abstract, known=known, parents=FIELDS, words=SAID))

    # Named once, of two such topics the one counts that the other words bear out.
    assert tagged("Isogeometric plate bending", named) == {"pde", "numerics"}
    assert tagged("Estimators and an estimator", named) == {"stats", "maths"}
    # What the title names as well counts beside what all words say.
    title = "Estimators of sample means for isogeometric plate bending"
    assert tagged(title, "Galerkin.") == {"pde", "numerics", "stats", "maths"}
    # Where words say nothing, the rules for phrases decide.
    assert tagged("Of birds", "A sample mean is a sample mean.") == {"stats", "maths"}


def test_words_count_for_papers_in_any_number_and_order(monkeypatch):
    papers = [
        {"paper_id": f"p{n}", "title": title, "abstract": abstract}
        for n, (title, abstract) in enumerate(
            [
                ("Isogeometric plate bending", None),
                ("Of birds", ""),
                ("Σχετικά με πουλιά", "鳥について"),
                ("An isogeometric estimator", "Galerkin plate bending."),
                ("Isogeometric estimators of Galerkin", None),
            ]
        )
    ]
    at_once = tag(papers, parents=FIELDS, words=SAID)
    assert {row["paper_id"] for row in at_once} == {"p0", "p3", "p4"}
    monkeypatch.setattr("pipeline.transforms.topics._BATCH", 2)
    assert tag(papers[::-1], parents=FIELDS, words=SAID[::-1]) == at_once


def main_field(title: str, abstract: str, **more: Any) -> list[str]:
    rows = topics_of(title, abstract, **more).values()
    return [row["topic_id"] for row in rows if row["is_main_field"]]


def test_the_main_field_is_the_one_most_is_said_of():
    parents = {"graphs": "maths", "box": "ai", "agents": "ai"}
    title, abstract = "Graph of a black box", "An agent, an agent."
    assert main_field(title, abstract, parents=parents) == ["ai"]
    # What is said by every paper of some other field says little of its own.
    lent = {"black box": 20, "agent": 20}
    assert main_field(title, abstract, parents=parents, weights=lent) == ["maths"]
    # A category says nothing of it.
    assert main_field("On birds", "", categories=[("p", "graphs", "cs.DM")]) == []


FIELD_WORDS = [
    ("ai", "*", 0),
    ("ai", "agent", 300),
    ("biology", "*", 0),
    ("biology", "bird", 900),
    ("biology", "nest", 900),
]


def test_words_of_fields_weigh_in_which_field_is_the_main_one():
    parents = {"graphs": "maths", "agents": "ai", "nests": "biology"}
    more = {"parents": parents, "field_words": FIELD_WORDS}
    assert main_field("Graphs of agents", "An agent.", **more) == ["ai"]
    # A field that no topic is of is one where several words make it likely, and the main one.
    rows = topics_of("Nests of birds", "A bird nests.", **more)
    assert {name: row["is_main_field"] for name, row in rows.items()} == {"biology": True}
    assert rows["biology"]["evidence"] == "words"
    assert set(rows["biology"]["matched_text"].split(", ")) == {"bird", "nest"}
    assert not topics_of("On birds", "Birds, birds.", **more)


def test_the_main_field_does_not_depend_on_the_papers_beside():
    known = phrases([("bolts", "bolt", False), ("agents", "agent", False)])
    more = {"known": known, "parents": {"bolts": "engineering", "agents": "ai"}}
    more |= {"field_words": [("ai", "*", -300), *FIELD_WORDS[1:]]}
    papers = [
        {"paper_id": "a", "title": "Nests of birds", "abstract": "A bird nests."},
        {"paper_id": "b", "title": "Bolts", "abstract": "A bolt."},
        {"paper_id": "c", "title": "Agents", "abstract": "Of birds."},
    ]
    alone = [row for paper in papers for row in tag([paper], **more)]
    assert tag(papers, **more) == alone
    assert {row["topic_id"] for row in alone if row["is_main_field"]} >= {"engineering"}


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
