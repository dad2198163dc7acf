"""`papermart evaluate`: how right it is, on labelled data.

What belongs here: what these commands say.
"""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import (
    JsonOption,
    VersionOption,
    WarehouseOption,
    opened,
    say_json,
    say_lines,
    shown_progress,
)

_evaluate = typer.Typer(help="Measure how right the results are.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(_evaluate, name="evaluate")


@_evaluate.command("title-split")
def evaluate_title_split(
    file: Annotated[Path, typer.Argument(help="JSON lines: line, title, authors, et_al.")],
    as_json: JsonOption = False,
) -> None:
    """Measure how lines are split in which nothing stands between title and authors.

    A line counts as exact if title, authors and "et al." are all equal to the label. The lines
    are read in pieces as long as a real page, and once more each alone.

    Example: papermart evaluate title-split lines.jsonl
    """
    from pipeline.evaluate.title_split import evaluate_title_split as run_evaluation

    report = run_evaluation(file)
    if as_json:
        say_json(report.as_json())
        return
    say_lines(report.lines())


@_evaluate.command("linkage")
def evaluate_linkage(
    records: Annotated[Path, typer.Argument(help="What `papermart link` reads.")],
    truth: Annotated[
        Path,
        typer.Argument(help="Labels: record_id, entity_id and, if only pairs across, dataset."),
    ],
    is_general: Annotated[
        bool,
        typer.Option("--general", help="Weigh all pairs by the general weights."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure how right linking is: precision, recall, F1, B-cubed, candidates, time, memory.

    Records of one entity_id are one paper; a paper of one record has an entity_id of its own.
    Records that TRUTH does not name are linked, and neither right nor wrong. Where TRUTH
    has a column dataset, only pairs of records of two data sets count; B-cubed counts all.

    Each pair is weighed as its sources say: by the weights of known sites, or by general ones.

    Example: papermart evaluate linkage library.csv truth.csv
    """
    from pipeline.evaluate.linkage import evaluate_linkage as run_evaluation

    report = run_evaluation(records, truth, is_general=is_general)
    if as_json:
        say_json(report.as_json())
        return
    say_lines(report.lines())


@_evaluate.command("identity")
def evaluate_identity(
    records: Annotated[Path, typer.Argument(help="What `papermart identify` reads.")],
    truth: Annotated[
        Path, typer.Argument(help="Labels: record_id, author_order, person_id and block.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Measure how right the people behind names are: B-cubed, pairs, levels, time, memory.

    author_order is the place of a name in its record's list, from 1; names of one block and one
    person_id are one person, and only names of one block (people who share a name) are compared.
    Without the column block, names spelt alike are one. Names that TRUTH does not
    name are told apart, and neither right nor wrong.

    Example: papermart evaluate identity library.csv truth.csv
    """
    from pipeline.evaluate.identity import evaluate_identity as run_evaluation

    report = run_evaluation(records, truth)
    if as_json:
        say_json(report.as_json())
        return
    say_lines(report.lines())


@_evaluate.command("topics")
def evaluate_topics(
    records: Annotated[
        Path,
        typer.Argument(help="Parquet, CSV or .jsonl: title, abstract, primary_category."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Measure how many papers get a topic, and how the fields agree with arXiv categories.

    Papers are tagged from title and abstract alone; the category is only what they are compared
    with.

    Example: papermart evaluate topics library.csv
    """
    from pipeline.evaluate.topics import evaluate_topics as run_evaluation

    report = run_evaluation(records)
    if as_json:
        say_json(report.as_json())
        return
    say_lines(report.lines())


@_evaluate.command("trends")
def evaluate_trends(
    n_times: Annotated[
        int, typer.Option("--times", min=1, help="How often topics are dealt anew, each way.")
    ] = 50,
    seed: Annotated[int, typer.Option("--seed", help="Of the chance.")] = 1,
    warehouse: WarehouseOption = None,
    version: VersionOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how far the verdicts of trends can be believed, on your own warehouse.

    Topics are dealt anew among the papers of each listing, and once more among all papers, so
    that nothing moves: of the p-values one in twenty may lie below 0.05, and hardly any topic may
    be called rising or falling. Beside that stands how much of a test that takes papers for
    independent is found all the same.

    Example: papermart evaluate trends --times 20
    """
    from pipeline.evaluate.trends import evaluate_trends as run_evaluation

    with opened(warehouse, version) as engine, shown_progress() as show:
        report = run_evaluation(
            engine, n_times, seed, lambda n: show("dealing topics anew", n, 2 * n_times)
        )
    if as_json:
        say_json(report.as_json())
        return
    say_lines(report.lines())
