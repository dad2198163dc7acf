r"""Ids and fingerprints: what names a record, a paper, an author, and what tells two states apart.

What belongs here: how ids are made and what they look like. What does not: which paper or
author gets which id (`transforms.stable_ids`).
"""

import hashlib
import json

# A record is the start of its dump's id, a hyphen, its place in the dump: 4b4fcbdbc598f512-0007.
DUMP_PREFIX = 16
RECORD_ID = rf"[0-9a-f]{{{DUMP_PREFIX}}}-[0-9]{{4,}}"
# A paper is a "p" and sixteen hexadecimal digits: p0123456789abcdef.
PAPER_ID = r"p[0-9a-f]{16}"
# An author is an "a" and sixteen hexadecimal digits: a0123456789abcdef.
AUTHOR_ID = r"a[0-9a-f]{16}"
# What `fingerprint` gives.
FINGERPRINT = r"[0-9a-f]{20}"


def record_id(dump_id: str, record_index: int) -> str:
    """Return a record's id: it depends on nothing but the dump's content and the place in it.

    >>> record_id("4b4fcbdbc598f512a0", 7)
    '4b4fcbdbc598f512-0007'
    """
    return f"{dump_id[:DUMP_PREFIX]}-{record_index:04d}"


def fingerprint(*parts: object) -> str:
    """Return a short hash of the parts, in order.

    >>> fingerprint("a", "b") == fingerprint("ab")
    False
    """
    text = json.dumps([str(part) for part in parts])
    return hashlib.sha256(text.encode()).hexdigest()[:20]
