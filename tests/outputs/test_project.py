"""`papermart init`: a folder to work in, where nothing that is there is touched."""

import re
import tomllib
from pathlib import Path

import pytest
from helpers import ANN, ROOT, SAMPLE, needs_sample, papermart, put

from pipeline.contract.errors import PipelineError
from pipeline.inputs.settings import Settings
from pipeline.outputs.project import make_project, settings_text


def names(folder: Path) -> set[str]:
    """The files of a folder, by path."""
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_a_new_folder_has_what_build_and_dagster_dev_need(tmp_path):
    folder = tmp_path / "new" / "reading"
    made = make_project(folder)
    assert (folder / "data" / "raw").is_dir()
    assert names(folder) == {"papermart.toml", "dagster.yaml", "workspace.yaml"}
    assert (folder / "dagster.yaml").read_bytes() == (ROOT / "dagster.yaml").read_bytes()
    assert "pipeline.definitions" in (folder / "workspace.yaml").read_text()
    assert made.kept == ()
    assert made.next_step == f"in {folder}: put saved pages into data/raw and run `papermart build`"


@needs_sample
def test_the_sample_comes_when_asked_for(tmp_path):
    made = make_project(tmp_path, with_sample=True)
    sample = tmp_path / "data" / "sample"
    assert sample in made.written
    assert names(sample) == names(SAMPLE)
    assert "build the sample" in made.next_step


def test_what_is_there_already_is_kept(tmp_path):
    put(tmp_path / "data" / "raw", {"ann.txt": ANN})
    (tmp_path / "papermart.toml").write_text("keep_versions = 2\n")
    make_project(tmp_path)
    (tmp_path / "dagster.yaml").write_text("# mine\n")
    made = make_project(tmp_path)
    assert made.written == ()
    assert (tmp_path / "papermart.toml").read_text() == "keep_versions = 2\n"
    assert (tmp_path / "dagster.yaml").read_text() == "# mine\n"
    # Pages are there, so nobody needs to be asked for them.
    assert made.next_step == f"in {tmp_path}: run `papermart build`"


def test_the_settings_file_names_every_setting_and_says_nothing_yet():
    text = settings_text()
    assert tomllib.loads(text) == {}
    said = tomllib.loads(re.sub(r"^# ([\w.]+ = )", r"\1", text, flags=re.MULTILINE))
    assert set(said) == set(Settings.model_fields)
    assert Settings.model_validate(said) == Settings()


def test_a_folder_that_cannot_be_written_is_said_to_be(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(PipelineError, match=r"taken.* cannot be written: not a directory"):
        make_project(tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "a file"


@needs_sample
def test_a_sample_that_cannot_be_copied_whole_is_not_there(tmp_path, monkeypatch):
    def fail(_source, target, **_):
        put(target, {"half.txt": "half"})
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr("shutil.copytree", fail)
    with pytest.raises(PipelineError, match="cannot be written"):
        make_project(tmp_path, with_sample=True)
    assert list((tmp_path / "data").iterdir()) == [tmp_path / "data" / "raw"]


def test_the_command_says_what_was_made_and_what_comes_next(tmp_path):
    first = papermart("init", cwd=tmp_path)
    assert first.returncode == 0
    assert first.stdout.splitlines() == [
        "made data/raw",
        "made papermart.toml",
        "made dagster.yaml",
        "made workspace.yaml",
        "put saved pages into data/raw and run `papermart build`",
    ]
    again = papermart("init", ".", cwd=tmp_path)
    assert "kept papermart.toml, which was there already" in again.stdout
