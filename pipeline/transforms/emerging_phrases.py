"""Phrases that are not in the topic reference and whose share of papers grows.

What belongs here: finding such phrases in titles and measuring their growth, as pure functions.
What does not: deciding which of them become topics; people do (`papermart topics suggest`).
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import polars as pl

from pipeline.contract.rows import Piece, Pieces
from pipeline.transforms.phrases import (
    PhraseSearch,
    find_phrases,
    matched_texts,
    patterns_of,
    phrase_key,
)

# The latest two years are compared with the five before them.
_RECENT_YEARS, _EARLIER_YEARS = 2, 5
_LONGEST = 4  # words of a phrase
_MIN_TITLES, _MIN_PAPERS = 2, 3  # recent ones that have the phrase
_MIN_Z = 1.645  # one-sided 5 %: only growth is asked for
# How much the prior weighs: as many papers as a tenth of the smaller time has.
_PRIOR_SHARE = 0.1
_MOST_PHRASES, _MOST_EXAMPLES = 200, 3

# Words that no phrase of a field has: function words, and what titles say of any work.
_STOP_WORDS = frozenset(
    """
    a about across after against all also among an and any are as at be been before being between
    beyond but by can could do does during each every few for from further had has have how if in
    inside into is it its just less like may might more most much must need no non nor not of off
    on one only or other our out over own per same should so some such than that the their them
    then there these they this those through to too toward towards two under until up upon us use
    used using versus very via vs was we were what when where whether which while who whose why
    will with within without would yet you your
    achieve achieving advance advancing analysis analyzing application approach approaches art
    based benefit best better boosting bridging build building case challenge challenges
    comparative comparing comprehensive computing current data dataset datasets deep design
    designing developing different driven effect effective efficient empirical enable enabling
    enhance enhanced enhancing evaluating evaluation existing exploring fast faster first framework
    frameworks gap general generalized good high higher improve improved improving introducing
    investigating investigation key large learn learned learning leveraging long low main make
    making method methods model modeling models multiple new novel number open optimal overview
    paper performance perspective problem problems project proposed quality real recent report
    result results rethinking review revisiting robust role scalable scale scaling setting short
    show significant simple single small standard state study studying survey system systems task
    tasks technique techniques term test theory time towards training understanding unified unifying
    unlocking unveiling various way work works world
    """.split()  # noqa: SIM905
)
# Endings of words that no noun phrase closes with: adverbs, participles, adjectives.
_NO_NOUN = r"(?:ly|ed|ous|ive|ful|able|ible|ic|ical|ional|based|aware|driven|guided|free)$"
# A single word is a phrase only as a name or an acronym: `GRPO`, `DeepSeek`, `o1`.
_NAME = r"^\p{L}+[\p{Lu}\d]|^\p{Lu}{2}"
_WORD = r"[\p{L}\p{N}]+"

_COLUMNS = {
    "phrase": pl.String,
    "n_recent": pl.Int32,
    "n_earlier": pl.Int32,
    "share_recent": pl.Float64,
    "share_earlier": pl.Float64,
    "z_score": pl.Float64,
    "first_year": pl.Int32,
    "spelling": pl.String,
    "nearest_topic_id": pl.String,
    "n_papers_of_topic": pl.Int32,
    "example_paper_ids": pl.List(pl.String),
    "example_titles": pl.List(pl.String),
}


def log_odds_z(n: int, of: int, n_before: int, of_before: int) -> float:
    """Return how surely a share has grown, as a z-score.

    Log-odds ratio with an informative Dirichlet prior, here the share over both times (Monroe,
    Colaresi and Quinn, 2008, equations 16 to 22). Where no paper of either time has it, or every
    one, or a time has no papers, nothing has grown: 0.

    Args:
        n: recent papers that have it, of `of`.
        of: recent papers.
        n_before: earlier papers that have it, of `of_before`.
        of_before: earlier papers.

    >>> round(log_odds_z(10, 100, 10, 100), 9)
    0.0
    >>> log_odds_z(10, 100, 1, 100) > 1.96
    True
    >>> log_odds_z(100, 100, 50, 50)
    0.0
    """
    if not of or not of_before or n + n_before in (0, of + of_before):
        return 0.0
    prior = _PRIOR_SHARE * min(of, of_before)
    expected = prior * (n + n_before) / (of + of_before)
    # Not prior - expected: where nearly all papers have it, rounding would leave nothing.
    expected_others = prior * (of - n + of_before - n_before) / (of + of_before)

    def log_odds(found: int, total: int) -> float:
        return math.log((found + expected) / (total - found + expected_others))

    variance = 1 / (n + expected) + 1 / (n_before + expected)
    return (log_odds(n, of) - log_odds(n_before, of_before)) / math.sqrt(variance)


def emerging_phrases(
    pieces: Pieces, years: pl.DataFrame, phrases: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Yield the phrases that recent papers use more than earlier ones did.

    Candidates are noun-like word sequences of recent titles; papers are counted by title and
    abstract, a phrase inside a longer candidate not being counted.

    Args:
        pieces: `papers` (columns `paper_id`, `title`, `abstract`, `year`) and `paper_topics`
            (columns `paper_id`, `topic_id`) of some papers at a time; walked twice.
        years: how many papers there are of each year: columns `year`, `n_papers`.
        phrases: the reference, column `phrase`.

    Yields:
        One row per phrase, the most certain growth first; the columns of `marts.emerging_phrases`.
    """
    last = years["year"].max()
    if isinstance(last, int):
        window = years.filter(pl.col("year") > last - _RECENT_YEARS - _EARLIER_YEARS)
        is_recent = pl.col("year") > last - _RECENT_YEARS
        of = int(window.filter(is_recent)["n_papers"].sum())
        of_before = int(window.filter(~is_recent)["n_papers"].sum())
        known = phrases["phrase"].to_list()
        titles = pieces.each(partial(_titles_with, first_year=last - _RECENT_YEARS + 1))
        candidates = _unknown(_candidates(titles), known)
        if of_before and candidates:
            first = last - _RECENT_YEARS - _EARLIER_YEARS + 1
            uses = _added_up(pieces.each(_Search(first, candidates, known)))
            yield _grown(uses, is_recent, of, of_before)
            return
    yield pl.DataFrame(schema=_COLUMNS)


