"""Identifiers with the signs that people and tools leave on them."""

import pytest

from pipeline.text.identifiers import clean_arxiv_id, clean_doi, find_doi, is_nothing

ONE = (
    "10.1000/abc.1",
    "10.1000/ABC.1.",
    "10.1000/abc.1,",
    "(10.1000/abc.1)",
    "[10.1000/abc.1].",
    "<10.1000/abc.1>",
    "“10.1000/abc.1”",
    "DOI: 10.1000/abc.1",
    "doi:10.1000/abc.1;",
    "info:doi/10.1000/abc.1",
    "doi.org/10.1000/abc.1",
    "https://dx.doi.org/10.1000%2FAbc.1",
    "https://www.example.org/doi/full/10.1000/abc.1?download=true",
    "10.1000/abc.1/abstract",
    "10.1000/abc.1/full.",
    "10.1000/abc.1/pdf",
    "10.1000/abc.1.pdf",
    "10.1000/abc.1</a>",
    "10. 1000 / abc.1",
    "10.1000/abc.1 [doi]",
    "S1234-5678 [pii] 10.1000/abc.1 [doi]",
    "10.1000/abc.1;10.1000/def.2",
    "10.1000/\u200babc.1\ufeff",
)
THEMSELVES = (
    "10.1000/a/b/c",
    "10.1016/s0140-6736(05)67100-1",
    "10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o",
    "10.1000/abc-1",
)
NONE = ("n/a", "N/A", "-", "--", "none", "NULL", "nan", "0", "unknown", "Not available", "", "[]")
ARXIV = {
    "arXiv:2407.21783v2 [cs.LG].": "2407.21783",
    "https://arxiv.org/pdf/2407.21783v2.pdf": "2407.21783",
    "http://arxiv.org/abs/2407.21783?context=cs": "2407.21783",
    "10.48550/arXiv.2407.21783": "2407.21783",
    "2407.21783.": "2407.21783",
    "hep-th/9901001v3": "hep-th/9901001",
    "math.GT/0309136": "math/0309136",
    "cs.LG": None,
    "12345": None,
}


@pytest.mark.parametrize("text", ONE)
def test_signs_around_a_doi_do_not_count(text):
    assert clean_doi(text) == "10.1000/abc.1"


@pytest.mark.parametrize("text", THEMSELVES)
def test_signs_within_a_doi_stay(text):
    assert clean_doi(text) == text
    assert find_doi(f"see {text}.") == text


@pytest.mark.parametrize("text", NONE)
def test_nothing_is_no_identifier(text):
    assert is_nothing(text)
    assert clean_doi(text) is None
    assert clean_arxiv_id(text) is None


@pytest.mark.parametrize(("text", "found"), ARXIV.items())
def test_what_stands_around_an_arxiv_number_does_not_count(text, found):
    assert clean_arxiv_id(text) == found
    assert found is None or clean_arxiv_id(found) == found
