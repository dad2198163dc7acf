"""Made-up papers of people who share names: what telling people apart is measured on.

What belongs here: drawing people, their groups and what they publish. What does not: records of one
paper seen several times (`synthetic`), measuring (`identity_cost`).

People publish in groups of a dozen, each with a subject and an organisation. Some move to another
group, some papers name guests, some lists shorten a given name. A few names have hundreds of
bearers, most have one. Vocabularies grow more slowly than what is written with them (Heaps' law),
and words of all kinds follow Zipf's. All is drawn in whole columns: a million papers take seconds.
"""

from pathlib import Path

import numpy as np
import polars as pl

_PEOPLE_PER_RECORD = 1.4
_GROUP = 12
_GROUPS_OF_A_SUBJECT, _GROUPS_OF_AN_ORGANISATION = 15, 30
_SUBJECT_WORDS, _COMMON_WORDS, _VENUES = 40, 200, 4
_LIST_SIZES = (1, 2, 3, 3, 5, 6, 7, 10, 14)  # 4.5 when those drawn twice are gone
_MOVE, _GUEST, _SHORTEN, _AFFILIATE, _NAME_LAB = 0.15, 0.1, 0.02, 0.4, 0.5
_SYLLABLES = [c + v + e for c in "bcdfglmnprstv" for v in "aeiou" for e in ("", "n", "r", "s")]


