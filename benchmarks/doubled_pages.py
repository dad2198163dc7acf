"""Pages that can be made as long as one likes: a sound page, and one thing in it many times.

What belongs here: a page of each site in each form that is read, and what may stand in one too
often: signs, lines, tags, cards, names. What does not: how long reading them takes (`doubling`).
"""

import base64
import html
import json
import quopri
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from made_facts import make_papers, without_tex

from pipeline.synth.markup import daily_page, list_page, search_page
from pipeline.synth.texts import texts_of

_GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "data" / "sources"
# One page of each layout; the others of a site differ in their values.
_LAYOUTS = {
    "arrow": ("compact.txt",),
    "arxiv_abs": ("html_two_versions.html", "text_one_piece_a_line.txt", "text_table_drawn.txt"),
    "arxiv_list": ("recent.html", "new_with_abstracts.html", "text_recent.txt"),
    "arxiv_search": ("html_versions_doi_hits.html", "compact.txt", "spaced.txt"),
    "huggingface_papers": (
        *("html_daily.html", "html_single_paper.html", "html_without_json.html"),
        *("daily_spaced.txt", "search_compact.txt", "text_single_paper.txt"),
    ),
    "scholar_feed": ("full_header.txt", "glued_compact.txt"),
}
_PROSE = "We count how often a small boat turns in a wide bay, and explain it by wind and lunch. "
_UNKNOWN = "\n".join(["A page about boats", "", _PROSE, "", "Harbours", "", _PROSE * 3, ""] * 4)


class Page(NamedTuple):
    """A sound page: the site and layout it is of, its text, whether it is markup.

    Attributes:
        inside: offsets in the middle of a title and of a name, by what they are, where they show.
    """

    name: str
    text: str
    is_markup: bool
    inside: Mapping[str, int] = {}


def sound_pages() -> Iterator[Page]:
    """Yield a page of each site's layouts, and of each other form that is read."""
    for site, names in _LAYOUTS.items():
        for name in names:
            text = (_GOLDEN / site / name).read_text("utf-8")
            golden = (_GOLDEN / site / name).with_suffix(".json").read_text("utf-8")
            inside = _inside(text, json.loads(golden)["records"])
            yield Page(f"{site}/{name}", text, name.endswith(".html"), inside)
    yield Page("unknown.txt", _UNKNOWN, is_markup=False)
    paragraphs = "".join(
        f'<p class="a text of boats">{line}</p>\n' for line in _UNKNOWN.split("\n")
    )
    yield Page("unknown.html", f"<!DOCTYPE html><title>Boats</title>\n{paragraphs}", is_markup=True)
    yield Page("markdown.md", _markdown(_golden("arxiv_search/spaced.txt")), is_markup=False)