def _grown(uses: "_Uses", is_recent: pl.Expr, of: int, of_before: int) -> pl.DataFrame:
    """Return the phrases whose share has grown.

    Args:
        uses: of the candidates.
        is_recent: tells recent years.
        of: recent papers.
        of_before: earlier papers.
    """
    n = pl.col("n")
    counted = uses.by_year.group_by("key").agg(
        n_recent=n.filter(is_recent).sum().cast(pl.Int32),
        n_earlier=n.filter(~is_recent).sum().cast(pl.Int32),
        first_year=pl.col("year").min().cast(pl.Int32),
    )
    rows = [
        row | {"z_score": log_odds_z(row["n_recent"], of, row["n_earlier"], of_before)}
        for row in counted.filter(pl.col("n_recent") >= _MIN_PAPERS).to_dicts()
    ]
    grown = pl.DataFrame(rows, schema=dict(counted.schema) | {"z_score": pl.Float64})
    grown = grown.filter(pl.col("z_score") >= _MIN_Z).sort(
        "z_score", "key", descending=[True, False]
    )
    return (
        grown.head(_MOST_PHRASES)
        .join(_examples(uses.examples), on="key", how="left")
        .join(_nearest(uses.topics, uses.sizes), on="key", how="left")
        .join(_spellings(uses.spellings), on="key", how="left")
        .sort("z_score", "key", descending=[True, False])
        .with_columns(
            phrase="key",
            share_recent=pl.col("n_recent") / of,
            share_earlier=pl.col("n_earlier") / of_before,
        )
        .select(pl.col(name).cast(type_) for name, type_ in _COLUMNS.items())
    )


def _candidates(counted: Iterable[pl.DataFrame]) -> list[str]:
    """Return the noun-like word sequences that stand in several titles; see `_titles_with`."""
    titles = pl.concat(counted).group_by("key").agg(pl.col("n").sum())
    return sorted(titles.filter(pl.col("n") >= _MIN_TITLES)["key"].to_list())


