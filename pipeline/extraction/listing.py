"""The listing of a dump: what a note says that it is a part of, else what its page says.

What belongs here: which of the two counts, and the columns of raw.dumps. What does not: what a page
says of itself and how ids are made (`sources.listings`), reading notes (`inputs.notes`).
"""

from collections.abc import Mapping
from typing import Any, cast

from pipeline.contract.findings import ListingKind, PageFacts
from pipeline.sources.listings import Listing, listing_id, own_id, subject_key
from pipeline.text.damage import without_commands
from pipeline.text.whitespace import fold_space

_NAMED = "named"  # in ids, instead of a kind, where a note gives the name


def listing_of(row: Mapping[str, Any], facts: PageFacts, given: str | None) -> dict[str, Any]:
    """Return the columns `listing_*` of a dump.

    Pages of several sites that a note puts into one listing are one listing of each site: an id
    begins with the site.

    Args:
        row: what is known of the dump: `dump_id` and `source`.
        facts: what its page says of itself; of several pages, the one with most cards.
        given: the name that a note gives, or None.
    """
    source, said = row["source"], listing_said(facts)
    found = {
        "listing_id": own_id(source, row["dump_id"]),
        "listing_kind": said and said.kind,
        "listing_subject": said and said.subject,
        "listing_basis": "page" if said else None,
    }
    if given := fold_space(without_commands(given or "")):
        key = subject_key(given)
        return found | {
            "listing_id": listing_id(source, _NAMED, key),
            "listing_subject": given,
            "listing_basis": "given",
        }
    if said:
        found["listing_id"] = listing_id(source, said.kind, said.key)
    return found


def listing_said(facts: PageFacts) -> Listing | None:
    """Return what a page says that it lists; None: it does not say."""
    kind, subject = facts.listing_kind, without_commands(facts.listing_subject or "")
    return Listing(cast("ListingKind", kind), subject) if kind and subject else None
