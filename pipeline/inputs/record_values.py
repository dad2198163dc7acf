"""Single values of tables that people bring: what is an id, a text, nothing at all.

What belongs here: what every reader of such tables says of a value. What does not: opening files
(`record_files`), columns of one reader (`records.record_table`).
"""

import math
from datetime import date
from decimal import Decimal
from uuid import UUID

# What an id may be: what is written as one word. `bool` is an `int`, and none.
_ID_TYPES = (str, int, float, Decimal, date, UUID)
_MOST_SHOWN = 60


def is_missing(value: object) -> bool:
    """Tell whether a cell says nothing: NULL, and what programs write for it where numbers stand.

    >>> is_missing(None), is_missing(float("nan")), is_missing(0)
    (True, True, False)
    """
    return value is None or (isinstance(value, float) and math.isnan(value))


def shown(value: object) -> str:
    """Return a value as messages show it: on one line, not too long.

    >>> shown("a" * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' ..."
    """
    if isinstance(value, str):
        return f"{value[:_MOST_SHOWN]!r}{' ...' * (len(value) > _MOST_SHOWN)}"
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]} ..."


def id_text(value: object) -> str:
    """Return an id as text, "" if there is none.

    Raises:
        ValueError: it is no text, number or day.
    """
    if is_missing(value):
        return ""
    if isinstance(value, bool) or not isinstance(value, _ID_TYPES):
        raise ValueError(f"{shown(value)} is no id; write a text or a number")
    return str(value).strip()


def needed_id(value: object) -> str:
    """Return an id as text.

    Raises:
        ValueError: it is no text, number or day, or there is none.
    """
    if found := id_text(value):
        return found
    raise ValueError("is empty")


def text_or_none(value: object) -> str | None:
    """Return a text as it stands, None if there is none.

    Raises:
        ValueError: it is no text.
    """
    if is_missing(value):
        return None
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is not text")
    return value
