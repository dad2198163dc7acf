"""From bytes to text, or the reason why there is none."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extraction.decoding import DumpFaultError, decode

TEXT = "Über Gräben – “naïve” ﬁne, 論文\n" * 3
WESTERN = "Über Gräben – “naïve”\n" * 3

DECODED = {
    "ascii": (b"plain\n", "plain\n", "utf-8"),
    "utf-8": (TEXT.encode(), TEXT, "utf-8"),
    "utf-8 with mark": (codecs.BOM_UTF8 + TEXT.encode(), TEXT, "utf-8"),
    "utf-16 with mark": (TEXT.encode("utf-16"), TEXT, "utf-16"),
    "utf-16 big": (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), TEXT, "utf-16"),
    "utf-32 with mark": (TEXT.encode("utf-32"), TEXT, "utf-32"),
    "cp1252": (WESTERN.encode("cp1252"), WESTERN, "cp1252"),
    "latin-1": ("Größe\n".encode("latin-1"), "Größe\n", "cp1252"),
    "no cp1252": ("Größe\n".encode("latin-1") + b"\x81", "Größe\n\x81", "latin-1"),
}


@pytest.mark.parametrize("case", DECODED)
def test_text_is_decoded(case):
    content, text, encoding = DECODED[case]
    assert decode(content) == (text, encoding, [])


def test_damaged_utf8_stays_utf8_and_names_the_line():
    text, encoding, (issue,) = decode(TEXT.encode() + b"end \xe2\x80\nmore\n")
    assert encoding == "utf-8"
    assert text.startswith(TEXT)
    assert (issue.kind, issue.line_start) == ("damaged_text", 4)
    assert "1 characters are not valid utf-8" in issue.message


def test_half_a_utf16_letter_is_reported():
    text, encoding, (issue,) = decode("Gräben\n".encode("utf-16")[:-1])
    assert (encoding, issue.kind) == ("utf-16", "damaged_text")
    assert text.startswith("Gräben")


def test_a_few_control_characters_are_left_out_and_reported():
    text, _, (issue,) = decode(b"x" * 500 + b"\n\0\x07" + b"y" * 500)
    assert text == "x" * 500 + "\n" + "y" * 500
    assert (issue.kind, issue.line_start) == ("control_characters", 2)
    assert "2 control characters" in issue.message


def test_tabs_form_feeds_and_line_ends_are_no_control_characters():
    assert decode(b"a\tb\x0cc\r\n\x0b")[2] == []


NO_TEXT = {
    "pdf": (b"%PDF-1.4 ...", "a PDF"),
    "jpeg": (b"\xff\xd8\xff\xe0", "a JPEG picture"),
    "gif": (b"GIF89a", "a GIF picture"),
    "word": (b"\xd0\xcf\x11\xe0", "an old office document"),
    "sqlite": (b"SQLite format 3\0", "an SQLite file"),
    "parquet": (b"PAR1", "a Parquet file"),
    "junk": (bytes(range(256)), "binary data"),
    "utf-16 without mark": ("abc".encode("utf-16-le") * 50, "binary data"),
    "nothing but a mark": (codecs.BOM_UTF16_LE, "is empty"),
    "nothing but blanks": (codecs.BOM_UTF8 + b" \n", "is empty"),
}


@pytest.mark.parametrize("case", NO_TEXT)
def test_what_is_no_text_is_refused_with_its_kind(case):
    content, words = NO_TEXT[case]
    with pytest.raises(DumpFaultError, match=words):
        decode(content)


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(content):
    try:
        text, encoding, _ = decode(content)
    except DumpFaultError:
        return
    assert text.strip()
    assert "\0" not in text
    assert encoding in {"utf-8", "utf-16", "utf-32", "cp1252", "latin-1"}
