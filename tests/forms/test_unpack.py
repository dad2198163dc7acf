"""Pages that lie inside something else: each is taken out, and keeps the lines of the file."""

import base64
import json
import quopri
from html import escape

import pytest
from form_pages import PAGES
from growth import assert_linear, repeated
from helpers import ROOT

from pipeline.forms.marks import ADDED, ENDED, numbered
from pipeline.forms.unpack import unpack
from pipeline.sources.dump import Dump, guess_form
from pipeline.sources.registry import recognise

_FOLDER = ROOT / "tests" / "data" / "pages"
_PAGES = {
    name: (_FOLDER / f"{name}.html").read_text("utf-8")
    for name in ("arxiv_search", "arxiv_list_recent", "hf_daily")
}
_STYLE = "Content-Type: text/css\nContent-Location: https://x.example/s.css\n\np {}\n"


def _read(text, form="html"):
    """Read what was taken out: the records without their lines, and the file's lines of each."""
    lines, spans = numbered(text)
    dump = Dump(lines, guess_form(lines))
    assert dump.form == form
    result = recognise(dump).parse(dump)
    assert not result.issues
    bare = [record._replace(line_start=1, line_end=1) for record in result.records]
    places = [(spans[r.line_start - 1][0], spans[r.line_end - 1][1]) for r in result.records]
    return bare, places, spans[-1][1]


def _mhtml(page, encoding="quoted-printable", *, above=_STYLE, below="", head="", end="\n"):
    if encoding == "base64":
        body = base64.encodebytes(page.encode()).decode()
    else:
        body = quopri.encodestring(page.encode()).decode() if encoding[0] == "q" else page
    return (
        "From: <Saved by Blink>\nSubject: =?utf-8?Q?A page?=\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/related;\n\ttype="text/html";\n\tboundary="--=_b 1"\n{head}\n'
        f"----=_b 1\n{above}\n"
        f"----=_b 1\nContent-Type: text/html\nContent-Transfer-Encoding: {encoding}\n"
        f"Content-Location: https://x.example/page\n\n{body}\n{below}----=_b 1--\n"
    ).replace("\n", end)


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
def test_a_mail_of_text_is_read_as_its_longest_text(encoding):
    page = PAGES["arxiv_search"]
    body = base64.encodebytes(page.encode()).decode() if encoding == "base64" else page
    body = quopri.encodestring(page.encode()).decode() if encoding[0] == "q" else body
    kind = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
    alone = f"From: A <a@b.example>\nSubject: papers\nMIME-Version: 1.0\n{kind}{body}"
    divided = (
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n'
        f"Content-Type: text/plain\n\nSee below!\n--b\n{kind}{body}\n--b--\n"
    )
    for mail in (alone, divided):
        found, code = unpack(mail)
        assert code == "mhtml"
        lines = [line.strip() for line in numbered(found).lines]
        assert [line for line in lines if line] == [
            line.strip() for line in page.split("\n") if line.strip()
        ]
        assert numbered(found).spans[-1][1] == mail.count("\n") + 1


@pytest.mark.parametrize("name", _PAGES)
@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit", "binary"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_single_file_is_read_as_its_page(name, encoding, end):
    packed = _mhtml(_PAGES[name], encoding, end=end)
    page, code = unpack(packed)
    assert code == "mhtml"
    found, places, n_lines = _read(page)
    usual, _, _ = _read(_PAGES[name])
    assert found == usual
    lines = packed.split("\n")
    assert n_lines == len(lines)
    if encoding != "base64":
        for record, (start, end_line) in zip(found, places, strict=True):
            card = "".join(lines[start - 1 : end_line]).replace("=\r", "").replace("=", "")
            assert record.arxiv_id in card


def test_lines_of_base64_lie_where_they_were():
    page = "\n".join(f"<p>Line {n} of this page, which goes on</p>" for n in range(500))
    packed = _mhtml(page, "base64")
    lines, spans = numbered(unpack(packed)[0])
    rows = packed.split("\n")
    for n in (0, 7, 250, 499):
        at = lines.index(f"<p>Line {n} of this page, which goes on</p>")
        begin = rows.index("", rows.index("Content-Transfer-Encoding: base64")) + 1
        near = "".join(rows[max(begin, spans[at][0] - 3) : spans[at][1] + 2])
        # A row is a multiple of three bytes, so each can be decoded alone.
        assert f"Line {n} " in base64.b64decode(near).decode()


