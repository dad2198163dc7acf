"""The sites' lists as HTML, class by class as the sites write them.

What belongs here: markup of arXiv's search and lists and of a day of Hugging Face. What does not:
pages as text (`texts`), pages of one paper (`paper_pages`).
"""

import json
from collections.abc import Mapping, Sequence
from html import escape
from random import Random
from typing import Any

from pipeline.synth.cards import Card

_PREVIEW = 340
_NAMES = {"cs": "Computing", "math": "Mathematics", "quant-ph": "Quantum Physics"}
_BOLD = '<span class="has-text-black-bis has-text-weight-semibold">'


# arXiv's search, as markup and as text. Every word of the search is marked as a hit.


def _hits(text: str, word: str | None) -> str:
    marked = escape(text, quote=False)
    if not word:
        return marked
    for form in (word, word.capitalize()):
        marked = marked.replace(form, f'<span class="search-hit mathjax">{form}</span>')
    return marked


def preview(abstract: str, word: str | None) -> str:
    """Return what the search shows of an abstract at first: a part around the first hit."""
    if len(abstract) <= _PREVIEW:
        return abstract
    at = abstract.find(word) if word else 0
    start = abstract.rfind(" ", 0, at - 60) + 1 if at > _PREVIEW else 0
    end = start + _PREVIEW
    return f"{'…' if start else ''}{abstract[start:end]}{'…' if end < len(abstract) else ''}"


def days(paper: Card) -> tuple[str, str]:
    """Return the days of submission as the search shows them, and the month of announcement."""
    first, last = (f"{day.day} {day:%B}, {day.year}" for day in (paper.published, paper.updated))
    shown = f"{last}; v1 submitted {first};" if first != last else f"{first};"
    return shown, f"{paper.published:%B %Y}"


def _search_card(paper: Card, word: str | None) -> str:
    link = f"https://arxiv.org/abs/{paper.arxiv_id}"
    tags = "\n        ".join(
        f'<span class="tag is-small {"is-grey" if n else "is-link"} tooltip is-tooltip-top" '
        f'data-tooltip="{subject_name(name)}">{name}</span>'
        for n, name in enumerate(paper.categories)
    )
    authors = ", \n      \n      ".join(
        f'<a href="/search/?searchtype=author&amp;query={escape(name[-5:])}">{escape(name)}</a>'
        for name in paper.authors
    )
    if paper.n_hidden:
        authors += f"\n      , et al. ({paper.n_hidden} additional authors not shown)"
    label = '<span class="search-hit">Abstract</span>:' if word else (
        '<span class="has-text-black-bis has-text-weight-semibold">Abstract</span>:'
    )  # fmt: skip
    shown, announced = days(paper)
    bold = '<span class="has-text-black-bis has-text-weight-semibold">'
    submitted = shown.replace("v1 submitted", f"{bold}v1</span> submitted")
    comments = f"""<p class="comments is-size-7">
      {bold}Comments:</span>
      <span class="has-text-grey-dark mathjax">{escape(paper.comments)}</span>
    </p>""" if paper.comments else ""  # fmt: skip
    return f"""  <li class="arxiv-result">
    <div class="is-marginless">
      <p class="list-title is-inline-block"><a href="{link}">arXiv:{paper.arxiv_id}</a>
        <span>&nbsp;[<a href="{link.replace("abs", "pdf")}">pdf</a>, <a
        href="{link}">other</a>]&nbsp;</span>
      </p>
      <div class="tags is-inline-block">
        {tags}
        </div>
      {_doi(paper)}
    </div>

    <p class="title is-5 mathjax">

        {_hits(paper.title, word)}

    </p>
    <p class="authors">
      <span class="has-text-black-bis has-text-weight-semibold">Authors:</span>

      {authors}

    </p>

    <p class="abstract mathjax">
      {label}
      {_search_abstract(paper, word)}
    </p>


    <p class="is-size-7">{bold}Submitted</span> {submitted}
      {bold}originally announced</span> {announced}.

    </p>

    {comments}



  </li>
"""


def _doi(paper: Card) -> str:
    if not paper.doi:
        return ""
    return f"""<div class="is-inline-block" style="margin-left: 0.5rem">
        <div class="tags has-addons">
          <span class="tag is-dark is-size-7">doi</span>
          <span class="tag is-light is-size-7"><a class=""
            href="https://doi.org/{paper.doi}">{paper.doi} <i class="fa"></i></a></span>
        </div>
      </div>"""


