"""Pages as browsers, savers and minifiers leave them: each gives the records of the page itself.

What tools do is written here in a few lines each, so that no tool is needed: it is done to our own
whole pages (`tests/data/pages`), and every field of every record must stay.
"""

import re
from html import unescape

import pytest
from growth import assert_linear, repeated
from helpers import ROOT, SHARED, needs_shared

from pipeline.forms.unpack import unpack
from pipeline.sources.dump import Dump, guess_form
from pipeline.sources.reading import reads
from pipeline.sources.registry import own_sources, recognise
from pipeline.text.whitespace import split_lines

_FOLDER = ROOT / "tests" / "data" / "pages"
_NAMES = ("arxiv_search", "arxiv_search_author", "arxiv_list_recent", "hf_daily")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)>")
_ATTRIBUTE = re.compile(r"""\s([a-zA-Z-]+)\s*=\s*("[^"]*"|'[^']*')""")


def _parse(text):
    lines = split_lines(unpack(text)[0])
    dump = Dump(lines, guess_form(lines))
    assert dump.form == "html"
    source = recognise(dump)
    assert source, "no site knows the page"
    return source.parse(dump)


def _fields(result):
    """The records without their lines, and without the white space of verbatim texts."""
    bare = []
    for record in result.records:
        raws = {name: getattr(record, name) for name in ("raw_title", "raw_authors")}
        folded = {name: " ".join(raw.split()) if raw else raw for name, raw in raws.items()}
        authors = folded["raw_authors"] or ""
        folded["raw_authors"] = authors.replace(" ,", ",").removeprefix("iD")
        bare.append(record._replace(line_start=1, line_end=1, **folded))
    return bare


def _each_tag(text, change):
    return _TAG.sub(lambda tag: f"<{tag[1]}{change(tag[2], tag[3], bool(tag[1]))}>", text)


def _quirks(text):
    return re.sub(r"^\s*<!doctype[^>]*>", "", text, flags=re.IGNORECASE)


def _upper(text):
    return _each_tag(text, lambda name, rest, _: name.upper() + rest)


def _upper_attributes(text):
    def change(name, rest, _):
        return name.upper() + _ATTRIBUTE.sub(lambda a: f" {a[1].upper()}={a[2]}", rest)

    return _each_tag(text, change)


def _unquoted(text):
    def bare(attribute):
        value = attribute[2][1:-1]
        is_bare = re.fullmatch(r"[^\s\"'`=<>]+", unescape(value)) and not value.endswith("/")
        return f" {attribute[1]}={value}" if is_bare else attribute[0]

    return _each_tag(text, lambda name, rest, _: name + _ATTRIBUTE.sub(bare, rest))


def _reordered(text):
    def change(name, rest, _):
        attributes = [a[0] for a in _ATTRIBUTE.finditer(rest)]
        return name + "".join(reversed(attributes)) if attributes else name + rest

    return _each_tag(text, change)


def _more_classes(text):
    return re.sub(r"""(\sclass=)(["'])""", r"\1\2ext-seen dark ", text)


def _omitted(text):
    """End tags that HTML lets be omitted, and the white space between tags."""
    text = re.sub(r"</(?:li|dt|dd|body|html)>\s*", "", text)
    return re.sub(r"</p>\s*(?=<(?:p|div|ol|ul|/div|/li|li|h1|dl)\b)", "", text)


def _crude(text):
    return re.sub(r">\s+<", "><", text)


def _one_line(text):
    return re.sub(r"\s+", " ", text)


def _minified(text):
    return _omitted(_unquoted(_crude(_quirks(text))))


def _single_file(text):
    """Scripts out, styles and pictures in, a comment above, quotes and end tags omitted."""
    text = re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL)
    style = ".arxiv-result{margin:0}.list-authors a{color:red}" * 800
    picture = f"<img src=data:image/png;base64,{'iVBORw0KGgo/+' * 90_000}>"
    comment = "<!--\n Page saved with SingleFile \n url: https://x.example/ \n-->"
    text = re.sub(r"<head>", f"<head>{comment}<style>{style}</style>", text, count=1)
    return re.sub(r"(<body[^>]*>)", rf"\1{picture}", _omitted(_unquoted(text)), count=1)


