"""Ids by their beginning: which id somebody means who gives the first signs of it, and showing so.

What belongs here: ids of papers, records and authors. What does not: versions
(`storage.versions`), what an id leads to (`explain_subject`, `decisions`).
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pipeline.contract.errors import PipelineError
from pipeline.contract.ids import AUTHOR_ID, PAPER_ID, RECORD_ID
from pipeline.storage.duckdb_engine import DuckDB

_SHOWN = 8  # signs behind the letter, or of a record's page: two of a million rarely share them
_MAX_CHOICES = 20
_LEAST = 4
_TOO_SHORT = re.compile(rf"[pa](?=[a-f]*[0-9])[0-9a-f]{{1,{_LEAST - 1}}}")  # with a digit: no word
_WHOLE = re.compile(rf"{PAPER_ID}|{AUTHOR_ID}|{RECORD_ID}")
_PIECES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "paper": re.compile(rf"p[0-9a-f]{{{_LEAST},15}}"),
        "author": re.compile(rf"a[0-9a-f]{{{_LEAST},15}}"),
        "record": re.compile(r"([0-9a-f]{6,15})(-[0-9]{4,})?|[0-9a-f]{16}(-[0-9]{0,3})?"),
    }
)
# What has the id, and in words which it is: (id, words).
_QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "paper": """
            select known_id, coalesce(year::varchar, '    ') || '  ' || title
            from paper_ids join papers using (paper_id)
            where starts_with(known_id, $begin) and ends_with(known_id, $end)
            order by known_id, paper_ids.n_records desc, paper_id""",
        "author": """
            select known_id, author_name
            from author_ids join authors using (author_id)
            where starts_with(known_id, $begin) and ends_with(known_id, $end)
            order by known_id, author_id""",
        "record": """
            select record_id, path || ':' || line_start
            from paper_records
            where starts_with(record_id, $begin) and ends_with(record_id, $end)
            order by record_id""",
    }
)


def short_id(whole: str) -> str:
    """Return the beginning of an id, enough to tell it from nearly all others; else what it is.

    >>> short_id("p0123456789abcdef"), short_id("4b4fcbdbc598f512-0007"), short_id("2006.03654v2")
    ('p01234567', '4b4fcbdb-0007', '2006.03654v2')
    """
    if not _WHOLE.fullmatch(whole):
        return whole
    if "-" in whole:
        page, place = whole.split("-", 1)
        return f"{page[:_SHOWN]}-{place}"
    return whole[: _SHOWN + 1]


def is_surely_piece(wanted: str) -> bool:
    """Tell whether a text can hardly be a word or number but the beginning of an id.

    >>> is_surely_piece("p01ab"), is_surely_piece("abba"), is_surely_piece("202012")
    (True, False, False)
    """
    wanted = wanted.strip().lower()
    is_mixed = re.search("[0-9]", wanted) and re.search("[a-z]", wanted)
    return bool(is_mixed) and any(piece.fullmatch(wanted) for piece in _PIECES.values())


def whole_id(engine: DuckDB, wanted: str) -> str:
    """Return the id that begins so; what is the beginning of none comes back as it is.

    Args:
        engine: sees a published file.
        wanted: the first signs of a paper's or author's id (the letter and four more at least), of
            a record's (six at least, or as `short_id` shows it: 4b4fcbdb-0007), or anything else.

    Raises:
        PipelineError: several ids begin so; the message lists them.
    """
    piece = wanted.strip().lower()
    kinds = [kind for kind, looks in _PIECES.items() if looks.fullmatch(piece)]
    found = {kind: ids for kind in kinds if (ids := _beginning(engine, kind, piece))}
    ids = [id_ for of_kind in found.values() for id_ in of_kind.items()]
    if len(ids) > 1:
        raise PipelineError(_choices(wanted, " and ".join(f"{kind}s" for kind in found), ids))
    return ids[0][0] if ids else wanted


def piece_words(wanted: str) -> str:
    """Say of what may be meant as the beginning of an id, and leads nowhere, why; else nothing.

    >>> piece_words("p36"), piece_words("p0123ab"), piece_words("kites")
    ('; of an id its letter and 4 more signs are needed', '; no id here begins so', '')
    """
    piece = wanted.strip().lower()
    if _TOO_SHORT.fullmatch(piece):
        return f"; of an id its letter and {_LEAST} more signs are needed"
    return "; no id here begins so" if is_surely_piece(piece) else ""


def _beginning(engine: DuckDB, kind: str, piece: str) -> dict[str, str]:
    """Return the ids of a kind that begin so, and which each is in words."""
    begin, end = piece, ""
    if (parts := _PIECES["record"].fullmatch(piece)) and kind == "record" and parts[2]:
        begin, end = parts[1], parts[2]
    found: dict[str, str] = {}
    for name, words in engine.tuples(_QUESTIONS[kind], {"begin": begin, "end": end}):
        found.setdefault(name, words)
    return found


def _choices(wanted: str, kinds: str, found: Sequence[tuple[str, str]]) -> str:
    lines = [f"{name}  {words}" for name, words in found[:_MAX_CHOICES]]
    if len(found) > len(lines):
        lines.append(f"… and {len(found) - len(lines)} more")
    head = f"{len(found)} {kinds} have ids that begin with {wanted!r}; give more of one:"
    return "\n  ".join([head, *lines])
