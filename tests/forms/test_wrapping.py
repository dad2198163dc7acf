"""Wrapping: what stood at a line end, and what is said where nobody can tell."""

import textwrap

import pytest
from form_pages import PAGES, SITES, read
from helpers import ROOT

from pipeline.extraction import readings
from pipeline.forms.marks import ENDED
from pipeline.forms.undo import undo
from pipeline.forms.wrapping import unwrap


def wrapped(text, width):
    return "\n".join(
        line for given in text.split("\n") for line in textwrap.wrap(given, width) or [""]
    )


def paragraph(first, width=60):
    """Return a text that begins so, wrapped, long enough to show its width."""
    rest = "and then it goes on with small words for a while, so that a width is to be seen. " * 6
    return wrapped(f"{first} {rest}", width)


def test_a_hyphenated_word_keeps_its_hyphen_and_gets_no_space():
    text = paragraph("A long enough beginning of a line that ends with a well-known thing")
    assert "well-\nknown" in text
    assert "well-known" in undo(text, SITES).lines[0]


def test_a_hyphen_that_waits_for_another_word_keeps_its_space():
    text = paragraph("A long enough beginning of a line about things which pre- and postwar")
    assert "pre-\nand" in text
    assert "pre- and postwar" in undo(text, SITES).lines[0]


def test_an_address_that_was_cut_is_put_together():
    address = "https://example.org/" + "path/" * 14
    text = paragraph(f"See {address} for more of it,")
    assert address in undo(text, SITES).lines[0]


@pytest.mark.parametrize("end", ["", "_(author)"])
def test_behind_a_whole_link_that_fills_a_line_words_go_on(end):
    link = f"[Mara Ilves](https://example.org/wiki/mara_ilves{end})"
    text = paragraph(f"{'x' * (59 - len(link))} {link} counts boats,")
    assert f"{link}\ncounts" in text
    assert "Mara Ilves counts boats" in undo(f"{text}\n\n{link}\n\n{link}", SITES).lines[0]


@pytest.mark.parametrize("width", range(50, 92))
def test_on_a_short_page_of_nothing_but_texts_no_wrong_title_is_published(width):
    """Two line ends are seen where nothing else keeps a title apart from its text."""
    text = (ROOT / "tests/data/sources/huggingface_papers/search_compact.txt").read_text("utf-8")
    titles = {record.title for record in readings.read(text, None).records}
    found = readings.read(wrapped(text, width), None)
    sure = {record.title for at, record in enumerate(found.records) if at not in found.held}
    assert found.fault or found.distrust or sure <= titles


def test_spaces_at_line_ends_tell_a_short_page_how_it_was_wrapped():
    """Two texts, few lines: a title as long as a line has no space at its end."""
    shown = [wrap_with_spaces(text, 62) for text in PLAIN]
    undone = undo("\n".join(shown), SITES)
    assert undone.lines == PLAIN
    assert not undone.uncertain


def wrap_with_spaces(text, width):
    return " \n".join(textwrap.wrap(text, width))


PLAIN = (
    "A Title in Its Own Line",
    "Words of an abstract follow each other here and there, for longer than one line is.",
    "Another Title That Is Just About as Long as One of the Lines",
    "Prose again, which goes on for a while and ends with a small word or two: and so on.",
)


def test_where_lines_that_go_on_hang_all_others_begin_something():
    """Few lines, and no blank ones: only the indent tells titles from what goes on."""
    shown = [textwrap.wrap(text, 62, subsequent_indent="    ") for text in PLAIN]
    undone = undo("\n".join(line for lines in shown for line in lines), SITES)
    assert undone.lines == PLAIN
    assert not undone.uncertain


def test_two_spaces_at_the_end_of_a_line_are_meant():
    text = paragraph("One paragraph is here").split("\n")
    text[3:5] = [text[3] + "  ", text[4].capitalize()]
    assert len(undo("\n".join(text), SITES).lines) == 2


def test_a_title_that_just_fits_above_its_text_is_called_uncertain():
    """Compact pages have nothing between a title and what stands below it but the line's end."""
    prose = "Words of an abstract follow each other here and there for quite a while. " * 5
    titles = [f"{n} Short Titles Are Told Apart by Their Last Line" for n in range(1, 6)]
    full = "8 long titles in small letters may be as long as a line"
    cards = [f"{title}\n{prose}" for title in (*titles, full)]

    undone = undo(wrapped("\n".join(cards), 60), SITES)

    at = next(at for at, line in enumerate(undone.lines) if line.startswith("8 long"))
    assert at in undone.uncertain
    assert len(undone.uncertain) <= 2
    assert all(title in undone.lines for title in titles)


