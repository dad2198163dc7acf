"""Which names the lines of the overrides file that speak of authors stand for.

What belongs here: what an author's line needs beside a paper's. What does not: what lines stand for
and which contradict each other (`override_lines`), obeying them (`corrected_persons`).
"""

from typing import TYPE_CHECKING, Any

from pipeline.transforms.override_lines import resolve_lines

if TYPE_CHECKING:
    import polars as pl

_RECORDS = {"left_records": "left_sightings", "right_records": "right_sightings"}


def resolve_author_lines(
    lines: "pl.DataFrame", members: "pl.DataFrame", obeyed: "pl.DataFrame"
) -> "pl.DataFrame":
    """Say which names on sightings each line stands for, and leave out what cannot be.

    An author id stands for the names that bear it when the line is first obeyed; from then on the
    line stands for these names, whatever ids they come to bear. The rules are those of
    `override_lines.resolve_lines`. Beside these, two who stand in the list of one paper are not
    the same.

    Args:
        lines: the columns of `raw.overrides`, of lines that name authors.
        members: columns `id`, `sighting_id`, `mention_id`, `paper_id`: the names each id stands
            for, and the list they are in.
        obeyed: columns `left_id`, `right_id`, `decision`, `side`, `sighting_id`, `mention_id`,
            `paper_id`: the names that lines stood for in the last build.

    Returns:
        The columns of `people.override_lines`, ordered by line.
    """
    import polars as pl

    lists = {
        sighting_id: (paper_id, mention_id)
        for frame in (members, obeyed)
        for sighting_id, paper_id, mention_id in frame.select(
            "sighting_id", "paper_id", "mention_id"
        ).iter_rows()
    }
    bearers = (frame.rename({"sighting_id": "record_id"}) for frame in (members, obeyed))
    first = resolve_lines(lines, *bearers)
    faults = {
        row["line"]: row["fault"] or _fault_of_twins(row, lists)
        for row in first.iter_rows(named=True)
    }
    # Lines that cannot be obeyed contradict no other.
    sound = lines.sort("line").with_columns(
        pl.Series("fault", [_own(faults[line]) for line in lines["line"].sort()], dtype=pl.String)
    )
    bearers = (frame.rename({"sighting_id": "record_id"}) for frame in (members, obeyed))
    return (
        resolve_lines(sound, *bearers)
        .rename(_RECORDS)
        .with_columns(
            fault=pl.col("fault").str.replace(
                "the same records; name two papers",
                "the same names; name two authors",
                literal=True,
            )
        )
    )


def _own(fault: str | None) -> str | None:
    """Return a fault that a line has by itself: contradictions are found anew without these."""
    return fault if fault and "contradict line" not in fault else None


def _fault_of_twins(row: dict[str, Any], lists: dict[str, tuple[str, str]]) -> str | None:
    if row["decision"] != "same":
        return None
    left, right = (
        {lists[sighting_id] for sighting_id in row[side]}
        for side in ("left_records", "right_records")
    )
    # A list where both are one name already is no list with two.
    papers = dict(sorted(left - right))
    shared = sorted(paper_id for paper_id, _ in right - left if paper_id in papers)
    if not shared:
        return None
    return (
        f"columns left and right: stand both in the list of the paper {shared[0]}, where nobody "
        "stands twice; name two authors who can be one"
    )
