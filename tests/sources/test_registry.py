"""Sites are found by themselves: a new one is one module, and nothing else in the tree changes."""

import ast
import sys
from importlib.metadata import EntryPoint

import pytest
from helpers import ANN, ROOT, put

from pipeline.contract.findings import UNCLAIMED
from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.golden import check_pairs
from pipeline.extraction.reading import extract_dump
from pipeline.sources import plugins, registry, site_modules, sites
from pipeline.sources.dump import Dump, guess_form
from pipeline.sources.entry_points import GROUP
from pipeline.sources.plugins import load_plugins
from pipeline.sources.reading import reads
from pipeline.text.whitespace import split_lines

NEW_SITE = """
from pipeline.contract.findings import PageFacts, Record
from pipeline.sources.dump import text_lines
from pipeline.sources.reading import Findings, cut_at, read_name

NAME = "reading_room"
TITLE = "The Reading Room"
FORMS = ("spaced", "compact")
CARD_MARKUP = "data-room-card"


def detect(dump):
    return len(marks(dump))


def marks(dump):
    lines = text_lines(dump)
    return [lines.numbers[index] for index in _starts(lines)]


def parse(dump):
    lines, found = text_lines(dump), Findings()
    for card in cut_at(lines, _starts(lines)):
        found.records.append(
            Record(
                line_start=card.numbers[0],
                line_end=card.numbers[-1],
                raw_title=card.raws[0],
                title=card.texts[0].removeprefix("On the shelf: "),
                authors=tuple(map(read_name, card.texts[1:2])),
                authors_complete=True,
            )
        )
    return found.result(PageFacts())


def _starts(lines):
    return [at for at, text in enumerate(lines.texts) if text.startswith("On the shelf: ")]
"""
PAGE = "\n".join(
    f"On the shelf: {title}\n{author}\n"
    for title, author in (("Quiet Rooms", "Ada Example"), ("Loud Halls", "Bo Sample"))
)
_ASKED_ONCE = (
    site_modules.site_modules,
    site_modules.own_modules,
    registry.own_sources,
    registry.installed_plugins,
    registry.known_sources,
    registry.display_names,
    site_modules.card_markup,
)


def _forget():
    for function in _ASKED_ONCE:
        function.cache_clear()


@pytest.fixture
def ask_anew():
    """Nothing is remembered of the sites there are, before the test and after it."""
    _forget()
    yield
    _forget()


@pytest.fixture
def room(tmp_path, monkeypatch, ask_anew):  # noqa: ARG001 - a fixture of a fixture
    """The module of a new site among those of papermart's own."""
    folder = put(tmp_path / "sites", {"reading_room.py": NEW_SITE})
    monkeypatch.setattr(sites, "__path__", [*sites.__path__, str(folder)])
    yield
    sys.modules.pop(f"{sites.__name__}.reading_room", None)
    vars(sites).pop("reading_room", None)


def _dump(text):
    lines = split_lines(text)
    return Dump(lines, guess_form(lines))


def _extract(folder, text):
    put(folder, {"page.txt": text})
    (file,) = find_dumps(folder)
    return extract_dump(folder, file)


# ---------- one module


@pytest.mark.usefixtures("room")
def test_a_module_among_the_sites_is_a_site():
    assert f"{sites.__name__}.reading_room" in site_modules.site_modules()
    assert list(registry.own_sources()) == sorted(registry.own_sources())
    assert registry.recognise(_dump(PAGE)) is registry.own_sources()["reading_room"]


@pytest.mark.usefixtures("room")
def test_its_pages_are_read_and_its_golden_pairs_checked(tmp_path):
    extracted = _extract(tmp_path / "raw", PAGE)
    assert extracted.dump["status"] == "extracted"
    assert extracted.dump["source"] == "reading_room"
    assert [record.title for record in extracted.records] == ["Quiet Rooms", "Loud Halls"]
    put(tmp_path / "golden", {"two.txt": PAGE})
    assert [pair.fault for pair in check_pairs(tmp_path / "golden", update=True)] == [None]
    assert [pair.fault for pair in check_pairs(tmp_path / "golden")] == [None]


