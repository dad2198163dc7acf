"""References to the papers of any query.

What belongs here: from the rows of a query to references. What does not: how a reference is spelled
(`bibliography`).
"""

from collections.abc import Sequence
from typing import Any, Literal, TextIO

from pipeline.contract.errors import PipelineError
from pipeline.outputs.bibliography import Reference, write_bibtex, write_csl
from pipeline.storage.duckdb_engine import DuckDB

ReferenceFormat = Literal["bibtex", "csl"]
_PAPERS = "select * from papers where paper_id in (select unnest(?::varchar[]))"


def write_references(engine: DuckDB, sql: str, stream: TextIO, form: ReferenceFormat) -> None:
    """Write the papers of a query as BibTeX or CSL-JSON, each once, in the query's order.

    Args:
        engine: sees a published file.
        sql: a SELECT whose rows have `paper_id`; an entry holds all that is known of the paper,
            whichever columns are selected.
        stream: where to write.
        form: `bibtex` or `csl`.

    Raises:
        PipelineError: the rows have no `paper_id`, or one that `papers` has not.
    """
    references = read_references(engine, sql)
    (write_bibtex if form == "bibtex" else write_csl)(references, stream)


def read_references(engine: DuckDB, sql: str) -> list[Reference]:
    """Return a reference for each paper of a query, see `write_references`.

    Raises:
        PipelineError: the rows have no `paper_id`, or one that `papers` has not.
    """
    names, found = engine.answer(sql)
    if "paper_id" not in names:
        raise PipelineError(
            "references are made of papers: add paper_id to the SELECT; "
            f"this query gives {', '.join(names) or 'no columns'}"
        )
    at = names.index("paper_id")
    return _known_papers(engine, [row[at] for row in found])


def _known_papers(engine: DuckDB, ids: Sequence[Any]) -> list[Reference]:
    wanted = list(dict.fromkeys(str(paper_id) for paper_id in ids if paper_id is not None))
    found = {row["paper_id"]: row for row in engine.rows(_PAPERS, [wanted])}
    if missing := next((paper_id for paper_id in wanted if paper_id not in found), None):
        raise PipelineError(f"there is no paper {missing}; is paper_id that of the papers table?")
    return [_reference(found[paper_id]) for paper_id in wanted]


def _reference(row: dict[str, Any]) -> Reference:
    authors, n_authors = row.get("authors") or [], row.get("n_authors")
    # Where no page tells the number, a list that may have been cut in silence is taken as it is.
    is_cut = len(authors) < n_authors if n_authors else row.get("authors_complete") is False
    return Reference(row["paper_id"], row["title"], authors, is_cut, n_authors, row)
