"""`papermart init`, and what people do next in the new folder."""

import json

import pytest
from helpers import (
    BO,
    SAMPLE,
    asked,
    make_only,
    needs_sample,
    papermart,
    put,
    snapshot,
)


@pytest.fixture
def few_tables(monkeypatch) -> None:
    """Builds make papers and what they are made of."""
    make_only(monkeypatch, "marts.papers")
    monkeypatch.setattr("pipeline.cli.build._COUNTED", ("papers",))


N_PAPERS = "select count(*) as n from papers"


@pytest.mark.usefixtures("few_tables")
def test_a_new_folder_takes_pages_and_answers(tmp_path):
    made = papermart("init", "reading", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.splitlines()[-1] == (
        "in reading: put saved pages into data/raw and run `papermart build`"
    )
    home = tmp_path / "reading"
    before = snapshot(home)
    again = papermart("init", "reading", cwd=tmp_path)
    assert again.returncode == 0
    assert not [line for line in again.stdout.splitlines() if line.startswith("made ")]
    assert snapshot(home) == before

    empty = papermart("status", cwd=home)
    assert empty.stdout.startswith("warehouse data/warehouse: nothing published yet")
    assert empty.stderr == "", "there is no sample here"
    put(home / "data/raw", {"bo.txt": BO})
    (home / "data" / "deep").mkdir()
    for place in (home, home / "data" / "deep"):  # the settings are found from below too
        built = papermart("build", cwd=place)
        assert (built.returncode, built.stderr) == (0, ""), built.stderr
    assert "raw: 1 dumps (0 new, 0 gone, 0 set aside)" in built.stdout
    answer = papermart("query", N_PAPERS, "--format", "json", cwd=home)
    assert json.loads(answer.stdout) == [{"n": 2}]
    assert {path.name for path in home.iterdir()} == {
        *("data", "papermart.toml", "dagster.yaml", "workspace.yaml")
    }


@needs_sample
@pytest.mark.usefixtures("few_tables")
def test_the_sample_can_be_built_at_once(tmp_path):
    made = papermart("init", "--sample", cwd=tmp_path)
    assert made.stdout.splitlines()[-1].startswith("run `papermart build` to build the sample")
    assert "made data/sample" in made.stdout.splitlines()
    copied = {file.name: file.read_bytes() for file in (tmp_path / "data/sample").iterdir()}
    assert copied == {file.name: file.read_bytes() for file in SAMPLE.iterdir()}
    before = snapshot(tmp_path)
    assert (
        "kept data/sample, which was there already"
        in papermart("init", "--sample", cwd=tmp_path).stdout
    )
    assert snapshot(tmp_path) == before

    built = papermart("build", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert built.stderr.startswith(
        "note: no pages of yours yet, so this is the sample (data/sample)"
    )
    assert built.stdout.startswith("raw: 17 dumps (17 new, 0 gone, 0 set aside)\n")
    assert asked(tmp_path / "data/sample-warehouse/warehouse.duckdb", N_PAPERS) == [(137,)]
    answer = papermart("query", N_PAPERS, "--format", "csv", cwd=tmp_path)
    assert answer.stdout == "n\n137\n"
