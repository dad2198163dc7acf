"""Files from which no paper is read: each is told apart, and what to do."""

import io
import json
import zipfile

import pytest
from growth import assert_linear, repeated
from helpers import BO, put

from pipeline.extraction.dump_files import find_dumps
from pipeline.extraction.other_files import text_kind
from pipeline.extraction.other_pages import aside, notice, single_paper
from pipeline.extraction.reading import extract_dump


def zipped(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "content")
    return stream.getvalue()


def html(body, title="", head=""):
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    )


MHTML = (
    "From: <Saved by Blink>\nMIME-Version: 1.0\n"
    'Content-Type: multipart/related; type="text/html"; boundary="----B"\n\n------B\n'
    "Content-Type: text/html\n\n<html><body><p>Recipes for bread</p></body></html>\n------B--\n"
)
EPUB = zipped("mimetype") + b"application/epub+zip"
BIB = "% exported\n@article{roe2020,\n  title = {Slow Rivers},\n  author = {Roe, Ann}\n}\n"
CSS = "body {\n  color: red;\n  margin: 0;\n}\nli.paper {\n  padding: 1px;\n}\np {\n  top: 0;\n}\n"
FEED = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
    "<title>Query</title><entry><title>Slow Rivers</title></entry></feed>"
)
# What lies in the folder, what it is called in the reason, what the advice says.
FILES = {
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "a PDF", "instead of printing"),
    "docx": (zipped("[Content_Types].xml", "word/document.xml"), "Word", "as plain text"),
    "xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), "Excel", "save the page"),
    "epub": (EPUB, "an EPUB", "save the page itself"),
    "zip": (zipped("a.txt", "b.txt"), "a ZIP archive", "unpack it"),
    "webarchive": (b"bplist00\xd1\x01\x02_", "web archive of Safari", "Page Source"),
    "webp": (b"RIFF\x10\0\0\0WEBPVP8 ", "a WebP picture", "save the page"),
    "rtf": ("{\\rtf1\\ansi Slow Rivers}", "an RTF document", "as plain text"),
    "mhtml": (MHTML, "MHTML", "HTML only"),
    "mail": (
        "From: a@b.example\nTo: c@d.example\nSubject: papers\nDate: Mon, 3 Jan\n\nDear all\n",
        "an e-mail",
        "save the page",
    ),
    "shortcut": (
        "[InternetShortcut]\r\nURL=https://arxiv.org/abs/2406.01234\r\n",
        "a shortcut",
        "open it",
    ),
    "webloc": (
        '<?xml version="1.0"?>\n<plist><dict>\n<key>URL</key><string>https://x.example</string>',
        "a shortcut",
        "open it",
    ),
    "addresses": (
        "https://arxiv.org/abs/2406.01234\nhttps://x.example/1\n",
        "addresses",
        "save the",
    ),
    "bookmarks": (
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE>\n<DL><DT><A HREF='/a'>A</A>",
        "a list of bookmarks",
        "open each page",
    ),
    "warc": ("WARC/1.0\r\nWARC-Type: response\r\n\r\n<html></html>", "a web archive", "as HTML"),
    "styled page": (
        html("<p>Bread</p>", head=f"<style>{CSS * 400}</style>"),
        "an HTML page",
        "save lists",
    ),
    "json": (json.dumps({"data": [{"title": "Slow Rivers"}]}), "JSON", "a list or a search"),
    "json lines": ('{"title": "A"}\n{"title": "B"}\n', "JSON", "a list or a search"),
    "notebook": (json.dumps({"cells": [], "nbformat": 4}), "a Jupyter notebook", "save the page"),
    "bibtex": (BIB, "a BibTeX file", "page of results"),
    "ris": ("TY  - JOUR\nTI  - Slow Rivers\nER  - \n", "(RIS)", "page of results"),
    "endnote": (
        "%0 Journal Article\n%T Slow Rivers\n%A Roe, Ann\n",
        "(EndNote)",
        "page of results",
    ),
    "pubmed": ("PMID- 123\nTI  - Slow Rivers\n", "PubMed", "page of results"),
    "csv": (
        'title,authors,year\n"Slow, Deep Rivers","Roe, A",2020\nFog,"Lu, B",2021\n',
        "a table (CSV)",
        "papermart link",
    ),
    "tsv": ("title\tauthors\tyear\nFog\tB Lu\t2020\nRain\tA Roe\t2021\n", "a table (TSV)", "link"),
    "feed": (FEED, "a feed (Atom", "a list or a search"),
    "xml": ('<?xml version="1.0"?>\n<records><r/></records>', "is XML", "a list or a search"),
    "svg": ('<svg xmlns="http://www.w3.org/2000/svg"></svg>', "a picture (SVG)", "save the page"),
    "css": (CSS, "a stylesheet", "save the page"),
    "css minified": (
        "/*! all */:root{--a-b:1px}a:hover,li>a{color:#fff;top:0}@media print{p{top:0}}",
        "a stylesheet",
        "save the page",
    ),
    "script": ("!function(e){e.x=1}(window);\n", "a script", "save the page"),
    "404": (html("<h1>Not Found</h1>", "404 Not Found"), "(not found)", "correct the address"),
    "403": (html("<h1>403 Forbidden</h1><p>nginx</p>"), "(access denied)", "log in"),
    "429": (html("<h1>Too Many Requests</h1>"), "(too many requests)", "wait some minutes"),
    "rate": ("Rate exceeded.", "(too many requests)", "wait some minutes"),
    "503": ("503 Service Unavailable\n", "did not answer", "later"),
    "cloudflare": (html("<p>One more step</p>", "Just a moment..."), "captcha", "answer it"),
    "recaptcha": (html("<h1>arXiv reCAPTCHA</h1>"), "captcha", "answer it"),
    "no such paper": (
        html("<h1>Article identifier '2502.99999' not recognized</h1>"),
        "not found",
        "correct the address",
    ),
    "robot": ("Please confirm\n\nI'm not a robot\n", "captcha", "answer it"),
    "browser": ("This site can’t be reached\n\nexample.org refused\n", "no page", "again"),
    "login": (html("<form><input type=password></form><p>Welcome"), "a log-in page", "log in"),
    "login text": ("Sign in to Example\nEmail\nPassword\nForgot password?\n", "a log-in", "log in"),
    "consent": (html("<p>We use cookies to make this better.</p>"), "consent", "answer it"),
    "empty": (html("<p>No results found for “zzz”</p>"), "lists nothing", "something else"),
    "shell": (html("<div id=root></div>", "", "<script>x</script>"), "without a word", "wait"),
    "noscript": (
        html("<noscript>You need to enable JavaScript to run this app.</noscript><div></div>"),
        "scripts",
        "wait until",
    ),
    "paper": (
        html(
            "<h1>Fog</h1>" + "<p>Words.</p>" * 90, "Fog", '<meta name="citation_title" content="F">'
        ),
        "a single paper",
        "a list or a search",
    ),
    "paper text": (
        "Fog over Slow Rivers\nAnn Roe\nAbstract\n" + "Fog is slow. " * 300 + "\nReferences\n",
        "a single paper",
        "a list or a search",
    ),
    "site": (
        "<!-- saved from url=(0027)https://shelf.example/list -->" + html("<p>Bread</p>" * 90),
        "it is of shelf.example",
        "papermart new-source",
    ),
    "unknown": (
        "Dear diary,\n\ntoday I read three papers.\n" * 5,
        "no page of a known",
        "all of it",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_without_papers_is_told_apart(name, tmp_path):
    content, what, advice = FILES[name]
    put(tmp_path, {"file": content})
    (file,) = find_dumps(tmp_path)
    row = extract_dump(tmp_path, file).dump
    assert row["status"] == "quarantined"
    assert what in row["reason"]
    assert advice in row["reason"].rpartition("; ")[2] or advice in row["reason"]
    assert "\n" not in row["reason"]


def test_pages_of_words_alike_are_still_read(tmp_path):
    """A paper about captchas, cookies or errors makes no error page."""
    page = BO.replace("Deep Kernels for Graph Matching", "404: Page Not Found, Captcha, Log In")
    assert page != BO
    put(tmp_path, {"page.txt": page})
    (file,) = find_dumps(tmp_path)
    assert extract_dump(tmp_path, file).dump["status"] == "extracted"


@pytest.mark.parametrize(
    "line",
    [
        "Not every paper is about rivers",
        "4040 rivers",
        "Loading docks of the north",
        "Consentaneous Rivers",
        "Login-free access to rivers is what we want and this is a longer sentence",
    ],
)
def test_common_words_are_no_notice(line):
    assert notice(["", line, "and more of the page"]) is None
    assert aside(["", line, "and more of the page"]) is None


def test_long_pages_are_no_notices():
    assert notice(["404 Not Found"]) is not None
    assert notice(["404 Not Found", *["one more line"] * 100]) is None
    assert aside(["Log in", "Papers"]) is not None
    assert aside(["Log in", *["one more line"] * 40]) is None


JUNK = (
    "a",
    " ",
    "<",
    "{",
    "@article{",
    "a: b;",
    '{"a":',
    "[",
    ",",
    "TY  - ",
    "\n",
    "no ",
    "-",
    "<meta ",
)


@pytest.mark.parametrize("piece", JUNK)
def test_long_junk_is_told_in_time_that_grows_with_it(piece):
    def tell(size):
        text = repeated(piece, size)
        text_kind(text)
        notice([text, text[:299]], text)
        aside([text[:299]], text)
        single_paper([text, text[:299]], text)

    assert_linear(tell, 1_000_000)


@pytest.mark.parametrize(
    "line",
    [
        "Slow rivers in $\\mathbb{Z}_2$, note: they {rise} at night; so do {tides",
        "**Slow rivers** [pdf](/a){.link}: about $\\{x: x > 0\\}$; and {y",
        '<span style="color: red; top: 0;">Slow {rivers}</span> {',
        "{#a .b}\nRivers: slow; {",
        "Slow rivers as `p { color: red; }` says and a great many more words than that {",
    ],
)
def test_page_with_braces_is_no_stylesheet(line):
    assert text_kind(f"{line}\n\n" * 9) is None


def test_stylesheets_are_looked_for_quickly():
    for junk in ("/*", "{a:", "{a:b;", "{", "a{--b", "/* {", "{color:a}"):
        assert_linear(lambda n, junk=junk: text_kind(junk * n), 20_000, junk)


def test_a_paper_of_a_known_site_that_lost_its_title_is_no_page_of_an_unknown_site():
    shown = ["Geese", "Abstract", "We read.", "Cite as:", "arXiv:2406.01234 [cs.CL]", "References"]
    assert "reader views" in single_paper(shown).what
    assert "not known" in single_paper([line for line in shown if "arXiv" not in line]).what


def test_a_field_for_a_password_tells_a_log_in_whatever_site_it_is_of():
    source = '<form><input name="user"><input type="password"></form>'
    shown = ["Hugging Face", "Models", "Log In"]
    assert "log-in" in aside(shown, source, is_near=True).what
    assert aside(shown, is_near=True) is None
