r"""Damage that saving a page does to text, and its certain repair.

What belongs here: repairs that need nothing but the text and cannot be wrong: HTML entities that
were left standing (`R&amp;D`), UTF-8 read as Windows-1252 (`SchrÃ¶dinger`), ligatures of a
printed page (`eﬃcient`), invisible characters (soft hyphens, zero-width spaces, non-breaking
spaces, and those that command a terminal or turn the direction of writing). What does not: what
needs a judgement, such as stray spaces (see `spacing`); typographic quotes and dashes, which are no
damage; TeX, where `\&` and a lone `&` mean something.
"""

import re
from collections.abc import Iterable
from html import unescape
from html.entities import name2codepoint

from pipeline.text.rare import rare_characters
from pipeline.text.whitespace import fold_space

# In the order of the repairs: each may uncover what a later one repairs.
FLAGS = ENTITIES, MOJIBAKE, LIGATURES, INVISIBLE = (
    "mended_entities",
    "mended_mojibake",
    "mended_ligatures",
    "mended_invisible",
)

# A text that still changes after so many rounds is a hostile one: it stays as it is.
_MOST_ROUNDS = 8

_NAMES = "|".join(sorted((*name2codepoint, "apos"), key=len, reverse=True))
# "&lt;", "&#39;", "&#x27;", "&amp;lt;" (twice escaped); after a backslash, as in TeX's "\&", only
# an escaped ampersand counts.
_ENTITY = re.compile(
    rf"&(?:(?<!\\&)(?:(?:amp|\#38|\#x26);)*"
    rf"(?P<body>(?:{_NAMES}|\#\d{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}});)"
    r"|(?<=\\&)(?:amp;)+)"
)
# The bytes 0x80-0xBF, which follow the first byte of a UTF-8 character, as Windows-1252 shows them.
_TRAIL = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
# As many of them follow as the first says: "áš", as in a name, is none.
_MOJIBAKE = re.compile(rf"[Â-ß][{_TRAIL}]|[à-ï][{_TRAIL}]{{2}}|[ð-ô][{_TRAIL}]{{3}}|[\x80-\x9f]")
_LIGATURES = dict(enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"), start=0xFB00))
_LIGATURE = re.compile("[\ufb00-\ufb06]")
# What no text means: it commands a terminal, or shows what follows in another order than it stands.
_COMMANDS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
_COMMAND = re.compile(f"[{_COMMANDS}]")
_FIXED_SPACE = re.compile("[\xa0\u2007\u202f]")
_NEVER_SEEN = re.compile("[\xad\u200b\u2060\ufeff]")
# Joiners and direction marks, which Arabic, Indic scripts and emoji need, and others do not.
_SCRIPTS = "\u0590-\u1fff\u2190-\u2bff\ufb1d-\ufeff\U00010000-\U0001ffff"
_JOINER = re.compile(rf"(?<![{_SCRIPTS}])[\u200c-\u200f]+(?![{_SCRIPTS}\u200c-\u200f])")

# Decides at one look that a text is sound, but for entities.
_SUSPECT = re.compile(
    rf"[\xa0\xad\u2007\u200b-\u200f\u202f\u2060\ufb00-\ufb06\ufeff{_COMMANDS}]|{_MOJIBAKE.pattern}"
)
_MOST_FOUND = 8  # that are looked for one by one


def is_sound(text: str, rare: str | None = None) -> bool:
    r"""Tell at one look whether there is nothing to repair; most text is sound.

    Args:
        text: any text.
        rare: its rare characters, where they are known already.

    >>> is_sound("Efficient brid\u00adges"), is_sound("Efficient bridges by R&D")
    (False, True)
    """
    rare = rare_characters(text) if rare is None else rare
    return not _holds(_SUSPECT, text, rare) and not ("&" in rare and _ENTITY.search(text))


def are_sound(texts: Iterable[str]) -> bool:
    """Tell whether there is nothing to repair in any of some texts: one look is mostly enough."""
    texts = tuple(texts)
    return is_sound("\n".join(texts)) or all(map(is_sound, texts))


def is_harmless(text: str) -> bool:
    r"""Tell whether a text is free of characters that command a terminal.

    >>> is_harmless("a\n\tb"), is_harmless("\x1b[31mred")
    (True, False)
    """
    return not _holds(_COMMAND, text, rare_characters(text))


def _holds(pattern: re.Pattern[str], text: str, rare: str) -> bool:
    """Tell whether a text holds what a pattern of rare characters finds."""
    found = set(pattern.findall(rare))
    # Two characters that stand beside each other there may stand apart in the text.
    return bool(pattern.search(text) if len(found) > _MOST_FOUND else any(map(text.count, found)))


def without_commands(text: str) -> str:
    r"""Return a text without the characters that command a terminal; line ends and tabs stay.

    >>> without_commands("\x1b[31mred\u202e\n")
    '[31mred\n'
    """
    return text if is_harmless(text) else _COMMAND.sub("", text)


def repair(text: str) -> tuple[str, tuple[str, ...]]:
    r"""Repair what is certainly damage, and say what it was.

    Repairing twice changes nothing. Where anything was repaired, white space is folded. Text that
    would be empty afterwards, or never comes to rest, stays as it is.

    Args:
        text: one value of a card, such as a title.

    Returns:
        The repaired text, and the flags of what was done to it, none for sound text.

    >>> repair("R&amp;D by Schr\u00c3\u00b6dinger")
    ('R&D by Schrödinger', ('mended_entities', 'mended_mojibake'))
    >>> repair(r"AT&T, R\&D and “quotes” – sound")
    ('AT&T, R\\&D and “quotes” – sound', ())
    """
    if is_sound(text):
        return text, ()
    repaired, flags = text, dict.fromkeys(FLAGS, False)
    for _ in range(_MOST_ROUNDS):
        before = repaired
        for flag, change in _REPAIRS:
            is_due = flag in (ENTITIES, INVISIBLE) or not repaired.isascii()
            changed = change(repaired) if is_due else repaired
            flags[flag] |= changed != repaired
            repaired = changed
        if repaired == before:
            break
    else:
        return text, ()
    repaired = fold_space(repaired)
    if not repaired or not any(flags.values()):
        return text, ()
    return repaired, tuple(flag for flag, done in flags.items() if done)


def _unescape(text: str) -> str:
    return _ENTITY.sub(_read_entity, text) if "&" in text else text


def _read_entity(found: re.Match[str]) -> str:
    if not found["body"]:
        return "&"
    character = unescape(f"&{found['body']}")
    if character.isspace():
        return " "
    # Numbers of no character, and of control characters, stay as they are.
    is_shown = character and character.isprintable() and character != "\ufffd"
    return character if is_shown else found[0]


def _undo_mojibake(text: str) -> str:
    if not _MOJIBAKE.search(text):
        return text
    # Slow to import, seldom needed.
    from ftfy import TextFixerConfig, fix_encoding

    # By default it also puts a replacement character for what is lost, which is no repair, and
    # reads "IRMÃ DE" as "IRMà DE", which is a guess.
    config = TextFixerConfig(replace_lossy_sequences=False, restore_byte_a0=False)
    return fix_encoding(text, config)


def _split_ligatures(text: str) -> str:
    return text.translate(_LIGATURES) if _LIGATURE.search(text) else text


def _drop_invisible(text: str) -> str:
    text = _COMMAND.sub("", _FIXED_SPACE.sub(" ", text))
    return _JOINER.sub("", _NEVER_SEEN.sub("", text))


_REPAIRS = (
    (ENTITIES, _unescape),
    (MOJIBAKE, _undo_mojibake),
    (LIGATURES, _split_ligatures),
    (INVISIBLE, _drop_invisible),
)
