"""How many people may bear a name, judged by how common its parts are.

What belongs here: the estimate, from the names at hand. What does not: what follows from it for two
mentions of a name (`persons`).
"""

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from numpy import ndarray


def commonness(name_keys: pl.Series) -> "ndarray":
    """Return how many people are expected to bear each name, by chance alone.

    Given and family names are drawn as if one said nothing of the other: of n distinct names, g
    with the given part and f with the family part, g · f / n are expected to have both. A name of
    one part is as common as that part. The order of parts does not matter much: where the family
    name stands first, the two counts change places.

    Args:
        name_keys: distinct names, `text.keys.name_key` of each.

    Returns:
        One number for each name: far below 1 for a rare name, hundreds for `wei wang` among a
        million names.

    >>> commonness(pl.Series(["wei wang", "wei li", "li wang", "ada lovelace"])).tolist()
    [1.0, 0.5, 0.5, 0.25]
    """
    parts = pl.DataFrame({"name": name_keys}).select(
        given=pl.col("name").str.extract(r"^(.*) [^ ]+$").fill_null(""),
        family=pl.col("name").str.extract(r"([^ ]+)$").fill_null(""),
    )
    counts = parts.select(n=pl.len().over("given") * pl.len().over("family") / pl.len())
    return counts["n"].to_numpy()
