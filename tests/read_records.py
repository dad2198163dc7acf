"""Records as they were read, and what can be told from them without the linkage models.

What belongs here: titles, names, pages of single records in forms that compare; words and pairs of
all records together. What does not: what a match reason claims of two (`reason_claims`).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from pipeline.storage.duckdb_engine import DuckDB
from pipeline.text.keys import name_key, title_key
from pipeline.text.title_markers import TitleMark, find_mark

_SURNAME = re.compile(
    r"(?:(?: (?:al|d|da|dal|de|degli|del|della|den|der|di|do|dos|du|e|el|la|las|le|los|ten|ter|van"
    r"|von|y|zu|zum|zur)){1,4}| \S{2,}) \S{2,}$"
)
_IN_WORDS = """one two three four five six seven eight nine ten first second third fourth fifth
sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth
seventeenth eighteenth nineteenth twentieth"""
_NUMBER = re.compile(
    r"[0-9]+(?:st|nd|rd|th|[a-z])?|[ivx]{1,5}|[b-z]|parts?|vol|volume|chapter|edition|no|"
    + "|".join(_IN_WORDS.split())
)
# A catalogue's words before the name of a team.
_CATALOGUED = re.compile(
    r"^corporate |^the (?=(?:.* )?(?:team|group|consortium|collaboration|committee|network|project"
    r"|investigators|association|society|initiative|alliance|council|force)$)"
)


def is_number(word: str) -> bool:
    """Tell whether a word of a title counts as a number, or leads to one."""
    return bool(_NUMBER.fullmatch(word))


def has_digit(word: str) -> bool:
    """Tell whether a word of a title is a code such as C60."""
    return bool(re.search("[0-9]", word))


@cache
def forms(name: str) -> tuple[str, ...]:
    """Return the forms of a name; two names agree that have one in common.

    >>> forms("Jan van den Berg"), forms("Lund A. B.")
    (('j berg', 'v jan', 'j vandenberg'), ('a lund',))
    """
    words = re.sub(" (jr|sr|ii|iii)$", "", _named(name)).split(" ")
    n_behind = next((n for n, word in enumerate(reversed(words)) if len(word) > 1), 0)
    if len(words[0]) > 1 and n_behind:
        words = words[-n_behind:] + words[:-n_behind]
    first, last = words[0], words[-1]
    found = [f"{first[:1]} {_folded(last)}"]
    if len(first) > 1 and first != last:
        found.append(f"{words[1][:1]} {_folded(first)}")
    surname = _SURNAME.search(" ".join(words))
    return (*found, f"{first[:1]} {_folded(surname[0].replace(' ', ''))}") if surname else (*found,)


def _named(name: str) -> str:
    """Return the key of a name without the words of catalogues."""
    return _CATALOGUED.sub("", _CATALOGUED.sub("", name_key(name) or ""))


def _folded(surname: str) -> str:
    return re.sub("([aou])e", r"\1", surname) if len(surname) > 4 else surname


def edits(one: str, other: str, limit: int) -> int:
    """Return how many characters must change to make two texts equal, or more than a limit."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before = [*range(len(other) + 1)]
    for n, sign in enumerate(one, 1):
        row = [n] + [limit + 1] * len(other)
        for m in range(max(1, n - limit), min(len(other), n + limit) + 1):
            row[m] = min(before[m] + 1, row[m - 1] + 1, before[m - 1] + (sign != other[m - 1]))
        before = row
    return before[-1]


def is_same_name(one: str, other: str) -> bool:
    """Tell whether two names have a form in common, but for both read backwards."""
    mine, theirs = backwards(one), backwards(other)
    shared = {*forms(one)} & {*forms(other)}
    return bool(shared - {mine, theirs}) or bool(
        ({mine} & ({*forms(other)} - {theirs})) | ({theirs} & ({*forms(one)} - {mine}))
    )


def backwards(name: str) -> str | None:
    """Return the form of a name that is read backwards, if it has one."""
    found = forms(name)
    words = _named(name).split(" ")
    return found[1] if len(found) > 1 and found[1].endswith(f" {_folded(words[0])}") else None


def is_alike(one: str, other: str) -> bool:
    """Tell whether two names agree, or begin alike."""
    return is_same_name(one, other) or forms(one)[0][:6] == forms(other)[0][:6]


