"""The models' SQL as Spark reads it: transpiled text, and nothing that asks a server.

What belongs here: names and spellings that differ between the two dialects. What does not: which
spellings models keep to (`docs/decisions`, 5), asking (`spark_engine`).
"""

from collections.abc import Callable
from functools import cache, lru_cache
from sys import maxunicode
from typing import TYPE_CHECKING, cast

from pipeline.storage.engine import EngineError

if TYPE_CHECKING:
    from sqlglot import exp

    Spelling = Callable[[exp.Expression], exp.Expression]

# A build asks a few hundred texts, some of them for each table.
_MOST_HELD = 2_000
# Where a number has a point, DuckDB reckons in doubles and Spark in decimals.
_POINTED = (".", "e")
_ESCAPE = "\\"
_LINE_SIGNS = {".": r"[^\n]", "$": r"\z"}
# What DuckDB trims: the spaces of Unicode.
_SPACES = " \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f\u3000"
# Letters that become others at the end of a word, or two: DuckDB knows no such case.
_LOWERED = ("İΣ", "iσ")
_CAPITALS = {"ß": "ẞ"}
# Where signs stand that nobody writes.
_PRIVATE = 0x10F700


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
    return spelled(parsed(sql))


def parsed(sql: str) -> "exp.Expression":
    """Return a SELECT, or a condition, of ours as a tree.

    Raises:
        EngineError: it is none.
    """
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError

    try:
        return cast("exp.Expression", parse_one(sql.strip().rstrip(";"), read="duckdb"))
    except SqlglotError as error:
        raise EngineError(f"it cannot be said in Spark's dialect: {error}") from error


def spelled(tree: "exp.Expression") -> str:
    """Return a tree of ours as Spark reads it.

    Raises:
        EngineError: it cannot be said in Spark's dialect.
    """
    from sqlglot import ErrorLevel
    from sqlglot.errors import SqlglotError

    try:
        return tree.transform(_node).sql(
            dialect="spark", comments=False, unsupported_level=ErrorLevel.RAISE
        )
    except SqlglotError as error:
        raise EngineError(f"it cannot be said in Spark's dialect: {error}") from error


def _node(node: "exp.Expression") -> "exp.Expression":
    """Return a node of the tree as Spark must be told it."""
    for kinds, said in _spellings():
        if isinstance(node, kinds):
            return said(node)
    return node


@cache
def _spellings() -> "list[tuple[tuple[type[exp.Expression], ...], Spelling]]":
    """Return what becomes of which kinds of nodes; of a node the first counts."""
    from sqlglot import exp

    return [
        ((exp.Table,), _table),
        ((exp.Literal,), _number),
        ((exp.RegexpFullMatch,), _whole_match),
        (_patterned(), _pattern),
        ((exp.Lower, exp.Upper, exp.Trim), _letters),
        ((exp.Like,), _like),
        ((exp.Round,), _rounded),
        ((exp.Cast,), _cast),
        ((exp.Anonymous,), _hash),
    ]


def _table(node: "exp.Expression") -> "exp.Expression":
    from sqlglot import exp

    if layer := node.text("db"):
        name = node.name
        node.set("this", exp.to_identifier(view_name(f"{layer}.{name}")))
        node.set("db", None)
        if not node.alias:  # columns are named after the table
            node.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
    return node


def _number(node: "exp.Expression") -> "exp.Expression":
    from sqlglot import exp

    is_pointed = not node.is_string and any(sign in node.name.lower() for sign in _POINTED)
    return exp.cast(node, exp.DataType.Type.DOUBLE) if is_pointed else node


def _whole_match(node: "exp.Expression") -> "exp.Expression":
    from sqlglot import exp

    pattern = node.expression
    if _is_text(pattern):
        whole = _text(portable_pattern(f"^(?:{pattern.name})$"))
    else:
        whole = exp.func("CONCAT", _text("^(?:"), pattern, _text(")\\z"))
    return exp.RegexpLike(this=node.this, expression=whole)


def _pattern(node: "exp.Expression") -> "exp.Expression":
    if _is_text(node.expression):
        node.expression.set("this", portable_pattern(node.expression.name))
    return node


def _like(node: "exp.Expression") -> "exp.Expression":
    from sqlglot import exp

    if not _is_text(node.expression):
        whole = exp.func("REPLACE", node.expression, _text(_ESCAPE), _text(2 * _ESCAPE))
        node.set("expression", whole)
    return node


