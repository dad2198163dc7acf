"""What a report of many papers weighs, and how it feels: its size, and what a browser takes for it.

    python benchmarks/report_size.py [N ...]

builds the sample, says its papers again until there are so many (1,000 and 20,000 by default: other
ids and titles, three quarters of the authors other people), writes the report of these, and opens
it in Chromium with the network cut. It prints megabytes, the processor time of writing, how long
the list of papers takes to be ready, and the slowest of some keystrokes in its search. Exit status
1 if a thousand papers weigh more than 4 MB, if the browser says or asks anything, or if keystrokes
take longer by more than the papers grow.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import process_time

import duckdb
from rich.console import Console
from rich.table import Table

from pipeline.outputs.report.page import write_report

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"
PAPERMART = Path(sys.executable).parent / "papermart"
_MOST_BYTES_OF_A_THOUSAND = 4_000_000
_WORDS = ("n", "ne", "neu", "neural", "neural wang", "é", "no such word")

# How each table of a paper is said again: copy 0 keeps what it is.
_PAPER_ID = "if(copy = 0, paper_id, 'p' || left(md5(paper_id || copy), 16)) as paper_id"
_OTHER_AUTHOR = (
    "if(copy % 4 = 0, author_id, 'a' || left(md5(author_id || copy), 16)) as author_id, "
    "if(copy % 4 = 0, author_name, author_name || ' ' || left(md5(copy::varchar), 2)) "
    "as author_name"
)
_AGAIN = {
    "papers": f"{_PAPER_ID}, "
    "if(copy = 0, title, concat(title, ' ', left(md5(title || copy), 5))) as title",
    "authorships": f"{_PAPER_ID}, {_OTHER_AUTHOR}",
    "paper_topics": _PAPER_ID,
    "paper_values": f"{_PAPER_ID}, record_id || '-' || copy as record_id",
    "paper_records": f"{_PAPER_ID}, record_id || '-' || copy as record_id, "
    "if(copy < 5, path, replace(path, '.', '-' || (copy % 40) || '.')) as path",
}


def many_papers(version: Path, target: Path, n_papers: int) -> None:
    """Write a published file with so many papers, made of one with fewer."""
    shutil.copy(version, target)
    with duckdb.connect(str(target)) as connection:
        ((n,),) = connection.sql("select count(*) from papers").fetchall()
        for table, other in _AGAIN.items():
            connection.execute(
                f"create temp table again as select * exclude (copy) replace ({other}) "
                f"from {table}, (select unnest(range({-(-n_papers // n)})) as copy)"
            )
            connection.execute(f"delete from {table}")
            connection.execute(f"insert into {table} select * from again")
            connection.execute("drop table again")
        connection.execute(
            "create temp table kept as select paper_id from papers order by hash(paper_id) "
            f"limit {n_papers}"
        )
        for table in _AGAIN:
            connection.execute(
                f"delete from {table} where paper_id not in (select paper_id from kept)"
            )
        _add_authors(connection)


def _add_authors(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the people that are new a row that is otherwise another's."""
    connection.execute(
        "insert into authors select a.* replace (n.author_id as author_id, n.author_name as "
        "author_name) from (select author_id, any_value(author_name) as author_name "
        "from authorships where author_id not in (select author_id from authors) group by all) "
        "as n, (select * from authors limit 1) as a"
    )


@dataclass(frozen=True, slots=True)
class Felt:
    """What a browser takes for a report.

    Attributes:
        ready_ms: until the list of papers can be used.
        slowest_ms: the slowest keystroke of its search.
        said: what it wrote to its console, or asked of the network.
    """

    ready_ms: float
    slowest_ms: float
    said: Sequence[str]


_NOTE_WHEN_READY = """
new MutationObserver(() => {
  const form = document.getElementById("papers-choice");
  if (form && !form.hidden && !window.readyAt) window.readyAt = performance.now();
}).observe(document, {attributes: true, subtree: true, attributeFilter: ["hidden"]});
"""
_TYPE = """async (words) => {
  const box = document.getElementById("papers-q");
  const taken = [];
  for (const word of words) {
    box.value = word;
    const start = performance.now();
    box.dispatchEvent(new Event("input"));
    document.body.offsetHeight;  // the page is laid out anew
    taken.push(performance.now() - start);
    await new Promise((go) => setTimeout(go, 300));
  }
  return Math.max(...taken);
}"""


def felt(report: Path) -> Felt | None:
    """Open a report in Chromium; None where there is none."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return None
    from playwright.sync_api import sync_playwright

    said: list[str] = []
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900}, offline=True)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.add_init_script(_NOTE_WHEN_READY)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(report.as_uri())
        page.wait_for_selector("[data-chart]:not([data-drawn])", state="detached", timeout=120_000)
        ready, slowest = page.evaluate("window.readyAt"), page.evaluate(_TYPE, list(_WORDS))
        browser.close()
    said += [url for url in asked if not url.startswith((report.as_uri(), "data:"))]
    return Felt(ready, slowest, said)


@dataclass(frozen=True, slots=True)
class Measured:
    """One report: of how many papers, its bytes, seconds to write it, what a browser takes."""

    n_papers: int
    n_bytes: int
    seconds: float
    felt: Felt | None


def measured(version: Path, here: Path, n_papers: int) -> Measured:
    """Write and open the report of so many papers."""
    file, report = here / f"{n_papers}.duckdb", here / f"{n_papers}.html"
    many_papers(version, file, n_papers)
    before = process_time()
    n_bytes = write_report(file, report)
    return Measured(n_papers, n_bytes, process_time() - before, felt(report))


def faults(found: Sequence[Measured]) -> Iterator[str]:
    """Yield what is more than allowed."""
    for one in found:
        if one.n_papers <= 1_000 and one.n_bytes > _MOST_BYTES_OF_A_THOUSAND:
            yield f"{one.n_papers:,} papers: more than {_MOST_BYTES_OF_A_THOUSAND / 1e6:.0f} MB"
        if one.felt and one.felt.said:
            yield f"{one.n_papers:,} papers: the browser said {one.felt.said[:3]}"
    felt_by_size = [(one.n_papers, one.felt.slowest_ms) for one in found if one.felt]
    for (n, before), (more, after) in pairwise(sorted(felt_by_size)):
        if after * n > before * more:
            yield f"{more:,} papers: a keystroke grows more than the papers do"


def main(*numbers: str) -> int:
    """Measure the reports of so many papers; return 1 if one is more than allowed."""
    wanted = [int(number.replace(",", "")) for number in numbers] or [1_000, 20_000]
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        arguments = ["build", "--raw", SAMPLE, "--warehouse", here / "warehouse"]
        subprocess.run([PAPERMART, *arguments], check=True, capture_output=True)
        version = (here / "warehouse" / "warehouse.duckdb").resolve()
        found = [measured(version, here, n) for n in wanted]
    table = Table(title="Reports of many papers")
    for heading in ("papers", "MB", "CPU s to write", "ready after ms", "slowest keystroke ms"):
        table.add_column(heading, justify="right")
    for one in found:
        browser = ("no chromium here", "")
        if one.felt:
            browser = (f"{one.felt.ready_ms:.0f}", f"{one.felt.slowest_ms:.0f}")
        size = f"{one.n_bytes / 1e6:.1f}"
        table.add_row(f"{one.n_papers:,}", size, f"{one.seconds:.1f}", *browser)
    console = Console()
    console.print(table)
    told = list(faults(found))
    for fault in told:
        console.print(fault)
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