@dataclass(frozen=True)
class Record:
    """One record as it was read."""

    id: str
    row: Mapping[str, Any]
    names: tuple[str, ...]

    def __getitem__(self, column: str) -> Any:
        """Return a value of its row."""
        return self.row[column]

    @cached_property
    def key(self) -> str:
        """Its title in plain words; empty without a title."""
        return title_key(self["title"]) or ""

    @cached_property
    def spelling(self) -> str:
        """Its title without spaces."""
        return self.key.replace(" ", "")

    @property
    def title_numbers(self) -> str:
        """The numbers in its title, each once."""
        return " ".join(sorted(set(re.findall("[0-9]+", self.key))))

    @property
    def head(self) -> str | None:
        """What its title begins with before a subtitle."""
        found = re.match(r"(.+?)(?:: | - |[?] | [(])", self["title"] or "")
        return (title_key(found[1]) or "").replace(" ", "") if found else None

    @property
    def mark(self) -> TitleMark | None:
        """What its title says it is."""
        return find_mark(self["title"] or "")

    @property
    def marked(self) -> str | None:
        """The same in words."""
        mark = self.mark
        return f"{mark.relation} {mark.part_number or ''}".rstrip() if mark else None

    @property
    def base(self) -> str:
        """Its title without what marks it."""
        return (self.mark.base_key if self.mark else None) or self.spelling

    @property
    def n_authors(self) -> int | None:
        """How many authors it says there are."""
        if (self["n_authors_total"] or 0) > 0:
            return self["n_authors_total"]
        return (self["n_authors_listed"] or None) if self["authors_complete"] else None

    @property
    def abstract(self) -> str:
        """Its abstract without spaces and lines; empty where it is too short to compare."""
        text = self["abstract"] or ""
        return re.sub("[ \n]", "", text.lower()) if len(text) >= 60 else ""

    @property
    def arxiv_id(self) -> str | None:
        """Its arXiv identifier, which a DOI may tell, too."""
        told = re.fullmatch(r"10\.48550/arxiv\.(.+?)(v[0-9]+)?", (self["doi"] or "").lower())
        return (self["arxiv_id"] or "").lower() or (told[1] if told else None)

    def number(self, column: str) -> str | None:
        """Return the first number that a column shows."""
        found = re.search("[0-9]+", self[column] or "")
        return found[0] if found else None

    @property
    def pages(self) -> tuple[str | None, str | None]:
        """Its first and its last page."""
        found = [*re.findall("[0-9]+", self["pages"] or ""), None, None]
        return found[0], found[1]


def agreeing(one: Record, other: Record, agree: Callable[[str, str], bool]) -> set[int]:
    """Return how many names of the shorter list stand in the longer one.

    Either of two lists as long may be called the shorter one, and two names of one may agree with
    one of the other: then there are two true answers.
    """
    shortest = min(len(one.names), len(other.names))
    sides = ((one.names, other.names), (other.names, one.names))
    return {
        sum(any(agree(name, each) for each in long) for name in short)
        for short, long in sides
        if len(short) == shortest
    }


class World:
    """All records, and the pairs of them that were compared."""

    def __init__(
        self, records: list[Record], compared: list[tuple[str, str]], weight: dict[str, int]
    ) -> None:
        """Count words over distinct titles, whose words are those of most who bear them."""
        self.records = {record.id: record for record in records}
        self.compared = [(self.records[one], self.records[other]) for one, other in compared]
        self.partners: dict[str, list[Record]] = defaultdict(list)
        for one, other in self.compared:
            self.partners[one.id].append(other)
            self.partners[other.id].append(one)
        self.title_pairs: dict[str, list[tuple[Record, Record]]] = defaultdict(list)
        for one, other in self.compared:
            if one.spelling == other.spelling:
                self.title_pairs[one.spelling].append((one, other))
        self.titles: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            self.titles[record.spelling].append(record)
        self._words = {
            spelling: _usual([record.key for record in bearers]).split()
            for spelling, bearers in self.titles.items()
        }
        distinct = [words for spelling, words in self._words.items() if spelling]
        # Between which words each stands.
        self._beside: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        for words in distinct:
            for at in range(len(words)):
                before, behind = self._beside[words[at]]
                before.add(words[at - 1] if at else "")
                behind.add(words[at + 1] if at + 1 < len(words) else "")
        self._weight = weight

    def words(self, record: Record) -> list[str]:
        """Return the words of a title, in order."""
        return self._words[record.spelling]

    def is_known(self, word: str) -> bool:
        """Tell whether a word stands between several words: not a slip that variants repeat."""
        return min(map(len, self._beside[word])) > 1

    def title_percent(self, one: Record, other: Record) -> int | None:
        """Return how much of the weight of their words two titles share."""
        left, right = set(self.words(one)), set(self.words(other))
        if not left or not right:
            return None
        shared, all_ = (
            sum(self._weight[word] for word in words) for words in (left & right, left | right)
        )
        return 100 * shared // all_

    def n_nearer(self, one: Record, other: Record, nearness: Callable[..., int | None]) -> int:
        """Return how many of two records have a nearer partner than each other."""
        own = nearness(one, other)
        return sum(
            any((near := nearness(side, each)) is not None and near > own for each in partners)
            for side in (one, other)
            for partners in [self.partners[side.id]]
        )


def _usual(keys: list[str]) -> str:
    counts = Counter(keys)
    return min(counts, key=lambda key: (-counts[key], len(key), key))


def read_world(engine: DuckDB) -> World:
    """Read the records that an engine linked, and which of them it compared."""
    names: dict[str, list[str]] = defaultdict(list)
    for record_id, name in engine.tuples(
        "select record_id, name from staging.record_authors order by record_id, author_order"
    ):
        if name_key(name):
            names[record_id].append(name)
    rows = engine.rows("select * from staging.records where not coalesce(is_held_back, false)")
    records = [Record(row["record_id"], row, tuple(names[row["record_id"]])) for row in rows]
    sql = "select record_id_l, record_id_r from linkage.candidate_pairs"
    weight = dict(engine.tuples("select distinct word, weight from linkage.title_words"))
    return World(records, engine.tuples(sql), weight)
