"""What the links of a page of text say of its papers: identifiers that stand in no line.

What belongs here: reading identifiers from addresses. What does not: which lines of a card may hold
its links (`sites`), how addresses got out of the text (`forms`).

Below a title pages link to whatever they like: to other papers, too. So only the lines that a site
names as a paper's own are asked, and where these lead to two papers nothing is known of either.
"""

import re
from collections.abc import Iterable, Mapping

from pipeline.sources.arxiv_words import ARXIV_ID

Links = Mapping[int, tuple[str, ...]]

# What stands before the path: nothing where the page's links are relative, a file's address where a
# browser of text made them of these.
_ARXIV_HOST = r"(?:https?:)?//(?:[a-z]{2,9}\.)?arxiv\.org"
_END = r"(?:\.pdf)?/?(?:[?#].*)?$"
_PAPER = rf"/(?:abs|pdf|html|format|ps)/{ARXIV_ID}{_END}"
_ON_ARXIV = re.compile(rf"{_ARXIV_HOST}{_PAPER}")
_ON_OWN_SITE = re.compile(rf"(?:{_ARXIV_HOST}|file://(?:localhost)?)?{_PAPER}")
_ON_HUGGING_FACE = re.compile(
    rf"(?:(?:https?:)?//(?:www\.)?(?:huggingface\.co|hf\.co)|file://(?:localhost)?)?"
    rf"/papers/{ARXIV_ID}(?:[?#].*)?$"
)
_DOI = re.compile(r"(?:https?:)?//(?:dx\.|www\.)?doi\.org/(?P<id>10\.\d{4,9}/[^\s?#]{1,200})$")


def arxiv_id(links: Links, numbers: Iterable[int], *, is_arxiv: bool = False) -> str | None:
    """Return the one paper on arXiv that links in some lines lead to.

    Args:
        links: the addresses of a page, by the numbers of lines.
        numbers: the lines.
        is_arxiv: whether the page is arXiv's own, where an address may lack the host.

    >>> arxiv_id({3: ("https://arxiv.org/abs/2405.10001v2",)}, [2, 3])
    '2405.10001'
    """
    return _only(_ON_OWN_SITE if is_arxiv else _ON_ARXIV, links, numbers)


def hugging_face_id(links: Links, numbers: Iterable[int]) -> str | None:
    """Return the one paper on Hugging Face that links in some lines lead to.

    >>> hugging_face_id({3: ("/papers/2405.10001", "/papers/2405.10001#community")}, [3])
    '2405.10001'
    """
    return _only(_ON_HUGGING_FACE, links, numbers)


def doi(links: Links, numbers: Iterable[int]) -> str | None:
    """Return the one DOI that links in some lines lead to."""
    return _only(_DOI, links, numbers)


def _only(pattern: re.Pattern[str], links: Links, numbers: Iterable[int]) -> str | None:
    if not links:
        return None
    addresses = (address for number in numbers for address in links.get(number, ()))
    found = {match["id"] for address in addresses if (match := pattern.match(address))}
    return found.pop() if len(found) == 1 else None
