"""Everything known of one paper, for `papermart explain`: what it says, where it stands, and why.

What belongs here: finding the paper somebody means, gathering what the published file says of it.
What does not: laying it out (`explain_layout`), deciding anything; all of it was decided when the
marts were made.
"""

import re
from collections.abc import Sequence
from typing import Any

from pipeline.contract.errors import PipelineError
from pipeline.contract.ids import PAPER_ID, RECORD_ID
from pipeline.storage.duckdb_engine import DuckDB

_PAPER_ID, _RECORD_ID = re.compile(PAPER_ID), re.compile(RECORD_ID)
# "arXiv:2006.03654v2", "https://arxiv.org/abs/cs/9901001"
_ARXIV_ID = re.compile(
    r"(?:arxiv:|https?://arxiv\.org/(?:abs|pdf)/)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?",
    re.IGNORECASE,
)
_MAX_CHOICES = 20

_LETTERS = "trim(regexp_replace(lower({}), '[^a-z0-9]+', ' ', 'g'))"


# ---------------------------------------------------------------- which paper is meant


class NoPaperError(PipelineError):
    """No paper is what somebody asked for."""


def find_paper(engine: DuckDB, wanted: str) -> str:
    """Return the id of the paper somebody means.

    Args:
        engine: sees a published file.
        wanted: a paper id (also of an earlier build), a record id, an arXiv identifier or its
            address, a DOI, a title or a piece of one.

    Raises:
        NoPaperError: no paper is meant, and it is no id of ours.
        PipelineError: an id of ours that nothing has, or several papers; the message lists them.
    """
    wanted = wanted.strip()
    for look in (papers_by_id, _by_title):
        found = look(engine, wanted)
        if len(found) == 1:
            return found[0]
        if found:
            raise PipelineError(choices(engine, wanted, found))
    if is_own_id(wanted):
        raise PipelineError(nothing_has(wanted))
    raise NoPaperError(
        f"no paper is {wanted!r}; give a paper id, a record id, an arXiv identifier, a DOI, or "
        "words of its title as they stand there"
    )


def is_own_id(wanted: str) -> bool:
    """Tell whether a text is a paper id or a record id by its looks."""
    return bool(_PAPER_ID.fullmatch(wanted) or _RECORD_ID.fullmatch(wanted))


def nothing_has(wanted: str) -> str:
    """Say that nothing in the warehouse has an id of ours, and why that may be."""
    return (
        f"nothing here has the id {wanted}; its pages may have been taken away, or it is of "
        "another warehouse or a later version (`papermart versions`)"
    )


def papers_by_id(engine: DuckDB, wanted: str) -> list[str]:
    """Return the papers that an id names: a paper's, a record's, an arXiv identifier, a DOI."""
    if _RECORD_ID.fullmatch(wanted):
        return _ids(engine, "select paper_id from paper_records where record_id = ?", wanted)
    if _PAPER_ID.fullmatch(wanted):
        sql = "select paper_id from paper_ids where known_id = ? order by n_records desc, paper_id"
        return _ids(engine, sql, wanted)
    arxiv = _ARXIV_ID.fullmatch(wanted)
    if arxiv:
        return _ids(
            engine, "select paper_id from papers where lower(arxiv_id) = lower(?)", arxiv[1]
        )
    doi = re.sub(r"^(doi:|https?://(dx\.)?doi\.org/)", "", wanted, flags=re.IGNORECASE)
    return _ids(engine, "select paper_id from papers where lower(doi) = lower(?)", doi)


def _by_title(engine: DuckDB, wanted: str) -> list[str]:
    """Find titles that are the words, else those that hold them side by side, else anywhere.

    Only where no title holds them as whole words, pieces of words count.
    """
    title, words = _LETTERS.format("title"), _LETTERS.format("?")
    for condition in (
        "lower(title) = lower(?)",
        f"{words} <> '' and contains(' ' || {title} || ' ', ' ' || {words} || ' ')",
        f"{words} <> '' and list_has_all(string_split({title}, ' '), string_split({words}, ' '))",
        "contains(lower(title), lower(?))",
        f"{words} <> '' and contains({title}, {words})",
    ):
        sql = f"select paper_id from papers where {condition} order by year desc, title, paper_id"
        found = _ids(engine, sql, *[wanted] * condition.count("?"))
        if found:
            return found
    return []


def _ids(engine: DuckDB, sql: str, *parameters: str) -> list[str]:
    return [row[0] for row in engine.tuples(sql, list(parameters))]


