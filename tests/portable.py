"""What SQL of ours means something else to Spark, or nothing: told from the parsed text.

What belongs here: rules over trees of sqlglot, and the names of what a text uses. What does not:
signs that a regular expression finds (`models/test_sql_files.py`), and whether both engines answer
alike (`both_engines.py`).
"""

import re
from collections.abc import Callable, Iterator, Mapping

from sqlglot import exp, parse_one
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

_WHOLE = exp.DataType.INTEGER_TYPES
_TEXT = exp.DataType.TEXT_TYPES
_REAL = exp.DataType.REAL_TYPES
# How columns are called that tell rows apart, alone or with others.
_NAMES_A_ROW = re.compile(r"(^|_)(id|key|order|date|number|place)(_[lr])?$")
_PATTERNS = (
    exp.RegexpLike, exp.RegexpReplace, exp.RegexpExtract, exp.RegexpExtractAll, exp.RegexpSplit,
    exp.RegexpFullMatch,
)  # fmt: skip
# What is text whatever it is made of; sqlglot does not say so.
_MAKES_TEXT = (exp.SplitPart, exp.RegexpExtract, exp.Lower, exp.Upper, exp.Pad, exp.Repeat)


def parsed(sql: str) -> exp.Expr:
    """Parse a SELECT, or a condition."""
    return parse_one(sql.strip().rstrip(";"), read="duckdb")


def schema_of(types: Mapping[str, Mapping[str, str]]) -> MappingSchema:
    """Return what `typed` needs to know: the types of columns by `layer.table`."""
    found = MappingSchema(dialect="duckdb")
    for full_name, columns in types.items():
        found.add_table(full_name, dict(columns), dialect="duckdb")
    return found


def typed(sql: str, schema: MappingSchema) -> exp.Expr:
    """Parse a SELECT, unfold its columns and say the type of each term, as far as it is known."""
    tree = qualify(
        parsed(sql),
        schema=schema,
        dialect="duckdb",
        validate_qualify_columns=False,
        quote_identifiers=False,
        identify=False,
    )
    return annotate_types(tree, schema=schema, dialect="duckdb")


# ---------------------------------------------------------------- what a text uses


def uses(tree: exp.Expr) -> set[str]:
    """Name the functions that a text uses, each with what its meaning hangs on."""
    return {_name(node) for node in tree.find_all(exp.Func) if not _is_grammar(node)}


def _is_grammar(node: exp.Expr) -> bool:
    return isinstance(node, exp.Connector | exp.Case | exp.If | exp.Cast)


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    name = node.sql_name().lower() if isinstance(node, exp.Func) else type(node).__name__.lower()
    if isinstance(node, exp.Extract):
        return f"{name}({node.name.lower()})"
    if isinstance(node, exp.DateDiff | exp.TimestampTrunc | exp.DateTrunc):
        return f"{name}({node.text('unit').lower()})"
    if isinstance(node, exp.RegexpExtract) and node.args.get("group"):
        return f"{name} of a group"
    if isinstance(node, exp.Round):
        return f"{name} to places" if node.args.get("decimals") else name
    return name


# ---------------------------------------------------------------- what means something else


def faults(sql: str, schema: MappingSchema) -> list[str]:
    """Say what a server would understand otherwise or hold whole, and what to write instead.

    Args:
        sql: a SELECT.
        schema: the types of what it may read; of other tables it looks at the words alone.
    """
    words = parsed(sql)
    try:
        tree = typed(sql, schema)
    except OptimizeError:
        tree = words
    asked = [(rule, tree) for rule in _RULES] + [(rule, words) for rule in _RULES_OF_WORDS]
    return sorted({f"{said}: {_shown(node)}" for rule, of in asked for node, said in rule(of)})


def _shown(node: exp.Expr) -> str:
    return re.sub(r"/\*.*?\*/ ?", "", node.sql("duckdb"))[:120]


_Found = Iterator[tuple[exp.Expr, str]]


def _is(node: exp.Expr | None, kinds: set) -> bool:
    return node is not None and node.type is not None and node.type.this in kinds


def _casts(tree: exp.Expr) -> _Found:
    for node in tree.find_all(exp.Cast):
        of, to = node.this, node.to.this
        if to in _WHOLE and _is(of, _REAL) and not _is_whole(of):
            yield node, "a double is rounded here and cut there; round() or floor() it first"
        if to in _TEXT and _is(of, {exp.DataType.Type.ARRAY, exp.DataType.Type.LIST}):
            yield node, "a list is spelled otherwise; array_to_string() it"


def _is_whole(node: exp.Expr) -> bool:
    if isinstance(node, exp.Paren):
        return _is_whole(node.this)
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return _is_whole(node.left) and _is_whole(node.right)
    is_rounded = isinstance(node, exp.Round) and not node.args.get("decimals")
    return is_rounded or isinstance(node, exp.Floor | exp.Ceil) or _is(node, _WHOLE)


