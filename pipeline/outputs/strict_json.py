r"""JSON that every reader takes: no NaN, no halves of signs, nothing that commands a terminal.

What belongs here: spelling values as JSON (RFC 8259). What does not: which values.
"""

import json
import math
from collections.abc import Mapping

from pipeline.text.shown import ODD_SIGN


def to_json(value: object, indent: int | None = None, *, is_compact: bool = False) -> str:
    r"""Return a value as JSON: numbers that are none become null, odd signs are escaped.

    Args:
        value: what JSON has, tuples and sets among it; anything else is written as text, as are
            the keys of objects.
        indent: how far each level stands in; None: all on one line.
        is_compact: without spaces between the parts.

    >>> print(to_json({"share": float("nan"), "path": "a\x9b\u202e"}))
    {"share": null, "path": "a\u009b\u202e"}
    """
    text = json.dumps(
        _plain(value),
        ensure_ascii=False,
        indent=indent,
        separators=(",", ":") if is_compact else None,
        allow_nan=False,
    )
    return text if text.isprintable() else ODD_SIGN.sub(lambda found: _escaped(found[0]), text)


def _escaped(sign: str) -> str:
    return json.dumps(sign)[1:-1] if sign != "\x7f" else "\\u007f"


def _plain(value: object) -> object:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(one) for one in value]
    return str(value)
