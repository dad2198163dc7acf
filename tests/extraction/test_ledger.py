"""Every line of a page has one owner, whichever section names it first."""

from pipeline.contract.findings import Furniture, PageFacts, ParseResult, Record
from pipeline.extraction.ledger import Ledger
from pipeline.sources.dump import Dump


def test_a_card_wins_over_the_furniture_of_a_later_section():
    quoted = (">", "> Nets", "> Ann Lee", ">", "> Ropes", "> Bob Roe")
    emptied = (Furniture(1, 1, "saved form"), Furniture(4, 4, "saved form"))
    first = ParseResult(PageFacts(), (Record(1, 4, "Nets", "Nets"),), emptied)
    second = ParseResult(PageFacts(), (Record(5, 6, "Ropes", "Ropes"),), emptied)
    dump = Dump(quoted, "compact", None)
    either = [Ledger(dump, first, second).counts, Ledger(dump, second, first).counts]
    assert [counts["n_lines_card"] for counts in either] == [6, 6]
    assert [counts["n_lines_furniture"] for counts in either] == [0, 0]
