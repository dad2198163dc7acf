"""The report and the exports under the address of Dagster's pages: what a browser there may open.

What belongs here: which files are served, and to whom. A browser follows no link from a page of a
server to a file of the disk, and Dagster serves none but its own; so its server gets two routes
more. `History`, which `dagster.yaml` names and every process of Dagster loads, adds them.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.outputs.export_folder import DATAPACKAGE, MANIFEST, read_earlier
from pipeline.storage.warehouse import Warehouse

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

REPORT_ADDRESS = "/papermart/report.html"
EXPORTS_ADDRESS = "/papermart/exports"
_WEBSERVER = "dagster_webserver.webserver"
# The report shows text of pages: what runs in it is kept apart from Dagster's own pages, although
# one server gives both.
_APART = (
    "sandbox allow-scripts allow-downloads allow-modals allow-popups allow-popups-to-escape-sandbox"
)


def serve_files() -> None:
    """Let Dagster's server, if this is its process, serve report and exports as well."""
    if _WEBSERVER not in sys.modules:
        return
    from dagster_webserver.webserver import DagsterWebserver

    own = DagsterWebserver.build_static_routes
    if own.__module__ == __name__:
        return

    def build_static_routes(self: DagsterWebserver) -> list:  # type: ignore[type-arg]
        return [*_routes(), *own(self)]

    DagsterWebserver.build_static_routes = build_static_routes


def report_file(warehouse: Warehouse) -> Path:
    """Return where the report of a warehouse lies."""
    return warehouse.root / "report.html"


def export_files(exports: Path) -> list[Path]:
    """Return the files in a folder of exports that an export wrote; people may keep others there.

    Args:
        exports: the folder; need not be there.
    """
    if not exports.is_dir():
        return []
    earlier = read_earlier(exports)
    if not earlier.is_ours:
        return []
    names = (*earlier.files, MANIFEST, DATAPACKAGE)
    return [exports / name for name in names if (exports / name).is_file()]


def _routes() -> "list[Route]":
    from starlette.routing import Route

    return [
        Route(REPORT_ADDRESS, _report),
        Route(f"{EXPORTS_ADDRESS}/{{name}}", _export),
    ]


def _report(_: "Request") -> "Response":
    from starlette.responses import FileResponse, PlainTextResponse

    from pipeline.defs.resources import Folders

    file = report_file(Folders().open())
    if not file.is_file():
        return PlainTextResponse("No report yet: materialize published/report.", 404)
    headers = {"Content-Security-Policy": _APART, "Cache-Control": "no-store"}
    return FileResponse(file, headers=headers)


def _export(request: "Request") -> "Response":
    from starlette.responses import FileResponse, PlainTextResponse

    from pipeline.defs.resources import Folders

    name = request.path_params["name"]
    for file in export_files(Folders().exports_dir):
        if file.name == name:
            return FileResponse(file, filename=name, headers={"Cache-Control": "no-store"})
    return PlainTextResponse("No such file was exported.", 404)
