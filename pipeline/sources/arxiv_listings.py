"""What arXiv's searches and lists are called, by their headings and their addresses.

What belongs here: reading a search, an author or a category from what a page says of itself, and
from addresses. What does not: which addresses are the page's own (`page_address`), how pages lay
out cards.

The order of results, their number a page, the page and a range of dates make no other listing.
"""

import re

from pipeline.sources.listings import Listing, author
from pipeline.text.whitespace import fold_space

# "author: Roe, Kim", "all: language model", as the heading of results shows a search
_AUTHOR = re.compile(r"author\s*:\s*(?P<name>\S.*)", re.IGNORECASE)
# One name: letters, at most one comma; no list of names, no operator, no wildcard.
_NAME = re.compile(r"[^\W\d_][^,;:?*!()\[\]{}\d\"]{0,60}(?:,[^,;:?*!()\[\]{}\d\"]{1,60})?")
_OPERATOR = re.compile(r"\b(?:AND|OR|NOT|ANDNOT)\b")


def of_query(query: str | None) -> Listing | None:
    """Return the listing of a search, in the words of the heading of its results.

    >>> of_query("author: Roe, Kim")
    Listing(kind='author', subject='Kim Roe')
    >>> of_query("all: Language  model")
    Listing(kind='search', subject='all: Language model')
    """
    if not query or not query.strip():
        return None
    query = fold_space(query)
    searched = _AUTHOR.fullmatch(query)
    if searched and _NAME.fullmatch(searched["name"]) and not _OPERATOR.search(searched["name"]):
        family, _, given = searched["name"].partition(",")
        return author(f"{given} {family}")
    return Listing("search", query)
