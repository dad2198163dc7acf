"""Stray spaces in texts, as some pages make them: `98. 5%`, `https: //`, `re- flect`.

What belongs here: repairs that need a judgement, so they are made on the way to the marts only,
where `paper_fields.repairs` names them; staging keeps the page's text. What does not: certain
damage (`damage`).

The judgement: such pages put a space behind *every* point and colon inside a number or address.
So a text with one sound decimal is not repaired there, and a number that may end a sentence
(`in 2015. 5 of them`) only counts as torn next to a sign of damage. A torn word is distinguished
from a suspended one (`pre- and post-training`) and from a compound (`low- rank`) by the words that
all texts together use.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_SCHEME = re.compile(r"\b(https?): //(?=\w)")  # "https: //"
# "//github. com/", "//anonymous. 4open. science/": every point torn, up to the path.
_TORN_HOST = re.compile(r"(?<=://)[\w-]+(?:\. [\w-]+)+(?=/)")
# "github. com", "arxiv. org", also where no path follows
_KNOWN_HOST = re.compile(
    r"(?:(?<=\bgithub)|(?<=\bgitlab)|(?<=\bhuggingface)|(?<=\barxiv)|(?<=\bzenodo))"
    r"\. (?=(?:com|org|co|io)\b)"
)
_LATIN = re.compile(r"\b(?:(e)\. (g)|(i)\. (e))\.( ,)?")  # "e. g. ,", "i. e. "
_SOUND_DECIMAL = re.compile(r"\d\.\d")
# "98. 5%", "73. 6\%", "3. 8B", "2. 5-Math": what follows the number makes it no sentence.
_TORN_DECIMAL = re.compile(r"(?<![\d.,])(\d{1,3})\. (\d{1,3}(?:\\?%|[BMKkx]\b|-[A-Z\d]))")
# "1. 9 points", "(79. 8 vs. 77. 9)": may as well be the end of a sentence.
_MAYBE_DECIMAL = re.compile(r"(?<![\d.,])(\d{1,3})\. (\d{1,2}\b)(?!\.\d)")
_MOST_ENDING_CHARS = 5  # "-ing", "-tions": longer pieces are seldom the mere end of a word
_MANY = 3  # so many sentences that end in a number, each with one after it, are none
_COUNTED = re.compile(r"(?:[Ss]ections?|[Tt]ables?|[Ff]ig(?:ure|\.)s?|[Ss]tep|[Pp]art)\s+$")
_TORN_THOUSANDS = re.compile(r"(?<![\d,] )(?<![\d.,])(\d{1,3}), (000)\b(?!,? \d)")  # "5, 000"
_TORN_WORD = re.compile(r"(?<![\w-])([^\W\d_]{2,})- ([^\W_][^\W\d_]*)\b")  # "re- flect"
# Without one of these a text is sound, as most are.
_SIGNS = (": //", "- ", ". com", ". org", ". co", ". io", "e. g", "i. e")
_TORN_FIGURE = re.compile(r"\d[.,] \d")
_SUSPENDED = {"and", "or", "to", "nor", "but", "as", "vs", "versus", "then", "through"}
# "micro- and macro- benchmarks": what stands before the second hyphen
_AFTER_SUSPENDED = re.compile(r"- (?:and|or|to|vs\.?|versus) $")


@dataclass
class SpaceRepair:
    """Repairs texts with the words that all texts use.

    Args:
        words: returns how often each word stands in them, letters or some with hyphens between
            them, in lower case; asked for a torn word only.
    """

    words: Callable[[], Mapping[str, int]]

    def repair(self, text: str) -> tuple[str, list[str]]:
        """Return the repaired text and the names of the repairs, none for most texts."""
        repairs: list[str] = []
        if not any(sign in text for sign in _SIGNS) and not _TORN_FIGURE.search(text):
            return text, repairs
        for name, change in (
            ("torn_address", _join_addresses),
            ("torn_abbreviation", _join_latin),
            ("torn_number", lambda text: _join_numbers(text, is_torn=bool(repairs))),
            ("torn_word", self._join_words),
        ):
            changed = change(text)
            if changed != text:
                repairs.append(name)
            text = changed
        return text, repairs

    def is_torn(self, wording: str) -> bool:
        """Tell whether a wording whose only space is behind a hyphen would be repaired."""
        return self._join_words(wording) != wording

    def _join_words(self, text: str) -> str:
        return _TORN_WORD.sub(self._join_word, text)

    def _join_word(self, found: re.Match[str]) -> str:
        left, right = found[1], found[2]
        before = found.string[max(0, found.start() - 10) : found.start()]
        if right.lower() in _SUSPENDED or _AFTER_SUSPENDED.search(before):
            return found[0]
        if not right.islower():
            # "XLM- K": a name; a capital below a small letter may begin a sentence.
            return f"{left}-{right}" if left.isupper() else found[0]
        whole, compound = left + right, f"{left}-{right}"
        words = self.words()
        n_whole, n_compound = words.get(whole.lower(), 0), words.get(compound.lower(), 0)
        if n_whole or n_compound:
            return whole if n_whole > n_compound else compound
        # The halves themselves stand in the count once, from this very text.
        is_word = words.get(left.lower(), 0) > 1
        if is_word and (words.get(right.lower(), 0) > 1 or len(right) > _MOST_ENDING_CHARS):
            return found[0]  # "slowly- inactivating": two words, but no proof of a compound
        return whole


def _join_addresses(text: str) -> str:
    text = _SCHEME.sub(r"\1://", text)
    text = _TORN_HOST.sub(lambda found: found[0].replace(". ", "."), text)
    return _KNOWN_HOST.sub(".", text)


def _join_latin(text: str) -> str:
    return _LATIN.sub(
        lambda found: (
            ".".join(part for part in found.groups()[:4] if part) + (".," if found[5] else ".")
        ),
        text,
    )


def _join_numbers(text: str, *, is_torn: bool) -> str:
    if _SOUND_DECIMAL.search(text):
        return text
    joined = _TORN_DECIMAL.sub(r"\1.\2", text)
    is_torn = is_torn or joined != text
    if not is_torn and len(_MAYBE_DECIMAL.findall(text)) < _MANY:
        return text
    joined = _MAYBE_DECIMAL.sub(_join_maybe, joined)
    return _TORN_THOUSANDS.sub(r"\1,\2", joined)


def _join_maybe(found: re.Match[str]) -> str:
    if _COUNTED.search(found.string[: found.start()][-12:]):
        return found[0]
    return f"{found[1]}.{found[2]}"
