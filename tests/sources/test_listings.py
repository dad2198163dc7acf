"""What a page is a part of, by its words and its addresses, whatever tool saved it."""

import json
import quopri
from html import escape

import pytest

from pipeline.extraction.readings import read
from pipeline.sources.listings import Listing, agreed, listing_id
from pipeline.text.whitespace import split_lines

SEARCH = """1. arXiv:2405.10001 [pdf, other]
cs.CL cs.LG
Parsing Without Trees
Authors: Mara Ilves, Jonas Petri
Abstract: We parse without trees and find that it is quick and nearly as good on four languages.
Submitted 3 May, 2024; originally announced May 2024.
2. arXiv:2405.10002 [pdf, other]
cs.CL
Tuning on Tiny Sets
Authors: Ana Lund
Abstract: We tune on very small sets and find what helps and what does not help at all.
Submitted 4 May, 2024; originally announced May 2024.
"""
CARD = """<li class="arxiv-result"><div class="is-marginless"><p class="list-title is-inline-block">
<a href="https://arxiv.org/abs/2405.1000{n}">arXiv:2405.1000{n}</a></p>
<div class="tags is-inline-block"><span class="tag">cs.CL</span></div></div>
<p class="title is-5 mathjax">{title}</p>
<p class="authors"><span>Authors:</span>
<a href="/search/?searchtype=author&amp;query=Ilves%2C+M">Mara Ilves</a></p>
<p class="abstract mathjax"><span class="abstract-full">We do it and look.</span></p>
<p class="is-size-7"><span>Submitted</span> 3 May, 2024;
<span>originally announced</span> May 2024.</p>
</li>"""
CARDS = (
    "<ol>"
    + CARD.format(n=1, title="Parsing Without Trees")
    + CARD.format(n=2, title="Tuning on Tiny Sets")
    + "</ol>"
)
LIST = """{heading}
Authors and titles for recent submissions
[1] arXiv:2405.10001 [pdf, html, other]
Title: Parsing Without Trees
Mara Ilves, Jonas Petri
Subjects: {subjects}
[2] arXiv:2405.10002 [pdf, html, other]
Title: Tuning on Tiny Sets
Ana Lund
Subjects: {subjects}
"""
DAY = """Daily Papers
by AK and the research community
Dec 11
Submitted by crane
24
Geese That Read
· 4 authors 2
Submitted by heron
12
A Pond of Words
· 2 authors
"""
HUGGING_FACE_SEARCH = """Daily Papers
by AK and the research community
Nov 3
Geese That Read
We give books to geese and wait. They come back unread, which we measure for a year.
4 authors
·
May 14, 2025
A Pond of Words
Ponds hold words. We fish for them, and find more than anyone had thought there were.
2 authors
·
Oct 1, 2025
"""


def listed(text):
    """Return what a page of some form lists."""
    reading = read(text, None, split_lines(text))
    assert reading.fault is None, reading.fault
    page = reading.pages[0].result.page
    return page.listing_kind, page.listing_subject


def html(head="", foot=""):
    """Return a page of results whose heading was lost."""
    return f"<!doctype html><html><head>{head}</head><body>{CARDS}{foot}</body></html>"


def mhtml(page, *fields):
    """Return a page as a browser's single file."""
    body = quopri.encodestring(page.encode()).decode()
    head = ["From: <Saved by Blink>", *fields, "MIME-Version: 1.0"]
    head += ['Content-Type: multipart/related; boundary="----B"', "", "------B"]
    part = ["Content-Type: text/html", "Content-Transfer-Encoding: quoted-printable", ""]
    return "\n".join([*head, *part, body, "------B--", ""])


ADDRESS = "https://arxiv.org/search/?query=tiny+sets&amp;searchtype=abstract&amp;start=50"
PLAIN = ADDRESS.replace("&amp;", "&")
TINY = ("search", "abstract: tiny sets")
LYNX = f"""{SEARCH.replace("arXiv:", "[1]arXiv:").replace("Mara", "[2]Mara")}
   [3]Next

References

   Visible links:
   1. https://arxiv.org/abs/2405.10001
   2. https://arxiv.org/search/?searchtype=author&query=Ilves
   3. {PLAIN}
"""


