"""The marks of titles, frame to frame (`text.title_markers`)."""

import polars as pl

from pipeline.text.title_markers import find_mark

_MARK = pl.Struct(
    {
        "relation": pl.String,
        "marker": pl.String,
        "base_key": pl.String,
        "part_number": pl.String,
        "is_of_itself": pl.Boolean,
        "is_weak": pl.Boolean,
    }
)


def mark_titles(titles: pl.DataFrame) -> pl.DataFrame:
    """Return the titles that bear a mark, each with what it says.

    Args:
        titles: columns `record_id`, `title`.

    Returns:
        The columns of linkage.title_marks, in the order of the titles.
    """
    # Equal titles bear equal marks.
    distinct = titles.select(pl.col("title").unique(maintain_order=True))
    marks = [find_mark(title) for title in distinct["title"]]
    found = distinct.with_columns(
        mark=pl.Series(
            [
                mark and {field.name: getattr(mark, field.name) for field in _MARK.fields}
                for mark in marks
            ],
            dtype=_MARK,
        )
    ).filter(pl.col("mark").is_not_null())
    marked = titles.join(found, on="title", maintain_order="left")
    return marked.select("record_id", *(pl.col("mark").struct[f.name] for f in _MARK.fields))
