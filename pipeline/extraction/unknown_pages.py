"""What people are advised about a page from which no paper was read.

What belongs here: the reason why such a page is set aside, which site comes nearest to it, and what
to do. What does not: telling what it is by its shape (`other_files`) or its words (`other_pages`),
choosing the site of a page (`sources.registry`).
"""

import re
from collections.abc import Sequence

from pipeline.extraction.ledger import Ledger
from pipeline.extraction.other_files import Advice, text_kind
from pipeline.extraction.other_pages import aside, notice, single_paper
from pipeline.sources.dump import Dump, guess_form
from pipeline.sources.markup import visible_lines
from pipeline.sources.reading import reads
from pipeline.sources.registry import display_names, own_sources
from pipeline.text.whitespace import fold_space

# How much of an unknown page is read to name the nearest site.
_NEAREST_LINES, _NEAREST_CHARS = 2_000, 1_000_000
# A page without results says little else.
_MOST_EMPTY_LINES, _MOST_EMPTY_CHARS = 400, 8_000
# A page of which so many lines are a site's is called a page like that site's.
_NEAR_SHARE = 0.5
_TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{0,300})", re.IGNORECASE)
# Where browsers and savers write the address, and where pages do.
_HOST = re.compile(
    r"(?:saved from url=\(\d{1,5}\)|\burl: "
    r"|<link\b[^<>]{0,200}\brel\s?=\s?[\"']?canonical\b[^<>]{0,200}?\bhref\s?=\s?[\"']?|<meta\b[^<>]{0,200}\bog:url\b[^<>]{0,200}?\bcontent\s?=\s?[\"']?"
    r"|<base\b[^<>]{0,200}\bhref\s?=\s?[\"']?)https?://([\w.-]{1,200})",
    re.IGNORECASE,
)


def site_words(name: str) -> str:
    """Return what people call a site, and its name in tables."""
    return f"{display_names().get(name, name)} ({name})"


def describe_unknown(dump: Dump) -> Advice:
    """Say what a page of no known site is; if that cannot be told, which site comes nearest."""
    if found := _recognised(dump):
        return found
    nearest = _nearest(dump)
    is_near = nearest is not None and nearest[1] >= _NEAR_SHARE * nearest[2]
    # Any site's page may have a word of log-ins or cookies at its edge.
    return aside(_shown(dump), _source(dump), is_near=is_near) or _unknown(dump, nearest)


def describe_unread(dump: Dump, site: str) -> Advice:
    """Say what a page is that looks like one of a site, but of which no paper was read."""
    return _recognised(dump) or Advice(
        f"looks like {site_words(site)}, but no paper could be read",
        "save the page again, all of it, once it shows its papers",
    )


def _recognised(dump: Dump) -> Advice | None:
    """Tell what a page without papers is, by its shape and its words."""
    shown, source = _shown(dump), _source(dump)
    found = text_kind(dump.text) or _without_results(shown) or notice(shown, source)
    return found or single_paper(shown, source)


def _without_results(shown: Sequence[str]) -> Advice | None:
    """Tell a page of a known site that says it has no papers to show."""
    text = fold_space(" ".join(shown[:_MOST_EMPTY_LINES]))
    if len(text) > _MOST_EMPTY_CHARS:
        return None
    for name, source in own_sources().items():
        words = getattr(source, "NO_RESULTS", None)
        if words and words.search(text):
            what = f"is a page of {display_names()[name]} without results"
            return Advice(what, "there is nothing on it to read, and it can be removed")
    return None


def _source(dump: Dump) -> str:
    return dump.text[:_NEAREST_CHARS] if dump.form == "html" else ""


def _shown(dump: Dump) -> Sequence[str]:
    """Return what a browser shows of the beginning of a page, its title first."""
    if dump.form != "html":
        return dump.lines[:_NEAREST_LINES]
    text = dump.text[:_NEAREST_CHARS]
    title = _TITLE.search(text)
    return [title[1] if title else "", *visible_lines(text)[:_NEAREST_LINES]]


def _unknown(dump: Dump, nearest: tuple[str, int, int] | None) -> Advice:
    """Say that a page is of no known site, which sites there are, and which comes nearest."""
    if dump.form == "html":
        host = _HOST.search(dump.text[:_NEAREST_CHARS])
        of_host = f" (it is of {host[1].lower()})" if host else ""
        what = f"is an HTML page of no known layout{of_host}"
        advice = (
            f"save lists, searches or papers of {_site_names()}; "
            "`papermart new-source` begins the reader of another site"
        )
    else:
        what = f"is no page of a known site ({_site_names('and')})"
        advice = "if it is one, save all of it, as HTML or text"
    if nearest is None:
        return Advice(what, advice)
    name, n_claimed, n_text = nearest
    nearest_name = f"{display_names()[name]} ({name}, {dump.form})"
    likeness = f"nearest comes {nearest_name}, {n_claimed} of {n_text} lines look like it"
    return Advice(f"{what}; {likeness}, but no paper does", advice)


def _site_names(last: str = "or") -> str:
    names = sorted(set(display_names().values()), key=str.casefold)
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else names[0]


def _nearest(dump: Dump) -> tuple[str, int, int] | None:
    """Return the site that understands most lines of an unknown page: (site, lines, of lines).

    Only the beginning is looked at: this is advice for people, and the page may be a hostile one.
    """
    lines = dump.lines[:_NEAREST_LINES]
    if sum(map(len, lines)) > _NEAREST_CHARS:
        return None
    if dump.form == "html":
        # All markup is furniture; what a browser shows of it distinguishes sites.
        lines = visible_lines("\n".join(lines))[:_NEAREST_LINES]
    part = Dump(lines, guess_form(lines), dump.captured_on)
    n_claimed = {
        name: Ledger(part, source.parse(part)).counts["n_lines_claimed"]
        for name, source in own_sources().items()
        if reads(source, part.form)
    }
    best = max(n_claimed, key=lambda name: n_claimed[name], default=None)
    if best is None or not n_claimed[best]:
        return None
    return best, n_claimed[best], len(part.text_lines)
