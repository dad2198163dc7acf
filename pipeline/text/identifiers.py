"""Identifiers of papers without the signs that people and tools put around them.

What belongs here: DOIs and arXiv identifiers as they are compared; idempotent. What does not:
finding them in pages (`sources`), what equal ones mean (`sql/linkage`).
"""

import re
from urllib.parse import unquote

# What stands in a cell for "there is none".
_NOTHING = re.compile(
    r"[\W_]*(?:n/?a|n\.a\.?|none|null|nil|nan|unknown"
    r"|not (?:available|given|known|applicable|found)"
    r"|no (?:doi|pages?|issue|volume)|undefined|missing|tba|tbd|-|0+)?[\W_]*",
    re.IGNORECASE,
)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d{1,9}){0,4}/\S{1,300}")
# What closes a sentence or a bracket behind a DOI, and addresses of pages about the paper.
_BEHIND = ".,;:'\"”’»>*|\\"
_PAGE = re.compile(
    r"(?:[?#&].*|/(?:abstract|full|fulltext|full-text|pdf|epdf|pdfdirect|html|meta|references|suppinfo))$"
)
_CLOSING = {")": "(", "]": "[", "}": "{", ">": "<"}
_NEW_ARXIV = re.compile(r"(?<!\d)(\d{4}\.\d{4,5})(?:v\d{1,3})?(?!\d)")
_OLD_ARXIV = re.compile(
    r"(?<![a-z])([a-z]{2,8}(?:-[a-z]{2,6})?(?:\.[a-z]{2})?/\d{7})(?:v\d{1,3})?(?!\d)"
)
_ARXIV_DOI = "10.48550/arxiv."


def is_nothing(text: str) -> bool:
    """Tell whether a cell says that there is no value.

    >>> [is_nothing(each) for each in ("n/a", "-", "None", "0", "No DOI", "10", "A")]
    [True, True, True, True, True, False, False]
    """
    return bool(_NOTHING.fullmatch(text))


def clean_doi(text: str) -> str | None:
    """Return the DOI in a text in lower case, without signs around it; None if there is none.

    >>> clean_doi("<https://doi.org/10.1000%2FAbc.1/full>."), clean_doi("DOI: 10.1000/182(3)a.")
    ('10.1000/abc.1', '10.1000/182(3)a')
    >>> clean_doi("n/a"), clean_doi("10.1000")
    (None, None)
    """
    if "%" in text:
        text = unquote(text)
    found = _DOI.search(re.sub(r"(?<=10\.)\s+|(?<=/)\s+|\s+(?=/)", "", text.lower()))
    if not found:
        return None
    doi = found[0].partition("<")[0] if ">" not in found[0] else found[0]
    while (shorter := _shortened(doi)) != doi:
        doi = shorter
    return doi if _DOI.fullmatch(doi) else None


def _shortened(doi: str) -> str:
    doi = _PAGE.sub("", doi.rstrip(_BEHIND)) if ">" not in doi else doi.rstrip(".,;:'\"”’»*|\\")
    closing = doi[-1:]
    if closing in _CLOSING and doi.count(closing) > doi.count(_CLOSING[closing]):
        return doi[:-1]
    return doi


def clean_arxiv_id(text: str) -> str | None:
    """Return the arXiv identifier in a text, without version; None if there is none.

    >>> clean_arxiv_id("arXiv:2407.21783v2 [cs.LG]."), clean_arxiv_id("hep-th/9901001v1")
    ('2407.21783', 'hep-th/9901001')
    >>> clean_arxiv_id("unknown")
    """
    text = text.lower()
    found = _NEW_ARXIV.search(text) or _OLD_ARXIV.search(text)
    return found[1] if found else None
