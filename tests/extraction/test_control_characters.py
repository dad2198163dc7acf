r"""Signs that command a terminal, in every golden page: they reach no text value, and move nothing.

A page can bring them as they are (a colour of the terminal that it was copied from), as entities
(`&#27;`), in JSON inside HTML (`\u001b`), in a packed page (`=1B`), in a note.
"""

import json
import re
from itertools import cycle
from pathlib import Path
from quopri import encodestring

import pytest
from helpers import ROOT, SHARED, arrow_page, needs_shared, put

from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import rows_of

COMMANDS = ("\x1b[1;31m", "\x1b[0m", "\x1b]0;owned\x07", "\u202e", "\x7f\x08", "\U000e0041")
BAD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ud800-\udfff\U000e0000-\U000e007f]"
    r"|31m|\[0m|owned"
)
PAGES = sorted((ROOT / "tests/data/sources").glob("*/*.[th][xt]*"))
_LITTLE_WORD = re.compile(r"(?<=[a-z] )(?:the|of|for|and|in|with|a|by) ")


def with_commands(text: str, spelled) -> str:
    """Put commands behind every third little word of a page."""
    commands = cycle(["", "", *COMMANDS[:2], "", "", *COMMANDS[2:]])
    return _LITTLE_WORD.sub(lambda found: found[0] + spelled(next(commands)), text)


def entities(command: str) -> str:
    return "".join(f"&#{ord(sign)};" for sign in command)


def read(folder: Path, name: str, content: str | bytes, note: str | None = None):
    put(folder, {name: content} | ({f"{name}.meta.json": note} if note else {}))
    dump = next(dump for dump in find_dumps(folder) if dump.path == name)
    found = extract_dump(folder, dump)
    return rows_of(found) | {"dump": found.dump}


def bad_texts(value: object, bad: re.Pattern[str] = BAD) -> list[str]:
    """Every text of a value that commands a terminal, or holds what is left of a command."""
    if isinstance(value, str):
        return [value] if bad.search(value) else []
    inside = value.values() if isinstance(value, dict) else value
    is_nested = isinstance(value, (dict, list, tuple))
    return [text for one in inside for text in bad_texts(one, bad)] if is_nested else []


def titles(rows) -> list[tuple[str, str | None]]:
    return [(card["title"], card["abstract"]) for card in rows.get("records", [])]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_no_value_of_a_page_keeps_a_command_and_none_is_lost(tmp_path, page):
    text = page.read_text("utf-8")
    plain = read(tmp_path / "plain", page.name, text)
    ways = [str] if page.suffix == ".txt" else [str, entities]
    for n, spelled in enumerate(ways):
        rows = read(tmp_path / str(n), page.name, with_commands(text, spelled))
        assert bad_texts(rows) == []
        assert titles(rows) == titles(plain)


def test_the_pages_above_hold_commands():
    """Guards the test above: what it looks for must be there."""
    n_with = sum(bool(BAD.search(with_commands(p.read_text("utf-8"), str))) for p in PAGES)
    assert n_with > len(PAGES) / 2


def test_json_inside_html_brings_none(tmp_path):
    page = ROOT / "tests/data/sources/huggingface_papers/html_daily.html"
    text = page.read_text("utf-8")
    plain = read(tmp_path / "plain", "p.html", text)
    title = "Reeds in Code"
    odd = text.replace(title, r"Reeds \u001b[1;31min\u202e Co\ud800de\u0007")
    assert odd != text
    rows = read(tmp_path / "odd", "p.html", odd)
    assert bad_texts(rows) == []
    assert titles(rows) == titles(plain)
    assert title in [card["title"] for card in rows["records"]]


def test_a_packed_page_brings_none(tmp_path):
    page = ROOT / "tests/data/sources/arxiv_search/html_versions_doi_hits.html"
    text = with_commands(page.read_text("utf-8"), str)
    head = (
        "From: <Saved by Blink>\nSnapshot-Content-Location: https://arxiv.org/search/\n"
        'MIME-Version: 1.0\nContent-Type: multipart/related; type="text/html"; boundary="--b"\n\n'
        "----b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: "
        "quoted-printable\nContent-Location: https://arxiv.org/search/\n\n"
    )
    packed = head.encode() + encodestring(text.encode()) + b"\n----b--\n"
    rows = read(tmp_path, "page.mhtml", packed.replace(b"\n", b"\r\n"))
    assert rows["records"]
    assert bad_texts(rows) == []


def test_notes_bring_none_and_messages_write_names_out(tmp_path):
    page = arrow_page("Bo Chen", [("Knots of Rope", ["Bo Chen", "Ann\x1b[31m Lee"], 2022)])
    note = json.dumps({"listing": "my \x1b[1;31m\u202elist"})
    rows = read(tmp_path, "page.txt", page, note)
    assert rows["dump"]["listing_subject"] == "my list"
    assert bad_texts(rows) == []
    put(tmp_path, {"odd\x1b[5m.txt": page + "\n", "odd\x1b[5m.txt.meta.json": "{"})
    put(tmp_path, {"gone\x1b[5m.txt.meta.json": "{}"})
    dumps = {dump.path: dump for dump in find_dumps(tmp_path)}
    issues = extract_dump(tmp_path, dumps["odd\x1b[5m.txt"]).issues
    assert r"the note odd\x1b[5m.txt.meta.json" in issues[0].message
    gone = dumps["gone\x1b[5m.txt.meta.json"]
    assert gone.fault == r"is a note for gone\x1b[5m.txt, which is not there"


def test_a_page_full_of_a_terminals_colours_is_text(tmp_path):
    page = arrow_page("Bo Chen", [(f"Knots of Rope {n}", ["Bo Chen"], 2022) for n in range(9)])
    coloured = re.sub(r"(\w+)", "\x1b[1m\x1b[38;5;12m\\1\x1b[0m", page)
    rows = read(tmp_path, "page.txt", coloured)
    assert [card["title"] for card in rows["records"]] == [f"Knots of Rope {n}" for n in range(9)]
    binary = read(tmp_path, "other.txt", re.sub(r"(\w+)", "\x1b\x01\\1", page))
    assert "binary" in binary["dump"]["reason"]


@needs_shared
def test_a_page_of_many_escapes_brings_none(tmp_path):
    case = SHARED / "cases/terminal-escapes/terminal_escapes.html"
    # HTML reads `&#x9b;` as a quotation mark, so what follows it there is text.
    signs = re.compile(BAD.pattern.partition("|")[0])
    assert not bad_texts(read(tmp_path, "p.html", case.read_bytes()), signs)
