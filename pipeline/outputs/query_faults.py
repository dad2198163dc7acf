"""Why a question cannot be answered, in words of whoever asked it.

What belongs here: names that are not there and what is near them, where in the question it is. What
does not: running it (`storage.duckdb_engine`), showing it (`cli.ask`).
"""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from pipeline.storage.duckdb_engine import DuckDB

_TABLE = re.compile(r'Catalog Error: Table with name "?(.+?)"? does not exist')
_COLUMN = re.compile(
    r'Binder Error: (?:Referenced column "(?P<column>.+?)" not found'
    r'|(?:Table|Values list) "(?P<table>.+?)" does not have a column named "(?P<of>.+?)")'
)
_BOUND = re.compile(r"^Candidate bindings: :? ?(.+)$", re.MULTILINE)
_PLACE = re.compile(r"^LINE \d+: .*\n *\^+", re.MULTILINE)
_CLASS = re.compile(r"^[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)? Error: ")
_MOST_NEAR = 4
TABLES = (
    "select table_name from duckdb_tables() where schema_name = 'main' and not internal "
    "union select view_name from duckdb_views() where schema_name = 'main' and not internal "
    "order by 1"
)
_COLUMNS = "select distinct column_name from duckdb_columns() where schema_name = 'main' order by 1"


def fault_lines(engine: DuckDB, message: str) -> list[str]:
    """Say why a question cannot be answered, and on lines of their own where in it.

    Args:
        engine: sees the published file.
        message: what the engine said.
    """
    said = message.strip()
    place = _PLACE.search(said)
    where = [f"  {line}" for line in place[0].split("\n")] if place else []
    return [_what(engine, said), *where]


def _what(engine: DuckDB, said: str) -> str:
    if table := _TABLE.match(said):
        name = table[1].rpartition(".")[2]
        known = [row[0] for row in engine.tuples(TABLES)]
        return f"there is no table {table[1]}{near_words(name, known)}"
    if column := _COLUMN.match(said):
        name = column["column"] or column["of"]
        of = f" in {column['table']}" if column["table"] else " in what it asks"
        bound = _BOUND.search(said)
        known = re.findall(r'"([^"]+)"', bound[1]) if bound else ()
        every = known or [row[0] for row in engine.tuples(_COLUMNS)]
        return f"there is no column {name}{of}{near_words(name, every)}"
    words = _PLACE.sub("", _CLASS.sub("", said))
    return " ".join(words.split())


def near_words(name: str, known: Sequence[str], others: str | None = None) -> str:
    """Say which names are near one that is not there, those that hold it too; else which there are.

    Args:
        name: what somebody wrote.
        known: the names there are.
        others: how to see all names, where there are too many to say.

    >>> near_words("paper", ["papers", "paper_topics", "topics"])
    '; near it: papers, paper_topics'
    >>> near_words("x", ["papers", "topics"], "`papermart tables` shows all")
    '; `papermart tables` shows all'
    >>> near_words("x", [])
    ''
    """
    lower = name.lower()
    alike = get_close_matches(lower, known, n=_MOST_NEAR, cutoff=0.6)
    holding = [other for other in known if lower and (lower in other or other in lower)]
    near = list(dict.fromkeys([*alike, *holding]))[:_MOST_NEAR]
    shown = f"; near it: {', '.join(near)}" if near else ""
    return f"{shown}; {others}" if others else shown or _all_of(known)


def _all_of(known: Iterable[str]) -> str:
    shown = ", ".join(known)
    return f"; there are {shown}" if shown else ""
