"""`make bench`: every measurement of the project, one after the other.

Speed of commands, reading and tagging need nothing but the sample, telling people apart nothing but
made-up papers. Linkage is measured on made-up records and pages, and on labelled ones where they
lie beside a developer's checkout. Saved forms are those of made-up pages; of real ones,
`benchmarks/forms.py` asks by itself.
"""

import cost
import extraction
import forms
import identity_cost
import linkage
import startup
import topics
import variants
from rich.console import Console


def main() -> None:
    """Run all benchmarks whose data is there."""
    console = Console()
    console.rule("starting commands")
    startup.main()
    console.rule("reading pages")
    extraction.main(2.0)
    console.rule("saved forms of pages")
    forms.main(["--made", "1"])
    console.rule("linking records")
    linkage.main()
    console.rule("telling people apart")
    identity_cost.main()
    console.rule("a page saved many times")
    variants.main()
    console.rule("tagging papers")
    topics.main()
    console.rule("whole builds")
    cost.main(["--records", "10k"])


if __name__ == "__main__":
    main()
