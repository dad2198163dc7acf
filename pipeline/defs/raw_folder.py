"""The folder of saved pages at the head of the lineage, and the pages of each site.

What belongs here: what Dagster shows of pages before they are tables, when pages of a site were
last saved, and how long that may be ago. What does not: reading them (`builds.dumps`).
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import dagster as dg

from pipeline.builds.freshness import listing_lines
from pipeline.builds.pending import pending_dumps, place_of
from pipeline.builds.status import held_back_pages
from pipeline.contract.errors import PipelineError
from pipeline.contract.ids import fingerprint
from pipeline.contract.tables import DUMPS
from pipeline.defs.code_places import function_places
from pipeline.defs.describing import CURATORS, asset_key
from pipeline.defs.metadata import rows_table
from pipeline.defs.resources import Folders
from pipeline.inputs.given_files import folders_below
from pipeline.inputs.page_places import PagePlace, RawPlace, folder_of, is_url
from pipeline.inputs.stored_pages import listing_state
from pipeline.sources.registry import display_names
from pipeline.storage.manifest import read_manifest
from pipeline.storage.warehouse import Warehouse
from pipeline.text.shown import printable_path

RAW = dg.AssetKey(["data", "raw"])
ALL_READ, NONE_ASIDE = "every_page_is_in_the_warehouse", "no_file_is_set_aside"
# People who follow a field save its pages each month or so; after a season trends of it are old.
_SAVED_AGAIN = dg.FreshnessPolicy.time_window(
    warn_window=timedelta(days=35), fail_window=timedelta(days=100)
)
_MOST_PENDING = 50
_SECONDS_BETWEEN_LISTS = 60


def site_key(site: str) -> dg.AssetKey:
    """Return the asset key of the pages of a site."""
    return dg.AssetKey(["sites", site])


@dg.observable_source_asset(
    key=RAW,
    group_name=DUMPS.layer,
    description="The folder that people save pages into; nothing in it is ever changed by us. "
    "While it is empty, the sample stands in for it. **Observe** counts its files.",
    metadata={"dagster/code_references": function_places(pending_dumps)},
    tags={"dagster/kind/file": "", "papermart/layer": "raw"},
)
def raw_folder(folders: Folders) -> dg.ObserveResult:
    """Look at the folder; nothing is read."""
    return dg.ObserveResult(metadata=folder_metadata(folders))


def folder_metadata(folders: Folders) -> dict[str, Any]:
    """Return what is known of the folder: its files, and what waits for a build."""
    raw = folders.raw_place
    rows = tuple(read_manifest(folders.open()).values())
    waiting = _pending(folders, rows)
    files = _names(place_of(raw, folders.open()))
    return {
        "n_files": len(files),
        "waiting for a build": len(waiting),
        "listings": dg.MetadataValue.md("\n".join(f"- {line}" for line in listing_lines(rows))),
        "path": _shown(raw),
        "state": fingerprint(sorted(files), waiting),
    }


def _names(place: PagePlace) -> list[str]:
    """Return the names of all files; none where a store cannot be asked, which `_pending` tells."""
    try:
        return [file for _, _, names in place.folders([]) for file in names]
    except PipelineError:
        return []


def _shown(raw: RawPlace) -> dg.PathMetadataValue | dg.UrlMetadataValue:
    if is_url(raw):
        return dg.MetadataValue.url(str(raw))
    return dg.MetadataValue.path(str(Path(raw).resolve()))


def folder_state(raw: RawPlace, *files: Path) -> tuple[str, float]:
    """Return a fingerprint of names, sizes and times, and the latest time.

    Of all that is below a folder, or a URL, and of some files beside it. Objects of a store are
    there at once, so their times say nothing of what is still on its way.

    No file is opened, so looking often costs little.

    Raises:
        PipelineError: a store cannot be asked.
    """
    folder = folder_of(raw)
    entries, latest = [], 0.0
    if folder is None:
        entries.append(_state_there(str(raw), int(time.time() // _SECONDS_BETWEEN_LISTS)))
    below = (
        Path(place, name)
        for place, folders, names in (folders_below(folder, []) if folder else ())
        for name in (*folders, *names)
    )
    for path in (*sorted(below), *files):
        try:
            found = path.lstat()
        except OSError:
            continue
        entries.append(f"{path.name}|{path.parent}|{found.st_size}|{found.st_mtime_ns}")
        latest = max(latest, found.st_mtime)
    return fingerprint(*entries), latest


@lru_cache(maxsize=4)
def _state_there(url: str, minute: int) -> str:  # noqa: ARG001 - it ends with it
    """Return the state of a store: lists are paid for, so no two are asked for within a minute."""
    return listing_state(url)


def _pending(folders: Folders, rows: tuple[dict[str, Any], ...] | None = None) -> list[str]:
    try:
        return pending_dumps(folders.raw_place, folders.open(), rows, folders.retention)
    except PipelineError as error:
        return [str(error)]


@dg.asset_check(
    asset=RAW,
    name=ALL_READ,
    description="No page is new, moved or gone since the last build. If not, this is a warning: "
    "the next build reads them.",
)
def all_read(folders: Folders) -> dg.AssetCheckResult:
    """Compare the folder with what the last build read of it."""
    return all_read_result(folders)


def all_read_result(folders: Folders) -> dg.AssetCheckResult:
    """Return whether the warehouse knows every page as it is now."""
    waiting = _pending(folders)
    metadata: dict[str, Any] = {"n_failed": len(waiting)}
    if waiting:
        metadata["pages"] = rows_table([{"path": path} for path in waiting[:_MOST_PENDING]])
    return dg.AssetCheckResult(
        asset_key=RAW,
        check_name=ALL_READ,
        passed=not waiting,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


@dg.asset_check(
    asset=RAW,
    name=NONE_ASIDE,
    description="Every file is read: none is set aside because it is no page that we know, is "
    "damaged or empty. If not, this is a warning that names file, reason and what to do; "
    "all others are read.",
)
def none_aside(folders: Folders) -> dg.AssetCheckResult:
    """Name the files that the last build set aside."""
    return aside_result(folders)


# ---------------------------------------------------------------- sites


def site_assets() -> list[dg.AssetSpec]:
    """Return the pages of each site as an asset: recorded when pages of it are new.

    Sites have a freshness policy, since it is their pages that grow old; tables do not, since they
    are as new as what they are made from.
    """
    return [
        dg.AssetSpec(
            key=site_key(site),
            group_name="sites",
            deps=[asset_key(DUMPS.full_name)],
            description=f"The saved pages of {title}. Recorded when pages of it are read for the "
            "first time. Fresh while that is not longer ago than 35 days; after 100 days, what "
            "the warehouse says of this site is old.",
            freshness_policy=_SAVED_AGAIN,
            kinds={"file"},
            owners=[CURATORS],
            tags={"papermart/layer": "raw"},
            metadata={"site": title},
        )
        for site, title in display_names().items()
    ]


def site_events(
    folders: Folders, known: Mapping[dg.AssetKey, Mapping[str, Any]]
) -> Iterator[dg.AssetMaterialization]:
    """Yield an event for each site of which pages have come since the last event of it.

    Args:
        folders: where the warehouse is.
        known: metadata of each asset's latest event, as plain values.
    """
    by_site: dict[str, list[dict[str, Any]]] = {}
    for row in read_manifest(folders.open()).values():
        by_site.setdefault(row["source"], []).append(row)
    for site in display_names():
        rows = by_site.get(site, [])
        newest = max((row["first_seen_at"] for row in rows), default=None)
        if rows and str(newest) != known.get(site_key(site), {}).get("last page came"):
            yield dg.AssetMaterialization(site_key(site), metadata=_site_metadata(rows))


def _site_metadata(rows: list[dict[str, Any]]) -> dict[str, Any]:
    days = [row["captured_on"] for row in rows if row["captured_on"]]
    status = Counter(row["status"] for row in rows)
    return {
        "n_pages": len(rows),
        "set aside": status["quarantined"],
        "n_records": sum(row["n_records"] for row in rows),
        "last page came": str(max(row["first_seen_at"] for row in rows)),
        "last day on which a page was saved": str(max(days)) if days else "not known",
        "pages": rows_table(sorted(map(_page, rows), key=lambda page: page["path"])),
    }


def _page(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("path", "status", "reason", "advice", "captured_on", "n_records", "n_held_back")
    return {name: row[name] for name in shown}


# ---------------------------------------------------------------- what became of pages


def aside_result(folders: Folders) -> dg.AssetCheckResult:
    """Return whether every file was read, and of those that were not why."""
    rows = [row for row in read_manifest(folders.open()).values() if row["status"] == "quarantined"]
    metadata: dict[str, Any] = {"n_failed": len(rows)}
    if rows:
        metadata["set aside"] = aside_rows(rows)
    return dg.AssetCheckResult(
        asset_key=RAW,
        check_name=NONE_ASIDE,
        passed=not rows,
        severity=dg.AssetCheckSeverity.WARN,
        description=_first_aside(rows),
        metadata=metadata,
    )


def _first_aside(rows: list[dict[str, Any]]) -> str | None:
    if not rows:
        return None
    first = min(rows, key=lambda row: row["path"])
    more = f", and {len(rows) - 1} more" if len(rows) > 1 else ""
    return f"{printable_path(first['path'])} {first['reason']}{more}"


def page_metadata(warehouse: Warehouse) -> dict[str, Any]:
    """Return what raw.dumps says of pages that are not believed: set aside, cards held back."""
    rows = [row for row in read_manifest(warehouse).values() if row["status"] == "quarantined"]
    held = held_back_pages(warehouse)
    found: dict[str, Any] = {
        "pages set aside": len(rows),
        "cards held back": sum(page.n_held_back for page in held),
    }
    if rows:
        found["set aside"] = aside_rows(rows)
    if held:
        found["held back"] = rows_table(
            [
                {"path": p.path, "cards": f"{p.n_held_back} of {p.n_cards}", "rules": p.rules}
                for p in held
            ]
        )
    return found


def aside_rows(rows: Iterable[Mapping[str, Any]]) -> dg.TableMetadataValue:
    """Return pages that were set aside and why, which says what to do as well."""
    shown = sorted(rows, key=lambda row: row["path"])
    return rows_table([{n: row[n] for n in ("path", "reason")} for row in shown])