def _search_abstract(paper: Card, word: str | None) -> str:
    version = f"{paper.arxiv_id}v{1 + (paper.updated != paper.published)}-abstract"
    abstract = paper.abstract or ""
    shown = preview(abstract, word)
    parts = []
    for name, other, text, sign, style in (
        ("short", "full", shown, "&#9661; More", "inline"),
        ("full", "short", abstract, "&#9651; Less", "none"),
    ):
        click = (
            f"document.getElementById('{version}-{other}').style.display = 'inline'; "
            f"document.getElementById('{version}-{name}').style.display = 'none';"
        )
        style_of_button = 'class="is-size-7" style="white-space: nowrap;"'
        button = f'\n        <a {style_of_button} onclick="{click}">{sign}</a>'
        parts.append(
            f'<span class="abstract-{name} has-text-grey-dark mathjax" id="{version}-{name}" '
            f'style="display: {style};">\n        {_hits(text, word)}'
            f"{button if shown != abstract else ''}\n      </span>"
        )
    return "\n      ".join(parts)


def search_page(papers: Sequence[Card], word: str | None) -> str:
    """Return a page of results; every place where the word stands is marked as a hit."""
    cards = "\n".join(_search_card(paper, word) for paper in papers)
    shown = word or "all"
    return f"""<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8"/>
    <title>Search | arXiv e-print repository</title>
    <link rel="stylesheet" href="https://static.arxiv.org/static/base/1.0/css/arxivstyle.css" />
    <script src="https://static.arxiv.org/MathJax-2.7.3/MathJax.js"></script>
  </head>
  <body>
  <header><a href="#main-container">Skip to main content</a>
    <a href="https://arxiv.org/"><img alt="arxiv logo" src="/static/logo.svg"></a>
    <a href="https://arxiv.org/login">Login</a> <a href="https://info.arxiv.org/help">Help</a>
  </header>
  <main class="container" id="main-container">
    <h1 class="title is-clearfix">
        Showing 1&ndash;{len(papers)} of 4,321 results for abstract:
        <span class="mathjax">{shown}</span>
    </h1>
    <form action="/search/"><input type="text" value="{shown}"><button>Search</button>
      <label><input type="radio" checked> Show abstracts</label>
      <label><input type="radio"> Hide abstracts</label></form>
<ol class="breathe-horizontal" start="1">

{cards}
</ol>
  </main>
  <footer><a href="https://info.arxiv.org/about">About</a> <a href="https://status.arxiv.org">
    arXiv Operational Status</a></footer>
  </body>
</html>
"""


# arXiv's list of new papers.


def subject_name(category: str) -> str:
    """Return a category in words, as arXiv has them beside its code."""
    archive, _, part = category.partition(".")
    return f"{_NAMES.get(archive, 'Physics topic')}{' ' + part if part else ''}"


def list_page(papers: Sequence[Card], *, with_abstracts: bool, are_old: bool = False) -> str:
    """Return a list of papers, as of recent days or, with abstracts, of new ones.

    Args:
        papers: what to list.
        with_abstracts: whether to show them.
        are_old: whether the papers were announced before: those are listed again once they are of
            another category, or have a new version.
    """
    sections = ("Replacement submissions", "Cross submissions") if are_old else (
        ("Thu, 5 Mar 2026", "New submissions")
    )  # fmt: skip
    marks = ("(replaced)", "(cross-list from cs.AI)") if are_old else ("", "")
    head, mark = sections[with_abstracts], marks[with_abstracts]
    items = "\n".join(_list_item(n, one, with_abstracts, mark) for n, one in enumerate(papers, 1))
    new = "<h3>Showing new listings for Thursday, 5 March 2026</h3>" if are_old else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head><title>Computer Science </title>
  <link rel="stylesheet" type="text/css" media="screen" href="/static/browse/css/arXiv.css" />
</head>
<body>
<header><a href="#content">Skip to main content</a> <a href="https://arxiv.org">
  <img src="/static/browse/images/logo.svg" alt="arXiv logo"/></a> <a href="/list/cs/recent">cs</a>
  <a href="https://arxiv.org/login">Login</a></header>
<main><div id="content"><div id='content-inner'><div id='dlpage'>
  <h1>Computer Science</h1>
  <h2>Authors and titles for recent submissions</h2>
  {new}
  <div class='paging'>Total of {len(papers)} entries </div>
<dl id='articles'>
    <h3>{head} (showing {len(papers)} of {len(papers)} entries )</h3>
{items}
</dl>
  <div class='paging'>Total of {len(papers)} entries </div>