@pytest.mark.parametrize(
    "page",
    [
        html(f'<link rel="canonical" href="{ADDRESS}">'),
        html(f"<link href='{ADDRESS}' rel=canonical>"),
        html(f'<meta property="og:url" content="{ADDRESS}">'),
        html(f"<!-- saved from url=(0042){PLAIN} -->"),
        html(
            f"<!--\n Page saved with SingleFile \n url: {PLAIN} \n saved date: Fri May 03 2024\n-->"
        ),
        html(
            foot='<a href="/search/?query=tiny+sets&amp;searchtype=abstract&amp;start=0">1</a>'
            '<a href="/search/?query=Tiny++Sets&amp;searchtype=abstract&amp;start=50">2</a>'
        ),
        mhtml(html(), f"Snapshot-Content-Location: {PLAIN}"),
        mhtml(html(), f"Snapshot-Content-Location:\n {PLAIN[:40]}\n {PLAIN[40:]}"),
        f"Title: Search | arXiv\n\nURL Source: {PLAIN}\n\nMarkdown Content:\n{SEARCH}",
        f'---\ntitle: Search\nsource: "{PLAIN}"\n---\n{SEARCH}',
        f"{SEARCH}\n[Next]({PLAIN})\n[1](https://arxiv.org/)\n[Help](https://arxiv.org/help)\n",
        json.dumps({"code": 200, "data": {"url": PLAIN, "content": SEARCH}}),
        LYNX,
        f"Showing 1–2 of 2 results for abstract: Tiny Sets\n{SEARCH}",
        html(foot="<p>x</p>").replace(
            "<ol>",
            "<h1>Showing 1&ndash;2 of 2 results for abstract: <span>Tiny\n Sets</span></h1><ol>",
        ),
    ],
    ids=[
        "canonical",
        "canonical, unquoted",
        "og:url",
        "saved from",
        "SingleFile",
        "links to its pages",
        "MHTML",
        "MHTML, folded",
        "Markdown of a reader",
        "front matter",
        "a link in Markdown",
        "JSON",
        "Lynx",
        "heading as text",
        "heading in HTML",
    ],
)
def test_one_search_is_one_listing_whatever_tool_saved_it(page):
    kind, subject = listed(page)
    assert Listing(kind, subject).key == Listing(*TINY).key


@pytest.mark.parametrize(
    "page",
    [
        html(),  # links of cards lead to searches for authors
        html(
            foot='<a href="/search/?query=geese&start=0">1</a>'
            '<a href="/search/?query=x&start=50">2</a>'
        ),
        html('<link rel="canonical" href="https://arxiv.org/search">'),
        html('<link rel="canonical" href="https://[arxiv.org/search?query=geese">'),
        html('<link rel="canonical" href="https://example.org/search/?query=geese">'),
        html(
            '<link rel="stylesheet" href="https://arxiv.org/search/?query=geese" title="canonical">'
        ),
        SEARCH,
        f"{SEARCH}\nSource: we saw https://arxiv.org/search/?query=geese somewhere\n",
        f"Showing 1–2 of 9 results for all: geese\n{SEARCH}"
        f"Showing 1–2 of 9 results for all: cranes\n{SEARCH.replace('.1000', '.2000')}",
    ],
    ids=[
        "links of cards only",
        "two searches",
        "no query",
        "no address",
        "another site's address",
        "another link",
        "nothing said",
        "an address in prose",
        "two searches below each other",
    ],
)
def test_what_is_not_certain_is_not_said(page):
    assert listed(page) == (None, None)


def test_queries_spelled_differently_are_one_listing_and_quotes_make_another():
    queries = ("all: Tiny sets", "ALL:  tiny\tSETS", "all: tiny sets ")
    assert len({Listing("search", query).key for query in queries}) == 1
    assert Listing("search", 'all: "tiny sets"').key != Listing("search", "all: tiny sets").key


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("author: Roe, Kim", ("author", "Kim Roe")),
        ("author: Kim Roe", ("author", "Kim Roe")),
        ("author: Roe", ("author", "Roe")),
        ("author: Roe, K; Lee, A", ("search", "author: Roe, K; Lee, A")),
        ("author: Roe OR Lee", ("search", "author: Roe OR Lee")),
        ("all: author: Roe", ("search", "all: author: Roe")),
    ],
)
def test_a_search_for_one_author_is_an_authors_listing(query, expected):
    assert listed(f"Showing 1–2 of 2 results for {query}\n{SEARCH}") == expected


def test_an_advanced_search_is_its_terms_however_they_are_sorted():
    by_date = "Query: order: -announced_date_first; size: 50; terms: AND title=geese; OR all=swans"
    by_rank = "Query: order: ; size: 200; page_start: 200; terms: AND title=Geese; OR all=swans"
    within = f"{by_date[:45]} classification: Computer Science (cs); terms: AND title=geese"
    address = (
        "https://arxiv.org/search/advanced?advanced=&terms-0-operator=AND&terms-0-term=geese"
        "&terms-0-field=title&terms-1-operator=OR&terms-1-term=swans&terms-1-field=all&order="
    )
    pages = [
        f"Showing 1–2 of 2 results\n{by_date}\n{SEARCH}",
        html(foot="").replace("<ol>", f"<h1>Showing 1–2 of 2 results</h1><p>{by_rank}</p><ol>"),
        html(f'<link rel="canonical" href="{address}">'),
    ]
    assert {Listing(*listed(page)).key for page in pages} == {"and title=geese; or all=swans"}
    assert listed(f"Showing 1–2 of 2 results\n{within}\n{SEARCH}") == (
        "search",
        "classification: Computer Science (cs); AND title=geese",
    )


# ---------- lists of a category


