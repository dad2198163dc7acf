"""From the bytes of a dump to its text, or the reason why there is none.

What belongs here: opening, decoding, and faults of a file as a whole. What does not: what its lines
mean (`reading`).
"""

import codecs
import hashlib
import re

from pipeline.contract.findings import Issue
from pipeline.extraction.dump_files import DumpFile
from pipeline.extraction.other_files import Advice, binary_kind
from pipeline.inputs.page_places import CHANGED, VANISHED, PagePlace, unreadable
from pipeline.text.damage import without_whole_commands

_MAX_CONTROL_SHARE = 0.01
_EMPTY = Advice("is empty", "save the page again")
_BINARY = Advice("is not text (binary data)", "save the page as text or HTML")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
_NOT_CONTROL = bytes(byte for byte in range(256) if not _CONTROL.match(chr(byte)))


class DumpFaultError(Exception):
    """A dump cannot be read; the message is the reason shown to people.

    Args:
        reason: what it is or lacks, and what to do.
        advice: the end of it that says what to do, if it can be told apart.
    """

    def __init__(self, reason: str, advice: str | None = None) -> None:
        """Keep both."""
        super().__init__(reason)
        self.advice = advice

    @classmethod
    def of(cls, found: Advice) -> "DumpFaultError":
        """Return the fault of a file of which it is known what it is."""
        return cls(f"{found.what}; {found.advice}", found.advice)


class TransientFaultError(Exception):
    """A dump could be read a moment ago and cannot now."""


def read_content(place: PagePlace, file: DumpFile) -> bytes:
    """Return the bytes of a dump.

    Raises:
        DumpFaultError: it is empty, or could not be read when it was found.
        TransientFaultError: it is not what was found a moment ago.
    """
    if file.fault:
        raise DumpFaultError(file.fault, file.advice)
    try:
        content, is_same = place.content(file.name or file.path, file.stamp)
    except FileNotFoundError:
        raise TransientFaultError(VANISHED) from None
    except OSError as error:
        raise TransientFaultError(unreadable(error)) from None
    if not is_same and hashlib.sha256(content).hexdigest() != file.dump_id:
        raise TransientFaultError(CHANGED)
    if not content or content.isspace():
        raise DumpFaultError.of(_EMPTY)
    return content


def decode(content: bytes) -> tuple[str, str, list[Issue]]:
    """Turn the bytes of a dump into text.

    Byte order marks are obeyed, then UTF-8 is tried, then Windows-1252 (which browsers read
    for "Latin-1"). Damaged UTF-8 stays UTF-8 with replacement characters.

    Returns:
        The text, the name of its encoding, and what was odd.

    Raises:
        DumpFaultError: the bytes are not text.
    """
    if found := binary_kind(content):
        raise DumpFaultError.of(found)
    text, encoding, issues = _decode_any(content)
    if text.startswith("\ufeff"):
        text = text[1:]
    if n_control := _count_control(content, encoding, text):
        # A terminal's colours are no sign of binary data, and go with what follows the sign.
        plain = without_whole_commands(text)
        n_left = len(_CONTROL.findall(plain)) if plain != text else n_control
        if n_left > _MAX_CONTROL_SHARE * len(text):
            raise DumpFaultError.of(_BINARY)
        issues.append(_control_issue(text, n_control))
        text = _CONTROL.sub("", plain)
    if not text or text.isspace():
        raise DumpFaultError.of(_EMPTY)
    return text, encoding, issues


def _count_control(content: bytes, encoding: str, text: str) -> int:
    # Deleting all other bytes is ten times faster than looking for these.
    shown = content if encoding == "utf-8" else text.encode("utf-8", "replace")
    return len(shown.translate(None, _NOT_CONTROL))


def _decode_any(content: bytes) -> tuple[str, str, list[Issue]]:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _decode_damaged(content, encoding)
    try:
        return content.decode("utf-8"), "utf-8", []
    except UnicodeDecodeError:
        pass
    text = content.decode("utf-8", "replace")
    n_bad = text.count("\ufffd")
    n_good = sum(1 for char in text if char > "\x7f") - n_bad
    if n_good >= n_bad:
        return _decode_damaged(content, "utf-8")
    try:
        return content.decode("cp1252"), "cp1252", []
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1", []


def _decode_damaged(content: bytes, encoding: str) -> tuple[str, str, list[Issue]]:
    text = content.decode(encoding, "replace")
    n_bad = text.count("\ufffd")
    if not n_bad:
        return text, encoding, []
    line = text.count("\n", 0, text.index("\ufffd")) + 1
    message = (
        f"{n_bad} characters are not valid {encoding} and were replaced; save the page again "
        "if they matter"
    )
    return text, encoding, [Issue("damaged_text", message, line, line)]


def _control_issue(text: str, n_control: int) -> Issue:
    first = _CONTROL.search(text)
    line = text.count("\n", 0, first.start() if first else 0) + 1
    message = f"{n_control} control characters (NUL and the like) were left out"
    return Issue("control_characters", message, line, line)
