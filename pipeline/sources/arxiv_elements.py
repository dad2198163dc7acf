"""What arXiv's HTML pages have in the same elements: the links of a list of authors.

What belongs here: what both of arXiv's HTML readers read from elements. What does not: words
(`arxiv_words`), elements of any site (`elements`).
"""

import re

from selectolax.lexbor import LexborNode

from pipeline.sources.elements import fold, text_beside, words_of

# Where a name leads: a search for the author, or the page of an identifier, "/a/lee_a_1".
_AUTHOR = re.compile(r"searchtype=author|[?&]query=|\bau:|/a/[a-z]")


def linked_names(line: LexborNode | None) -> tuple[list[str], str]:
    """Return the names in a list of authors, each a link, and the text beside them.

    There are no names if they were saved without links. Where any link leads to an author, others
    are not the page's own: badges, icons.
    """
    if line is None:
        return [], ""
    links = [child for child in line.iter() if child.tag == "a"]
    beside = line.text(deep=False)
    if len(links) == beside.count(",") + 1 - beside.count("et al."):  # a line nobody changed
        return [link.text().strip() for link in links], beside
    links = line.css("a")
    known = [link for link in links if _AUTHOR.search(link.attributes.get("href") or "")]
    names = [name for link in known or links if (name := fold(words_of(link)))]
    return names, text_beside(line, "a")