def _whole_functions(tree: exp.Expr) -> _Found:
    for node in tree.find_all(exp.Floor, exp.Ceil):
        if not node.find_ancestor(exp.Cast):
            yield node, "a double here, a whole number there; cast it to what it shall be"


def _divisions(tree: exp.Expr) -> _Found:
    for node in tree.find_all(exp.Div, exp.IntDiv, exp.Mod):
        divisor = node.expression.unnest()
        if isinstance(divisor, exp.Literal) and float(divisor.name) == 0:
            yield node, "dividing by zero is an error there"


def _sums(tree: exp.Expr) -> _Found:
    for node in tree.find_all(exp.Sum, exp.Avg):
        over = node.parent if isinstance(node.parent, exp.Window | exp.Filter) else node
        is_rounded = isinstance(over.parent, exp.Round) or over.find_ancestor(exp.Round)
        if _is(node.this, _REAL) and not is_rounded:
            yield node, "doubles sum up otherwise in another order; round() the sum"


def _patterns(tree: exp.Expr) -> _Found:
    for node in tree.find_all(*_PATTERNS):
        pattern = node.expression
        for literal in pattern.find_all(exp.Literal):
            text = literal.name
            # \p{…} differs only where one knows a newer Unicode.
            if re.search(r"\\[A-Za-z]", re.sub(r"\\p\{\w+\}|\\n", "", text)):
                yield node, "\\w, \\s, \\d and \\b mean other signs there; name the signs, [a-z0-9]"
            if "(?" in text.replace("(?:", ""):
                yield node, "what (?…) says differs from engine to engine"
            if re.search(r"&&|~~|--", text) or re.search(r"\[[^\]]*(?<!\\)\[(?!:)", text):
                yield node, "a set within a set of signs means something else there"
        replacement = node.args.get("replacement")
        if replacement is not None and re.search(r"[$\\]", replacement.name):
            yield node, "$ and \\ in a replacement name groups there"


def _likes(tree: exp.Expr) -> _Found:
    for node in tree.find_all(exp.Like, exp.ILike):
        if any("\\" in literal.name for literal in node.expression.find_all(exp.Literal)):
            yield node, "\\ makes the next sign a plain one there; contains(), starts_with()"


def _parts_of_text(tree: exp.Expr) -> _Found:
    for node in tree.find_all(exp.Substring):
        start, length = node.args.get("start"), node.args.get("length")
        if isinstance(start, exp.Literal) and start.name == "0":
            yield node, "the first sign is the 1st; 0 is before it here and the same there"
        if isinstance(start, exp.Neg) and length is not None:
            yield node, "counted from the end, a text too short is cut otherwise"
        if isinstance(length, exp.Neg):
            yield node, "a length below zero is an error there"
    for node in tree.find_all(exp.SplitPart, exp.RegexpSplit):
        literals = [arg for arg in node.args.values() if isinstance(arg, exp.Literal)]
        if any(literal.is_string and not literal.name for literal in literals):
            yield node, "split by nothing, the parts differ"


def _lists(tree: exp.Expr) -> _Found:
    for node in tree.find_all(exp.ArrayAgg):
        select = node.find_ancestor(exp.Select)
        if isinstance(node.this, exp.Order | exp.Distinct):
            yield node, "a list is sorted when it is made; list_sort(list_distinct(list(x)))"
        if isinstance(node.parent, exp.Filter):
            yield node, "with nothing to list it is NULL here and empty there; filter by where"
        elif select is not None and not select.args.get("group"):
            yield node, "with nothing to list it is NULL here and empty there; group the rows"
    for node in tree.find_all(exp.ArrayDistinct):
        inner = node.this
        if isinstance(inner, exp.RegexpExtractAll | exp.RegexpSplit):
            continue  # no NULLs
        if not isinstance(inner, exp.ArrayAgg):
            yield node, "NULLs go here and stay there; list_distinct(list(x)) of rows only"
        elif not isinstance(node.parent, exp.ArraySort):
            yield node, "its order is another one there; list_sort() it"
    for node in tree.find_all(exp.Bracket):
        yield node, "beyond the end of a list is NULL here and an error there; unnest and join"


def _series(tree: exp.Expr) -> _Found:
    for node in tree.find_all(exp.GenerateSeries):
        ends = [node.args.get("start"), node.args.get("end")]
        numbers = [int(end.name) for end in ends if isinstance(end, exp.Literal)]
        if len(numbers) < 2 or numbers[0] > numbers[1]:
            yield node, "a series that ends before it begins runs backwards there; two numbers"


