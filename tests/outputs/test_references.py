"""References of any query: what people's reference managers and typesetters read."""

import io
import json
import warnings
from datetime import date

import jsonschema
import pytest
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
from citeproc import formatter as citeproc_formatter
from citeproc.source.json import CiteProcJSON
from helpers import assert_clean_failure, needs_sample, papermart, sample_warehouse, small_build
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import parse_string

from pipeline.contract.errors import PipelineError
from pipeline.outputs.bibliography import (
    Reference,
    citation_keys,
    name_parts,
    write_bibtex,
    write_csl,
)
from pipeline.outputs.references import read_references
from pipeline.storage.published_file import open_published

HARD = Reference(
    "p00hard",
    r"50% of {R&D}: $k$-means_x, \alpha, BERT ~ ^ # and a $5 bill",
    ["Jan van der Berg Jr.", "Qwen Team", "José Peña", "R&D Lab", "李明"],
    is_cut=True,
    n_authors=9,
    values={
        "year": 2024,
        "published_date": date(2024, 5, 6),
        "record_type": "conference_paper",
        "venue": "ICML & Friends",
        "doi": "10.1/a_b{c}",
        "url": "https://x.org/a_b?c=%20d#e",
        "abstract": 'An unmatched { and a "quote" and 100 %.',
    },
)

# CSL-JSON 1.0.2, as far as papermart writes it; nothing else is allowed.
_TEXT = {"type": "string", "minLength": 1}
CSL_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["id", "type", "title"],
        "additionalProperties": False,
        "properties": {
            **dict.fromkeys(("id", "title", "container-title", "archive", "note"), _TEXT),
            **dict.fromkeys(("archive_location", "DOI", "URL", "abstract"), _TEXT),
            "type": {"enum": ["article", "article-journal", "paper-conference"]},
            "issued": {
                "type": "object",
                "required": ["date-parts"],
                "additionalProperties": False,
                "properties": {
                    "date-parts": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 1,
                        "items": {
                            "type": "array",
                            "items": {"type": "integer"},
                            "minItems": 1,
                            "maxItems": 3,
                        },
                    }
                },
            },
            "author": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "minProperties": 1,
                    "properties": dict.fromkeys(
                        ("family", "given", "non-dropping-particle", "suffix", "literal"), _TEXT
                    ),
                },
            },
            "custom": {"type": "object"},
        },
    },
}


def bibtex(*references: Reference) -> str:
    stream = io.StringIO()
    write_bibtex(references, stream)
    return stream.getvalue()


def csl(*references: Reference) -> list[dict]:
    stream = io.StringIO()
    write_csl(references, stream)
    items = json.loads(stream.getvalue())
    jsonschema.validate(items, CSL_SCHEMA)
    return items


