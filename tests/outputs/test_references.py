"""References of any query: what people's reference managers and typesetters read."""

import io
import json
import warnings
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
from citeproc import formatter as citeproc_formatter
from citeproc.source.json import CiteProcJSON
from helpers import (
    SHARED,
    arrow_page,
    assert_clean_failure,
    needs_sample,
    needs_shared,
    papermart,
    put,
    sample_warehouse,
    small_build,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import parse_string

from pipeline.contract.errors import PipelineError
from pipeline.outputs.bibliography import (
    Reference,
    citation_keys,
    write_bibtex,
    write_csl,
)
from pipeline.outputs.cited_names import cited_name
from pipeline.outputs.journal_refs import JournalRef, read_journal_ref
from pipeline.outputs.marked_text import html, plain, tex, tex_title
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
            **dict.fromkeys(("volume", "issue", "page", "annote"), _TEXT),
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
        (r"Of $a\$ and b", r"Of \$a\$ and b"),
        (r"Of \input{x} and K\"a", r"\textbackslash{}input\textbraceleft{}x\textbraceright{} and"),
        (r"Of \emph{\input{x}}", r"\emph{\textbackslash{}input\textbraceleft{}x"),
        (r"Of {\em } \emph{x", r"{\em } \textbackslash{}emph\textbraceleft{}x"),
        (r"Of {\catcode 1} \em x", r"\textbraceleft{}\textbackslash{}catcode 1"),
        (r"Of } @misc{x, title={y}", r"Of \textbraceright{} @misc\textbraceleft{}x"),
    ],
)
def test_no_title_ends_its_entry_or_commands_tex(title, spelled):
    written = bibtex(Reference("p1", title, ["Ann } Lee", r"\input{x} Fox"]), HARD)
    assert spelled in written
    entries = parse_string(written, "bibtex").entries
    assert len(entries) == 2
    assert r"\input{" not in written


ODD_TEXT = st.lists(
    st.sampled_from(
        [
            *'{}$\\%#&_^~@",= ab\n-',
            "\\{",
            "$$",
            "and",
            "é",
            "BERT",
            "--",
            "{\\em ",
            r"\emph{",
            "<i>",
            "</i>",
            "<sub>",
            "</sub>",
            r"\"a",
            r"\v s",
            r"\c{c}",
            r"\o",
            r"\ss{}",
            r"\-",
            r"\&",
            r"\input{x}",
        ]
    )
).map("".join)


@settings(max_examples=60)
@given(ODD_TEXT)
def test_any_text_is_read_back_as_one_entry(text):
    values = {"venue": text, "abstract": text, "url": text, "year": 2024}
    values |= {"journal_ref": text, "comments": text}
    reference = Reference("p1", f"A {text}", [f"Ann {text}", f"B {text} C"], values=values)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert len(parse_string(bibtex(reference, HARD), "bibtex").entries) == 2


@settings(max_examples=100)
@given(ODD_TEXT)
def test_what_is_written_for_latex_is_balanced_and_read_as_the_same(text):
    written = tex(text)
    assert written.count("{") == written.count("}")
    assert r"\input" not in "".join(part for part in written.split("$")[::2])
    assert tex(written) == written
    assert plain(written) == plain(text)


@pytest.mark.parametrize(
    ("title", "in_latex", "in_csl"),
    [
        (
            r"Flows on K\"ahler Cones: 100\% of {\em All} Cases, R\&D",
            r"Flows on K\"ahler Cones: 100\% of {\em All} Cases, R\&D",
            "Flows on Kähler Cones: 100% of <i>All</i> Cases, R&D",
        ),
        (r"M\"OBIUS, {\'E}t\'e", r"{M\"OBIUS}, {\'E}t\'e", "MÖBIUS, Été"),
        (
            r"\v{S}\v c \c c, S\o ren, Gau\ss",
            r"\v{S}\v c \c c, S\o ren, Gau\ss",
            "Šč ç, Søren, Gauß",
        ),
        (r"na\"{\i}ve C\# a\_b \$5", r"na\"{\i}ve C\# a\_b \$5", "naïve C# a_b $5"),
        (
            r"\textbf{A \emph{b}} \textit{c}",
            r"\textbf{A \emph{b}} \textit{c}",
            "<b>A <i>b</i></b> <i>c</i>",
        ),
        (
            r"Navier--Stokes, Fig.~3 re\-told",
            r"Navier--Stokes, Fig.~3 re\-told",
            "Navier–Stokes, Fig.\xa03 retold",
        ),
        ("Make $$$ of $$x$$", r"Make \$\$\$ of \$$x$\$", "Make $$$ of $$x$$"),
        # Braces group where other TeX stands, else they are signs.
        (r"{Ada} and K\"a", r"{Ada} and K\"a", "Ada and Kä"),
        (
            "{Ada} and {b",
            r"\textbraceleft{}Ada\textbraceright{} and \textbraceleft{}b",
            "{Ada} and {b",
        ),
        # No letter has such an accent: left of quoted strings.
        (r"It\'s a don\'t", r"It\textbackslash{}'s a don\textbackslash{}'t", r"It\'s a don\'t"),
        (
            "10~20 Hz, ~5 --help",
            r"10\textasciitilde{}20 Hz, \textasciitilde{}5 --help",
            "10~20 Hz, ~5 --help",
        ),
        (
            "H<sub>2</sub>O<sup>+</sup>",
            r"H\textsubscript{2}O\textsuperscript{+}",
            "H<sub>2</sub>O<sup>+</sup>",
        ),
        (
            "<i>E. coli</i> in <b>XL</b>",
            r"\textit{E. coli} in \textbf{{XL}}",
            "<i>E. coli</i> in <b>XL</b>",
        ),
        ("a<b and <i>c, <u>d</u>", "a<b and <i>c, <u>d</u>", "a<b and <i>c, <u>d</u>"),
        ("<i>a <b>b</i> c</b>", r"\textit{a <b>b} c</b>", "<i>a <b>b</i> c</b>"),
    ],
)
def test_tex_and_tags_of_a_title_become_what_the_format_has(title, in_latex, in_csl):
    assert tex_title(title) == in_latex
    assert html(title) == in_csl


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
        # Processors know that such names begin with the family; BibTeX's styles do not.
        {"family": "李", "given": "明"},
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