def _cast(node: "exp.Expression") -> "exp.Expression":
    """Round what is made a whole number: Spark cuts it off."""
    from sqlglot import exp

    if node.is_type(*exp.DataType.INTEGER_TYPES) and _is_broken(node.this):
        node.set("this", exp.Anonymous(this="BROUND", expressions=[node.this]))
    return node


def _hash(node: "exp.Expression") -> "exp.Expression":
    """Take a hash that has no sign, and NULL for a value; which number it is does not matter.

    A number of theirs may be below 0, and so what is left of it when it is divided.
    """
    from sqlglot import exp

    if node.name.lower() != "hash":
        return node
    text = exp.func("COALESCE", exp.cast(node.expressions[0], "string"), _text(""))
    return exp.Anonymous(this="CRC32", expressions=[exp.cast(text, "binary")])


def _patterned() -> "tuple[type[exp.Expression], ...]":
    from sqlglot import exp

    return (
        exp.RegexpLike,
        exp.RegexpReplace,
        exp.RegexpExtract,
        exp.RegexpExtractAll,
        exp.RegexpSplit,
    )


def portable_pattern(pattern: str) -> str:
    r"""Return a regular expression that takes a line for no other text than DuckDB does.

    In Java a dot takes none of five signs that end a line, and a dollar stands before the last.

    >>> portable_pattern("^a.[.$]$")
    '^a[^\\n][.$]\\z'
    """
    written, is_in_class, is_escaped = [], False, False
    for sign in pattern:
        if is_escaped:
            is_escaped = False
        elif sign == _ESCAPE:
            is_escaped = True
        elif is_in_class:
            is_in_class = sign != "]"
        elif sign == "[":
            is_in_class = True
        elif sign in _LINE_SIGNS:
            sign = _LINE_SIGNS[sign]
        written.append(sign)
    return "".join(written)


def _letters(node: "exp.Expression") -> "exp.Expression":
    """Change letters one by one, and see every space, as DuckDB does."""
    from sqlglot import exp

    if isinstance(node, exp.Trim):
        if not node.expression:
            node.set("expression", _text(_SPACES))
        return node
    if isinstance(node, exp.Lower):
        node.set("this", _translated(node.this, *_LOWERED))
        return node
    signs, capitals, places = _uppered()
    node.set("this", _translated(node.this.transform(_node), signs, places))
    return _translated(node, places, capitals)


def _translated(node: "exp.Expression", signs: str, others: str) -> "exp.Expression":
    from sqlglot import exp

    return exp.Anonymous(this="TRANSLATE", expressions=[node, _text(signs), _text(others)])


@lru_cache
def _uppered() -> tuple[str, str, str]:
    """Return the letters that become several, what becomes of them, and what stands in for them."""
    signs = [sign for sign in map(chr, range(maxunicode + 1)) if len(sign.upper()) > 1]
    capitals = [_CAPITALS.get(sign, sign.title()) for sign in signs]
    capitals = [c if len(c) == 1 else sign for c, sign in zip(capitals, signs, strict=True)]
    places = [chr(_PRIVATE + number) for number in range(len(signs))]
    return "".join(signs), "".join(capitals), "".join(places)


def _rounded(node: "exp.Expression") -> "exp.Expression":
    """Round as DuckDB does, which multiplies: Spark looks at the digits that it would write."""
    from sqlglot import exp

    if not isinstance(node.args.get("decimals"), exp.Literal):
        return node
    power = exp.cast(exp.Literal.number(10 ** int(node.args["decimals"].name)), "double")
    product = exp.Mul(this=exp.paren(node.this.transform(_node)), expression=power)
    return exp.paren(exp.Div(this=exp.Round(this=product), expression=power.copy()))


def _is_broken(node: "exp.Expression") -> bool:
    """Tell whether a number is a quotient or is made of some, which is rounded, not cut off."""
    from sqlglot import exp

    if isinstance(node, exp.Div):
        return True
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return _is_broken(node.this) or _is_broken(node.expression)
    return isinstance(node, exp.Paren | exp.Neg | exp.Abs) and _is_broken(node.this)


def _is_text(node: "exp.Expression | None") -> bool:
    return node is not None and node.is_string


def _text(said: str) -> "exp.Expression":
    from sqlglot import exp

    return exp.Literal.string(said)
