"""Pages of one paper: arXiv's and Hugging Face's, as HTML and as text.

What belongs here: their layouts. What does not: lists (`texts`, `markup`).
"""

import json
from html import escape

from pipeline.synth.cards import Card
from pipeline.synth.markup import subject_name


def _versions(card: Card) -> tuple[str, str]:
    """Return when a paper was submitted, as the line above its title and as its history."""
    first, last = (f"{day.day} {day:%b %Y}" for day in (card.published, card.updated))
    history = f"[v1] {card.published:%a}, {first} 17:59:59 UTC (123 KB)"
    if card.published == card.updated:
        return f"[Submitted on {first}]", history
    line = f"[Submitted on {first} (v1), last revised {last} (this version, v2)]"
    return line, f"{history}\n[v2] {card.updated:%a}, {last} 08:00:01 UTC (130 KB)"


def _subjects(card: Card) -> str:
    return "; ".join(f"{subject_name(name)} ({name})" for name in card.categories)


def abs_text(card: Card) -> str:
    """Return arXiv's page of a paper as text."""
    line, history = _versions(card)
    archive = card.categories[0].partition(".")[0]
    doi = f"Related DOI: https://doi.org/{card.doi}\n" if card.doi else ""
    comments = f"Comments: {card.comments}\n" if card.comments else ""
    return f"""Skip to main content

arxiv > {archive} > arXiv:{card.arxiv_id}

{subject_name(card.categories[0])}

arXiv:{card.arxiv_id} ({archive})

{line}

Title:{card.title}

Authors:{", ".join(card.authors)}

View a PDF of the paper titled {card.title}, by {card.authors[0]} and others

View PDF

Abstract:{card.abstract}

{comments}Subjects: {_subjects(card)}
Cite as: arXiv:{card.arxiv_id} [{card.categories[0]}]
https://doi.org/10.48550/arXiv.{card.arxiv_id}
{doi}
Submission history

From: {card.authors[0]} [view email]
{history}

Full-text links:

Access Paper:
"""


def abs_page(card: Card) -> str:
    """Return arXiv's page of a paper as HTML."""
    line, history = _versions(card)
    title, abstract = escape(card.title), escape(card.abstract or "")
    link = "https://arxiv.org/search/cs?searchtype=author&amp;query="
    names = ", ".join(
        f'<a href="{link}{escape(name.split()[-1])}" rel="nofollow">{escape(name)}</a>'
        for name in card.authors
    )
    rows = [("comments", "Comments:", escape(card.comments))] if card.comments else []
    rows.append(("subjects", "Subjects:", _subjects(card)))
    cited = f'<span class="arxivid"><a href="/abs/{card.arxiv_id}">arXiv:{card.arxiv_id}</a></span>'
    rows.append(("arxivid", "Cite as:", cited))
    if card.doi:
        rows.append(("doi", "Related DOI:", f'<a href="https://doi.org/{card.doi}">{card.doi}</a>'))
    table = "\n".join(
        f'      <tr><td class="tablecell label">{label}</td>'
        f'<td class="tablecell {kind}">{shown}</td></tr>'
        for kind, label, shown in rows
    )
    history = history.replace("\n", "<br/>\n    ")
    return f"""<!DOCTYPE html>
<html lang="en">
<head><title>[{card.arxiv_id}] {title}</title>
  <meta property="og:site_name" content="arXiv.org" />
  <meta name="citation_title" content="{title}" />
  <meta name="citation_date" content="{card.published:%Y/%m/%d}" />
  <meta name="citation_arxiv_id" content="{card.arxiv_id}" />
</head>
<body>
  <header><a href="#content">Skip to main content</a></header>
  <main><div id="content"><div id="content-inner"><div id="abs">
    <div class="dateline">
  {line}</div>
    <h1 class="title mathjax"><span class="descriptor">Title:</span>{title}</h1>
    <div class="authors"><span class="descriptor">Authors:</span>{names}</div>
    <blockquote class="abstract mathjax">
            <span class="descriptor">Abstract:</span>{abstract}
    </blockquote>
    <div class="metatable">
      <table summary="Additional metadata">
{table}
      </table>
    </div>
  </div></div>
  <div class="submission-history">
    <h2>Submission history</h2> From: {escape(card.authors[0])} [view email]<br/>
    {history}<br/>
  </div></div></main>
</body>
</html>
"""


def hf_paper_text(card: Card) -> str:
    """Return Hugging Face's page of a paper as text."""
    names = "\n,\n".join(card.authors)
    day = f"{card.published:%b} {card.published.day}, {card.published.year}"
    return f"""arxiv:{card.arxiv_id}
{card.title}
Published on {day}
Upvote
12
Authors:
{names}
Abstract
{card.abstract}
View arXiv page
View PDF
Add to collection
Community
"""


def hf_paper_page(card: Card) -> str:
    """Return Hugging Face's page of a paper as HTML, whose facts stand in its data."""
    day = f"{card.published:%b} {card.published.day}, {card.published.year}"
    paper = {
        "id": card.arxiv_id,
        "authors": [{"name": name, "hidden": False} for name in card.authors],
        "publishedAt": f"{card.published}T09:30:00.000Z",
        "title": card.title,
        "summary": card.abstract or "",
        "upvotes": 12,
    }
    data = escape(json.dumps({"comments": [], "paper": paper}, ensure_ascii=False))
    title = escape(card.title)
    return f"""<!doctype html>
<html class="">
	<head><meta charset="utf-8" />
		<meta property="og:title" content="Paper page - {title}" />
		<title>Paper page - {title}</title></head>
	<body class="flex flex-col">
	<main class="flex flex-1 flex-col">
	<div class="SVELTE_HYDRATER contents" data-target="PaperContent" data-props="{data}">
	<section><div><a href="/papers">Papers</a>
	<a href="https://arxiv.org/abs/{card.arxiv_id}">arxiv:{card.arxiv_id}</a></div>
	<h1 class="mb-2">{title}</h1>
	<div>Published on {day}</div>
	</section></div></main>
	</body>
</html>
"""
