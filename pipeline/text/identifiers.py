r"""Identifiers of papers without the signs that people and tools put around them.

What belongs here: DOIs and arXiv identifiers as they are compared; idempotent. What does not:
where on a page they stand (`sources`), what equal ones mean (`sql/linkage`).
"""

import re
from urllib.parse import unquote

# What stands in a cell for "there is none".
_NOTHING = re.compile(
    r"(?:n/?a|n\.a|none|null|nil|nan|unknown|undefined|missing|tb[ad]|0+"
    r"|not (?:available|given|known|applicable|found|assigned)"
    r"|no (?:doi|pages?|issue|volume|number)(?: (?:available|found))?)?",
    re.IGNORECASE,
)
_DOI = re.compile(r"(?<!\d)10\.\d{4,9}(?:\.\d{1,9}){0,4}/\S{1,300}")
_SPLIT_DOI = re.compile(r"\b10\.\s{0,3}(\d{4,9})\s{0,3}/\s{0,3}")
_NEXT_DOI = re.compile(r"[;,|+]{1,3}(?:https?:|doi:|doi\.org|10\.\d{4}).*", re.IGNORECASE)
# Markup behind a DOI; publishers' old numbers hold angle brackets before a page: "49:8<693::".
_TAG = re.compile(r"<(?!\d+:).*")
# What closes a sentence or a bracket behind a DOI, and addresses of pages about the paper.
_BEHIND = ".,;:'\"”’»*|\\–—-_/"
_PAGE = re.compile(
    r"(?:[?#&].*"
    r"|/(?:abstract|full|fulltext|full-text|pdf|epdf|epub|pdfdirect|html|meta|references|summary"
    r"|suppinfo|citations?|figures?)"
    r"|(?:v\d{1,2})?\.(?:full|abstract)(?:-text|\.pdf)?|\.pdf)$",
    re.IGNORECASE,
)
_CLOSING = {")": "(", "]": "[", "}": "{", ">": "<"}
_VERSIONED = re.compile(r"(10\.1101/\d\S{0,40}?)v\d{1,2}")  # a preprint server's, without version
_STRAY = str.maketrans(
    dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad") | dict.fromkeys("‐‑‒–—−", "-")
)
_ARXIV_ID = re.compile(
    r"(?<!\d)(?<!\d\.)(?P<new>\d{4}\.\d{4,5})(?:v\d{1,3})?(?!\d)"
    r"|(?<![a-z-])(?P<archive>[a-z]{2,8}(?:-[a-z]{2,6})?)(?:\.[a-z]{2})?/(?P<old>\d{7})(?!\d)"
)


def is_nothing(text: str) -> bool:
    """Tell whether a cell says that there is no value.

    >>> [is_nothing(each) for each in ("n/a", "-", "None.", "0", "[No DOI]", "10", "A")]
    [True, True, True, True, True, False, False]
    """
    return bool(_NOTHING.fullmatch(text.strip(" .,;:-–—_/*()[]<>?'\"")))


def find_doi(text: str) -> str | None:
    """Return the first DOI in a text as it is spelt, without signs around it; None if none is.

    >>> find_doi("<https://doi.org/10.1000%2FAbc.1/full>."), find_doi("DOI: 10.1000/182(3)a.")
    ('10.1000/Abc.1', '10.1000/182(3)a')
    >>> find_doi("10.1002/(SICI)1097(199806)49:8<693::AID-ASI4>3.0.CO;2-O")
    '10.1002/(SICI)1097(199806)49:8<693::AID-ASI4>3.0.CO;2-O'
    >>> find_doi("n/a"), find_doi("10.1000"), find_doi("10.1000/.")
    (None, None, None)
    """
    text = (unquote(text) if "%" in text else text).translate(_STRAY)
    found = _DOI.search(_SPLIT_DOI.sub(r"10.\1/", text) if " " in text else text)
    if not found:
        return None
    doi = _TAG.sub("", _NEXT_DOI.sub("", found[0]))
    while (shorter := _shortened(doi)) != doi:
        doi = shorter
    return doi if _DOI.fullmatch(doi) else None


def clean_doi(text: str) -> str | None:
    """Return the first DOI in a text as it is compared: `find_doi` in lower case.

    >>> clean_doi("doi.org/10.1000/ABC,")
    '10.1000/abc'
    """
    doi = find_doi(text)
    return doi.lower() if doi else None


def clean_arxiv_id(text: str) -> str | None:
    """Return the arXiv identifier in a text, without version; None if there is none.

    >>> clean_arxiv_id("arXiv:2407.21783v2 [cs.LG]."), clean_arxiv_id("math.GT/0309136v1")
    ('2407.21783', 'math/0309136')
    >>> clean_arxiv_id("unknown")
    """
    found = _ARXIV_ID.search(text.lower())
    if not found:
        return None
    return found["new"] or f"{found['archive']}/{found['old']}"


def _shortened(doi: str) -> str:
    """Take one layer of signs off the end of a DOI."""
    doi = _PAGE.sub("", doi.rstrip(_BEHIND))
    versioned = _VERSIONED.fullmatch(doi)
    doi = versioned[1] if versioned else doi
    closing = doi[-1:]
    if closing in _CLOSING and doi.count(closing) > doi.count(_CLOSING[closing]):
        return doi[:-1]
    return doi