@pytest.mark.usefixtures("room")
def test_its_pages_are_found_in_files_of_several_sites(tmp_path):
    extracted = _extract(tmp_path / "raw", f"{ANN}\n{PAGE}")
    assert [name for name, _ in extracted.origins] == ["arrow"] * 3 + ["reading_room"] * 2
    assert [issue.kind for issue in extracted.issues] == ["several_sites"] * 2


@pytest.mark.usefixtures("room")
def test_it_is_shown_by_the_name_it_gives_itself():
    assert registry.display_names()["reading_room"] == "The Reading Room"


@pytest.mark.usefixtures("room")
def test_it_is_asked_about_its_forms_only():
    site = registry.own_sources()["reading_room"]
    assert [form for form in ("spaced", "compact", "html") if reads(site, form)] == [
        "spaced",
        "compact",
    ]
    assert registry.recognise(_dump(f"<html><body>\n{PAGE}\n</body></html>")) is None


@pytest.mark.usefixtures("room")
def test_its_cards_in_a_page_of_another_site_are_reported():
    file = ROOT / "tests" / "data" / "sources" / "arxiv_list" / "recent.html"
    strange = '<div data-room-card="1">Quiet Rooms</div>'
    dump = _dump(file.read_text("utf-8").replace("</body>", f"{strange}\n</body>"))
    result = registry.own_sources()["arxiv_list"].parse(dump)
    assert [issue.text for issue in result.issues if issue.kind == UNCLAIMED] == [strange]


def test_nothing_outside_of_its_module_names_a_site():
    """Neither by its name nor by its title; but for `synth`, which makes up pages of each site."""
    own = registry.own_sources()
    titles = [title for name, title in registry.display_names().items() if name in own]
    named = set()
    for file in sorted((ROOT / "pipeline").rglob("*.py")):
        if file.parent.name in ("sites", "synth"):
            continue
        constants = (
            n for n in ast.walk(ast.parse(file.read_bytes())) if isinstance(n, ast.Constant)
        )
        named |= {(file.name, n.value) for n in constants if n.value in (*own, *titles)}
    assert named == set()


# ---------- sites of other packages


def _plugin(tmp_path, monkeypatch, extra):
    put(tmp_path / "site", {"hall_site.py": f"{NEW_SITE.replace('reading_room', 'hall')}\n{extra}"})
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.delitem(sys.modules, "hall_site", raising=False)
    entry = EntryPoint("hall", "hall_site", GROUP)
    monkeypatch.setattr(plugins, "announced", lambda: [entry])


@pytest.mark.usefixtures("ask_anew")
def test_a_plugin_says_its_title_and_its_forms(tmp_path, monkeypatch):
    _plugin(tmp_path, monkeypatch, "")
    (hall,) = load_plugins(taken=()).sources
    assert (hall.TITLE, hall.FORMS) == ("The Reading Room", ("spaced", "compact"))
    assert registry.display_names()["hall"] == "The Reading Room"


@pytest.mark.usefixtures("ask_anew")
def test_a_plugin_need_not_say_them(tmp_path, monkeypatch):
    _plugin(tmp_path, monkeypatch, "del TITLE, FORMS")
    (hall,) = load_plugins(taken=()).sources
    assert (hall.TITLE, hall.FORMS) == (None, ("spaced", "compact", "html"))
    assert registry.display_names()["hall"] == "hall"


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        ("TITLE = 7", "TypeError: TITLE must be a text, e.g. My Site"),
        ("FORMS = 'html'", "TypeError: FORMS must be a tuple of some of spaced, compact, html"),
        ("FORMS = ('pdf',)", "TypeError: FORMS must be a tuple of some of spaced, compact, html"),
    ],
)
def test_a_plugin_that_says_something_else_is_not_used(extra, why, tmp_path, monkeypatch):
    _plugin(tmp_path, monkeypatch, extra)
    found = load_plugins(taken=())
    assert not found.sources
    assert [fault.partition("is not used: ")[2] for fault in found.faults] == [why]
