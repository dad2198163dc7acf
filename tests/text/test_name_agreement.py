"""Whether two spellings may be one person's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from named_pairs import ROWS
from test_person_names import names_of_any_kind

from pipeline.text.name_agreement import may_be_one
from pipeline.text.person_names import read_name


@pytest.mark.parametrize(("a", "b", "agreement"), ROWS)
def test_whether_two_names_may_be_one_persons(a, b, agreement):
    names = read_name(a), read_name(b)

    assert may_be_one(*names) == agreement


WORDS = (
    "Ana Wei Wei-Wei Li Lund Zhan Sinong Simon Jun Hui Müller Mueller J. S. W. van den Berg Bill"
    " William Schmidt Schmidt-Weber Weber Jae Hyun Jaehyun Kim Krzyzewski Krzyzevski 王伟 Jr."
    " Sergey Sergei Mc Donald McDonald Nguyen Van al-Masri Yuri"
)
words = st.sampled_from(WORDS.split())
made_names = st.lists(words, min_size=1, max_size=4).map(" ".join)
turned_names = st.lists(words, min_size=2, max_size=3).map(lambda w: f"{w[0]}, {' '.join(w[1:])}")
any_name = st.one_of(made_names, turned_names, names_of_any_kind)


@given(any_name, any_name)
def test_the_rule_does_not_ask_which_name_comes_first(a, b):
    one, other = read_name(a), read_name(b)

    assert may_be_one(one, other) == may_be_one(other, one)


@given(any_name)
def test_a_name_is_itself_unless_it_is_none(name):
    read = read_name(name)

    assert may_be_one(read, read) == ("other" if read.kind is None else "same")


@given(made_names)
def test_case_accents_and_hyphens_do_not_count(name):
    read = read_name(name)

    if read.kind == "person":
        assert may_be_one(read, read_name(name.replace("ü", "u"))) == "same"
