"""Markup as browsers and savers leave it: what was read of the page as it was must still be read.

What belongs here: changes of markup that change nothing of what a page shows. What does not: tools
that make text of it (`page_forms`), browsers themselves (`browser_forms`).
"""

import re
from collections.abc import Callable
from html import escape, unescape

_DOCTYPE = re.compile(r"<!doctype[^<>]*>\s*", re.IGNORECASE)
_BETWEEN_TAGS = re.compile(r">\s+<")
_END_TAG = re.compile(r"</(?:p|li|dt|dd)>", re.IGNORECASE)
_TAG_NAME = re.compile(r"(?<=<)/?[a-z][a-z0-9]*(?=[\s/>])")
_DRAWN_IN = re.compile(
    r"<(?P<tag>p|div|span)[^<>]{0,200}\bmathjax\b[^<>]{0,300}>(?:[^<]|<(?!/(?P=tag)>))*"
)
_TEX = re.compile(r"\$(?P<tex>[^$<>]{1,200})\$")


def without_doctype(content: str) -> str:
    """Return the markup as a browser's tools copy it (`outerHTML`)."""
    return _DOCTYPE.sub("", content, count=1)


def minified(content: str) -> str:
    """Return the markup without white space between tags."""
    return _BETWEEN_TAGS.sub("><", content)


def without_end_tags(content: str) -> str:
    """Return the markup without the end tags that may be left out."""
    return _END_TAG.sub("", content)


def with_upper_case_tags(content: str) -> str:
    """Return the markup as old savers wrote it."""
    return _TAG_NAME.sub(lambda found: found[0].upper(), content)


def drawn(draw: Callable[[str], str]) -> Callable[[str], str]:
    """Return a form in which a script has drawn the formulas of a page."""

    def change(content: str) -> str:
        def part(found: re.Match[str]) -> str:
            return _TEX.sub(lambda formula: draw(unescape(formula["tex"])), found[0])

        return _DRAWN_IN.sub(part, content)

    return change


def mathjax_2(tex: str) -> str:
    """Return what MathJax 2 makes of a formula: what it drew, then the source as a script."""
    signs = "".join(f'<span class="mi">{escape(sign)}</span>' for sign in tex if sign.isalnum())
    return (
        '<span class="MathJax_Preview" style="color: inherit;"></span><span class="MathJax" '
        f'role="presentation"><nobr><span class="math"><span class="mrow">{signs}</span></span>'
        f'</nobr></span><script type="math/tex">{tex}</script>'
    )


def katex(tex: str) -> str:
    """Return what KaTeX makes of a formula: the source in MathML, then what it drew."""
    signs = "".join(f"<mi>{escape(sign)}</mi>" for sign in tex if sign.isalnum())
    letters = "".join(sign for sign in tex if sign.isalnum())
    return (
        '<span class="katex"><span class="katex-mathml"><math><semantics><mrow>'
        f'{signs}</mrow><annotation encoding="application/x-tex">{escape(tex)}</annotation>'
        '</semantics></math></span><span class="katex-html" aria-hidden="true"><span class="base">'
        f'<span class="mord mathnormal">{letters}</span></span></span></span>'
    )
