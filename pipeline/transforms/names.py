"""The parts of names, frame to frame (`text.person_names`)."""

import polars as pl

from pipeline.text.keys import name_keys
from pipeline.text.person_names import PersonName, read_names

_SCHEMA = {
    "name": pl.String,
    "shown_name": pl.String,
    "name_key": pl.String,
    "author_kind": pl.String,
    "given_name": pl.String,
    "middle_name": pl.String,
    "particles": pl.String,
    "family_name": pl.String,
    "suffix": pl.String,
    "nickname": pl.String,
    "homonym_id": pl.String,
    "given_keys": pl.List(pl.String),
    "family_key": pl.String,
    "flags": pl.List(pl.String),
}


def read_spellings(spellings: pl.DataFrame) -> pl.DataFrame:
    """Return what each spelling of a name says.

    Args:
        spellings: column `name`, each once.

    Returns:
        The columns of linkage.names, in the order of the spellings.
    """
    names = spellings["name"].to_list()
    found = read_names(names)
    keys = name_keys([each.name for each in found])
    rows = [
        (name, each.name, key, each.kind, *_parts(each))
        for name, each, key in zip(names, found, keys, strict=True)
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _parts(name: PersonName) -> tuple[str | list[str] | None, ...]:
    return (
        name.given_name,
        name.middle_name,
        name.particles,
        name.family_name,
        name.suffix,
        name.nickname,
        name.homonym_id,
        list(name.given_keys),
        name.family_key if name.kind == "person" else None,
        list(name.flags),
    )
