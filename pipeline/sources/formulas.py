r"""Formulas that a browser drew, made text again: their TeX once, or what a reader sees of them.

What belongs here: the elements that MathJax 2, 3 and 4 and KaTeX draw, and MathML. What does not:
other elements of a page (`markup`), TeX in text.

A formula stands on a page up to four times: its TeX in a script, a preview, the drawing, and MathML
for those who cannot see it. Its TeX is in the script, in an annotation of the MathML or in an
attribute; savers that drop scripts drop it as well. Then the MathML is written on one line
(`x^{2}`), else the drawn signs are, and the caller learns where that was.
"""

import re
from typing import Any
from unicodedata import normalize

from selectolax.lexbor import LexborHTMLParser, LexborNode

# Finds at least one element of any drawn formula, quickly. "mathjax", a class of texts to be drawn,
# is none.
FORMULAS = "[class*='MathJax'], [class*='katex'], math, mjx-container"
_PREVIEW = "MathJax_Preview"
_DRAWN_CLASSES = frozenset(
    [
        "MathJax",
        "MathJax_Preview",
        "MathJax_Display",
        "MathJax_SVG",
        "MathJax_SVG_Display",
        "MathJax_CHTML",
        "mjx-chtml",
        "MJXc-display",
        "MathJax_MathML",
        "MathJax_PHTML",
        "MathJax_PHTML_Display",
        "MathJax_PlainSource",
        "katex",
        "katex-display",
        "katex-error",
    ]
)
_ROOTS = ", ".join([*(f".{name}" for name in sorted(_DRAWN_CLASSES)), "mjx-container", "math"])
_MOST_ABOVE = 12  # elements between one that is drawn and another around it
_MOST_DEPTH = 60  # of elements in a formula
_TEX = re.compile(r"tex\b", re.IGNORECASE)  # "application/x-tex", "LaTeX"
_ANNOTATION = re.compile(
    r"<annotation\s[^<>]{0,100}?x-tex[^<>]{0,100}>([^<>]{0,5000})</annotation>", re.IGNORECASE
)
_CDATA = re.compile(r"^\s*%?\s?<!\[CDATA\[|%?\s?\]\]>\s*$")  # "% <![CDATA[ a<b %]]>"
_GLYPH = re.compile(r"(?:^|\s)mjx-c([0-9A-F]{2,5})(?:\s|$)")  # class="mjx-c1D6FC TEX-I"
_HEX = re.compile(r"[0-9A-F]{2,5}")
_LETTERS = re.compile("[\u210e\U0001d400-\U0001d7ff]")  # italic, bold: drawn, not meant
_UNSEEN = re.compile("[\u200b\u2061-\u2064\ufeff]")
_SKIPPED = frozenset(("annotation", "annotation-xml", "script", "style"))
_SKIPPED |= {"mjx-speech", "mjx-assistive-mml"}


def mend_formulas(tree: LexborHTMLParser) -> list[LexborNode]:
    """Replace each drawn formula of a page by its TeX, or by what a reader sees of it.

    Returns:
        The elements that hold formulas whose TeX is not on the page.
    """
    named = _use_scripts(tree)
    found = [(node, _classes(node)) for node in tree.css(_ROOTS)]
    roots = {node.mem_id for node, _ in found}
    made: list[tuple[LexborNode, str | None]] = []
    drawn: list[LexborNode] = []
    for node, classes in found:
        if _stands_in(node, roots):
            continue
        text: str | None = None
        is_done = _has_script(node, named) or (_PREVIEW in classes and _is_followed(node))
        if not is_done:
            tex = _find_tex(node, classes)
            text = _quoted(tex, is_display=_is_display(node, classes)) if tex else _see(node)
            if not tex and text.strip() and node.parent:
                drawn.append(node.parent)
        made.append((node, text))
    # From the last to the first, so that none is touched that went with the one around it.
    for node, text in reversed(made):
        _replace(node, text)
    return drawn


def _classes(node: LexborNode) -> frozenset[str]:
    return frozenset((node.attributes.get("class") or "").split())


def _replace(node: LexborNode, text: str | None) -> None:
    if text:
        node.replace_with(text)
    else:
        node.decompose()


# ---------- scripts


def _use_scripts(tree: LexborHTMLParser) -> frozenset[str]:
    """Put the TeX of scripts in their place, drop what was drawn above; return the scripts' ids."""
    names = set()
    for script in tree.css("script[type^='math/tex']"):
        attributes = script.attributes
        names.add(attributes.get("id") or "")
        while (above := _beside(script, "prev")) and _classes(above) & _DRAWN_CLASSES:
            above.decompose()
        is_display = "display" in (attributes.get("type") or "")
        script.replace_with(_quoted(script.text(), is_display=is_display) or " ")
    return frozenset(name for name in names if name)


