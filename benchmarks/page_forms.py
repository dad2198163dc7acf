"""The forms in which people's tools save a page: each makes a file of a page.

What belongs here: running the tools, as their users do, on HTML pages and on text. What does not:
what is read of the files, and how right it is (`forms`), how a browser saves (`browser_forms`).

A form is a function from a page to the content of a file. A tool that is not installed raises
`Absent`, whose message says what to install. What a mailer or an editor does to text is a form too,
and forms are made of forms: a page turned into Markdown, wrapped, quoted.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import markup_forms

_SECONDS = 120
_HEAD = re.compile(r"<head[^<>]{0,200}>", re.IGNORECASE)

_CANONICAL = re.compile(
    r'<(?:link rel="canonical" href|meta property="og:url" content)="(https?://[^"<>\s]{1,500})"'
)


class Absent(Exception):  # noqa: N818 - nothing went wrong
    """A tool is not here; the message says how to get it."""


@dataclass(frozen=True)
class Page:
    """A page to save.

    Attributes:
        name: of the file, without its extension.
        content: markup, or text.
        address: where such a page lives, for tools that write whole addresses.
    """

    name: str
    content: str
    address: str = "https://example.org/"

    def of(self, content: str) -> "Page":
        """Return the same page with other content."""
        return replace(self, content=content)

    def with_base(self) -> str:
        """Return the markup as a tool sees it that fetches the page itself."""
        base = f'<base href="{self.address}">'
        head = _HEAD.search(self.content)
        at = head.end() if head else 0
        return self.content[:at] + base + self.content[at:]


Make = Callable[[Page], str]


def address_of(content: str) -> str:
    """Return where a page says that it lives, or where pages like it do."""
    found = _CANONICAL.search(content)
    if found:
        return found[1]
    is_arxiv = "arxiv.org" in content or "/list/" in content
    return "https://arxiv.org/list/recent" if is_arxiv else "https://example.org/page"


def _need(package: str) -> Absent:
    return Absent(f"{package} is not installed (pip install 'papermart[forms]')")


# Packages of Python.


def _html2text(*, links: bool, width: int) -> Make:
    def make(page: Page) -> str:
        try:
            import html2text
        except ImportError:
            raise _need("html2text") from None
        writer = html2text.HTML2Text(baseurl=page.address, bodywidth=width)
        writer.ignore_links = not links
        return writer.handle(page.content)

    return make


def _inscriptis(page: Page) -> str:
    try:
        from inscriptis import get_text
    except ImportError:
        raise _need("inscriptis") from None
    return get_text(page.content)


def _trafilatura(output: str, *, links: bool = False) -> Make:
    def make(page: Page) -> str:
        try:
            from trafilatura import extract
        except ImportError:
            raise _need("trafilatura") from None
        return extract(page.content, output_format=output, include_links=links) or ""

    return make


def _markdownify(*, links: bool) -> Make:
    def make(page: Page) -> str:
        try:
            from markdownify import markdownify
        except ImportError:
            raise _need("markdownify") from None
        return markdownify(page.content, strip=[] if links else ["a", "img"])

    return make


def _markitdown(page: Page) -> str:
    try:
        from markitdown import MarkItDown
    except ImportError:
        raise _need("markitdown") from None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{page.name}.html"
        file.write_text(page.content, "utf-8")
        return MarkItDown(enable_plugins=False).convert(str(file)).markdown


def _resiliparse(*, main_content: bool) -> Make:
    def make(page: Page) -> str:
        try:
            from resiliparse.extract.html2text import extract_plain_text
        except ImportError:
            raise _need("resiliparse") from None
        return extract_plain_text(page.content, main_content=main_content)

    return make


def _soup(separator: str = "", *, strip: bool = False) -> Make:
    def make(page: Page) -> str:
        try:
            from bs4 import BeautifulSoup
        except ImportError:
            raise _need("beautifulsoup4") from None
        return BeautifulSoup(page.content, "html.parser").get_text(separator, strip=strip)

    return make


# Programs of the command line. They are given a file, and told where they can be that it is HTML:
# what else is installed may have taught them another meaning of its name.


def _program(*command: str, with_base: bool = False) -> Make:
    def make(page: Page) -> str:
        if shutil.which(command[0]) is None:
            raise Absent(f"{command[0]} is not installed (apt-get install {command[0]})")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "page_html"
            file.write_text(page.with_base() if with_base else page.content, "utf-8")
            whole = [*command, str(file)]
            done = subprocess.run(
                whole,
                capture_output=True,
                check=True,
                timeout=_SECONDS,
                env=os.environ | {"LC_ALL": "C.UTF-8"},
            )
        return done.stdout.decode("utf-8", "replace")

    return make


def _lynx(columns: int, *more: str) -> Make:
    charset = ("-assume_charset=utf-8", "-display_charset=utf-8")
    return _program(
        "lynx", "-force_html", "-dump", f"-width={columns}", *charset, *more, with_base=True
    )


def _w3m(columns: int) -> Make:
    charset = ("-I", "utf-8", "-O", "utf-8")
    return _program(
        "w3m", "-T", "text/html", "-dump", "-cols", str(columns), *charset, with_base=True
    )


def _markup(change: Callable[[str], str]) -> Make:
    return lambda page: change(page.content)


FROM_MARKUP: dict[str, Make] = {
    "html2text_links": _html2text(links=True, width=0),
    "html2text_no_links": _html2text(links=False, width=0),
    "html2text_default": _html2text(links=True, width=78),
    "html2text_no_links_wrapped": _html2text(links=False, width=78),
    "inscriptis": _inscriptis,
    "trafilatura_text": _trafilatura("txt"),
    "trafilatura_markdown": _trafilatura("markdown"),
    "trafilatura_markdown_links": _trafilatura("markdown", links=True),
    "markdownify_links": _markdownify(links=True),
    "markdownify_no_links": _markdownify(links=False),
    "markitdown": _markitdown,
    "resiliparse": _resiliparse(main_content=False),
    "resiliparse_main": _resiliparse(main_content=True),
    "soup_get_text": _soup(),
    "soup_newline": _soup("\n"),
    "soup_space": _soup(" "),
    "soup_newline_strip": _soup("\n", strip=True),
    "pandoc_plain": _program("pandoc", "-f", "html", "-t", "plain", "--wrap=none"),
    "pandoc_plain_wrapped": _program("pandoc", "-f", "html", "-t", "plain"),
    "pandoc_gfm": _program("pandoc", "-f", "html", "-t", "gfm", "--wrap=none"),
    "pandoc_gfm_wrapped": _program("pandoc", "-f", "html", "-t", "gfm"),
    "lynx_80": _lynx(80),
    "lynx_200": _lynx(200),
    "lynx_no_list": _lynx(80, "-nolist"),
    "w3m_80": _w3m(80),
    "w3m_200": _w3m(200),
    "links": _program("links", "-dump", "-codepage", "utf-8", with_base=True),
    "elinks": _program(
        "elinks", "-dump", "-dump-charset", "utf-8", "-dump-width", "100", with_base=True
    ),
}

# Markup that is still markup; a shown source is kept as text.
MARKUP_TO_MARKUP: dict[str, Make] = {
    "page_html": lambda page: page.content,
    "html_without_doctype": _markup(markup_forms.without_doctype),
    "html_minified": _markup(markup_forms.minified),
    "html_without_end_tags": _markup(markup_forms.without_end_tags),
    "html_upper_case_tags": _markup(markup_forms.with_upper_case_tags),
    "html_mathjax_2": _markup(markup_forms.drawn(markup_forms.mathjax_2)),
    "html_katex": _markup(markup_forms.drawn(markup_forms.katex)),
    "html_katex_without_doctype": _markup(
        lambda content: markup_forms.without_doctype(
            markup_forms.drawn(markup_forms.katex)(content)
        )
    ),
}
FROM_MARKUP |= MARKUP_TO_MARKUP | {"view_source": lambda page: page.content}


# What mailers, chats and editors do to text.


def _each_line(page: Page, change: Callable[[str], str]) -> str:
    return "\n".join(map(change, page.content.split("\n")))


def wrapped(columns: int) -> Make:
    """Return a form whose lines are broken at white space before they are too long."""

    def wrap(line: str) -> str:
        indent = line[: len(line) - len(line.lstrip())]
        words = textwrap.wrap(
            line, columns, break_long_words=False, break_on_hyphens=False,
            initial_indent=indent, subsequent_indent=indent,
        )  # fmt: skip
        return "\n".join(words)

    return lambda page: _each_line(page, wrap)


def quoted(page: Page) -> str:
    """Return the text as the answer to a mail quotes it."""
    return _each_line(page, lambda line: f"> {line}".rstrip())


def bulleted(sign: str) -> Make:
    """Return a form in which every line that is not blank is an item of a list."""
    return lambda page: _each_line(page, lambda line: f"{sign} {line}" if line.strip() else line)


def without_blank_lines(page: Page) -> str:
    """Return the text as one who tidies up leaves it."""
    return "\n".join(line for line in page.content.split("\n") if line.strip())


def with_doubled_blank_lines(page: Page) -> str:
    """Return the text as pasting into some editors leaves it."""
    return _each_line(page, lambda line: line if line.strip() else "\n")


def with_blank_after_each(page: Page) -> str:
    """Return the text as an editor leaves it to which each line is a paragraph."""
    return _each_line(page, lambda line: f"{line}\n")


def _indented(page: Page) -> str:
    """Return the text as code in Markdown, or as some services quote."""
    return _each_line(page, lambda line: f"    {line}".rstrip())


def _with_carriage_returns(page: Page) -> str:
    """Return the text as editors on Windows write it."""
    return "\ufeff" + page.content.replace("\n", "\r\n")


def _below_a_note(page: Page) -> str:
    """Return the text as people keep it who write down where it is from."""
    return f"Saved for the reading group, please have a look!\n{page.address}\n\n{page.content}"


def as_json(page: Page) -> str:
    """Return the text as services answer with it."""
    return json.dumps({"url": page.address, "title": page.name, "text": page.content})


def _folded(page: Page) -> str:
    """Return the text broken by `fold -s`, which leaves the space at the end of the line."""
    if shutil.which("fold") is None:
        raise Absent("fold is not installed (apt-get install coreutils)")
    done = subprocess.run(
        ["fold", "-s", "-w", "80"], input=page.content.encode(), capture_output=True, check=True
    )
    return done.stdout.decode("utf-8", "replace")


FROM_TEXT: dict[str, Make] = {
    "page_text": lambda page: page.content,
    "text_wrapped_60": wrapped(60),
    "text_wrapped_72": wrapped(72),
    "text_wrapped_80": wrapped(80),
    "text_wrapped_100": wrapped(100),
    "text_folded_80": _folded,
    "text_quoted": quoted,
    "text_bulleted_star": bulleted("*"),
    "text_bulleted_dash": bulleted("-"),
    "text_bulleted_dot": bulleted("•"),
    "text_indented": _indented,
    "text_carriage_returns": _with_carriage_returns,
    "text_below_a_note": _below_a_note,
    "text_no_blank_lines": without_blank_lines,
    "text_doubled_blank_lines": with_doubled_blank_lines,
    "text_blank_after_each": with_blank_after_each,
}

# Forms of forms: the form that is changed once more, and how.
SECOND: dict[str, tuple[str, Make]] = {
    "text_wrapped_72_quoted": ("text_wrapped_72", quoted),
    "text_wrapped_80_doubled": ("text_wrapped_80", with_doubled_blank_lines),
    "text_quoted_twice": ("text_quoted", quoted),
    "text_bulleted_dash_wrapped": ("text_bulleted_dash", wrapped(76)),
    "text_bulleted_star_quoted": ("text_bulleted_star", quoted),
    "text_no_blank_lines_wrapped": ("text_no_blank_lines", wrapped(72)),
    "inscriptis_quoted": ("inscriptis", quoted),
    "markdownify_links_wrapped": ("markdownify_links", wrapped(80)),
    "markdownify_no_links_wrapped": ("markdownify_no_links", wrapped(72)),
    "markitdown_quoted": ("markitdown", quoted),
    "html2text_default_quoted": ("html2text_default", quoted),
    "html2text_links_no_blanks": ("html2text_links", without_blank_lines),
    "pandoc_gfm_wrapped_100": ("pandoc_gfm", wrapped(100)),
    "pandoc_plain_wrapped_quoted": ("pandoc_plain_wrapped", quoted),
    "soup_newline_quoted": ("soup_newline", quoted),
    "soup_newline_strip_blank_after_each": ("soup_newline_strip", with_blank_after_each),
    "w3m_80_quoted": ("w3m_80", quoted),
    "markitdown_json": ("markitdown", as_json),
    "copied_wrapped": ("chromium_copied", wrapped(72)),
    "copied_quoted": ("chromium_copied", quoted),
    "copied_wrapped_quoted": ("copied_wrapped", quoted),
}