def test_the_page_is_told_from_its_frames():
    frame = "Content-Type: text/html\nContent-Location: https://x.example/ad\n\n<html>Ad</html>\n"
    page = _PAGES["arxiv_search"]
    named = _mhtml(page, above=frame, head="Snapshot-Content-Location: https://x.example/page\n")
    assert _read(unpack(named)[0])[0] == _read(page)[0]
    first = _mhtml(page, above="", below=f"----=_b 1\n{frame}")
    assert _read(unpack(first)[0])[0] == _read(page)[0]


def test_parts_may_hold_parts_and_name_their_charset():
    inner = (
        'Content-Type: multipart/alternative; boundary="in"\n\n--in\nContent-Type: text/plain\n\n'
        "Words\n--in\nContent-Type: text/html; charset=windows-1252\n"
        "Content-Transfer-Encoding: quoted-printable\n\n<p>caf=E9\n--in--\n"
    )
    text = f"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n{inner}\n--b--\n"
    page, code = unpack(text)
    assert (page.strip(), code) == ("<p>café", "mhtml")


_MAIL = "From: Bo <bo@x.example>\nTo: Ann <ann@x.example>\nSubject: owls\nMIME-Version: 1.0\n"


def _encoded(text, encoding):
    packed = base64.encodebytes(text.encode()) if encoding == "base64" else None
    return (packed or quopri.encodestring(text.encode())).decode()


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
def test_text_that_was_copied_into_a_mail_is_taken_out(encoding):
    text = "\n".join(
        f"Zoë Õun counts {n} owls, and more of them in every single wood" for n in range(9)
    )
    body = f"Content-Transfer-Encoding: {encoding}\n\n{_encoded(text, encoding)}"
    kind = "Content-Type: text/plain; charset=utf-8"
    signature = "Content-Type: text/plain\n\nBo\n"
    parts = f"--b\n{signature}--b\n{kind}\n{body}\n--b--\n"
    for mail in (
        f"{_MAIL}{kind}\n{body}",
        f"{_MAIL}Content-Type: multipart/mixed; boundary=b\n\n{parts}",
    ):
        found, code = unpack(mail)
        lines, spans = numbered(found)
        assert code == "mhtml"
        assert spans[-1][1] == len(mail.split("\n"))
        shown = [line for line in lines if line.strip()]
        assert shown == text.split("\n")


def test_what_stands_above_the_page_in_a_mail_hides_no_markup():
    note = "Words of a note above\n" * 90
    text = f"Content-Type: text/plain\n\n{note}--b\n"
    page = f"Content-Type: text/html\n\n{_PAGES['arxiv_search'].partition('<body>')[2]}\n--b--\n"
    mail = f"{_MAIL}Content-Type: multipart/alternative; boundary=b\n\n--b\n{text}{page}"
    assert _read(unpack(mail)[0])[0] == _read(_PAGES["arxiv_search"])[0]


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
def test_a_single_file_that_is_cut_is_read_as_far_as_it_goes(encoding, cut):
    packed = _mhtml(_PAGES["arxiv_search"], encoding)
    packed = packed[: int(len(packed) * cut)]
    page, code = unpack(packed)
    assert code == "mhtml"
    assert "arxiv-result" in page
    assert numbered(page).spans[-1][1] == len(packed.split("\n"))


def test_a_sign_that_is_split_by_a_soft_break_is_whole():
    head = "MIME-Version: 1.0\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable"
    page, _ = unpack(f"{head}\n\n<p>Roth=E2=\n=80=93Schild =3D =3D\n1 =\n2</p>\n")
    lines, spans = numbered(page)
    assert lines[4:] == ("<p>Roth–Schild = =", "1 2</p>", "")
    assert spans[4:] == ((5, 6), (7, 8), (9, 9))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "Title\n\nAuthors: Ann Lee",
        "MIME-Version: 1.0\n\nThe title says it.",
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\n\nText\n--b--",
        "MIME-Version: 1.0\nContent-Type: multipart/related\n\n--b\nContent-Type: text/html\n\n<p>",
        '{"paper": {"title": "A", "summary": "One.\\nTwo."}}',
        "[1]",
        '"',
        '{"a": ',
        "[" * 100_000,
        "1. <b> tags considered\n2. more",
        "We write &lt;/b&gt; for the end.",
        *_PAGES.values(),
    ],
)
def test_what_holds_no_page_stays_as_it_is(text):
    assert unpack(text) == (text, None)


