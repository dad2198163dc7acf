"""The lines of arXiv's lists, saved as text: what each looks like.

What belongs here: patterns of lines, and the names of those that carry no paper. What does not: how
lines make a card (`arxiv_list_text`).
"""

import re

from pipeline.sources.arxiv_list_words import SUBJECT
from pipeline.sources.arxiv_words import ARXIV_ID
from pipeline.sources.reading import NUMBER
from pipeline.text.dates import MONTH

# "[1] arXiv:2405.10001 [pdf, html, other]", "[2] arXiv:hep-th/9901001 (cross-list from math.AG)"
_LINKS = (
    r"(?:[\s\[\],:]++|\((?:cross-list|replaced)(?: from [\w.-]{2,20})?\)"
    r"|(?:pdf|ps|html|other|src|abs|format|view|tex)\b)*+"
)
HEAD = re.compile(
    rf"(?:[-*•+]\s+)?(?:\[\d{{1,6}}\]|\d{{1,6}}\.)?\s*arXiv:\s?{ARXIV_ID}(?P<rest>{_LINKS})"
)
FIRST_OF_HEAD = re.compile(r"[-*•+\[\s\da]")
INDEX = re.compile(r"(?:[-*•+]\s+)?\[\d{1,6}\]")  # "[1]", on a line of its own
REST = re.compile(_LINKS)
_MARKER = r"(?::\s+)?"  # as Markdown marks a definition
TITLE = re.compile(rf"{_MARKER}Title\s?:\s*(?P<rest>.*)")
LABEL = re.compile(
    rf"{_MARKER}(?P<label>Authors?|Comments?|Journal-ref|Subjects?|DOI|Report-no|MSC-class"
    r"|ACM-class|Date)\s?:\s*(?P<rest>.*)"
)
CODE_ENDS = re.compile(rf"{SUBJECT.pattern}\s*;?$")
TOTAL = re.compile(rf"\[?\s*[Tt]otal of (?P<n>{NUMBER}) entries\s*\]?")
RANGE = re.compile(r"^:|\b\d{1,6}-\d{1,6}\b")

# Lines of the page, none of which goes on with a card above it.
_DAY = rf"[A-Z][a-z]{{2,8}},? \d{{1,2}} (?:{MONTH}) (?:\d{{4}}|\d\d)"
_SHOWING = rf"\((?:continued,\s)?showing (?:first |last )?{NUMBER} of {NUMBER} entries\s?\)"
_SECTIONS = r"(?:New|Cross|Replacement) submissions|Cross-lists|Replacements|Replaced"
_FURNITURE = (
    ("day", rf"(?:[-*•+]\s+)?{_DAY}(?:\s{_SHOWING})?"),
    ("section", rf"(?:[-*•+]\s+)?(?:{_SECTIONS})(?:\s{_SHOWING}| for {_DAY})?"),
    ("section", rf"Showing new listings for {_DAY}|{_SHOWING}"),
    ("page_heading", r"Authors and titles for .{1,60}|.{1,100}['’]s articles on arXiv"),
    ("page_heading", r"Catch-?up results for .{1,100}"),
    ("page_numbers", rf"\[?\s*[Tt]otal of {NUMBER} entries\b[\s\d:|,.–-]*\]?"),
    ("page_numbers", rf":?\s*{NUMBER}-{NUMBER}(?:[\s|.…]+{NUMBER}-{NUMBER})*|View page:[\s\d]*"),
    ("page_numbers", rf"\[?\s*[Ss]howing (?:up to )?{NUMBER} entries per page:.*"),
    ("page_numbers", r"\[?\s*(?:fewer|more|all)(?:\s*\|\s*(?:fewer|more|all))*\s*\]?"),
    ("page_numbers", r"[|:\]]|\.\.\."),
    ("navigation", r"See today's(?:\snew)?(?:\schanges)?|See(?:\srecent articles)?|recent"),
    ("navigation", r"new|changes|Continue catchup on .{1,60}|Skip to main content"),
    ("navigation", r"archive home|Search|Submit|Donate|Log ?in|Advanced [Ss]earch|Help|GO"),
    ("navigation", r"Press Enter to search.{0,30}|Search arXiv|quick links|All fields|Learn more"),
    ("site_header", r"arXiv is now an independent nonprofit!|×|Cornell University"),
    ("site_header", r"We gratefully acknowledge support from.{0,99}|>|archive"),
    ("footer", r"About|Contact|Subscribe|Copyright|Privacy Policy|Web Accessibility Assistance"),
    ("footer", r"arXiv Operational Status.*|Get status notifications.*|Links to:.*|Accessibility"),
    ("footer", r"(?:contact|subscribe to) arXiv.*|\(Access key information\)|Operational Status"),
    ("footer", r"The web address for this page and the arXiv author id.*|See author identifier.*"),
)
_FURNITURE_RULES = [(name, re.compile(rule)) for name, rule in _FURNITURE]
ENDS = {"day", "section", "page_heading", "page_numbers", "footer"}

# Of the site's lines, for those who join lines: which begin something, and which are whole.
BEGINS = re.compile(
    r"(?:[-*•+]\s+)?(?:\[\d{1,6}\]\s*|\d{1,6}\.\s*)?\[?arXiv:\s?[\w-]{2,9}|\[\d{1,6}\]"
    r"|(?::\s+)?[*_]{0,2}(?:Title|Authors?|Comments|Subjects|Abstract|Journal-ref|Report-no|DOI"
    r"|(?:MSC|ACM)-class)\s?:|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d|Total of \d|\(?[Ss]howing \d"
    rf"|(?:{_SECTIONS})(?: for | \(|$)"
)
WHOLE = re.compile(
    r"(?:[-*•+]\s+)?(?:\[\d{1,6}\]\s*)?\[?arXiv:\s?\S{5,24}(?:\s+\([a-z]+[^()]{0,60}\))?"
    rf"(?:\s+\[[a-z, ]{{2,60}}\]?)?|Total of .{{0,40}}|{_FURNITURE[0][1]}|{_FURNITURE[1][1]}"
)


def furniture(text: str) -> str | None:
    """Return the name of a line of the page, None for any other line."""
    return next((name for name, rule in _FURNITURE_RULES if rule.fullmatch(text)), None)