def test_lines_that_were_joined_are_not_looked_at_again():
    once = unwrap(wrapped(PAGES["arxiv_search"], 40), SITES)
    assert unwrap(once, SITES) is once


@pytest.mark.parametrize(
    ("upper", "lower", "joined"),
    [
        ("what it can -- and cannot --", "tell us", "cannot -- tell us"),
        ("what it can -- and cannot", "-- tell us", "cannot -- tell us"),
        ("the groups $\\", "mathrm{SU}(3)$ of boats", "groups $\\mathrm{SU}(3)$ of"),
        ("as was shown by Quist et al.\\", "at sea and ashore", "et al.\\ at sea"),
        ("what it can -- and cannot -", "- tell us", "cannot -- tell us"),
        ("a walk among $\\alpha$-", "stable boats", "$\\alpha$-stable boats"),
        ("a survey of Small Boats", ": Four Views of it", "Small Boats: Four"),
        ("a survey of small boats", ", and of views of it", "small boats, and"),
        ("the noise of $\\mathbb{Z}", "_2$ in a bay", "$\\mathbb{Z}_2$ in"),
        ("the noise of $\\mathrm{SU}", "(3)$ in a bay", "$\\mathrm{SU}(3)$ in"),
        ("the noise of $x$ in a bay", "(a note) by", "bay (a note)"),
    ],
)
def test_signs_beside_a_line_end_say_whether_a_space_stood_there(upper, lower, joined):
    upper = (
        f"{'A long enough beginning, so ' * 3}"[: 60 - len(upper)].replace(" ", "x") + " " + upper
    )
    text = f"{upper}\n{paragraph(lower, len(upper))}"
    assert joined in undo(text, SITES).lines[0]


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("a survey of Small Boats", ": Four Views of it"),
        ("the noise of $\\mathbb{Z}", "_2$ in a bay"),
        ("written for the most part by 김서", "연 of the harbour"),
    ],
)
def test_what_a_tool_may_have_broken_without_a_space_is_uncertain(upper, lower):
    """Some break Korean anywhere, formulas before their signs, text where a tag ended."""
    upper = f"A long enough beginning, so that a width can be seen here, {upper}"
    assert undo(f"{upper}\n{paragraph(lower, len(upper))}", SITES).uncertain == {0}


DAY = (
    "Ropes",
    "Counting the Turns of Boats at Sea",
    "On Small Ropes and Wide Bays, with a Left-Leaning Model of Wind and of Water Tides",
    "Rowing Through Fog",
    "Gulls That Look at Maps: Evidence from Nine Harbours, Two Seasons and an Observer",
    "Lunch at Sea",
)
BELOW = "\n\n  • ·\n    {n} authors\n{n}\n"


@pytest.mark.parametrize(
    "card",
    [
        "Submitted by rower\n{n}\n\n{title}",
        "Submitted by a_rower_with_a_rather_long_name\n [ ]\n{n}\n\n{title}",
        "(BUTTON)\nSubmitted by rower\n[{link}]\n[ ]\n{n}\n\n{title}",
    ],
)
def test_a_short_day_on_which_few_titles_are_longer_than_a_line_is_whole(card):
    """So few lines show the width; boxes and addresses below others say nothing of it."""
    cards = [
        card.format(n=n, title=wrapped(title, 76), link=n - 2) + BELOW.format(n=n)
        for n, title in enumerate(DAY, 3)
    ]
    page = "Daily Papers\n\nby AK and the research community\n\nAug 1\n" + "".join(cards)
    links = "".join(f"  {n}. https://huggingface.co/{'boats' * n}\n" for n in range(1, 11))
    page += f"\n[7]TOS [8]Privacy [9]About [10]Jobs\nWebsite\n\nReferences\n\n{links}"
    found = [title for title, _, _ in read(undo(page, SITES).lines)]
    assert found == list(DAY)


def test_a_title_that_just_fits_is_found_where_each_text_is_one_below_a_title():
    """A page has blocks of a title and prose: one that hangs together holds a title, too."""
    prose = "Words of an abstract follow each other here and there for quite a while. " * 3
    full = "Gulls and wider bays, for all who want to look at maps"
    titles = [*(f"{n} Ropes" for n in range(5)), full, "Lunch"]
    cards = [
        f"{title}\n{prose}\n• {n} authors\n·\nMay {n}, 2024" for n, title in enumerate(titles, 2)
    ]
    page = "Daily Papers\nby AK and the research community\n" + "\n".join(cards)
    undone = undo(wrapped(page, 60), SITES)
    assert [title for title, _, _ in read(undone.lines)] == titles
    assert not undone.uncertain


