"""HTML pages: whole ones (ours, and those beside the checkout) against their truth; hostile ones.

What a page carries is compared field by field; what no page should do (hang, raise, run, ask the
network) is tried with sizes that keep the tests fast. Golden pairs are in `test_sources`.
"""

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from growth import assert_linear, repeated
from helpers import ROOT, SHARED, needs_shared

from pipeline.extraction.ledger import Ledger
from pipeline.sources import tags
from pipeline.sources.dump import Dump, guess_form
from pipeline.sources.registry import own_sources, recognise
from pipeline.sources.tags import live_tags
from pipeline.text.dates import make_date, month_number
from pipeline.text.whitespace import fold_space, split_lines

_GOLDEN = ROOT / "tests" / "data" / "sources"
_SEARCH = (_GOLDEN / "arxiv_search" / "html_versions_doi_hits.html").read_text("utf-8")
_LIST = (_GOLDEN / "arxiv_list" / "recent.html").read_text("utf-8")
_DAILY = (_GOLDEN / "huggingface_papers" / "html_daily.html").read_text("utf-8")
_PAGES = {"arxiv_search": _SEARCH, "arxiv_list": _LIST, "huggingface_papers": _DAILY}
_CARD = _SEARCH[_SEARCH.index('  <li class="arxiv-result">') : _SEARCH.index("</li>") + 5]
_FEW_TAGS = 1_000  # from which pages are read in parts: where time is compared, both pages are
_TITLES = ["Quiet Rivers & Loud Streams: a $\\ell_1$ View", "A Short Note on Reeds"]


def _dump(text):
    lines = split_lines(text)
    return Dump(lines, guess_form(lines))


def _parse(text, name=None):
    """Read a page, check what holds of every page, and return it with what was found."""
    dump = _dump(text)
    source = own_sources()[name] if name else recognise(dump)
    result = source.parse(dump)
    counts = Ledger(dump, result).counts
    parts = ("n_lines_card", "n_lines_furniture", "n_lines_unclaimed", "n_lines_blank")
    assert sum(counts[part] for part in parts) == len(dump.lines)
    for record in result.records:
        assert record.title
        assert 1 <= record.line_start <= record.line_end <= len(dump.lines)
    return dump, result


def _titles(result):
    return [record.title for record in result.records]


# ---------- the saved pages


class _Saved(NamedTuple):
    """Saved pages with their truth, and what they say of themselves."""

    folder: Path
    n_search: int
    n_author: int
    author: str
    n_listed: int
    month_day: str
    n_without_id: int


_SAVED = {
    "own": _Saved(ROOT / "tests" / "data" / "pages", 8, 4, "Amsel, Ada", 6, "06-02", 1),
    "real": _Saved(SHARED / "pages", 200, 50, "Levine, Sergey", 136, "08-01", 8),
}


@pytest.fixture(params=["own", pytest.param("real", marks=needs_shared)])
def saved(request):
    return _SAVED[request.param]


def _page(saved, name):
    truth = json.loads((saved.folder / f"{name}.truth.json").read_text("utf-8"))
    dump, result = _parse((saved.folder / f"{name}.html").read_text("utf-8"))
    assert len(result.records) == len(truth)
    assert not result.issues
    assert Ledger(dump, result).counts["n_lines_unclaimed"] == 0
    return dump, result, truth


def _fields(record, expected):
    names = {"authors": [author.name for author in record.authors]}
    return {key: names.get(key, getattr(record, key)) for key in expected}


def _day(text):
    day, month, year = re.fullmatch(r"(\d+) (\w+),? (\d+)", text).groups()
    return make_date(int(year), month_number(month), int(day))


def _month(text):
    month, year = text.split()
    return f"{year}-{month_number(month):02}"


def _true_search(true):
    return {
        "arxiv_id": true["id"],
        "arxiv_version": true["version"],
        "url": true["abs_url"],
        "categories": tuple(true["categories"]),
        "primary_category": true["primary"],
        "doi": next(iter(true["doi"]), None),
        "title": fold_space(true["title"]),
        "authors": true["authors"],
        "n_authors_total": len(true["authors"]) + true["authors_not_shown"],
        "authors_complete": not true["authors_not_shown"],
        "abstract": fold_space(true["abstract"]),
        "is_abstract_complete": True,
        "published_date": _day(true["v1_submitted"] or true["submitted"]),
        "updated_date": _day(true["submitted"]),
        "announced_month": _month(true["announced"]),
        "comments": true.get("comments"),
        "journal_ref": true.get("journal_ref"),
    }