def write(n_records: int, folder: Path) -> tuple[Path, Path]:
    """Write N papers, and who wrote them; returns the two files. The same N gives the same rows.

    Records have record_id, title, authors, year, venue and affiliations, in an order that tells
    nothing; the truth has record_id, author_order, block (the name in full, in small letters) and
    person_id.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = _World(n_records)
    group = made.any_of(made.n_groups, n_records)
    shown = pl.DataFrame(
        {
            "record_id": [f"r{n * 7_368_787 % 100_000_007:09d}" for n in range(1, n_records + 1)],
            "title": made.titles(made.subject[group]),
            "year": pl.Series(made.start[group] + made.any_of(9, n_records), dtype=pl.Int32),
            "venue": made.venues(made.subject[group]),
            "affiliations": made.affiliations(group),
        }
    ).with_row_index("record")
    named = made.authors(group).join(
        shown.select("record", "record_id"), on="record", maintain_order="left"
    )
    lists = named.group_by("record", maintain_order=True).agg(authors="spelling")
    files = folder / "records.parquet", folder / "truth.parquet"
    shown.join(lists, on="record", maintain_order="left").select(
        "record_id", "title", "authors", "year", "venue", "affiliations"
    ).write_parquet(files[0])
    named.select(
        "record_id",
        author_order=pl.int_range(1, pl.len() + 1).over("record"),
        block=pl.col("name").str.to_lowercase(),
        person_id=pl.format("p{}", "person"),
    ).write_parquet(files[1])
    return files


class _World:
    """The people, groups and words of a collection; one chance for all."""

    def __init__(self, n_records: int) -> None:
        self.n_records = n_records
        self.chance = np.random.default_rng(20)
        self.n_people = int(n_records * _PEOPLE_PER_RECORD) + 1
        self.n_groups = self.n_people // _GROUP + 1
        self.words = self._coined(60 * n_records**0.55 + 2 * _COMMON_WORDS, 4)
        self.names = pl.DataFrame(
            {
                "given": self._drawn(self._coined(4 * n_records**0.5 + 10, 3)),
                "family": self._drawn(self._coined(30 * n_records**0.5 + 10, 4)),
            }
        )
        self.subject = self.any_of(self.n_groups // _GROUPS_OF_A_SUBJECT + 1, self.n_groups)
        self.start = self.any_of(25, self.n_groups) + 1992

    def any_of(self, n: int, size: int | tuple[int, int]) -> np.ndarray:
        """Draw numbers below n, all equally often."""
        return self.chance.integers(0, n, size)

    def _coined(self, n_words: float, most: int) -> pl.Series:
        """Return distinct words of two to so many syllables."""
        n_drawn = int(3 * n_words)
        n_syllables = self.chance.integers(2, most + 1, n_drawn)
        syllables = pl.Series(_SYLLABLES)
        parts = [
            _where(syllables.gather(self.any_of(len(_SYLLABLES), n_drawn)), n_syllables > place)
            for place in range(most)
        ]
        coined = pl.select(pl.concat_str(parts, ignore_nulls=True)).to_series()
        return coined.unique(maintain_order=True).head(int(n_words))

    def _zipf(self, n: int, size: int) -> np.ndarray:
        """Draw numbers below n, small ones most often."""
        odds = np.cumsum(1 / (np.arange(n) + 10))
        return np.searchsorted(odds, self.chance.random(size) * odds[-1])

    def _drawn(self, parts: pl.Series) -> pl.Series:
        return parts.str.to_titlecase().gather(self._zipf(len(parts), self.n_people))

    def _are_in(self, share: float, size: int) -> np.ndarray:
        return self.chance.random(size) < share

    def authors(self, group: np.ndarray) -> pl.DataFrame:
        """Return who wrote the papers of these groups: record, person, name, spelling."""
        home = self.any_of(self.n_groups, self.n_people)
        movers = np.flatnonzero(self._are_in(_MOVE, self.n_people))
        member = np.r_[np.arange(self.n_people), movers]
        at = np.r_[home, self.any_of(self.n_groups, len(movers))]
        order = np.argsort(at, kind="stable")
        first = np.searchsorted(at[order], np.arange(self.n_groups + 1))
        record = np.repeat(np.arange(len(group)), self.chance.choice(_LIST_SIZES, len(group)))
        size = np.diff(first)[group[record]]
        # Some members of a group write much more than others.
        place = (size * self.chance.random(len(record)) ** 1.5).astype(np.int64)
        is_guest = (size == 0) | self._are_in(_GUEST, len(record))
        guest = self.any_of(self.n_people, len(record))
        place = np.where(is_guest, 0, first[group[record]] + place)
        person = np.where(is_guest, guest, member[order][place])
        listed = pl.DataFrame({"record": pl.Series(record, dtype=pl.UInt32), "person": person})
        listed = listed.unique(keep="first", maintain_order=True)
        initial = pl.format("{}. {}", pl.col("given").str.slice(0, 1), "family")
        name = pl.format("{} {}", "given", "family")
        is_short = pl.Series(self._are_in(_SHORTEN, listed.height))
        return listed.hstack(self.names[listed["person"]]).select(
            "record",
            "person",
            name=name,
            spelling=pl.when(is_short).then(initial).otherwise(name),
        )

    def titles(self, subject: np.ndarray) -> pl.Series:
        """Return titles of two to four words of the subject and two to five of any."""
        n = len(subject)
        n_rare = len(self.words) - _COMMON_WORDS
        of_subject = self.any_of(n_rare, (int(self.subject.max()) + 1, _SUBJECT_WORDS))
        n_own, n_other = self.any_of(3, n) + 2, self.any_of(4, n) + 2
        words = []
        for place in range(4):
            # The words of a subject are not equally common either.
            drawn = (_SUBJECT_WORDS * self.chance.random(n) ** 2).astype(np.int64)
            own = of_subject[subject, drawn] + _COMMON_WORDS
            words.append(_where(self.words.gather(own), n_own > place))
        for place in range(5):
            other = self.words.gather(self._zipf(len(self.words), n))
            words.append(_where(other, n_other > place))
        return pl.select(pl.concat_str(words, separator=" ", ignore_nulls=True)).to_series()

    def venues(self, subject: np.ndarray) -> pl.Series:
        """Return one of the few venues of each subject; some subjects share theirs."""
        names = self.words.gather(subject % (len(self.words) // 2)).str.to_titlecase()
        number = pl.Series(self.any_of(_VENUES, len(subject)) + 1)
        return pl.select(pl.format("Journal of {} {}", names, number)).to_series()

    def affiliations(self, group: np.ndarray) -> pl.Series:
        """Return the organisation of each group, with a laboratory or without; none for many."""
        n = len(group)
        at = self.any_of(self.n_groups // _GROUPS_OF_AN_ORGANISATION + 1, self.n_groups)[group]
        places, labs = (
            self.words.gather(self.any_of(len(self.words), self.n_groups)).str.to_titlecase()
            for _ in range(2)
        )
        university = pl.select(pl.format("University of {}", places.gather(at))).to_series()
        lab = _where(labs.gather(group), self._are_in(_NAME_LAB, n))
        full = pl.coalesce(pl.format("{} Laboratory, {}", lab, university), university)
        is_shown = pl.lit(pl.Series(self._are_in(_AFFILIATE, n)))
        return pl.select(pl.when(is_shown).then(pl.concat_list(full))).to_series()


def _where(values: pl.Series, is_there: np.ndarray) -> pl.Series:
    """Return values, NULL where they are not to be there."""
    return pl.select(pl.when(pl.lit(pl.Series(is_there))).then(pl.lit(values))).to_series()