def test_items_are_joined_however_long_their_numbers_are():
    """What stands first is indented by the number above, what goes on is not."""
    title = "Counting the Turns of Boats in Bays with Models of Wind and of Waves, and"
    cards = [
        f"{n}.\n"
        + textwrap.fill(
            f"{title} the {n}", 50, initial_indent=" " * (5 + len(str(n))), subsequent_indent="  "
        )
        for n in range(1, 1301)
    ]
    lines = [line.replace(ENDED, "") for line in unwrap("\n\n".join(cards), SITES).split("\n")]
    assert [line.strip() for line in lines[1::3]] == [f"{title} the {n}" for n in range(1, 1301)]


def test_a_year_in_a_line_of_its_own_ends_the_dates():
    """It looks like the number that begins a card."""
    dates = "Submitted 4 June, 2024; v1 submitted 3 May"
    page = PAGES["arxiv_search"].replace("Submitted 3 May", dates)
    page = wrapped(page, len(f"    {dates}, 2024; originally announced May"))
    assert "\n2024.\n" in page
    assert "2024." not in undo(page, SITES).lines


HEADINGS = (
    "On Small Ropes and Wide Bays, with a Left-Leaning Model of Wind and What It Can Tell",
    "Counting the Turns of Boats at Sea: What a Very Patient Observer Can -- and Cannot -- Say",
    "Ropes",
)


def test_headings_that_were_wrapped_are_whole():
    page = "\n\n".join(wrapped(f"### {heading}", 60) for heading in HEADINGS)
    lines = undo(page, SITES).lines
    assert [line for line in lines if line] == list(HEADINGS)


def test_what_stands_right_below_headings_is_no_part_of_them():
    page = "\n\n".join(wrapped(f"### {heading[:50]}\n{heading} " * 2, 60) for heading in HEADINGS)
    lines = undo(f"{page}\n\n### Boats\nThey turn.", SITES).lines
    assert "On Small Ropes and Wide Bays, with a Left-Leaning" in lines


def feed(*cards):
    """Return a compact feed page: anchor, title and names in one, prose; no blank lines."""
    prose = "We wait for boats and count them. They come late, and some of them do not come. " * 4
    text = "\n".join(f"CVSep {n}, 2025\n{card}\n{prose}" for n, card in enumerate(cards, 1))
    return wrapped(text, 60)


def test_a_name_that_was_cut_behind_an_initial_goes_on():
    glued = "Counting Wide Bays for Slow Travel by LandAnn Lee, Jorge E. Quist, Bo Moe et al."
    plain = "On Small Ropes and BaysMara Ilves, Jonas Petri, Ana Lund et al."
    page = feed(glued, plain, plain, glued, plain)
    assert "Jorge E.\nQuist" in page
    assert glued in undo(page, SITES).lines


def test_a_line_that_is_whole_is_longer_where_the_rest_of_it_stands_below():
    names = "Mara Ilves, Jonas van der Petri, Greta Palm, Nils Aho et al. · tlu, ut"
    assert "al.\n· tlu" in wrapped(names, 60)
    page = paragraph("We wait for boats") + f"\n\n{wrapped(names, 60)}\n\n" + paragraph("So")
    assert names in undo(page, SITES).lines


def test_a_list_of_names_that_was_cut_inside_a_name_is_no_part_of_the_title():
    title = "Title: Counting Slow Boats in a Wide Bay and What Was Won"
    names = "Mara Ilves, Jonas Petri, Greta Palm, Nils Aho, Mart F. Saar, Pia Vale"
    card = f"[9] arXiv:2405.10009 [pdf, html, other]\n{title}\n{names}\nSubjects: Nets (cs.LG)\n"
    assert "Mart\nF. Saar" in wrapped(names, 51)
    page = wrapped((card + paragraph("We wait", 51).replace("\n", " ") + "\n") * 5, 51)
    lines = undo(page, SITES).lines
    assert {title, names} <= set(lines)


