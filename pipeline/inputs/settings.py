"""Where folders are and how much is kept: the one place of settings, and of the environment.

What belongs here: `papermart.toml`, the environment, defaults, and which of them counts. What does
not: what is in the folders.

An option of the command line counts before the environment (`PAPERMART_RAW` …), that before
`papermart.toml`, that before the default. The file is looked for in the current folder and those
above it; what it says is relative to the folder it lies in.

Where nobody named a raw folder, `data/raw` holds no page yet, and there is a sample, the sample is
what is built and asked, in a warehouse of its own: with the first page in `data/raw` people start
from nothing.
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from pipeline.contract.errors import PipelineError, cause_of
from pipeline.contract.memory import default_memory, n_bytes
from pipeline.inputs.given_files import folders_below, read_given
from pipeline.inputs.notes import NEVER_A_PAGE
from pipeline.inputs.page_places import RawPlace, folder_of, is_url
from pipeline.text.shown import shown_server

SETTINGS_FILE = "papermart.toml"
SAMPLE = Path("data/sample")
# Lies in a warehouse that was built from the sample.
SAMPLE_MARK = ".sample"
SAMPLE_WAREHOUSE = Path("data/sample-warehouse")
# Where Dagster keeps its history, by `dagster.yaml`.
DAGSTER_HISTORY = Path("data/.dagster")
_PREFIX = "PAPERMART_"
# As every client of Spark Connect calls it.
_SPARK_REMOTE = "SPARK_REMOTE"
# As it might be called by the names of other settings.
_MEANT_REMOTE = re.compile(rf"{_PREFIX}(?:ENGINE_+)?{_SPARK_REMOTE}")
_MOST_VERSIONS = 1000
_MOST_DAYS = 36_500
# What becomes of the records of a page that was taken away.
RECORDS_GO, RECORDS_STAY = "gone", "kept"
_MOST_BYTES = 1_000_000  # of the settings file
_REMOTE = re.compile(
    r"sc://(?:[^/\s:;\[\]]+|\[[\da-fA-F:.]+\])(?::(?P<port>\d{1,5}))?(?:/|\Z)", re.ASCII
)
_MOST_PORT = 65_535
# Other signs are spelled by each kind of store, and by each server that reads there, differently.
_STORE = re.compile(r"(?:(?:s3|gs|az)://[\w.-]+|file://)(?:/[\w.=-]+)*", re.ASCII)
_LEADING_ELSEWHERE = re.compile(r"/\.{1,2}(?:/|\Z)")
# A name with a password, and what follows a question mark, as signatures do.
_SECRET = re.compile(r"(?<=://)[^/]*@|\?.*", re.DOTALL)
# PySpark's own words for this machine; "localhost:15002" is a server without its scheme.
_LOCAL = re.compile(r"local(?:-cluster)?(?:\[[^]]*\])?")


def _read_place(value: object) -> Path:
    if not isinstance(value, str | Path) or not str(value).strip():
        raise ValueError(f"{value!r} is no folder or file")
    if is_url(str(value)):
        raise ValueError(
            f"{_shown_url(str(value))!r} is a URL, as only raw and store may be; name a folder or "
            "file that everybody has who builds"
        )
    return Path(value).expanduser()


def _read_raw(value: object) -> RawPlace:
    if not isinstance(value, str) or not is_url(value):
        return _read_place(value)
    return _url_of(value, "saved pages")


def _shown_url(url: str) -> str:
    """Return a URL as messages may show it: without what would let others in."""
    return _SECRET.sub("…", url)[:60]


def _url_of(value: str, what: str) -> str:
    text = value.strip().rstrip("/")
    if not _STORE.fullmatch(text) or _LEADING_ELSEWHERE.search(text):
        raise ValueError(
            f"{_shown_url(value)!r} is no URL of {what}; write s3://bucket/folder, gs://…, az://… "
            "or file:///folder, in letters, digits and - _ . ="
        )
    return text


def _number(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        text = str(value).strip()
        if isinstance(value, bool) or not text.isascii() or not text.isdigit():
            raise ValueError(f"{value!r} is no whole number")
        if len(text.lstrip("0")) > len(str(most)) or not least <= int(text) <= most:
            raise ValueError(f"{text[:20]} is not from {least} to {most}")
        return int(text)

    return read


def _read_retention(value: object) -> str:
    if value not in (RECORDS_GO, RECORDS_STAY):
        raise ValueError(f"{value!r} is neither {RECORDS_GO} nor {RECORDS_STAY}")
    return str(value)


def _read_memory(value: object) -> str:
    n_bytes(str(value))
    return str(value).strip()


def _read_remote(value: object) -> str:
    text = str(value).strip()
    found = _REMOTE.match(text)
    if text and not (found and int(found["port"] or 0) <= _MOST_PORT):
        raise ValueError(
            f"{shown_server(text)[:60]!r} is no address of a Spark Connect server; write "
            "sc://host:port, or leave it out to work here (SPARK_REMOTE=local)"
        )
    return text


def _read_store(value: object) -> str:
    return _url_of(str(value), "a store") if str(value).strip() else ""


_Place = Annotated[Path, BeforeValidator(_read_place)]
_Raw = Annotated[Path | str, BeforeValidator(_read_raw)]
_Number = Annotated[int, BeforeValidator(_number(1, _MOST_VERSIONS))]
_Days = Annotated[int, BeforeValidator(_number(0, _MOST_DAYS))]
_Retention = Annotated[str, BeforeValidator(_read_retention)]
_Store = Annotated[str, BeforeValidator(_read_store)]
_Memory = Annotated[str, BeforeValidator(_read_memory)]


class EngineSettings(BaseModel):
    """What does the work of a build."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    spark_remote: Annotated[str, BeforeValidator(_read_remote)] = Field(
        "",
        description="Server that makes the tables (Spark Connect), sc://host:port; none: here.",
    )


