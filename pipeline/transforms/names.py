"""The parts of names, frame to frame (`text.person_names`)."""

from collections.abc import Sequence

import polars as pl

from pipeline.text.keys import name_keys
from pipeline.text.person_names import read_names

# Columns of linkage.names that stand in PersonName under the same name.
_PARTS = (
    *("given_name", "middle_name", "particles", "family_name"),
    *("suffix", "nickname", "homonym_id"),
)


def read_spellings(spellings: pl.DataFrame) -> pl.DataFrame:
    """Return what each spelling of a name says.

    Args:
        spellings: column `name`, each once.

    Returns:
        The columns of linkage.names, in the order of the spellings.
    """
    found = read_names(spellings["name"].to_list())
    shown = [each.name for each in found]
    parts = {part: _texts([getattr(each, part) for each in found]) for part in _PARTS}
    return pl.DataFrame(
        {
            "name": spellings["name"],
            "shown_name": _texts(shown),
            "name_key": _texts(name_keys(shown)),
            "author_kind": _texts([each.kind for each in found]),
            **parts,
            **{
                keys: _lists([" ".join(getattr(each, keys)) for each in found])
                for keys in ("given_keys", "particle_keys", "family_keys")
            },
            "family_key": _texts(
                [each.family_key if each.kind == "person" else None for each in found]
            ),
            "flags": _lists([" ".join(each.flags) for each in found]),
        }
    )


def _texts(values: Sequence[str | None]) -> pl.Series:
    return pl.Series(values, dtype=pl.String)


def _lists(joined: Sequence[str]) -> pl.Series:
    """Return lists of words, of words that are joined by spaces: faster than lists of Python."""
    words = pl.Series(joined, dtype=pl.String)
    return words.str.split(" ").list.filter(pl.element() != "")
