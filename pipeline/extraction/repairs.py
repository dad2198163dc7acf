"""The certain repairs that the texts of a card get on their way to staging.

What belongs here: which fields are repaired, and that flags say so. What does not: the repairs
themselves (`text.damage`, `text.torn_names`), those that need a judgement (`text.spacing`).
"""

from collections.abc import Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

from pipeline.contract.findings import AuthorName, Record
from pipeline.text.damage import FLAGS, are_sound, is_harmless, is_sound, repair, without_commands
from pipeline.text.identifiers import find_doi
from pipeline.text.rare import rare_characters
from pipeline.text.torn_names import torn_names

# Texts of a card that are repaired; names and affiliations are, too. `raw_` fields stay verbatim,
# but for what commands a terminal.
_REPAIRED_FIELDS = ("title", "organization", "abstract", "comments", "journal_ref")
_TORN = "mended_torn_names"
_RAW_FIELDS = tuple(name for name in Record._fields if name.startswith("raw_"))
_texts_of = attrgetter(*_REPAIRED_FIELDS)
_raws_of = attrgetter(*_RAW_FIELDS)


class Repaired(NamedTuple):
    """The cards of a page, repaired, and the rare characters of their texts if none had to be."""

    records: tuple[Record, ...]
    rare: str | None


def repair_records(records: Sequence[Record]) -> Repaired:
    """Repair certain damage of cards and flag it; most pages hold none."""
    records = [
        _with_whole_names(_with_bare_doi(record) if record.doi else record) for record in records
    ]
    shown = "\n".join(_shown(records))
    rare = rare_characters(shown)
    if is_sound(shown, rare) and is_harmless("\n".join(_raw(records))):
        return Repaired(tuple(records), rare)
    return Repaired(tuple(map(_repaired, records)), None)


def _with_bare_doi(record: Record) -> Record:
    """Take the full stop of its sentence off a DOI; what is none is left to the gate."""
    doi = find_doi(record.doi or "") or record.doi
    return record if doi == record.doi else record._replace(doi=doi)


def _with_whole_names(record: Record) -> Record:
    """Put names together that the list tears in two; the card counted them twice, too."""
    torn = torn_names([author.name for author in record.authors]) if record.authors else ()
    if not torn:
        return record
    authors = list(record.authors)
    for at in reversed(torn):
        first, second = authors[at : at + 2]
        authors[at : at + 2] = [
            AuthorName(
                f"{first.raw_name} {second.raw_name}",
                f"{first.name} {second.name}",
                second.homonym_id,
            )
        ]
    n_total = record.n_authors_total
    return record._replace(
        authors=tuple(authors),
        n_authors_total=None if n_total is None else max(n_total - len(torn), len(authors)),
        flags=(*record.flags, _TORN),
    )


def _shown(records: Sequence[Record]) -> list[str]:
    """Return the texts of cards that are repaired."""
    texts = [author.name for record in records for author in record.authors]
    texts += chain.from_iterable([record.affiliations for record in records])
    texts += filter(None, chain.from_iterable(map(_texts_of, records)))
    return texts


def _raw(records: Sequence[Record]) -> list[str]:
    """Return the verbatim texts of cards."""
    texts = [author.raw_name for record in records for author in record.authors]
    texts += filter(None, chain.from_iterable(map(_raws_of, records)))
    return texts


def _repaired(record: Record) -> Record:
    record = _harmless(record)
    if are_sound(_shown([record])):
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
    if is_harmless("\n".join(_raw([record]))):
        return record
    changed: dict[str, Any] = {n: without_commands(getattr(record, n) or "") for n in _RAW_FIELDS}
    changed = {n: text or None for n, text in changed.items()}
    changed["raw_title"] = changed["raw_title"] or "\ufffd"  # a title that was but a command
    changed["authors"] = tuple(
        author._replace(raw_name=without_commands(author.raw_name)) for author in record.authors
    )
    return record._replace(**changed)
