"""`papermart link` and `papermart identify`: on somebody's own table.

What belongs here: what the commands say.
"""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import counted, made_there, refuse_own, say, warn


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(link)
    app.command()(identify)


def link(
    records: Annotated[Path, typer.Argument(help="Parquet, CSV or JSON lines, one record a row.")],
    to: Annotated[Path, typer.Option("--to", help="File to write; its suffix says how.")],
    matches: Annotated[
        Path | None, typer.Option("--matches", help="File for the compared pairs that came near.")
    ] = None,
) -> None:
    """Find the records of a table that are the same paper; writes record_id and cluster_id.

    RECORDS needs record_id and title, and is linked the better the more there is of source,
    authors (a list, or text as library tools spell it: "Lund, Ana and Kask, Oto", "Lund A, Kask O",
    "Ana Lund; Oto Kask" ...), n_authors_total, authors_complete (true or false), abstract, year,
    venue, volume, issue, pages, arxiv_id and doi, under these names; columns of other names are
    passed over. Files end in .parquet, .csv (UTF-8, commas) or .jsonl (one JSON object a line).

    Example: papermart link library.csv --to papers.csv --matches pairs.csv
    """
    from pipeline.inputs.settings import read_folders
    from pipeline.records.link import link as run_link

    chosen = read_folders({}).settings
    for target in (to, *([matches] if matches else [])):
        refuse_own(target, chosen)
    done = run_link(records, to, matches, chosen.engine.spark_remote)
    if done.unread:
        warn(
            f"note: {records} has columns that are not compared: {', '.join(done.unread)}; "
            "`papermart link --help` names those that are"
        )
    say(
        f"{to}: {counted(done.n_records, 'row')} in {counted(done.n_clusters, 'cluster')}, "
        f"{counted(done.n_candidates, 'pair')} compared"
    )
    if matches:
        say(f"{matches}: {counted(done.n_matches, 'row')}")
    if chosen.engine.spark_remote:
        say(made_there(chosen.engine.spark_remote))


def identify(
    records: Annotated[Path, typer.Argument(help="Parquet, CSV or JSON lines, one record a row.")],
    to: Annotated[Path, typer.Option("--to", help="File to write; its suffix says how.")],
) -> None:
    """Find out whose the names in the lists of authors of a table are.

    Writes a row for each name: record_id, author_order (its place in the list, from 1), author_id
    (equal for the names of one person), identity_level and identity_reason. The level says how sure
    it is: verified (a homonym number as in "Fan Yang 0024", or coauthors), probable (titles, venue,
    affiliations), name_only (nothing but the name, which is not enough to make two papers one
    person's).

    RECORDS needs record_id, title and authors (a list, or text as library tools spell it: "Lund,
    Ana and Kask, Oto", "Lund A, Kask O", "Ana Lund; Oto Kask" ...), and people are told apart the
    better the more there is of year, venue and affiliations (or organization: a list, or
    text with semicolons between), under these names; columns of other names are passed over. A
    record is one paper: link first what holds papers twice. Files end in .parquet, .csv (UTF-8,
    commas) or .jsonl (one JSON object a line).

    Example: papermart identify library.csv --to people.csv
    """
    from pipeline.inputs.settings import read_folders
    from pipeline.records.identify import identify as run_identify

    chosen = read_folders({}).settings
    refuse_own(to, chosen)
    done = run_identify(records, to, chosen.engine.spark_remote)
    if done.unread:
        warn(
            f"note: {records} has columns that are not looked at: {', '.join(done.unread)}; "
            "`papermart identify --help` names those that are"
        )
    say(
        f"{to}: {counted(done.n_mentions, 'name')} in {counted(done.n_records, 'record')}, "
        f"{counted(done.n_authors, 'author')}"
    )
    say("names by level: " + ", ".join(f"{level} {n}" for level, n in done.n_on_level.items()))
    if chosen.engine.spark_remote:
        say(made_there(chosen.engine.spark_remote))
