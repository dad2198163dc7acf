"""Names of authors into parts: who is a person, which word is the family name, what hangs on it."""

import pickle
import string

import pytest
from growth import assert_linear, repeated
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import person_names
from pipeline.text.name_kinds import is_group
from pipeline.text.person_names import read_name, read_names

# Spelling: name shown, given name, middle name, particles, family name, suffix.
PARTS = {
    "Jean-Pierre Serre": ("Jean-Pierre Serre", "Jean-Pierre", None, None, "Serre", None),
    "J.-P. Serre": ("J.-P. Serre", "J.-P.", None, None, "Serre", None),
    "JP Serre": ("JP Serre", "JP", None, None, "Serre", None),
    "Serre J-P": ("Serre J-P", "J-P", None, None, "Serre", None),
    "SERRE, Jean-Pierre": ("Jean-Pierre Serre", "Jean-Pierre", None, None, "Serre", None),
    "SERRE Jean-Pierre": ("Jean-Pierre Serre", "Jean-Pierre", None, None, "Serre", None),
    "Jean-Pierre SERRE": ("Jean-Pierre Serre", "Jean-Pierre", None, None, "Serre", None),
    "MCDONALD, Ann": ("Ann McDonald", "Ann", None, None, "McDonald", None),
    "LI Wei": ("Wei Li", "Wei", None, None, "Li", None),
    "Wei LI": ("Wei Li", "Wei", None, None, "Li", None),
    "Lund AB": ("Lund AB", "AB", None, None, "Lund", None),
    "Jan van den Berg": ("Jan van den Berg", "Jan", None, "van den", "van den Berg", None),
    "van den Berg, Jan": ("Jan van den Berg", "Jan", None, "van den", "van den Berg", None),
    "Luc Van Gool": ("Luc Van Gool", "Luc", None, "Van", "Van Gool", None),
    "Ben Ali": ("Ben Ali", "Ben", None, None, "Ali", None),
    "Silva, José da": ("José da Silva", "José", None, "da", "da Silva", None),
    "Musa al-Khwarizmi": ("Musa al-Khwarizmi", "Musa", None, "al-", "al-Khwarizmi", None),
    "Juan Ortega y Gasset": ("Juan Ortega y Gasset", "Juan", None, None, "Ortega y Gasset", None),
    "Ana da Silva e Souza": ("Ana da Silva e Souza", "Ana", None, "da", "da Silva e Souza", None),
    "Martin L. King, Jr.": ("Martin L. King Jr.", "Martin", "L.", None, "King", "Jr."),
    "King, Martin, III": ("Martin King III", "Martin", None, None, "King", "III"),
    "Ana Lund, PhD": ("Ana Lund", "Ana", None, None, "Lund", None),
    "Ana Lund MD": ("Ana Lund", "Ana", None, None, "Lund", None),
    "Prof. Dr. Ana Lund": ("Ana Lund", "Ana", None, None, "Lund", None),
    "Jun Hui Li": ("Jun Hui Li", "Jun Hui", None, None, "Li", None),
    "Jae Hyun Kim": ("Jae Hyun Kim", "Jae", "Hyun", None, "Kim", None),
    "山田 太郎": ("山田太郎", "太郎", None, None, "山田", None),
    "山田太郎": ("山田太郎", "太郎", None, None, "山田", None),
    "王伟": ("王伟", "伟", None, None, "王", None),
    "欧阳修": ("欧阳修", "修", None, None, "欧阳", None),
    "Nguyễn Văn Ánh": ("Nguyễn Văn Ánh", "Văn", "Ánh", None, "Nguyễn", None),
    "Ramesh K": ("Ramesh K", "K", None, None, "Ramesh", None),
    "Md. Rahman": ("Md. Rahman", "Md.", None, None, "Rahman", None),
    "Иванов И. И.": ("Иванов И. И.", "И.", "И.", None, "Иванов", None),
    "bell hooks": ("bell hooks", "bell", None, None, "hooks", None),
    "Võ Thị Sáu": ("Võ Thị Sáu", "Thị", "Sáu", None, "Võ", None),
    "Trần Hưng Đạo": ("Trần Hưng Đạo", "Hưng", "Đạo", None, "Trần", None),
    "محمد بن سلمان": ("محمد بن سلمان", "محمد", None, "بن", "بن سلمان", None),
    "דוד בן גוריון": ("דוד בן גוריון", "דוד", None, "בן", "בן גוריון", None),
    "Abdul-Rahman Al-Rashid": (
        "Abdul-Rahman Al-Rashid",
        "Abdul-Rahman",
        None,
        "Al-",
        "Al-Rashid",
        None,
    ),
    "Kâzım KARABEKİR": ("Kâzım Karabekir", "Kâzım", None, None, "Karabekir", None),
    "IŞIK, Özgür": ("Özgür Işık", "Özgür", None, None, "Işık", None),
    "NAGY István": ("István Nagy", "István", None, None, "Nagy", None),
    "Park Chan-wook": ("Park Chan-wook", "Chan-wook", None, None, "Park", None),
    "Aung San Suu Kyi": ("Aung San Suu Kyi", "Aung", "San Suu", None, "Kyi", None),
    "Zeldovich Ya B": ("Zeldovich Ya B", "Ya", "B", None, "Zeldovich", None),
    "Κ. Π. Καβάφης": ("Κ. Π. Καβάφης", "Κ.", "Π.", None, "Καβάφης", None),
    "สมชาย ใจดี": ("สมชาย ใจดี", "สมชาย", None, None, "ใจดี", None),
    "Kaʻiulani Kalākaua": ("Kaʻiulani Kalākaua", "Kaʻiulani", None, None, "Kalākaua", None),
    "Gerard 't Hooft": ("Gerard 't Hooft", "Gerard", None, "'t", "'t Hooft", None),
    "'t Hooft, Gerard": ("Gerard 't Hooft", "Gerard", None, "'t", "'t Hooft", None),
    "Jean-Luc de La Tour": ("Jean-Luc de La Tour", "Jean-Luc", None, "de La", "de La Tour", None),
    "João Rosa Filho": ("João Rosa Filho", "João", None, None, "Rosa", "Filho"),
    "Pedro Neto": ("Pedro Neto", "Pedro", None, None, "Neto", None),
    "Fr. José Velaz, S.J.": ("José Velaz", "José", None, None, "Velaz", None),
    "Ana Lund, Senior Member, IEEE": ("Ana Lund", "Ana", None, None, "Lund", None),
    "Bambang Sari, S.E., M.U.P., Ph.D.": ("Bambang Sari", "Bambang", None, None, "Sari", None),
    "Tolkien, J.R.R.": ("J.R.R. Tolkien", "J.R.R.", None, None, "Tolkien", None),
    "Suharto": ("Suharto", None, None, None, "Suharto", None),
}


