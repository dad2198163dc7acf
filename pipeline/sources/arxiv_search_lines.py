"""The lines of arXiv's search pages, for undoing what a tool did to them.

What belongs here: which lines begin something, which are whole, and what a line begins with inside
one that holds a whole card; whatever tool saved the page. What does not: reading the lines
(`sites.arxiv_search`).
"""

import re

from pipeline.text.dates import MONTH

# Categories by the names of arXiv's archives: any two words with a hyphen may end a title.
_ARCHIVE = (
    r"(?:(?:cs|math|physics|stat|eess|econ|q-bio|q-fin|nlin|astro-ph|cond-mat)\.[A-Za-z-]{2,12}"
    r"|astro-ph|cond-mat|gr-qc|hep-(?:ex|lat|ph|th)|math-ph|nucl-(?:ex|th)|quant-ph)"
)
# Lines that begin something, whatever tool saved the page, and lines that are whole.
BEGINS = re.compile(
    r"[*_#]{0,4}(?:Authors?|Abstract|Comments|Journal ref|(?:ACM|MSC) Class|Report number)\s?:"
    r"|[\[*_]{0,3}(?:▽|△)|(?:v1 s|S)ubmitted \d|originally announced|doi(?::|\s+10\.)|DOI:?\s"
    r"|(?:\d{1,6}\.\s+)?\[{0,2}arXiv:\s?\d{4}|(?:\d{1,6}\.\s+)?\[?arXiv:\s?[a-z-]{2,9}"
    # a year that was wrapped ends the dates of a card
    r"|[#*]*\s?Showing \d|[-•*]$|(?!(?:19|20)\d\d\.$)\d{1,6}\.$"
)
WHOLE = re.compile(
    r"[*_]*(?:Authors?|Abstract)\s?:[*_]*|[*_\[]*(?:▽ More|△ Less)|[-•*]|\d{1,6}\.?"
    r"|(?:\d{1,6}\.\s+)?\[?arXiv:\s?\S{5,24}(?:\s+\[[a-z, ]{2,40}\]?)?"
    rf"|(?=.{{0,80}}originally )"  # what `\b` would try behind every character
    rf".{{0,80}}\boriginally announced (?:{MONTH}),? \d{{4}}\.?|{_ARCHIVE}(?: {_ARCHIVE}){{0,20}}"
)
# Where a line began, in a line that holds a whole card: at each group.
INSIDE = re.compile(
    r"(?<!\S)(?:((?:\d{1,6}\. )?arXiv:\s?\S{6,20}\s+\[[a-z, ]{2,40}\])"
    rf"(?:\s+({_ARCHIVE}(?:\s+{_ARCHIVE}){{0,20}}))?(?:\s+(doi\s+10\.\S{{4,80}}))?\s+()(?=\S)"
    r"|(Authors?\s?: )|(Abstract\s?: )|(Submitted \d{1,2} [A-Z])|(Comments\s?: )|(Journal ref\s?: )"
    r"|((?:ACM|MSC) Class\s?: )|(Report number\s?: ))"
)
INSIDE_WORDS = (
    *("arXiv:", "Author", "Abstract", "Submitted ", "Comments", "Journal ref"),
    *(" Class", "Report number"),
)
