"""What becomes of cards and pages that cannot be right, from the file to what people are told."""

import re
import textwrap
from itertools import pairwise

import pytest
from form_pages import search_page
from helpers import MORNING, SHARED, arrow_page, needs_shared, papermart, put

from pipeline.builds.run import build
from pipeline.builds.status import held_back_pages
from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.extracted import Extracted
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import rows_of
from pipeline.storage.warehouse import Warehouse

NETS = ["Nets of rope", "Ropes of hemp", "Anchors of iron", "Sails of cloth", "Masts of pine"]


def _page(n_cards: int, wrong: dict[int, str] | None = None) -> str:
    """A page of cards, the titles of some (by place) replaced by others."""
    titles = {n: f"{NETS[n % 5]}, part {n}" for n in range(n_cards)} | (wrong or {})
    return arrow_page("Ann Lee", [(titles[n], ["Ann Lee"], 2020) for n in range(n_cards)])


def _extract(folder, content: str, name: str = "page.txt") -> Extracted:
    put(folder, {name: content})
    return next(extract_dump(folder, file) for file in find_dumps(folder) if file.path == name)


ONE_WRONG = _page(60, {7: "see https://nets.example.org/7"})
MANY_WRONG = _page(20, {n: f"see https://nets.example.org/{n}" for n in range(6)})


def test_a_card_that_breaks_a_rule_is_held_back_and_named(tmp_path):
    found = _extract(tmp_path, ONE_WRONG)
    assert found.dump["status"] == "extracted"
    assert (found.dump["n_records"], found.dump["n_held_back"]) == (59, 1)
    records = rows_of(found)["records"]
    assert [row["record_index"] for row in records] == list(range(1, 61))
    held = [row for row in records if row["is_held_back"]]
    assert [(row["record_index"], row["held_back_by"]) for row in held] == [(8, "title_address")]
    (issue,) = [row for row in rows_of(found)["issues"] if row["kind"] == "held_back"]
    assert "holds an address of the web" in issue["message"]
    assert issue["text"] == "see https://nets.example.org/7"
    assert (issue["line_start"], issue["line_end"]) == (held[0]["line_start"], held[0]["line_end"])


def test_a_card_keeps_its_id_whether_or_not_another_is_held_back(tmp_path):
    """A record's id is its place among all cards: a rule that changes renames none."""
    records = rows_of(_extract(tmp_path, ONE_WRONG))["records"]
    assert all(a["record_id"] < b["record_id"] for a, b in pairwise(records))
    assert records[59]["record_id"].endswith("-0060")


def test_a_page_of_many_such_cards_is_set_aside_with_advice(tmp_path):
    found = _extract(tmp_path, MANY_WRONG)
    row = found.dump
    assert (row["status"], row["n_records"], row["n_held_back"]) == ("quarantined", 0, 20)
    assert "6 of its 20 cards cannot be right" in row["reason"]
    assert "holds an address" in row["reason"]
    assert row["reason"].endswith(row["advice"])
    assert re.search("save it as HTML", row["advice"])
    rows = rows_of(found)
    assert {record["held_back_by"] for record in rows["records"]} == {"page"}
    assert rows["pages"] == []
    assert len([issue for issue in rows["issues"] if issue["kind"] == "held_back"]) == 6


def test_few_cards_do_not_set_a_page_aside(tmp_path):
    found = _extract(tmp_path, _page(10, {1: "### Nets", 2: "[pdf]"}))
    assert (found.dump["status"], found.dump["n_held_back"]) == ("extracted", 2)


def test_a_page_on_which_most_cards_cannot_be_right_is_set_aside_however_short(tmp_path):
    wrong = {n: f"see https://nets.example.org/{n}" for n in range(2)}
    assert _extract(tmp_path, _page(3, wrong)).dump["status"] == "quarantined"
    assert _extract(tmp_path, _page(4, wrong)).dump["status"] == "extracted"


def test_a_page_on_which_nothing_is_right_is_set_aside_however_short(tmp_path):
    assert _extract(tmp_path, _page(1, {0: "[pdf]"})).dump["status"] == "quarantined"


# ---------------------------------------------------------------- from there to people


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("held")
    raw, root = folder / "raw", folder / "warehouse"
    put(raw, {"one.txt": ONE_WRONG, "many.txt": MANY_WRONG})
    build(raw, Warehouse(root), now=MORNING)
    return raw, root


def _ask(root, sql: str) -> list[str]:
    said = papermart("query", sql, "--format", "csv", "--warehouse", root)
    assert said.returncode == 0, said.stderr
    return said.stdout.splitlines()[1:]


def test_cards_that_are_held_back_reach_no_mart(built):
    _, root = built
    assert _ask(root, "select count(*) from paper_records") == ["59"]
    assert _ask(root, "select count(*) from papers where title like '%example.org%'") == ["0"]
    assert _ask(root, "select count(*) from issues where kind = 'held_back'") == ["7"]
    dumps = "select path, n_records, n_held_back from dumps order by path"
    assert _ask(root, dumps) == ["many.txt,0,20", "one.txt,59,1"]


def test_pages_with_such_cards_are_named(built):
    _, root = built
    (page,) = held_back_pages(Warehouse(root))
    assert (page.path, page.n_held_back, page.n_cards) == ("one.txt", 1, 60)
    assert page.rules == ("title_address",)