# A title and its names in one line, right above prose.
GLUED = (
    "Counting Wide Bays for Slow Travel by LandAnn Lee, Jorge E. Quist, Bo Moe",
    "On Small Ropes and BaysS. Priyamvada, Jonas Petri",
    "A note on harbours (extended abstract)Md. Karim Aziz, Greta Palm",
    "Are tides all you need? On long nets and short ropesNils Aho",
    "What Boats Can Tell UsW. -X. Tamm, Ana Lund, Sam T. P. Van Den Oever",
    "Rowing, Sailing, and Swimming: A Survey of 15 YearsRobert H. Farr III, Pia Vale",
    "Who Needs Wide Harbours? A Case for Slow Ropes王小明, Mart Saar",
    "Learning to wait for the last boat of the dayYen-Hao, Mara de la Ilves, Ana Lund",
    "Towards a Theory of Knots and of the Bays between Two IslandsPia McAlder, Nils Aho",
    "A Patient Observer of Ropes and TidesGreta Palm, Mart F. Saar, Pia Vale et al. · tlu, ut",
)


@pytest.mark.parametrize("width", range(50, 81, 3))
def test_names_glued_to_a_title_go_with_it_and_prose_below_does_not(width):
    prose = 'Across 14 bays boats come late, and some do not come. "What floats" is asked in it. '
    cards = [
        f"CVSep {n % 28 + 1}, 2025\n{card}\n{prose * 3}" for n, card in enumerate(GLUED * 3, 1)
    ]
    undone = undo(wrapped("\n".join(cards), width), SITES)
    unsure = [undone.lines[at] for at in undone.uncertain]
    for card in GLUED:
        assert card in undone.lines or any(card[:30] in line for line in unsure), card
    assert sum(card in undone.lines for card in GLUED) >= len(GLUED) - 1
    assert not any(line.startswith("Across 14 bays") for line in unsure)


def test_a_page_whose_links_are_longer_than_its_lines_shows_its_width_in_words():
    """Attributes and addresses stand beyond the width, line by line; prose keeps it."""
    prose = "Boats wait in a wide bay, and we count who of them comes late and who does not; " * 3
    link = (
        '<a href="/abs/2405.10001" class="of-a-boat-that-waits-in-a-wide-bay-and-comes-late"\n'
        'title="a boat">boat</a> and <a href="/pdf/2405.10001" class="of-a-sheet-of-paper" id="a"\n'
        'aria-label="pdf"\nclass="b">pdf</a> or <a\nhref="/other"\nid="c">other</a>\n'
    )
    page = "\n".join(f"{link}\n{wrapped(f'Part {n}. {prose}', 60)}\n" for n in range(20))
    lines = undo(page, SITES).lines
    assert {f"Part {n}. {prose}".strip() for n in range(20)} <= set(lines)


def test_what_stands_right_below_a_full_heading_is_uncertain_unless_one_is_longer_than_lines():
    """Writers of Markdown break no heading, tools that wrap what they wrote do."""
    title = "## Ropes and Wider Bays, for All Who Want to Look"
    prose = "Words of an abstract follow each other here and there for quite a while. " * 3
    lines = ("## Gulls", prose.strip(), title, prose.strip(), "## Fog", prose.strip())
    page = "\n".join(wrapped(line, 50) for line in lines)
    assert "to Look\nWords" in page
    undone = undo(page, SITES)
    unsure = [undone.lines[at] for at in sorted(undone.uncertain)]
    assert [line[:5] for line in unsure] == ["Ropes", "Words"]
    longer = page.replace("## Fog", f"## {'Fog ' * 20}")
    assert not undo(longer, SITES).uncertain


def test_where_lines_that_go_on_end_in_a_space_headings_do_too():
    title = "### Ropes and Wider Bays, for All Who Want to Look at Many Maps of Seas"
    prose = "Words of an abstract follow each other here and there for quite a while. " * 3
    lines = ("### Gulls", prose.strip(), title, prose.strip())
    page = "\n".join(wrap_with_spaces(line, 50) for line in lines)
    assert "Look \nat Many" in page
    assert [line for line in undo(page, SITES).lines if line][::2] == ["Gulls", title[4:]]


def test_where_lines_hang_the_rest_of_a_heading_does_too():
    """Short headings have text right below them: it is the indent that says what goes on."""
    prose = "Words of an abstract follow each other here and there for quite a while. " * 3
    titles = ["Gulls", "Ropes and Wider Bays, for All Who Want to Look at Many Maps of Seas", "Fog"]
    lines = [line for title in titles for line in (f"### {title}", prose.strip())]
    page = "\n".join("\n".join(textwrap.wrap(line, 50, subsequent_indent="  ")) for line in lines)
    assert "Look\n  at Many" in page
    assert [line for line in undo(page, SITES).lines if line][::2] == titles
