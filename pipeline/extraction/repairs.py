"""The certain repairs that the texts of a card get on their way to staging.

What belongs here: which fields are repaired, and that flags say so. What does not: the repairs
themselves (`text.damage`), those that need a judgement (`text.spacing`).
"""

from operator import attrgetter
from typing import Any

from pipeline.contract.findings import Record
from pipeline.text.damage import FLAGS, are_sound, is_harmless, repair, without_commands

# Texts of a card that are repaired; names and affiliations are, too. `raw_` fields stay verbatim,
# but for what commands a terminal.
_REPAIRED_FIELDS = ("title", "organization", "abstract", "comments", "journal_ref")
_RAW_FIELDS = tuple(name for name in Record._fields if name.startswith("raw_"))
_texts_of = attrgetter(*_REPAIRED_FIELDS)
_raws_of = attrgetter(*_RAW_FIELDS)


def repair_record(record: Record) -> Record:
    """Return a card with certain damage repaired and flagged; most cards are sound."""
    record = _harmless(record)
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


def _harmless(record: Record) -> Record:
    """Return a card whose verbatim texts hold nothing that commands a terminal."""
    raws = [author.raw_name for author in record.authors]
    raws += filter(None, _raws_of(record))
    if is_harmless("\n".join(raws)):
        return record
    changed: dict[str, Any] = {n: without_commands(getattr(record, n) or "") for n in _RAW_FIELDS}
    changed = {n: text or None for n, text in changed.items()}
    changed["raw_title"] = changed["raw_title"] or "\ufffd"  # a title that was but a command
    changed["authors"] = tuple(
        author._replace(raw_name=without_commands(author.raw_name)) for author in record.authors
    )
    return record._replace(**changed)