def test_arxiv_search_page_equals_truth(saved):
    dump, result, truth = _page(saved, "arxiv_search")
    assert dump.form == "html"
    assert result.page.query == "abstract: distributed systems"
    assert result.page.declared_papers == saved.n_search
    for record, true in zip(result.records, truth, strict=True):
        expected = _true_search(true)
        assert _fields(record, expected) == expected


def test_arxiv_author_page_equals_truth(saved):
    _, result, truth = _page(saved, "arxiv_search_author")
    assert result.page.query == f"author: {saved.author}"
    assert result.page.declared_papers == saved.n_author
    for record, true in zip(result.records, truth, strict=True):
        n_listed = len(record.authors)
        expected = {
            "arxiv_id": true["paper_id"],
            "arxiv_version": true["version"],
            "categories": (true["primary_classification"], *true["secondary_classification"]),
            "title": fold_space(true["title"]),
            # The page cuts the list at 25, the truth, from another source, does not.
            "authors": true["authors"][:n_listed],
            "n_authors_total": len(true["authors"]),
            "authors_complete": len(true["authors"]) == n_listed,
            "abstract": fold_space(true["abstract"]),
            "published_date": date.fromisoformat(true["submitted_date_first"]),
            "updated_date": date.fromisoformat(true["submitted_date"]),
            "comments": true["comments"],
            "journal_ref": true["journal_ref"],
        }
        assert _fields(record, expected) == expected
        assert n_listed in (25, len(true["authors"]))


def test_arxiv_list_page_equals_truth(saved):
    _, result, truth = _page(saved, "arxiv_list_recent")
    assert result.page.declared_papers == saved.n_listed
    assert result.page.captured_on == date(2026, 6, 30)
    for record, true in zip(result.records, truth, strict=True):
        expected = {
            "arxiv_id": true["arxiv_id"],
            "title": fold_space(true["title"]),
            "authors": true["authors"],
            "authors_complete": True,
            "categories": tuple(true["categories"]),
            "primary_category": true["categories"][0],
            "comments": true["comments"],
            "abstract": None,  # the truth has it, the page of recent papers does not
            "announced_month": "2026-06",
            "published_date": None,
            "year": None,
        }
        assert _fields(record, expected) == expected


def _true_daily(item):
    paper = item["paper"]
    return {
        "arxiv_id": paper["id"],
        "url": f"https://huggingface.co/papers/{paper['id']}",
        "title": fold_space(paper["title"]),
        "n_authors_total": len(paper["authors"]),
        "n_upvotes": paper["upvotes"],
        "n_comments": item["numComments"],
    }


def test_daily_page_equals_its_json_and_its_cards(saved):
    text = (saved.folder / "hf_daily.html").read_text("utf-8")
    papers = json.loads((saved.folder / "hf_daily.props.json").read_text("utf-8"))
    _, whole = _parse(text)
    _, shown = _parse(text.replace('data-target="DailyPapers" data-props', "data-lost"))
    assert whole.page.page_month_day == shown.page.page_month_day == saved.month_day
    assert len(whole.records) == len(shown.records) == len(papers["dailyPapers"])
    for record, card, item in zip(whole.records, shown.records, papers["dailyPapers"], strict=True):
        expected = _true_daily(item)
        assert _fields(card, expected) == expected
        expected |= {
            "authors": [fold_space(author["name"]) for author in item["paper"]["authors"]],
            "authors_complete": True,
            "abstract": fold_space(item["paper"]["summary"]),
            "published_date": date.fromisoformat(item["paper"]["publishedAt"][:10]),
        }
        assert _fields(record, expected) == expected
        assert (card.authors, card.authors_complete, card.abstract) == ((), False, None)


def test_three_forms_of_one_page_give_the_same_records(saved):
    """Every field that a form carries; the spaced form has a preview of the abstract only."""
    pages = {}
    for form, suffix in (("html", "html"), ("compact", "compact.txt"), ("spaced", "spaced.txt")):
        dump, result = _parse((saved.folder / f"arxiv_search.{suffix}").read_text("utf-8"))
        assert dump.form == form
        pages[form] = result.records
    everywhere = ("title", "authors", "n_authors_total", "authors_complete", "published_date")
    everywhere += ("updated_date", "announced_month", "year", "is_year_inferred", "record_type")
    carried = {
        "compact": ("abstract", "is_abstract_complete"),
        "spaced": ("comments", "journal_ref"),
    }
    identified = ("arxiv_id", "url", "categories", "primary_category")
    for html, compact, spaced in zip(*pages.values(), strict=True):
        for form, record in (("compact", compact), ("spaced", spaced)):
            names = [*everywhere, *carried[form], *(identified if record.arxiv_id else ())]
            expected = {name: getattr(html, name) for name in names}
            assert {name: getattr(record, name) for name in names} == expected
    assert sum(record.arxiv_id is None for record in pages["spaced"]) == saved.n_without_id


