"""What happens to titles and names on their way into a database.

What belongs here: one damage or spelling each, as a function of a text and a chance. What does not:
which source does what how often (the modules of the kinds).
"""

import html
import random
import re
import unicodedata
from collections.abc import Callable, Sequence

from clean_papers import Name

Damage = Callable[[str, random.Random], str]
_OCR = (
    *(("rn", "m"), ("m", "rn"), ("cl", "d"), ("fi", ""), ("ffi", "ff"), ("fl", ""), ("l", "1")),
    *(("o", "0"), ("i", "l"), ("e", "c"), ("h", "b"), ("ti", "li"), ("vv", "w"), ("u", "ii")),
)
_LETTERS = "aeionrstl"
_SMALL = {
    *("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to"),
    *("via", "with"),
}
_LITTLE = re.compile(r"\b(?:a|an|the|of|for|and|in|on) ", re.IGNORECASE)


def typo(text: str, chance: random.Random) -> str:
    """Return a text with one slip of the fingers inside a long word."""
    places = [m.start() for m in re.finditer(r"(?<=[a-zA-Z]{2})[a-z](?=[a-z])", text)]
    if not places:
        return text
    at = chance.choice(places)
    kind = chance.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    return text[:at] + chance.choice(_LETTERS) + text[at + 1 :]


def ocr(text: str, chance: random.Random) -> str:
    """Return a text with one or two letters misread, or a ligature lost."""
    for _ in range(chance.randint(1, 2)):
        read = [pair for pair in _OCR if pair[0] in text]
        if read:
            old, new = chance.choice(read)
            parts = text.split(old)
            at = chance.randrange(1, len(parts))
            text = old.join(parts[:at]) + new + old.join(parts[at:])
    return text


def fuse(text: str, chance: random.Random) -> str:
    """Return a text without one of its spaces or hyphens."""
    places = [m.start() for m in re.finditer(r"(?<=\w)[ -](?=\w)", text)]
    return _cut_out(text, chance.choice(places), "") if places else text


def part_word(text: str, chance: random.Random) -> str:
    """Return a text with a long word in two, as line ends leave it."""
    places = [m.start() for m in re.finditer(r"(?<=\w{3})\w(?=\w{2})", text)]
    if not places:
        return text
    at = chance.choice(places)
    return text[:at] + chance.choice((" ", "-", "- ")) + text[at:]


def lose_word(text: str, chance: random.Random) -> str:
    """Return a text without one word, mostly a little one."""
    little = list(_LITTLE.finditer(text))
    if little and chance.random() < 0.7:
        found = chance.choice(little)
        return text[: found.start()] + text[found.end() :]
    words = text.split()
    if len(words) < 5:
        return text
    words.pop(chance.randrange(len(words)))
    return " ".join(words)


