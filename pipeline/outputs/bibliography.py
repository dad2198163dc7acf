"""References to papers as BibTeX and CSL-JSON, for reference managers and typesetting.

What belongs here: what a paper's entry holds in either format, how names are split and text is
escaped there. What does not: which papers a query finds (`export` runs it), what is known of a
paper (the marts).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TextIO

from anyascii import anyascii
from bibtexparser import Library, write_string
from bibtexparser.middlewares.names import NameParts, parse_single_name_into_parts
from bibtexparser.model import Entry, Field
from bibtexparser.writer import BibtexFormat

from pipeline.outputs.strict_json import to_json

# record_type → BibTeX entry type, its field for the venue, CSL type. A preprint is `misc` with
# `eprint` in BibTeX (arXiv's own advice) and `article` in CSL 1.0.2.
_TYPES = {
    "conference_paper": ("inproceedings", "booktitle", "paper-conference"),
    "journal_article": ("article", "journal", "article-journal"),
}
_OTHER_TYPE = ("misc", "howpublished", "article")

# Bodies that sign papers; their words are not given and family name.
_GROUP = re.compile(
    r"(?:\b(?i:team|group|collaboration|consortium|initiative|project|labs?|laboratory|institute"
    r"|university|foundation|research|network|community|inc|corp)\b|\bAI\b)\.?$|\b(?i:and|the)\b|&"
)
_SUFFIX = re.compile(r"^(?P<rest>.+ .+?),? (?P<suffix>[JS]r\.?|I{2,3}|IV)$")
# BibTeX counts braces without regard to backslashes: `\{` would leave an entry open.
_TEX = str.maketrans(
    {
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "&%$#_"},
    }
)
# `$…$` is a formula under Pandoc's rule: no space inside the dollars, no digit after the second.
_FORMULA = re.compile(r"(\$(?=\S)[^$]*(?<=\S)\$(?!\d))")
# What no formula of a title needs, and what lets TeX read or write files, or write its own code:
# such a piece is shown as it is spelled (also `^^5c`, which is a backslash to TeX).
_NO_FORMULA = re.compile(
    r"\\(?:input|include|write|open(?:in|out)|read|catcode|csname|[egx]?def|(?:future)?let|immediate"
    r"|special|directlua|loop|every|expandafter|(?:re)?newcommand|usepackage|href|url|verbatim|lst"
    r"|shipout|output|batchmode|scantokens|jobname|begingroup|uppercase|lowercase|char)"
    r"|\^\^|(?<!\\)(?:\\\\)*\\\$$"
)
# Behind such a sign TeX reads no more of a line.
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)([%#])")
# Styles put titles into lower case; a word with a capital inside (BERT, LoRA) must stay.
_CAPITALS = re.compile(r"(?<![\w\\])[^\W_]+(?:[-'][^\W_]+)*")
_SMALL_WORDS = frozenset(("a", "an", "the", "on", "in", "of", "for", "to", "is", "are", "do"))


@dataclass(frozen=True, slots=True)
class Reference:
    """What is known of a paper, as far as a reference shows it.

    Attributes:
        paper_id: the paper; None for a row that does not say.
        title: the title as in `papers`.
        authors: names in order, as far as known.
        is_cut: there are more authors than `authors` names.
        n_authors: how many there are, if known.
        values: further columns of `papers` by name; None and absent are the same.
    """

    paper_id: str | None
    title: str
    authors: Sequence[str] = ()
    is_cut: bool = False
    n_authors: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def year(self) -> int | None:
        """The year of the venue that is cited with it, else that of the first publication."""
        return self.values.get("venue_year") or self.values.get("year")

    @property
    def note(self) -> str | None:
        """What a reader must know of the author list, or None."""
        if not self.is_cut:
            return None
        if not self.authors:
            return "No page names the authors in order"
        of = f" of {self.n_authors}" if self.n_authors else ""
        return f"Author list incomplete: {len(self.authors)}{of} known"


# ---------------------------------------------------------------- names and keys


def name_parts(name: str) -> NameParts | None:
    """Split a name into first, von, last and junior parts; None for a body or a single name.

    >>> parts = name_parts("Jan van der Berg Jr.")
    >>> parts.first, parts.von, parts.last, parts.jr
    (['Jan'], ['van', 'der'], ['Berg'], ['Jr.'])
    >>> name_parts("Qwen Team"), name_parts("DeepSeek-AI")
    (None, None)
    """
    plain = " ".join(re.sub(r"[{}\\]", "", name).split()).strip(", ")
    if " " not in plain or _GROUP.search(plain):
        return None
    if suffix := _SUFFIX.match(plain):
        first, _, last = suffix["rest"].rpartition(" ")
        parts = parse_single_name_into_parts(f"{first} {last}", strict=False)
        parts.jr = [suffix["suffix"]]
        return parts
    return parse_single_name_into_parts(plain, strict=False)


def citation_keys(references: Iterable[Reference]) -> list[str]:
    """Return a key for each reference, e.g. `hu2021lora-39f1c2`.

    The end of the paper's id makes the key the same in every query. References without an id
    are distinguished by letters.
    """
    keys: list[str] = []
    seen: Counter[str] = Counter()
    for reference in references:
        parts = name_parts(reference.authors[0]) if reference.authors else None
        family = "".join(parts.last) if parts else next(iter(reference.authors), "")
        words = [re.sub(r"[^a-z0-9]", "", w.lower()) for w in anyascii(reference.title).split()]
        word = next((word for word in words if word and word not in _SMALL_WORDS), "")
        family = re.sub(r"[^a-z]", "", anyascii(family).lower())
        key = f"{family}{reference.year or ''}{word}"[:60] or "paper"
        if reference.paper_id:
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
    kind, venue_field, _ = _TYPES.get(values.get("record_type") or "", _OTHER_TYPE)
    venue = values.get("venue")
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
        "year": str(reference.year) if reference.year else None,
        "eprint": _verbatim(arxiv_id),
        "archiveprefix": "arXiv" if arxiv_id else None,
        "primaryclass": _verbatim(values.get("primary_category")) if arxiv_id else None,
        "doi": _verbatim(values.get("doi")),
        "url": _verbatim(values.get("url")),
        "note": tex(reference.note) if reference.note else None,
        "abstract": tex(values.get("abstract") or "") or None,
        "papermartid": reference.paper_id,
    }
    return Entry(kind, key, [Field(name, value) for name, value in fields.items() if value])


def _bibtex_name(name: str) -> str:
    parts = name_parts(name)
    if parts is None:
        return "{" + tex(name) + "}"
    last = " ".join((*parts.von, *parts.last))
    rest = [" ".join(words) for words in (parts.jr, parts.first) if words]
    return tex(", ".join([last, *rest]))


def tex(text: str) -> str:
    r"""Escape text for LaTeX; formulas between dollars stay as they are.

    >>> print(tex("R&D at 50% of $k$-means, $5 and $6"))
    R\&D at 50\% of $k$-means, \$5 and \$6
    """
    # Formulas are every other part; one with braces that do not match is no formula.
    parts = _FORMULA.split(text)
    return "".join(
        _COMMENT.sub(r"\1\\\2", part) if n % 2 and _is_formula(part) else part.translate(_TEX)
        for n, part in enumerate(parts)
    )


def tex_title(title: str) -> str:
    r"""Escape a title for LaTeX, with the words braced whose capitals matter.

    >>> print(tex_title("LoRA: Low-Rank Adaptation of BERT & friends"))
    {LoRA}: Low-Rank Adaptation of {BERT} \& friends
    """
    parts = _FORMULA.split(title)
    return "".join(
        tex(part)
        if n % 2
        else "".join(
            f"{{{tex(run)}}}" if is_word and _has_inner_capital(run) else tex(run)
            for run, is_word in _word_runs(part)
        )
        for n, part in enumerate(parts)
    )


def _word_runs(text: str) -> Iterable[tuple[str, bool]]:
    end = 0
    for word in _CAPITALS.finditer(text):
        yield text[end : word.start()], False
        yield word[0], True
        end = word.end()
    yield text[end:], False


def _has_inner_capital(word: str) -> bool:
    return any(c.isupper() for piece in re.split("[-']", word) for c in piece[1:])


def _is_formula(part: str) -> bool:
    return _is_balanced(part) and not _NO_FORMULA.search(part)


def _is_balanced(formula: str) -> bool:
    depth = 0
    for sign in formula:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


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
    values = reference.values
    names = [_csl_name(name) for name in reference.authors]
    if names and reference.is_cut:
        # What Pandoc makes of BibTeX's "and others"; processors print it as "et al.".
        names.append({"literal": "others"})
    arxiv_id = values.get("arxiv_id")
    item = {
        "id": key,
        "type": _TYPES.get(values.get("record_type") or "", _OTHER_TYPE)[2],
        "title": reference.title,
        "author": names,
        "issued": {"date-parts": [_date_parts(reference)]} if reference.year else None,
        "container-title": values.get("venue"),
        "archive": "arXiv" if arxiv_id else None,
        "archive_location": arxiv_id,
        "DOI": values.get("doi"),
        "URL": values.get("url"),
        "note": reference.note,
        "abstract": values.get("abstract"),
        "custom": {"papermart_id": reference.paper_id} if reference.paper_id else None,
    }
    return {name: value for name, value in item.items() if value}


def _csl_name(name: str) -> dict[str, str]:
    parts = name_parts(name)
    if parts is None:
        return {"literal": name}
    words = {
        "family": parts.last,
        "given": parts.first,
        "non-dropping-particle": parts.von,
        "suffix": parts.jr,
    }
    return {part: " ".join(value) for part, value in words.items() if value}


def _date_parts(reference: Reference) -> list[int]:
    day = reference.values.get("published_date")
    if isinstance(day, date) and day.year == reference.year:
        return [day.year, day.month, day.day]
    return [int(reference.year or 0)]
