"""Certain repairs of text: what is repaired, what is left alone, idempotence."""

import pytest
from growth import assert_linear
from helpers import arrow_page, put
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.reading import extract_dump
from pipeline.extraction.staging_tables import rows_of
from pipeline.text.damage import _COMMAND, is_harmless, repair, without_commands
from pipeline.text.whitespace import fold_space

MENDED = {
    "entity": ("Risk &amp; Return", "Risk & Return", "mended_entities"),
    "twice_escaped": ("p &amp;lt; 0.05", "p < 0.05", "mended_entities"),
    "decimal": ("It&#39;s late", "It's late", "mended_entities"),
    "hexadecimal": ("It&#x27;s late", "It's late", "mended_entities"),
    "entity_of_windows": ("&#147;so&#148;", "“so”", "mended_entities"),
    "entity_of_space": ("one&nbsp;two", "one two", "mended_entities"),
    "escaped_tex": (r"R\&amp;D", r"R\&D", "mended_entities"),
    "mojibake": ("SchrÃ¶dinger", "Schrödinger", "mended_mojibake"),
    "mojibake_of_apostrophe": ("itâ€™s late", "it’s late", "mended_mojibake"),
    "mojibake_in_sound_text": (
        "Emmanuel Candès, MÃ¼ller",
        "Emmanuel Candès, Müller",
        "mended_mojibake",
    ),
    "windows_controls": ("\x93so\x94", "“so”", "mended_mojibake"),
    "ligatures": ("eﬃcient ﬁsh ﬂy oﬀ", "efficient fish fly off", "mended_ligatures"),
    "soft_hyphen": ("rein\xadforce", "reinforce", "mended_invisible"),
    "zero_width": ("re\u200bin\u2060force\ufeff", "reinforce", "mended_invisible"),
    "joiner_in_latin": ("shelf\u200cful", "shelfful", "mended_invisible"),
    "colour": ("\x1b[1;31mRed\x1b[0m nets\x1b[K", "Red nets", "mended_invisible"),
    "window_title": ("Red\x1b]0;owned\x07 nets", "Red nets", "mended_invisible"),
    "terminals_link": (
        "\x1b]8;;https://example.org/x\x1b\\Red\x1b]8;;\x1b\\ nets",
        "Red nets",
        "mended_invisible",
    ),
    "cursor": ("A \x1b[2J Person\x1b[4 q", "A Person", "mended_invisible"),
    "plain_again": ("Red\x1b(B\x1b[m nets", "Red nets", "mended_invisible"),
    "command_in_a_command": ("\x1b[\x1b[31m31mRed nets", "Red nets", "mended_invisible"),
    "unfinished_command": ("Red \x1b]0;nets", "Red ]0;nets", "mended_invisible"),
    "lone_escape": ("Red\x1b nets\x7f\x08", "Red nets", "mended_invisible"),
    "override": (
        "Nets \u202egnihsif\u202c of \u2066x\u2069",
        "Nets gnihsif of x",
        "mended_invisible",
    ),
    "hidden_words": ("Nets\U000e0068\U000e0069 of rope", "Nets of rope", "mended_invisible"),
    "half_a_sign": ("Nets \ud800of rope", "Nets of rope", "mended_invisible"),
    "line_of_unicode": ("Nets\u2028of\u2029rope", "Nets of rope", "mended_invisible"),
    "mark_of_arabic_in_latin": ("Nets\u061c of rope", "Nets of rope", "mended_invisible"),
    "command_alone": ("\x1b\x07", "\ufffd", "mended_invisible"),
    "fixed_space": ("Fig.\xa07", "Fig. 7", "mended_invisible"),
}
SOUND = {
    "lone_ampersand": "AT&T & R & D; a&b; c",
    "tex_ampersand": r"R\&D, \&pi; and x &= y",
    "no_entity": "&foo; &#; &#x; &;",
    "control_entity": "a &#0; b &#7; c &#xD800;",
    "typography": "“It’s late” – he said — ‘no’… 3×4 ± 2°",
    "accents": "Štěpán Holub, Émile Noirot, Łukasz, Ångström, Ærø, Œuvre, naïve—but",
    "accent_before_quote": "IRMÃ DE SÃO PAULO; “fiancé”, «déjà», CAFÉ… É”",
    "flag_of_england": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "brackets": "On [31mm] lenses, ]0; and 31m",
    "hebrew": "רשתות\u200f (GNN) \u200e[a]",
    "arabic": "\u061cشبكات\u200f 2.0",
    "persian": "می\u200cخواهم",
    "family_emoji": "👩\u200d👩\u200d👧",
    "only_invisible": "\u200b",
    "greek": "β-VAE, μ-law, α → β",
}