def _inside(text: str, records: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return where the first title and the first name stand that a page has as they are read."""
    found: dict[str, int] = {}
    for record in records:
        named = (
            ("title", record["title"]),
            *(("name", each) for each in record.get("authors", ())),
        )
        for what, value in named:
            if what not in found and (at := text.find(value)) >= 0:
                found[what] = at + len(value) // 2
    return found


def _golden(name: str) -> str:
    return (_GOLDEN / name).read_text("utf-8")


def _markdown(text: str) -> str:
    """Return a page of text as tools write Markdown: links, bullets, signs escaped."""
    lines = (re.sub(r"([*_\[\]])", r"\\\1", line.strip()) for line in text.split("\n"))
    linked = (f"* [{line}](https://example.org/{n})" for n, line in enumerate(lines) if line)
    return "\n\n".join(linked)


# ---------------------------------------------------------------- packings of a page


def _as_mhtml(text: str, encoding: str) -> str:
    raw = text.encode()
    packed = base64.encodebytes(raw) if encoding == "base64" else quopri.encodestring(raw)
    kind = "text/html" if "<" in text[:200] else "text/plain"
    return (
        "From: <Saved by Blink>\nMIME-Version: 1.0\nSubject: a page\n"
        'Content-Type: multipart/related; boundary="--x--"\n\n----x--\n'
        f"Content-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
        f"{packed.decode('ascii')}\n----x----\n"
    )


def _as_source(text: str) -> str:
    rows = "".join(f"<tr><td>{html.escape(line)}</td></tr>\n" for line in text.split("\n"))
    return f"<html><body><table>{rows}</table></body></html>"


def _numbered(text: str) -> str:
    return "\n".join(f"{n:5}  {line}" for n, line in enumerate(text.split("\n"), 1))


PACKINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "in MHTML, quoted-printable": lambda text: _as_mhtml(text, "quoted-printable"),
    "in MHTML, base64": lambda text: _as_mhtml(text, "base64"),
    "as source": _as_source,
    "as numbered source": _numbered,
    "in JSON": lambda text: json.dumps({"url": "https://example.org", "text": text}),
    "quoted": lambda text: "\n".join(f"> {line}" for line in text.split("\n")),
}

# ---------------------------------------------------------------- what there is too much of

_SIGNS = (
    *(" ", "\t", "\N{NO-BREAK SPACE}", "\N{ZERO WIDTH SPACE}", "\N{COMBINING ACUTE ACCENT}"),
    *("\r", "\f", "\N{LINE SEPARATOR}", "[", "]", "(", ")", "{", "}", "<", ">", "&", "$", '"'),
    *("'", "“", "-", "–", "—", ".", ",", ";", ":", "*", "_", "`", "~", "|", "\\", "/", "#", "="),
    *("+", "!", "?", "@", "%", "^", "•", "·", "▽", "…", "0", "7", "a", "A", "é", "字"),
    "\N{GRINNING FACE}",
)
_WORDS = (
    *("[]", "()", "<>", "{}", "$x$", "$$", "\\(", "\\{", "\\frac{", "x_{", "[[", "![", "]("),
    *("[a](", "[a](b) ", "[a][b] ", "![a](b)", "[1] ", "[[1]] ", "**a** ", "`a` ", "<b "),
    *("&amp;", "&#", "&#x", "&lt;", "&lt;/a", "=3D", "%20", "\\u00", "\\n", '{"a":', '["', '\\"'),
    *("a b ", "Aa ", "A. ", "A.", "a, ", ", ", "a-", "a- ", "- ", "* ", "> ", "| ", "1. ", "1."),
    *("1 ", "0.5 ", "and ", "et al. ", "Ann Lee, ", "Ann Lee and ", "Lee, A., ", "A. Lee; "),
    *("Ann Lee ", "of the ", "http://", "http://a.b/c ", "<http://a> ", "arXiv:"),
    *("arXiv:2405.10001 ", "10.1000/x ", "May ", "May 3, 2024 ", "Title: ", "Authors: "),
    *("Abstract: ", "▽ More ", "△ Less ", "• ", "· ", "(BUTTON) ", "h-index", "LG"),
    *("LGMay 3, 2024", "'s ", "x" * 50 + " ", " \N{ZERO WIDTH SPACE}", "Proc. of ", "v1 "),
    *("cs.CL ", "(cs.CL); ", "Submitted ", "12 pages, ", " . ", " , ", "a  ", "A"),
)
_LINES = (
    *("", " ", "a", "a ", "Aa", "1", "-", "- ", "* ", "* a", "> ", ">", "| a | b |", "|", "---"),
    *("===", "```", "# ", "# a", "1. ", "1. a", "[1] a", "[1]: http://a.b/c", "[a](b)", "[a"),
    *("a](", "b)", "<http://a.b>", "![a](b)", "(BUTTON) a", "Title:", "Authors:", "Abstract:"),
    *("▽ More", "△ Less", "Submitted 3 May, 2024;", "originally announced May 2024."),
    *("Comments: 12 pages", "arXiv:2405.10001", "  1. arXiv:2405.10001  [pdf]"),
    *("[2] arXiv:2405.10001", "cs.CL", "•", "• Ann Lee", "Ann Lee,", "Ann Lee", "·", "4 authors"),
    *("May 3, 2024", "Mar 3", "LGMar 3, 2022", "LGMar 3, 2022Code", "A Title Of Some Words"),
    *("A Title\n\nAnn Lee, Bo Chen", _PROSE, "h-index12"),
    *("ICML Conference 2021 Conference Paper", "Author name cluster", "Daily Papers", "Upvote"),
    *("a=", "=", "{", '{"a": 1}', "\\", "a\\", "a-", "a -", "et al.", ", et al. (3 additional"),
    "a\f",
    "The first words of a line that is as long as lines of eighty columns are when they",
    *("{\n}", "Showing 1–2 of 2 results for all: boats", "Total of 3 entries", "Subjects: cs.CL"),
    *("  a", "\ta"),
)
_TAGS = (
    *("<div>", "</div>", "<b>", "</b>", "<i><b>", "<p>", "</p>", "<br>", "<hr>", "<a>"),
    *("<a href='", '<a href="x">a</a>', "<p ", "<p a=", "<p a='", '<p a="b"', "<p a=b ", "<!--"),
    *("-->", "<!---->", "<![CDATA[", "<?", "<!", "</", "<script>", "<script>a</script>"),
    *("</script>", "<style>", "<svg>", "<style>a{}</style>", "<math>", "<template>", "<select>"),
    *("<option>", "<table>", "<tr><td>", "<table><tr><td>", "<dl><dt>", "<dd>", "<dt>"),
    *("<ul><li>", "<li>", "<form>", "<input>", "<span>", "<title>", "<textarea>", "<noscript>"),
    *("<pre>", "<h1>", "<h3>a</h3>", "<article>", "<body>", "<body class='a'>", "<html>"),
    *("<meta name='citation_author' content='Lee, A'>", "<button>", '<li class="arxiv-result">'),
    *('<span class="', "<mjx-container>", "<span class='katex'>", "<font>"),
    *('<div data-target="DailyPapers" data-props="{">', '<div data-props="{&quot;a&quot;:'),
    *("<iframe>", "<p class='title is-5 mathjax'>a</p>", "<p class='authors'><a>Ann Lee</a></p>"),
    *("<math><mi>x", "<div class='list-title mathjax'>", "<span class='abstract-full'>"),
    *("<b><p>", "<a><div>", "<span class='descriptor'>Title:</span>"),
    *("<h1 class='title mathjax'>", "<b>a</b>", "<a>Ann</a>,"),
    *('<script type="math/tex">x</script>', "<nobr>", "<col>", "<frameset>", "<object>"),
    "<sub>2</sub>",
    "<dd><math><mi>x</mi></math>",
)


class Shape(NamedTuple):
    """What stands in a page too often, and where: each is as long as `n` says, about."""

    name: str
    make: Callable[[Page, int], str]


def shapes(page: Page) -> Iterator[Shape]:
    """Yield all ways in which a page is made long."""
    for sign in (*_SIGNS, *_WORDS):
        yield Shape(f"{sign!r} within a text", _within(sign))
        yield Shape(f"{sign!r} as a line", _lines(sign, ending=""))
        for what, at in page.inside.items():
            yield Shape(f"{sign!r} within a {what}", _at(sign, at))
    for line in _LINES:
        yield Shape(f"lines {line!r}", _lines(line, ending="\n"))
    for tag in _TAGS:
        yield Shape(f"{tag!r} in one line", _lines(tag, ending=""))
        if page.is_markup:
            yield Shape(f"{tag!r} within a text", _within(tag))
            yield Shape(f"lines {tag!r}", _lines(tag, ending="\n"))
    if page.is_markup:
        for sign in (*_SIGNS, *_WORDS):
            yield Shape(f"{sign!r} within a tag", _within_tag(sign))
    yield Shape("words of one line", _words(" "))
    yield Shape("words, one a line", _words("\n"))
    yield Shape("words without blanks", _words(""))
    yield Shape("names in a line", _names(", "))
    yield Shape("names, one a line", _names("\n"))
    yield Shape("the page again and again", lambda page, n: page.text * (1 + n // len(page.text)))
    yield Shape("the page without line ends", _on_one_line)
    yield Shape("its lines in any order", _shuffled)


def _within(text: str) -> Callable[[Page, int], str]:
    """Put text many times into the middle of the longest text of a page."""

    def make(page: Page, n: int) -> str:
        at = _longest(page, r">([^<>]+)<" if page.is_markup else r"([^\n]+)")
        return page.text[:at] + text * (n // len(text)) + page.text[at:]

    return make


def _at(text: str, at: int) -> Callable[[Page, int], str]:
    return lambda page, n: page.text[:at] + text * (n // len(text)) + page.text[at:]


def _within_tag(text: str) -> Callable[[Page, int], str]:
    """Put text many times into the longest value of an attribute."""

    def make(page: Page, n: int) -> str:
        at = _longest(page, r"""[a-z]=["']([^<>"']+)["']""")
        return page.text[:at] + text * (n // len(text)) + page.text[at:]

    return make


def _longest(page: Page, pattern: str) -> int:
    found = max(re.finditer(pattern, page.text), key=lambda each: len(each[1]))
    return (found.start(1) + found.end(1)) // 2


def _lines(line: str, ending: str) -> Callable[[Page, int], str]:
    """Put a line many times, or one of many times a text, between two lines in a page's middle."""

    def make(page: Page, n: int) -> str:
        at = page.text.find("\n", len(page.text) // 2) + 1
        many = (line + ending) * (n // len(line + ending))
        return f"{page.text[:at]}{many}\n{page.text[at:]}"

    return make


def _put(page: Page, text: str) -> str:
    at = _longest(page, r">([^<>]+)<" if page.is_markup else r"([^\n]+)")
    return page.text[:at] + text + page.text[at:]


def _words(between: str) -> Callable[[Page, int], str]:
    draw = random.Random(5)
    known = ["".join(draw.choices("abdeiklmnoprstu", k=draw.randint(2, 9))) for _ in range(5_000)]
    return lambda page, n: _put(page, between.join(random.Random(n).choices(known, k=n // 7)))


def _names(between: str) -> Callable[[Page, int], str]:
    def make(page: Page, n: int) -> str:
        first, last = (
            ("Ann", "Bo", "Cy", "Di", "Ed", "Fay", "Gus"),
            ("Lee", "Chen", "Roy", "Wu", "Fox"),
        )
        names = (f"{first[i % 7]} {last[i % 5]}{'abdegiklmo'[i % 10]}{i:x}" for i in range(n // 12))
        return _put(page, between.join(names))

    return make


def _on_one_line(page: Page, n: int) -> str:
    return " ".join(page.text.split("\n")) * (1 + n // len(page.text))


def _shuffled(page: Page, n: int) -> str:
    lines = page.text.split("\n") * (1 + n // len(page.text))
    random.Random(n).shuffle(lines)
    return "\n".join(lines)


# ---------------------------------------------------------------- many cards


def made_pages(n: int) -> Iterator[tuple[str, str]]:
    """Yield pages of so many different papers, in every layout they can be made up in.

    Args:
        n: how many papers.
    """
    papers = make_papers("many", n)
    yield "arxiv_search, HTML", search_page(papers, None)
    yield "arxiv_list, HTML", list_page(papers, with_abstracts=False)
    yield "arxiv_list with abstracts, HTML", list_page(papers, with_abstracts=True)
    yield "huggingface_papers, HTML", daily_page(papers, random.Random(7))
    yield from texts_of(papers, list(map(without_tex, papers)))