def _titles_with(piece: Piece, first_year: int) -> pl.DataFrame:
    """Return the noun-like word sequences of titles: `key`, and in how many they stand, `n`."""
    papers = piece["papers"].filter(pl.col("year") >= first_year)
    # What stands between signs is searched by itself; a hyphen joins.
    pieces = papers.select(piece=pl.col("title").str.split("-").list.join(" "))
    pieces = pieces.with_row_index("paper").with_columns(
        pl.col("piece").str.extract_all(r"[\p{L}\p{N}' ]+")
    )
    words = pieces.explode("piece").with_row_index("n")
    words = words.with_columns(pl.col("piece").str.extract_all(_WORD))
    words = words.explode("piece").drop_nulls("piece").rename({"piece": "word"})
    words = words.with_columns(low=pl.col("word").str.to_lowercase())
    usable = ~pl.col("low").is_in(list(_STOP_WORDS)) & ~pl.col("low").str.contains(r"^\d+$")
    words = words.with_columns(usable=usable)
    parts = [_sequences(words, length) for length in range(1, _LONGEST + 1)]
    return pl.concat(parts).unique().group_by("key").agg(n=pl.len())


def _sequences(words: pl.DataFrame, length: int) -> pl.DataFrame:
    """Return the word sequences of a length: `paper`, `key`.

    Words of a piece follow one another: the word so many rows below is of the same piece, or the
    sequence ends before.
    """
    rows = words.select(
        "paper",
        "word",
        *(pl.col("low").shift(-i).alias(f"low{i}") for i in range(length)),
        is_within=(pl.col("n").shift(1 - length) == pl.col("n")).fill_null(value=False),
        usable=pl.all_horizontal(pl.col("usable").shift(-i) for i in range(length)),
    ).filter("is_within", "usable")
    # In the singular, as phrases of the reference are; its plural is found with it.
    last = pl.col(f"low{length - 1}")
    rows = rows.with_columns(last.str.replace("ies$", "y").str.replace("([^sui])s$", "$1"))
    rows = rows.filter(~last.str.contains(_NO_NOUN))
    if length == 1:
        rows = rows.filter(pl.col("word").str.contains(_NAME))
    parts = [pl.col(f"low{i}") for i in range(length)]
    return rows.select("paper", key=pl.concat_str(parts, separator=" "))


def _unknown(candidates: list[str], known: list[str]) -> list[str]:
    """Leave out candidates of which known phrases and usual words leave nothing."""
    if not candidates:
        return []
    texts = pl.DataFrame({"paper_id": candidates, "text": candidates}).with_columns(
        evidence=pl.lit("")
    )
    found = find_phrases(texts, known).group_by("paper_id").agg("matched_text")
    covered = dict(found.iter_rows())

    def rest(candidate: str) -> Iterator[str]:
        words = set(candidate.split())
        for text in covered.get(candidate, ()):
            words -= set(phrase_key(text).split())
        yield from words - _STOP_WORDS

    return [candidate for candidate in candidates if any(rest(candidate))]


@dataclass(frozen=True, slots=True)
class _Uses:
    """What papers use candidates, as far as it is asked for; `key` names the candidate.

    Attributes:
        by_year: `key`, `year`, `n` papers.
        examples: of each piece the likeliest: `key`, `in_title`, `year`, `paper_id`, `title`.
        topics: `key`, `topic_id`, `n` papers.
        spellings: `key`, `spelling`, `n` papers.
        sizes: `topic_id`, `n` papers, of all papers.
    """

    by_year: pl.DataFrame
    examples: pl.DataFrame
    topics: pl.DataFrame
    spellings: pl.DataFrame
    sizes: pl.DataFrame


def _added_up(parts: Iterable[_Uses]) -> _Uses:
    """Return what all pieces use."""
    found = list(parts)
    added = {
        name: pl.concat(getattr(part, name) for part in found)
        for name in ("by_year", "topics", "spellings", "sizes")
    }
    sums = {
        name: rows.group_by(pl.exclude("n")).agg(pl.col("n").sum()) for name, rows in added.items()
    }
    return _Uses(examples=pl.concat(part.examples for part in found), **sums)