def cut(text: str, chance: random.Random) -> str:
    """Return a text cut after some words, with or without a sign that it is."""
    words = text.split()
    if len(words) < 6:
        return text
    kept = words[: chance.randint(max(4, len(words) * 6 // 10), len(words) - 1)]
    return " ".join(kept) + chance.choice((" …", " ...", "...", "", "…"))


def lose_subtitle(text: str, _chance: random.Random) -> str:
    """Return a title without what stands behind its colon, where the rest says enough."""
    head = re.split(r"[:?] | [-–—] ", text)[0]
    return head if len(head.split()) >= 3 else text


def join_subtitle(text: str, chance: random.Random) -> str:
    """Return a title with another sign between its halves."""
    return text.replace(": ", chance.choice((" - ", ". ", " ", "-", " : ", " -- ", "; ")), 1)


def swap_subtitle(text: str, _chance: random.Random) -> str:
    """Return a title with its halves the other way round."""
    head, colon, tail = text.partition(": ")
    return f"{tail}: {head}" if colon and tail.count(" ") else text


def _cut_out(text: str, at: int, put: str) -> str:
    return text[:at] + put + text[at + 1 :]


def sentence_case(text: str) -> str:
    """Return a title in lower case but for its first letter and for words like "XML" or "iOS".

    >>> sentence_case("The XML Index of Data Streams: A Survey")
    'The XML index of data streams: a survey'
    """
    words = [word if re.search(r"(?<=\w)[A-Z]", word) else word.lower() for word in text.split()]
    joined = " ".join(words)
    return joined[:1].upper() + joined[1:]


def title_case(text: str) -> str:
    """Return a title with capitals.

    >>> title_case("the index of data streams: a survey")
    'The Index of Data Streams: A Survey'
    """
    words = text.split()
    shown = [
        word
        if word.lower() in _SMALL and place and not words[place - 1].endswith((":", "."))
        else word[:1].upper() + word[1:]
        for place, word in enumerate(words)
    ]
    return " ".join(shown)


def any_case(text: str, chance: random.Random) -> str:
    """Return a title in some case."""
    draw = chance.random()
    if draw < 0.4:
        return text
    if draw < 0.7:
        return sentence_case(text)
    if draw < 0.85:
        return title_case(text)
    return text.lower() if draw < 0.95 else text.upper()


def plain(text: str) -> str:
    """Return a text without accents: "Pöss" as "Poss"."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def any_accents(text: str, chance: random.Random) -> str:
    """Return a text whose accents are kept, lost, or broken as software breaks them."""
    if text.isascii():
        return text
    draw = chance.random()
    if draw < 0.3:
        return text
    if draw < 0.65:
        return plain(text)
    if draw < 0.8:
        return text.encode().decode("cp1252", "replace")
    if draw < 0.9:
        return html.escape(text).encode("ascii", "xmlcharrefreplace").decode()
    return re.sub(r"[^\x00-\x7f]", chance.choice(("", "?", " ")), text)


def damaged(text: str, chance: random.Random, kinds: Sequence[tuple[float, Damage]]) -> str:
    """Return a text after each damage that its chance lets happen, in this order."""
    for share, damage in kinds:
        if chance.random() < share:
            text = damage(text, chance)
    return " ".join(text.split()) or text


# ---------------------------------------------------------------- names


def scholar_name(name: Name) -> str:
    """Return "JA Smith"."""
    return f"{name.initials()} {name.family}".strip()


def dotted_name(name: Name) -> str:
    """Return "J. A. Smith"."""
    return f"{name.initials('.', ' ')} {name.family}".strip()


def close_name(name: Name) -> str:
    """Return "J.A. Smith"."""
    return f"{name.initials('.')} {name.family}".strip()


def one_initial(name: Name) -> str:
    """Return "J. Smith"."""
    return f"{name.initials('.', ' ')[:2]} {name.family}".strip()


def full_name(name: Name) -> str:
    """Return "John Andrew Smith"."""
    return " ".join((*name.given, name.family, *filter(None, [name.suffix])))


def short_name(name: Name) -> str:
    """Return "John Smith": the first given name only."""
    return " ".join((*name.given[:1], name.family))


def family_only(name: Name) -> str:
    """Return "Smith"."""
    return name.family


def last_full(name: Name) -> str:
    """Return "Smith, John A."."""
    return ", ".join(filter(None, [name.family, " ".join(name.given), name.suffix]))


def last_initials(name: Name) -> str:
    """Return "Smith, J. A."."""
    return ", ".join(filter(None, [name.family, name.initials(".", " ")]))


def last_close(name: Name) -> str:
    """Return "Smith, J.A."."""
    return ", ".join(filter(None, [name.family, name.initials(".")]))


def last_one(name: Name) -> str:
    """Return "Smith, J.": the first initial only."""
    return ", ".join(filter(None, [name.family, name.initials(".", " ")[:2]]))


def last_bare(name: Name) -> str:
    """Return "Smith JA"."""
    return f"{name.family} {name.initials()}".strip()


def last_comma_bare(name: Name) -> str:
    """Return "Smith, JA"."""
    return ", ".join(filter(None, [name.family, name.initials()]))
