"""The certain repairs that the texts of a card get on their way to staging.

What belongs here: which fields are repaired, and that flags say so. What does not: the repairs
themselves (`text.damage`), those that need a judgement (`text.spacing`).
"""

from operator import attrgetter
from typing import Any

from pipeline.contract.findings import Record
from pipeline.text.damage import FLAGS, are_sound, repair

# Texts of a card that are repaired; names and affiliations are, too. `raw_` fields stay verbatim.
_REPAIRED_FIELDS = ("title", "organization", "abstract", "comments", "journal_ref")
_texts_of = attrgetter(*_REPAIRED_FIELDS)


def repair_record(record: Record) -> Record:
    """Return a card with certain damage repaired and flagged; most cards are sound."""
    shown = [author.name for author in record.authors]
    shown += record.affiliations
    shown += filter(None, _texts_of(record))
    if are_sound(shown):
        return record
    done: set[str] = set()

    def repaired(text: str) -> str:
        sound, flags = repair(text)
        done.update(flags)
        return sound

    changed: dict[str, Any] = {
        "authors": tuple(author._replace(name=repaired(author.name)) for author in record.authors),
        "affiliations": tuple(map(repaired, record.affiliations)),
    }
    changed |= {n: repaired(text) for n in _REPAIRED_FIELDS if (text := getattr(record, n))}
    changed["flags"] = (*record.flags, *(flag for flag in FLAGS if flag in done))
    return record._replace(**changed)
