"""The people behind a name, for `papermart explain`: what each did, how sure that is, what differs.

What belongs here: finding the people somebody means, gathering what the published file says of
them. What does not: laying it out (`explain_person_layout`), telling people apart; that was done
when the marts were made.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pipeline.storage.duckdb_engine import DuckDB
from pipeline.text.keys import name_key

_AUTHOR_ID = re.compile(r"a[0-9a-f]{16}")
_NUMBERED = re.compile(r"(.*\S)\s+(\d{4})")  # "Nan Duan 0001"
_MAX_NAMES = 20

# ---------------------------------------------------------------- who is meant


def find_people(engine: DuckDB, wanted: str) -> list[str]:
    """Return the ids of the authors somebody means, none if no author is.

    Args:
        engine: sees a published file.
        wanted: an author id (also one of an earlier build), or a name: case, accents, hyphens and
            dots do not count; then a name with DBLP's number behind it, one with its spaces lost,
            one with its words in another order ("Chen, Weizhu").
    """
    wanted = wanted.strip()
    if _AUTHOR_ID.fullmatch(wanted):
        sql = "select author_id from author_ids where known_id = ? order by author_id"
        return [row[0] for row in engine.tuples(sql, [wanted])]
    key = name_key(wanted)
    if not key:
        return []
    numbered = _NUMBERED.fullmatch(wanted)
    looks: list[tuple[str, list[object]]] = [
        ("name_key = ?", [key]),
        ("replace(name_key, ' ', '') = ?", [key.replace(" ", "")]),
        ("list_sort(string_split(name_key, ' ')) = ?", [sorted(key.split())]),
    ]
    if numbered:
        own = [name_key(numbered[1]), numbered[2]]
        looks.insert(0, ("name_key = ? and homonym_id = ?", own))
    for condition, parameters in looks:
        if found := _ids(engine, condition, *parameters):
            return found
    return []


def is_author_id(wanted: str) -> bool:
    """Tell whether a text is an author id by its looks."""
    return bool(_AUTHOR_ID.fullmatch(wanted.strip()))


def find_by_piece(engine: DuckDB, wanted: str) -> tuple[list[str], list[str]]:
    """Return whom a piece of a name means, if it is of one name, and the names that have it.

    Returns:
        The ids of the authors, none if several names have the words; and these names, as spelt, in
        alphabetical order.
    """
    words = (name_key(wanted) or "").split()
    if not words:
        return [], []
    rows = engine.tuples(
        "select name_key, min(author_name), list(distinct author_id) from authorships "
        "where list_has_all(string_split(name_key, ' '), ?) group by name_key order by 2, 1",
        [words],
    )
    return (sorted(rows[0][2]) if len(rows) == 1 else []), [row[1] for row in rows]


def names_with(names: Sequence[str]) -> str:
    """Say which names somebody may mean, one on a line."""
    lines = list(names[:_MAX_NAMES])
    if len(names) > len(lines):
        lines.append(f"… and {len(names) - len(lines)} more")
    return "\n  ".join(["these authors have the words in their names; give one:", *lines])


def _ids(engine: DuckDB, condition: str, *parameters: object) -> list[str]:
    sql = f"select distinct author_id from authorships where {condition} order by author_id"
    return [row[0] for row in engine.tuples(sql, list(parameters))]


# ---------------------------------------------------------------- what is known of them

_OF_THEM = "list_contains($ids, author_id)"
_QUESTIONS = {
    "papers": f"""
        select author_id, paper_id, year, title, author_order, identity_level, identity_reason
        from author_mentions join papers using (paper_id)
        where {_OF_THEM} order by year desc nulls last, title, paper_id""",
    "years": f"""
        select author_id, year, n_papers, n_papers_fractional, n_first_author
        from author_years where {_OF_THEM} order by year""",
    "coauthors": """
        with pairs as (
            select author_id_l as author_id, author_id_r as coauthor_id, n_papers from coauthorships
            union all
            select author_id_r as author_id, author_id_l as coauthor_id, n_papers from coauthorships
        )
        select pairs.author_id, coauthor_id, author_name, pairs.n_papers
        from pairs join authors on coauthor_id = authors.author_id
        where list_contains($ids, pairs.author_id)
        order by pairs.n_papers desc, author_name, coauthor_id""",
    "topics": f"""
        select author_id, topic, count(*)::integer as n_papers, sum(weight)::double as weight
        from authorships join paper_topics using (paper_id) join topics using (topic_id)
        where {_OF_THEM} and via_topic_id = topic_id
        group by author_id, topic order by weight desc, topic""",
    "affiliations": f"""
        select author_id, affiliation, count(distinct paper_id)::integer as n_papers
        from authorships join paper_affiliations using (paper_id)
        where {_OF_THEM} group by author_id, affiliation order by n_papers desc, affiliation""",
    "history": f"""
        select author_id, changed_at, change, from_author_id, to_author_id, why
        from author_id_history join authors on author_id in (from_author_id, to_author_id)
        where {_OF_THEM} order by changed_at desc, from_author_id, to_author_id""",
}
# What bearers of one name have in common: coauthors' names, papers.
_COMMON_COAUTHORS = """
    with small_papers as (
        select paper_id from authorships group by paper_id having count(*) <= 100
    ), theirs as (
        select distinct own.author_id, other.name_key, other.author_name
        from authorships as own
        join small_papers using (paper_id)
        join authorships as other using (paper_id)
        where list_contains($ids, own.author_id) and not list_contains($ids, other.author_id)
    ), counted as (
        select name_key, min(author_name) as name, count(distinct author_id) as n_bearers
        from theirs group by name_key having count(distinct author_id) > 1
    )
    select distinct author_id, name, (n_bearers - 1)::integer as n_others
    from theirs join counted using (name_key) order by author_id, n_others desc, name"""
_SAME_PAPERS = f"""
    with shared as (
        select paper_id from authorships where {_OF_THEM} group by paper_id having count(*) > 1
    )
    select author_id, count(*)::integer as n_papers
    from authorships join shared using (paper_id) where {_OF_THEM} group by author_id"""
_TITLES = """
    select paper_id, title from papers
    where contains(' ' || trim(regexp_replace(lower(title), '[^a-z0-9]+', ' ', 'g')) || ' ', ?)
    order by title, paper_id"""


def explain_people(engine: DuckDB, wanted: str, ids: Sequence[str]) -> dict[str, Any]:
    """Return all that a published file says of some authors.

    Args:
        engine: sees the published file.
        wanted: what was asked for, see `find_people`.
        ids: the authors.

    Returns:
        `wanted`; `n_papers` of all of them together; `people`: those with most papers first, each
        with `author` (its row in `authors`), lists of rows (`papers`, each with how sure it is and
        why; `years`, `coauthors`, `topics`, `affiliations` of the papers, which may be a
        coauthor's; `history`: changes of their ids, the latest first) and `apart` (in words, what
        sets this one apart from the others, or fails to); `titles`: papers whose titles have the
        name in them.
    """
    given = {"ids": list(ids)}
    authors = engine.rows(
        f"select * from authors where {_OF_THEM} order by n_papers desc, author_id", given
    )
    parts = {name: _by_author(engine.rows(sql, given)) for name, sql in _QUESTIONS.items()}
    common = _by_author(engine.rows(_COMMON_COAUTHORS, given))
    beside = {row["author_id"]: row["n_papers"] for row in engine.rows(_SAME_PAPERS, given)}
    people: list[dict[str, Any]] = [
        {
            "author": author,
            **{name: rows.get(author["author_id"], []) for name, rows in parts.items()},
            "apart": _apart(author, authors, common, beside),
        }
        for author in authors
    ]
    papers = {row["paper_id"] for person in people for row in person["papers"]}
    key = name_key(wanted)
    titles = [] if is_author_id(wanted) or not key else engine.rows(_TITLES, [f" {key} "])
    return {"wanted": wanted, "n_papers": len(papers), "people": people, "titles": titles}


def _by_author(rows: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row.pop("author_id")].append(row)
    return found


def _apart(
    author: dict[str, Any],
    authors: Sequence[dict[str, Any]],
    common: dict[str, list[dict[str, Any]]],
    beside: dict[str, int],
) -> list[str]:
    """Say what sets an author apart from the others, the surest first."""
    if len(authors) == 1:
        return []
    author_id, number = author["author_id"], author["homonym_id"]
    others = sorted({a["homonym_id"] for a in authors if a["homonym_id"]} - {number})
    told = []
    if number and others:
        told.append(f"number {number} of the name, others have {few(others)}")
    if author_id in beside:
        told.append(f"on {count_of(beside[author_id], 'paper')} with another bearer of the name")
    shared = [f"{row['name']} (with {row['n_others']})" for row in common.get(author_id, [])]
    if shared:
        told.append(f"coauthors' names in common that do not suffice: {few(shared)}")
    else:
        told.append("no coauthor in common with the others")
    return told


def few(names: Sequence[str], most: int = 3) -> str:
    """Return the first names, and how many more there are."""
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def count_of(number: int, thing: str) -> str:
    """Return how many things, in words."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
