"""Ids of authors stay: through new pages, merges of papers, and what people decide of authors."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from helpers import MORNING, arrow_page, make_only, put, table

from pipeline.builds.run import build
from pipeline.storage.warehouse import Warehouse

HEADER = "left,right,decision,who,when,why\n"
RIVERS, TIDES, BIRDS = (
    "How Rivers Remember Rain",
    "Forecasting Tides by Ear",
    "Do Birds Vote Often?",
)


class Library:
    """Pages, an overrides file, and a warehouse that is built day by day."""

    def __init__(self, folder: Path):
        self.raw, self.root = put(folder / "raw", {}), folder / "warehouse"
        self.file, self.day = folder / "overrides.csv", MORNING

    def build(self, *overrides: str, **pages: str) -> None:
        put(self.raw, {f"{name}.txt": text for name, text in pages.items()})
        self.file.write_text(HEADER + "".join(f"{line}\n" for line in overrides), "utf-8")
        self.day += timedelta(days=1)
        build(self.raw, Warehouse(self.root), now=self.day, overrides=self.file)

    def ids(self) -> dict[tuple[str, str], str]:
        """(Title, name) to author id."""
        titles = {r["paper_id"]: r["title"] for r in table(self.root, "marts.papers")}
        rows = table(self.root, "marts.authorships")
        return {(titles[r["paper_id"]], r["author_name"]): r["author_id"] for r in rows}

    def leads_to(self, author_id: str) -> set[str]:
        rows = table(self.root, "marts.author_ids")
        return {row["author_id"] for row in rows if row["known_id"] == author_id}

    def history(self) -> list[tuple[str, str, str]]:
        rows = table(self.root, "marts.author_id_history", "changed_at")
        return [(row["from_author_id"], row["to_author_id"], row["change"]) for row in rows]

    def lines(self) -> dict[int, dict[str, Any]]:
        return {row["line"]: row for row in table(self.root, "marts.overrides")}


@pytest.fixture
def library(tmp_path, monkeypatch) -> Library:
    make_only(monkeypatch, "marts.author_ids", "marts.author_id_history", "marts.overrides")
    return Library(tmp_path)


def page(*papers: tuple[str, Sequence[str]]) -> str:
    return arrow_page(
        "Zoe Quist", [(title, [*names, "Zoe Quist"], 2021) for title, names in papers]
    )


def test_pages_change_no_id_and_a_merge_of_papers_undone_restores_both(library):
    library.build(a=page((RIVERS, ["Ann Lee"])), b=page((TIDES, ["Bo Chen"])))
    first = library.ids()
    library.build(c=page((BIRDS, ["Ann Lee"]), (RIVERS, ["Ann Lee"])))
    assert first.items() < library.ids().items()
    assert library.history() == []
    papers = {r["title"]: r["paper_id"] for r in table(library.root, "marts.papers")}
    before = library.ids()
    library.build(f"{papers[RIVERS]},{papers[TIDES]},same,,,")
    now = set(library.ids().values())
    # Whoever stands in no list any more is still remembered.
    for author_id in before.values():
        assert library.leads_to(author_id) <= now
    library.build()
    assert library.ids() == before


def test_same_joins_two_authors_and_taken_back_restores_both(library):
    library.build(a=page((RIVERS, ["Ann Lee"])), b=page((TIDES, ["Anna Leigh"])))
    before = library.ids()
    one, other = before[RIVERS, "Ann Lee"], before[TIDES, "Anna Leigh"]
    line = f"{one},{other},same,ann,2026-03-01,she married"
    library.build(line)
    ids = library.ids()
    assert ids[RIVERS, "Ann Lee"] == ids[TIDES, "Anna Leigh"] in {one, other}
    assert library.leads_to(one) == library.leads_to(other) == {ids[RIVERS, "Ann Lee"]}
    ((_, _, change),) = library.history()
    assert change == "merged"
    (why,) = [row["why"] for row in table(library.root, "marts.author_id_history")]
    assert why == "merged: one person by line 2 of the overrides (ann): she married"
    found = table(library.root, "people.mention_authors")
    levels = {r["identity_level"] for r in found if r["author_id"] == ids[RIVERS, "Ann Lee"]}
    assert levels == {"verified"}
    assert library.lines()[2]["author_ids"] == [ids[RIVERS, "Ann Lee"]]
    # Built once more, the line means what it meant.
    library.build(line, c=page((BIRDS, ["Cy Roy"])))
    assert ids.items() < library.ids().items()
    library.build()
    assert before.items() < library.ids().items()


def test_not_same_parts_what_was_one_and_stays_obeyed(library):
    library.build(a=page((RIVERS, ["Ann Lee"])), b=page((TIDES, ["Anna Leigh"])))
    before = library.ids()
    one, other = before[RIVERS, "Ann Lee"], before[TIDES, "Anna Leigh"]
    library.build(f"{one},{other},same,,,")
    library.build(f"{one},{other},not_same,,,")
    assert library.ids() == before
    library.build(f"{one},{other},not_same,,,", c=page((BIRDS, ["Ann Lee"])))
    assert before.items() < library.ids().items()
    assert library.lines()[2]["is_applied"]


def test_what_cannot_be_is_named(library):
    library.build(a=page((RIVERS, ["Ann Lee", "Bo Chen"])), b=page((TIDES, ["Cy Roy"])))
    ids = library.ids()
    ann, bo, cy = ids[RIVERS, "Ann Lee"], ids[RIVERS, "Bo Chen"], ids[TIDES, "Cy Roy"]
    library.build(
        f"{ann},{bo},same,,,",
        f"{ann},a0123456789abcdef,same,,,",
        f"{ann},{cy},same,,,",
        f"{cy},{ann},not_same,,,",
    )
    faults = {line: row["fault"] for line, row in library.lines().items()}
    assert faults[2].startswith("columns left and right: stand both in the list of the paper p")
    assert faults[3].startswith("column right: no page in the warehouse has a0123456789abcdef")
    assert "contradict line 5" in faults[4]
    assert "contradict line 4" in faults[5]
    assert library.ids() == ids