@dataclass
class _Search:
    """Tells which candidates the papers of a piece have in title or abstract.

    Attributes:
        first_year: of the papers that are asked.
        candidates: phrases.
        known: phrases that are searched beside them: "large language" is nothing new inside "large
            language model".
    """

    first_year: int
    candidates: Sequence[str]
    known: Sequence[str]

    @cached_property
    def _search(self) -> PhraseSearch:
        phrases = [*self.candidates, *self.known]
        return PhraseSearch(patterns_of(pl.Series("key", phrases, dtype=pl.String)))

    @cached_property
    def _is_wanted(self) -> pl.Series:
        wanted = pl.Series(self.candidates, dtype=pl.String)
        return self._search.patterns.select(pl.col("key").is_in(wanted.implode())).to_series()

    def __call__(self, piece: Piece) -> _Uses:
        """Return what the papers of a piece use."""
        papers = piece["papers"].filter(pl.col("year") >= self.first_year).with_row_index("paper")
        found = self._found(papers)
        is_name = pl.col("matched_text").str.contains(_NAME)
        found = found.filter(pl.col("key").str.contains(" ") | is_name)
        once = (
            found.group_by("key", "paper")
            .agg(pl.col("in_title").any(), spelling=pl.col("matched_text").min())
            .join(papers.drop("abstract"), on="paper")
        )
        of_piece = piece["paper_topics"]
        as_named = pl.col("spelling").str.to_lowercase() == pl.col("key")
        is_name = ~pl.col("key").str.contains(" ") & as_named
        spelling = pl.when(is_name).then("spelling").otherwise("key")
        return _Uses(
            once.group_by("key", "year").agg(n=pl.len()),
            _likeliest(once).select("key", "in_title", "year", "paper_id", "title"),
            once.join(of_piece, on="paper_id").group_by("key", "topic_id").agg(n=pl.len()),
            once.group_by("key", spelling.alias("spelling")).agg(n=pl.len()),
            of_piece.group_by("topic_id").agg(n=pl.len()),
        )

    def _found(self, papers: pl.DataFrame) -> pl.DataFrame:
        """Return where papers have candidates: `paper`, `in_title`, `key`, `matched_text`."""
        texts = pl.concat(
            papers.select("paper", in_title=pl.lit(field == "title"), text=field)
            for field in ("title", "abstract")
        ).drop_nulls("text")
        places = self._search.find(texts["text"])
        places = places.filter(self._is_wanted.gather(places["n"]))
        return texts.select("paper", "in_title")[places["row"]].with_columns(
            self._search.patterns["key"].gather(places["n"]),
            matched_texts(texts["text"], places),
        )


def _likeliest(found: pl.DataFrame) -> pl.DataFrame:
    """Return the latest papers of each phrase, those with it in the title first."""
    order = ["key", -pl.col("in_title").cast(pl.Int8), -pl.col("year"), "paper_id"]
    return found.sort(order).group_by("key", maintain_order=True).head(_MOST_EXAMPLES)


def _examples(found: pl.DataFrame) -> pl.DataFrame:
    """Return as lists the papers that show each phrase best."""
    return (
        _likeliest(found)
        .group_by("key", maintain_order=True)
        .agg(example_paper_ids="paper_id", example_titles="title")
    )


def _spellings(counts: pl.DataFrame) -> pl.DataFrame:
    """Return how most papers write each phrase: names in their capitals, others in lower case."""
    return (
        counts.sort(["key", "n", "spelling"], descending=[False, True, False])
        .group_by("key", maintain_order=True)
        .agg(pl.col("spelling").first())
    )


def _nearest(counts: pl.DataFrame, sizes: pl.DataFrame) -> pl.DataFrame:
    """Return the topic that most papers of each phrase have, of equal ones the rarest."""
    return (
        counts.join(sizes.rename({"n": "size"}), on="topic_id")
        .sort(["key", "n", "size", "topic_id"], descending=[False, True, False, False])
        .group_by("key", maintain_order=True)
        .agg(nearest_topic_id=pl.col("topic_id").first(), n_papers_of_topic=pl.col("n").first())
    )