@pytest.mark.parametrize("command", ["build", "status"])
def test_build_and_status_warn_of_them_and_say_where_to_look(built, command):
    raw, root = built
    said = papermart(command, "--raw", raw, "--warehouse", root).stdout
    assert "warning: 1 card of 1 page cannot be right" in said
    assert "held back: one.txt: 1 of 60 cards (title_address)" in said
    assert "set aside: many.txt looks like Arrow (arrow), but 6 of its 20 cards" in said
    assert "no page of a known site is set aside" in said
    (query,) = re.findall(r'papermart query "([^"]+)"', said)
    assert len(_ask(root, query)) == 7


def test_the_report_names_them(built, tmp_path):
    _, root = built
    file = tmp_path / "report.html"
    assert papermart("report", "--to", file, "--warehouse", root).returncode == 0
    text = file.read_text("utf-8")
    assert "Pages with cards that cannot be right" in text
    assert "one.txt" in text
    assert "Pages set aside" in text


# ---------------------------------------------------------------- intact pages


def test_no_card_of_the_sample_is_held_back():
    from helpers import SAMPLE

    rows = [extract_dump(SAMPLE, file).dump for file in find_dumps(SAMPLE)]
    assert [row["path"] for row in rows if row["n_held_back"]] == []


@needs_shared
def test_no_card_of_real_pages_is_held_back():
    for folder in (SHARED / "raw", SHARED / "pages"):
        for file in find_dumps(folder):
            row = extract_dump(folder, file).dump
            assert not row["n_held_back"], row["path"]


_GLUED = "LGMay {day}, 2024\n{line}\nAn abstract about owls, ferries and tides.\n"


def _glued_page(*odd: str) -> str:
    plain = [f"Owls and Ferries, Volume {n}Ann Lee, Bo Lind" for n in range(2, 12)]
    return "".join(_GLUED.format(day=n, line=line) for n, line in enumerate([*plain, *odd], 1))


def test_a_title_that_may_end_at_two_places_is_held_back_and_its_page_is_not(tmp_path):
    """`ShedHill|Loom Team` or `Shed|HillLoom Team`: nobody who sees but the line can tell."""
    odd = [f"Weaving with {word}Team, Ann Lee" for word in ("QuarHillLoom ", "PlonVaskBolt ")]
    odd += ["Weaving with TrimPavoNord Team, Bo Lind", "Tides and FerriesFernHollow Team, Bo Lind"]
    found = _extract(tmp_path, _glued_page(*odd))
    assert (found.dump["status"], found.dump["n_records"]) == ("extracted", 11)
    rows = rows_of(found)
    held = [row["held_back_by"] for row in rows["records"] if row["is_held_back"]]
    assert held == ["split_guess"] * 3
    issues = [row for row in rows["issues"] if row["kind"] == "held_back"]
    assert "more than one place to part them is as good" in issues[0]["message"]
    assert "QuarHillLoom Team" in issues[0]["text"].replace(" | ", "")


def test_a_compact_page_puts_a_line_that_broke_inside_a_name_together(tmp_path):
    """A tool that wraps lines may break one behind an initial; what is left looks like a list."""
    broken = [
        "Gulls of the OverlapK. P.\nO'Nary, Eva Sand",
        "Owls at SeaAnn Lee, Bo T.\nLind · mit",
    ]
    cards = _extract(tmp_path, _glued_page(*broken)).records[-2:]
    assert [card.title for card in cards] == ["Gulls of the Overlap", "Owls at Sea"]
    names = [[author.name for author in card.authors] for card in cards]
    assert names == [["K. P. O'Nary", "Eva Sand"], ["Ann Lee", "Bo T. Lind"]]


def test_a_site_that_lists_authors_twice_is_read_in_every_form(tmp_path):
    """Some sites repeat the list of every fifth paper: no fault of how the page was saved."""
    names = ["Ann Lee", "Bo Roe", "Cy Poe"]
    papers = [(f"{NETS[n % 5]}, part {n}", names * (1 + (n % 5 == 0)), 2020) for n in range(30)]
    page = arrow_page("Ann Lee", papers)
    quoted = "\n".join(f"> {line}" for line in page.split("\n"))
    bulleted = "\n".join(f"- {line}" for line in page.split("\n"))
    for form in (page, quoted, bulleted):
        found = _extract(tmp_path, form)
        assert (found.dump["n_records"], found.dump["n_held_back"]) == (30, 0)


def test_a_page_of_which_every_line_was_made_an_item_and_wrapped_is_read(tmp_path):
    page = _page(30)
    wrapped = "\n".join(
        textwrap.fill(f"- {line}", 60, break_long_words=False, break_on_hyphens=False)
        for line in page.split("\n")
        if line
    )
    found = _extract(tmp_path, wrapped)
    assert found.dump["n_records"] == 30
    assert [r.title for r in found.records] == [r.title for r in _extract(tmp_path, page).records]


def _held(folder, content: str) -> list[str]:
    rows = rows_of(_extract(folder, content))["records"]
    return [row["title"] for row in rows if row["held_back_by"] == "card_torn"]


def test_a_part_of_a_page_that_begins_or_ends_inside_a_title_gives_no_half_title(tmp_path):
    """Who copies with a mouse may begin and end anywhere."""
    page = _page(8)
    last = page.index("Anchors of iron, part 7")
    assert _held(tmp_path / "whole", page) == []
    assert _held(tmp_path / "end", page[: last + 12]) == ["Anchors of i"]
    search = search_page()
    begin = search.index("the Turns of Small Boats")
    assert [title[:9] for title in _held(tmp_path / "begin", search[begin:])] == ["the Turns"]
    assert _held(tmp_path / "searched", search) == []
    assert _held(tmp_path / "two", _page(2)[: _page(2).index("Ropes of hemp") + 6]) == []