def test_every_card_stands_on_the_lines_it_names(saved):
    for name in ("arxiv_search", "arxiv_search_author", "arxiv_list_recent"):
        dump, result, _ = _page(saved, name)
        tags = ("<dt", "</dd>") if name == "arxiv_list_recent" else ("<li class=", "</li>")
        for record in result.records:
            card = dump.lines[record.line_start - 1 : record.line_end]
            assert tags[0] in card[0]
            assert tags[1] in card[-1]
            assert "\n".join(card).count(f"/abs/{record.arxiv_id}") == 1


# ---------- forms


def test_text_sites_are_not_asked_about_markup():
    # `Authors:` on lines of their own would make this a text page of arXiv.
    text = "<html><body>" + "\nAuthors:\nKim Roe\nAbstract:\nWords." * 5
    assert recognise(_dump(text)) is None


@pytest.mark.parametrize("name", _PAGES)
def test_pages_are_known_by_their_markup_alone(name):
    body = _PAGES[name].partition("<body")[2].partition(">")[2]
    for text in (_PAGES[name], _PAGES[name].replace("<!DOCTYPE html>", ""), body):
        dump = _dump(text)
        assert dump.form == "html"
        assert recognise(dump) is own_sources()[name]


@pytest.mark.parametrize("name", _PAGES)
def test_a_page_on_one_line_is_read(name):
    _, usual = _parse(_PAGES[name])
    dump, result = _parse(" ".join(_PAGES[name].split("\n")))
    assert _titles(result) == _titles(usual)
    assert {(record.line_start, record.line_end) for record in result.records} == {(1, 1)}
    assert Ledger(dump, result).counts["n_lines_card"] == 1


def test_two_pages_in_one_file_are_both_read():
    for page in (_SEARCH, _LIST, _DAILY):
        _, once = _parse(page)
        _, twice = _parse(page + "\n" + page)
        assert _titles(twice) == _titles(once) * 2


def test_text_beside_a_page_is_reported():
    dump, result = _parse(f"A note of mine.\n{_SEARCH}\nAnother note.\nAnd more.")
    assert _titles(result) == _TITLES
    assert [issue.text for issue in result.issues] == [
        "A note of mine.",
        "Another note.\nAnd more.",
    ]
    assert Ledger(dump, result).counts["n_lines_unclaimed"] == 3


def test_cards_of_another_site_are_reported():
    dump, result = _parse(f"{_SEARCH}\n{_LIST}", "arxiv_search")
    assert _titles(result) == _TITLES
    assert {issue.kind for issue in result.issues} == {"unclaimed_lines"}
    lost = "\n".join(issue.text for issue in result.issues)
    assert lost.count("list-authors") == 3
    assert Ledger(dump, result).counts["n_lines_unclaimed"] == sum(
        len(issue.text.split("\n")) for issue in result.issues
    )


# ---------- hostile pages


@pytest.mark.parametrize(
    "inside",
    [
        "<!-- {} -->",
        "<!-- <html> {} ",
        "<script>var page = `{}`</script>",
        "<style>/* {} */</style>",
        "<textarea>{}</textarea>",
        "<template>{}</template>",
        "<div data-page='{}'></div>",
    ],
)
def test_a_page_inside_something_else_is_not_read(inside):
    hidden = _CARD.replace("'", "").replace("2403.01234", "2403.09999")
    before = _SEARCH.replace("<main", inside.format(hidden) + "\n<main")
    _, result = _parse(before)
    if "<html>" in inside:  # a comment that does not end hides all below
        assert not result.records
    else:
        assert _titles(result) == _TITLES


@pytest.mark.parametrize("value", ["'1 > 0 <li class=\"arxiv-result\">'", '"</li></ol>"', "'</p>'"])
def test_markup_in_attributes_is_no_markup(value):
    _, result = _parse(_SEARCH.replace('<p class="title', f'<p data-x={value} class="title'))
    assert _titles(result) == _TITLES
    assert [record.arxiv_id for record in result.records] == ["2403.01234", "2403.00007"]


def test_scripts_and_styles_in_cards_are_no_text():
    bad = "<script>alert('x')</script><style>p {}</style><template>t</template>"
    _, result = _parse(_SEARCH.replace("Quiet ", f"Quiet {bad}").replace("Water", f"Water{bad}"))
    assert _titles(result) == _TITLES
    assert result.records[0].abstract.startswith("Water flows.")