@pytest.mark.parametrize("spelling", PARTS)
def test_parts_of_a_name(spelling):
    read = read_name(spelling)

    found = (
        read.name,
        read.given_name,
        read.middle_name,
        read.particles,
        read.family_name,
        read.suffix,
    )
    assert found == PARTS[spelling]
    assert read.kind == "person"


GROUPS = (
    *("Qwen Team", "ATLAS Collaboration", "Li Auto Inc", "OpenAI", "The GPyTorch Contributors"),
    *("Acme Inc.", "Acme Ltd", "Acme Pvt. Ltd.", "Open Nets Community", "The Nets Workshop"),
    *(
        "DeepSeek-AI",
        "Universität Wien",
        "Université de Lund",
        "Universidad de Sevilla",
        "清华大学",
    ),
    *(
        "Institut für Physik",
        "国立研究所",
        "Grupo de Redes",
        "Arbeitsgruppe Netze",
        "Bank of England",
    ),
    *("on behalf of the LUND investigators", "Team GLM", "Stanford NLP Group", "서울대학교"),
    *(
        "日本学術会議",
        "국립연구소",
        "Google DeepMind",
        "Amazon AGI",
        "01.AI",
        "Llama Team, AI @ Meta",
    ),
    *("European Space Agency", "CMS Collab.", "Équipe Lund", "Gesellschaft für Informatik e.V."),
    *("Società Italiana di Fisica", "Российский институт", "Ege Üniversitesi", "Acme Corp."),
)
# A word alone does not tell: they stay people.
PEOPLE = (
    *(
        "Huawei Wang",
        "Team Lee",
        "Will Power",
        "Grace Church",
        "Robert Council",
        "Joan P. Company",
        "Chi Ai",
    ),
    *("Mark Price", "Li Network-Smith", "Ann Incandela", "Uni Lund", "Ai Ai", "Kai Lab-Ross"),
    *("Steven Teammate", "Bill Banks", "Hans Instinsky", "Marie Centrone"),
)
NO_NAMES = {
    "Authors": "label",
    ":": "label",
    "et al.": "label",
    "and 12 others": "label",
    "+3": "label",
    "12 more authors": "label",
    "Anonymous": "label",
    "Corresponding author": "label",
    "Jr.": "label",
    "作者": "label",
    "ana@lund.example.org": "address",
    "https://lund.example.org/ana": "address",
    "hendrydong": "user_name",
    "ana_lund": "user_name",
    "user123": "user_name",
    "@analund": "user_name",
}


@pytest.mark.parametrize("name", GROUPS)
def test_groups(name):
    assert is_group(name)
    assert read_name(name).kind == "group"


