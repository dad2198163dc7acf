r"""Damage that saving a page does to text, and its certain repair.

What belongs here: repairs that need nothing but the text and cannot be wrong: HTML entities that
were left standing (`R&amp;D`), UTF-8 read as Windows-1252 (`SchrÃ¶dinger`), ligatures of a
printed page (`eﬃcient`), invisible characters (soft hyphens, zero-width spaces, non-breaking
spaces, and those that command a terminal or turn the direction of writing: `ESC [31m` goes as a
whole, as do overrides and isolates, while the marks that Arabic and Hebrew need stay). What does
not: what needs a judgement, such as stray spaces (see `spacing`); typographic quotes and dashes,
which are no damage; TeX, where `\&` and a lone `&` mean something.
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
# What no text means: it commands a terminal, shows what follows in another order than it stands,
# or cannot be written at all (half a sign of UTF-16, as JSON can hold it). Tags spell flags behind
# a black one (Unicode Technical Standard 51), and hidden words elsewhere.
_COMMANDS = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f"
)
_COMMAND = re.compile(f"[{_COMMANDS}]")
# Whole commands (ECMA-48): "ESC [31m"; "ESC ]0;a title BEL". Their eight-bit forms may also be
# half a letter that was read wrongly ("Å›", as "ś" looks then), so not behind such a letter.
_WHOLE_COMMANDS = re.compile(
    "\x1b\\[(?:[0-?]{1,40}[ -/]?)?[@-~]|(?<![\x80-\xf4])\x9b[0-9;]{1,40}[A-Za-z]"
    "|(?:\x1b[\\]PX^_]|(?<![\x80-\xf4])[\x9d\x90\x98\x9e\x9f])[^\x00-\x1f\x7f-\x9f]{0,2000}"
    "(?:\x07|\x1b\\\\|(?<![\x80-\xf4])\x9c)"
    "|\x1b[()][0AB](?=\x1b)"
)
_FLAG = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)")
_FIXED_SPACE = re.compile("[\xa0\u2007\u202f]")
_NEVER_SEEN = re.compile("[\xad\u200b\u2060\ufeff]")
_JOINERS = "\u061c\u200c-\u200f"
# Joiners and direction marks, which Arabic, Indic scripts and emoji need, and others do not.
_SCRIPTS = "\u0590-\u061b\u061d-\u1fff\u2190-\u2bff\ufb1d-\ufeff\U00010000-\U0001ffff"
_JOINER = re.compile(rf"(?<![{_SCRIPTS}])[{_JOINERS}]+(?![{_SCRIPTS}{_JOINERS}])")
# Beside letters that run from right to left, marks say which way brackets and numbers stand.
_RIGHT_TO_LEFT = re.compile("[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ZERO_WIDTH = re.compile(rf"(?<![{_SCRIPTS}])[\u200c\u200d]+(?![{_SCRIPTS}{_JOINERS}])")

# Decides at one look that a text is sound, but for entities.
_SUSPECT = re.compile(
    rf"[\xa0\xad\u061c\u2007\u200b-\u200f\u202f\u2060\ufb00-\ufb06\ufeff{_COMMANDS}]"
    rf"|{_MOJIBAKE.pattern}"
)
_NOTHING_LEFT = "\ufffd"
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
    # What is printable commands nothing, and most values are one line of that.
    return text.isprintable() or not _holds(_COMMAND, text, rare_characters(text))


def _holds(pattern: re.Pattern[str], text: str, rare: str) -> bool:
    """Tell whether a text holds what a pattern of rare characters finds."""
    found = set(pattern.findall(rare))
    # Two characters that stand beside each other there may stand apart in the text.
    return bool(pattern.search(text) if len(found) > _MOST_FOUND else any(map(text.count, found)))


def without_commands(text: str) -> str:
    r"""Return a text without what commands a terminal, whole commands as far as they are certain.

    Line ends and tabs stay; what ends a line or page in other ways becomes a space.

    >>> without_commands("\x1b[31mred\u202e\n"), without_commands("two\x0bwords")
    ('red\n', 'two words')
    """
    return text if is_harmless(text) else _without_commands(text)


def without_whole_commands(text: str) -> str:
    r"""Return a text without commands to a terminal whose beginning and end are both certain.

    >>> without_whole_commands("\x1b[31mred\x1b[0m or \x1b blue")
    'red or \x1b blue'
    """
    for _ in range(_MOST_ROUNDS):  # one may stand inside another
        text, n_found = _WHOLE_COMMANDS.subn("", text)
        if not n_found:
            break
    return text


def _without_commands(text: str) -> str:
    kept = without_whole_commands(text)
    if "\U0001f3f4" not in kept:
        return _COMMAND.sub(_space_for, kept)
    # Every other part is a flag, whose tags stay.
    parts = _FLAG.split(kept)
    return "".join(
        part if n % 2 else _COMMAND.sub(_space_for, part) for n, part in enumerate(parts)
    )


def _space_for(found: re.Match[str]) -> str:
    return " " if found[0].isspace() else ""


def repair(text: str) -> tuple[str, tuple[str, ...]]:
    r"""Repair what is certainly damage, and say what it was.

    Repairing twice changes nothing. Where anything was repaired, white space is folded. Text that
    would be empty afterwards, or never comes to rest, stays as it is, but for what commands a
    terminal: of a text that is nothing else a replacement character is left.

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
        return _harmless(text)
    repaired = fold_space(repaired)
    if not repaired or not any(flags.values()):
        return _harmless(text)
    return repaired, tuple(flag for flag, done in flags.items() if done)


def _harmless(text: str) -> tuple[str, tuple[str, ...]]:
    kept = without_commands(text)
    return (text, ()) if kept == text else (fold_space(kept) or _NOTHING_LEFT, (INVISIBLE,))


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
    text = _without_commands(_FIXED_SPACE.sub(" ", text))
    text = _NEVER_SEEN.sub("", text)
    return (_ZERO_WIDTH if _RIGHT_TO_LEFT.search(text) else _JOINER).sub("", text)


_REPAIRS = (
    (ENTITIES, _unescape),
    (MOJIBAKE, _undo_mojibake),
    (LIGATURES, _split_ligatures),
    (INVISIBLE, _drop_invisible),
)
