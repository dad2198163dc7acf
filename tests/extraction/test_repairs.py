"""What commands a terminal is in no text that leaves a page, however it came in."""

import re

import pytest
from helpers import ROOT, put

from pipeline.contract.findings import AuthorName, Record
from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.repairs import repair_records
from pipeline.extraction.staging_tables import rows_of
from pipeline.text.damage import repair, without_commands

_SEARCH = (ROOT / "tests" / "data" / "pages" / "arxiv_search.html").read_text("utf-8")
_COMMAND = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_WAYS = ("&#27;[31m", "&#x1b;]0;t&#7;", "&#x81;", "\x9d", "&#8238;", "\u202e", "&#x2066;", "\u2028")


def _texts(value):
    if isinstance(value, dict):
        value = list(value.values())
    return [text for one in value for text in _texts(one)] if isinstance(value, list) else [value]


@pytest.mark.parametrize("way", _WAYS)
def test_no_text_of_a_page_commands_a_terminal(tmp_path, way):
    page = re.sub(r"(<(?:p|a|span|h1)\b[^<>]*>)(?=[^<>]*\w)", rf"\1{way}", _SEARCH)
    page = page.replace("<ol", f"{way}<ol", 1).replace("</html>", f"</html>\nnote {way} below")
    (file,) = find_dumps(put(tmp_path, {"page.html": page}))
    found = extract_dump(tmp_path, file)
    assert len(found.records) == 8
    assert found.issues
    shown = [text for text in _texts(rows_of(found)) if isinstance(text, str)]
    assert not [text for text in shown if _COMMAND.search(text)]
    assert any(record.title.endswith("Seldom Meet") for record in found.records)


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("A \x1b[31mred\x1b[0m title", "A red title"),
        ("left \u202eright\u202c", "left right"),
        ("plain\x07", "plain"),
        ("Schr\u00c3\u00b6dinger\x81", "Schrödinger"),
    ],
)
def test_commands_are_damage(text, sound):
    repaired, flags = repair(text)
    assert repaired == sound
    assert "mended_invisible" in flags
    assert repair(repaired) == (sound, ())


@pytest.mark.parametrize("text", ["a\nb\tc", "é\u200fא", "naïve – “x”", "👩\u200d🔬"])
def test_what_texts_need_stays(text):
    assert without_commands(text) == text


def test_a_title_of_nothing_but_a_command_still_has_a_raw_text():
    assert repair_records([Record(1, 2, "\x97", "\x97")]).records[0].raw_title == "\ufffd"


def test_a_doi_loses_the_full_stop_of_its_sentence():
    shown = {
        "10.1000/Geese.7.": "10.1000/Geese.7",
        "10.1000/a(3)": "10.1000/a(3)",
        "geese": "geese",
    }
    records = [Record(1, 1, "Geese", "Geese", doi=doi) for doi in shown]
    assert [each.doi for each in repair_records(records).records] == list(shown.values())


def test_a_name_that_a_list_tears_in_two_is_one():
    names = ("Ana Lund", "Xuemin", "Shen", "Oto Kask")
    authors = tuple(AuthorName(name, name) for name in names)
    torn = Record(1, 2, "Geese", "Geese", authors=authors, n_authors_total=6)
    lone = torn._replace(authors=authors[:2], n_authors_total=None)

    mended, same = repair_records([torn, lone]).records

    assert [author.name for author in mended.authors] == ["Ana Lund", "Xuemin Shen", "Oto Kask"]
    assert (mended.n_authors_total, mended.flags) == (5, ("mended_torn_names",))
    assert same == lone