class Settings(BaseModel):
    """What can be set; the names are those in `papermart.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    raw: _Raw = Field(Path("data/raw"), description="Folder of saved pages, or its URL; only read.")
    warehouse: _Place = Field(Path("data/warehouse"), description="Folder of the warehouse.")
    overrides: _Place = Field(
        Path("data/overrides.csv"), description="Corrections of the linkage (CSV)."
    )
    waivers: _Place = Field(
        Path("data/waivers.csv"), description="Guardrails that are waived for a while (CSV)."
    )
    exports: _Place = Field(Path("data/exports"), description="Folder that exports are written to.")
    keep_versions: _Number = Field(5, description="How many published versions stay.")
    keep_days: _Days = Field(
        0, description="Versions younger than so many days stay, too, whatever their number."
    )
    retention: _Retention = Field(
        RECORDS_GO,
        description="What becomes of the records of a page that is taken away: gone, or kept.",
    )
    memory: _Memory = Field(
        default_memory(),
        description="How much memory a build may take; what does not fit goes to the disk.",
    )
    store: _Store = Field(
        "", description="URL under which the warehouse is shared (s3://bucket/folder); none: not."
    )
    engine: EngineSettings = EngineSettings()


@dataclass(frozen=True, slots=True)
class Folders:
    """The settings that count.

    Attributes:
        settings: their values.
        is_sample: the sample is shown, since there are no pages of one's own yet.
        history: where Dagster keeps its history.
    """

    settings: Settings
    is_sample: bool
    history: Path = DAGSTER_HISTORY


def read_folders(options: Mapping[str, object] | None = None, here: Path = Path()) -> Folders:
    """Return the settings that count.

    Args:
        options: what the command line says, by name; None is not said.
        here: the current folder.

    Raises:
        PipelineError: `papermart.toml` or the environment says what cannot be; names the place.
    """
    root, from_file = _read_file(here)
    said = {name: str(value) for name, value in (options or {}).items() if value is not None}
    from_environment = _environment()
    values = {**from_file, **from_environment, **said}
    places = {name: _variable(name) for name in from_environment} | {n: f"--{n}" for n in said}
    settings = _validated(values, places)
    own = settings.model_copy(
        update={
            name: root / getattr(settings, name)
            for name in ("raw", "warehouse", "overrides", "waivers", "exports")
            if name not in said and name not in from_environment
            if isinstance(getattr(settings, name), Path)
        }
    )
    if "raw" in values or not _shows_sample(own, root):
        # Naming the sample's folder is the same as being shown it.
        folder = folder_of(own.raw)
        is_named = "raw" in values and folder and folder.resolve() == (root / SAMPLE).resolve()
        return Folders(own, is_sample=bool(is_named), history=root / DAGSTER_HISTORY)
    sample = {"raw": root / SAMPLE}
    if "warehouse" not in values:
        sample["warehouse"] = root / SAMPLE_WAREHOUSE
    shown = own.model_copy(update=sample)
    return Folders(shown, is_sample=True, history=root / DAGSTER_HISTORY)


def _is_begun(warehouse: Path) -> bool:
    """Tell whether a build has left tables in a folder, published or not."""
    is_published = (warehouse / "warehouse.duckdb").exists()
    return is_published or any(warehouse.glob("tables/*/*/_stamp.json"))


def _shows_sample(settings: Settings, root: Path) -> bool:
    is_of_own = _is_begun(settings.warehouse) and not (settings.warehouse / SAMPLE_MARK).exists()
    return not is_of_own and not _holds_pages(Path(settings.raw)) and _holds_pages(root / SAMPLE)


def refuse_mixture(folders: Folders) -> None:
    """Refuse to mix the sample with other pages.

    Raises:
        PipelineError: the warehouse was built from the sample, and these are other pages, or the
            other way round.
    """
    warehouse = folders.settings.warehouse
    is_of_sample = (warehouse / SAMPLE_MARK).exists()
    if is_of_sample and not folders.is_sample:
        raise PipelineError(
            f"the warehouse {warehouse} was built from the sample, whose values would mix with "
            "yours; name another with --warehouse, or remove that folder"
        )
    if folders.is_sample and not is_of_sample and _is_begun(warehouse):
        raise PipelineError(
            f"the warehouse {warehouse} was built from pages of yours, with which the sample's "
            "values would mix; name another one for the sample with --warehouse"
        )


def mark_sample(folders: Folders) -> None:
    """Mark the warehouse as the sample's, or refuse to mix the sample with other pages.

    Raises:
        PipelineError: see `refuse_mixture`; or the warehouse cannot be written.
    """
    refuse_mixture(folders)
    warehouse = folders.settings.warehouse
    mark = warehouse / SAMPLE_MARK
    if folders.is_sample:
        try:
            warehouse.mkdir(parents=True, exist_ok=True)
            mark.touch()
        except OSError as error:
            cause = cause_of(error)
            raise PipelineError(f"the warehouse {warehouse} cannot be written: {cause}") from None


def _holds_pages(folder: Path) -> bool:
    """Tell whether a folder holds a file that a build would look at."""
    for _, folders, names in folders_below(folder, []):
        folders[:] = [name for name in folders if not NEVER_A_PAGE.search(name)]
        if any(not NEVER_A_PAGE.search(name) for name in names):
            return True
    return False


# ---------------------------------------------------------------- where settings come from


def _read_file(here: Path) -> tuple[Path, dict[str, object]]:
    """Return the folder that paths are relative to, and what its settings file says."""
    for folder in (here, *here.resolve().parents):
        file = folder / SETTINGS_FILE
        if os.path.isfile(file):  # noqa: PTH113 - says no of a folder that cannot be searched
            values = _parse(file)
            _validated(values, {}, file)
            return folder, values
    return here, {}


def _parse(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(read_given(file, _MOST_BYTES).decode("utf-8-sig"))
    except OSError as error:
        raise PipelineError(f"{file} cannot be read: {cause_of(error)}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PipelineError(
            f'{file} is not valid TOML: {error}; texts stand in quotes: name = "value"'
        ) from None


def _environment() -> dict[str, object]:
    names = Settings.model_fields.keys() - {"engine"}  # whose settings have names of their own
    found = {name: os.environ.get(_PREFIX + name.upper(), "") for name in sorted(names)}
    said: dict[str, object] = {name: value for name, value in found.items() if value}
    for name, value in sorted(os.environ.items()):
        if value and _MEANT_REMOTE.fullmatch(name):
            what = f"is not read; a server's address is set by {_SPARK_REMOTE}"
            raise PipelineError(f"{name}: {what}")
    remote = os.environ.get(_SPARK_REMOTE, "")
    here = {"spark_remote": "" if _LOCAL.fullmatch(remote) else remote}
    return said | ({"engine": here} if remote else {})


def _validated(
    values: Mapping[str, object], places: Mapping[str, str], file: Path | None = None
) -> Settings:
    """Return settings; `places` says where some of them were said, if not in the file."""
    try:
        return Settings.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        in_file = f"{file or SETTINGS_FILE}: {'.'.join(map(str, first['loc']))}"
        place = places.get(name, in_file)
        known = ", ".join((*(n for n in Settings.model_fields if n != "engine"), *_of_engine()))
        what = {
            "extra_forbidden": f"is no setting; there are {known}",
            "model_type": f"holds settings; there are {', '.join(_of_engine())}",
        }.get(first["type"], first["msg"].removeprefix("Value error, "))
        raise PipelineError(f"{place}: {what}") from None


def _of_engine() -> list[str]:
    return [f"engine.{name}" for name in EngineSettings.model_fields]


def _variable(name: str) -> str:
    return _SPARK_REMOTE if name == "engine" else _PREFIX + name.upper()
