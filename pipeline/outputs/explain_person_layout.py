"""The people behind a name on a screen, for `papermart explain`, at any width.

What belongs here: what is said of each, and how much where many bear the name. What does not: what
is known of them (`explain_person`), breaking lines (`laid_out`).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.outputs.explain_person import count_of, few, is_author_id
from pipeline.outputs.laid_out import as_text, broken, n_cells, print_lines
from pipeline.outputs.short_ids import short_id
from pipeline.text.shown import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

# Reasons that differ by names alone are counted together.
_COAUTHORS = re.compile(r"^shares the coauthors? .*")
_ALIKE = "like other papers of the author: "
_MAX_SHOWN = 10
# So many papers of each person are listed where so few bear the name.
_PAPERS_LISTED = {1: 12, 2: 6, 3: 4}
_MAX_CHANGES = 3
_LEVELS = {
    "verified": "one person",
    "probable": "probably one person",
    "name_only": "by the name alone",
}
_LABEL = 12  # where what is said of a person begins


def print_people(found: dict[str, Any], console: "Console") -> None:
    """Lay out what `explain_people` found on one screen.

    Where few bear the name all is said; of many each has a line for each thing, which is cut where
    it is too long, and who does not fit is counted.
    """
    print_lines(_layout(found, console.width), console)


def people_text(found: dict[str, Any], width: int) -> str:
    """Return the same as plain text, without colours and trailing spaces."""
    return as_text(_layout(found, width))


def _layout(found: dict[str, Any], width: int) -> "Iterator[Text]":
    people = found["people"]
    is_short = len(people) not in _PAPERS_LISTED
    yield from _told(_head(found), width, "bold")
    if found["titles"]:
        first, n = found["titles"][0], len(found["titles"])
        more = f" and {count_of(n - 1, 'more title')}" if n > 1 else ""
        command = f"`papermart explain {short_id(first['paper_id'])}`"
        yield from _told(f"also in a title: {first['title']}{more}; {command}", width, "dim")
    is_cut = False
    for place, person in enumerate(people[:_MAX_SHOWN], 1):
        yield from _told(f"{place:>2}  {_person_head(person['author'])}", width, "bold cyan", 4)
        for label, text in _person_lines(person, len(people)):
            line = f"    {label:<8}{text}"
            if is_short and n_cells(printable(line)) > width:
                is_cut = True
                yield _cut(line, width)
            else:
                yield from _told(line, width, rest=_LABEL)
    if is_cut:
        told = "what ends in … is whole in `papermart explain ID`, with the id of one of them"
        yield from _told(told, width, "dim")
    if len(people) > _MAX_SHOWN:
        rest = people[_MAX_SHOWN:]
        n_papers = sum(person["author"]["n_papers"] for person in rest)
        told = f"… and {len(rest)} more with {count_of(n_papers, 'paper')}; --format json shows all"
        yield from _told(told, width, "dim")


def _told(text: str, width: int, style: str = "", rest: int = 0) -> "Iterator[Text]":
    from rich.text import Text

    shown = printable(text)
    first = len(shown) - len(shown.lstrip(" "))
    lines = broken(shown.lstrip(" "), width, first, rest)
    yield from (Text(line, style=style) for line in lines)


def _cut(line: str, width: int) -> "Text":
    from rich.text import Text

    shown = Text(printable(line))
    shown.truncate(width, overflow="ellipsis")
    return shown


def _head(found: dict[str, Any]) -> str:
    people = found["people"]
    spelt = sorted({person["author"]["author_name"] for person in people})
    n_groups = sum(person["author"]["author_kind"] == "group" for person in people)
    kind = "group" if n_groups == len(people) else "person"
    bear = "bears" if len(people) == 1 else "bear"
    on = f"on {count_of(found['n_papers'], 'paper')}"
    wanted = found["wanted"].strip()
    if is_author_id(wanted):  # others may bear the name
        is_current = any(person["author"]["author_id"] == wanted for person in people)
        told = f"the id {wanted}" if is_current else f"the earlier id {wanted}"
        return f"{few(spelt)}: {told} leads to {count_of(len(people), kind)}, {on}"
    return f"{few(spelt)}: {count_of(len(people), kind)} {bear} the name, {on}"


def _person_head(author: dict[str, Any]) -> str:
    number = f" {author['homonym_id']}" if author["homonym_id"] else ""
    level = _LEVELS.get(author["identity_level"], author["identity_level"])
    low, n, high = (author[f"n_papers{end}"] for end in ("_low", "", "_high"))
    bounds = "" if low == n == high else f" ({low} to {high})"
    years = "–".join(str(y) for y in sorted({author["first_year"], author["last_year"]} - {None}))
    place = ", ".join(
        f"{author[column]} {word}"
        for column, word in (("n_first_author", "first"), ("n_last_author", "last"))
        if author[column]
    )
    told = [f"{level}: {count_of(n, 'paper')}{bounds}", place, years or "years unknown"]
    name = f"{author['author_name']}{number}  {short_id(author['author_id'])}"
    return f"{name}  {', '.join(part for part in told if part)}"


def _person_lines(person: dict[str, Any], n_people: int) -> Iterator[tuple[str, str]]:
    papers, author = person["papers"], person["author"]
    listed = _PAPERS_LISTED.get(n_people, 0)
    variants = [name for name in author["name_variants"] if name != author["author_name"]]
    if variants:
        yield "also", few(variants)
    yield from _papers(papers, listed)
    if person["coauthors"]:
        yield "with", _counted(person["coauthors"], "author_name", 5, len(papers))
    # Of the one paper of somebody, one of many, the title says enough.
    topics = person["topics"] if listed or len(papers) > 1 else []
    about = [
        f"{words}{_counted(rows, column, 3, len(papers))}"
        for rows, column, words in (
            (topics, "topic", ""),
            (person["affiliations"], "affiliation", "papers show "),
        )
        if rows
    ]
    if about:
        yield "on", "; ".join(about)
    yield from _reasoning(papers, "; ".join(person["apart"]), is_short=not listed)
    yield from _changes(person["history"] if listed else [])


def _papers(papers: Sequence[dict[str, Any]], listed: int) -> Iterator[tuple[str, str]]:
    """Yield the first papers where few bear the name, else the one of who has no other."""
    for row in papers[:listed] if listed or len(papers) > 1 else papers:
        yield "wrote", f"{row['year'] or '    '}  {row['title']}"
    if len(papers) > listed > 0:
        yield "", f"… and {len(papers) - listed} more; --format json shows all"


def _reasoning(
    papers: Sequence[dict[str, Any]], apart: str, *, is_short: bool
) -> Iterator[tuple[str, str]]:
    why = _reasons(papers)
    if apart and is_short:
        yield "because", f"{why}; {apart}"
        return
    yield "because", why
    if apart:
        yield "apart", apart


def _changes(history: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for row in history[:_MAX_CHANGES]:
        ids = f"{short_id(row['from_author_id'])} to {short_id(row['to_author_id'])}"
        yield "changed", f"{row['changed_at']:%Y-%m-%d}  {ids}, {row['why']}"
    if len(history) > _MAX_CHANGES:
        yield "", f"… and {len(history) - _MAX_CHANGES} more; --format json shows all"


def _counted(rows: Sequence[dict[str, Any]], column: str, most: int, n_papers: int) -> str:
    """Say the first values, with the number of papers where there are several."""
    counts = [f"{row[column]} {row['n_papers']}" if n_papers > 1 else row[column] for row in rows]
    return few(counts, most)


def _reasons(papers: Sequence[dict[str, Any]]) -> str:
    """Say the reasons of the papers, alike ones together, the most frequent first."""
    if len(papers) == 1:
        return papers[0]["identity_reason"]
    counts = Counter(
        _COAUTHORS.sub("shared coauthors", row["identity_reason"]).removeprefix(_ALIKE)
        for row in papers
    )
    told = sorted(counts.items(), key=lambda reason: (-reason[1], reason[0]))
    return "; ".join(f"{reason} ({n})" for reason, n in told)
