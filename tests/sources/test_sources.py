"""The site parsers: golden pairs, mutations, whole pages against their truth.

A golden pair is `tests/data/sources/<source>/<case>.txt` or `.html` with `<case>.json`; all text in
them is invented. Never write the JSON by hand: `pytest --update-golden`, then read the diff.
"""

import json
import random
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers import ROOT, SAMPLE, SHARED, needs_shared

from pipeline.contract.findings import UNCLAIMED
from pipeline.extraction.golden import as_golden, read_page, spell
from pipeline.sources.dump import Dump, guess_form
from pipeline.sources.registry import own_sources, recognise
from pipeline.text.dates import make_date, month_number
from pipeline.text.whitespace import fold_space, split_lines

_FOLDER = ROOT / "tests" / "data" / "sources"
_CASES = sorted([*_FOLDER.glob("*/*.txt"), *_FOLDER.glob("*/*.html")])
_CASE_IDS = [f"{path.parent.name}/{path.stem}" for path in _CASES]


def _load(path):
    return read_page(path.read_text(encoding="utf-8"))


def _lines(owners):
    return [n for owner in owners for n in range(owner.line_start, owner.line_end + 1)]


def _ledger(dump, result):
    """Return the numbers of unclaimed lines, and of those that two owners claim.

    In HTML several cards may stand on one line, or in one tag.
    """
    cards = Counter(_lines(result.records))
    if dump.form == "html":
        cards = Counter(cards.keys())
    owners = cards + Counter(_lines(result.furniture))
    left = {
        number
        for issue in result.issues
        if issue.kind == UNCLAIMED
        for number in range(issue.line_start, issue.line_end + 1)
    }
    filled = [number for number, line in enumerate(dump.lines, 1) if line.strip()]
    unclaimed = [number for number in filled if number in left or not owners[number]]
    return unclaimed, [number for number in filled if owners[number] > 1]


# ---------- golden pairs


@pytest.mark.parametrize("path", _CASES, ids=_CASE_IDS)
def test_golden(path, request):
    dump = _load(path)
    source = recognise(dump)
    assert source is not None, "no site recognised"
    assert path.parent.name == source.NAME
    result = source.parse(dump)
    unclaimed, doubled = _ledger(dump, result)
    assert not doubled, "lines that belong to two owners"
    found = as_golden(source.NAME, dump, result)
    assert found["unclaimed_lines"] == unclaimed
    golden = path.with_suffix(".json")
    if request.config.getoption("--update-golden"):
        golden.write_text(spell(found), encoding="utf-8")
    assert found == json.loads(golden.read_text(encoding="utf-8"))


def test_every_source_has_golden_pairs():
    assert {path.parent.name for path in _CASES} == set(own_sources())


def test_captured_on_bounds_the_year():
    path = next(p for p in _CASES if p.stem == "yearless_date_unbounded")
    dump = _load(path)
    known = Dump(dump.lines, dump.form, date(2031, 1, 2))
    source = recognise(dump)
    assert {record.year for record in source.parse(dump).records} == {None}
    assert {record.year for record in source.parse(known).records} == {2031}


# ---------- mutations


def _mutations(lines, rng):
    """Yield lists of lines, each with some lines lost, doubled, swapped, cut or blank."""
    for _ in range(12):
        mutant = list(lines)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(mutant))
            other = rng.randrange(len(mutant))
            change = rng.randrange(6)
            if change == 0 and len(mutant) > 1:
                del mutant[at]
            elif change == 1:
                mutant.insert(at, mutant[other])
            elif change == 2:
                mutant[at], mutant[other] = mutant[other], mutant[at]
            elif change == 3:
                mutant[at] = mutant[at][: rng.randrange(len(mutant[at]) + 1)]
            elif change == 4:
                mutant = mutant[: at + 1]
            else:
                mutant.insert(at, rng.choice(["", "\x00", "·", "-", "•", "7", "Abstract:", "…"]))
        yield tuple(mutant)


@pytest.mark.parametrize("path", _CASES, ids=_CASE_IDS)
def test_mutations_never_raise_and_no_line_has_two_owners(path):
    rng = random.Random(path.stem)
    for lines in _mutations(_load(path).lines, rng):
        dump = Dump(lines, guess_form(lines))
        for source in own_sources().values():
            source.detect(dump)
            result = source.parse(dump)
            assert not _ledger(dump, result)[1]
            for record in result.records:
                assert record.title
                assert 1 <= record.line_start <= record.line_end <= len(lines)
                assert lines[record.line_start - 1].strip()
                assert lines[record.line_end - 1].strip()


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", "Dear all,\n\nsee you.\n", "\x00\x01", "·"])
def test_unknown_text_holds_no_cards(text):
    lines = split_lines(text)
    dump = Dump(lines, guess_form(lines))
    assert sum(len(source.parse(dump).records) for source in own_sources().values()) == 0
    assert text == "·" or recognise(dump) is None


# ---------- whole pages, our own and those beside the checkout


class _Pages(NamedTuple):
    """Pages with their truth, and what is special about some of them."""

    truths: Path
    raw: Path
    saved: Path
    unnamed: str
    dated: tuple[str, date]
    month_day: str
    n_without_id: int


