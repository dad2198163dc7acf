"""Cells of authors in the spellings of library tools: the same names come of each.

Tables of cases first; then what must hold of any list, however it is spelt, and of any junk.
"""

import random

import pytest
from growth import assert_linear, repeated

from pipeline.text.author_lists import _cut_closely, cut_authors, style_of
from pipeline.text.keys import name_key, name_keys
from pipeline.text.plain_authors import cut_plain

# One list in the order it stands, as tools write it.
THREE = ("ana lund", "oto b kask", "mara ilves")
SPELLINGS = {
    "BibTeX, JabRef": "Lund, Ana and Kask, Oto B. and Ilves, Mara",
    "Zotero": "Lund, Ana; Kask, Oto B.; Ilves, Mara",
    "RIS joined": "Lund, Ana;Kask, Oto B.;Ilves, Mara;",
    "EndNote": "Lund, Ana\r\nKask, Oto B.\r\nIlves, Mara",
    "commas alone": "Lund, Ana, Kask, Oto B., Ilves, Mara",
    "commas, and": "Lund, Ana, Kask, Oto B., and Ilves, Mara",
    "German": "Lund, Ana; Kask, Oto B. und Ilves, Mara",
    "and again": "Lund, Ana; Kask, Oto B.; and Ilves, Mara",
    "Chicago": "Lund, Ana, Oto B. Kask, and Mara Ilves",
    "straight": "Ana Lund, Oto B. Kask, Mara Ilves",
    "straight, and": "Ana Lund, Oto B. Kask and Mara Ilves",
    "straight, &": "Ana Lund, Oto B. Kask, & Mara Ilves",
    "OpenAlex": "Ana Lund|Oto B. Kask|Mara Ilves",
    "Python": "['Ana Lund', 'Oto B. Kask', 'Mara Ilves']",
    "numpy": "['Ana Lund' 'Oto B. Kask' 'Mara Ilves']",
    "JSON": '["Ana Lund", "Oto B. Kask", "Mara Ilves"]',
    "CSL": '[{"family": "Lund", "given": "Ana"}, {"name": "Oto B. Kask"}, {"name": "Mara Ilves"}]',
    "Postgres": '{"Ana Lund","Oto B. Kask","Mara Ilves"}',
    "bare brackets": "[Ana Lund, Oto B. Kask, Mara Ilves]",
    "homonym numbers": "Ana Lund 0002, Oto B. Kask, Mara Ilves 0001",
    "affiliations": "Ana Lund1,2*, Oto B. Kask2 (Goose Institute), Mara Ilves†",
    "degrees": "Prof. Dr. Ana Lund, Oto B. Kask, PhD, Mara Ilves, MD",
    "a label": "Authors: Ana Lund, Oto B. Kask, Mara Ilves.",
    "a list of lists": ["Ana Lund, Oto B. Kask", "Mara Ilves"],
    "a list of turned names": ["Lund, Ana", "Kask, Oto B.", "Ilves, Mara"],
    "capitals": "LUND, ANA AND KASK, OTO B. AND ILVES, MARA",
    "surnames in capitals": "Ana LUND, Oto B. KASK, Mara ILVES",
    "entities": "Lund, Ana &amp; Kask, Oto B. &amp; Ilves, Mara",
}
INITIALS = ("a b lund", "o kask", "j van der berg")
INITIALED = {
    "APA": "Lund, A. B., Kask, O., & van der Berg, J.",
    "Rayyan": "Lund, A. B. and Kask, O. and van der Berg, J.",
    "PubMed": "Lund AB, Kask O, van der Berg J.",
    "Scopus": "Lund A.B., Kask O., van der Berg J.",
    "Scopus of today": "Lund, A.B.; Kask, O.; van der Berg, J.",
    "Web of Science": "Lund, AB; Kask, O; van der Berg, J",
    "no spaces": "Lund,A.B.,Kask,O.,van der Berg,J.",
    "IEEE": "A. B. Lund, O. Kask, and J. van der Berg",
    "Scholar": "A B Lund, O Kask, J van der Berg",
    "particles behind": "Lund AB, Kask O, Berg J van der",
    "cut at every comma": ["Lund", "A. B.", "Kask", "O.", "van der Berg", "J."],
    "mixed list": ["Lund, A.B", "Kask O", "J. van der Berg"],
}
OTHERS = {
    "Smith, Jr., John and Doe, Jane": ("john smith jr", "jane doe"),
    "Smith, John, Jr.; Doe, Jane": ("john smith jr", "jane doe"),
    "Smith AB 3rd, Doe C": ("a b smith 3rd", "c doe"),
    "García Márquez, Gabriel and Vargas Llosa, Mario": (
        "gabriel garcia marquez",
        "mario vargas llosa",
    ),
    "Oppenheimer, J. Robert, Roe, A.": ("j robert oppenheimer", "a roe"),
    "B. A. Duck, Carla E. Crane": ("b a duck", "carla e crane"),
    "Lee, Kim": ("kim lee",),
    "Chen, Wei, Li, Na": ("wei chen", "na li"),
    "Lund, Kask, Ilves": ("lund", "kask", "ilves"),
    "Lund, Kask and Ilves": ("lund", "kask", "ilves"),
    "José Ortega y Gasset": ("jose ortega y gasset",),
    "Pérez, Ana y Gómez, Luis": ("ana perez", "luis gomez"),
    "A. Castro e Silva, E. Duck": ("a castro e silva", "e duck"),
    "Metin And, Ana Lund": ("metin and", "ana lund"),
    "The Goose Collaboration": ("the goose collaboration",),
    "Lund, A., Kask, O., Pond Study Group": ("a lund", "o kask", "pond study group"),
    "{World Goose Society} and Lund, Ana": ("world goose society", "ana lund"),
    'M{\\"u}ller, J{\\"o}rg and {\\O}stby, Siv': ("jorg muller", "siv ostby"),
    "Ng, S. W. and E, H.": ("s w ng", "h e"),
    "Chestnut SR, Lund A": ("s r chestnut", "a lund"),
    "Tom LEE, Ming LI": ("tom lee", "ming li"),
    "山田太郎、鈴木花子": ("shantiantailang", "lingmuhuazi"),
    "山田 太郎, 鈴木 花子": ("shantiantailang", "lingmuhuazi"),
    "山田, 太郎; 鈴木, 花子": ("shantiantailang", "lingmuhuazi"),
    "王小明，李华": ("wangxiaoming", "lihua"),
    "张三 李四 王五": ("zhangsan", "lisi", "wangwu"),
    "김철수·이영희": tuple(name_keys(["김철수", "이영희"])),
    "约翰·史密斯": tuple(name_keys(["约翰·史密斯"])),
    "n/a": (),
    "Anonymous": (),
    "[No authors listed]": (),
    "-": (),
    "Lund, Nan": ("nan lund",),
}
CUT = {
    "Lund A, Kask O, et al.": ("a lund", "o kask"),
    "Lund, A. and others": ("a lund",),
    "Lund, A., Kask, O., . . . Zed, Q.": ("a lund", "o kask", "q zed"),
    "A Lund, O Kask…": ("a lund", "o kask"),
    "Ana Lund, Oto Kask, ...": ("ana lund", "oto kask"),
    "Ana Lund and 3 others": ("ana lund",),
    "Lund, Ana u. a.": ("ana lund",),
    "张三等": ("zhangsan",),
}