def test_signs_of_a_file_are_taken_for_spaces():
    assert unpack(f"a{ENDED}b{ADDED}c")[0] == "a b c"


# ---------- the source of a page


def _coloured(line):
    """A line of source as a browser shows it: escaped, and each tag in colour."""
    shown = escape(line, quote=False).replace("&lt;", '<span class="html-tag">&lt;')
    return shown.replace("&gt;", "&gt;</span>") if "&gt;" in shown else shown


def _in_rows(page, join):
    """As Chromium shows it: a row of a table for each line."""
    rows = join.join(
        f'<tr><td class="line-number" value="{n}"></td>'
        f'<td class="line-content">{_coloured(line)}</td></tr>'
        for n, line in enumerate(page.split("\n"), 1)
    )
    form = '<form><label class="line-wrap-control">Line wrap<input type="checkbox"></label></form>'
    table = f"<table><tbody>{rows}</tbody></table>"
    return f"<html><head><style>td {{}}</style></head><body>{form}{table}</body></html>"


def _in_pre(page):
    """As Firefox shows it: one `pre`."""
    lines = "\n".join(map(_coloured, page.split("\n")))
    head = "<head><title>view-source</title></head>"
    return f'<html>{head}<body id="viewsource"><pre>{lines}</pre></body></html>'


def _numbers(page):
    return "\n".join(f"{n}\t{line}" for n, line in enumerate(page.split("\n"), 1))


@pytest.mark.parametrize("name", _PAGES)
@pytest.mark.parametrize(
    "show",
    [
        lambda page: _in_rows(page, ""),
        lambda page: _in_rows(page, "\n"),
        _in_pre,
        _numbers,
        escape,
    ],
    ids=["rows", "rows_on_lines", "pre", "numbers", "escaped"],
)
def test_a_page_shown_as_its_source_is_read(name, show):
    shown = show(_PAGES[name])
    page, code = unpack(shown)
    assert code == "view_source"
    found, places, n_lines = _read(page)
    assert found == _read(_PAGES[name])[0]
    lines = shown.split("\n")
    assert n_lines == len(lines)
    for record, (start, end) in zip(found, places, strict=True):
        assert record.arxiv_id in "\n".join(lines[start - 1 : end])


# ---------- JSON


@pytest.mark.parametrize("name", _PAGES)
@pytest.mark.parametrize(
    "pack",
    [
        json.dumps,
        lambda page: json.dumps({"code": 200, "data": {"url": "https://x.example", "html": page}}),
        lambda page: json.dumps({"text": "Short\n" * 30, "html": page, "n": [1]}, indent=2),
        lambda page: json.dumps([{"page": page}], ensure_ascii=False),
    ],
    ids=["string", "answer", "fields", "list"],
)
def test_a_page_in_a_field_of_json_is_read(name, pack):
    packed = pack(_PAGES[name])
    page, code = unpack(packed)
    assert code == "json_text"
    found, places, n_lines = _read(page)
    assert found == _read(_PAGES[name])[0]
    assert n_lines == len(packed.split("\n"))
    lines = packed.split("\n")
    assert all(
        record.arxiv_id in lines[start - 1]
        for record, (start, _) in zip(found, places, strict=True)
    )


def test_text_in_a_field_of_json_is_taken_out():
    text = "\n".join(f"Line {n}" for n in range(40))
    page, code = unpack('{"usage": 7,\n "content": ' + json.dumps(text) + "\n}")
    lines, spans = numbered(page)
    assert code == "json_text"
    assert lines[1:-1] == tuple(text.split("\n"))
    assert set(spans[1:-1]) == {(2, 2)}
    assert spans[-1] == (3, 3)


def test_papers_in_json_are_no_page():
    papers = [{"title": f"T{n}", "summary": "word\n" * 12} for n in range(9)]
    text = json.dumps(papers)
    assert unpack(text) == (text, None)


# ---------- XHTML, hostile files


