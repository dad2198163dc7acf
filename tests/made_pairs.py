"""A made table of pairs of records that differ in every way linkage knows.

What belongs here: made-up titles, names and places, and how the two of a pair differ. What does
not: what linkage must say of them.
"""

import random
from collections.abc import Callable, Iterator, Sequence

Row = dict[str, object]
# Names of each list; the second agrees with the first wholly, in part, in its beginnings, or not.
NAMES = (
    *("Ann Lee", "Bo Chen", "Cy Roy", "Di Wu", "Ed Fox", "Fay Hale", "Gus Ives", "Hua Jin"),
    *("Ida Kern", "Jan van den Berg", "Karl Lundqvist", "Li Wang", "Lanjun Wang", "Mia Novak"),
)
STRANGERS = ("Otto Pohl", "Pia Quist", "Rui Sato", "Tea Urban", "Uma Vance", "Zoe Young")
AUTHORS: tuple[tuple[Sequence[str], Sequence[str]], ...] = (
    ((), ()),
    (NAMES[:3], ()),
    (NAMES[:1], ("A. Lee",)),
    (NAMES[:2], ("Lee, Ann", "Chen, Bo")),
    (NAMES[:3], NAMES[:3]),
    (NAMES[:8], ("A. Lee", "B. Chen", "C. Roy")),
    (NAMES[:5], (*NAMES[:3], *STRANGERS[:2])),
    (NAMES[:3], (*NAMES[:2], "Otto Pohl")),
    (NAMES[:3], (*NAMES[:1], *STRANGERS[:2])),
    (NAMES[:6], (*NAMES[:1], *STRANGERS)),
    (("K. Lundqvist", "M. Novak"), ("K. Lundqist", "M. Novok")),
    (NAMES[:1], STRANGERS[:1]),
    (NAMES[:3], STRANGERS[:3]),
    (("Li Wang", "Lanjun Wang", "Bo Chen", "Cy Roy"), ("Li Wang", "Otto Pohl")),
    (("Jan van den Berg", "Bo Chen"), ("J. Vandenberg", "B. Chen", "Uma Vance")),
)
COUNTS = ((None, None), (3, 3), (5, 5), (9, 9), (8, 9), (8, 10), (8, 30), (9, None))
YEARS = ((2019, 2019), (2019, 2020), (2017, 2020), (2001, 2020), (2019, None), (None, None))
VENUES = (
    (None, None),
    ("Journal of Rivers", "J. of Rivers"),
    ("Journal of Rivers", "journal of rivers (online)"),
    ("Journal of Rivers", "JR"),
    ("Journal of Rivers", "Letters on Snow"),
    ("Journal of Rivers", None),
    ("NeurIPS", "ICML"),
    ("AAAI", "AAAI Conference on Artificial Intelligence"),
    ("河川学報", "雪氷期刊"),
    ("河川学報", "河川学報"),
)
# Volume, issue and pages of either side.
PLACES = (
    ((None, None, None), (None, None, None)),
    (("7", "2", "123-129"), ("Vol. 7", "(2)", "123-9")),
    (("7", "2", "123-129"), ("7", "3", "123-129")),
    (("7", "2", "123-129"), ("7", "3", "201-209")),
    (("7", "2", "123-129"), ("8", "2", "123-129")),
    (("7", "2", "123-129"), ("8", "3", "201-209")),
    (("7", None, "123-129"), ("7", None, "201-209")),
    (("7", "2", None), ("7", "2", None)),
    (("7", None, None), ("7", None, None)),
    (("7", None, None), ("8", None, None)),
    ((None, None, "123-129"), (None, None, "123")),
    ((None, None, "S12-S19"), (None, None, "31")),
    ((None, None, "1-9"), (None, None, "1")),
)
SOURCES = (
    *((None, None), ("library", "shelf"), ("library", "library"), ("arrow", "arrow")),
    *(("arxiv_list", "scholar_feed"), ("arrow", "arxiv_list"), ("arrow", "library")),
)
SYLLABLES = "bar den fil gom hax jul kev lor mip nud pas rin sul tev vox wen zar cob dul fen"


