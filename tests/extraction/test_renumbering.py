"""What is found on an undone page is numbered, and quoted, as the file has it."""

from pipeline.contract.findings import Furniture, Issue, PageFacts, ParseResult, Record
from pipeline.extraction.renumbering import FORM, as_in_file, joined

FILE = ("> Nets of", "> rope", "> [ ]", "> Ann Lee, Bob", "> Roe", "> What?")
LINES = ("Nets of rope", "", "Ann Lee, Bob Roe", "What?")
SPANS = ((1, 2), (3, 3), (4, 5), (6, 6))


def _found() -> ParseResult:
    record = Record(1, 3, "Nets of rope", "Nets of rope", "Ann Lee, Bob Roe")
    issues = (Issue("odd", "is odd", 4, 4, "What?"), Issue("all", "of the page"))
    return ParseResult(PageFacts(), (record,), (Furniture(4, 4, "foot"),), issues)


def test_records_furniture_and_issues_have_the_lines_of_the_file():
    moved = as_in_file(_found(), LINES, SPANS, FILE)
    assert (moved.records[0].line_start, moved.records[0].line_end) == (1, 5)
    assert moved.furniture == (Furniture(6, 6, "foot"), Furniture(3, 3, FORM))
    assert moved.issues[0] == Issue("odd", "is odd", 6, 6, "> What?")
    assert moved.issues[1] == Issue("all", "of the page")


def test_raw_texts_stand_as_in_the_file_and_others_as_they_were_read():
    (record,) = as_in_file(_found(), LINES, SPANS, FILE).records
    assert record.raw_title == "> Nets of\n> rope"
    assert record.raw_authors == "> Ann Lee, Bob\n> Roe"
    assert record.title == "Nets of rope"


def test_raw_texts_hold_no_blank_lines():
    lines = ("Nets", "Ann Lee", "", ", Bob Roe")
    found = ParseResult(PageFacts(), (Record(1, 4, "Nets", "Nets", "Ann Lee\n\n, Bob Roe"),))
    spans = ((1, 1), (2, 2), (3, 3), (4, 4))
    (moved,) = as_in_file(found, lines, spans, ("Nets", "Ann Lee", "  ", ", Bob Roe")).records
    assert moved.raw_authors == "Ann Lee\n, Bob Roe"


def test_cards_that_were_one_line_do_not_quote_all_of_it():
    whole = " · ".join(f"Nets {n} Ann Lee" for n in range(200))
    lines = ("Nets 7", "Ann Lee")
    record = Record(1, 2, "Nets 7", "Nets 7", "Ann Lee")
    found = ParseResult(PageFacts(), (record,))
    (moved,) = as_in_file(found, lines, ((1, 1), (1, 1)), (whole,)).records
    assert (moved.raw_title, moved.line_start, moved.line_end) == ("Nets 7", 1, 1)


def test_spans_of_spans_are_spans():
    assert joined([(1, 2), (3, 3), (4, 6)], [(1, 2), (3, 3)]) == [(1, 3), (4, 6)]
