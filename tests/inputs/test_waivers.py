"""The waivers file: what counts, what does nothing and why, and one more line."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.contract.errors import PipelineError
from pipeline.inputs.waivers import Waiver, add_waiver, read_waivers, waivers_lock

DAY = date(2026, 3, 1)
NAMES = ("papers_gone", "emptied")
HEADER = "guardrail,who,when,why,until\n"


def read(file: Path, *lines: str, today: date = DAY):
    file.write_text(HEADER + "".join(f"{line}\n" for line in lines), "utf-8")
    return read_waivers(file, NAMES, today)


def test_a_waiver_counts_to_the_end_of_its_last_day(tmp_path):
    file = tmp_path / "waivers.csv"
    line = "papers_gone,ann,2026-02-27,saved twice,2026-03-01"
    found = read(file, line)
    assert found.valid == {"papers_gone": Waiver("papers_gone", "ann", "saved twice", DAY, 2)}
    assert found.idle == []
    over = read(file, line, today=DAY + timedelta(days=1))
    assert over.valid == {}
    assert over.idle == [(2, "the waiver of papers_gone ended on 2026-03-01")]


def test_of_several_the_one_that_counts_longest_does(tmp_path):
    found = read(
        tmp_path / "waivers.csv",
        "emptied,ann,,a,2026-03-05",
        "emptied,bo,,b,2026-03-09",
        "emptied,cy,,c,2026-03-02",
    )
    assert found.valid["emptied"].who == "bo"


@pytest.mark.parametrize(
    ("line", "fault"),
    {
        "another name": ("papers,ann,,why,2026-03-01", "there is no 'papers'; there are papers_"),
        "nobody": ("emptied,,,why,2026-03-01", "column who: '' is missing"),
        "no reason": ("emptied,ann,, ,2026-03-01", "column why: '' is missing"),
        "for ever": ("emptied,ann,,why,", "column until: '' is no day"),
        "no day": ("emptied,ann,,why,tomorrow", "column until: 'tomorrow' is no day"),
        "an odd day": ("emptied,ann,once,why,2026-03-01", "column when: 'once' is no day"),
        "a comma": ("emptied,ann,,why, indeed,2026-03-01", "6 cells, there must be 5"),
        "too short": ("emptied,ann", "2 cells, there must be 5"),
    }.values(),
)
def test_a_line_that_says_too_little_waives_nothing_and_the_others_do(tmp_path, line, fault):
    found = read(tmp_path / "waivers.csv", line, "emptied,bo,,b,2026-03-09")
    assert [number for number, _ in found.idle] == [2]
    assert fault in found.idle[0][1]
    assert found.valid["emptied"].who == "bo"


def test_no_file_or_an_empty_one_waives_nothing(tmp_path):
    file = tmp_path / "waivers.csv"
    assert read_waivers(None, NAMES, DAY).valid == {}
    assert read_waivers(file, NAMES, DAY).valid == {}
    file.write_bytes(b"\xef\xbb\xbf")
    assert read_waivers(file, NAMES, DAY).valid == {}


def test_a_file_that_is_no_waivers_file_is_refused_by_name(tmp_path):
    file = tmp_path / "waivers.csv"
    file.write_text("guardrail;who;when;why;until\n", "utf-8")
    with pytest.raises(PipelineError, match="separated by semicolons"):
        read_waivers(file, NAMES, DAY)
    file.write_bytes(HEADER.encode() + b"\xff\n")
    with pytest.raises(PipelineError, match=r"line 2: is not UTF-8"):
        read_waivers(file, NAMES, DAY)


def test_a_new_line_leaves_every_byte_that_is_there(tmp_path):
    file = tmp_path / "kept" / "waivers.csv"
    with waivers_lock(file):
        assert add_waiver(file, "emptied", "ann", "we start\nanew, all", DAY, DAY) == 2
    first = file.read_bytes()
    assert first == f'{HEADER}emptied,ann,2026-03-01,"we start anew, all",2026-03-01\n'.encode()
    with waivers_lock(file):
        assert add_waiver(file, "papers_gone", "bo", "twice", DAY, DAY) == 3
    assert file.read_bytes().startswith(first)
    assert set(read_waivers(file, NAMES, DAY).valid) == {"emptied", "papers_gone"}