def vocabulary(luck: random.Random) -> list[str]:
    """Return words, each beside one that differs in its first letter."""
    syllables = SYLLABLES.split()
    words = sorted({"".join(luck.sample(syllables, 3)) for _ in range(130)})
    return [spelling for word in words for spelling in (word, f"{'q' + word[1:]}")]


def _typo(word: str) -> str:
    return f"{word[:4]}{word[5:]}x"


Words = Sequence[str]
Titles = Callable[[Words], tuple[str, str]]


def _text(words: Words) -> str:
    return " ".join(words).capitalize()


def _shares(n: int) -> Titles:
    return lambda w: (_text(w[:9]), _text([*w[:n], *w[9 : 18 - n]]))


TITLES: tuple[Titles, ...] = (
    lambda w: (_text(w[:8]), _text(w[:8]).upper()),
    lambda w: (_text(w[:4]), f"{w[0]}-{w[1]}, {w[2]} {w[3]}?"),
    lambda w: (_text(w[:2]), _text(w[:2])),
    lambda w: (w[0], w[0]),
    lambda w: (_text(w[:7]), _text([w[1], w[0], *w[2:7]])),
    lambda w: (f"{_text(w[:5])} 2", f"{_text(w[:5])} 3"),
    lambda w: (f"{_text(w[:5])}, Part I", f"{_text(w[:5])}, Part II"),
    lambda w: (_text(w[:5]), f"{_text(w[:5])} B"),
    lambda w: (f"{_text(w[:4])} of c60", f"{_text(w[:4])} of c70"),
    lambda w: (f"2019 {_text(w[:5])}", _text(w[:5])),
    lambda w: (_text(w[:7]), _text([_typo(w[0]), *w[1:7]])),
    lambda w: (_text(w[:7]), _text(["q" + w[0][1:], *w[1:7]])),
    lambda w: (_text(w[:12]), _text([_typo(w[0]), _typo(w[1]), *w[2:12]])),
    lambda w: (_text(w[:12]), _text([*("q" + word[1:] for word in w[:4]), *w[4:12]])),
    lambda w: (_text(w[:6]), _text(w[:9])),
    lambda w: (_text(w[:3]), _text(w[:12])),
    lambda w: (_text(w[2:9]), _text(w[:9])),
    *(_shares(n) for n in range(9)),
    lambda w: ("...", _text(w[:5])),
    lambda w: (f"{_text(w[:2])}: {_text(w[2:6])}", f"{_text(w[:2])}: {_text(w[5:9])}"),
    lambda w: (f"{_text(w[:3])}: {_text(w[3:7])}", _text(w[:3])),
    lambda w: (f"{_text(w[:2])} - {_text(w[2:8])}", f"{_text(w[8:10])} - {_text(w[2:8])}"),
    lambda w: (f"深層 {w[0]}: {_text(w[1:6])}", f"量子 {w[0]}: {_text(w[1:6])}"),
    lambda w: (f"深層: {_text(w[:6])}", f"量子: {_text(w[:6])}"),
    lambda w: (f"Erratum: {_text(w[:6])}", _text(w[:6])),
    lambda w: (f"Erratum to: {_text(w[:6])}", f"Reply to: {_text(w[:6])}"),
    lambda w: (f"Erratum: {_text(w[:6])}", _text(w[1:9])),
    lambda w: (f"{_text(w[:6])} (Tutorial)", _text(w[:6])),
    lambda w: (f"{_text(w[:6])}, 2nd edition", _text(w[:6])),
    lambda w: (f"{_text(w[:6])}, 2nd edition", f"{_text(w[:6])}, 3rd edition"),
    lambda w: (f"{_text(w[:6])}, Part II", f"{_text(w[:6])}: Part 2 {w[7]}"),
    lambda w: (f"{_text(w[:6])} in 3 {w[7]} 5", f"{_text(w[:5])} {w[8]} in 4 {w[7]}"),
    lambda w: (f"{_text(w[:6])} 2020", f"{w[7]} {_text(w[:6])}"),
)