def _shadows(tree: exp.Expr) -> _Found:
    """Find names of results that `having` and aggregates may take for columns, or not."""
    for select in tree.find_all(exp.Select):
        having = select.args.get("having")
        if having is None:
            continue
        made = {
            term.alias
            for term in select.expressions
            if isinstance(term, exp.Alias)
            and not (isinstance(term.this, exp.Column) and term.this.name == term.alias)
        }
        for node in having.find_all(exp.AggFunc):
            for column in node.find_all(exp.Column):
                if column.name in made and not column.table:
                    yield node, f"{column.name} is also the name of a result; call it otherwise"


def _orders(tree: exp.Expr) -> _Found:
    for select in tree.find_all(exp.Select):
        order = select.args.get("order")
        if select.args.get("distinct") and order is not None:
            shown = {term.sql() for term in select.expressions}
            for column in order.find_all(exp.Column):
                if column.table and column.sql() not in shown:
                    yield order, "rows that are distinct are ordered by names of results"


def _numberings(tree: exp.Expr) -> _Found:
    """Find numbers that a table read twice may give twice, each time otherwise.

    A server makes a common table anew for each that reads it; rows that are equal in what numbers
    are given by then change places. Told are numbers by nothing that could be a key: whether what
    is left is one the text does not say.
    """
    times = _times_read(tree)
    for cte in tree.find_all(exp.CTE):
        if times.get(cte.alias, 0) < 2:
            continue
        for window in cte.find_all(exp.Window):
            if isinstance(window.this, exp.RowNumber | exp.Lead | exp.Lag | exp.FirstValue):
                names = {c.name for c in (window.args.get("order") or window).find_all(exp.Column)}
                if not any(_NAMES_A_ROW.search(name) for name in names):
                    yield window, f"{cte.alias} is read twice: order its numbers by a key"


def _times_read(tree: exp.Expr) -> dict[str, int]:
    """Count on how many ways the whole reads each common table."""
    bodies = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}
    reads = {
        name: [t.name for t in body.find_all(exp.Table) if not t.db and t.name in bodies]
        for name, body in bodies.items()
    }
    final = tree.copy()
    final.set("with_", None)
    final.set("with", None)
    times = dict.fromkeys(bodies, 0)
    for table in final.find_all(exp.Table):
        if not table.db and table.name in times:
            times[table.name] += 1
    for name in reversed(bodies):  # a common table reads those above it
        for read in reads[name]:
            times[read] += times[name]
    return times


def _crossed(tree: exp.Expr) -> _Found:
    """Find rows that are joined with all of others behind those: Sail holds what stands before.

    What it holds it joins row by row: before a table of one row each row becomes a batch.
    """
    counted = {cte.alias for cte in tree.find_all(exp.CTE) if _is_one_row(cte.this)}
    for select in tree.find_all(exp.Select):
        joins = [j for j in select.args.get("joins") or [] if not isinstance(j.this, exp.Unnest)]
        crossed = [join for join in joins if join.args.get("on") is None]
        if crossed != joins[: len(crossed)]:
            yield select.args["from_"], "a cross join stands before other joins"
        read = [t.this.name for t in (select.args.get("from_"), *crossed) if t is not None]
        if read[1:] and read[0] not in counted and read[-1] in counted:
            yield crossed[-1], "a single row stands before the rows that are joined with it"


def _is_one_row(select: exp.Expr) -> bool:
    return (
        isinstance(select, exp.Select)
        and select.args.get("group") is None
        and any(term.find(exp.AggFunc) and not term.find(exp.Window) for term in select.expressions)
    )


def _comparisons(tree: exp.Expr) -> _Found:
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE):
        left, right = node.left, node.right
        for one, other in ((left, right), (right, left)):
            if _is(one, _TEXT) and _is(other, _WHOLE | _REAL):
                yield node, "text and number compared: cast one of them"


def _decimals(tree: exp.Expr) -> _Found:
    for node in tree.find_all(exp.Literal):
        if node.is_string or "." not in node.name:
            continue
        parent = node.parent
        while isinstance(parent, exp.Paren | exp.Neg):
            parent = parent.parent
        is_exact = float(node.name).is_integer() or _stands_in_a_division(node)
        if isinstance(parent, exp.Mul | exp.EQ | exp.NEQ) and not is_exact:
            other = parent.right if parent.left is node else parent.left
            if _is(other, _WHOLE):
                yield parent, "a decimal here and a double there; cast the whole number to double"


def _stands_in_a_division(node: exp.Expr) -> bool:
    return isinstance(node.parent, exp.Div) or isinstance(node.find_ancestor(exp.Div), exp.Div)


_RULES: tuple[Callable[[exp.Expr], _Found], ...] = (
    _casts, _whole_functions, _divisions, _sums, _patterns, _likes, _parts_of_text, _lists, _series,
    _comparisons, _decimals,
)  # fmt: skip
# Of the text as it is written: which names stand alone, and which with their table.
_RULES_OF_WORDS = (_shadows, _orders, _numberings, _crossed)