def category(heading, subjects="Computation and Language (cs.CL); Machine Learning (cs.LG)"):
    """Return a page of recent papers."""
    return LIST.format(heading=heading, subjects=subjects)


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (category("Computation and Language"), "cs.CL"),
        (category("Machine Learning"), "cs.LG"),
        (
            category("Machine Learning", "Machine Learning (stat.ML); Machine Learning (cs.LG)"),
            None,
        ),
        (category("Systems and Control", "Systems and Control (eess.SY)"), "eess.SY"),
        (category("Computer Science"), "cs"),
        (category("Words of a Feather"), None),
        (category("x") + "[more](https://arxiv.org/list/cs.CL/recent?skip=50&show=50)\n", "cs.CL"),
        (category("x") + "<https://arxiv.org/list/cs.CL/pastweek?skip=5>\n", "cs.CL"),
        (category("x") + "[a](/list/cs.CL/new) [b](/list/cs/recent)\n", "cs.CL"),
        (category("x") + "[a](/list/cs.CL/new) [b](/list/cs.LG/new)\n", None),
        ("URL Source: https://arxiv.org/list/math.MP/2024-05\n\n" + category("x"), "math-ph"),
    ],
)
def test_new_recent_and_month_pages_are_of_the_category_they_name(page, expected):
    assert listed(page) == (("category", expected) if expected else (None, None))


def test_where_two_categories_have_one_name_the_one_on_most_cards_is_meant():
    both = "Machine Learning (stat.ML); Machine Learning (cs.LG)"
    page = category("Machine Learning", both) + (
        "[3] arXiv:2405.10003 [pdf, html, other]\nTitle: Words That Drift\nOto Kask\n"
        "Subjects: Machine Learning (stat.ML)\n"
    )
    assert listed(page) == ("category", "stat.ML")


def test_the_page_of_an_author_is_the_authors():
    assert listed(category("Mara Ilves's articles on arXiv")) == ("author", "Mara Ilves")
    page = f"URL Source: https://arxiv.org/a/ilves_m_1\n\n{category('x')}"
    assert listed(page) == ("author", "ilves_m_1")


# ---------- Hugging Face


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (DAY, ("daily", "Daily Papers")),
        (
            f"URL Source: https://huggingface.co/papers/date/2025-12-11\n\n{DAY}",
            ("daily", "Daily Papers"),
        ),
        (
            f"URL Source: https://huggingface.co/papers/week/2025-W50\n\n{DAY}",
            ("daily", "Daily Papers"),
        ),
        (HUGGING_FACE_SEARCH, (None, None)),
        (f"URL Source: https://huggingface.co/papers\n\n{HUGGING_FACE_SEARCH}", (None, None)),
        (
            f"URL Source: https://huggingface.co/papers?q=Small+robots\n\n{HUGGING_FACE_SEARCH}",
            ("search", "Small robots"),
        ),
        (
            f"[Log In](https://huggingface.co/login?next=%2Fpapers%3Fq%3Dsmall%2Brobots)\n"
            f"[Sign Up](https://huggingface.co/join)\n[Models](/models)\n{HUGGING_FACE_SEARCH}",
            ("search", "small robots"),
        ),
        (
            f"[Upvote](https://huggingface.co/login?next=%2Fpapers%2F2405.10001)\n"
            f"[Sign Up](https://huggingface.co/join)\n[Models](/models)\n{HUGGING_FACE_SEARCH}",
            (None, None),
        ),
    ],
    ids=["day", "a day's address", "a week's", "search", "bare", "address", "login", "upvote"],
)
def test_days_are_one_listing_and_a_search_needs_its_address(page, expected):
    assert listed(page) == expected


def hugging_face(**props):
    """Return a page with a paper in its JSON."""
    paper = {"id": "2405.10001", "title": "Geese That Read", "summary": "We give books to geese."}
    data = escape(json.dumps({**props, "dailyPapers": [{"paper": paper}]}))
    return (
        "<!doctype html><html><head><title>Daily Papers - Hugging Face</title></head><body>"
        f'<div data-target="DailyPapers" data-props="{data}"></div>'
        '<a href="/papers/2405.10001">Geese That Read</a></body></html>'
    )


def test_the_json_of_a_page_says_whether_it_is_a_days_or_a_search():
    assert listed(hugging_face(date="2024-08-01T00:00:00.000Z")) == ("daily", "Daily Papers")
    assert listed(hugging_face(query="small  robots")) == ("search", "small robots")
    assert listed(hugging_face(query="", total=3)) == (None, None)


# ---------- ids


def test_an_id_is_readable_and_no_two_subjects_share_one():
    ids = {
        listing_id("arxiv_search", "search", key)
        for key in (
            "all: c",
            "all: c++",
            "all: c#",
            "all c",
            "all: \u4e2d",
            "all: \u6587",
            "x" * 99,
            "x" * 98,
        )
    }
    assert len(ids) == 8
    assert listing_id("arrow", "author", "ann lee") == "arrow:author:ann-lee"


def test_listings_agree_where_all_that_say_one_say_the_same():
    geese, cranes = Listing("search", "geese"), Listing("search", "cranes")
    assert agreed([]) is None
    assert agreed([None, geese, Listing("search", "GEESE")]) == geese
    assert agreed([geese, cranes]) is None
    assert agreed([geese, Listing("author", "geese")]) is None
