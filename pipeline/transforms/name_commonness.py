"""How many people may bear a name, judged by how common its parts are.

What belongs here: the estimate, from the names at hand and those counted elsewhere. What does not:
what follows from it for two mentions of a name (`person_evidence`).
"""

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from numpy import ndarray

# A few pages are drawn from a world in which names are shared, however few names they show.
_LEAST_NAMES = 10_000
# The part of the row that counts all names.
ALL = "*"
_KINDS = ("given", "family", "initial")


def commonness(name_keys: pl.Series, counted: pl.DataFrame) -> "ndarray":
    """Return how many people are expected to bear each name.

    Given and family names are drawn as if one said nothing of the other: of n names, the share with
    the given part times the share with the family part are expected to have both. Initials stand
    for all given names that begin alike; a name of one word is as common as the word. Where the
    family name stands first the two change places, which matters little.

    Args:
        name_keys: distinct names, `text.keys.name_key` of each.
        counted: `reference.name_parts`: columns `kind` (`given`, `family`, `initial`, or `names`:
            all of them), `part`, `n_names`.

    Returns:
        One number for each name: far below 1 for a rare name, hundreds for `wei wang` among a
        million names.

    >>> counted = pl.DataFrame(
    ...     [("names", "*", 99_998), ("given", "wei", 499), ("family", "wang", 2_999)],
    ...     schema=["kind", "part", "n_names"],
    ...     orient="row",
    ... )
    >>> [f"{n:.4f}" for n in commonness(pl.Series(["wei wang", "ada lovelace"]), counted)]
    ['1.5003', '0.0000']
    """
    parts = _parts(name_keys)
    own = _count(parts)
    counts = (
        pl.concat([own, counted.select(own.columns).cast(dict(own.schema))])
        .group_by("kind", "part")
        .agg(pl.col("n_names").sum())
    )
    n_all = max(counts.filter(pl.col("kind") == "names")["n_names"].sum(), _LEAST_NAMES)
    for kind in _KINDS:
        of_kind = counts.filter(pl.col("kind") == kind).select(
            pl.col("part").alias(kind), n="n_names"
        )
        parts = parts.join(of_kind, on=kind, how="left", maintain_order="left").rename(
            {"n": f"n_{kind}"}
        )
    given = (
        pl.when(pl.col("given") == "")
        .then(n_all)
        .when("is_initial")
        .then("n_initial")
        .otherwise("n_given")
        .fill_null(1)
    )
    n_people = name_keys.len() + _LEAST_NAMES
    return (
        parts.select(n_people * given / n_all * pl.col("n_family") / n_all).to_series().to_numpy()
    )


def count_parts(name_keys: pl.Series) -> pl.DataFrame:
    """Return how many of some distinct names have each part: kind, part, n_names."""
    return _count(_parts(name_keys))


def _count(parts: pl.DataFrame) -> pl.DataFrame:
    counts = [
        parts.filter(pl.col(kind) != "")
        .group_by(part=kind)
        .agg(n_names=pl.len().cast(pl.Int64))
        .with_columns(kind=pl.lit(kind))
        for kind in _KINDS
    ]
    total = pl.DataFrame({"part": [ALL], "n_names": [parts.height], "kind": ["names"]})
    return pl.concat([*counts, total.cast(dict(counts[0].schema))]).select(
        "kind", "part", "n_names"
    )


def _parts(name_keys: pl.Series) -> pl.DataFrame:
    parts = pl.col("name").str.extract_groups("^(?:(?<given>.*) )?(?<family>[^ ]+)$")
    found = pl.DataFrame({"name": name_keys}).select(parts.alias("parts")).unnest("parts")
    given = pl.col("given").fill_null("")
    return found.select(
        given,
        "family",
        initial=given.str.slice(0, 1),
        is_initial=given.str.contains("^[a-z]( [a-z])*$"),
    )