def choices(engine: DuckDB, wanted: str, found: Sequence[str]) -> str:
    """Say which papers somebody may mean, one on a line."""
    shown = list(found[:_MAX_CHOICES])
    titles = {
        row["paper_id"]: f"{row['paper_id']}  {row['year'] or '    '}  {row['title']}"
        for row in engine.rows(
            "select paper_id, year, title from papers where list_contains(?, paper_id)", [shown]
        )
    }
    lines = [titles[paper_id] for paper_id in shown]
    if len(found) > len(shown):
        lines.append(f"… and {len(found) - len(shown)} more")
    head = f"{wanted!r} may be any of {len(found)} papers; give the id of one:"
    return "\n  ".join([head, *lines])


# ---------------------------------------------------------------- what is known of it

_QUESTIONS = {
    "values": """
        select field, value, n_agree, n_conflict, source, path, line_start, record_id
        from paper_fields left join paper_records using (paper_id, record_id)
        where paper_id = $id order by field""",
    "other_values": """
        with chosen as (
            select field, value as chosen_value from paper_values
            where paper_id = $id and is_chosen and field not in ('categories', 'affiliations')
        )
        select
            field, value, count(*)::integer as n_cards,
            min_by(path, (path, line_start)) as path,
            min_by(line_start, (path, line_start)) as line_start,
            min_by(record_id, (path, line_start)) as record_id
        from paper_values
        join paper_records using (paper_id, record_id)
        left join chosen using (field)
        where paper_id = $id and value is distinct from chosen_value
        group by field, value order by field, n_cards desc, value""",
    "authors": """
        select author_order, author_name, homonym_id, evidence, source, path, line_start, record_id
        from authorships left join paper_records using (paper_id, record_id)
        where paper_id = $id order by author_order nulls last, author_name""",
    "sightings": """
        select source, path, line_start, line_end, captured_on, record_id
        from paper_records where paper_id = $id order by path, line_start""",
    "matches": """
        select
            match_status, match_probability, match_reason, match_rule,
            record_id_l, l.path as path_l, l.line_start as line_l,
            record_id_r, r.path as path_r, r.line_start as line_r,
            case when l.paper_id = $id then r.paper_id else l.paper_id end as other_paper_id
        from matches
        join paper_records as l on record_id_l = l.record_id
        join paper_records as r on record_id_r = r.record_id
        where l.paper_id = $id or r.paper_id = $id
        order by (l.paper_id <> r.paper_id), match_probability desc, record_id_l, record_id_r""",
    "relations": """
        select
            relation, reason, papers.title as other_title, papers.paper_id as other_paper_id,
            paper_relations.paper_id <> $id as is_of_other
        from paper_relations
        join papers on papers.paper_id = case
            when paper_relations.paper_id = $id then related_paper_id
            else paper_relations.paper_id
        end
        where paper_relations.paper_id = $id or related_paper_id = $id
        order by is_of_other, relation, other_paper_id""",
    "overrides": """
        select line, decision, left_id, right_id, who, decided_on, why
        from overrides where list_contains(paper_ids, $id) order by line""",
    "topics": """
        select topic, evidence, matched_text, weight
        from paper_topics join topics using (topic_id)
        where paper_id = $id order by weight desc, topic""",
    "history": """
        select changed_at, change, from_paper_id, to_paper_id, why
        from paper_id_history where from_paper_id = $id or to_paper_id = $id
        order by changed_at, from_paper_id, to_paper_id""",
    "former_ids": """
        select known_id, n_records from paper_ids
        where paper_id = $id and basis = 'former' order by known_id""",
}


def explain_paper(engine: DuckDB, paper_id: str) -> dict[str, Any]:
    """Return all that a published file says of a paper.

    Args:
        engine: sees the published file.
        paper_id: a current id, see `find_paper`.

    Returns:
        `paper`: its row in `papers`; and lists of rows: `values` (each with the record and line
        behind it, how many records agree and conflict), `other_values` (what cards show beside
        these, with the number of cards and the first of them), `authors`, `sightings`, `matches`
        (pairs within the paper first; `other_paper_id` names the paper of the other record),
        `relations` (`is_of_other`: it is the other paper that is what `relation` says),
        `overrides`, `topics`, `history`, `former_ids`.
    """
    (paper,) = engine.rows("select * from papers where paper_id = $id", {"id": paper_id})
    parts = {name: engine.rows(sql, {"id": paper_id}) for name, sql in _QUESTIONS.items()}
    place = {name: n for n, name in enumerate(paper)}
    parts["values"].sort(key=lambda row: place.get(row["field"], len(place)))
    return {"paper": paper, **parts}
