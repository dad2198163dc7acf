"""Which settings count: options, environment, `papermart.toml`, defaults; when it is the sample."""

import os
from pathlib import Path

import pytest
from helpers import (
    ANN,
    BO,
    PAGES,
    SAMPLE,
    asked,
    assert_clean_failure,
    make_only,
    papermart,
    put,
    snapshot,
)

from pipeline.contract.errors import PipelineError
from pipeline.inputs.settings import Settings, mark_sample, read_folders

N_PAPERS = "select count(*) from papers"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith("PAPERMART_")]:
        monkeypatch.delenv(name)


def said(here: Path, **options: object) -> Settings:
    return read_folders(options, here).settings


def toml(folder: Path, *lines: str) -> Path:
    return put(folder, {"papermart.toml": "\n".join(lines) + "\n"}) / "papermart.toml"


# ---------------------------------------------------------------- what counts


def test_without_a_word_the_defaults_count_in_the_current_folder(tmp_path):
    assert said(tmp_path) == Settings(
        raw=tmp_path / "data/raw",
        warehouse=tmp_path / "data/warehouse",
        overrides=tmp_path / "data/overrides.csv",
        waivers=tmp_path / "data/waivers.csv",
        exports=tmp_path / "data/exports",
        keep_versions=5,
    )


def test_paths_in_the_file_are_relative_to_it(tmp_path):
    toml(tmp_path, 'raw = "pages"', 'warehouse = "../house"', 'exports = "/out"', "keep_versions=2")
    found = said(tmp_path)
    assert found.raw == tmp_path / "pages"
    assert found.warehouse == tmp_path / "../house"
    assert found.exports == Path("/out")
    assert found.overrides == tmp_path / "data/overrides.csv"
    assert found.keep_versions == 2


def test_the_file_is_found_from_a_folder_below(tmp_path, monkeypatch):
    toml(tmp_path, 'raw = "pages"')
    (tmp_path / "deep" / "er").mkdir(parents=True)
    assert said(tmp_path / "deep" / "er").raw == tmp_path / "pages"
    assert said(tmp_path / "deep" / "er").warehouse == tmp_path / "data/warehouse"
    monkeypatch.chdir(tmp_path / "deep" / "er")
    assert said(Path()).raw.resolve() == (tmp_path / "pages").resolve()
    toml(tmp_path / "deep", 'raw = "nearer"')
    assert said(tmp_path / "deep" / "er").raw == tmp_path / "deep" / "nearer"


def test_the_environment_counts_before_the_file_and_an_option_before_both(tmp_path, monkeypatch):
    toml(tmp_path, 'raw = "file"', 'warehouse = "file-w"', 'overrides = "file.csv"')
    monkeypatch.setenv("PAPERMART_RAW", "environment")
    monkeypatch.setenv("PAPERMART_WAREHOUSE", "/environment/w")
    monkeypatch.setenv("PAPERMART_KEEP_VERSIONS", "3")
    found = said(tmp_path, raw="option", overrides=None)
    # What a person types is meant where the person is.
    assert found.raw == Path("option")
    assert found.warehouse == Path("/environment/w")
    assert found.overrides == tmp_path / "file.csv"
    assert found.keep_versions == 3
    assert said(tmp_path).raw == Path("environment")
    monkeypatch.setenv("PAPERMART_RAW", "")
    assert said(tmp_path).raw == tmp_path / "file", "an empty variable says nothing"


def test_every_setting_may_come_from_the_environment(tmp_path, monkeypatch):
    flat = [name for name in Settings.model_fields if name != "engine"]
    values = dict.fromkeys(flat, "7") | {"retention": "kept", "memory": "2 GB"}
    values |= {"store": "s3://a-bucket/the.papers/v=1"}
    for name, value in values.items():
        monkeypatch.setenv(f"PAPERMART_{name.upper()}", value)
    monkeypatch.setenv("SPARK_REMOTE", "sc://there:15002")
    found = said(tmp_path)
    assert {name: str(getattr(found, name)) for name in flat} == values
    assert found.engine.spark_remote == "sc://there:15002"


