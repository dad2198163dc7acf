"""What `papermart explain` is asked about: a paper, or the people behind a name.

What belongs here: which of the two is meant. What does not: what is known of either (`explain`,
`explain_person`).
"""

from pipeline.contract.errors import PipelineError
from pipeline.outputs.explain import NoPaperError, find_paper, nothing_has, papers_by_id
from pipeline.outputs.explain_person import find_by_piece, find_people, is_author_id, names_with
from pipeline.outputs.short_ids import is_surely_piece, piece_words, whole_id
from pipeline.storage.duckdb_engine import DuckDB


def find_subject(engine: DuckDB, wanted: str) -> str | list[str]:
    """Return the id of the paper, or the ids of the authors, that somebody means.

    An id comes first, also by its first signs; then a whole name, then a title or a piece of one,
    then a piece of a name, last signs that may begin an id as well as be a word.

    Args:
        engine: sees a published file.
        wanted: see `find_paper` and `find_people`.

    Raises:
        PipelineError: nothing is meant, or several things; the message lists them.
    """
    wanted = wanted.strip()
    if is_surely_piece(wanted) and not papers_by_id(engine, wanted):
        wanted = whole_id(engine, wanted)
    if is_author_id(wanted):
        people = find_people(engine, wanted)
        if not people:
            raise PipelineError(f"{nothing_has(wanted)}; a name finds who bears it")
        return people
    if papers_by_id(engine, wanted):
        return find_paper(engine, wanted)
    people = find_people(engine, wanted)
    if people:
        return people
    try:
        return find_paper(engine, wanted)
    except NoPaperError as no_paper:
        people, names = find_by_piece(engine, wanted)
        if people:
            return people
        if (whole := whole_id(engine, wanted)) != wanted:
            return find_subject(engine, whole)
        if names:
            raise PipelineError(f"no paper is {wanted!r}, and {names_with(names)}") from None
        why = piece_words(wanted)
        raise PipelineError(f"{no_paper}; or an author's name{why}") from None