def _complete(text):
    mark = "<!-- saved from url=(0038)https://arxiv.org/list/cs.CL/recent -->\n"
    return re.sub(r"<html", f"{mark}<html", text, count=1)


def _commented(text):
    return re.sub(r"(</(?:p|dt|span|div)>)", r"\1<!--[-->", text)


def _translated(text):
    """Wrappers around each piece of text, as browsers leave them; the words as they were."""
    font = '<font style="vertical-align: inherit;"><font dir="auto">'
    head, body, rest = text.partition("<body")
    rest = re.sub(
        r"(<(?:p|span|h1|h3|a|div)\b[^<>]*>)([^<>]*[^<>\s][^<>]*)(?=<)",
        rf"\1{font}\2</font></font>",
        rest,
    )
    return head + body + rest


def _xhtml(text):
    text = re.sub(r"<(br|img|input|meta|link|hr)\b([^<>]*?)/?>", r"<\1\2 />", _quirks(text))
    text = re.sub(r"<(span|a|div|script)\b([^<>]*)></\1>", r"<\1\2/>", text)
    text = text.replace("<body", '<body data-x="1"', 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'


def _darkened(text):
    """Elements and attributes that extensions put into pages."""
    text = re.sub(r"<(p|dd|dt|li|article)(?=[\s>])", r'<\1 data-darkreader-inline-color=""', text)
    button = "<button class='ext'>Save</button><ext-badge>Cited by 7</ext-badge>"
    hidden = '<span style="display: none">seen</span><span hidden>read</span>'
    text = re.sub(
        r"""(<p class="title [^<>]*>|<div class='list-title[^<>]*>)""", rf"\1{button}{hidden}", text
    )
    badge = '<a class="ext" href="https://orcid.example/0"><img src="x.png">iD</a>'
    return re.sub(r"""(<p class="authors">|<div class='list-authors'>)""", rf"\1{badge}", text)


def _pretty(text):
    """Each tag on a line of its own, as `prettify` writes it."""
    return re.sub(r"\s*(<[^<>]*>)\s*", r"\n  \1\n  ", text)


_SAVED = {
    change.__name__.strip("_"): change
    for change in (
        _quirks,
        _upper,
        _upper_attributes,
        _unquoted,
        _reordered,
        _more_classes,
        _omitted,
        _crude,
        _one_line,
        _minified,
        _single_file,
        _complete,
        _commented,
        _translated,
        _xhtml,
        _darkened,
        _pretty,
    )
}
_SAVED["upper_minified"] = lambda text: _upper(_minified(text))
_SAVED["minified_and_translated"] = lambda text: _translated(_crude(text))


def _check(folder, name, change):
    text = (folder / f"{name}.html").read_text("utf-8")
    usual, saved = _parse(text), _parse(change(text))
    assert saved.page == usual.page
    assert _fields(saved) == _fields(usual)
    assert not [issue for issue in saved.issues if issue.kind != "unclaimed_lines"]


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("change", _SAVED.values(), ids=_SAVED.keys())
def test_a_page_says_the_same_however_it_was_saved(name, change):
    _check(_FOLDER, name, change)


@needs_shared
@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize(
    "change",
    [c for n, c in _SAVED.items() if n != "pretty"],
    ids=[n for n in _SAVED if n != "pretty"],
)
def test_a_real_page_says_the_same_however_it_was_saved(name, change):
    _check(SHARED / "pages", name, change)


@pytest.mark.parametrize("change", [_omitted, _minified, _single_file])
def test_only_the_last_card_can_be_cut_where_end_tags_are_omitted(change):
    text = change((_FOLDER / "arxiv_search.html").read_text("utf-8"))
    cut = text[: text.rindex("abstract-full")]
    whole, rest = _parse(text), _parse(cut)
    assert _fields(rest)[:-1] == _fields(whole)[:-1]
    assert [issue.kind for issue in rest.issues if issue.kind == "cut_card"] == ["cut_card"]
    _, twice = _parse(text), _parse(f"{cut}\n{text}")
    assert len(twice.records) == 2 * len(whole.records)
    assert [issue.kind for issue in twice.issues].count("cut_card") == 1


# ---------- formulas


def _mathjax2(name, drawing, *, script=True, display=False):
    mode = "; mode=display" if display else ""
    tex = f'<script type="math/tex{mode}" id="{name}">n^{{2}}</script>' if script else ""
    return f'<span class="MathJax_Preview" style="color: inherit;"></span>{drawing}{tex}'


_MATH = "<math><msup><mi>n</mi><mn>2</mn></msup></math>"
_NOTED = _MATH.replace("<msup>", "<semantics><msup>").replace(
    "</msup>",
    '</msup><annotation encoding="application/x-tex">n^{2}</annotation></semantics>',
)
_HTML_CSS = (
    '<span class="MathJax" id="M-1-Frame" tabindex="0" data-mathml="'
    + _MATH.replace('"', "&quot;").replace("<", "&lt;")
    + '"><nobr aria-hidden="true"><span class="math"><span class="mi">n</span>2</span></nobr>'
    f'<span class="MJX_Assistive_MathML">{_MATH}</span></span>'
)
_CHTML = (
    '<span class="mjx-chtml MathJax_CHTML" id="M-1-Frame"><span class="mjx-math">'
    '<span class="mjx-char">n</span><span class="mjx-char">2</span></span></span>'
)
_SVG = '<span class="MathJax_SVG" id="M-1-Frame"><svg><use xlink:href="#a"></use></svg></span>'
_CHTML3 = (
    '<mjx-container class="MathJax" jax="CHTML"><mjx-math class="MJX-TEX"><mjx-msup><mjx-mi>'
    '<mjx-c class="mjx-c1D45B TEX-I"></mjx-c></mjx-mi><mjx-script><mjx-mn>'
    '<mjx-c class="mjx-c32"></mjx-c></mjx-mn></mjx-script></mjx-msup></mjx-math>'
)
_SVG3 = (
    '<mjx-container class="MathJax" jax="SVG"><svg><g data-mml-node="math">'
    '<g data-mml-node="msup"><g data-mml-node="mi"><use data-c="1D45B"></use></g>'
    '<g data-mml-node="mn"><use data-c="32"></use></g></g></g></svg></mjx-container>'
)
_HIDDEN = f'<mjx-assistive-mml unselectable="on">{_MATH}</mjx-assistive-mml></mjx-container>'
_KATEX = (
    f'<span class="katex"><span class="katex-mathml">{_NOTED}</span><span class="katex-html" '
    'aria-hidden="true"><span class="base"><span class="mord">n</span>2</span></span></span>'
)
_WITH_TEX = {
    "mathjax2_html": _mathjax2("M-1", _HTML_CSS),
    "mathjax2_chtml": _mathjax2("M-1", _CHTML),
    "mathjax2_svg": _mathjax2("M-1", _SVG),
    "mathjax2_not_yet_drawn": _mathjax2("M-1", ""),
    "mathjax2_preview": _mathjax2("M-1", "").replace("></span>", ">n²</span>"),
    "mathjax2_spaced": _mathjax2("M-1", f"\n {_CHTML}\n<!-- x -->"),
    "mathjax2_wrapped": f"<font>{_HTML_CSS}</font>" + _mathjax2("M-1", ""),
    "mathjax3_latex": _CHTML3.replace("<mjx-math", '<mjx-math data-latex="n^{2}"') + _HIDDEN,
    "mathjax3_noted": _CHTML3 + _HIDDEN.replace(_MATH, _NOTED),
    "katex": _KATEX,
    "katex_mathml": f'<span class="katex">{_NOTED}</span>',
    "mathml": _NOTED,
    "mathml_alttext": _MATH.replace("<math", '<math alttext="n^{2}"'),
    "katex_error": '<span class="katex-error" title="x">n^{2}</span>',
}
_WITHOUT_TEX = {
    "mathjax2_html": (_mathjax2("", _HTML_CSS, script=False), "n^2"),
    "mathjax2_data": (
        _mathjax2("", re.sub(r"<span class=\"MJX.*?</math></span>", "", _HTML_CSS), script=False),
        "n^2",
    ),
    "mathjax2_chtml": (_mathjax2("", _CHTML, script=False), "n2"),
    "mathjax3_assistive": (_CHTML3 + _HIDDEN, "n^2"),
    "mathjax3_classes": (f"{_CHTML3}</mjx-container>", "n^2"),
    "mathjax3_svg": (_SVG3, "n^2"),
    "katex_html": (re.sub(r"<span class=\"katex-mathml.*?</math></span>", "", _KATEX), "n2"),
    "mathml": (_MATH, "n^2"),
    "fraction": ("<math><mfrac><mn>1</mn><mi>n</mi></mfrac></math>", "1/n"),
}
_TITLES = {
    "arxiv_search": ("title", r"(<p class=\"title is-5 mathjax\">\s*)"),
    "arxiv_list_recent": ("title", r"(<div class='list-title mathjax'><[^<>]*>Title:</span>\s*)"),
}


def _with_formula(name, formula, text=None):
    text = text or (_FOLDER / f"{name}.html").read_text("utf-8")
    return re.sub(_TITLES[name][1], lambda place: f"{place[1]}Sums of {formula}-folds: ", text)


@pytest.mark.parametrize("name", _TITLES)
@pytest.mark.parametrize("change", [str, _quirks, _minified, _single_file, _upper])
@pytest.mark.parametrize("formula", _WITH_TEX.values(), ids=_WITH_TEX.keys())
def test_the_tex_of_a_drawn_formula_stands_once(name, change, formula):
    if change is _single_file and "<script" in formula:
        pytest.skip("without the script the TeX is not on the page")
    usual = _parse((_FOLDER / f"{name}.html").read_text("utf-8")).records
    drawn = _parse(change(_with_formula(name, formula))).records
    assert [record.title for record in drawn] == [
        f"Sums of $n^{{2}}$-folds: {record.title}" for record in usual
    ]
    assert not any("drawn_formula" in record.flags for record in drawn)
    assert [record.authors for record in drawn] == [record.authors for record in usual]


@pytest.mark.parametrize("name", _TITLES)
@pytest.mark.parametrize(("formula", "shown"), _WITHOUT_TEX.values(), ids=_WITHOUT_TEX.keys())
def test_a_formula_without_its_tex_is_what_a_reader_sees(name, formula, shown):
    usual = _parse((_FOLDER / f"{name}.html").read_text("utf-8")).records
    drawn = _parse(_minified(_with_formula(name, formula))).records
    assert [record.title for record in drawn] == [
        f"Sums of {shown}-folds: {record.title}" for record in usual
    ]
    assert all("drawn_formula" in record.flags for record in drawn)


def test_a_displayed_formula_keeps_that():
    block = f'<div class="MathJax_Display">{_CHTML}</div>'
    for formula in (
        _mathjax2("M-1", block, display=True),
        f'<span class="katex-display">{_KATEX}</span>',
    ):
        record = _parse(_with_formula("arxiv_list_recent", formula)).records[0]
        assert record.title.startswith("Sums of $$n^{2}$$-folds: ")


@pytest.mark.parametrize("formula", [_WITH_TEX["mathjax2_html"], _KATEX, _CHTML3 + _HIDDEN])
def test_large_pages_are_read_in_parts_that_know_no_less(formula):
    text = _quirks((_FOLDER / "arxiv_list_recent.html").read_text("utf-8"))
    one = _parse(_with_formula("arxiv_list_recent", formula, text)).records
    entries = re.search(r"<dt>.*</dd>", text, re.DOTALL)[0]
    large = text.replace(entries, f"{entries}\n" * 400)
    assert large.count("<") > 25_000
    many = _parse(_with_formula("arxiv_list_recent", formula, large)).records
    assert len(many) == 400 * len(one)
    assert {record.title for record in many} == {record.title for record in one}
    assert {record.flags for record in many} == {record.flags for record in one}


def test_thousands_of_nested_formulas_cost_little():
    for unit in ('<span class="MathJax">', "<math>", "<mjx-container>", "<math><annotation>"):
        assert _parse(_with_formula("arxiv_list_recent", unit * 100)).records
        assert_linear(
            lambda n, unit=unit: _parse(_with_formula("arxiv_list_recent", unit * n)), 3_000, unit
        )


# ---------- what names are none


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Norwind-AI", ":", "Mara Ilves"], ["Norwind-AI", "Mara Ilves"]),
        (["Norwind-AI:", "Mara Ilves"], ["Norwind-AI", "Mara Ilves"]),
        (["Mara Ilves", "-", "Jonas Petri"], ["Mara Ilves", "Jonas Petri"]),
    ],
)
@pytest.mark.parametrize("has_links", [True, False])
def test_a_colon_is_nobody(names, expected, has_links):
    link = '<a href="/search/?searchtype=author&amp;query=x">{}</a>' if has_links else "{}"
    shown = ", ".join(map(link.format, names))
    for name, line in (
        ("arxiv_search", r'(<p class="authors">\s*<span[^<>]*>Authors:</span>).*?(?=</p>)'),
        ("arxiv_list_recent", r"(<div class='list-authors'>).*?(?=</div>)"),
    ):
        text = (_FOLDER / f"{name}.html").read_text("utf-8")
        page = _parse(re.sub(line, lambda found, s=shown: found[1] + s, text, flags=re.DOTALL))
        for record in page.records:
            assert [author.name for author in record.authors] == expected
            assert (record.n_authors_total, record.authors_complete) == (len(expected), True)


