"""Which site and which layout a page is: decided by most of it, quickly, and never by one line.

Golden pairs (`test_sources`) show what is read of each page; these tests show that lines which look
like another page's change nothing, that a page's site is the right one in every form of it, and
that no pattern is slow on long junk.
"""

from datetime import date

import pytest
from growth import assert_linear, repeated
from helpers import ROOT

from pipeline.sources.dump import Dump, guess_form
from pipeline.sources.registry import own_sources, recognise
from pipeline.text.whitespace import split_lines

_FOLDER = ROOT / "tests" / "data" / "sources"

# Lines of an abstract that look like a mark of some page.
_ODD = (
    "Submitted by zed",
    "Submitted by nobody in particular, these lines stand here.",
    "Authors: the people of our town, and their geese.",
    "Abstract: what else could this be.",
    "Title: a word like any other.",
    "NeurIPS Conference 2025 Conference Paper",
    "83.3LGMay 26Code",
    "Published on Jun 3, 2024",
    "Comments: none so far.",
    "12 authors",
)
_PAGES = (
    ("arxiv_list", "text_new_with_abstracts.txt", "We parse sentences"),
    ("arxiv_abs", "text_odd_lines.txt", "Comments: in the margin"),
    ("arxiv_search", "compact.txt", None),
    ("huggingface_papers", "search_spaced.txt", None),
    ("scholar_feed", "full_header.txt", None),
    ("arrow", "compact.txt", None),
)


def _read(text):
    lines = split_lines(text)
    dump = Dump(lines, guess_form(lines))
    source = recognise(dump)
    return source, source.parse(dump) if source else None


def _with_line(text, line, below):
    """Put a line into an abstract: below one that is named, or the longest."""
    lines = text.splitlines()
    found = [at for at, shown in enumerate(lines) if below and below in shown]
    at = found[0] if found else max(range(len(lines)), key=lambda index: len(lines[index]))
    return "\n".join([*lines[: at + 1], line, *lines[at + 1 :]])


@pytest.mark.parametrize("odd", _ODD)
@pytest.mark.parametrize(("name", "file", "below"), _PAGES, ids=[page[0] for page in _PAGES])
def test_one_odd_line_changes_neither_the_site_nor_its_other_cards(name, file, below, odd):
    text = (_FOLDER / name / file).read_text("utf-8")
    source, sound = _read(text)
    assert name == source.NAME
    source, hurt = _read(_with_line(text, odd, below))
    assert name == source.NAME
    titles = [record.title for record in sound.records]
    kept = [record.title for record in hurt.records if record.title in titles]
    assert len(kept) >= len(titles) - 1
    assert odd not in {record.title for record in hurt.records}


@pytest.mark.parametrize(
    "tag",
    ["<div class='ad'>Sponsored</div>", "<!-- saved in May -->", "<p>", "<a href='/'>Home</a>"],
)
@pytest.mark.parametrize(("name", "file"), [page[:2] for page in _PAGES])
def test_a_tag_above_a_page_of_text_makes_no_markup_of_it(name, file, tag):
    text = (_FOLDER / name / file).read_text("utf-8")
    source, found = _read(f"{tag}\n{text}")
    assert name == source.NAME
    assert found.records[-1].title == _read(text)[1].records[-1].title


@pytest.mark.parametrize("form", ["scholar_feed/full_header.txt", "arrow/homonym_numbers.txt"])
@pytest.mark.parametrize("count", ["1", "[-] 1", "[ ]", "1.2k", "____", "\\[ \\]", "[ ] Select"])
def test_what_a_page_counts_between_title_and_names_hides_no_names(form, count):
    text = (_FOLDER / form).read_text("utf-8")
    _, sound = _read(text)
    title, last = sound.records[0].title, sound.records[0].abstract[-40:]
    shown = text.replace(f"{title}\n", f"{title}\n\n{count}\n").replace(last, f"{last}\n\n{count}")
    assert shown.count(f"\n{count}\n") == 2 + text.count(f"\n{count}\n")
    _, found = _read(shown)
    wanted = [(record.title, record.authors, record.abstract) for record in sound.records]
    assert [(r.title, r.authors, r.abstract) for r in found.records] == wanted
    left = [issue.text for issue in found.issues if issue.kind == "unclaimed_lines"]
    assert left == ([count, count] if count[0] == "1" else [])


