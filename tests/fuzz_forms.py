"""What tools do to a page of text, at random: wrap it, quote it, make its lines links or bullets.

What belongs here: forms that `fuzz` gives sound and damaged pages. Each takes lines and gives lines,
knows no site, and loses no word, but for what a tool would add.
"""

import random
import re
import textwrap
from collections.abc import Callable, Sequence

_WIDGETS = ("[ ]", "(BUTTON)", "[-] 1", "Image", "[ ] Select", "(BUTTON) Save")
_ADDRESS = "https://example.org/"
_NAME = re.compile(r"(?:[A-Z][\w.'’-]+ ){1,3}[A-Z][\w'’-]+")


def _wrap(lines: Sequence[str], rng: random.Random) -> list[str]:
    """Fill lines to a width, as pandoc, html2text and mail programs do."""
    width = rng.randint(60, 100)
    hangs = rng.choice([0, 0, 2, 4])
    wrapped = []
    for line in lines:
        indent = line[: len(line) - len(line.lstrip())]
        wrapped += textwrap.wrap(
            line.strip(),
            width,
            initial_indent=indent,
            subsequent_indent=indent + " " * hangs,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return wrapped


def _quote(lines: Sequence[str], rng: random.Random) -> list[str]:
    """Put the sign of a quotation before each line, as mail programs do."""
    sign = rng.choice(["> ", ">", "> > "])
    return [f"{sign}{line}".rstrip() for line in lines]


def _bullet(lines: Sequence[str], rng: random.Random) -> list[str]:
    """Put a bullet before each filled line, as Markdown writers do with lists."""
    sign = rng.choice(["* ", "- ", "+ ", "  • "])
    return [f"{sign}{line.strip()}" if line.strip() else "" for line in lines]


def _link(lines: Sequence[str], rng: random.Random) -> list[str]:
    """Make names links, as Markdown writers with links do."""
    del rng

    def linked(found: re.Match[str]) -> str:
        return f"[{found[0]}]({_ADDRESS}{found[0].replace(' ', '_').lower()})"

    return [_NAME.sub(linked, line) for line in lines]


def _add_widgets(lines: Sequence[str], rng: random.Random) -> list[str]:
    """Put the words of buttons and boxes into lines of their own, as terminals' browsers do."""
    widget = rng.choice(_WIDGETS)
    shown = []
    for line in lines:
        if not line.strip() and rng.random() < 0.5:
            shown += ["", widget]
        shown.append(line)
    return shown


def _space_out(lines: Sequence[str], rng: random.Random) -> list[str]:
    """Put blank lines behind each line, as pasting into an editor does."""
    n_blank = rng.randint(1, 2)
    return [part for line in lines for part in (line, *[""] * n_blank)]


FORMS: tuple[Callable[[Sequence[str], random.Random], list[str]], ...] = (
    _wrap,
    _quote,
    _bullet,
    _link,
    _add_widgets,
    _space_out,
)


def formed(lines: Sequence[str], rng: random.Random) -> tuple[tuple[str, ...], list[str]]:
    """Give lines one form or two, one after the other.

    Returns:
        The names of the forms, and the lines.
    """
    forms = rng.sample(FORMS, rng.choice([1, 1, 2]))
    shown = list(lines)
    for form in forms:
        shown = form(shown, rng)
    return tuple(form.__name__.strip("_") for form in forms), shown
