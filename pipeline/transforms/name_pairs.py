"""Which spellings may be one person's, frame to frame (`text.name_agreement`)."""

import polars as pl

from pipeline.text.name_agreement import may_be_one
from pipeline.text.person_names import PersonName

_SCHEMA = {"name": pl.String, "other_name": pl.String, "agreement": pl.String}


def name_pairs(pairs: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of spellings that may be one person's.

    Args:
        pairs: columns `name`, `other_name`: spellings to be compared, each pair once.
        names: what they say, of `linkage.names`: columns `name`, `shown_name`, `author_kind`,
            `suffix`, `nickname`, `homonym_id`, `given_keys`, `particle_keys`, `family_keys`.

    Returns:
        The columns of linkage.name_pairs, each pair in both orders, ordered by name, other_name.
    """
    asked = pl.concat([pairs["name"], pairs["other_name"]]).unique()
    read = _read(names.filter(pl.col("name").is_in(asked.implode())))
    found = [
        (name, other, agreement)
        for name, other in pairs.select("name", "other_name").iter_rows()
        if (agreement := may_be_one(read[name], read[other])) != "other"
    ]
    one_way = pl.DataFrame(found, schema=_SCHEMA, orient="row")
    other_way = one_way.select(name="other_name", other_name="name", agreement="agreement")
    return pl.concat([one_way, other_way]).sort("name", "other_name")


def _read(names: pl.DataFrame) -> dict[str, PersonName]:
    """Return names by spelling, with the parts that comparing them takes."""
    return {
        row["name"]: PersonName(
            name=row["shown_name"],
            kind=row["author_kind"],
            given_name=None,
            middle_name=None,
            particles=None,
            family_name=None,
            suffix=row["suffix"],
            nickname=row["nickname"],
            homonym_id=row["homonym_id"],
            given_keys=tuple(row["given_keys"]),
            particle_keys=tuple(row["particle_keys"]),
            family_keys=tuple(row["family_keys"]),
            flags=(),
        )
        for row in names.iter_rows(named=True)
    }
