"""The models' SQL as Spark reads it: transpiled text, and nothing that asks a server.

What belongs here: names and spellings that differ between the two dialects. What does not: which
spellings models keep to (`docs/decisions`, 5), asking (`spark_engine`).
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.storage.engine import EngineError

if TYPE_CHECKING:
    from sqlglot import exp

# A build asks a few hundred texts, some of them for each table.
_MOST_HELD = 2_000
# Where a number has a point, DuckDB reckons in doubles and Spark in decimals.
_POINTED = (".", "e")

# Signs that DuckDB makes lower one by one; others make two of the first, and the second is another
# one at the end of a word.
_LOWERED = ("İΣ", "iσ")


def view_name(full_name: str) -> str:
    """Return under which name a server knows a table: views of a session have no schema.

    >>> view_name("marts.papers")
    'marts__papers'
    """
    return full_name.replace(".", "__")


@lru_cache(maxsize=_MOST_HELD)
def to_spark(sql: str) -> str:
    """Return a SELECT, or a condition, of ours as Spark reads it.

    Args:
        sql: as DuckDB reads it; tables are named `layer.table`.

    Raises:
        EngineError: it cannot be said in Spark's dialect.

    >>> to_spark("select p.title from marts.papers as p where p.year > 2020")
    'SELECT p.title FROM marts__papers AS p WHERE p.year > 2020'
    >>> to_spark("select papers.title from marts.papers")
    'SELECT papers.title FROM marts__papers AS papers'
    """
    from sqlglot import ErrorLevel, parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(sql.strip().rstrip(";"), read="duckdb")
        return tree.transform(_node).sql(
            dialect="spark", comments=False, unsupported_level=ErrorLevel.RAISE
        )
    except SqlglotError as error:
        raise EngineError(f"it cannot be said in Spark's dialect: {error}") from error


def _node(node: "exp.Expression") -> "exp.Expression":
    from sqlglot import exp

    if isinstance(node, exp.Table) and node.db:
        name = node.name
        node.set("this", exp.to_identifier(view_name(f"{node.db}.{name}")))
        node.set("db", None)
        if not node.alias:  # columns are named after the table
            node.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
    elif isinstance(node, exp.Lower):
        node.set("this", exp.func("TRANSLATE", node.this, *map(exp.Literal.string, _LOWERED)))
    elif isinstance(node, exp.RegexpFullMatch):
        whole = [exp.Literal.string("^(?:"), node.expression, exp.Literal.string(")$")]
        return exp.RegexpLike(this=node.this, expression=exp.func("CONCAT", *whole))
    elif isinstance(node, exp.Literal) and not node.is_string and _is_pointed(node.name):
        return exp.cast(node, exp.DataType.Type.DOUBLE)
    return node


def _is_pointed(number: str) -> bool:
    return any(sign in number.lower() for sign in _POINTED)
