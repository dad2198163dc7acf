"""The repair of stray spaces in chosen titles and abstracts, frame to frame (`text.spacing`)."""

import polars as pl

from pipeline.text.spacing import SpaceRepair

REPAIRED_FIELDS = ("title", "abstract")


def repair_fields(fields: pl.DataFrame) -> pl.DataFrame:
    """Repair the chosen titles and abstracts.

    Args:
        fields: the columns of marts.paper_fields but for `repairs`.

    Returns:
        The same rows in the same order, with `repairs`.
    """
    is_text = fields["field"].is_in(REPAIRED_FIELDS).to_list()
    values = fields["value"].to_list()
    mender = SpaceRepair([value for value, is_ in zip(values, is_text, strict=True) if is_])
    repaired = [
        mender.repair(value) if is_ else (value, [])
        for value, is_ in zip(values, is_text, strict=True)
    ]
    return fields.with_columns(
        pl.Series("value", [text for text, _ in repaired], dtype=pl.String),
        pl.Series("repairs", [repairs for _, repairs in repaired], dtype=pl.List(pl.String)),
    )
