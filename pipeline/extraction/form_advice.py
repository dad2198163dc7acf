"""What people are advised about a page that was read and is not to be trusted.

What belongs here: a sentence for each saved form. What does not: what a file is that no site knows
(`unknown_pages`, `other_files`).
"""

from pipeline.extraction.readings import Reading

_AGAIN = "save it as HTML, or copy its text from a browser's window into a file"
# By the code of the step; the first that was seen or taken counts.
_FORMS = {
    "page_breaks": ("it seems to be the text of printed pages (PDF)", _AGAIN),
    "wrapping": (
        "its lines seem to be wrapped by a tool",
        "turn wrapping off (html2text -b 0, pandoc --wrap=none, lynx or w3m with a large width)",
    ),
    "nodes": ("each piece of its text seems to stand on a line of its own", _AGAIN),
    "one_line": ("it seems to be on one line", _AGAIN),
    "links": ("it seems to be Markdown with links", "save it without links"),
    "link_references": ("it seems to be a text browser's, with numbered links", "turn them off"),
    "markers": ("it seems to be Markdown or a text browser's", _AGAIN),
    "quotes": (
        "its lines seem to be quoted from a mail, or numbered",
        "take off what stands before each line",
    ),
    "previews": ("it seems to show previews beside abstracts", _AGAIN),
    "labels": ("its labels seem to be a tool's", _AGAIN),
}


def advice_for(reading: Reading) -> str:
    """Return what form a page seems to have, and what to do, as one sentence."""
    for code, (form, advice) in _FORMS.items():
        if code in reading.signs or code in reading.steps:
            also = "" if advice == _AGAIN else f", or {_AGAIN}"
            return f"{form}: {advice}{also}"
    return f"a tool seems to have turned it into text: {_AGAIN}"
