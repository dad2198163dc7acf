"""What people are advised about a page of no known site.

What belongs here: the reason why such a page is set aside, and which site comes nearest to it. What
does not: choosing the site of a page (`sources.registry`).
"""

from pipeline.extraction.ledger import Ledger
from pipeline.sources.dump import Dump, guess_form
from pipeline.sources.markup import visible_lines
from pipeline.sources.reading import reads
from pipeline.sources.registry import known_sources, own_sources

# How much of an unknown page is read to name the nearest site.
_NEAREST_LINES, _NEAREST_CHARS = 2_000, 1_000_000


def describe_unknown(dump: Dump) -> str:
    """Say that a page is of no known site, which sites there are, and which comes nearest."""
    if dump.form == "html":
        what = "is an HTML page of no known layout"
        advice = "if its site is a known one, save the page as text"
    else:
        what = f"is no page of a known site ({', '.join(sorted(known_sources()))})"
        advice = "if it is one, save all of it"
    nearest = _nearest(dump)
    if nearest is None:
        return f"{what}; {advice}"
    name, n_claimed, n_text = nearest
    return (
        f"{what}; nearest comes {name} ({dump.form}), {n_claimed} of {n_text} lines look like it, "
        f"but no paper does; {advice}"
    )


def _nearest(dump: Dump) -> tuple[str, int, int] | None:
    """Return the site that understands most lines of an unknown page: (site, lines, of lines).

    Only the beginning is looked at: this is advice for people, and the page may be a hostile one.
    """
    lines = dump.lines[:_NEAREST_LINES]
    if sum(map(len, lines)) > _NEAREST_CHARS:
        return None
    if dump.form == "html":
        # All markup is furniture; what a browser shows of it distinguishes sites.
        lines = visible_lines("\n".join(lines))[:_NEAREST_LINES]
    part = Dump(lines, guess_form(lines), dump.captured_on)
    n_claimed = {
        name: Ledger(part, source.parse(part)).counts["n_lines_claimed"]
        for name, source in own_sources().items()
        if reads(source, part.form)
    }
    best = max(n_claimed, key=lambda name: n_claimed[name], default=None)
    if best is None or not n_claimed[best]:
        return None
    return best, n_claimed[best], len(part.text_lines)
