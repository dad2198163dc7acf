"""References to papers as BibTeX and CSL-JSON, for reference managers and typesetting.

What belongs here: what a paper's entry holds in either format. What does not: which papers a query
finds (`references`), how names are split (`cited_names`), TeX and tags in a line (`marked_text`),
what is known of a paper (the marts).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TextIO

from anyascii import anyascii
from bibtexparser import Library, write_string
from bibtexparser.model import Entry, Field
from bibtexparser.writer import BibtexFormat

from pipeline.outputs.cited_names import cited_name, shown_name
from pipeline.outputs.journal_refs import JournalRef, read_journal_ref
from pipeline.outputs.marked_text import html, plain, tex, tex_title
from pipeline.outputs.strict_json import to_json

# record_type → BibTeX entry type, its field for the venue, CSL type. A preprint is `misc` with
# `eprint` in BibTeX (arXiv's own advice) and `article` in CSL 1.0.2.
_TYPES = {
    "conference_paper": ("inproceedings", "booktitle", "paper-conference"),
    "journal_article": ("article", "journal", "article-journal"),
}
_OTHER_TYPE = ("misc", "howpublished", "article")

_SMALL_WORDS = frozenset(("a", "an", "the", "on", "in", "of", "for", "to", "is", "are", "do"))


@dataclass(frozen=True)
class Reference:
    """What is known of a paper, as far as a reference shows it.

    Attributes:
        paper_id: the paper.
        title: the title as in `papers`.
        authors: names in order, as far as known.
        is_cut: there are more authors than `authors` names.
        n_authors: how many there are, if known.
        values: further columns of `papers` by name; None and absent are the same.
    """

    paper_id: str
    title: str
    authors: Sequence[str] = ()
    is_cut: bool = False
    n_authors: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def journal_ref(self) -> JournalRef | None:
        """The journal it appeared in as arXiv tells, where no listing names a venue."""
        if self.values.get("venue") or self.values.get("record_type") == "conference_paper":
            return None
        return read_journal_ref(self.values.get("journal_ref") or "")

    @property
    def record_type(self) -> str | None:
        """What the paper is, as far as known."""
        return "journal_article" if self.journal_ref else self.values.get("record_type")

    @property
    def venue(self) -> str | None:
        """The conference or journal that is cited with it."""
        return self.journal_ref.journal if self.journal_ref else self.values.get("venue")

    @property
    def year(self) -> int | None:
        """The year of the venue that is cited with it, else that of the first publication."""
        if self.journal_ref:
            return self.journal_ref.year
        return self.values.get("venue_year") or self.values.get("year")

    @property
    def note(self) -> str | None:
        """A journal reference that is not understood, and what to know of the author list."""
        told = None if self.journal_ref else self.values.get("journal_ref")
        return ". ".join(filter(None, (told and told.rstrip(". "), self._of_authors))) or None

    @property
    def _of_authors(self) -> str | None:
        if not self.is_cut:
            return None
        if not self.authors:
            return "No page names the authors in order"
        of = f" of {self.n_authors}" if self.n_authors else ""
        return f"Author list incomplete: {len(self.authors)}{of} known"


# ---------------------------------------------------------------- keys


def citation_keys(references: Iterable[Reference]) -> list[str]:
    """Return a key for each reference, e.g. `hu2021lora-39f1c2`.

    The end of the paper's id makes the key the same in every query; where two papers of one query
    have it alike, a number tells them apart.
    """
    keys: list[str] = []
    seen: Counter[str] = Counter()
    for reference in references:
        first = next(iter(reference.authors), "")
        parts = cited_name(first)
        family = parts.family if parts else shown_name(first)
        title = anyascii(plain(reference.title))
        words = [re.sub(r"[^a-z0-9]", "", word.lower()) for word in title.split()]
        word = next((word for word in words if word and word not in _SMALL_WORDS), "")
        family = re.sub(r"[^a-z]", "", anyascii(family).lower())
        key = f"{family}{reference.year or ''}{word}"[:60] or "paper"
        key += "-" + re.sub(r"[^a-z0-9]", "", reference.paper_id.lower())[-6:]
        seen[key] += 1
        keys.append(key if seen[key] == 1 else f"{key}-{seen[key]}")
    return keys


# ---------------------------------------------------------------- BibTeX


def write_bibtex(references: Sequence[Reference], stream: TextIO) -> None:
    """Write references as BibTeX in UTF-8: readable by BibTeX, biber, JabRef, Zotero, Pandoc."""
    keys = citation_keys(references)
    entries = [_bibtex_entry(r, key) for r, key in zip(references, keys, strict=True)]
    stream.write(_layout(entries))


def bibtex_entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """Return one entry of BibTeX; the fields are written as they are."""
    return _layout([Entry(kind, key, [Field(name, value) for name, value in fields.items()])])


def _layout(entries: Iterable[Entry]) -> str:
    form = BibtexFormat()
    form.indent = "  "
    form.trailing_comma = True
    form.block_separator = "\n"
    return write_string(Library([*entries]), bibtex_format=form)


def _bibtex_entry(reference: Reference, key: str) -> Entry:
    values = reference.values
    kind, venue_field, _ = _TYPES.get(reference.record_type or "", _OTHER_TYPE)
    venue, told = reference.venue, reference.journal_ref
    if not venue and kind != "misc":
        # `booktitle` and `journal` are compulsory, and no page names them.
        kind = "misc"
    names = [_bibtex_name(name) for name in reference.authors]
    if names and reference.is_cut:
        names.append("others")
    arxiv_id = values.get("arxiv_id")
    fields = {
        "author": " and ".join(names) or None,
        # What BibTeX sorts an entry without authors by.
        "key": None if names else tex(reference.title),
        "title": tex_title(reference.title),
        venue_field: tex(venue) if venue else None,
        "volume": told.volume if told else None,
        "number": told.number if told else None,
        "pages": told.pages.replace("-", "--") if told and told.pages else None,
        "year": str(reference.year) if reference.year else None,
        "eprint": _verbatim(arxiv_id),
        "archiveprefix": "arXiv" if arxiv_id else None,
        "primaryclass": _verbatim(values.get("primary_category")) if arxiv_id else None,
        "doi": _verbatim(values.get("doi")),
        "url": _verbatim(values.get("url")),
        "note": tex(reference.note) if reference.note else None,
        # `note` is printed, `annote` is not.
        "annote": tex(values.get("comments") or "") or None,
        "abstract": tex(values.get("abstract") or "") or None,
        "papermartid": reference.paper_id,
    }
    return Entry(kind, key, [Field(name, value) for name, value in fields.items() if value])


def _bibtex_name(name: str) -> str:
    parts = cited_name(name)
    # Styles would turn a name whose family stands first.
    if parts is None or parts.is_cjk:
        return "{" + tex(shown_name(name)) + "}"
    # Of "Ortega y Gasset" BibTeX counts "Ortega y" as particles, which it prints and sorts alike.
    last = " ".join(filter(None, (parts.particle, tex(parts.family))))
    return ", ".join(filter(None, (last, tex(parts.suffix), tex(parts.given))))


def _verbatim(text: str | None) -> str | None:
    """Return an address as BibTeX keeps it: no escapes, but no brace or backslash either."""
    return re.sub(r"[{}\\\s]", lambda m: f"%{ord(m[0]):02X}", text) if text else None


# ---------------------------------------------------------------- CSL-JSON


def write_csl(references: Sequence[Reference], stream: TextIO) -> None:
    """Write references as CSL-JSON 1.0.2: readable by Zotero, Pandoc, citeproc, Mendeley."""
    keys = citation_keys(references)
    items = [_csl_item(r, key) for r, key in zip(references, keys, strict=True)]
    stream.write(to_json(items, indent=2) + "\n")


def _csl_item(reference: Reference, key: str) -> dict[str, Any]:
    values, told = reference.values, reference.journal_ref
    names = [_csl_name(name) for name in reference.authors]
    if names and reference.is_cut:
        # What Pandoc makes of BibTeX's "and others"; processors print it as "et al.".
        names.append({"literal": "others"})
    arxiv_id = values.get("arxiv_id")
    item = {
        "id": key,
        "type": _TYPES.get(reference.record_type or "", _OTHER_TYPE)[2],
        "title": html(reference.title),
        "author": names,
        "issued": {"date-parts": [_date_parts(reference)]} if reference.year else None,
        "container-title": html(reference.venue or ""),
        "volume": told.volume if told else None,
        "issue": told.number if told else None,
        "page": told.pages if told else None,
        "archive": "arXiv" if arxiv_id else None,
        "archive_location": arxiv_id,
        "DOI": values.get("doi"),
        "URL": values.get("url"),
        "note": html(reference.note or ""),
        "annote": html(values.get("comments") or ""),
        "abstract": html(values.get("abstract") or ""),
        "custom": {"papermart_id": reference.paper_id},
    }
    return {name: value for name, value in item.items() if value}


def _csl_name(name: str) -> dict[str, str]:
    parts = cited_name(name)
    if parts is None:
        return {"literal": shown_name(name)}
    words = {
        "family": parts.family,
        "given": parts.given,
        "non-dropping-particle": parts.particle,
        "suffix": parts.suffix,
    }
    return {part: value for part, value in words.items() if value}


def _date_parts(reference: Reference) -> list[int]:
    day = reference.values.get("published_date")
    if isinstance(day, date) and day.year == reference.year:
        return [day.year, day.month, day.day]
    return [int(reference.year or 0)]