def keys(cell, style=None):
    return tuple(name_keys(cut_authors(cell, style).names))


@pytest.mark.parametrize("cell", SPELLINGS.values(), ids=SPELLINGS)
def test_a_list_is_the_same_in_every_spelling(cell):
    assert keys(cell) == THREE
    assert not cut_authors(cell).is_cut


@pytest.mark.parametrize("cell", INITIALED.values(), ids=INITIALED)
def test_initials_belong_to_their_surname_in_every_spelling(cell):
    assert keys(cell) == INITIALS


@pytest.mark.parametrize(("cell", "names"), OTHERS.items())
def test_what_stands_in_cells_besides(cell, names):
    assert keys(cell) == names


@pytest.mark.parametrize(("cell", "names"), CUT.items())
def test_a_cut_list_says_so(cell, names):
    assert keys(cell) == names
    assert cut_authors(cell).is_cut


def test_what_nothing_in_a_cell_tells_the_column_tells():
    names = {
        "inverted": ("kim lee", "gabriel jose garcia marquez"),
        "straight": ("lee", "kim", "garcia marquez", "gabriel jose"),
    }
    columns = {
        "inverted": ["Lund, A., Kask, O.", "Ilves, Mara and Duck, Bo"],
        "straight": ["Ana Lund, Oto Kask, Bo Duck", "A. Lund, O. Kask"],
    }
    for style, column in columns.items():
        assert style_of(column) == style
        found = keys("Lee, Kim", style) + keys("García Márquez, Gabriel José", style)
        assert found == names[style]
    assert style_of([*columns["inverted"], *columns["straight"]]) is None
    assert style_of(["Lund, Kask, Duck"]) == "family"
    assert keys("Lund, Kask, Duck, Ilves", "family") == ("lund", "kask", "duck", "ilves")


