"""Which emerging phrases could join the topic reference as they are.

What belongs here: from the mart of emerging phrases to rows that the reference accepts. What does
not: finding phrases that grow (`transforms.emerging_phrases`), what a row must be
(`transforms.topic_reference`), showing them (`cli`).
"""

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pipeline.storage.duckdb_engine import DuckDB

# A phrase is a topic's if so many of its papers have the topic.
_LEAST_SHARE = 0.5
_GROWN = """
select
    emerging_phrases.spelling,
    emerging_phrases.n_recent,
    emerging_phrases.n_earlier,
    emerging_phrases.z_score,
    emerging_phrases.n_papers_of_topic,
    topics.topic_id,
    topics.topic,
    emerging_phrases.example_titles
from emerging_phrases
inner join topics on emerging_phrases.nearest_topic_id = topics.topic_id
where topics.level <> 'field'
order by emerging_phrases.z_score desc, emerging_phrases.phrase
"""


class Suggestion(NamedTuple):
    """A phrase that could join the reference, with what speaks for it."""

    topic_id: str
    phrase: str
    is_case_sensitive: bool
    is_weak: bool
    n_recent: int
    n_earlier: int
    z_score: float
    topic: str
    example_titles: list[str]


def suggestions(engine: "DuckDB", limit: int) -> list[Suggestion]:
    """Return the phrases that grow and that the reference would accept, the surest first.

    A phrase is left out whose papers are mostly of other topics, or of none below the fields, and
    one that breaks a rule of the reference: that is spelled as a phrase of another topic is.

    Args:
        engine: opened on a published version.
        limit: how many at most.

    Raises:
        EngineError: the version has no such phrases.
    """
    return accepted(engine.rows(_GROWN))[:limit]


def accepted(grown: list[dict[str, Any]]) -> list[Suggestion]:
    """Return those that the reference would accept beside its own rows and those before them.

    Args:
        grown: the columns of `_GROWN`.
    """
    from pipeline.evaluate.topics import reference_table
    from pipeline.transforms.topic_reference import check_phrases

    found = [_suggestion(row) for row in grown if _is_of_topic(row)]
    known: list[dict[str, Any]] = reference_table("topic_phrases").to_dicts()
    rows = [*known, *(suggestion._asdict() for suggestion in found)]
    at_fault = {line for line, _ in check_phrases(list(enumerate(rows)))}
    return [s for n, s in enumerate(found, len(known)) if n not in at_fault]


def _is_of_topic(row: dict[str, Any]) -> bool:
    n_papers = row["n_recent"] + row["n_earlier"]
    return row["n_papers_of_topic"] >= _LEAST_SHARE * n_papers


def _suggestion(row: dict[str, Any]) -> Suggestion:
    phrase = row["spelling"]
    return Suggestion(
        topic_id=row["topic_id"],
        phrase=phrase,
        is_case_sensitive=phrase != phrase.lower(),
        is_weak=False,
        n_recent=row["n_recent"],
        n_earlier=row["n_earlier"],
        z_score=row["z_score"],
        topic=row["topic"],
        example_titles=row["example_titles"],
    )