def bibliography(items: list[dict]) -> list[str]:
    """Set the items as a processor of citation styles does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # citeproc-py says of `custom` that it ignores it
        source = CiteProcJSON(items)
        style = CitationStylesStyle("harvard-cite-them-right", validate=False)
        listed = CitationStylesBibliography(style, source, citeproc_formatter.plain)
        for item in items:
            listed.register(Citation([CitationItem(item["id"])]))
        return [str(entry) for entry in listed.bibliography()]


# ---------------------------------------------------------------- one entry


def test_hard_text_is_read_back_by_bibtex():
    (entry,) = parse_string(bibtex(HARD), "bibtex").entries.values()
    assert entry.type == "inproceedings"
    assert entry.fields["title"] == (
        r"50\% of \textbraceleft{}R\&D\textbraceright{}: $k$-means\_x, \textbackslash{}alpha, "
        r"{BERT} \textasciitilde{} \textasciicircum{} \# and a \$5 bill"
    )
    assert entry.fields["booktitle"] == r"ICML \& Friends"
    assert entry.fields["doi"] == "10.1/a_b%7Bc%7D"
    assert entry.fields["url"] == "https://x.org/a_b?c=%20d#e"
    assert entry.fields["note"] == "Author list incomplete: 5 of 9 known"
    people = entry.persons["author"]
    first = people[0]
    assert (first.first_names, first.prelast_names) == (["Jan"], ["van", "der"])
    assert (first.last_names, first.lineage_names) == (["Berg"], ["Jr."])
    assert [str(person) for person in people[1:]] == [
        "{Qwen Team}",
        "Peña, José",
        r"{R\&D Lab}",
        "{李明}",
        "others",
    ]


@pytest.mark.parametrize(
    ("title", "spelled"),
    [
        (r"Of $\alpha_1 \leq \frac{1}{2}$", r"Of $\alpha_1 \leq \frac{1}{2}$"),
        (r"Of $\input{/etc/passwd}$", r"\$\textbackslash{}input\textbraceleft{}/etc/passwd"),
        (r"Of $^^5cinput{x}$", r"\textasciicircum{}\textasciicircum{}5cinput"),
        (r"Of $\immediate\write18{rm}$", r"\textbackslash{}write18"),
        (r"Of $50% of x$ and more", r"Of $50\% of x$ and more"),
        (r"Of $50\% of #x$", r"Of $50\% of \#x$"),
        (r"Of $a\$ and b", r"\$a\textbackslash{}\$ and b"),
        (r"Of } @misc{x, title={y}", r"Of \textbraceright{} @misc\textbraceleft{}x"),
    ],
)
def test_no_title_ends_its_entry_or_commands_tex(title, spelled):
    written = bibtex(Reference("p1", title, ["Ann } Lee", r"\input{x} Fox"]), HARD)
    assert spelled in written
    entries = parse_string(written, "bibtex").entries
    assert len(entries) == 2
    assert r"\input{" not in written


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from([*'{}$\\%#&_^~@",= ab\n', "\\{", "$$", "and", "é"])).map("".join))
def test_any_text_is_read_back_as_one_entry(text):
    values = {"venue": text, "abstract": text, "url": text, "year": 2024}
    reference = Reference("p1", f"A {text}", [f"Ann {text}", f"B {text} C"], values=values)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert len(parse_string(bibtex(reference, HARD), "bibtex").entries) == 2


def test_the_same_entry_as_csl():
    (item,) = csl(HARD)
    assert item["type"] == "paper-conference"
    assert item["title"] == HARD.title
    assert item["issued"] == {"date-parts": [[2024, 5, 6]]}
    assert item["author"] == [
        {
            "family": "Berg",
            "given": "Jan",
            "non-dropping-particle": "van der",
            "suffix": "Jr.",
        },
        {"literal": "Qwen Team"},
        {"family": "Peña", "given": "José"},
        {"literal": "R&D Lab"},
        {"literal": "李明"},
        {"literal": "others"},
    ]
    (entry,) = bibliography([item])
    assert "van der Berg" in entry
    assert "2024" in entry


@pytest.mark.parametrize(
    ("record_type", "venue", "kind", "field", "csl_type"),
    [
        ("conference_paper", "ICML", "inproceedings", "booktitle", "paper-conference"),
        ("journal_article", "JMLR", "article", "journal", "article-journal"),
        ("preprint", None, "misc", None, "article"),
        (None, None, "misc", None, "article"),
        ("journal_article", None, "misc", None, "article-journal"),
    ],
)
def test_the_entry_type_follows_what_the_paper_is(record_type, venue, kind, field, csl_type):
    values = {"record_type": record_type, "venue": venue, "arxiv_id": "2401.00001"}
    values |= {"primary_category": "cs.LG"}
    reference = Reference("p1", "On Nets", ["Ann Lee"], values=values)
    (entry,) = parse_string(bibtex(reference), "bibtex").entries.values()
    assert entry.type == kind
    assert entry.fields.get(field) == venue if field else "booktitle" not in entry.fields
    assert entry.fields["eprint"] == "2401.00001"
    assert entry.fields["archiveprefix"] == "arXiv"
    assert entry.fields["primaryclass"] == "cs.LG"
    (item,) = csl(reference)
    assert (item["type"], item["archive_location"]) == (csl_type, "2401.00001")


def test_a_name_of_one_word_or_of_a_body_is_not_parted():
    for name in ("DeepSeek-AI", "Qwen Team", "The ATLAS Collaboration", "Foo and Bar", "Meta AI"):
        assert name_parts(name) is None, name
    for name, last in (("Qi Ai", "Ai"), ("Leonardo da Vinci", "Vinci"), ("Wei  Wang", "Wang")):
        assert name_parts(name).last == [last]


def test_keys_are_the_same_in_every_query_and_told_apart():
    one = Reference("p111111aaaaaa", "The LoRA of Nets", ["Ann Lee"], values={"year": 2024})
    two = Reference("p111111bbbbbb", "The LoRA of Nets", ["Ann Lee"], values={"year": 2024})
    assert citation_keys([one, two]) == ["lee2024lora-aaaaaa", "lee2024lora-bbbbbb"]
    assert citation_keys([two]) == ["lee2024lora-bbbbbb"]
    bare = Reference(None, "Über", ())
    assert citation_keys([bare, bare]) == ["uber", "uber-2"]


# ---------------------------------------------------------------- references of a query


@pytest.fixture
def engine():
    with open_published(small_build()[0] / "warehouse.duckdb") as engine:
        yield engine


def test_rows_with_paper_id_give_whole_entries_in_order_each_once(engine):
    sql = """
        select year, paper_id from papers cross join range(2) where year >= 2022 order by title desc
    """
    found = read_references(engine, sql)
    assert [reference.title for reference in found] == [
        "Sparse Attention on Small Devices",
        "Measuring Drift in Recommender Systems",
        "Federated Learning with Lazy Clients",
        "A Survey of Language Models in Law",
    ]
    assert list(found[2].authors) == ["Ann Lee", "Cy Roy", "Bo Chen"]
    assert found[2].values["published_date"] == date(2022, 3, 3)


def test_rows_with_papers_columns_give_what_they_hold(engine):
    (found,) = read_references(
        engine, "select 'On Nets' as title, 2020 as year, 'Bo' as first_author"
    )
    assert (found.title, found.year, found.authors) == ("On Nets", 2020, ["Bo"])
    sql = "select 'T' as title, 'Bo Chen' as first_author, 4 as n_authors"
    (entry,) = parse_string(bibtex(*read_references(engine, sql)), "bibtex").entries.values()
    assert [str(person) for person in entry.persons["author"]] == ["Chen, Bo", "others"]


def test_a_query_without_papers_is_told_what_to_select(engine):
    with pytest.raises(PipelineError, match=r"select paper_id .* gives topic, n"):
        read_references(engine, "select topic, 1 as n from topics")
    with pytest.raises(PipelineError, match="there is no paper nobody"):
        read_references(engine, "select 'nobody' as paper_id")
    assert read_references(engine, "select paper_id from papers where false") == []


def test_the_command_writes_both_forms_and_fails_cleanly():
    root = small_build()[0]
    sql = "select paper_id from papers order by title"
    done = papermart("query", sql, "--format", "bibtex", "--warehouse", root)
    assert len(parse_string(done.stdout, "bibtex").entries) == 6
    done = papermart("query", sql, "--format", "csl", "--warehouse", root)
    jsonschema.validate(json.loads(done.stdout), CSL_SCHEMA)
    failed = papermart("query", "select 1 as x", "--format", "csl", "--warehouse", root)
    assert_clean_failure(failed, "select paper_id", "gives x")
    assert failed.stdout == ""


@needs_sample
def test_every_paper_of_the_sample_corpus_is_read_by_other_tools():
    with open_published(sample_warehouse() / "warehouse.duckdb") as engine:
        found = read_references(engine, "select paper_id from papers order by title")
        n_cut = engine.scalar("select count(*) from papers where authors_complete = false")
    entries = parse_string(bibtex(*found), "bibtex").entries
    assert len(entries) == len(found) == 137
    items = csl(*found)
    assert len(bibliography(items)) == len(found)
    with_others = [e for e in entries.values() if "others" in map(str, e.persons.get("author", []))]
    without = [e for e in entries.values() if "author" not in e.persons]
    notes = [e for e in entries.values() if "note" in e.fields]
    assert with_others
    assert all("key" in entry.fields for entry in without)
    # Some openly cut lists have been completed from another page of the same paper.
    assert len(with_others) <= len(notes) <= n_cut + len(without)
