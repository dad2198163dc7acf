"""How far the verdicts of trends can be believed: on the warehouse itself, with no label needed.

What belongs here: the same test on topics dealt anew, so that there is no trend, and beside the
plainest test that is right for independent papers. What does not: the test
(`transforms.trend_tests`), what the verdicts are (`transforms.trend_verdicts`).
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pipeline.contract.errors import PipelineError
from pipeline.evaluate.share import Share

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.storage.duckdb_engine import DuckDB
    from pipeline.transforms.trend_verdicts import Tested

# What a sceptical reviewer would ask: at most so many p-values below 0.05 and topics flagged where
# nothing moves, and at least so many of the plain test's findings kept.
MOST_SMALL_P, MOST_FLAGGED, LEAST_POWER = 0.06, 0.01, 0.70
_SUREST = """
select topic, trend, odds_ratio_per_year, odds_ratio_low, odds_ratio_high
from yearly_topic_trends
where trend in ('rising', 'falling')
group by all
order by min(trend_p), topic
limit 10
"""


@dataclass(frozen=True, slots=True)
class Dealt:
    """What the test says where there is no trend.

    Attributes:
        how: over what topics were dealt anew.
        n_times: how often.
        small_p: p-values below 0.05 before adjustment, of all.
        flagged: topics that would be called rising or falling, of all.
    """

    how: str
    n_times: int
    small_p: Share
    flagged: Share

    def as_json(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        return asdict(self) | {
            "small_p": self.small_p.as_json(),
            "flagged": self.flagged.as_json(),
        }


@dataclass(frozen=True, slots=True)
class TrendReport:
    """How the test of trends does on a warehouse.

    Attributes:
        n_papers: papers of years that are over in a listing that shows them.
        n_listings: the listings that show them.
        n_pages: their pages.
        n_topics: topics that are tested.
        dealt: what is found where topics were dealt anew.
        n_flagged: topics that rise or fall as they are.
        of_plain: of the topics that a plain stratified Mantel-Haenszel test flags, those that are
            flagged.
        topics: the surest trends: topic, verdict, odds ratio per year with its ends.
    """

    n_papers: int
    n_listings: int
    n_pages: int
    n_topics: int
    dealt: tuple[Dealt, ...]
    n_flagged: int
    of_plain: Share
    topics: tuple[tuple[str, str, float, float, float], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        names = ("topic", "trend", "odds_ratio_per_year", "odds_ratio_low", "odds_ratio_high")
        return asdict(self) | {
            "dealt": [dealt.as_json() for dealt in self.dealt],
            "of_plain": self.of_plain.as_json(),
            "topics": [dict(zip(names, row, strict=True)) for row in self.topics],
        }

    def lines(self) -> Iterator[str]:
        """Yield the report, line by line."""
        yield (
            f"{self.n_papers} papers of years that are over, in {self.n_listings} listings of "
            f"{self.n_pages} pages; {self.n_topics} topics are tested"
        )
        for dealt in self.dealt:
            yield f"topics dealt anew {dealt.how}, {dealt.n_times} times, so that nothing moves:"
            yield f"  p below 0.05: {_part(dealt.small_p)} (wanted: at most {MOST_SMALL_P:.0%})"
            flagged = f"{_part(dealt.flagged)} (wanted: at most {MOST_FLAGGED:.0%})"
            yield f"  called rising or falling: {flagged}"
        yield f"topics as they are: {self.n_flagged} rise or fall"
        if self.of_plain.of:
            yield (
                "  of those that a plain stratified Mantel-Haenszel test flags, which takes papers "
                f"for independent: {_part(self.of_plain)} (wanted: at least {LEAST_POWER:.0%})"
            )
            yield "  the surest, with the factor by which their odds change a year:"
        for topic, trend, ratio, low, high in self.topics:
            yield f"    {trend:7}  {ratio:.2f} ({low:.2f} to {high:.2f})  {topic}"


def _part(share: Share) -> str:
    """Spell a share without an interval: topics overlap, so they are no independent draws."""
    return f"{share.n} of {share.of} = {share.value:.2%}"


def evaluate_trends(
    engine: "DuckDB",
    n_times: int = 50,
    seed: int = 1,
    report_progress: Callable[[int], None] = lambda _: None,
) -> TrendReport:
    """Test the topics of a published warehouse as they are, and dealt anew.

    Dealt within each listing, every listing keeps its papers, their years and its shares of
    topics. Dealt over the whole collection, a paper has the same topics in each listing that
    shows it, so that listings that share papers move alike.

    Args:
        engine: opened on a published version.
        n_times: how often topics are dealt, each way.
        seed: of the chance; the same gives the same figures.
        report_progress: called with how many of the deals are done.

    Raises:
        PipelineError: the version has no listings, or too little to test.
    """
    import numpy as np

    tested = _tested(engine)
    found = _p_values(tested, tested.members)
    if np.isnan(found).all():
        raise PipelineError(
            "no topic can be tested: that needs 5 papers and 3 years that are over; save pages of "
            "more years"
        )
    chance = np.random.default_rng(seed)
    ways = (
        ("within each listing", lambda: _within(tested.sightings.listing, chance)),
        ("over all papers", lambda: _over_all(tested.sightings.paper, chance)),
    )
    dealt = []
    for n, (how, deal) in enumerate(ways):
        p_values = []
        for done in range(n_times):
            p_values.append(_p_values(tested, tested.members[deal()]))
            report_progress(n * n_times + done + 1)
        dealt.append(_dealt(how, p_values))
    return _report(tested, found, tuple(dealt), tuple(engine.tuples(_SUREST)))


def _tested(engine: "DuckDB") -> "Tested":
    """Return the papers in listings and their topics, by the SELECTs of the mart."""
    import polars as pl

    from pipeline.models.catalogue import load_models
    from pipeline.storage.engine import EngineError
    from pipeline.transforms.trend_verdicts import as_arrays

    selects = load_models()["marts.yearly_topic_trends"].selects
    try:
        frames = [
            pl.DataFrame(pl.from_arrow(engine.arrow(selects[name].replace("marts.", "main."))))
            for name in ("sightings", "members")
        ]
    except EngineError:
        raise PipelineError("this version has no listings; build again") from None
    return as_arrays(*frames, "topic_id")


def _p_values(tested: "Tested", members: Any) -> "NDArray[np.float64]":  # noqa: ANN401
    import numpy as np

    from pipeline.transforms.trend_tests import stratified_trends

    p = stratified_trends(tested.sightings, members).p
    return np.where(tested.is_enough, p, np.nan)


def _within(group: "NDArray[np.int64]", chance: "np.random.Generator") -> "NDArray[np.int64]":
    """Return rows in which each stands in for one of its group."""
    import numpy as np

    order = np.empty(len(group), dtype=np.int64)
    order[np.argsort(group, kind="stable")] = np.lexsort((chance.random(len(group)), group))
    return order


def _over_all(paper: "NDArray[np.int64]", chance: "np.random.Generator") -> "NDArray[np.int64]":
    """Return rows in which each paper stands in for another one, everywhere the same."""
    import numpy as np

    _, first = np.unique(paper, return_index=True)
    return first[chance.permutation(len(first))][paper]


def _dealt(how: str, p_values: "list[NDArray[np.float64]]") -> Dealt:
    import numpy as np

    from pipeline.transforms.distributions import adjusted_p
    from pipeline.transforms.trend_tests import SIGNIFICANT

    n_tested = sum(int((~np.isnan(p)).sum()) for p in p_values)
    small = sum(int((p < SIGNIFICANT).sum()) for p in p_values)
    flagged = sum(int((adjusted_p(p) < SIGNIFICANT).sum()) for p in p_values)
    return Dealt(how, len(p_values), Share(small, n_tested), Share(flagged, n_tested))


def _report(
    tested: "Tested",
    found: "NDArray[np.float64]",
    dealt: tuple[Dealt, ...],
    topics: tuple[tuple[Any, ...], ...],
) -> TrendReport:
    import numpy as np

    from pipeline.transforms.distributions import adjusted_p
    from pipeline.transforms.trend_tests import SIGNIFICANT, mantel_haenszel

    plain = mantel_haenszel(tested.sightings, tested.members).p
    of_plain = adjusted_p(np.where(tested.is_enough, plain, np.nan)) < SIGNIFICANT
    flagged = adjusted_p(found) < SIGNIFICANT
    sightings = tested.sightings
    return TrendReport(
        n_papers=len(np.unique(sightings.paper)),
        n_listings=len(np.unique(sightings.listing)),
        n_pages=len(np.unique(sightings.page)),
        n_topics=int((~np.isnan(found)).sum()),
        dealt=dealt,
        n_flagged=int(flagged.sum()),
        of_plain=Share(int((flagged & of_plain).sum()), int(of_plain.sum())),
        topics=topics,
    )