@pytest.mark.parametrize("name", PEOPLE)
def test_people_who_bear_words_of_groups(name):
    assert read_name(name).kind == "person"


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_is_kept_and_flagged(name):
    read = read_name(name)

    assert (read.kind, read.name, read.flags) == (None, name, (NO_NAMES[name],))


DAMAGED = {
    "Wei Pan1": ("Wei Pan", "footnoted"),
    "Wei Pan∗†": ("Wei Pan", "footnoted"),
    "Wei Pan1,2,*": ("Wei Pan", "footnoted"),
    "Wei Pan a,b": ("Wei Pan", "footnoted"),
    "Wei Pan$^{1}$": ("Wei Pan", "footnoted"),
    "1 Wei Pan": ("Wei Pan", "footnoted"),
    "\\\\Ajinkya Kale": ("Ajinkya Kale", "damaged"),
    "Ana Lund:": ("Ana Lund", "damaged"),
    "YixinChen": ("Yixin Chen", "glued"),
    "A.Lund": ("A. Lund", "glued"),
    "AnaLund": ("AnaLund", "glued"),  # or somebody's user name, a product
    "Ana Lund, University of Lund": ("Ana Lund", "noted"),
    "Ana Lund ORCID": ("Ana Lund", "noted"),
    "С.В.Петров": ("С.В. Петров", "glued"),
    "Wei Pan (MIT)": ("Wei Pan", "noted"),
    "Wei Pan <wei@lund.example.org>": ("Wei Pan", "noted"),
    "Ana Lund et al.": ("Ana Lund", "noted"),
    "ANA LUND": ("ANA LUND", "capitals"),
    "Ana Lund and Oto Kask": ("Ana Lund and Oto Kask", "several"),
    "Lund": ("Lund", "lone_word"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_flagged_and_undone_where_certain(name):
    read = read_name(name)

    assert (read.kind, read.name, read.flags) == ("person", DAMAGED[name][0], (DAMAGED[name][1],))


@pytest.mark.parametrize("name", ["McDonald", "DeVito", "LeCun", "O'Brien", "VanDerBerg"])
def test_capitals_inside_a_family_name_are_no_lost_space(name):
    assert read_name(name).flags == ("lone_word",)


def test_nicknames_and_homonym_numbers_are_kept_beside_the_name():
    names = read_names(['Xu "Kevin" Wang', "Wei (Vivian) Li", "Xu “Kevin” Wang", "Fan Yang 0024"])

    assert [(each.name, each.nickname, each.homonym_id) for each in names] == [
        ("Xu Wang", "Kevin", None),
        ("Wei Li", "Vivian", None),
        ("Xu Wang", "Kevin", None),
        ("Fan Yang", None, "0024"),
    ]


names_of_any_kind = st.one_of(
    st.text(max_size=40),
    st.text(string.ascii_letters + " .,-'()\"*123\\&üé王", max_size=30),
    st.lists(
        st.sampled_from(
            [*PARTS, *GROUPS, *NO_NAMES, *DAMAGED, "Jr.", "(", '"', ",", "van", "J.", "0024", "MD"]
        ),
        max_size=3,
    ).map(" ".join),
)


@given(names_of_any_kind)
def test_any_text_is_read_and_what_is_shown_is_shown_again(name):
    read = read_name(name)

    again = read_name(read.name)
    assert again.name == read.name
    assert again.kind == read.kind or "several" in read.flags
    assert pickle.loads(pickle.dumps(read)) == read
    assert bool(name.strip()) == bool(read.name.strip())


NAME_WORDS = (
    "Ana Wei Jun Li Lund Al Ben Mc Abu Van Nguyen Thi Team Group Jr Filho O'Brien DeHart Al-Rashid"
    " J. A.-B. K Zoë Eva-Maria Chan-wook Kim Le Dr Author Collins Marco Conrad Hospital Yu. Md"
    " Inc Ltd. Community"
)


@given(st.lists(st.sampled_from(NAME_WORDS.split()), min_size=1, max_size=4), st.booleans())
def test_the_short_way_of_common_names_leads_to_the_same(words, is_turned):
    name = f"{words[0]}, {' '.join(words[1:])}" if is_turned else " ".join(words)

    assert read_name(name) == person_names._read_closely(name)


@given(st.lists(names_of_any_kind, max_size=5))
def test_many_are_read_as_each_alone(names):
    assert read_names(names) == [read_name(name) for name in names]


@pytest.mark.parametrize("piece", ["et al ", "Dr. ", "*†", "A.", "(", "1,", "x@", "Team ", "\\w"])
def test_a_text_that_never_ends_is_no_name_and_takes_no_time(piece):
    assert read_name("Ana Lund " + piece * 3000).kind is None
    assert read_name(repeated(piece, 300)).name
    assert_linear(lambda n: read_name("Ana Lund " + piece * n), 3000)
