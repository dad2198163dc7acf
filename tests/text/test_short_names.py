"""Short forms of given names."""

from pipeline.text.short_names import full_names


def test_a_short_form_has_all_its_full_names_and_another_name_none():
    assert full_names("bill") == {"william"}
    assert full_names("ben") == {"benjamin"}
    assert full_names("sinong") == frozenset()