GROUPS_AND_LONE = ("DeepSeek-AI", "Qwen Team", "The ATLAS Collaboration", "Foo and Bar", "Meta AI")


@pytest.mark.parametrize("name", [*GROUPS_AND_LONE, "Acme Inc.", "Plato", "Ann Lee & Bo Fox"])
def test_a_name_of_one_word_or_of_a_body_is_not_parted(name):
    assert cited_name(name) is None
    reference = Reference("p1", "T", [name])
    assert csl(reference)[0]["author"] == [{"literal": name}]
    (entry,) = parse_string(bibtex(reference), "bibtex").entries.values()
    assert [str(person) for person in entry.persons["author"]] == ["{" + tex(name) + "}"]


@pytest.mark.parametrize(
    ("name", "given", "particle", "family", "suffix"),
    [
        ("José Ortega y Gasset", "José", "", "Ortega y Gasset", ""),
        ("Ortega y Gasset, José", "José", "", "Ortega y Gasset", ""),
        ("Mies van der Rohe, Ludwig", "Ludwig", "", "Mies van der Rohe", ""),
        ("Jan van der Berg Jr.", "Jan", "van der", "Berg", "Jr."),
        ("Maria da Silva e Souza", "Maria", "da", "Silva e Souza", ""),
        ("Charles de La Vallée Poussin", "Charles", "de", "La Vallée Poussin", ""),
        ("Musa al-Khwarizmi", "Musa", "", "al-Khwarizmi", ""),
        ("Luc Van Gool", "Luc", "", "Van Gool", ""),
        ("Prof. Dr. Karl Weiß", "Karl", "", "Weiß", ""),
        ("Ada Lovelace, PhD", "Ada", "", "Lovelace", ""),
        (r"Erich K\"ahler", "Erich", "", "Kähler", ""),
        ("Qi Ai", "Qi", "", "Ai", ""),
        ("Wei  Wang", "Wei", "", "Wang", ""),
    ],
)
def test_both_formats_split_a_name_alike(name, given, particle, family, suffix):
    reference = Reference("p1", "T", [name])
    parts = {"given": given, "non-dropping-particle": particle, "family": family, "suffix": suffix}
    assert csl(reference)[0]["author"] == [{part: text for part, text in parts.items() if text}]
    (entry,) = parse_string(bibtex(reference), "bibtex").entries.values()
    (person,) = entry.persons["author"]
    assert " ".join((*person.first_names, *person.middle_names)) == given
    last = " ".join((*person.prelast_names, *person.last_names))
    assert last == f"{particle} {family}".strip()
    assert " ".join(person.lineage_names) == suffix


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Phys. Nets D 76, 013009 (2007)", ("Phys. Nets D", "76", 2007, None, "013009")),
        ("Nets 521 (2015) 436--444", ("Nets", "521", 2015, None, "436-444")),
        ("J. Nets, vol. 62, no. 5, pp. 23-40, 2016", ("J. Nets", "62", 2016, "5", "23-40")),
        ("Ann. Nets 7(2-3):1–9 (2023).", ("Ann. Nets", "7", 2023, "2-3", "1-9")),
        ("Nets & Birds 7 (2023)", ("Nets & Birds", "7", 2023, None, None)),
        ("Proceedings of Nets 7 (2023) 1-9", None),
        ("ICNN 37 (2020) 1-9", None),  # perhaps a conference
        ("Nets 5 (2015) 4; Birds 3 (2016) 1", None),
        ("Nets 5 (2015) 4, to appear", None),
        ("Phys.Nets.D76:013009,2007", None),
        ("", None),
    ],
)
def test_a_journal_reference_is_understood_whole_or_not_at_all(text, told):
    assert read_journal_ref(text) == (told and JournalRef(*told))


