"""What arXiv's searches and lists are called, by their headings and their addresses.

What belongs here: reading a search, an author or a category from what a page says of itself, and
from addresses. What does not: which addresses are the page's own (`page_address`), how pages lay
out cards.

The order of results, their number a page, the page and a range of dates make no other listing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from pipeline.contract.findings import Record
from pipeline.sources.arxiv_words import CATEGORY, read_category
from pipeline.sources.dump import Dump
from pipeline.sources.listings import Listing, agreed, author
from pipeline.sources.page_address import (
    linked,
    own_addresses,
    split_address,
)
from pipeline.text.whitespace import fold_space

# "author: Roe, Kim", "all: language model", as the heading of results shows a search
_AUTHOR = re.compile(r"author\s*:\s*(?P<name>\S.*)", re.IGNORECASE)
# One name: letters, at most one comma; no list of names, no operator, no wildcard.
_NAME_PART = r"[^,;:?*!()\[\]{}\d\"]"
_NAME = re.compile(rf"[^\W\d_]{_NAME_PART}{{0,60}}(?:,{_NAME_PART}{{1,60}})?")
_OPERATOR = re.compile(r"\b(?:AND|OR|NOT|ANDNOT)\b")
# "Query: order: -announced_date_first; size: 50; include_cross_list: True; terms: AND title=geese"
ADVANCED = re.compile(r"Query:\s*order:.{0,2000}?;\s*terms:\s*(?P<terms>\S.{0,2000})")
_CLASSES = re.compile(r"classification:\s*(?P<classes>[^;]{1,300}(?:;[^;:]{1,100})*);")
_HOST = re.compile(r"(?:[a-z]{2,9}\.)*arxiv\.org")
# Links of a page to its other pages.
_PAGES_OF_SEARCH = re.compile(r"/search/(?:[a-z-]{1,20}/?)?\?.*")
_LISTS = re.compile(r"/(?:list|catchup)/[a-z][a-zA-Z.-]{1,30}/(?:new|recent|current|past|\d).*")
_LIST_PATH = re.compile(r"/(?:list|catchup)/(?P<code>[a-z][a-zA-Z.-]{1,30})(?:/.*)?")
_AUTHOR_PATH = re.compile(r"/a/(?P<id>[a-z][a-z_-]{1,60}_\d{1,3})(?:\.\w+)?/?")
_CATCH_UP = re.compile(r"Catch-?up results for (?P<name>\S.{0,90}?) on (?:[A-Z][a-z]{2,8}, )?\d.*")
_ARCHIVES = {
    "astrophysics": "astro-ph",
    "computer science": "cs",
    "condensed matter": "cond-mat",
    "economics": "econ",
    "electrical engineering and systems science": "eess",
    "mathematics": "math",
    "nonlinear sciences": "nlin",
    "physics": "physics",
    "quantitative biology": "q-bio",
    "quantitative finance": "q-fin",
    "statistics": "stat",
}
_MOST_NAME, _MOST_HEADINGS = 60, 60
# Of two codes of one list the one that arXiv keeps.
_SAME = {
    "cs.NA": "math.NA",
    "cs.SY": "eess.SY",
    "math.IT": "cs.IT",
    "math.MP": "math-ph",
    "q-fin.EC": "econ.GN",
    "stat.TH": "math.ST",
}


# ---------- searches


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


def of_advanced(shown: str) -> Listing | None:
    """Return the listing of an advanced search, as the page of its results shows it.

    >>> of_advanced("Query: order: -submitted_date; size: 50; terms: AND title=geese; OR all=swans")
    Listing(kind='search', subject='AND title=geese; OR all=swans')
    """
    found = ADVANCED.search(shown)
    if found is None:
        return None
    classes = _CLASSES.search(shown, found.start(), found.start("terms"))
    within = f"classification: {fold_space(classes['classes'])}; " if classes else ""
    return Listing("search", within + fold_space(found["terms"]))


def of_search_address(address: str) -> Listing | None:
    """Return the listing of a search, by the address of one of its pages; None: it is of none.

    >>> of_search_address("https://arxiv.org/search/?query=Roe%2C+Kim&searchtype=author&start=50")
    Listing(kind='author', subject='Kim Roe')
    """
    parts = split_address(address)
    if parts is None or not _HOST.fullmatch(parts.host) or not parts.path.startswith("/search"):
        return None
    if parts.path.removeprefix("/search").strip("/") == "advanced":
        return _advanced(parts.asked)
    query = parts.asked.get("query")
    return of_query(f"{parts.asked.get('searchtype') or 'all'}: {query}") if query else None


def _advanced(asked: Mapping[str, str]) -> Listing | None:
    terms = []
    for n in range(20):
        if term := asked.get(f"terms-{n}-term"):
            operator = asked.get(f"terms-{n}-operator", "AND")
            terms.append(f"{operator} {asked.get(f'terms-{n}-field', 'all')}={term}")
    is_within = any(key.startswith("classification-") for key in asked if asked[key] == "y")
    # How the page names its fields of study the address does not say.
    return Listing("search", "; ".join(terms)) if terms and not is_within else None


def search_of(dump: Dump) -> Listing | None:
    """Return the search whose results a page shows, by its addresses; None: they do not tell."""
    for address in own_addresses(dump):
        if found := of_search_address(address):
            return found
    pages = linked(dump, "start=", _PAGES_OF_SEARCH)
    return agreed(of_search_address(f"https://arxiv.org{path}") for path in pages)


# ---------- lists


def of_list_address(address: str) -> Listing | None:
    """Return the listing of a list, by its address; None: it is of none.

    >>> of_list_address("https://arxiv.org/list/cs.CL/recent?skip=50&show=50")
    Listing(kind='category', subject='cs.CL')
    """
    parts = split_address(address)
    if parts is None or not _HOST.fullmatch(parts.host):
        return None
    if found := _AUTHOR_PATH.fullmatch(parts.path):
        return author(found["id"])
    code = _LIST_PATH.fullmatch(parts.path)
    return _category(code["code"]) if code else None


def _category(code: str) -> Listing | None:
    known = code if code in _ARCHIVES.values() else read_category(code)
    return Listing("category", _SAME.get(known, known)) if known else None


def list_of(dump: Dump, headings: Iterable[str], records: Sequence[Record]) -> Listing | None:
    """Return the category whose papers a page lists.

    Args:
        dump: the page.
        headings: what may be its headings, above its cards.
        records: its cards: all papers of a list are of its category, if no line was torn.
    """
    names = islice(dict.fromkeys(map(fold_space, headings)), _MOST_HEADINGS)
    named = agreed(_named(name, dump.text, records) for name in names)
    if named:
        return named
    for address in own_addresses(dump):
        if found := of_list_address(address):
            return found
    codes = {
        found["code"]
        for rare in ("/list/", "/catchup/")
        for path in linked(dump, rare, _LISTS)
        if (found := _LIST_PATH.match(path.partition("?")[0]))
    }
    # Above a category a page links to its archive.
    codes -= {code.partition(".")[0] for code in codes if "." in code}
    return agreed(map(_category, codes)) if len(codes) == 1 else None


def _codes_behind(name: str, text: str) -> list[str]:
    """Return the codes of categories that stand in brackets behind a name on a page."""
    if name not in text:
        return []
    first, *others = map(re.escape, name.split())
    # The word first, what is before it after: so a search passes all other places over at once.
    words = r"\s{1,9}".join([rf"{first}(?<=\b{first})", *others])
    return re.findall(rf"{words}\s{{0,9}}\(({CATEGORY})\)", text)


def _named(heading: str, text: str, records: Sequence[Record]) -> Listing | None:
    """Return the category that a heading names, by the code that subjects show behind its name.

    Two categories are called Machine Learning: then the one that most cards have is meant.
    """
    found = _CATCH_UP.fullmatch(heading)
    name = found["name"] if found else heading
    if not name or len(name) > _MOST_NAME:
        return None
    shown = _codes_behind(name, text)
    with_subjects = [record.categories for record in records if record.categories]
    n_cards = Counter(code for codes in with_subjects for code in set(codes))
    most = max((n_cards[code] for code in shown), default=0)
    meant = [code for code in set(shown) if n_cards[code] == most > len(with_subjects) / 2]
    listings = {listing.subject: listing for code in meant if (listing := _category(code))}
    if len(listings) == 1:
        return next(iter(listings.values()))
    archive = None if shown else _ARCHIVES.get(name.casefold())
    return _category(archive) if archive else None