_SURNAMES = (
    "Lund",
    "García",
    "O'Neil",
    "McDuck",
    "Kal-Roe",
    "Ng",
    "De Luca",
    "Østby",
    "Day",
    "Sun",
)
_GIVEN = ("Ana", "Bo", "Anne-Marie", "J.", "Na", "Oto B.", "A. B.")
_SEPARATORS = (", ", "; ", " and ")


def test_the_short_way_and_the_close_look_say_the_same():
    chance = random.Random(7)
    n_plain = 0
    for _ in range(4000):
        order = chance.choice(["{1} {0}", "{0}, {1}", "{0} {2}", "{0}, {2}.", "{2}. {0}"])
        parts = [
            (chance.choice(_SURNAMES), chance.choice(_GIVEN), chance.choice("ABDEMR"))
            for _ in range(chance.randint(1, 5))
        ]
        cell = chance.choice(_SEPARATORS).join(order.format(*part) for part in parts)
        if plain := cut_plain(cell):
            n_plain += 1
            close = _cut_closely(cell, None)
            assert name_keys(plain.names) == name_keys(close.names), cell
            assert plain.style == close.style, cell
    assert n_plain > 1000


_PIECES = "LUND INC A. AB NG Na et al Team van 山田 山 Jr MD PhD . … [ ] { } ( ) ' 1"


def test_any_pieces_in_any_order_give_names_and_no_fault():
    pieces = _PIECES.split()
    signs = (" ", ", ", "; ", " and ", " & ", "|", "\n", " y ", "、")
    chance = random.Random(11)
    for _ in range(6000):
        chosen = [chance.choice(pieces) for _ in range(chance.randint(1, 9))]
        cell = "".join(piece + chance.choice(signs) for piece in chosen)
        for style in (None, "inverted", "straight", "family"):
            found = cut_authors(cell, style)
            assert all(name.strip() for name in found.names), cell
            assert cut_authors(chosen, style).names is not None


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        # Behind a given name of Mandarin two capitals that are a family name are no initials,
        (["Wei XU", "Hao MA"], ["wei xu", "hao ma"]),
        ("Xiao-Ming LI and Bo XU", ["xiaoming li", "bo xu"]),
        ("Wei XU, Ming LI", ["wei xu", "ming li"]),
        ("Mei LI; Ping HE", ["mei li", "ping he"]),
        # unless others of the list end in initials.
        ("Smith MA, Lund LI", ["m a smith", "l i lund"]),
        ("Zhang Y, Xu LI", ["y zhang", "l i xu"]),
        ("Kim SU, Lund LI", ["s u kim", "l i lund"]),
    ],
)
def test_two_capitals_at_the_end_are_a_family_name_or_initials(cell, names):
    assert [name_key(name) for name in cut_authors(cell).names] == names


@pytest.mark.parametrize(
    "junk", [", ", "; ", "{ ,", "\\", "(", '"a",', "y ", " e ", "1", "A. ", "& ", "\n", "a Group, "]
)
def test_long_junk_takes_no_longer_than_its_length(junk):
    assert_linear(lambda size: cut_authors("Lund" + repeated(junk, size)), 40_000)
