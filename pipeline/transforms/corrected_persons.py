"""Persons as people have corrected them: the lines of the overrides file that name authors, obeyed.

What belongs here: joining persons and parting them. What does not: making persons (`sql/people`),
which names a line stands for (`author_lines`), the ids that persons bear (`author_ids`).

A line speaks of the names its authors had when it was first obeyed:

- `same` joins all persons that have such names. Names come later follow the person they are with.
- `not_same` keeps the names on its left from those on its right. Where they are one person, this
  one is parted: the side with fewer names leaves; names of neither side stay.
- Two names in one paper's list never become one person: where joined persons have such, the name of
  the smaller one stands for itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

_SIDES = ("left", "right")
_Label = tuple[tuple[int, bool], ...]  # lines that keep a mention from others, and on which side


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is obeyed, and the mentions it stands for."""

    number: int
    is_same: bool
    left: frozenset[str]
    right: frozenset[str]
    by: str


def correct_persons(
    persons: pl.DataFrame, sightings: pl.DataFrame, lines: pl.DataFrame
) -> pl.DataFrame:
    """Return whose each mention is once the lines are obeyed.

    Args:
        persons: the columns of `people.persons`, and `paper_id`, of mentions; all of a person, and
            all persons that lines join, or none.
        sightings: columns `sighting_id`, `mention_id`: the names that lines stand for.
        lines: the columns of `people.override_lines`.

    Returns:
        Columns `mention_id`, `person_id`, `identity_level`, `identity_reason`, ordered by
        mention_id. A person whom no line concerns is as before.
    """
    unchanged = persons.rename({"author_id": "person_id"})
    columns = ["mention_id", "person_id", "identity_level", "identity_reason"]
    obeyed = _obeyed(sightings, lines)
    if not obeyed:
        return unchanged.select(columns).sort("mention_id")
    spoken_of = {mention for line in obeyed for mention in line.left | line.right}
    asked = unchanged.filter(pl.col("mention_id").is_in(list(spoken_of)))["person_id"].unique()
    is_asked = pl.col("person_id").is_in(asked.to_list())
    rows = unchanged.filter(is_asked).sort("mention_id").to_dicts()
    groups = _joined(rows, [line for line in obeyed if line.is_same])
    found = [row for group in groups for row in _corrected(group, obeyed)]
    corrected = pl.DataFrame(found, schema=unchanged.schema).select(columns)
    return pl.concat([unchanged.filter(~is_asked).select(columns), corrected]).sort("mention_id")


def _obeyed(sightings: pl.DataFrame, lines: pl.DataFrame) -> list[_Line]:
    mentions = dict(sightings.select("sighting_id", "mention_id").iter_rows())
    found = []
    for row in lines.sort("line").iter_rows(named=True):
        sides = [
            frozenset(mentions[s] for s in row[f"{side}_sightings"] if s in mentions)
            for side in _SIDES
        ]
        # Papers that merged may have made one name of two: it stays on the left.
        left, right = sides[0], sides[1] if row["decision"] == "same" else sides[1] - sides[0]
        if left and right:
            by = f"by line {row['line']} of the overrides"
            by += f" ({row['who']})" * bool(row["who"]) + f": {row['why']}" * bool(row["why"])
            found.append(_Line(row["line"], row["decision"] == "same", left, right, by))
    return found


def _joined(rows: list[dict[str, Any]], same: Iterable[_Line]) -> list[list[dict[str, Any]]]:
    """Return the rows by the persons that `same` lines make of them, each once."""
    person = {row["mention_id"]: row["person_id"] for row in rows}
    root = {person_id: person_id for person_id in person.values()}

    def find(person_id: str) -> str:
        while root[person_id] != person_id:
            person_id = root[person_id]
        return person_id

    for line in same:
        joined = sorted({find(person[m]) for m in (line.left | line.right) & person.keys()})
        root.update(dict.fromkeys(joined[1:], min(joined, default="")))
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[find(row["person_id"])].append(row)
    return [groups[key] for key in sorted(groups)]


def _corrected(rows: list[dict[str, Any]], lines: list[_Line]) -> list[dict[str, Any]]:
    """Return the rows of one joined person, with the persons it falls into and the reasons."""
    here = {row["mention_id"] for row in rows}
    lines = [line for line in lines if (line.left | line.right) & here]
    part_of = _parts(rows, lines)
    sizes: dict[str, int] = defaultdict(int)
    for row in rows:
        sizes[row["person_id"]] += 1
    # The larger person's name first: it stays where a paper has two.
    rows = sorted(rows, key=lambda row: (-sizes[row["person_id"]], row["mention_id"]))
    main = rows[0]["person_id"]
    listed: set[tuple[int, str]] = set()
    found = []
    for row in rows:
        mention, part = row["mention_id"], part_of[row["mention_id"]]
        place = (part, row["paper_id"])
        if place in listed:
            found.append(row | {"person_id": f"{main}/{mention}"})
            continue
        listed.add(place)
        person_id = f"{main}/{part}" if part else main
        found.append(row | {"person_id": person_id} | _why(mention, part_of, lines))
    return found


def _parts(rows: list[dict[str, Any]], lines: list[_Line]) -> Mapping[str, int]:
    """Return the part each mention of a joined person goes to; 0 is the one that stays.

    Mentions that the same lines name on the same sides go together, as do those of a `same` line.
    The larger groups choose first; each goes to the first part where no line keeps it from anybody.
    """
    apart = [line for line in lines if not line.is_same]
    mentions = [row["mention_id"] for row in rows]
    labels: dict[str, _Label] = {
        m: tuple((line.number, m in line.left) for line in apart if m in line.left | line.right)
        for m in mentions
    }
    _hold_together(labels, [line for line in lines if line.is_same])
    groups: dict[_Label, list[str]] = defaultdict(list)
    for mention in sorted(mentions):
        groups[labels[mention]].append(mention)
    parts: list[set[tuple[int, bool]]] = []
    found = dict.fromkeys(mentions, 0)
    named = [label for label in groups if label]
    for label in sorted(named, key=lambda label: (-len(groups[label]), groups[label])):
        against = {(number, not is_left) for number, is_left in label}
        place = next((n for n, said in enumerate(parts) if not said & against), len(parts))
        if place == len(parts):
            parts.append(set())
        parts[place].update(label)
        found.update(dict.fromkeys(groups[label], place))
    return found


def _hold_together(labels: dict[str, _Label], same: list[_Line]) -> None:
    """Give all mentions that `same` lines hold together, by way of others too, one label."""
    is_done = False
    while not is_done:
        is_done = True
        for line in same:
            held = {labels[m] for m in line.left | line.right if m in labels}
            if len(held) < 2:
                continue
            is_done = False
            whole = tuple(sorted({said for label in held for said in label}))
            labels.update({m: whole for m, label in labels.items() if label and label in held})
            labels.update(dict.fromkeys((line.left | line.right) & labels.keys(), whole))


def _why(mention: str, part_of: Mapping[str, int], lines: list[_Line]) -> dict[str, str]:
    """Return level and reason of a mention as lines give them; {} where none does."""
    for line in lines:
        own, other = (line.left, line.right) if mention in line.left else (line.right, line.left)
        if mention not in own:
            continue
        if line.is_same:
            return {"identity_level": "verified", "identity_reason": f"one person {line.by}"}
        if any(part_of.get(m, part_of[mention]) != part_of[mention] for m in other):
            return {"identity_reason": f"told from another {line.by}"}
    return {}