def _nested(tag, n):
    return f"<{tag}>" * n


@pytest.mark.slow
@pytest.mark.parametrize("tag", ["div", "ul><li", "b", "table><tr><td", "font><p", "svg", "a x=1"])
def test_tags_nested_deeply_cost_little(tag, monkeypatch):
    for place in ("<main", "</main>"):

        def read(n, place=place):
            return _parse(_SEARCH.replace(place, f"{_nested(tag, n)}\n{place}"))[1]

        assert _titles(read(20_000)) == _TITLES
        with monkeypatch.context() as patched:
            patched.setattr(tags, "_MOST_TAGS", _FEW_TAGS)
            assert_linear(read, 20_000, place)


def test_a_card_nested_deeply_is_reported_and_the_others_are_read():
    def read(n):
        bomb = _nested("div", n) + "</div>" * n
        dump, result = _parse(_SEARCH.replace("Reeds bend.", bomb, 1))
        assert _titles(result) == _TITLES[:1]
        assert {issue.kind for issue in result.issues} == {"overgrown_card", "unclaimed_lines"}
        assert Ledger(dump, result).counts["n_lines_unclaimed"] > 20

    assert_linear(read, 20_000)


def test_a_tag_of_many_attributes_costs_little():
    def tag(n):
        return "<div " + " ".join(f"a{at}=1" for at in range(n)) + ">"

    _, before = _parse(_SEARCH.replace("<main", f"{tag(20_000)}\n<main"))
    _, inside = _parse(_SEARCH.replace("Reeds bend.", tag(20_000), 1))
    assert _titles(before) == _TITLES
    assert _titles(inside) == _TITLES[:1]
    assert_linear(lambda n: _parse(_SEARCH.replace("<main", f"{tag(n)}\n<main")), 20_000)
    assert_linear(lambda n: _parse(_SEARCH.replace("Reeds bend.", tag(n), 1)), 20_000)


def test_many_places_in_one_long_tag_cost_one_look():
    """Each place must not copy the tag around it: that took a minute for half a megabyte."""
    unit = '<div data-target="DailyPapers" data-props="{'
    for name in own_sources():
        assert_linear(lambda n, name=name: _parse(f"<html>{unit * n}", name), 8_000, name)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        '<li class="arxiv-result">',
        '<ul><li class="arxiv-result">',
        "<p>x</p>",
        "&lt;&#x26;",
        "<!-- ",
        "<a b=",
        "<a b='<a c=\"",
        "<script ",
        "<",
        "lorem ipsum ",
        "<dt><dd>",
        "<article>",
        '<div data-target="DailyPapers" data-props="{',
        '{"paper":',
    ],
)
def test_half_a_megabyte_of_anything_costs_little(unit, monkeypatch):
    monkeypatch.setattr(tags, "_MOST_TAGS", _FEW_TAGS)
    before, main, after = _SEARCH.partition("<main")
    for begin, end in (("<html>", ""), (before, main + after), (_SEARCH, "")):
        for name in own_sources():

            def read(size, begin=begin, end=end, name=name):
                _parse(begin + repeated(unit, size) + end, name)

            assert_linear(read, 500_000, (name, begin[-20:]))


