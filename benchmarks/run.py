"""`make bench`: every measurement of the project, one after the other.

Reading and tagging speed need nothing but the sample corpus; linkage needs labelled records,
which lie beside a developer's checkout and not on a user's machine.
"""

from pathlib import Path

import extraction
import linkage
import topics
from rich.console import Console

BENCH = Path(__file__).parent.parent.parent / "shared" / "bench"


def main() -> None:
    """Run all benchmarks whose data is there, and say which are skipped."""
    console = Console()
    console.rule("reading pages")
    extraction.main(4.0)
    console.rule("tagging papers")
    topics.main()
    for name in ("linkage", "dblp_acm"):
        console.rule(f"linking {name}")
        folder = BENCH / name
        if folder.is_dir():
            linkage.main(folder / "records.parquet", folder / "truth.parquet")
        else:
            console.print(f"skipped: the labelled records {name} are not on this machine")


if __name__ == "__main__":
    main()