def _has_script(node: LexborNode, names: frozenset[str]) -> bool:
    """Tell whether a drawing is one of a script that stands elsewhere: its id is the script's."""
    if not names:
        return False
    name = node.attributes.get("id") or ""
    if not name:
        inner = node.css_first("[id$='-Frame']")
        name = (inner.attributes.get("id") or "") if inner else ""
    return name.removesuffix("-Frame") in names


def _beside(node: LexborNode, side: str) -> LexborNode | None:
    """Return the element before (`prev`) or after (`next`) one, if at most white space is between.

    It is `None` where text is: a formula's parts stand together.
    """
    other: LexborNode | None = getattr(node, side)
    while other and (
        other.tag == "-comment" or (other.tag == "-text" and not other.text().strip())
    ):
        other = getattr(other, side)
    return other if other and not (other.tag or "-").startswith("-") else None


def _is_followed(preview: LexborNode) -> bool:
    below = _beside(preview, "next")
    return below is not None and (
        below.tag == "mjx-container" or bool(_classes(below) & _DRAWN_CLASSES)
    )


def _stands_in(node: LexborNode, roots: set[int]) -> bool:
    above = node.parent
    for _ in range(_MOST_ABOVE):
        if above is None:
            return False
        if above.mem_id in roots:
            return True
        above = above.parent
    return False


# ---------- TeX


def _quoted(tex: str, *, is_display: bool) -> str:
    tex = _CDATA.sub("", tex).strip()
    sign = "$$" if is_display else "$"
    return f"{sign}{tex}{sign}" if tex else ""


def _is_display(node: LexborNode, classes: frozenset[str]) -> bool:
    return (
        any(name.lower().endswith("display") for name in classes)
        or node.attributes.get("display") in ("true", "block")
        or (not classes and node.css_first("math[display='block']") is not None)
    )


def _find_tex(node: LexborNode, classes: frozenset[str]) -> str:
    """Return the TeX of a formula, empty if it is not there."""
    if "katex-error" in classes:
        return node.text()
    for note in node.css("annotation"):
        if _TEX.search(note.attributes.get("encoding") or ""):
            return note.text()
    for name in ("alttext", "data-latex", "data-tex"):
        if holder := node.css_first(f"[{name}]"):
            return holder.attributes.get(name) or ""
    if mathml := _mathml(node):
        inner = _ANNOTATION.search(mathml)
        return LexborHTMLParser(inner[1]).text() if inner else ""
    return ""


def _mathml(node: LexborNode) -> str:
    holder = node.css_first("[data-mathml]")
    return (holder.attributes.get("data-mathml") or "") if holder else ""


# ---------- what a reader sees


def _see(node: LexborNode) -> str:
    """Return a formula without its TeX on one line."""
    mathml = "" if node.tag == "math" else _mathml(node)
    math = node if node.tag == "math" else node.css_first("math")
    if math is None and mathml:
        math = LexborHTMLParser(mathml).css_first("math")
    shown = _write(math or node.css_first("mjx-math") or node, 0)
    shown = _LETTERS.sub(lambda letter: normalize("NFKC", letter[0]), _UNSEEN.sub("", shown))
    return " ".join(shown.split())


def _write(node: LexborNode, depth: int) -> str:
    tag = node.tag
    if tag == "-text":
        return node.text()
    name = (node.attributes.get("data-mml-node") or tag or "").removeprefix("mjx-")
    if tag in _SKIPPED or (tag or "-").startswith("-"):
        return ""
    if glyph := _glyph(node):
        return glyph
    if depth > _MOST_DEPTH:
        return node.text()
    parts = [_write(child, depth + 1) for child in node.iter(include_text=True)]
    return _join(name, [part.strip() if name[:1] == "m" else part for part in parts if part])


def _join(name: str, parts: list[str]) -> str:
    parts = [part for part in parts if part]
    if name in ("msup", "msub") and len(parts) == 2:
        return parts[0] + ("^" if name == "msup" else "_") + _group(parts[1])
    if name in ("msubsup", "munderover") and len(parts) == 3:
        return f"{parts[0]}_{_group(parts[1])}^{_group(parts[2])}"
    if name == "mfrac" and len(parts) == 2:
        return f"{_group(parts[0])}/{_group(parts[1])}"
    if name == "den":
        return "/" + _group("".join(parts))
    if name == "msqrt":
        return "√" + _group("".join(parts))
    return "".join(parts)


def _group(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def _glyph(node: LexborNode) -> str:
    """Return the sign that an element draws by its name alone: in a style sheet, as a path."""
    attributes: dict[str, Any] = node.attributes
    if code := attributes.get("data-c"):
        return chr(int(code, 16)) if _HEX.fullmatch(code) and int(code, 16) < 0x110000 else ""
    if node.tag == "mjx-c" and not node.text().strip():
        named = _GLYPH.search(attributes.get("class") or "")
        return chr(int(named[1], 16)) if named and int(named[1], 16) < 0x110000 else ""
    return ""
