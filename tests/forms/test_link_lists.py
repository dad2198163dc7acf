"""Numbers and names that stand for links: lists at the end of a page, and what is none."""

from pipeline.forms.addresses import take_addresses
from pipeline.forms.link_lists import undo_link_lists

LYNX = """\
   [1]Skip to main content
   [2]Help
   1. [3]arXiv:2405.10001 [[4]pdf, [5]other]
      Boxes [7] and [2] Cranes
      Authors: [6]Kari Moe, [7]Tua Aas

References

   Visible links:
   1. https://a.example/#main
   2. https://a.example/help
   3. https://arxiv.org/abs/2405.10001
   4. https://arxiv.org/pdf/2405.10001
   5. https://arxiv.org/format/2405.10001
   6. /search?q=Moe
   7. /search?q=Aas

   Hidden links:
   9. /login
"""


def undone(text):
    return take_addresses(undo_link_lists(text, ()))


def test_numbers_of_links_go_and_numbers_of_the_page_stay():
    text, found = undone(LYNX)
    lines = text.splitlines()
    assert lines[2:5] == [
        "   1. arXiv:2405.10001 [pdf, other]",
        "      Boxes [7] and [2] Cranes",
        "      Authors: Kari Moe, Tua Aas",
    ]
    assert not any(map(str.strip, lines[5:]))
    assert text.count("\n") == LYNX.count("\n")
    assert ("https://arxiv.org/abs/2405.10001", 3) in [(a.address, a.line) for a in found]


def test_address_with_spaces_is_of_the_list():
    entry = "   6. /search?q=Moe"
    page = LYNX.replace(entry, "   6. https://a.example/?q= Moe and more")
    text, found = undone(page)
    assert text.splitlines()[4] == "      Authors: Kari Moe, Tua Aas"
    assert "https://a.example/?q= Moe and more" in [address.address for address in found]


def test_sentence_that_begins_with_an_address_and_not_with_the_next_number_ends_a_list():
    page = f"{LYNX.rstrip()}\n  12. https://a.example is where boxes wait\n"
    assert undone(page)[0].endswith("\n  12. https://a.example is where boxes wait\n")


def test_list_of_w3m_may_lack_numbers():
    page = "[1]One [2]Two\n[3][ ]\n[4]Four\n\nReferences:\n\n[1] /a\n[2] /b\n[4] /d\n"
    text, found = undone(page)
    assert text.split("\n\n")[0] == "One Two\n[ ]\nFour"
    assert [address.address for address in found] == ["/a", "/b", "/d"]


def test_names_in_markdown_are_written_out():
    page = (
        "1. [arXiv:2405.10001][12] [[pdf], [other][13]]\nAuthors: [Kari\nMoe], [Tua Aas]\n"
        "Boxes [and] Cranes\n\n"
        "  [pdf]: /pdf/1\n  [12]: https://arxiv.org/abs/2405.10001\n  [13]: /format/1 {.a}\n"
        "  [Kari Moe]: /k\n  [Tua Aas]: <> \n  [Previous]: {.pagination}\n"
    )
    text, _ = undone(page)
    assert text.splitlines()[:4] == [
        "1. [arXiv:2405.10001](https://arxiv.org/abs/2405.10001) [[pdf](/pdf/1), "
        "[other](/format/1)]",
        "Authors: [Kari",
        "Moe](/k), [Tua Aas]()",
        "Boxes [and] Cranes",
    ]
    assert not any(map(str.strip, text.splitlines()[4:]))


def test_numbers_without_a_list_stay():
    for page in (
        "[1] arXiv:2405.10001\nBoxes as in [2]\n[2] arXiv:2405.10002\nCranes\n",
        "Boxes [1]\nsee 1. https://a.example\n",
        "[1]: a remark\n[2]: another remark\n[3]: a third\nBoxes [1]\n",
    ):
        assert undone(page) == (page, [])


def test_list_of_elinks_says_what_links_are_called():
    page = (
        "[1]Skip\n[1] [2]arXiv:2405.10001 [[3]pdf, [4]other]\n[5]Kari Moe, [6]Tua Aas\n\n"
        "References\n\n"
        "   Visible links\n   1. /skip\n   2. Abstract\n\thttps://arxiv.org/abs/2405.10001\n"
        "   3. Download PDF\n\thttps://arxiv.org/pdf/2405.10001\n"
        "   4. /other\n   5. /moe\n   6. /aas\n"
    )
    text, found = undone(page)
    assert text.split("\n\n")[0] == "Skip\n[1] arXiv:2405.10001 [pdf, other]\nKari Moe, Tua Aas"
    assert found[1].address == "https://arxiv.org/abs/2405.10001"
    assert not any(map(str.strip, text.split("\n")[3:]))


def test_items_of_a_list_above_addresses_are_no_links():
    page = "Boats:\n   1. Rowing\n   2. Sailing\n   3. Knots\n      https://a.example\n"
    assert undone(page) == (page, [])


def test_references_below_each_paragraph_are_a_list_of_the_page():
    page = (
        "By [Kari Moe][1], [Bo Roe][2]\n\n   [1]: https://a.example/kari\n   [2]:\n"
        "https://a.example/bo\n\nOn [boats][3]\n\n   [3]: /boats (A title)\n\nAnd [4]\n"
    )
    shown = undo_link_lists(page, ())
    assert "By [Kari Moe](https://a.example/kari), [Bo Roe](https://a.example/bo)" in shown
    assert "On [boats](/boats)" in shown
    assert shown.count("\n") == page.count("\n")
    assert "[1]:" not in shown
    assert "And [4]" in shown