def test_a_group_before_a_colon_is_an_author_of_its_own():
    text = (_FOLDER / "arxiv_list_recent.html").read_text("utf-8")
    line = r"(<div class='list-authors'>).*?(?=</div>)"
    page = _parse(
        re.sub(line, r"\1The Pines Group: Mara Ilves, Jonas Petri", text, flags=re.DOTALL)
    )
    names = [author.name for author in page.records[0].authors]
    assert names == ["The Pines Group", "Mara Ilves", "Jonas Petri"]


@pytest.mark.parametrize("text", ["(author list is unavailable)", "(Author list unavailable)"])
def test_an_unavailable_list_of_authors_names_nobody(text):
    page = (_FOLDER / "arxiv_list_recent.html").read_text("utf-8")
    line = r"(<div class='list-authors'>).*?(?=</div>)"
    for record in _parse(re.sub(line, rf"\1{text}", page, flags=re.DOTALL)).records:
        assert record.authors == ()
        assert (record.n_authors_total, record.authors_complete) == (None, False)
        assert "no_author_line" in record.flags


# ---------- fragments, translations, hostile pages


def test_one_tag_of_a_daily_page_is_read_as_the_page():
    text = (_FOLDER / "hf_daily.html").read_text("utf-8")
    start = text.rindex("<div", 0, text.index('data-target="DailyPapers"'))
    end = text.index(">", text.index("data-props", start)) + 1
    fragment = text[start:end] + "</div>"
    whole = _parse(text)
    assert _fields(_parse(fragment)) == _fields(whole)
    renamed = fragment.replace("&quot;date&quot;", "&quot;dateString&quot;")
    assert renamed != fragment
    assert _parse(renamed).page == _parse(fragment).page == whole.page