</div></div></div></main>
<footer><a href="https://info.arxiv.org/about">About</a></footer>
</body></html>
"""


def _list_item(number: int, paper: Card, with_abstracts: bool, mark: str) -> str:
    authors = ", ".join(
        f'<a href="https://arxiv.org/search/cs?searchtype=author&amp;query={escape(name.split()[-1])}">'
        f"{escape(name)}</a>"
        for name in paper.authors
    )
    first, *others = (f"{subject_name(name)} ({name})" for name in paper.categories)
    rest = "".join(f"; {other}" for other in others)
    comments = f"""<div class='list-comments mathjax'><span class='descriptor'>Comments:</span>
          {escape(paper.comments)}
        </div>""" if paper.comments else ""  # fmt: skip
    is_shown = with_abstracts and paper.abstract
    abstract = f"<p class='mathjax'>\n          {escape(paper.abstract or '')}\n        </p>"
    return f"""    <dt>
      <a name='item{number}'>[{number}]</a>
      <a href ="/abs/{paper.arxiv_id}" title="Abstract" id="{paper.arxiv_id}">
        arXiv:{paper.arxiv_id}
      </a>
      {mark}
      [<a href="/pdf/{paper.arxiv_id}" title="Download PDF">pdf</a>, <a
       href="/html/{paper.arxiv_id}v1" title="View HTML">html</a>, <a
       href="/format/{paper.arxiv_id}" title="Other formats">other</a>]
    </dt>
    <dd>
      <div class='meta'>
        <div class='list-title mathjax'><span class='descriptor'>Title:</span>
          {escape(paper.title)}
        </div>
        <div class='list-authors'>{authors}</div>
        {comments}
        <div class='list-subjects'><span class='descriptor'>Subjects:</span>
          <span class="primary-subject">{first}</span>{rest}
        </div>
        {abstract if is_shown else ""}
      </div>
    </dd>
"""


# Hugging Face: the day's papers as markup, a search as text.


def daily_page(papers: Sequence[Card], draw: Random) -> str:
    """Return a day of Hugging Face, whose names stand in its data only."""
    entries = [
        {
            "paper": {
                "id": paper.arxiv_id,
                "authors": [{"name": name, "hidden": False} for name in paper.authors],
                "publishedAt": f"{paper.published}T09:30:00.000Z",
                "title": paper.title,
                "summary": paper.abstract or "",
                "upvotes": draw.randrange(1, 90),
            },
            "publishedAt": "2026-03-05T01:00:00.000Z",
            "title": paper.title,
            "numComments": draw.randrange(1, 9),
            "submittedBy": {"fullname": "somebody", "user": "taylor99"},
        }
        for paper in papers
    ]
    props = {"date": "2026-03-05T00:00:00.000Z", "dailyPapers": entries}
    articles = "\n".join(map(_daily_card, entries))
    data = escape(json.dumps(props, ensure_ascii=False))
    return f"""<!doctype html>
<html class="">
	<head><meta charset="utf-8" /><title>Daily Papers - Hugging Face</title>
		<meta property="og:url" content="https://huggingface.co/papers" />
		<link rel="stylesheet" href="/front/build/style.css" /></head>
	<body class="flex flex-col">
	<div class="flex min-h-screen flex-col"><header><nav><ul><li><a href="/models">Models</a></li>
		<li><a href="/datasets">Datasets</a></li><li><a href="/login">Log In</a></li></ul></nav>
	</header>
	<main class="flex flex-1 flex-col">
	<div class="SVELTE_HYDRATER contents" data-target="DailyPapers" data-props="{data}">
	<section class="container"><h1><a href="/papers">Daily Papers</a></h1>
		<h2>by <a href="/akhaliq">AK</a> and the research community</h2>
		<time datetime="2026-03-05T00:00:00.000Z"><span>Mar</span>
		<span>5</span></time>
	<div class="relative grid grid-cols-1">
{articles}
	</div></section></div></main></div></body></html>
"""


def _daily_card(entry: Mapping[str, Any]) -> str:
    paper, link = entry["paper"], f"/papers/{entry['paper']['id']}"
    n = len(paper["authors"])
    return f"""			<div><article class="relative flex flex-col overflow-hidden">
			<a href="{link}" class="peer relative"><img src="/thumbnails{link}.png" alt=""></a>
						<div class="pointer-events-none absolute">Submitted by
							<img alt="" src="/avatars/one.svg">
								{entry["submittedBy"]["user"]}</div>
			<div class="flex"><a href="/login?next={link}"><input disabled type="checkbox">
		<div class="leading-none">{paper["upvotes"]}</div></a></div>
			<div class="w-full"><h3 class="mb-1"><a href="{link}">{escape(paper["title"])}</a></h3>
				<div><a href="{link}" class="flex"><ul><li class="order-first"><div><div>·</div>
													{n} author{"s" if n > 1 else ""}
												</div></li></ul></a>
										<a href="{link}#community">
												{entry["numComments"]}
											</a></div></div></article></div>"""
