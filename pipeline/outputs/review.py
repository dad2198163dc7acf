"""The review queue on a terminal: both papers of a pair side by side, and what speaks for it.

What belongs here: reading the queue, leaving out what was decided since the build, laying a pair
out. What does not: asking (`cli.review`), writing decisions (`decisions`), ranking, which is a
model (`linkage.undecided_pairs`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from pipeline.outputs.decisions import Lines, one_line
from pipeline.storage.duckdb_engine import DuckDB

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

_SIDE_BY_SIDE = 76  # narrower terminals show the two papers below each other
_MOST_TITLE, _MOST_ABSTRACT, _MOST_NAMES, _MOST_PLACES, _MOST_PAIRS = 400, 360, 10, 4, 12
_WORD = re.compile(r"\w+")
_PAPER = """
    select
        papers.*,
        array(
            select author_name from authorships
            where paper_id = $id order by author_order nulls last, author_name
        ) as author_names
    from papers where paper_id = $id"""
_PLACES = """
    select record_id, source, path, line_start, line_end from paper_records
    where paper_id = $id order by path, line_start"""
_PAIRS = """
    select match_probability, match_reason, l.path, l.line_start, r.path, r.line_start
    from matches
    join paper_records as l on record_id_l = l.record_id
    join paper_records as r on record_id_r = r.record_id
    where
        (l.paper_id = $one and r.paper_id = $other) or (l.paper_id = $other and r.paper_id = $one)
    order by match_probability desc, record_id_l, record_id_r"""

Pair = Mapping[str, Any]


# ---------------------------------------------------------------- the queue


def read_queue(engine: DuckDB) -> list[Pair]:
    """Return the rows of `review_queue`, the weightiest first."""
    return list(engine.rows("select * from review_queue order by queue_rank"))


class DecidedSince:
    """What the overrides file says of papers that the published version does not show yet.

    Args:
        lines: its lines beside what is published.
    """

    def __init__(self, lines: Lines) -> None:
        """Look up the papers of every line."""
        records = sorted({record for ids in lines.records.values() for record in ids})
        sql = """
            select record_id, paper_id from paper_records where list_contains(?, record_id)"""
        paper_of = dict(lines.engine.tuples(sql, [records])) if records else {}
        self._parent: dict[str, str] = {}
        apart: list[tuple[set[str], set[str]]] = []
        for row in lines.rows:
            sides = [
                {paper_of[record] for record in lines.records.get(row[side], ())}
                for side in ("left_id", "right_id")
            ]
            if row["fault"] or not all(sides):
                continue
            if row["decision"] == "same":
                self._join(sorted(sides[0] | sides[1]))
            else:
                apart.append((sides[0], sides[1]))
        self._apart = {
            frozenset((self._root(one), self._root(other)))
            for left, right in apart
            for one in left
            for other in right
        }

    def _root(self, paper_id: str) -> str:
        while (parent := self._parent.get(paper_id, paper_id)) != paper_id:
            paper_id = parent
        return paper_id

    def _join(self, paper_ids: Sequence[str]) -> None:
        low, *others = sorted({self._root(paper_id) for paper_id in paper_ids})
        self._parent.update(dict.fromkeys(others, low))

    def holds(self, pair: Pair) -> bool:
        """Tell whether a pair was decided, perhaps by way of others: A is B, and B is not C."""
        roots = frozenset((self._root(pair["paper_id_l"]), self._root(pair["paper_id_r"])))
        return len(roots) == 1 or roots in self._apart


# ---------------------------------------------------------------- in a pipe


def queue_lines(pairs: Sequence[Pair]) -> Iterator[str]:
    """Yield the queue as plain text, two lines a pair and one that says why."""
    for pair in pairs:
        yield (
            f"{pair['queue_rank']}. p {_likely(pair)}, {pair['paper_id_l']} {pair['paper_id_r']}"
        )
        yield f"   {one_line(pair['title_l'])}"
        yield f"   {one_line(pair['title_r'])}"
        yield f"   {one_line(pair['match_reason'])}"


def _likely(pair: Pair) -> str:
    return f"{pair.get('same_probability', pair['match_probability']):.2f}"


# ---------------------------------------------------------------- on a terminal


def print_pair(engine: DuckDB, pair: Pair, console: "Console", head: str) -> None:
    """Show both papers of a pair and what speaks for it and against it."""
    from rich.table import Table
    from rich.text import Text

    ids = [pair["paper_id_l"], pair["paper_id_r"]]
    papers = [engine.rows(_PAPER, {"id": id_})[0] for id_ in ids]
    places = [engine.rows(_PLACES, {"id": id_}) for id_ in ids]
    titles = marked_titles(str(papers[0]["title"]), str(papers[1]["title"]), _has_styles(console))
    rows = [
        ("title", *titles),
        *(
            (name, Text(_shown(papers[0], name)), Text(_shown(papers[1], name)))
            for name in ("authors", "year", "venue", "ids", "abstract")
        ),
        ("seen", Text(_seen(places[0])), Text(_seen(places[1]))),
    ]
    console.print()
    console.rule(Text(head), align="left", characters="-")
    if console.width >= _SIDE_BY_SIDE:
        table = Table(box=None, pad_edge=False, padding=(0, 1), show_header=False, expand=True)
        table.add_column(style="dim", no_wrap=True, width=8)
        table.add_column(ratio=1, overflow="fold")
        table.add_column(ratio=1, overflow="fold")
        for row in rows:
            table.add_row(*row)
        console.print(table)
    else:
        for side in (1, 2):
            console.print(_stacked([(row[0], row[side]) for row in rows]))
            console.print()
    for line in _verdict_lines(pair):
        console.print(Text(one_line(line)))


def _stacked(rows: Sequence[tuple[str, "RenderableType"]]) -> "RenderableType":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1), show_header=False)
    table.add_column(style="dim", no_wrap=True, width=8)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _has_styles(console: "Console") -> bool:
    return console.is_terminal and not console.is_dumb_terminal and bool(console.color_system)


def marked_titles(one: str, other: str, has_styles: bool) -> tuple["Text", "Text"]:
    """Return two titles with the words marked that the other one has not: bold, or by stars.

    >>> [str(title) for title in marked_titles("Cats and dogs", "Cats, dogs, etc", False)]
    ['Cats *and* dogs', 'Cats, dogs, *etc*']
    """
    texts = [_cut(one_line(title), _MOST_TITLE) for title in (one, other)]
    words = [list(_WORD.finditer(text)) for text in texts]
    keys = [[word[0].casefold() for word in found] for found in words]
    places = _differing(*keys)
    left, right = (
        _marked(text, [word.span() for n, word in enumerate(found) if n in own], has_styles)
        for text, found, own in zip(texts, words, places, strict=True)
    )
    return left, right


def _differing(one: Sequence[str], other: Sequence[str]) -> tuple[set[int], set[int]]:
    """Return which words of each title the other has not; none where little is left unmarked."""
    left, right = set(range(len(one))), set(range(len(other)))
    for start_l, start_r, n in SequenceMatcher(
        None, one, other, autojunk=False
    ).get_matching_blocks():
        left -= set(range(start_l, start_l + n))
        right -= set(range(start_r, start_r + n))
    n_equal = len(one) - len(left)
    return (left, right) if 2 * n_equal >= min(len(one), len(other)) else (set(), set())


def _marked(text: str, spans: Sequence[tuple[int, int]], has_styles: bool) -> "Text":
    from rich.text import Text

    if has_styles:
        styled = Text(text)
        for start, end in spans:
            styled.stylize("bold underline", start, end)
        return styled
    for start, end in reversed(spans):
        text = f"{text[:start]}*{text[start:end]}*{text[end:]}"
    return Text(text)


def _shown(paper: Mapping[str, Any], name: str) -> str:
    if name == "authors":
        names = [one_line(author) for author in paper["author_names"] or ()]
        more = f" … {len(names)} in all" if len(names) > _MOST_NAMES else ""
        n_more = paper["n_authors"] if paper["n_authors"] not in (None, len(names)) else None
        return "; ".join(names[:_MOST_NAMES]) + more + (f" ({n_more} authors)" if n_more else "")
    if name == "ids":
        known = ("arxiv_id", "doi")
        return " ".join([paper["paper_id"], *(str(paper[id_]) for id_ in known if paper[id_])])
    if name == "venue":
        return one_line(" ".join(str(v) for v in (paper["venue"], paper["venue_year"]) if v))
    return _cut(one_line(str(paper[name] or "")), _MOST_ABSTRACT)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()} …"


def _seen(places: Sequence[Mapping[str, Any]]) -> str:
    shown = [
        one_line(f"{place['source']} {place['path']}:{place['line_start']}-{place['line_end']}")
        for place in places[:_MOST_PLACES]
    ]
    more = [f"… and {len(places) - _MOST_PLACES} more"] if len(places) > _MOST_PLACES else []
    return "\n".join([*shown, *more])


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _verdict_lines(pair: Pair) -> Iterator[str]:
    near = f"p {pair['match_probability']:.2f}"
    yield f"nearest records, {near}: {pair['match_reason']}"
    n_l, n_r = pair["n_records_l"], pair["n_records_r"]
    likely = (
        f"one paper with p {_likely(pair)} by all pairs; " if "same_probability" in pair else ""
    )
    yield f"{likely}same: they become one ({n_l} and {n_r} sightings); not same: they stay"


def pair_details(engine: DuckDB, pair: Pair) -> Iterator[str]:
    """Yield why a pair is in the queue: every compared pair of records, and both abstracts."""
    ids = {"one": pair["paper_id_l"], "other": pair["paper_id_r"]}
    compared = engine.tuples(_PAIRS, ids)
    yield f"{_count(len(compared), 'pair')} of records came near:"
    for likely, reason, *places in compared[:_MOST_PAIRS]:
        path_l, line_l, path_r, line_r = (one_line(str(place)) for place in places)
        yield f"  p {likely:.2f}  {path_l}:{line_l} - {path_r}:{line_r}: {one_line(reason)}"
    if len(compared) > _MOST_PAIRS:
        yield f"  … and {len(compared) - _MOST_PAIRS} more"
    sql = "select paper_id, abstract from papers where list_contains(?, paper_id) order by paper_id"
    for paper_id, abstract in engine.tuples(sql, [sorted(ids.values())]):
        yield f"{paper_id}: {one_line(abstract) or 'no abstract'}"
    yield f"all of it: papermart explain {ids['one']}"
