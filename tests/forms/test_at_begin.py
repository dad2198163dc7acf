"""What lines begin with: found as `^` finds it, at the first line as at any other."""

import re

import pytest

from pipeline.forms.at_begin import AtBegin

PAGES = (
    "",
    "\n",
    "# a",
    "# a\n# b",
    "a\n# b",
    "a\n\n \n# b\n",
    "a # b",
    "\n\n# a\n\n#b\n# \n# c # d",
)
PATTERNS = (
    r"#",
    r"[ \t]*+# (\w)",
    r"(?P<sign>#) (?=\w)|a",  # an alternative is at the begin, too
    r"[ \t]*+#[^\n]*+$",
    r"(#) \w\n\s*+\1",  # over two lines
    r"[ \t]*+(?:\n[ \t]*+)++(?=\S)",
)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("page", PAGES)
def test_finds_what_the_pattern_finds_behind_a_line_begin(page: str, pattern: str):
    plain, asked = re.compile(rf"^(?:{pattern})", re.MULTILINE), AtBegin(pattern)

    assert asked.is_in(page) == bool(plain.search(page))
    assert asked.findall(page) == plain.findall(page)
    assert [one.span() for one in asked.finditer(page)] == [m.span() for m in plain.finditer(page)]
    assert asked.sub("<>", page) == plain.sub("<>", page)
