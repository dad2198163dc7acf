"""Which tables a SELECT reads, and whether two SELECTS ask the same, found by DuckDB's own parser.

What belongs here: reading SQL as a tree. What does not: running it.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.contract import ids
from pipeline.contract.errors import PipelineError
from pipeline.contract.ids import fingerprint
from pipeline.storage.by_content import ByContent
from pipeline.storage.duckdb_engine import LIBRARY_VERSION, DuckDB, open_parser
from pipeline.storage.sql_text import quote

# Where a word stands in the text, and how long it is with what stands inside: the only things in
# the tree that a comment changes.
_PLACES = re.compile(r'"query_location(?:_length)?":[0-9]+')


@dataclass(frozen=True, slots=True)
class Parsed:
    """A SELECT as DuckDB understands it.

    Attributes:
        reads: full names, `layer.table`, of the tables it reads.
        version: a fingerprint of what it asks; comments and line breaks do not count.
    """

    reads: frozenset[str]
    version: str


@cache
def _parser() -> DuckDB:
    # One connection for all parsing: opening one takes longer than parsing a model.
    return open_parser()


@cache
def parse_select(sql: str, owner: str) -> Parsed:
    """Parse a SELECT.

    Args:
        sql: the text.
        owner: what it belongs to, as a message names it: "the model marts.papers".

    Raises:
        PipelineError: it is not one SELECT, or reads a table without naming its layer.

    >>> sorted(parse_select("with a as (select * from marts.papers) select * from a", "x").reads)
    ['marts.papers']
    """
    reads, version = _SELECTS.of(sql.encode(), lambda: _parse(sql, owner))
    return Parsed(frozenset(reads), version)


_SELECTS = ByContent("selects", [__file__, ids.__file__], LIBRARY_VERSION)


def _parse(sql: str, owner: str) -> tuple[list[str], str]:
    """Return what a SELECT reads, and its version, for `parse_select`."""
    text = _parser().scalar(f"select json_serialize_sql({quote(sql.strip().rstrip(';'))})")
    tree = json.loads(text)
    if tree["error"] or len(tree["statements"]) != 1:
        reason = tree.get("error_message", "it holds more than one statement")
        raise PipelineError(f"{owner} is not one SELECT: {reason}")
    ctes: set[str] = set()
    tables: set[tuple[str, str]] = set()
    _collect(tree, ctes, tables)
    bare = sorted(table for layer, table in tables if not layer and table not in ctes)
    if bare:
        raise PipelineError(f"{owner} reads {bare[0]} without naming its layer")
    reads = sorted(f"{layer}.{table}" for layer, table in tables if layer)
    return reads, fingerprint(_PLACES.sub("", text))


def _collect(node: Any, ctes: set[str], tables: set[tuple[str, str]]) -> None:  # noqa: ANN401
    if isinstance(node, list):
        for item in node:
            _collect(item, ctes, tables)
    elif isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            tables.add((node.get("schema_name", ""), node["table_name"]))
        for entry in (node.get("cte_map") or {}).get("map", []):
            ctes.add(entry["key"])
        for item in node.values():
            _collect(item, ctes, tables)