_FEW = "Runa Hallberg, Odd Viken, Tua Aas et al. · pku, mit"
_BOXES = "Harbour cranes lift boxes all night."


def _first_card(line):
    """Return the first card of Scholar Feed whose author line is another one, and what is left."""
    text = (_FOLDER / "scholar_feed" / "full_header.txt").read_text("utf-8")
    _, found = _read(text.replace(_FEW, line))
    return found.records[0], [(issue.kind, issue.text) for issue in found.issues]


@pytest.mark.parametrize(
    ("line", "is_whole"),
    [
        ("Runa Hallberg, Odd Viken, Tua Aas, Bo Chen", True),
        ("Runa Hallberg, Odd Viken, Tua Aas, and Bo Chen", True),
        ("Runa Hallberg, Odd Viken, Tua Aas and Bo Chen", True),
        ("Runa Hallberg; Odd Viken; Tua Aas; Bo Chen", True),
        ("Runa Hallberg, Odd Viken, Tua Aas, Bo Chen et al. · pku, mit", False),
    ],
)
def test_an_author_line_of_more_names_than_usual_is_one(line, is_whole):
    card, left = _first_card(line)
    names = [author.name for author in card.authors]
    assert names == ["Runa Hallberg", "Odd Viken", "Tua Aas", "Bo Chen"]
    assert card.authors_complete is is_whole
    assert card.abstract.startswith(_BOXES)
    assert not left


def test_an_author_line_with_odd_names_is_neither_authors_nor_abstract_and_is_named():
    line = "Runa Hallberg, Odd Viken, Plato, Tua Aas"
    card, left = _first_card(line)
    assert not card.authors
    assert not card.authors_complete
    assert card.abstract.startswith(_BOXES)
    assert left == [("unclaimed_lines", line)]


@pytest.mark.parametrize(
    "line",
    [
        "Cranes, Boxes, Ropes, and Ships at Sea",
        "Cranes lift boxes, ropes, nets, and sails…",
        "Runa Hallberg, Odd Viken, Tua Aas, and Bo Chen lift boxes all night.",
    ],
)
def test_words_with_commas_between_stay_an_abstract(line):
    card, left = _first_card(line)
    assert card.abstract.startswith(f"{line} {_BOXES}")
    assert not left


def test_the_name_of_an_image_between_title_and_names_hides_no_names():
    text = (_FOLDER / "arrow" / "homonym_numbers.txt").read_text("utf-8")
    _, sound = _read(text)
    title = sound.records[0].title
    _, found = _read(text.replace(f"{title}\n", f"{title}\n\nImage\n", 1))
    assert [r.authors for r in found.records] == [r.authors for r in sound.records]
    assert [i.text for i in found.issues if i.kind == "unclaimed_lines"] == ["Image"]


def test_a_card_of_a_list_that_lost_its_title_is_named():
    text = (_FOLDER / "arxiv_list" / "text_author.txt").read_text("utf-8")
    lost = text.replace("Title: Counting Geese\n", "Counting Geese\n")
    _, found = _read(lost)
    assert [record.title for record in found.records] == ["Trees Without Roots"]
    (torn,) = [issue for issue in found.issues if issue.kind == "torn_card"]
    assert "arXiv:2406.20001" in torn.text


def test_a_papers_page_that_lost_its_title_has_no_card():
    text = (_FOLDER / "huggingface_papers" / "text_single_paper_extracted.txt").read_text("utf-8")
    _, found = _read(text.replace("Geese That Read\n", ""))
    assert not found.records
    assert [issue.kind for issue in found.issues][:1] == ["missing_title"]


def test_one_author_is_a_number_of_authors_and_two_author_is_none():
    page = "Geese\n\nWe give books to geese and wait for quite a while.\n\n{}\n"
    assert _read(page.format("1 author"))[0].NAME == "huggingface_papers"
    assert _read(page.format("2 author"))[0] is None


@pytest.mark.parametrize("count", ["1", "[-] 1", "____"])
def test_what_a_list_counts_between_identifier_and_title_hides_no_card(count):
    text = (_FOLDER / "arxiv_list" / "text_author.txt").read_text("utf-8")
    titles = [record.title for record in _read(text)[1].records]
    shown = text.replace("Title:", f"{count}\n\nTitle:")
    assert [record.title for record in _read(shown)[1].records] == titles


