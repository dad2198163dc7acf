"""A SELECT in steps: what it reads more than once is worked out once.

What belongs here: which named parts of a SELECT are steps of their own, and the SELECTs that are
left. What does not: spellings (`spark_sql`), keeping what a step makes (`spark_engine`).

DuckDB works a part out once (`with x as (…)`) that is read several times. Servers copy it to where
it is read, with all that it is made of: a SELECT of twenty parts becomes one of some hundred joins,
which take their memory at one time.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.storage.spark_sql import parsed, spelled

if TYPE_CHECKING:
    from sqlglot import exp


@dataclass(frozen=True, slots=True)
class Steps:
    """A SELECT in steps, in Spark's dialect.

    Attributes:
        steps: the SELECT of each step by the name of its table, each after those it reads.
        select: the SELECT that reads the tables of the steps.
    """

    steps: Mapping[str, str]
    select: str


def in_steps(sql: str, prefix: str) -> Steps:
    """Return a SELECT in steps.

    Args:
        sql: as DuckDB reads it.
        prefix: how the names of the steps' tables begin.

    Raises:
        EngineError: it cannot be said in Spark's dialect.

    >>> found = in_steps(
    ...     "with n as (select t, count(*) as n from a.b group by t) "
    ...     "select l.t from n as l inner join n as r on l.n = r.n", "step_")
    >>> found.steps
    {'step_n': 'SELECT t, COUNT(*) AS n FROM a__b AS b GROUP BY t'}
    >>> found.select
    'SELECT l.t FROM step_n AS l INNER JOIN step_n AS r ON l.n = r.n'

    The parts of what a SELECT takes some rows of are parts as well:

    >>> all_ = "with n as (select distinct t from a.b) select l.t from n as l, n as r"
    >>> in_steps(f"select * from ({all_}) as x where t = 1", "step_").select
    'SELECT * FROM (SELECT l.t FROM step_n AS l, step_n AS r) AS x WHERE t = 1'

    One whose parts have parts of their own is taken as it is:

    >>> in_steps("with n as (with m as (select 1 as t) select t from m) select t from n", "").select
    'WITH m AS (SELECT 1 AS t), n AS (SELECT t FROM m) SELECT t FROM n'
    """
    tree = _hoisted(parsed(sql))
    parts = _parts(tree)
    if not parts:
        return Steps({}, spelled(tree))
    steps = _steps(tree, parts)
    made = {}
    for name in (name for name in parts if name in steps):
        made[prefix + name] = spelled(_alone(parts[name].this, parts, steps, prefix))
    main = tree.copy()
    main.set("with_", None)
    return Steps(made, spelled(_alone(main, parts, steps, prefix)))


def _hoisted(tree: "exp.Expression") -> "exp.Expression":
    """Return a SELECT with the named parts of its source, or of the source of that, as its own."""
    from sqlglot import exp

    found = tree.copy()
    inner = found
    while isinstance(inner, exp.Select) and not inner.args.get("with_"):
        source = inner.args.get("from_")
        if not (source and isinstance(source.this, exp.Subquery)):
            return tree
        inner = source.this.this
    parts = inner.args.get("with_")
    inner.set("with_", None)
    found.set("with_", parts)
    return found


def _parts(tree: "exp.Expression") -> "dict[str, exp.Expression]":
    """Return the named parts of a SELECT; none where one has parts of its own, or reads itself."""
    from sqlglot import exp

    within = tree.args.get("with_")
    if within is None or within.recursive or len(list(tree.find_all(exp.With))) > 1:
        return {}
    return {part.alias: part for part in within.expressions}


def _steps(tree: "exp.Expression", parts: "Mapping[str, exp.Expression]") -> set[str]:
    """Return the parts that are read more than once, and are more than a look at a table."""
    read = Counter(_read(tree, parts))
    # A part whose columns are named beside it is a list of values.
    works = {name for name, part in parts.items() if not part.args["alias"].columns}
    return {name for name in works if read[name] > 1 and _is_work(parts[name].this)}


def _read(tree: "exp.Expression", parts: "Mapping[str, exp.Expression]") -> Iterator[str]:
    from sqlglot import exp

    yield from (t.name for t in tree.find_all(exp.Table) if not t.text("db") and t.name in parts)


def _is_work(part: "exp.Expression") -> bool:
    from sqlglot import exp

    kinds = (exp.Join, exp.Group, exp.Window, exp.Distinct, exp.SetOperation, exp.Having)
    return part.find(*kinds) is not None


def _alone(
    select: "exp.Expression",
    parts: "Mapping[str, exp.Expression]",
    steps: set[str],
    prefix: str,
) -> "exp.Expression":
    """Return a SELECT with the parts that it needs and that are no steps."""
    from sqlglot import exp

    needed, due = set(), [select]
    while due:
        for name in _read(due.pop(), parts):
            if name not in steps and name not in needed:
                needed.add(name)
                due.append(parts[name])
    found = _reading_steps(select, steps, prefix)
    ctes = [_reading_steps(part, steps, prefix) for name, part in parts.items() if name in needed]
    if ctes:
        found.set("with_", exp.With(expressions=ctes))
    return found


def _reading_steps(select: "exp.Expression", steps: set[str], prefix: str) -> "exp.Expression":
    from sqlglot import exp

    found = select.copy()
    for table in found.find_all(exp.Table):
        name = table.name
        if not table.text("db") and name in steps:
            table.set("this", exp.to_identifier(prefix + name))
            if not table.alias:  # columns are named after it
                table.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
    return found