def _abstracts(words: Words, n: int) -> tuple[str | None, str | None]:
    """Return two abstracts that share about n of ten parts; none beyond ten."""
    if n > 10:
        return " ".join(words[:30]), None
    shared = 3 * n
    return " ".join(words[:30]), " ".join([*words[:shared], *words[30 : 60 - shared]])


def _at_least(count: int | None, n_listed: int) -> int | None:
    return None if count is None else max(count, n_listed)


def made_pairs(n_pairs: int) -> Iterator[tuple[Row, Row]]:
    """Yield pairs of records; of two in three an arXiv identifier tells that they are compared."""
    luck = random.Random(12)
    known = vocabulary(luck)
    for n in range(n_pairs):
        words = luck.sample(known[::2], 60)
        titles = TITLES[n % len(TITLES)](words)
        authors, counts, years = luck.choice(AUTHORS), luck.choice(COUNTS), luck.choice(YEARS)
        venues, places, sources = luck.choice(VENUES), luck.choice(PLACES), luck.choice(SOURCES)
        abstracts = _abstracts(words[::-1], luck.randrange(18))
        ids = ((f"2101.{n:05}", f"2101.{n + (n % 11 == 0) * 50000:05}"), (None, None))[n % 3 == 0]
        doi = f"10.1000/{n}"
        dois = luck.choice(((None, None), (doi, doi.upper()), (doi, f"{doi}0")))
        sides: list[Row] = [
            {
                "record_id": f"{n:04}{'lr'[side]}",
                "source": sources[side],
                "title": titles[side],
                "authors": "; ".join(authors[side]),
                "n_authors_total": _at_least(counts[side], len(authors[side])),
                "abstract": abstracts[side],
                "year": years[side],
                "venue": venues[side],
                "volume": places[side][0],
                "issue": places[side][1],
                "pages": places[side][2],
                "arxiv_id": ids[side],
                "doi": dois[side],
            }
            for side in (0, 1)
        ]
        yield sides[0], sides[1]


def made_groups() -> Iterator[Row]:
    """Yield records that share a title with others, and those of a source that repeats none.

    Columns of a journal, editorials without names, one paper of several years, equal records.
    """
    luck = random.Random(7)
    words = vocabulary(luck)
    yield from _sources(luck, words)
    yield from _titles(words)


def row(record_id: str, title: str, **values: object) -> Row:
    """Return a record of these values."""
    return {"record_id": record_id, "title": title, **values}


def _sources(luck: random.Random, words: Words) -> Iterator[Row]:
    for n in range(120):
        title = _text(luck.sample(words, 8))
        year, source = 2000 + n % 20, "shelf"
        yield row(f"s{n}", title, source=source, year=year, authors=f"Ann{n} Lee{n}")
    column, wide = _text(luck.sample(words, 3)), _text(luck.sample(words, 7))
    for n, (title, source) in enumerate([(column, "journal"), (wide, "letters")] * 5):
        yield row(f"c{n}", title, source=source, year=2000 + n, authors="Ann Lee; Bo Chen")
    for n in range(4):
        title = f"{_text(words[40:47])} again"
        yield row(f"t{n}", title, source="letters", year=2000 + n // 2, authors="Ann Lee; Bo Chen")


def _titles(words: Words) -> Iterator[Row]:
    for n, name in enumerate(STRANGERS):
        yield row(f"o{n}", _text(words[50:57]), year=2010 + n // 2, authors=name)
    for year in (2010, 2011, 2013):
        yield row(f"y{year}", _text(words[80:87]), year=year, authors="Ann Lee; Bo Chen; Cy Roy")
    for n in range(8):
        yield row(f"e{n}", "Book Notes", source="journal", year=2001 + n // 2, venue="JR")
    for n, venue in enumerate(VENUES[4]):
        yield row(f"g{n}", "Guest Notes", venue=venue, year=2001, authors="Ann Lee")
    for n in range(3):
        yield row(f"q{n}", _text(words[60:68]), year=2001, authors="Ann Lee; Bo Chen")
    for n in range(5):
        title = _text([*words[70 : 76 - n], *words[76 : 78 + n]])
        yield row(f"n{n}", title, year=2011, authors="Ann Lee; Bo Chen; Cy Roy")
