"""`papermart evaluate title-split`: the figures, and what bad input says."""

import json

import pytest
from helpers import ROOT, SHARED, assert_clean_failure, needs_shared, papermart

from pipeline.evaluate.title_split import evaluate_title_split

RIGHT = {
    "line": "Robust Bounds for Patient QueuesRuna Hallberg, Odd Viken et al. · mit",
    "title": "Robust Bounds for Patient Queues",
    "authors": ["Runa Hallberg", "Odd Viken"],
    "et_al": True,
    "affiliations": ["mit"],
}
WRONG = RIGHT | {"title": "Robust Bounds for Patient", "authors": ["QueuesRuna Hallberg", "Odd"]}


def write(path, *rows):
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows))
    return path


def test_figures_of_a_small_file(tmp_path):
    file = write(tmp_path / "lines.jsonl", RIGHT, "", WRONG, RIGHT | {"et_al": False}, RIGHT)
    figures = evaluate_title_split(file).as_json()
    assert figures["lines"] == 4
    for reading in ("page", "alone"):
        found = figures[reading]
        assert (found["exact"]["n"], found["exact"]["of"]) == (2, 4)
        assert (found["sure"]["n"], found["sure_and_exact"]["n"]) == (4, 2)
        assert found["sure_and_exact"]["of"] == 4
        assert {error["line_number"] for error in found["worst_errors"]} == {3, 4}


def test_at_most_ten_errors_are_shown_the_surest_first(tmp_path):
    file = write(tmp_path / "lines.jsonl", *[WRONG] * 12)
    report = evaluate_title_split(file)
    assert len(report.as_json()["page"]["worst_errors"]) == 10
    confidences = [error.confidence for error in report.page.errors]
    assert confidences == sorted(confidences, reverse=True)
    assert "(10 of 12)" in "\n".join(report.lines())


def test_command_prints_words_and_json(tmp_path):
    file = write(tmp_path / "lines.jsonl", RIGHT, WRONG)
    words = papermart("evaluate", "title-split", file)
    assert words.returncode == 0, words.stderr
    assert "split exactly: 1 of 2 = 50.00 % (95 % interval 9.45-90.55 %)" in words.stdout
    assert "expected: Robust Bounds for Patient | QueuesRuna Hallberg, Odd et al." in words.stdout
    figures = json.loads(papermart("evaluate", "title-split", file, "--json").stdout)
    assert figures["page"]["exact"]["share"] == 0.5


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ("no json", "is no JSON object"),
        ("[1]", "is no JSON object"),
        ('{"line": "a", "title": "b", "et_al": true}', "the key authors is missing"),
        (json.dumps(RIGHT | {"authors": "one"}), "the value of authors"),
        (json.dumps(RIGHT | {"et_al": "no"}), "the value of et_al"),
    ],
)
def test_bad_line_is_named(second, why, tmp_path):
    file = write(tmp_path / "lines.jsonl", RIGHT, second)
    assert_clean_failure(papermart("evaluate", "title-split", file), f"{file}, line 2", why)


def test_bad_files_are_named(tmp_path):
    for name, content, why in (
        ("empty.jsonl", b"\n", "is empty"),
        ("latin.jsonl", b'{"a": 1}\n\xff', "line 2: is not valid UTF-8"),
    ):
        (tmp_path / name).write_bytes(content)
        assert_clean_failure(papermart("evaluate", "title-split", tmp_path / name), name, why)
    for path, why in ((tmp_path / "none", "no such file"), (tmp_path, "is a folder")):
        assert_clean_failure(papermart("evaluate", "title-split", path), str(path), why)


# 2026-11: 99.95 % exact (99.93 % alone), 100 % of the sure ones (99.4 % of all), on all 6,000 real
# lines; of our own 320 all but one are exact, and all of the sure ones.
LINES = {
    "own": (ROOT / "tests" / "data" / "title_split" / "lines.jsonl", 0.995),
    "real": (SHARED / "bench" / "title_split" / "lines.jsonl", 0.9992),
}


@pytest.mark.parametrize("name", ["own", pytest.param("real", marks=needs_shared)])
def test_labelled_lines_reach_the_floors(name):
    file, floor = LINES[name]
    report = evaluate_title_split(file)
    assert report.n_lines >= 300
    for figures in (report.page, report.alone):
        assert figures.exact.value >= floor
        assert figures.sure_and_exact.value >= 0.9997
        assert figures.sure.value >= 0.98
