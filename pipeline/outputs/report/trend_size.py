"""How far the test of trends can be believed on these very papers, in words.

What belongs here: running `evaluate.trends` for a report, within bounds. What does not: what it
measures (`evaluate.trends`).
"""

from pipeline.contract.errors import PipelineError
from pipeline.evaluate.trends import TrendReport, evaluate_trends
from pipeline.outputs.report.tables import count, percent
from pipeline.storage.duckdb_engine import DuckDB

# Topics are dealt anew so often, and less often where that would take more than some ten seconds:
# records times topics are what it costs.
_MOST_TIMES, _LEAST_TIMES = 20, 2
_BUDGET = 150_000_000
_COST = """
select (select count(*) from paper_records) * (select count(distinct topic_id) from paper_topics)
"""


def size_of_the_test(engine: DuckDB) -> str:
    """Return what the test finds where nothing moves, and of what a plainer test finds.

    Topics are dealt anew up to twenty times, with the same chance, so that a version always gives
    the same words: fewer times on very large warehouses (with 500 topics from 15,000 records on;
    from 150,000 on, twice). Empty where no topic can be tested.
    """
    ((cost,),) = engine.tuples(_COST)
    n_times = min(_MOST_TIMES, max(_LEAST_TIMES, _BUDGET // max(cost, 1)))
    try:
        report = evaluate_trends(engine, n_times=n_times)
    except PipelineError:
        return ""
    return _in_words(report)


def _in_words(report: TrendReport) -> str:
    dealt = report.dealt[0]
    told = (
        f"How far to believe this, tried on these {count(report.n_topics)} topics: dealt anew "
        f"{dealt.how}, {dealt.n_times} times, so that nothing moves, p was below 0.05 in "
        f"{percent(dealt.small_p.value)} of the tests (5 % are to be expected at most) and "
        f"{dealt.flagged.n} of {dealt.flagged.of} verdicts would have been rising or falling."
    )
    if report.of_plain.of:
        told += (
            " Of what a plain test flags, which takes papers for independent, "
            f"{report.of_plain.n} of {report.of_plain.of} ({percent(report.of_plain.value)}) are "
            "called here."
        )
    return told
