"""The tables that tell of a published version: what it was made of, how guarded, what it changed.

What belongs here: their descriptions. What does not: making their rows (`storage.publishing`,
`builds.guardrails`, `builds.changes`).

They are made when a version is, stand in it and beside the marts, and do not count as its content:
a build that finds the same rows publishes nothing.
"""

from collections.abc import Collection

from pipeline.contract.specs import ColumnSpec, TableSpec


def _columns(
    *described: tuple[str, str, str], optional: Collection[str] = ()
) -> tuple[ColumnSpec, ...]:
    return tuple(
        ColumnSpec.model_validate(
            {"name": name, "type": type_, "description": words, "required": name not in optional}
        )
        for name, type_, words in described
    )


BUILD_INFO = TableSpec(
    layer="marts",
    name="build_info",
    description="What this build was made of: for quoting, and for telling builds apart.",
    grain="one row per published build (this one)",
    key=("build_id",),
    columns=_columns(
        ("build_id", "VARCHAR", "Id of the build; quote it with every number."),
        ("built_at", "TIMESTAMP", "When it was published (UTC)."),
        ("content_hash", "VARCHAR", "Fingerprint of all published rows."),
        ("versions", "VARCHAR", "JSON: versions of papermart, Python and libraries."),
        ("input_hashes", "VARCHAR", "JSON: dump_id (SHA-256) of each dump to its path."),
        ("row_counts", "VARCHAR", "JSON: rows of each table."),
        ("checks", "VARCHAR", "JSON: each table's checks that ran, and those that failed."),
    ),
)

_FIGURES = (
    ("subject", "VARCHAR", "What was counted; NULL: there was nothing to compare, or all is well."),
    ("value_before", "DOUBLE", "The figure in the version before; NULL: it has none."),
    ("value_now", "DOUBLE", "The figure in this version; NULL: it has none."),
    ("lowest", "DOUBLE", "The least that the figure may be now; NULL: no limit."),
    ("highest", "DOUBLE", "The most that the figure may be now; NULL: no limit."),
)
# What the SELECT of a guardrail returns.
FIGURES = TableSpec(
    layer="marts",
    name="figures",
    description="What a guardrail looks at: a figure before and now, and its limits.",
    grain="one row per subject",
    key=("subject",),
    columns=_columns(*_FIGURES, optional=[name for name, _, _ in _FIGURES]),
)
GUARDRAILS = TableSpec(
    layer="marts",
    name="guardrails",
    description="What this version was compared in with the one before, so that nothing is lost.",
    grain="one row per guardrail and figure",
    key=("guardrail", "figure_index"),
    columns=_columns(
        ("guardrail", "VARCHAR", "The guardrail, as waivers name it."),
        ("figure_index", "INTEGER", "Place among the guardrail's figures, from 1."),
        ("severity", "VARCHAR", "error: the version is not published without a waiver; warn."),
        ("description", "VARCHAR", "What must hold."),
        *_FIGURES,
        ("is_passed", "BOOLEAN", "The figure is within its limits."),
        ("waived_by", "VARCHAR", "Who let it pass all the same; NULL: nobody, nor need they."),
        ("waived_why", "VARCHAR", "The reason they give; NULL where waived_by is."),
        ("waived_until", "DATE", "The last day on which they do; NULL where waived_by is."),
        ("compared_with", "VARCHAR", "build_id of the version before; NULL: there is none."),
        optional=(
            *(name for name, _, _ in _FIGURES),
            *("waived_by", "waived_why", "waived_until", "compared_with"),
        ),
    ),
)
CHANGES = TableSpec(
    layer="marts",
    name="changes",
    description="What differs from the version before: papers, people, verdicts, decisions. "
    "Without rows where there is no version before.",
    grain="one row per change",
    key=("change_index",),
    columns=_columns(
        ("change_index", "INTEGER", "Place in the list, from 1."),
        ("kind", "VARCHAR", "paper, author, trend (the verdict on a topic) or decision."),
        (
            "change",
            "VARCHAR",
            "new; gone; merged: the id of a paper or author retired, other_id has its records or "
            "names; split: a new one, of records or names that other_id had, which still stands; "
            "changed: see field.",
        ),
        (
            "id",
            "VARCHAR",
            "The paper_id, author_id or topic_id; of a decision its two ids, a space between.",
        ),
        (
            "name",
            "VARCHAR",
            "The title, name or topic, as it is now, else as it was; of a decision who decided; "
            "NULL where a decision does not say.",
        ),
        (
            "other_id",
            "VARCHAR",
            "The paper or author that it was merged into or split from; NULL for every other "
            "change.",
        ),
        (
            "field",
            "VARCHAR",
            "What differs: a column of papers, trend, or is_applied of a decision; NULL where all "
            "of it is new, gone, merged or split.",
        ),
        (
            "value_before",
            "VARCHAR",
            "The value in the version before, lists joined by '; '; NULL: there was none.",
        ),
        ("value_now", "VARCHAR", "The value now, lists joined by '; '; NULL: there is none."),
        optional=("name", "other_id", "field", "value_before", "value_now"),
    ),
)
VERSION_TABLES = (BUILD_INFO, GUARDRAILS, CHANGES)