@pytest.mark.parametrize(("text", "mended", "flag"), MENDED.values(), ids=MENDED)
def test_mended(text, mended, flag):
    assert repair(text) == (mended, (flag,))


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND)
def test_left_alone(text):
    assert repair(text) == (text, ())


def test_several_damages_at_once():
    mended, flags = repair("&Atilde;&copy;t&Atilde;&copy; ï¬\x81n\xad")
    assert mended == "été fin"
    assert flags == ("mended_entities", "mended_mojibake", "mended_ligatures", "mended_invisible")


_ENTITY_PIECES = ["&", "&amp;", "amp;", "#", "38;", "x26;", "&#11", "50;", ";", "\\", "shy;"]
_COMMAND_PIECES = ["\x1b", "[", "31m", "]0;", "\x07", "\\", "\x9b", "\x9d", "\x9c", "\ud800"]
_PIECES = st.sampled_from(
    [*_ENTITY_PIECES, *_COMMAND_PIECES, *"Ã¶â€™ﬁéم👩a\xa0\xad\u200b\u200d\u200f\x85 "]
)


@given(st.one_of(st.text(), st.lists(_PIECES).map("".join)))
def test_idempotent(text):
    mended, flags = repair(text)
    assert repair(mended) == (mended, ())
    assert bool(flags) == (mended != text)
    assert not text or mended
    assert not flags or mended == fold_space(mended)
    assert is_harmless(mended)


@given(st.lists(_PIECES).map("".join))
def test_nothing_commands_a_terminal_afterwards(text):
    kept = without_commands(text)
    assert is_harmless(kept)
    assert without_commands(kept) == kept


@pytest.mark.parametrize("piece", ["\x1b]", "\x9d", "\x1b[", "\x1b]0;", "\x1bP0", "\x1b[1;"])
def test_commands_without_an_end_take_no_longer_than_they_are(piece):
    assert_linear(lambda n: without_commands(piece * n), 200_000)


def test_hostile_text_comes_to_an_end():
    for text in ("&amp;" * 50_000, "&" + "amp;" * 50_000, "&#11" * 20_000 + "50;" * 20_000):
        mended, _ = repair(text)
        assert repair(mended)[0] == mended
    assert len(repair("Ã" * 20_000)[0]) == 20_000


def test_staging_holds_mended_values_beside_verbatim_ones(tmp_path):
    title, names = "Eﬃcient R&amp;D", ["Val&#233;rie Issa", "MÃ¼ller Fan 0024", "Bo Chen"]
    page = arrow_page("Bo Chen", [(title, names, 2021), ("A Sound Title", ["Bo Chen"], 2022)])
    put(tmp_path, {"page.txt": page})
    (dump,) = find_dumps(tmp_path)
    rows = rows_of(extract_dump(tmp_path, dump))
    damaged, sound = rows["records"]
    assert (damaged["raw_title"], damaged["title"]) == (title, "Efficient R&D")
    assert damaged["title_key"] == "efficient r d"
    assert damaged["raw_authors"] == "\n".join(f"• {name}" for name in names)
    assert damaged["flags"] == ["mended_entities", "mended_mojibake", "mended_ligatures"]
    assert "&amp;" not in damaged["abstract"]
    assert sound["flags"] == []
    first, second, *_ = rows["record_authors"]
    assert (first["raw_name"], first["name"]) == ("Val&#233;rie Issa", "Valérie Issa")
    assert first["name_key"] == "valerie issa"
    assert (second["name"], second["homonym_id"]) == ("Müller Fan", "0024")


def test_no_sign_that_commands_a_terminal_is_printable():
    """A quick look relies on it, whatever release of Unicode Python has."""
    assert not [
        sign for sign in map(chr, range(0x110000)) if _COMMAND.match(sign) and is_harmless(sign)
    ]
