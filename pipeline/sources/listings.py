"""What a page is a part of: an author's papers, a search, a category's list, a site's days.

What belongs here: which listings are one, and what each is called. What does not: what a site's
pages say of themselves (`sites`), their addresses (`page_address`), names that people give in notes
(`inputs.notes`).

Two pages are of one listing if they are of one site and their subjects differ in letter case, white
space, and for names in what `text.keys.name_key` leaves out. Two people of one name are one listing
of a site: its page lists the papers of both.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.contract.findings import ListingKind
from pipeline.contract.ids import DUMP_PREFIX
from pipeline.text.keys import fold_ascii, name_key
from pipeline.text.whitespace import fold_space

_NOT_WORDS = re.compile(r"[^a-z0-9]+")
_MOST_SLUG = 48  # characters of a subject that an id shows
_HASH = 8
# What is not seen: soft hyphens, spaces of no width, commands of direction.
_UNSEEN = frozenset("\xad\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Listing(NamedTuple):
    """What a page is a part of: its kind, and whose papers, of which search or category."""

    kind: ListingKind
    subject: str

    @property
    def key(self) -> str:
        """The subject, equal for subjects that are the same."""
        folded = subject_key(self.subject)
        return (name_key(self.subject) or folded) if self.kind == "author" else folded


def subject_key(subject: str) -> str:
    r"""Return a subject, equal for subjects that look the same: however accents are written.

    >>> subject_key("Cafe\u0301  robots") == subject_key("caf\xe9\u200b Robots")
    True
    """
    seen = "".join(c for c in subject if c not in _UNSEEN)
    return fold_space(unicodedata.normalize("NFC", seen)).casefold()


def author(name: str | None) -> Listing | None:
    """Return the listing of an author's papers; None without a name."""
    return Listing("author", fold_space(name)) if name else None


def agreed(found: Iterable[Listing | None]) -> Listing | None:
    """Return the listing that all that say one agree on, in the first one's words; else None.

    >>> agreed([None, Listing("search", "Robots"), Listing("search", "robots")])
    Listing(kind='search', subject='Robots')
    >>> agreed([Listing("search", "Robots"), Listing("search", "geese")])
    """
    known = [listing for listing in found if listing]
    keys = {(listing.kind, listing.key) for listing in known}
    return known[0] if len(keys) == 1 else None


def one_page(pages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what pages of authors that stand below each other say, as if they were one page.

    The papers that they declare add up. Whose papers they list is known if all name the same
    author; else the whole is of nobody.

    Args:
        pages: what each says, as fields of `PageFacts`; `page_subject` among them.

    >>> said = {"page_subject": "Ann Lee", "declared_papers": 2, "h_index": 7}
    >>> one_page([said, said | {"page_subject": "ANN LEE"}])
    {'page_subject': 'Ann Lee', 'declared_papers': 4, 'h_index': 7}
    >>> one_page([said, said | {"page_subject": "Bo Chen"}])
    {'page_subject': None, 'page_subject_basis': None, 'declared_papers': 4}
    """
    if len(pages) == 1:
        return dict(pages[0])
    counts = [page.get("declared_papers") for page in pages]
    declared = {"declared_papers": None if None in counts else sum(filter(None, counts))}
    subjects = [author(page["page_subject"]) for page in pages]
    if None in subjects or agreed(subjects) is None:
        return {"page_subject": None, "page_subject_basis": None} | declared
    return dict(pages[0]) | declared


def as_facts(listing: Listing | None) -> dict[str, Any]:
    """Return a listing as fields of `PageFacts`."""
    if listing is None:
        return {"listing_kind": None, "listing_subject": None}
    return {"listing_kind": listing.kind, "listing_subject": listing.subject}


def listing_id(source: str, kind: str, key: str) -> str:
    """Return the id of a listing: its site, its kind and its subject in ASCII words.

    Where these say less than the subject, a hash of it follows.

    Args:
        source: the site.
        kind: of the listing; `named` where a note names it.
        key: the subject as `Listing.key` gives it.

    >>> listing_id("arrow", "author", "yelong shen"), listing_id("arxiv_search", "search", "a: b")
    ('arrow:author:yelong-shen', 'arxiv_search:search:a-b-75cd1899')
    """
    words = _NOT_WORDS.sub("-", fold_ascii(key)).strip("-")
    slug = words[:_MOST_SLUG].strip("-")
    if slug.replace("-", " ") != key:
        slug = f"{slug}-{hashlib.sha256(key.encode()).hexdigest()[:_HASH]}".strip("-")
    return f"{source}:{kind}:{slug}"


def own_id(source: str, dump_id: str) -> str:
    """Return the id of a page of which nothing is known: it is a listing of its own."""
    return f"{source}:page:{dump_id[:DUMP_PREFIX]}"
