"""Identifiers that only links hold: the paper's own, or none."""

import pytest

from pipeline.sources import linked
from pipeline.sources.dump import Dump, guess_form
from pipeline.sources.registry import divide
from pipeline.sources.sites import arxiv_search, huggingface_papers

OWN = {
    "absolute": ("https://arxiv.org/abs/2405.10001", "2405.10001"),
    "version": ("http://export.arxiv.org/pdf/2405.10001v3.pdf", "2405.10001"),
    "old": ("https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001"),
    "relative": ("/abs/2405.10001", None),
    "other_host": ("https://notarxiv.org/abs/2405.10001", None),
    "inside": ("https://a.example/?u=https://arxiv.org/abs/2405.10001", None),
    "list": ("https://arxiv.org/list/cs.LG/recent", None),
    "longer": ("https://arxiv.org/abs/2405.100012", None),
}


@pytest.mark.parametrize("case", OWN)
def test_address_names_a_paper(case):
    address, arxiv_id = OWN[case]
    assert linked.arxiv_id({3: (address,)}, [2, 3]) == arxiv_id


def test_relative_addresses_count_on_arxiv_itself():
    for address in ("/abs/2405.10001", "file:///pdf/2405.10001v2"):
        assert linked.arxiv_id({1: (address,)}, [1], is_arxiv=True) == "2405.10001"


def test_two_papers_are_none():
    links = {1: ("https://arxiv.org/abs/2405.10001",), 2: ("https://arxiv.org/abs/2405.10002",)}
    assert linked.arxiv_id(links, [1, 2]) is None
    assert linked.arxiv_id(links, [1]) == "2405.10001"


def test_doi_of_an_address():
    assert linked.doi({1: ("https://doi.org/10.1000/abc",)}, [1]) == "10.1000/abc"
    assert linked.doi({1: ("https://a.example/10.1000/abc",)}, [1]) is None


SEARCH = (
    "Waiting Boxes\nAuthors: Kari Moe\nAbstract: See the other paper, and wait.\n"
    "Submitted 3 May, 2024; originally announced May 2024.\n"
)


def test_search_card_takes_its_head_alone():
    lines = tuple(SEARCH.splitlines())
    links = {1: ("https://arxiv.org/abs/2405.10001",), 3: ("https://arxiv.org/abs/1706.03762",)}
    record = arxiv_search.parse(Dump(lines, "compact", links=links)).records[0]
    assert record.arxiv_id == "2405.10001"
    below = Dump(lines, "compact", links={3: links[3]})
    assert arxiv_search.parse(below).records[0].arxiv_id is None


def test_search_card_may_have_a_line_for_each_category():
    head = "1. arXiv:2405.10001\n [pdf, ps, other]\n cs.LG\n cs.CL\n stat.ML\n math.OC\n"
    record = arxiv_search.parse(Dump(tuple((head + SEARCH).splitlines()), "compact")).records[0]
    assert (record.title, record.arxiv_id) == ("Waiting Boxes", "2405.10001")
    assert record.categories == ("cs.LG", "cs.CL", "stat.ML", "math.OC")


def test_names_of_several_a_line_are_parted():
    card = SEARCH.replace(
        "Kari Moe", "Kari Moe, Tua Aas, Odd\nViken, Jr., Runa Hall,\nBo Li, Ann Lee"
    )
    record = arxiv_search.parse(Dump(tuple(card.splitlines()), "compact")).records[0]
    names = [author.name for author in record.authors]
    assert names == ["Kari Moe", "Tua Aas", "Odd Viken, Jr.", "Runa Hall", "Bo Li", "Ann Lee"]


DAY = (
    "Submitted by zed\n94\nWaiting Boxes\n·\n5 authors\nSubmitted by zed\n9\nBread\n·\n5 authors\n"
)


def test_day_takes_the_link_of_the_title():
    links = {2: ("/papers/2405.10009",), 3: ("/papers/2405.10001",), 8: ("/papers/not-an-id",)}
    dump = Dump(tuple(DAY.splitlines()), "compact", links=links)
    records = huggingface_papers.parse(dump).records
    assert [record.arxiv_id for record in records] == ["2405.10001", None]
    assert records[0].url == "https://huggingface.co/papers/2405.10001"


def test_sections_keep_the_links_of_their_lines():
    cards = [SEARCH, SEARCH, DAY]
    lines = tuple("".join(cards).splitlines())
    at = lines.index("Submitted by zed")
    dump = Dump(lines, "compact", links={at + 3: ("/papers/2405.10001",)})
    day = next(part for part in divide(dump) if part.source.NAME == huggingface_papers.NAME)
    assert day.dump.links == {at + 3 - (day.dump.first_line - 1): ("/papers/2405.10001",)}
    assert day.read().records[0].arxiv_id == "2405.10001"


def test_markdown_with_tags_left_in_is_text():
    tags = "<div>\n\n<span>Authors:</span> <a href='/k'>Kari</a>\n\n</div>\n\n" * 6
    assert guess_form(tuple(tags.splitlines())) == "html"
    for signs in ("## <a href='/papers'>Papers</a>\n\n", "1.  [Boxes](/abs/2405.10001)\n\n"):
        assert guess_form(tuple((tags + signs * 3).splitlines())) == "spaced"
