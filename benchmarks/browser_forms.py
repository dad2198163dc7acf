"""The forms in which a browser saves a page: copied, in one file, complete, printed.

What belongs here: what Chromium makes of a page. What does not: other tools (`page_forms`).

The page is served under its own address, without the network: style sheets, scripts and pictures
are little files of ours, so that there is something to save beside it.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from page_forms import Absent, Page

_SIDE_FILES = {
    "stylesheet": ("text/css", b".title { font-weight: bold }\n.is-hidden { display: none }\n"),
    "script": ("text/javascript", b'(function () { "use strict"; window.loaded = true; })();\n'),
    "image": (
        "image/svg+xml",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>',
    ),
}
# What Chrome does to a page saved complete: the doctype and where it was saved from, addresses of
# links made whole, those of style sheets, scripts and pictures turned to the folder beside it.
_COMPLETE = """(folder) => {
  for (const link of document.querySelectorAll("a[href]")) link.setAttribute("href", link.href);
  for (const part of document.querySelectorAll("link[rel~=stylesheet], script[src], img[src]")) {
    const key = part.hasAttribute("src") ? "src" : "href";
    const name = new URL(part[key], location.href).pathname.split("/").pop() || "saved_resource";
    part.setAttribute(key, `./${folder}/${name}`);
  }
  const from = `<!-- saved from url=(${String(location.href.length).padStart(4, "0")})`;
  const doctype = document.doctype ? "<!DOCTYPE html>\\n" : "";
  return `${doctype}${from}${location.href} -->\\n${document.documentElement.outerHTML}`;
}"""
_SELECTED = """() => {
  getSelection().selectAllChildren(document.body);
  return getSelection().toString();
}"""
_SIDE_NAME = re.compile(r'"\./[^"/]{1,200}_files/([^"/?#]{1,200})"')

NAMES = ("chromium_copied", "chromium_selected", "mhtml", "complete", "pdf", "pdf_layout")


@contextmanager
def browser() -> Generator[Any]:
    """Yield a browser.

    Raises:
        Absent: there is none, or nothing to drive it.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise Absent("chromium is not installed (apt-get install chromium)")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise Absent("playwright is not installed (pip install playwright)") from None
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield running
        finally:
            running.close()


def save(running: Any, page: Page, root: Path) -> Iterator[tuple[str, Path | Absent]]:  # noqa: ANN401
    """Save a page in every form; yield the form's name and its file, or why there is none."""
    tab = running.new_page()
    try:
        tab.route("**/*", lambda route: _serve(route, page))
        tab.goto(page.address, wait_until="load")
        for name, script in (("chromium_copied", "document.body.innerText"),
                             ("chromium_selected", _SELECTED)):  # fmt: skip
            yield name, _write(root / name / f"{page.name}.txt", tab.evaluate(script))
        snapshot = tab.context.new_cdp_session(tab).send("Page.captureSnapshot")["data"]
        yield "mhtml", _write(root / "mhtml" / f"{page.name}.mhtml", snapshot)
        yield from _printed(tab, page, root)
        yield "complete", _complete(tab, page, root / "complete")
    finally:
        tab.close()


def _serve(route: Any, page: Page) -> None:  # noqa: ANN401
    kind = route.request.resource_type
    if kind == "document" and route.request.url == page.address:
        route.fulfill(body=page.content, content_type="text/html; charset=utf-8")
    elif kind in _SIDE_FILES:
        content_type, body = _SIDE_FILES[kind]
        route.fulfill(body=body, content_type=content_type)
    else:
        route.abort()


def _write(file: Path, content: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.write(content)
    return file


def _complete(tab: Any, page: Page, folder: Path) -> Path:  # noqa: ANN401
    content = tab.evaluate(_COMPLETE, f"{page.name}_files")
    beside = folder / f"{page.name}_files"
    beside.mkdir(parents=True, exist_ok=True)
    for name in set(_SIDE_NAME.findall(content)):
        kind = {"css": "stylesheet", "js": "script"}.get(name.rpartition(".")[2], "image")
        (beside / name).write_bytes(_SIDE_FILES[kind][1])
    return _write(folder / f"{page.name}.html", content)


def _printed(tab: Any, page: Page, root: Path) -> Iterator[tuple[str, Path | Absent]]:  # noqa: ANN401
    if shutil.which("pdftotext") is None:
        absent = Absent("pdftotext is not installed (apt-get install poppler-utils)")
        yield from (("pdf", absent), ("pdf_layout", absent))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.pdf"
        tab.pdf(path=str(file), format="A4")
        for name, options in (("pdf", []), ("pdf_layout", ["-layout"])):
            done = subprocess.run(
                ["pdftotext", *options, str(file), "-"], capture_output=True, check=True
            )
            text = done.stdout.decode("utf-8", "replace")
            yield name, _write(root / name / f"{page.name}.txt", text)
