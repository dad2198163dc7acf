"""People's names and how they are spelled: drawn from lists, plausible, and shared by some.

What belongs here: names and their spellings. What does not: who writes with whom (`world`).
"""

import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple, Protocol


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.strip().replace("\n", "|").split("|"))


# Given and family names that go together; common ones stand first.
_CULTURES = (
    (
        _split("Wei|Jing|Li|Xin|Yang|Hao|Min|Yan|Jun|Lei|Xiaoming|Yuting|Zihan|Jiahao|Yifan|Qiang"
               "|Xuan|Mengyao|Haoran|Tianyu|Ruilin|Shuo|Peiwen|Kaiyuan|Zhihong|Chenxi|Bingjie"),
        _split("Wang|Li|Zhang|Liu|Chen|Yang|Huang|Zhao|Wu|Zhou|Xu|Sun|Ma|Zhu|Hu|Guo|He|Lin|Gao|Luo"
               "|Zheng|Liang|Xie|Tang|Han|Cao|Deng|Feng|Xiao|Cheng|Peng|Pan|Yuan|Dong|Lu|Jiang"),
    ),
    (
        _split("James|Mary|John|Anna|Peter|Laura|David|Emma|Robert|Grace|Thomas|Ruth|Simon|Alice"
               "|Daniel|Helen|Martin|Clara|Edward|Nora|Samuel|Judith|Oliver|Hannah|Walter|Fiona"),
        _split("Smith|Brown|Taylor|Walker|Harris|Clark|Young|Wright|Hill|Green|Baker|Carter|Turner"
               "|Parker|Cooper|Bell|Ward|Gray|Hughes|Foster|Barnes|Fisher|Marshall|Ellis|Stone"),
    ),
    (
        _split("José|María|Luis|Inés|Andrés|Lucía|Tomás|Sofía|Raúl|Ana|Iván|Elena|Joaquín|Pilar"),
        _split("García|Martínez|López|Sánchez|Pérez|Gómez|Fernández|Díaz|Muñoz|Álvarez|Romero|Núñez"
               "|Castillo|Ibáñez|Vázquez|Herrera|Cortés|Peña"),
    ),
    (
        _split("Jürgen|Anke|Björn|Katrin|Søren|Ingrid|Lars|Maja|Håkon|Sigrid|Jörg|Åsa|Nils|Birgit"),
        _split("Müller|Schäfer|Köhler|Jørgensen|Sjöberg|Lindström|Grünwald|Böhm|Nyström|Krüger"
               "|Hofmann|Bergström|Håkansson|Weiß|Engström|Dahl"),
    ),
    (
        _split("Priya|Rahul|Ananya|Vikram|Deepa|Arjun|Kavita|Sanjay|Meera|Rohan|Nisha|Amit"),
        _split("Sharma|Gupta|Singh|Patel|Reddy|Iyer|Banerjee|Nair|Rao|Mehta|Joshi|Mukherjee"),
    ),
    (
        _split("Hiroshi|Yuki|Kenji|Aiko|Takeshi|Naoko|Minho|Jiwoo|Seojun|Hana|Linh|Minh|Thu|Quang"),
        _split("Tanaka|Suzuki|Sato|Yamamoto|Nakamura|Kobayashi|Kim|Park|Choi|Nguyen|Tran|Pham"),
    ),
    (
        _split("Paweł|Zuzana|Tomáš|Katarzyna|Dragan|Milena|Ondřej|Łucja|Bojan|Ştefan|Ioana|Mihai"),
        _split("Wójcik|Dvořák|Kowalczyk|Novák|Jovanović|Szabó|Horváth|Ionescu|Černý|Zając|Petrović"),
    ),
    (
        _split("Amara|Chinedu|Ngozi|Kwame|Fatima|Omar|Leila|Yusuf|Zainab|Tunde|Abena|Samira"),
        _split("Okafor|Adeyemi|Mensah|Diallo|Haddad|Farahani|Mansour|Owusu|Traoré|Hosseini|Eze"),
    ),
)  # fmt: skip
_CULTURE_ODDS = (0.3, 0.5, 0.58, 0.68, 0.78, 0.88, 0.95)
_ONSETS = _split("B|Br|D|Dr|F|Fl|G|Gr|H|K|Kl|L|M|N|P|R|S|Sh|St|T|Tr|V|W|Z|Al|An|El|Is|Or|Ul")
_MIDDLES = _split("a|e|i|o|u|al|an|ar|el|en|er|il|in|ol|on|or|um|un|ask|est|ind|ock")
_ENDINGS = _split(
    "berg|son|mann|ov|ova|ic|ini|etti|wick|ley|ton|ford|stad|dal|gren|lund|eau|ier"
    "|escu|akis|idis|oglu|yan|adze|enko|sky|ura|moto|kar|wala|mere|nov|hart|feld"
)
_INITIALS = "ABCDEFGHJKLMNPRSTVW"
_FORMED, _MIDDLE, _HYPHEN = 0.45, 0.22, 0.03


