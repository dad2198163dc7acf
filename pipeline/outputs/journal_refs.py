"""Journal references of arXiv listings: "Phys. Rev. D 76, 013009 (2007)".

What belongs here: which of them tell journal, volume, pages and year without doubt. What does not:
where a reference shows them (`bibliography`).
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JournalRef:
    """Where a paper appeared in a journal.

    Attributes:
        journal: as authors spell it.
        volume: of the journal.
        year: of the volume.
        number: within the volume, if told.
        pages: "436-444", or the number of an article; None if not told.
    """

    journal: str
    volume: str
    year: int
    number: str | None = None
    pages: str | None = None


# No digits, so that no volume, section or second reference is taken for a part of the name.
_JOURNAL = r"(?P<journal>[A-Z][^\W\d_]*(?:[ .:&'-]+[^\W\d_]+)*\.?)"
_VOLUME = r"(?:[Vv]ol(?:ume|\.)? ?)?(?P<volume>[A-Z]?\d{1,4})"
_NUMBER = (
    r"(?: ?\((?P<number>\d{1,3}(?:[-–/]\d{1,3})?)\)"
    r"|, ?(?:[Nn]o|[Ii]ssue|[Nn]umber)\.? ?(?P<no>\d{1,3}))"
)
_PAGES = r"(?:[Pp]p?\.? ?|[Pp]ages? )?(?P<pages>[A-Z]{0,2}\d{1,7}(?:(?:--?|–)[A-Z]{0,2}\d{1,7})?)"
_YEAR = r"(?P<year>(?:1[89]|20)\d\d)"
_SHAPES = [
    re.compile(shape)
    for shape in (
        # "Phys. Rev. D 76, 013009 (2007)", "J. Nets 7(2):1-9 (2023)"
        rf"{_JOURNAL},? {_VOLUME}{_NUMBER}?[,:] ?{_PAGES},? \({_YEAR}\)\.?",
        # "J. Nets, vol. 7, no. 2, pp. 1-9, 2023", "J. Nets 7(2):1-9, 2023"
        rf"{_JOURNAL},? {_VOLUME}{_NUMBER}?[,:] ?{_PAGES}, {_YEAR}\.?",
        # "Nature 521 (2015) 436-444", "Nature 521 (2015), no. 3, 436-444"
        rf"{_JOURNAL},? {_VOLUME} ?\({_YEAR}\){_NUMBER}?[,:]? ?{_PAGES}\.?",
        # "Nets 7 (2023)"
        rf"{_JOURNAL},? {_VOLUME} \({_YEAR}\)\.?",
    )
]
# What is no journal, or not in it yet. A short name in capitals may be a conference's.
_NO_JOURNAL = re.compile(
    r"\b(?:proc|proceedings|conf|conference|symp|symposium|workshop|meeting|congress|lecture notes"
    r"|lncs|lnai|pmlr|book|chapter|neural information processing|thesis|arxiv|preprint"
    r"|submitted|accepted|appear|press|published|version|vol|volume|no|pp?|pages?|erratum)\b|^in\b"
    r"|^(?-i:[A-Z]\w*[A-Z]\w*)$",
    re.IGNORECASE,
)


def read_journal_ref(text: str) -> JournalRef | None:
    """Return what a journal reference tells; None unless all of it is understood.

    >>> read_journal_ref("Phys. Rev. D 76, 013009 (2007)")
    JournalRef(journal='Phys. Rev. D', volume='76', year=2007, number=None, pages='013009')
    >>> read_journal_ref("Proceedings of Nets 7 (2023)")
    """
    plain = " ".join(text.split())
    found = next(filter(None, (shape.fullmatch(plain) for shape in _SHAPES)), None)
    if found is None or _NO_JOURNAL.search(found["journal"]):
        return None
    parts = found.groupdict()
    pages = parts.get("pages")
    return JournalRef(
        parts["journal"],
        parts["volume"],
        int(parts["year"]),
        parts.get("number") or parts.get("no"),
        re.sub("-+|–", "-", pages) if pages else None,
    )