@pytest.mark.parametrize("remote", ["local", "local[*]", "local-cluster[2,1,1024]"])
def test_what_pyspark_calls_this_machine_names_no_server(remote, tmp_path, monkeypatch):
    (tmp_path / "papermart.toml").write_text('engine.spark_remote = "sc://there:15002"')
    assert said(tmp_path).engine.spark_remote
    monkeypatch.setenv("SPARK_REMOTE", remote)
    assert not said(tmp_path).engine.spark_remote


@pytest.mark.parametrize("name", ["PAPERMART_SPARK_REMOTE", "PAPERMART_ENGINE__SPARK_REMOTE"])
def test_a_server_that_is_named_as_other_settings_are_is_told(name, tmp_path, monkeypatch):
    monkeypatch.setenv(name, "sc://there:15002")
    with pytest.raises(PipelineError, match=f"{name}: is not read; .* set by SPARK_REMOTE"):
        said(tmp_path)
    monkeypatch.setenv(name, "")
    assert not said(tmp_path).engine.spark_remote


# ---------------------------------------------------------------- what is wrong


FAULTS = {
    "unknown key": (
        'rwa = "pages"',
        "papermart.toml: rwa: is no setting; there are raw, warehouse",
    ),
    "a setting of the engine's": (
        'spark_remote = "sc://there"',
        "papermart.toml: spark_remote: is no setting; there are raw, warehouse, overrides, "
        "waivers, exports, keep_versions, keep_days, retention, memory, store, engine.spark_remote",
    ),
    "wrong type": ("raw = 7", "papermart.toml: raw: 7 is no folder or file"),
    "no number": ('keep_versions = "many"', "papermart.toml: keep_versions: 'many' is no whole"),
    "too few": ("keep_versions = 0", "papermart.toml: keep_versions: 0 is not from 1 to"),
    "too many": ("keep_days = 36501", "papermart.toml: keep_days: 36501 is not from 0 to"),
    "a flood": (f"keep_days = '{'9' * 5000}'", "papermart.toml: keep_days: 999"),
    "no choice": ('retention = "Kept"', "papermart.toml: retention: 'Kept' is neither gone nor"),
    "no word": ("retention = true", "papermart.toml: retention: True is neither gone nor"),
    "no unit": ("memory = 3", "papermart.toml: memory: '3' is no amount of memory; write 3GB or"),
    "no amount": ('memory = "much"', "papermart.toml: memory: 'much' is no amount of memory"),
    "no memory": ('memory = "0.1GB"', "papermart.toml: memory: 0.1GB is too little to build with"),
    "no server": (
        'engine.spark_remote = "there:7077"',
        "papermart.toml: engine.spark_remote: 'there:7077' is no address of a Spark",
    ),
    "no port": (
        'engine.spark_remote = "sc://there:99999"',
        "papermart.toml: engine.spark_remote: 'sc://there:99999' is no address of a Spark",
    ),
    "no group": (
        'engine = "sc://there"',
        "papermart.toml: engine: holds settings; there are engine.spark_remote",
    ),
    "no quotes": (
        "raw = pages",
        "papermart.toml is not valid TOML: Invalid value (at line 1, column 7); texts stand in",
    ),
    "no store": (
        'store = "https://there/papers"',
        "papermart.toml: store: 'https://there/papers' is no URL of a store; write s3://bucket",
    ),
    "a store by way of another": (
        'store = "s3://there/a/../papers"',
        "papermart.toml: store: 's3://there/a/../papers' is no URL of a store",
    ),
    "pages by their own place": (
        'raw = "s3://there/./pages"',
        "papermart.toml: raw: 's3://there/./pages' is no URL of saved pages",
    ),
    "a store of odd name": (
        'store = "s3://there/our papers"',
        "papermart.toml: store: 's3://there/our papers' is no URL of a store",
    ),
    "bad TOML": ("raw = pages", "papermart.toml is not valid TOML: "),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_file_is_named(fault, tmp_path):
    line, message = FAULTS[fault]
    file = toml(tmp_path, line)
    with pytest.raises(PipelineError) as error:
        said(tmp_path)
    assert str(error.value).startswith(f"{tmp_path}/{message}")
    run = papermart("status", cwd=tmp_path)
    assert_clean_failure(run, message.partition(":")[0])
    assert file.read_text("utf-8") == f"{line}\n"


def test_a_file_that_is_no_text_is_named(tmp_path):
    put(tmp_path, {"papermart.toml": b"raw = '\xff'"})
    with pytest.raises(PipelineError, match=r"papermart\.toml is not valid TOML: .*utf-8"):
        said(tmp_path)


def test_a_byte_order_mark_is_no_fault(tmp_path):
    put(tmp_path, {"papermart.toml": '\ufeffraw = "pages"\n'})
    assert said(tmp_path).raw == tmp_path / "pages"


def test_a_fault_in_the_environment_is_named_by_its_variable(tmp_path, monkeypatch):
    monkeypatch.setenv("PAPERMART_KEEP_VERSIONS", "many")
    with pytest.raises(PipelineError, match=r"^PAPERMART_KEEP_VERSIONS: 'many' is no whole number"):
        said(tmp_path)


def test_how_many_versions_stay_can_be_set(tmp_path, monkeypatch):
    """`build` hands the setting on."""
    toml(tmp_path, "keep_versions = 2", f'raw = "{put(tmp_path / "pages", PAGES)}"')
    handed = {}

    def stop(*_, **options):
        handed.update(options)
        raise PipelineError("far enough")

    monkeypatch.setattr("pipeline.builds.run.build", stop)
    assert_clean_failure(papermart("build", cwd=tmp_path), "far enough")
    assert handed["keep_versions"] == 2


# ---------------------------------------------------------------- the sample


@pytest.fixture
def home(tmp_path) -> Path:
    """A folder with a sample of two pages, and none of one's own yet."""
    put(tmp_path / "data/sample", {"ann.txt": ANN, "bo.txt": BO})
    put(tmp_path / "data/raw", {".gitkeep": b""})
    return tmp_path


def test_the_sample_is_shown_where_there_are_no_pages_of_ones_own(home):
    found = read_folders({}, home)
    assert found.is_sample
    assert found.settings.raw == home / "data/sample"
    assert found.settings.warehouse == home / "data/sample-warehouse"
    assert found.settings.overrides == home / "data/overrides.csv"


NO_SAMPLE = {
    "a page": lambda home: put(home / "data/raw", {"page.txt": ANN}),
    "a page deep below": lambda home: put(home / "data/raw/deep/er", {"page.txt": ANN}),
    "no sample": lambda home: (home / "data/sample").rename(home / "elsewhere"),
    "a raw folder in the file": lambda home: toml(home, 'raw = "data/raw"'),
    "a warehouse of one's own": lambda home: put(home / "data/warehouse", {"warehouse.duckdb": ""}),
}


@pytest.mark.parametrize("reason", NO_SAMPLE)
def test_the_sample_gives_way(reason, home):
    NO_SAMPLE[reason](home)
    found = read_folders({}, home)
    assert not found.is_sample
    assert found.settings.raw == home / "data/raw"
    assert found.settings.warehouse == home / "data/warehouse"


def test_a_raw_folder_that_somebody_names_is_meant(home, monkeypatch):
    assert not read_folders({"raw": home / "data/raw"}, home).is_sample
    monkeypatch.setenv("PAPERMART_RAW", str(home / "data/raw"))
    assert not read_folders({}, home).is_sample


def test_a_warehouse_that_somebody_names_holds_the_sample(home):
    found = read_folders({"warehouse": home / "mine"}, home)
    assert found.is_sample
    assert (found.settings.raw, found.settings.warehouse) == (home / "data/sample", home / "mine")


def test_a_warehouse_of_the_sample_refuses_other_pages(home):
    mark_sample(read_folders({"warehouse": home / "mine"}, home))
    own = read_folders({"raw": home / "data/raw", "warehouse": home / "mine"}, home)
    with pytest.raises(PipelineError, match=r"mine was built from the sample.*--warehouse"):
        mark_sample(own)
    mark_sample(read_folders({"warehouse": home / "mine"}, home))
    assert not (home / "data/warehouse").exists()


def test_a_warehouse_that_cannot_be_marked_is_named(home):
    put(home, {"file": b"kept"})
    with pytest.raises(PipelineError, match=r"file/w cannot be written: not a directory"):
        mark_sample(read_folders({"warehouse": home / "file" / "w"}, home))


def test_from_the_sample_to_pages_of_ones_own(home, monkeypatch):
    """Build the sample, ask it, put in the first page: from there on it is as if nothing was."""
    make_only(monkeypatch, "marts.papers")
    monkeypatch.setattr("pipeline.cli.build._COUNTED", ("papers",))
    note = (
        f"note: no pages of yours yet, so this is the sample ({Path('data/sample')}); "
        "put pages into data/raw to start your own\n"
    )
    built = papermart("build", cwd=home)
    assert (built.returncode, built.stderr) == (0, note)
    assert "raw: 2 dumps (2 new" in built.stdout
    question = ("query", "select count(*) as n from papers", "--format", "csv")
    answer = papermart(*question, cwd=home)
    assert (answer.stdout, answer.stderr) == ("n\n4\n", note)
    assert not (home / "data/warehouse").exists()
    sample = snapshot(home, "data/sample-warehouse", "tables")

    put(home / "data/raw", {"ann.txt": ANN})
    status = papermart("status", cwd=home)
    assert status.stderr == ""
    assert status.stdout.startswith("warehouse data/warehouse: nothing published yet")
    assert "raw folder data/raw: 1 file is new" in status.stdout
    assert_clean_failure(papermart(*question, cwd=home), "nothing is published in")
    refused = papermart("build", "--warehouse", "data/sample-warehouse", cwd=home)
    assert_clean_failure(refused, "the warehouse data/sample-warehouse was built from the sample")
    assert snapshot(home, "data/sample-warehouse", "tables") == sample

    built = papermart("build", cwd=home)
    assert (built.returncode, built.stderr) == (0, "")
    assert "raw: 1 dumps (1 new" in built.stdout
    assert asked(home / "data/warehouse/warehouse.duckdb", N_PAPERS) == [(3,)]
    (home / "data/raw/ann.txt").unlink()
    again = papermart("status", cwd=home)
    assert again.stderr == "", "whoever had pages is not shown the sample again"
    assert "raw folder data/raw: 1 file is new, moved or gone" in again.stdout


def test_a_warehouse_that_is_asked_by_name_is_no_sample(home):
    run = papermart("query", "select 1", "--warehouse", home / "none", cwd=home)
    assert_clean_failure(run, f"nothing is published in {home / 'none'}")


def test_the_checkout_comes_with_a_sample():
    assert len([*SAMPLE.iterdir()]) == 17


def test_a_path_from_the_home_folder_is_spelled_out(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    toml(tmp_path, 'warehouse = "~/wh"')
    assert said(tmp_path).warehouse == tmp_path / "home" / "wh"


@pytest.mark.parametrize(
    "said_of_it", ['raw = ""', "keep_versions = true", 'keep_versions = "1.5"']
)
def test_what_cannot_be_a_setting_is_refused(said_of_it, tmp_path):
    toml(tmp_path, said_of_it)
    with pytest.raises(PipelineError, match=r"papermart\.toml: \w+: .* is no "):
        said(tmp_path)


@pytest.mark.parametrize("name", ["page.txt.part", "notes~", ".hidden", ".git/config"])
def test_what_no_build_looks_at_is_no_page_of_ones_own(name, tmp_path):
    put(tmp_path / "data/sample", PAGES)
    file = tmp_path / "data/raw" / name
    file.parent.mkdir(parents=True)
    file.write_text("x", "utf-8")
    assert read_folders({}, tmp_path).is_sample


def test_naming_the_samples_folder_is_no_mixture(tmp_path):
    put(tmp_path / "data/sample", PAGES)
    named = {"raw": tmp_path / "data/sample", "warehouse": tmp_path / "data/sample-warehouse"}
    mark_sample(read_folders({}, tmp_path))
    mark_sample(read_folders(named, tmp_path))


def test_the_sample_is_not_mixed_into_pages_of_ones_own(tmp_path):
    put(tmp_path / "data/sample", PAGES)
    put(tmp_path / "data/warehouse", {"warehouse.duckdb": "of pages that lay in data/raw"})
    with pytest.raises(PipelineError, match="built from pages of yours, with which"):
        mark_sample(read_folders({"raw": tmp_path / "data/sample"}, tmp_path))
    assert not (tmp_path / "data/warehouse/.sample").exists()