_MEASURE = """
import resource, sys
from pipeline.sources.dump import Dump
from pipeline.sources.registry import recognise
text = sys.stdin.read().replace("<main", "<p>x</p>" * 600_000 + "\\n<main")
dump = Dump(tuple(text.split("\\n")), "html")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(len(recognise(dump).parse(dump).records))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
def test_memory_stays_small_on_a_large_page():
    """5 MB of small tags, parsed as one page, would take 200 MB."""
    run = subprocess.run(
        [sys.executable, "-c", _MEASURE],
        input=_SEARCH,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    n_records, grown_kib = map(int, run.stdout.split())
    assert n_records == 2
    assert grown_kib < 60 * 1024


def test_a_large_page_is_read_as_its_parts_are():
    cards = 800
    text = _SEARCH.replace(_CARD, "\n".join([_CARD] * cards))
    dump, result = _parse(text)
    assert len(result.records) == cards + 1
    assert not result.issues
    first = result.records[0]
    for record in result.records[:cards]:
        assert (record.title, record.authors, record.abstract, record.doi) == (
            (first.title, first.authors, first.abstract, first.doi)
        )
        assert "<li class=" in dump.lines[record.line_start - 1]
        assert "</li>" in dump.lines[record.line_end - 1]


@pytest.mark.parametrize("bad", ["\ud800", "\x00", "\x0b", "&#0;", "&#xD800;", "&#x110000;"])
def test_broken_characters_are_read(bad):
    for name, text in _PAGES.items():
        _, result = _parse(text.replace(" ", f" {bad} ", 1).replace(">A", f">{bad}A"), name)
        assert result.records
        json.dumps([record.title for record in result.records]).encode("utf-8")


@pytest.mark.parametrize("name", _PAGES)
def test_a_page_cut_anywhere_raises_nothing(name):
    text = _PAGES[name]
    for end in range(0, len(text), 97):
        for source in own_sources():
            _parse(text[:end], source)


def test_a_card_that_is_whole_is_read_from_a_page_that_is_cut():
    ends = [match.end() for match in re.finditer("</li>\n\n", _SEARCH)]
    _, result = _parse(_SEARCH[: ends[0] + 300])
    assert result.records[0].title == _TITLES[0]
    assert result.records[0].flags == ()


# ---------- the JSON of Hugging Face


def _daily(*entries, **props):
    text = json.dumps({"dailyPapers": entries} | props).replace("&", "&amp;").replace('"', "&quot;")
    return (
        f'<html><body><a href="/papers/1">x</a><div data-target="DailyPapers" data-props="{text}">'
    )


def _entry(**paper):
    usual = {"id": "2407.21783", "title": "T", "authors": [{"name": "Kim Roe"}], "summary": "S."}
    return {"paper": usual | paper, "numComments": 1}


@pytest.mark.parametrize(
    "paper",
    [
        {"title": 5},
        {"title": ["T"]},
        {"title": "\ud800\x00"},
        {"title": None},
    ],
)
def test_json_without_a_title_is_no_card(paper):
    _, result = _parse(_daily(_entry(**paper)), "huggingface_papers")
    assert not result.records


@pytest.mark.parametrize(
    ("paper", "field", "value"),
    [
        ({"upvotes": 10**30}, "n_upvotes", None),
        ({"upvotes": -1}, "n_upvotes", None),
        ({"upvotes": True}, "n_upvotes", None),
        ({"upvotes": "9"}, "n_upvotes", None),
        ({"upvotes": float("inf")}, "n_upvotes", None),
        ({"publishedAt": "2024-02-30T00:00:00Z"}, "published_date", None),
        ({"publishedAt": "9999-01-01T00:00:00Z"}, "published_date", None),
        ({"publishedAt": 20240101}, "published_date", None),
        ({"id": "../../etc"}, "url", None),
        ({"id": {}}, "arxiv_id", None),
        ({"authors": "Kim Roe"}, "authors_complete", False),
        ({"authors": [None, 7, {}]}, "n_authors_total", 3),
        ({"summary": {"a": 1}}, "abstract", None),
        ({"title": "A\ud800 \x00title"}, "title", "A title"),
        ({"organization": ["x"]}, "organization", None),
    ],
)
def test_nothing_in_the_json_is_taken_on_trust(paper, field, value):
    _, result = _parse(_daily(_entry(**paper)), "huggingface_papers")
    (record,) = result.records
    assert getattr(record, field) == value


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{", "null", "7", '{"a":' * 50_000, "1" * 10_000, "[]", '{"a": [[]]}']
)
def test_json_of_another_shape_raises_nothing(text):
    page = _daily().replace("{&quot;dailyPapers&quot;: []}", text.replace('"', "&quot;"))
    assert text[:3].replace('"', "&quot;") in page
    _, result = _parse(page, "huggingface_papers")
    assert not result.records


def test_whole_entries_of_broken_json_are_kept():
    page = _daily(_entry(title="One"), _entry(title="Two", id="2407.00002"), _entry(title="Three"))
    broken = page.replace("&quot;Two&quot;", "&quot;Two")
    _, result = _parse(broken, "huggingface_papers")
    assert _titles(result) == ["One", "Three"]
    assert "broken_json" in [issue.kind for issue in result.issues]


# ---------- positions


@pytest.mark.parametrize(
    ("text", "is_live"),
    [
        ("<p>", True),
        ("a < b <p>", True),
        ("<a b='>'><p>", True),
        ("<a b=c'><p>", True),  # a quote inside a value opens nothing
        ("<!-- --><p>", True),
        ("<!--><p>", True),
        ("<script>a</script><p>", True),
        ("<!-- <p>", False),
        ("<script>'<p>", False),
        ("<a b='<p>", False),
        ('<a b = "<p>', False),
    ],
)
def test_live_tags(text, is_live):
    place = text.index("<p>")
    assert live_tags(text, [place]) == ([place] if is_live else [])