@pytest.mark.parametrize("sign", ['class="translated-ltr"', 'data-moz-translations-id="0"', "_mst"])
def test_a_page_in_translation_is_told(sign):
    text = (_FOLDER / "arxiv_search.html").read_text("utf-8")
    if sign == "_mst":
        text = text.replace('<p class="title', '<p _msttexthash="7" class="title')
    else:
        text = re.sub(r"<html[^<>]*>", f'<html lang="de" {sign}>', text)
    page = _parse(text)
    assert all("translated" in record.flags for record in page.records)
    assert "translated_page" in {issue.kind for issue in page.issues}


@pytest.mark.parametrize(
    "unit",
    [
        '<span class="search-hit">\n',
        '<span class="search-hit">\n a\n</span>',
        '</span><span class="search-hit',
        '<span class="MathJax_Preview"></span>',
        '<script type="math/tex">x</script>',
        'data-target="DailyPapers" ',
        "DailyPapers",
        '<li class="arxiv-result"><ol>',
        "<math alttext='",
        "(" * 40 + " ",
    ],
)
@pytest.mark.parametrize("name", ["arxiv_search", "arxiv_list_recent", "hf_daily"])
def test_a_tenth_of_a_megabyte_of_anything_costs_little(name, unit):
    text = (_FOLDER / f"{name}.html").read_text("utf-8")
    title = re.search("<(?:p|div|h3)[^<>]*title[^<>]*>", text).end()
    for begin, end in (("<html>", text), (text[:title], text[title:])):

        def parse(size, begin=begin, end=end):
            dump = Dump(split_lines(begin + repeated(unit, size) + end), "html")
            for source in own_sources().values():
                if reads(source, "html"):
                    source.parse(dump)

        assert_linear(parse, 100_000, begin[-20:])
