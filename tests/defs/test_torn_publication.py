"""Asked through Dagster, too, a version holds only tables that were made from each other."""

from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
from helpers import DI, MORNING, PAGES, asked, copy_of, put, small_build

from pipeline.builds import run
from pipeline.builds.run import build
from pipeline.contract.errors import GuardrailError, PipelineError
from pipeline.contract.tables import EXTRACTED_TABLES
from pipeline.defs.assets import all_assets
from pipeline.defs.metadata import asset_key
from pipeline.defs.published import WAREHOUSE
from pipeline.defs.resources import Folders

EXTRACTED = [asset_key(spec.full_name) for spec in EXTRACTED_TABLES]


@pytest.fixture
def folders(tmp_path) -> Folders:
    """The small warehouse, and a page that it does not know."""
    root = copy_of(small_build()[0], tmp_path / "warehouse")
    put(tmp_path / "raw", PAGES | {"di.txt": DI})
    return Folders(raw=str(tmp_path / "raw"), warehouse=str(root))


def materialize(folders: Folders, *keys: dg.AssetKey) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        all_assets(), selection=keys, resources={"folders": folders}, raise_on_error=False
    )


def refusal(folders: Folders) -> str:
    """Ask for the published file alone, see that it stays, and return why."""
    root = Path(folders.warehouse)
    before = (root / "warehouse.duckdb").readlink(), sorted((root / "versions").iterdir())
    done = materialize(folders, WAREHOUSE)
    assert not done.success
    assert ((root / "warehouse.duckdb").readlink(), sorted((root / "versions").iterdir())) == before
    told = done.failure_data_for_node("published__warehouse").user_failure_data.description
    assert told is not None
    return told


def test_extracted_tables_alone_are_not_published_beside_older_papers(folders):
    assert materialize(folders, *EXTRACTED).success
    told = refusal(folders)
    assert "nothing was published: " in told
    assert "linkage.title_marks" in told
    assert "are behind what they are made from" in told
    assert "input changed: staging.records" in told
    assert "Run `papermart build`, or materialize all" in told


def test_after_a_failed_build_what_failed_and_what_waits_is_named(folders, monkeypatch):
    """New papers must not stand beside the emerging phrases of the build before."""
    refresh = run.refresh_model

    def failing(warehouse, model, *arguments, **options):
        if model.name == "marts.emerging_phrases":
            raise PipelineError("the model marts.emerging_phrases does not run.")
        return refresh(warehouse, model, *arguments, **options)

    house = folders.open_to_write()
    monkeypatch.setattr(run, "refresh_model", failing)
    with pytest.raises(PipelineError, match="Nothing is published while a table is behind"):
        build(Path(folders.raw), house, now=MORNING + timedelta(days=1))
    house.close()
    told = refusal(folders)
    assert "marts.emerging_phrases is behind what it is made from" in told
    monkeypatch.undo()
    assert build(Path(folders.raw), house, now=MORNING + timedelta(days=2)).is_published
    assert asked(house.published, "select count(*) from papers") == [(7,)]
    assert materialize(folders, WAREHOUSE).success


def test_what_would_lose_all_papers_is_not_published_without_a_waiver(
    folders, tmp_path, monkeypatch
):
    for page in Path(folders.raw).iterdir():
        page.unlink()
    house = folders.open_to_write()
    with pytest.raises(GuardrailError):
        build(Path(folders.raw), house, now=MORNING + timedelta(days=1))
    house.close()
    assert "emptied: papers 6 -> 0, at least 1" in refusal(folders)
    waivers = tmp_path / "waivers.csv"
    waivers.write_text("guardrail,who,when,why,until\nemptied,ann,,meant,2999-01-01\n", "utf-8")
    monkeypatch.setenv("PAPERMART_WAIVERS", str(waivers))
    assert materialize(folders, WAREHOUSE).success
    assert asked(house.published, "select waived_by from guardrails where not is_passed") == [
        ("ann",)
    ]