def test_empty_tags_of_xhtml_hold_nothing():
    page = _PAGES["arxiv_search"].replace("<!DOCTYPE html>", '<?xml version="1.0"?>')
    page = page.replace("<main", '<script src="x.js"/><a name="top"/><main')
    text, code = unpack(page)
    assert code is None
    assert _read(text)[0] == _read(_PAGES["arxiv_search"])[0]


@pytest.mark.parametrize(
    "unit",
    [
        "&lt;/",
        "&lt;/b&gt;<script>",
        "<!--&lt;/a",
        "<a b=",
        "<a b='",
        "</tr>",
        '"\\\\',
        '"a":',
        "--b\n",
        "=\n",
        "a:\n",
        "1\t<\n",
        "<x y ",
    ],
)
def test_half_a_megabyte_of_anything_costs_little(unit):
    heads = (
        "",
        '<?xml version="1.0"?><html>',
        '["',
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
        "--b\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n",
    )
    for head in heads:
        assert_linear(lambda size, head=head: unpack(head + repeated(unit, size)), 500_000, head)


def _cell(page):
    quoted = page.replace('"', '""')
    return f'address,saved,page\nhttps://x.example,2024-05-03,"{quoted}"\n'


PACKED_TEXT = {
    "table_cells": (_cell, 2),
    "table_cells at the begin": (lambda page: '"' + page.replace('"', '""') + '"\tA note', 1),
    "json_text line by line": (lambda page: json.dumps(page.split("\n"), indent=1), 2),
    "json_text in one line": (lambda page: json.dumps(page.split("\n")), 1),
    "json_text of Python": (repr, 1),
    "json_text of Python, quoted": (lambda page: repr(page + "Ann's\n"), 1),
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("kind", PACKED_TEXT)
def test_text_in_a_cell_a_list_or_a_literal_is_taken_out(name, kind):
    pack, first = PACKED_TEXT[kind]
    page = PAGES[name] + '\nA note: "It depends", said nobody\n'
    packed = pack(page)
    found, code = unpack(packed)
    assert code == kind.split()[0]
    lines, spans = numbered(found)
    filled = [line for line in lines if line and line != "Ann's"]
    assert filled == [line for line in page.split("\n") if line]
    assert spans[next(at for at, line in enumerate(lines) if line)] == (first, first)
    assert spans[-1][1] == packed.count("\n") + 1


@pytest.mark.parametrize(
    "text",
    [
        'title,names\n"Boats, and bays","Ann Lee"\n"Lunches","Bo Roe"\n' * 9,
        json.dumps([{"title": "Boats"}, {"title": "Bays"}] * 9),
        "'Boats' and 'Bays'" + "\\n" * 20,
        "'\\x" + "\\n" * 20 + "'",
    ],
)
def test_tables_and_lists_of_papers_are_no_pages(text):
    assert unpack(text) == (text, None)


@pytest.mark.parametrize("junk", [',"', '"",', ',"a""', '"\n', "'\\n", "['", '["a",'])
def test_cells_and_literals_are_looked_for_quickly_in_long_junk(junk):
    for begin in ("", "'", "[", '"'):
        assert_linear(
            lambda size, begin=begin: unpack(begin + repeated(junk, size)), 200_000, begin
        )


# Line ends that are spelt, as programs write them that break lines softly only.
SPELT_ENDS = {"both": "=0D=0A", "old": "=0D", "one": "=0A"}


@pytest.mark.parametrize("ends", SPELT_ENDS)
@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "utf-7", "utf-16", "no-such"])
def test_line_ends_that_are_spelt_in_quoted_printable_are_line_ends(ends, charset):
    head = (
        f"MIME-Version: 1.0\nContent-Type: text/html; charset={charset}\n"
        "Content-Transfer-Encoding: quoted-printable\n\n"
    )
    body = ["<html>", f"<p>one{SPELT_ENDS[ends]}two, =", f"three{SPELT_ENDS[ends]}", "<p>four", ""]
    lines, spans = numbered(unpack(head + "\n".join(body))[0])
    assert spans[-1][1] == head.count("\n") + len(body)
    if charset == "utf-16":  # no page is written so; what counts is that it does no harm
        return
    shown = {line: span for line, span in zip(lines, spans, strict=True) if line}
    assert shown == {"<html>": (5, 5), "<p>one": (6, 6), "two, three": (6, 7), "<p>four": (8, 8)}
