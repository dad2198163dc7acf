"""Which spellings may be one person's, frame to frame (`text.name_agreement`)."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipeline.text.name_agreement import may_be_one
from pipeline.text.person_names import PersonName

_SCHEMA = {"name": pl.String, "other_name": pl.String, "agreement": pl.String}


def name_pairs(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of spellings that may be one person's.

    Args:
        pairs: spellings to be compared, each pair once, and what they say (see `linkage.names`):
            columns `name`, `shown_name`, `author_kind`, `suffix`, `nickname`, `homonym_id`,
            `given_keys`, `particle_keys`, `family_keys`, and the same of the other one, whose names
            begin with `other_`.

    Returns:
        The columns of linkage.name_pairs, each pair in both orders, ordered by name, other_name.
    """
    found = [
        (pair["name"], pair["other_name"], agreement)
        for pair in pairs.iter_rows(named=True)
        if (agreement := may_be_one(_read(pair, ""), _read(pair, "other_"))) != "other"
    ]
    one_way = pl.DataFrame(found, schema=_SCHEMA, orient="row")
    other_way = one_way.select(name="other_name", other_name="name", agreement="agreement")
    return pl.concat([one_way, other_way]).sort("name", "other_name")


def _read(pair: Mapping[str, Any], which: str) -> PersonName:
    """Return one of two names, with the parts that comparing them takes."""
    return PersonName(
        name=pair[f"{which}shown_name"],
        kind=pair[f"{which}author_kind"],
        given_name=None,
        middle_name=None,
        particles=None,
        family_name=None,
        suffix=pair[f"{which}suffix"],
        nickname=pair[f"{which}nickname"],
        homonym_id=pair[f"{which}homonym_id"],
        given_keys=tuple(pair[f"{which}given_keys"]),
        particle_keys=tuple(pair[f"{which}particle_keys"]),
        family_keys=tuple(pair[f"{which}family_keys"]),
        flags=(),
    )