def test_a_journal_reference_that_is_understood_makes_an_article():
    values = {"journal_ref": "J. Nets & Birds 7(2), 1-9 (2023)", "comments": "9 pages, 50% new"}
    values |= {"record_type": "preprint", "year": 2021, "arxiv_id": "2101.00001"}
    reference = Reference("p1", "On Nets", ["Ann Lee"], values=values)
    (entry,) = parse_string(bibtex(reference), "bibtex").entries.values()
    assert entry.type == "article"
    fields = ("journal", "volume", "number", "pages", "year", "annote", "eprint")
    assert [entry.fields[name] for name in fields] == [
        *(r"J. Nets \& Birds", "7", "2", "1--9", "2023", r"9 pages, 50\% new", "2101.00001")
    ]
    assert "note" not in entry.fields
    (item,) = csl(reference)
    assert (item["type"], item["container-title"]) == ("article-journal", "J. Nets & Birds")
    assert (item["volume"], item["issue"], item["page"]) == ("7", "2", "1-9")
    assert item["issued"] == {"date-parts": [[2023]]}
    assert item["annote"] == "9 pages, 50% new"


@pytest.mark.parametrize(
    "values",
    [
        {"journal_ref": "Proc. Nets 7 (2023)."},
        # What a listing calls the venue is cited; the line stays beside it.
        {"journal_ref": "Proc. Nets 7 (2023)", "venue": "JMLR", "record_type": "journal_article"},
    ],
)
def test_another_journal_reference_is_a_note_before_what_to_know_of_the_authors(values):
    reference = Reference("p1", "T", ["Ann Lee"], is_cut=True, n_authors=3, values=values)
    note = "Proc. Nets 7 (2023). Author list incomplete: 1 of 3 known"
    (entry,) = parse_string(bibtex(reference), "bibtex").entries.values()
    assert entry.fields["note"] == csl(reference)[0]["note"] == note


def test_keys_are_the_same_in_every_query_and_told_apart():
    one = Reference("p111111aaaaaa", "The LoRA of Nets", ["Ann Lee"], values={"year": 2024})
    two = Reference("p111111bbbbbb", "The LoRA of Nets", ["Ann Lee"], values={"year": 2024})
    assert citation_keys([one, two]) == ["lee2024lora-aaaaaa", "lee2024lora-bbbbbb"]
    assert citation_keys([two]) == ["lee2024lora-bbbbbb"]
    marked = Reference("pcccccc", r"{\em K\"ahler} <i>Cones</i>", ["Ortega y Gasset, José"])
    assert citation_keys([marked, marked]) == [
        "ortegaygassetkahler-cccccc",
        "ortegaygassetkahler-cccccc-2",
    ]


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


def test_a_query_without_paper_id_is_told_to_add_it(engine):
    with pytest.raises(PipelineError, match=r"add paper_id to the SELECT; .* gives topic, n"):
        read_references(engine, "select topic, 1 as n from topics")
    with pytest.raises(PipelineError, match=r"add paper_id to the SELECT; .* gives title, year"):
        read_references(engine, "select title, year from papers")
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
    assert_clean_failure(failed, "add paper_id to the SELECT", "gives x")
    assert failed.stdout == ""


def bibtex_of_page(folder: Path, name: str, content: str) -> str:
    """What the command writes of a saved page alone, as a person would ask for it."""
    raw, root = put(folder / "raw", {name: content}), folder / "warehouse"
    assert papermart("build", "--raw", raw, "--warehouse", root).returncode == 0
    sql = "select paper_id from papers order by title"
    return papermart("query", sql, "--format", "bibtex", "--warehouse", root).stdout


def test_tex_and_names_of_a_page_reach_the_entry(tmp_path):
    papers = [
        (r"Nets on M\"obius Bands: 90\% of {\em Some} Knots, Q\&A", ["Ann Lee"], 2024),
        ("Twice Told", ["Juan Ortega y Gasset", "Ann Lee, PhD"], 2024),
    ]
    written = bibtex_of_page(tmp_path, "page.txt", arrow_page("Ann Lee", papers))
    assert r"title = {Nets on M\"obius Bands: 90\% of {\em Some} Knots, Q\&A}" in written
    assert "author = {Ortega y Gasset, Juan and Lee, Ann}" in written


CASE = SHARED / "cases" / "bibtex-tex-in-title"


@needs_shared
@pytest.mark.skipif(not CASE.is_dir(), reason=f"no {CASE}")
def test_a_saved_search_gives_the_entries_that_are_expected(tmp_path):
    page = (CASE / "search.html").read_text(encoding="utf-8")
    written = bibtex_of_page(tmp_path, "search.html", page)
    for line in (CASE / "expected.txt").read_text(encoding="utf-8").split(" ; "):
        assert line.strip() in written


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
    n_told = sum(bool(reference.values["journal_ref"]) for reference in found)
    assert len(with_others) <= len(notes) <= n_cut + len(without) + n_told
