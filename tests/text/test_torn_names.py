"""Halves of names can only be seen in their list."""

import pytest

from pipeline.text.torn_names import torn_names

WHOLE = ["Ana Lund", "Oto Kask"]


@pytest.mark.parametrize(
    ("halves", "places"),
    [
        (["Xuemin", "Shen"], (2,)),
        (["Yen-Ting", "Lin"], (2,)),
        (["Xuemin", "Shen", "Weihua", "Zhuang"], (2, 4)),
        (["Xuemin", "Shen", "Bo Li", "Weihua", "Zhuang"], (2, 5)),
        (["Xuemin", "Shen", "Weihua"], ()),  # which two of them belong together?
        (["Lund", "Shen"], ()),  # two family names
        (["Li", "Shen"], ()),
        (["Xuemin"], ()),
        (["xuemin", "shen"], ()),  # user names
        (["AI", "NVIDIA"], ()),
        (["王伟", "Shen"], ()),
    ],
)
def test_lone_words_in_pairs_between_whole_names(halves, places):
    assert torn_names([*WHOLE, *halves]) == places


def test_a_list_of_lone_words_may_be_spelt_so():
    assert torn_names(["Xuemin", "Shen"]) == ()
    assert torn_names([]) == ()
    assert torn_names(WHOLE) == ()
