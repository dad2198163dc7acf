"""What Hugging Face's pages of papers list: days, trends or a search.

What belongs here: reading that from addresses, and from the layout of pages of text. What does not:
which addresses are the page's own (`page_address`), the cards.

A page shows its search in a field whose content no saved text has. Its days, weeks and months are
one listing; its trends, which move on from day to day, are another of the same kind.
"""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from pipeline.sources.dump import Dump
from pipeline.sources.huggingface_lines import Section
from pipeline.sources.listings import Listing, agreed
from pipeline.sources.page_address import linked, own_addresses, split_address

DAILY, TRENDING = Listing("daily", "Daily Papers"), Listing("daily", "Trending Papers")
_HOST = re.compile(r"(?:www\.)?(?:huggingface\.co|hf\.co)")
_DAYS = re.compile(r"/papers/?|/papers/(?:date|week|month)/[\w-]{4,12}/?")
# Who is to log in comes back to the page; from a card's buttons, to the paper.
_BACK = re.compile(r"/login\?next=(?:%2F|/)papers(?:%3F|\?|(?:%2F|/)[a-z]).*")
_PAGES_OF_SEARCH = re.compile(r"/papers\?(?:.*&)?q=.*")


def of_address(address: str) -> Listing | None:
    """Return what a page lists, by its address; None for another page, or one of one paper.

    >>> of_address("https://huggingface.co/papers?q=Small+robots")
    Listing(kind='search', subject='Small robots')
    >>> of_address("https://huggingface.co/papers/date/2025-02-01") == DAILY
    True
    """
    parts = split_address(address)
    if parts is None or not _HOST.fullmatch(parts.host):
        return None
    if parts.path.rstrip("/") == "/papers/trending":
        return TRENDING
    if not _DAYS.fullmatch(parts.path):
        return None
    if parts.asked.get("q"):
        return Listing("search", parts.asked["q"])
    # Pages of searches may name that of the day as what they are at bottom.
    return None if parts.path.rstrip("/") == "/papers" and "date" not in parts.asked else DAILY


def listing_of(dump: Dump) -> Listing | None:
    """Return what a page lists, by its addresses; None: they do not tell.

    Args:
        dump: the page.
    """
    for address in own_addresses(dump):
        if found := of_address(address):
            return found
    backs = (unquote(path.partition("next=")[2]) for path in linked(dump, "/login?", _BACK))
    found = agreed(of_address(f"https://huggingface.co{path}") for path in backs)
    if found and found.kind == "search":
        return found
    pages = linked(dump, "/papers?", _PAGES_OF_SEARCH)
    return agreed(of_address(f"https://huggingface.co{path}") for path in pages) or found


def shown_listing(page: Section, sections: Sequence[Section]) -> Listing | None:
    """Return what a page lists, by its layout: a search has the heading of a day's page, too.

    Args:
        page: all lines.
        sections: its lines between furniture.
    """
    are_daily = [section.is_of_a_day for section in sections if section.has_marks]
    if are_daily and all(are_daily):
        return DAILY
    is_of_trends = TRENDING.subject in page.lines.texts and "published" in page.kinds
    return TRENDING if is_of_trends and not any(are_daily) else None
