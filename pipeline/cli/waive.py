"""`papermart waive`: letting a version pass a guardrail, on record.

What belongs here: what the command says, until when by default. What does not: the file
(`inputs.waivers`), guardrails (`models.comparisons`).
"""

from datetime import datetime
from typing import Annotated

import typer

from pipeline.cli.decide import WhoOption, decider
from pipeline.cli.shared import WaiversOption, refuse_own, say
from pipeline.contract.errors import PipelineError


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(waive)


def waive(
    guardrails: Annotated[
        list[str], typer.Argument(metavar="GUARDRAIL...", help="What fails, as the build names it.")
    ],
    why: Annotated[str, typer.Option("--why", help="The reason, in words.")],
    who: WhoOption = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            "--until",
            formats=["%Y-%m-%d"],
            help="The last day on which it counts (UTC).",
            show_default="today",
        ),
    ] = None,
    waivers: WaiversOption = None,
) -> None:
    """Let the next versions be published though a guardrail fails: a line in data/waivers.csv.

    A build publishes nothing if much would be lost against the last version, as when a drive is out
    of reach. If the loss is meant, say so here and build again. What was waived, by whom and why
    stands in the table guardrails of the version.

    Example: papermart waive papers_gone --why "pages were saved twice"
    """
    from pipeline.builds.run import utc_now
    from pipeline.inputs.settings import read_folders
    from pipeline.inputs.waivers import add_waiver, waivers_lock
    from pipeline.models.comparisons import load_guardrails

    known = load_guardrails()
    for name in guardrails:
        if name not in known:
            raise PipelineError(f"there is no guardrail {name}; there are {', '.join(known)}")
    today = utc_now().date()
    day = until.date() if until else today
    if day < today:
        raise PipelineError(f"{day} is over; it is {today} (UTC)")
    if not why.strip():
        raise PipelineError("say why with --why; the reason is kept")
    person = decider(who)
    if person is None:
        raise PipelineError("say who waives it with --who")
    chosen = read_folders({"waivers": waivers}).settings
    if not chosen.waivers.exists():
        refuse_own(chosen.waivers, chosen)
    with waivers_lock(chosen.waivers):
        for name in dict.fromkeys(guardrails):
            line = add_waiver(chosen.waivers, name, person, why, today, day)
            say(f"{chosen.waivers}, line {line}: {name} is waived by {person} until {day}")