class Chance(Protocol):
    """What draws numbers."""

    def random(self) -> float:
        """Return a number from 0 up to 1."""
        ...


class Name(NamedTuple):
    """A person's name: given, middle (an initial, often none) and family."""

    given: str
    middle: str
    family: str

    @property
    def full(self) -> str:
        """The name as the person writes it."""
        middle = f" {self.middle}" if self.middle else ""
        return f"{self.given}{middle} {self.family}"


def _zipf(words: tuple[str, ...], draw: Chance) -> str:
    """Draw a word; the first ones come most often."""
    return words[int(len(words) * draw.random() ** 2)]


@lru_cache(maxsize=1)
def _stems() -> tuple[str, ...]:
    links = ("", *(f"l{middle}" for middle in _MIDDLES))
    return tuple(a + b + c for a in _ONSETS for b in _MIDDLES for c in links)


def coined_family(draw: Chance) -> str:
    """Return a family name formed like those of several languages; half a million exist."""
    stems = _stems()
    return stems[int(draw.random() * len(stems))] + _ENDINGS[int(draw.random() * len(_ENDINGS))]


def draw_name(draw: Chance) -> Name:
    """Draw a person's name."""
    place = bisect_right(_CULTURE_ODDS, draw.random())
    givens, families = _CULTURES[place]
    given = _zipf(givens, draw)
    if place == 0 or draw.random() >= _FORMED:
        family = _zipf(families, draw)
    else:
        family = coined_family(draw)
    if draw.random() < _HYPHEN:
        family = f"{family}-{coined_family(draw)}"
    is_long = place != 0 and draw.random() < _MIDDLE
    middle = f"{_INITIALS[int(draw.random() * len(_INITIALS))]}." if is_long else ""
    if place == 0 and draw.random() < 0.6:
        given = given + _zipf(givens, draw).lower() if len(given) < 5 else given
    return Name(given, middle, family)


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Return a text without diacritics, as some sites and tools leave it.

    >>> plain("Łucja Dvořák")
    'Lucja Dvorak'
    """
    spelled = text.translate({ord("ł"): "l", ord("Ł"): "L", ord("ø"): "o", ord("ß"): "ss"})
    parts = unicodedata.normalize("NFKD", spelled)
    return "".join(part for part in parts if not unicodedata.combining(part))


# How often a list spells a name otherwise.
_INITIAL, _LOST_SIGNS, _NO_MIDDLE, _TURNED = 0.03, 0.08, 0.12, 0.15


def spelled(name: Name, draw: Chance) -> str:
    """Return the name as some list spells it.

    Most spell it in full. Some give initials, lose diacritics or the middle name, or put the
    family name first.
    """
    chance = draw.random()
    if chance < _INITIAL:
        return " ".join(filter(None, (f"{name.given[0]}.", name.middle, name.family)))
    if chance < _LOST_SIGNS:
        return plain(name.full)
    if chance < _NO_MIDDLE and name.middle:
        return f"{name.given} {name.family}"
    if _NO_MIDDLE <= chance < _TURNED and not name.middle and name.family in _TURNING:
        return f"{name.family} {name.given}"
    return name.full


# Families that are written first at home.
_TURNING = frozenset((*_CULTURES[0][1], *_CULTURES[5][1]))
