"""The figures that head an author's page of Scholar Feed: counts of papers and citations, scores.

What belongs here: how such a line is read. What does not: cards and names (`sites.scholar_feed`).
"""

import re

from pipeline.sources.reading import NUMBER, read_number

_MOST_FIGURE_CHARS = 120
_FIGURE = re.compile(
    r"[\s·|•,]*"
    rf"(?:h-index\s*:?\s*(?P<h_index>{NUMBER})"
    rf"|(?P<declared_papers>{NUMBER})\s*[Pp]apers?"
    rf"|(?P<citations>{NUMBER})\s*[Cc]itations?"
    r"|Novelty\s*:?\s*(?P<novelty_pct>\d{1,4})\s*%"
    r"|AI Score\s*:?\s*(?P<ai_score>\d{1,4}))"
    r"[\s·|•,]*"
)


def read_figures(text: str) -> dict[str, int]:
    """Read a line of figures and nothing else; an empty dict for any other line.

    >>> read_figures("h-index34 4,915citations")
    {'h_index': 34, 'citations': 4915}
    """
    figures: dict[str, int] = {}
    if len(text) > _MOST_FIGURE_CHARS:
        return figures
    end = 0
    while end < len(text):
        figure = _FIGURE.match(text, end)
        if figure is None:
            return {}
        figures |= {key: read_number(value) for key, value in figure.groupdict().items() if value}
        end = figure.end()
    return figures
