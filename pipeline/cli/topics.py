"""`papermart topics`: what could join the topic reference.

What belongs here: the questions to the mart of emerging phrases.
"""

from typing import Annotated

import typer

from pipeline.cli.ask import QueryFormat, write_rows
from pipeline.cli.shared import VersionOption, WarehouseOption, opened
from pipeline.contract.errors import PipelineError

_topics = typer.Typer(help="The topic reference: what could join it.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(_topics, name="topics")


_SUGGESTIONS = """
select
    emerging_phrases.phrase,
    emerging_phrases.n_recent,
    emerging_phrases.n_earlier,
    emerging_phrases.z_score,
    topics.topic as nearest_topic,
    emerging_phrases.example_titles
from emerging_phrases
left join topics on emerging_phrases.nearest_topic_id = topics.topic_id
order by emerging_phrases.z_score desc, emerging_phrases.phrase
limit {limit}
"""
_SUGGESTED_ROWS = """
select nearest_topic_id as topic_id, phrase, 'false' as is_case_sensitive, 'false' as is_weak
from emerging_phrases
order by z_score desc, phrase
limit {limit}
"""


@_topics.command("suggest")
def suggest_topics(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many phrases.")] = 20,
    as_rows: Annotated[
        bool, typer.Option("--csv", help="Print rows for sql/reference/topic_phrases.csv.")
    ] = False,
    warehouse: WarehouseOption = None,
    version: VersionOption = None,
) -> None:
    """Show phrases that grow and are in no topic yet, with papers that use them.

    With --csv they come as rows of the reference, under the topic that most of their papers
    have: read them, correct the topic, and append the ones that deserve it.
    """
    from pipeline.storage.engine import EngineError

    sql = _SUGGESTED_ROWS if as_rows else _SUGGESTIONS
    try:
        with opened(warehouse, version) as engine:
            form = QueryFormat.csv if as_rows else QueryFormat.table
            write_rows(engine, sql.format(limit=limit), form)
    except EngineError:
        raise PipelineError("this version has no emerging phrases; build again") from None
