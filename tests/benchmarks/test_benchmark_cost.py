"""What builds take: medians of the runs, multiples of the floor, growth per record, as written."""

import subprocess
import sys

import pytest
from helpers import ROOT

sys.path.append(str(ROOT / "benchmarks"))  # as Python finds them when one of them runs
import cost
import cost_report


def run(factor):
    """One run: two tables of one stage, and publishing."""
    steps = [
        ("a.one", "a stage", 1.0 * factor, 2.0, 5e6),
        ("publish", "publish", 3.0, 3.0, 7e6),
        ("a.two", "a stage", 2.0, 1.0, 9e6),
    ]
    built = {"steps": steps, "cpu": 6.0 * factor, "wall": 6.0}
    asked = [["1. Who?", 0.5 * factor, 0.4, 3]]
    return {"build": built, "floor": {"read": 0.5}, "more": built, "questions": asked}


def test_of_several_runs_the_median_counts_stage_by_stage():
    found = cost.cost_of("synth", 1_000, [run(1), run(5), run(2)])
    assert [(one.name, one.cpu, one.wall, one.peak) for one in found.stages] == [
        ("a stage", 4.0, 3.0, 9e6),
        ("publish", 3.0, 3.0, 7e6),
    ]
    assert (found.cpu, found.floor, found.more_cpu, found.peak) == (12.0, 0.5, 12.0, 9e6)
    assert found.questions == [("1. Who?", 1.0, 0.4)]


def test_the_page_more_may_hold_most():
    greedy = [("a.one", "a stage", 1.0, 2.0, 11e6)]
    found = cost.cost_of("synth", 1_000, [run(1) | {"more": {**run(1)["more"], "steps": greedy}}])
    assert (found.more_peak, found.peak) == (11e6, 11e6)


def test_results_have_multiples_of_the_floor_growth_and_plots(tmp_path):
    for n_records, factor in ((10_000, 20), (1_000, 1)):  # measured one after the other
        measured = cost.cost_of("synth", n_records, [run(factor)])
        cost_report.keep(measured, tmp_path / "RESULTS.md")
        assert measured in cost_report.kept(tmp_path / "RESULTS.md")
    cost_report.write_results(cost_report.kept(tmp_path / "RESULTS.md"), tmp_path / "RESULTS.md")
    written = (tmp_path / "RESULTS.md").read_text("utf-8")
    assert "| all | 6.0 | 12.0 | 6.0 | 9 |" in written
    assert "| all | 2.00 |" in written  # twenty times the time for ten times the records
    assert "| publish | 0.10 |" in written
    for name in ("cpu-synth.svg", "memory-synth.svg"):
        assert f"results/{name}" in written
        assert (tmp_path / "results" / name).read_text("utf-8").startswith("<svg")


@pytest.mark.slow
def test_a_build_is_measured_in_a_process_of_its_own(tmp_path):
    assert cost.main(["--records", "60", "--to", str(tmp_path / "RESULTS.md")]) == 0
    written = (tmp_path / "RESULTS.md").read_text("utf-8")
    for stage in ("reading", "linkage pairs", "marts papers", "publish", "floor", "one page more"):
        assert f"| {stage} |" in written
    assert written.count("?") >= 15


@pytest.mark.slow
def test_a_limit_of_memory_reaches_the_build(tmp_path):
    """One that is too little to build with is refused."""
    with pytest.raises(subprocess.CalledProcessError):
        cost.main(["--records", "60", "--memory", "1", "--to", str(tmp_path / "RESULTS.md")])
    assert not list(tmp_path.iterdir())