def test_a_number_below_the_title_of_a_papers_page_is_not_taken_for_its_end():
    text = (_FOLDER / "huggingface_papers" / "text_single_paper_extracted.txt").read_text("utf-8")
    _, found = _read(text.replace("Geese That Read\n", "Geese That Read\n\n1\n"))
    assert not found.records
    assert [issue.kind for issue in found.issues][:1] == ["torn_card"]


def test_a_days_page_needs_more_than_one_submitter_among_search_results():
    text = (_FOLDER / "huggingface_papers" / "text_search_with_odd_lines.txt").read_text("utf-8")
    _, found = _read(text)
    assert [record.title for record in found.records] == [
        "Geese That Read",
        "A Pond of Words",
        "Nets for Fish",
    ]


@pytest.mark.parametrize("count", ["94", "1,023", "1.2k", "-", "533 authors", "4 authors"])
def test_numbers_and_users_are_no_titles(count):
    for file in ("text_day_one_piece_a_line.txt", "text_trends.txt", "search_spaced.txt"):
        lines = (_FOLDER / "huggingface_papers" / file).read_text("utf-8").splitlines()
        for at in range(0, len(lines), 3):
            _, found = _read("\n".join([*lines[:at], count, *lines[at:]]))
            titles = {record.title for record in found.records} if found else set()
            assert count not in titles
            assert titles.isdisjoint(("zed", "yan-li", "Submitted by"))


def test_an_old_list_in_text_is_no_search_although_it_names_authors():
    text = (_FOLDER / "arxiv_list" / "text_older_layout.txt").read_text("utf-8")
    lines = split_lines(text)
    assert own_sources()["arxiv_search"].detect(Dump(lines, guess_form(lines))) == 0


def test_a_page_of_one_paper_is_known_by_more_than_what_search_engines_are_told():
    page = (
        "<!doctype html><html><head><meta name='citation_arxiv_id' content='2406.01234'>"
        "<meta name='citation_title' content='Geese'></head><body><p>Geese.</p></body></html>"
    )
    assert _read(page) == (None, None), "a library's page about the paper is none of arXiv's"
    named = page.replace("</head>", '<meta property="og:site_name" content="arXiv.org"></head>')
    source, found = _read(named)
    assert source.NAME == "arxiv_abs"
    assert [record.title for record in found.records] == ["Geese"]


@pytest.mark.parametrize("around", ["style", "script"])
@pytest.mark.parametrize(
    "file", ["arxiv_abs/html_two_versions", "huggingface_papers/html_single_paper_without_json"]
)
def test_what_savers_write_into_the_page_of_one_paper_hides_nothing(file, around):
    """A style or a script of a megabyte is no tag of a megabyte."""
    page = (_FOLDER / f"{file}.html").read_text("utf-8")
    written = page.replace(
        "</head>", f"<{around}>{'.a{color:red;top:0}' * 50_000}</{around}></head>"
    )
    assert written != page
    assert _read(written)[1].records == _read(page)[1].records


@pytest.mark.parametrize(
    "day",
    ["· Submitted byzed", "· Submitted by zed #2 Paper of the day", " #2 Paper of the day", ""],
)
def test_what_stands_beside_the_day_of_a_papers_page_and_buttons_in_one_line_are_known(day):
    """Printed pages, and text without the page's styles, glue what these keep apart."""
    text = (_FOLDER / "huggingface_papers" / "text_single_paper_extracted.txt").read_text("utf-8")
    shown = text.replace("· Submitted by akhaliq on Jan 2", day).replace(
        "View PDF", "View arXiv pageView PDFProject pageGitHub 12Add to collection"
    )
    (record,) = _read(shown)[1].records
    (usual,) = _read(text)[1].records
    assert record._replace(line_end=0) == usual._replace(line_end=0)


