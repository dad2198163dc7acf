r"""What tools do to a page of text, at random: wrap it, quote it, make its lines links or bullets.

What belongs here: forms that `fuzz` gives sound and damaged pages, and what must hold of a sound
page that was given some. A form takes lines and gives lines, knows no site, and loses no word.
"""

import random
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

_WIDGETS = ("[ ]", "[x]", "(BUTTON)", "(BUTTON) Save", "[-] 1", "[ ] Select", "Image", "____")
_ADDRESSES = (
    "https://example.org/{}",
    "https://example.org/wiki/{}_(author)",
    "<https://example.org/{}>",
    'https://example.org/search?q={}&p=1 "All pages"',
    "/authors/{}",
)
_NAME = re.compile(r"(?:[A-Z][\w.'’-]+ ){1,3}[A-Z][\w'’-]+")
_TO_ESCAPE = re.compile(r"[\\_*\[\]]")


def _wrap(lines: Sequence[str], rng: random.Random, titles: Collection[str]) -> list[str]:
    """Fill lines to a width, as pandoc, html2text and mail programs do."""
    del titles
    width = rng.randint(60, 100)
    hangs = rng.choice([0, 0, 2, 4])
    end = rng.choice(["", "", " "])  # format=flowed leaves a space where a line goes on
    # Such a space is one of the text: who leaves it breaks lines nowhere else.
    is_at_hyphens = rng.random() < 0.3 and not end
    wrapped = []
    for line in lines:
        indent = line[: len(line) - len(line.lstrip())]
        parts = textwrap.wrap(
            line.strip(),
            width,
            initial_indent=indent,
            subsequent_indent=indent + " " * hangs,
            break_long_words=False,
            break_on_hyphens=is_at_hyphens,
        ) or [""]
        wrapped += [part + end for part in parts[:-1]] + parts[-1:]
    return wrapped


def _quote(lines: Sequence[str], rng: random.Random, titles: Collection[str]) -> list[str]:
    """Put the sign of a quotation before each line, as mail programs do."""
    del titles
    sign = rng.choice(["> ", ">", "> > ", ">> ", "| "])
    return [f"{sign}{line}".rstrip() for line in lines]


def _bullet(lines: Sequence[str], rng: random.Random, titles: Collection[str]) -> list[str]:
    """Put a bullet before each filled line, as Markdown writers do with lists."""
    del titles
    sign = rng.choice(["* ", "- ", "+ ", "  • ", "  * ", "-   "])
    return [f"{sign}{line.strip()}" if line.strip() else "" for line in lines]


def _head(lines: Sequence[str], rng: random.Random, titles: Collection[str]) -> list[str]:
    """Make titles headings, as Markdown writers do."""
    before, after = rng.choice([("# ", ""), ("### ", ""), ("## ", " ##"), ("**", "**")])
    return [f"{before}{line.strip()}{after}" if line.strip() in titles else line for line in lines]


def _link(lines: Sequence[str], rng: random.Random, titles: Collection[str]) -> list[str]:
    """Make names or titles links, as Markdown writers with links do."""
    address = rng.choice(_ADDRESSES)
    has_titles = rng.random() < 0.5

    def linked(found: re.Match[str]) -> str:
        return f"[{found[0]}]({address.format(found[0].replace(' ', '_').lower())})"

    return [
        f"[{line.strip()}]({address.format(number)})"
        if has_titles and line.strip() in titles
        else _NAME.sub(linked, line)
        for number, line in enumerate(lines)
    ]


def _escape(lines: Sequence[str], rng: random.Random, titles: Collection[str]) -> list[str]:
    """Put a backslash before signs of Markdown, as its writers do."""
    del rng, titles
    return [_TO_ESCAPE.sub(r"\\\g<0>", line) for line in lines]


def _add_widgets(lines: Sequence[str], rng: random.Random, titles: Collection[str]) -> list[str]:
    """Put the words of buttons and boxes into lines of their own, as terminals' browsers do."""
    del titles
    widget = rng.choice(_WIDGETS)
    shown = []
    for line in lines:
        if not line.strip() and rng.random() < 0.5:
            shown += ["", widget]
        shown.append(line)
    return shown


def _space_out(lines: Sequence[str], rng: random.Random, titles: Collection[str]) -> list[str]:
    """Put blank lines behind each line, as pasting into an editor does."""
    del titles
    n_blank = rng.randint(1, 2)
    return [part for line in lines for part in (line, *[""] * n_blank)]


def _end_in_spaces(lines: Sequence[str], rng: random.Random, titles: Collection[str]) -> list[str]:
    """Put spaces behind lines, as Markdown's hard breaks and terminals do."""
    del titles
    n_spaces, share = rng.choice([1, 2, 2, 8]), rng.choice([0.5, 1.0])
    return [line + " " * n_spaces * (rng.random() < share) for line in lines]


Form = Callable[[Sequence[str], random.Random, Collection[str]], list[str]]
FORMS: dict[str, Form] = {
    "wrap": _wrap,
    "quote": _quote,
    "bullet": _bullet,
    "head": _head,
    "link": _link,
    "escape": _escape,
    "add_widgets": _add_widgets,
    "space_out": _space_out,
    "end_in_spaces": _end_in_spaces,
}
# The commonest, with most to go wrong, twice.
_CHOICES = ("wrap", *FORMS)
# What the writer that wraps has written before.
_BEFORE_WRAPPING = frozenset(("bullet", "head", "link", "escape"))


def formed(
    lines: Sequence[str], rng: random.Random, titles: Collection[str]
) -> tuple[tuple[str, ...], list[str]]:
    """Give lines one form or two, one after the other.

    Returns:
        The names of the forms, and the lines.
    """
    names = tuple(dict.fromkeys(rng.sample(_CHOICES, rng.choice([1, 1, 2]))))
    if names[0] == "wrap" and names[-1] in _BEFORE_WRAPPING:
        names = names[::-1]
    shown = list(lines)
    for name in names:
        shown = FORMS[name](shown, rng, titles)
    return names, shown


def faults_of_formed(
    true: Sequence[dict[str, Any]], read: Sequence[dict[str, Any]], n_torn: int
) -> Iterator[str]:
    """Yield what is wrong with the cards that were read of a sound page in another form.

    What is published must be true, and what is true be published or held back.

    Args:
        true: the records of the page as it is, with authors as `fuzz` gives them.
        read: those of the page in the form.
        n_torn: how many cards an issue names that were not read.
    """
    cards = Counter(map(_shown, true))
    titles = {title for title, _ in cards}
    published = Counter(_shown(record) for record in read if not record["is_held_back"])
    for title, names in published - cards:
        if title not in titles:
            yield f"published the title {title!r}"
        elif (title, names) in cards:
            yield f"published twice: {title!r}"
        else:
            lists = [true_names for true_title, true_names in cards if true_title == title]
            yield f"published the names {names} of {title!r}, true {lists}"
    if len(read) + n_torn < len(true):
        yield f"{len(true)} cards, but {len(read)} are published or held back"


def _shown(record: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return title and names of a record, white space folded."""
    names = (" ".join(name.split()) for _, name, _ in record["authors"])
    return " ".join(record["title"].split()), tuple(names)
