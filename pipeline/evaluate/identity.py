"""How right the people behind names are, on labelled mentions (B-cubed, pairs, levels)."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.contract.errors import PipelineError
from pipeline.evaluate.memory import peak_bytes as most_held
from pipeline.evaluate.share import Share
from pipeline.inputs.record_files import Batch, read_batches, read_column
from pipeline.inputs.record_values import id_text, needed_id, shown
from pipeline.transforms.person_levels import LEVELS

if TYPE_CHECKING:
    import polars as pl

_TRUTH = ("record_id", "author_order", "block", "person_id")
_NEEDED = ("record_id", "author_order", "person_id")
_GUESS = LEVELS[-1]
_FOUND = """
    select
        mentions.paper_id as record_id, mentions.author_order, mentions.name_key,
        persons.author_id, persons.identity_level
    from people.persons as persons
    inner join people.mentions as mentions on persons.mention_id = mentions.mention_id
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """How right the authors of labelled mentions are.

    B-cubed (Bagga and Baldwin, 1998: Algorithms for scoring coreference chains): of each mention
    the share of its author's mentions that are its person's (precision), and of its person's that
    are its author's (recall); here the mean over the mentions of a name, then over names. Only
    mentions of one name are compared, and only labelled ones count.

    Attributes:
        n_names: names (blocks).
        n_mentions: labelled mentions.
        n_persons: people of a name.
        b_cubed_precision: mean over names.
        b_cubed_recall: mean over names.
        mean_f: mean over names of the harmonic mean of a name's precision and recall.
        n_true: pairs of mentions of a name that are one person.
        n_found: pairs that are one author.
        n_right: pairs that are both.
        n_found_verified: of those found, pairs of which both mentions are verified.
        n_right_verified: of these, the right ones.
        n_found_probable: of those found, pairs of which both mentions are at least probable.
        n_right_probable: of these, the right ones.
        n_on_level: labelled mentions on each identity level, the surest first.
        n_of_several: mentions whose person has two or more labelled records.
        n_of_several_told: of these, the ones above `name_only`.
    """

    n_names: int
    n_mentions: int
    n_persons: int
    b_cubed_precision: float
    b_cubed_recall: float
    mean_f: float
    n_true: int
    n_found: int
    n_right: int
    n_found_verified: int
    n_right_verified: int
    n_found_probable: int
    n_right_probable: int
    n_on_level: dict[str, int]
    n_of_several: int
    n_of_several_told: int

    @property
    def f_of_means(self) -> float:
        """The harmonic mean of the mean precision and the mean recall."""
        return _harmonic(self.b_cubed_precision, self.b_cubed_recall)

    @property
    def shares(self) -> dict[str, Share]:
        """The shares among the figures, by name."""
        return {
            "pair_precision": Share(self.n_right, self.n_found),
            "pair_recall": Share(self.n_right, self.n_true),
            "pair_precision_verified": Share(self.n_right_verified, self.n_found_verified),
            "pair_precision_probable": Share(self.n_right_probable, self.n_found_probable),
            **{level: Share(n, self.n_mentions) for level, n in self.n_on_level.items()},
            "told_of_several": Share(self.n_of_several_told, self.n_of_several),
        }

    def as_json(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        shares = {name: share.as_json() for name, share in self.shares.items()}
        return asdict(self) | {"f_of_means": self.f_of_means} | shares

    def lines(self) -> Iterator[str]:
        """Yield the figures, line by line."""
        shares = self.shares
        yield f"{self.n_names} names, {self.n_mentions} mentions, {self.n_persons} people"
        yield (
            f"B-cubed, mean over names: precision {self.b_cubed_precision:.4f}, "
            f"recall {self.b_cubed_recall:.4f}"
        )
        yield f"F of these means: {self.f_of_means:.4f}; mean of the names' F: {self.mean_f:.4f}"
        yield f"pairs, precision: {shares['pair_precision']}"
        yield f"pairs, recall: {shares['pair_recall']}"
        yield f"precision of pairs both verified: {shares['pair_precision_verified']}"
        yield f"precision of pairs both at least probable: {shares['pair_precision_probable']}"
        for level in self.n_on_level:
            yield f"mentions {level}: {shares[level]}"
        yield f"above {_GUESS}, of people with several papers: {shares['told_of_several']}"


@dataclass(frozen=True, slots=True)
class IdentityReport:
    """How right the people of a file of records are, and what telling them apart cost.

    Attributes:
        file: the records.
        n_records: its records.
        n_mentions: names in their lists.
        n_unlabelled: of these, names that TRUTH does not name; they count nowhere.
        n_unknown: labels of TRUTH for names that are not there; they count nowhere either.
        figures: how right the labelled ones are.
        seconds: time for reading and telling apart.
        peak_bytes: the most memory the process has held so far.
    """

    file: str
    n_records: int
    n_mentions: int
    n_unlabelled: int
    n_unknown: int
    figures: Figures
    seconds: float
    peak_bytes: int

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        own = {name: value for name, value in asdict(self).items() if name != "figures"}
        labelled = self.figures.as_json()
        return (
            own | labelled | {"n_mentions": self.n_mentions, "n_labelled": labelled["n_mentions"]}
        )

    def lines(self) -> Iterator[str]:
        """Yield the report, line by line."""
        unknown = f"; labels of names that are not there: {self.n_unknown}"
        yield (
            f"{self.file}: {self.n_records} records, {self.n_mentions} names, "
            f"{self.n_unlabelled} without a label{unknown if self.n_unknown else ''}"
        )
        yield from self.figures.lines()
        yield f"time: {self.seconds:.1f} s; peak memory: {self.peak_bytes / 2**20:.0f} MiB"


def evaluate_identity(records: Path, truth: Path) -> IdentityReport:
    """Tell the people of a file of records apart and compare them with what is true.

    Args:
        records: what `papermart identify` reads.
        truth: Parquet, CSV or JSON lines with record_id, author_order (from 1), person_id and
            block, the name that people share; where that is missing, it is the name in ASCII words.

    Raises:
        PipelineError: a file cannot be read or is not as described; names file, row and column.
    """
    import polars as pl

    from pipeline.records.identify import identified

    labels = read_truth(truth)  # what is wrong with it shows before the long work
    start = time.perf_counter()
    with identified(records) as engine:
        seconds, peak_bytes = time.perf_counter() - start, most_held()
        found = pl.DataFrame(pl.from_arrow(engine.arrow(_FOUND)))
        n_records = engine.scalar("select count(*) from people.works")
    found = found.with_columns(pl.col("author_order").cast(pl.Int64))
    key = ["record_id", "author_order"]
    # A name without a letter is a block of its own.
    own = pl.coalesce("block", "name_key", pl.format("{}#{}", *key))
    labelled = labels.join(found, on=key).with_columns(block=own)
    if labelled.is_empty():
        raise PipelineError(
            f"{truth}: none of its {len(labels)} labels is of a name of {records}; write the "
            "record_id of both files in the same way, and author_order from 1"
        )
    return IdentityReport(
        file=str(records),
        n_records=n_records,
        n_mentions=found.height,
        n_unlabelled=found.height - labelled.select(key).n_unique(),
        n_unknown=labels.height - labelled.height,
        figures=figures_of(labelled),
        seconds=seconds,
        peak_bytes=peak_bytes,
    )


def read_truth(truth: Path) -> "pl.DataFrame":
    """Return the columns record_id, author_order, block (NULL: not named), person_id of a file.

    Raises:
        PipelineError: see `evaluate_identity`; a mention is labelled twice in one block.
    """
    import polars as pl

    columns: dict[str, list[Any]] = {name: [] for name in _TRUTH}
    seen: set[tuple[Any, ...]] = set()
    for batch in read_batches(truth, _TRUTH, needed=_NEEDED):
        read = {
            "record_id": read_column(truth, batch, "record_id", needed_id),
            "author_order": read_column(truth, batch, "author_order", _place),
            "block": read_column(truth, batch, "block", lambda raw: id_text(raw) or None),
            "person_id": read_column(truth, batch, "person_id", needed_id),
        }
        _refuse_doubles(truth, batch, read, seen)
        for name, values in read.items():
            columns[name] += values
    types = dict.fromkeys(_TRUTH, pl.String) | {"author_order": pl.Int64}
    return pl.DataFrame(columns, schema=types)


def _place(raw: object) -> int:
    text = id_text(raw)
    number = float(text) if text.replace(".", "", 1).isdecimal() and text.isascii() else 0.0
    if not number.is_integer() or not 1 <= number < 2**31:
        raise ValueError(f"{shown(raw)} is no place in a list; write 1, 2, 3 ...")
    return int(number)


def _refuse_doubles(
    truth: Path, batch: Batch, read: dict[str, list[Any]], seen: set[tuple[Any, ...]]
) -> None:
    rows = zip(read["record_id"], read["author_order"], read["block"], strict=True)
    for row, place in zip(rows, batch.places, strict=True):
        if row in seen:
            what = f"author {row[1]} of {shown(row[0])} stands twice"
            raise PipelineError(f"{truth}, {place}, column author_order: {what}")
        seen.add(row)


def figures_of(labelled: "pl.DataFrame") -> Figures:
    """Return how right the authors of labelled mentions are.

    Args:
        labelled: columns record_id, block, person_id (of the block), author_id and identity_level,
            a row for each labelled mention; at least one.
    """
    import polars as pl

    labelled = labelled.with_columns(
        rank=pl.col("identity_level").replace_strict({name: n for n, name in enumerate(LEVELS)})
    )
    by_name = _b_cubed(labelled)
    person = ["block", "person_id"]
    several = labelled.filter(pl.col("record_id").n_unique().over(person) > 1)
    counts = dict(labelled.group_by("identity_level").len().iter_rows())
    pairs = {
        most: (_n_pairs(part, "author_id"), _n_pairs(part, "author_id", "person_id"))
        for most in range(len(LEVELS))
        for part in [labelled.filter(pl.col("rank") <= most)]
    }
    verified, probable, every = (pairs[n] for n in range(len(LEVELS)))
    return Figures(
        n_names=by_name.height,
        n_mentions=labelled.height,
        n_persons=labelled.select(person).n_unique(),
        b_cubed_precision=by_name.select(pl.col("precision").mean()).item(),
        b_cubed_recall=by_name.select(pl.col("recall").mean()).item(),
        mean_f=by_name.select(
            (2 * pl.col("precision") * pl.col("recall") / (pl.col("precision") + pl.col("recall")))
            .mean()
            .alias("f")
        ).item(),
        n_true=_n_pairs(labelled, "person_id"),
        n_found=every[0],
        n_right=every[1],
        n_found_verified=verified[0],
        n_right_verified=verified[1],
        n_found_probable=probable[0],
        n_right_probable=probable[1],
        n_on_level={level: counts.get(level, 0) for level in LEVELS},
        n_of_several=several.height,
        n_of_several_told=several.filter(pl.col("identity_level") != _GUESS).height,
    )


def _b_cubed(labelled: "pl.DataFrame") -> "pl.DataFrame":
    """Return B-cubed precision and recall of each name; neither is 0, a mention is its own."""
    import polars as pl

    both = pl.len().over("block", "author_id", "person_id")
    return (
        labelled.select(
            "block",
            precision=both / pl.len().over("block", "author_id"),
            recall=both / pl.len().over("block", "person_id"),
        )
        .group_by("block")
        .agg(pl.col("precision", "recall").mean())
        .sort("block")  # sums of fractions depend on their order
    )


def _n_pairs(labelled: "pl.DataFrame", *keys: str) -> int:
    """Return how many pairs of mentions of a name agree in some columns."""
    import polars as pl

    n = pl.len().cast(pl.Int64)
    return int(labelled.group_by("block", *keys).agg(n=n * (n - 1) // 2)["n"].sum())


def _harmonic(left: float, right: float) -> float:
    return 2 * left * right / (left + right) if left + right else 0.0