def test_a_word_that_a_printed_line_divides_at_its_hyphen_is_one():
    text = (_FOLDER / "huggingface_papers" / "text_single_paper_extracted.txt").read_text("utf-8")
    shown = (
        text.replace("Geese That Read", "Well-\nRead Geese")
        .replace("Tomo Ueda", "Tomo Ueda-\nLind")
        .replace("books to geese", "books to non-\nreaders")
    )
    (record,) = _read(shown)[1].records
    assert record.title == "Well-Read Geese"
    assert [author.name for author in record.authors] == [
        "Mara Ilves",
        "Jonas Petri",
        "Tomo Ueda-Lind",
    ]
    assert record.abstract == "We give books to non-readers and wait."


def test_categories_are_whole_however_a_line_end_left_their_hyphens():
    text = (_FOLDER / "arxiv_abs" / "text_wrapped.txt").read_text("utf-8")
    (usual,) = _read(text)[1].records
    for shown in ("cond-mat.stat-\nmech", "cond-mat.statmech", "cond-\nmat.stat-mech"):
        line = next(line for line in text.split("\n") if "Subjects:" in line)
        (record,) = _read(text.replace(line, f"{line}; Statistics of Geese ({shown})"))[1].records
        assert "cond-mat.stat-mech" in record.categories
        assert record.primary_category == usual.primary_category


@pytest.mark.parametrize(
    ("begin", "piece", "end"),
    [
        ("[1] arXiv:2405.10001 [", "pdf, html, ", ""),
        ("Authors: ", "Mara Ilves (1), ", ""),
        ("Authors: Mara Ilves (1), ", "((", ""),
        ("Title: ", "((((", ""),
        ("Published on ", "Jun 3, 2024 ", ""),
        ("Submitted by ", "zed ", ""),
        ("Subjects: ", "Learning (cs.LG); ", ""),
        ("", "|", "Abstract: x"),
        ("", "+---", ""),
        ("[v1] ", "Mon, ", ""),
        ("", "(", ""),
        ("", " , ", ""),
        ("Total of ", "1,000 entries : 1-50 ", ""),
        ("arXiv:2405.10001 ", "(cross-list from cs.AI) ", ""),
    ],
)
@pytest.mark.parametrize(
    "frame",
    [
        "{0}",
        "[1] arXiv:2405.10001 [pdf]\nTitle: Geese\n{0}\nSubjects: Words (cs.CL)\n{0}",
        "arXiv:2405.10001 (cs)\nTitle: Geese\nAuthors: {0}\nAbstract: {0}\nSubjects: {0}\n"
        "Cite as: arXiv:2405.10001\nSubmission history\n{0}",
        "arxiv:2405.10001\nGeese\nPublished on Jun 3\nAuthors:\n{0}\nAbstract\n{0}",
    ],
    ids=["alone", "in a list", "on a paper's page", "on a page of daily papers"],
)
def test_long_junk_is_read_in_time_that_grows_with_it(frame, begin, piece, end):
    def read(size):
        lines = split_lines(frame.format(begin + repeated(piece, size) + end))
        dump = Dump(lines, guess_form(lines))
        for source in own_sources().values():
            source.detect(dump)
            source.parse(dump)
            for rule in (getattr(source, "BEGINS", None), getattr(source, "WHOLE", None)):
                for line in lines if rule else ():
                    rule.match(line)
                    rule.fullmatch(line)

    assert_linear(read, 200_000)


def test_very_many_authors_are_read_in_time_that_grows_with_them():
    def read(n):
        names = "\n,\n".join(f"Mara Ilves{number}" for number in range(n))
        _, found = _read(
            f"arxiv:2405.10001\nGeese\nPublished on Jun 3\nAuthors:\n{names}\nAbstract\n"
            "We count.\nView PDF\n"
        )
        assert len(found.records[0].authors) == n

    assert_linear(read, 1_500)


def test_a_history_that_was_cut_gives_no_last_revision():
    text = (_FOLDER / "arxiv_abs" / "text_wrapped.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.strip().startswith("[v2]")]
    (sound,), (cut,) = (_read(shown)[1].records for shown in (text, "\n".join(lines)))
    assert (sound.published_date, cut.published_date) == (date(2024, 6, 3),) * 2
    assert cut.updated_date == sound.updated_date == date(2024, 7, 5), "the line above says it"
    unsaid = "\n".join(lines).replace("last revised 5 Jul 2024 ", "")
    (record,) = _read(unsaid)[1].records
    assert record.updated_date is None, "version 2 was revised on a day that nothing says"
