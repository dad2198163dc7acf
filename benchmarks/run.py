"""`make bench`: every measurement of the project, one after the other.

Reading and tagging speed need nothing but the sample corpus. Linkage is measured on made-up
records, and on labelled ones where they lie beside a developer's checkout.
"""

import extraction
import linkage
import topics
from rich.console import Console


def main() -> None:
    """Run all benchmarks whose data is there, and say which are skipped."""
    console = Console()
    console.rule("reading pages")
    extraction.main(2.0)
    console.rule("linking records")
    linkage.main()
    console.rule("tagging papers")
    topics.main()


if __name__ == "__main__":
    main()