_PAGES = {
    "own": _Pages(
        truths=ROOT / "tests" / "data" / "truth",
        raw=SAMPLE,
        saved=ROOT / "tests" / "data" / "pages",
        unnamed="scholar-feed-author-without-name.txt",
        dated=("hf-papers-search-efficient-training.txt", date(2025, 12, 14)),
        month_day="06-02",
        n_without_id=1,
    ),
    "real": _Pages(
        truths=SHARED / "truth",
        raw=SHARED / "raw",
        saved=SHARED / "pages",
        unnamed="000_4b4fcbdbc598f512.txt",
        dated=("004_4cfdaeafb69de31e.txt", date(2025, 12, 11)),
        month_day="08-01",
        n_without_id=8,
    ),
}
_TRUTHS = [
    pytest.param(name, file, id=f"{name}-{file.stem}")
    for name, pages in _PAGES.items()
    for file in sorted(pages.truths.glob("*.json"))
]


@pytest.fixture(params=["own", pytest.param("real", marks=needs_shared)])
def pages(request):
    return _PAGES[request.param]


def test_there_are_five_dumps_with_truth(pages):
    assert len(list(pages.truths.glob("*.json"))) == 5


@pytest.mark.parametrize(("name", "file"), _TRUTHS)
def test_dump_equals_truth(name, file):
    truth = json.loads(file.read_text(encoding="utf-8"))
    dump = _load(_PAGES[name].raw / truth["dump"])
    source = recognise(dump)
    result = source.parse(dump)
    stated = {key: value for key, value in truth["page"].items() if value is not None}
    assert (stated.pop("source"), stated.pop("text_form")) == (source.NAME, dump.form)
    assert {key: getattr(result.page, key) for key in stated} == stated
    assert [
        _as_truth(record, keys)
        for record, keys in zip(result.records, truth["records"], strict=True)
    ] == truth["records"]
    assert _ledger(dump, result) == ([], [])
    assert not result.issues


def _as_truth(record, keys):
    """Return the fields of a record that the truth file has, spelled as it spells them."""
    shown = {"record_index": keys["record_index"]}
    for key in keys.keys() - shown.keys():
        value = getattr(record, key)
        if key == "authors":
            value = [{"name": a.name, "homonym_id": a.homonym_id} for a in value]
        value = value.isoformat() if isinstance(value, date) else value
        shown[key] = list(value) if isinstance(value, tuple) else value
    return shown


def test_inferred_subject_and_capture_day_of_dumps(pages):
    unnamed = _load(pages.raw / pages.unnamed)
    page = recognise(unnamed).parse(unnamed).page
    assert (page.page_subject, page.page_subject_basis) == ("Weijie Liu", "inferred")
    dated = _load(pages.raw / pages.dated[0])
    page = recognise(dated).parse(dated).page
    assert (page.captured_on, page.captured_on_basis) == (pages.dated[1], "inferred")


@pytest.mark.parametrize("form", ["compact", "spaced"])
def test_arxiv_search_page_in_text_equals_truth(form, pages):
    truth = json.loads((pages.saved / "arxiv_search.truth.json").read_text(encoding="utf-8"))
    dump = _load(pages.saved / f"arxiv_search.{form}.txt")
    source = recognise(dump)
    result = source.parse(dump)
    assert (source.NAME, dump.form) == ("arxiv_search", form)
    assert _ledger(dump, result) == ([], [])
    assert not result.issues
    for record, true in zip(result.records, truth, strict=True):
        expected = _expected_arxiv(true) | (
            _expected_compact(true) if form == "compact" else _expected_spaced(record, true)
        )
        assert {key: _field(record, key) for key in expected} == expected
    assert sum(record.arxiv_id is None for record in result.records) == (
        len(truth) if form == "compact" else pages.n_without_id  # lost for papers with a DOI
    )


def _field(record, key):
    return [a.name for a in record.authors] if key == "authors" else getattr(record, key)


def _expected_arxiv(true):
    month, year = true["announced"].split()
    return {
        "title": fold_space(true["title"]),
        "authors": true["authors"],
        "authors_complete": not true["authors_not_shown"],
        "n_authors_total": len(true["authors"]) + true["authors_not_shown"],
        "published_date": _day(true["v1_submitted"] or true["submitted"]),
        "updated_date": _day(true["submitted"]),
        "announced_month": f"{year}-{month_number(month):02}",
    }


def _expected_compact(true):
    return {"abstract": fold_space(true["abstract"]), "is_abstract_complete": True}


def _expected_spaced(record, true):
    assert record.abstract.strip("…").strip() in fold_space(true["abstract"])
    expected = {
        "is_abstract_complete": False,
        "comments": true.get("comments"),
        "journal_ref": true.get("journal_ref"),
    }
    if record.arxiv_id is not None:
        expected |= {
            "arxiv_id": true["id"],
            "url": true["abs_url"],
            "categories": tuple(true["categories"]),
            "primary_category": true["primary"],
        }
    return expected


def _day(text):
    day, month, year = re.fullmatch(r"(\d+) (\w+),? (\d+)", text).groups()
    return make_date(int(year), month_number(month), int(day))


def test_day_page_in_text_equals_props(pages):
    props = json.loads((pages.saved / "hf_daily.props.json").read_text(encoding="utf-8"))
    dump = _load(pages.saved / "hf_daily.spaced.txt")
    result = recognise(dump).parse(dump)
    assert _ledger(dump, result) == ([], [])
    assert result.page.page_month_day == pages.month_day
    assert [(r.title, r.n_authors_total, r.n_upvotes, r.n_comments) for r in result.records] == [
        (
            fold_space(item["paper"]["title"]),
            len(item["paper"]["authors"]),
            item["paper"]["upvotes"],
            item["numComments"],
        )
        for item in props["dailyPapers"]
    ]
