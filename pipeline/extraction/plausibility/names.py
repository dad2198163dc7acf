"""What an author's name, and a list of them, may not be.

What belongs here: the rules about names and lists. What does not: titles (`titles`).

Measured on some 167,000 names of real bibliographies. A group may be called anything that is no
markup and no label: "the LIGO Scientific Collaboration", "23andMe Research Team".
"""

import re
from collections import Counter
from collections.abc import Callable

from pipeline.extraction.plausibility.rule import ADDRESS, STEERING, Rule, holds
from pipeline.text.dates import MONTH

# What a group calls itself.
_GROUP = re.compile(
    r"(?i)\b(?:collaborations?|consorti(?:um|a|ums)|groups?|teams?|projects?|committee|initiative"
    r"|network|institut[eo]?|laborator(?:y|ies)|labs?|universit\w{1,5}|society|association|alliance"
    r"|foundation|cent(?:er|re)s?|organi[sz]ation|agency|council|commission|program(?:me)?|board"
    r"|investigators?|authors|contributors|community|department|division|office|union|academy"
    r"|partnership|survey|observatory|experiment|task force|panel|inc|ltd|llc|corp(?:oration)?"
    r"|company|research|technolog(?:y|ies)|ai|openai|model|system|school|college|hospital|ministry"
    r"|section|station|bank|fund|forum|federation|corporation|studio|systems|studios?|service)\b"
    r"|团队|小组|大学|学院|研究院|实验室|公司|中心|协会|グループ|チーム|研究会"
)
# Words that a name does not hold. Particles do not belong here (von, van der, de, bin, y, e, i, do,
# da), nor what begins one ("in 't Hout", "op den Camp").
_SENTENCE_WORDS_TEXT = (
    "and or of the for with from by is are was were be been has have had can we our us it its"
    " they their this that these those which who using via through into toward towards under"
    " between among about when where while how what on at as an not but also both such than to"
    " in show propose present study based"
)
SENTENCE_WORDS = frozenset(_SENTENCE_WORDS_TEXT.split())
_WORDS = re.compile(
    rf"(?:\A|[\s(])(?:{'|'.join(sorted(SENTENCE_WORDS - {'in'}))}"
    r"|in(?! (?:'t|’t|den|der|het|de) ))"
    r"(?=[\s),.]|\Z)"
)
# Words of `_ALONE` and `_LABEL`, of which one at least stands in each of them.
_LABEL_WORDS_TEXT = (
    "authors author abstract comments comment submitted subjects subject title keywords"
    " keyword more less pdf html other others all search home help login log sign menu unknown"
    " anonymous none null nan na undefined unavailable shown et github code share save cite"
    " upvote follow select edit delete cancel subscribe download export copy close bookmark"
    " image thumbnail icon logo photo avatar"
    " introduction references doi arxiv journal report paper papers published announced"
    " january february march april may june july august september october november"
    " december jan feb mar apr jun jul aug sep oct nov dec"
)
LABEL_WORDS = frozenset(_LABEL_WORDS_TEXT.split())
# Alone, what pages write around names; a person may be called More or May, and a first name aside.
_ALONE = (
    r"authors?|abstract|comments?|submitted|subjects?|title|keywords?|more|less|pdf|html|others?"
    r"|(?:show|view|see|load|read) (?:more|less|all|pdf)|search|home|help|log ?in"
    r"|sign (?:in|up)|menu|unknown|anonymous authors?|none|null|nan|n/?a|undefined|unavailable"
    r"|author list is unavailable|authors not shown|no authors?|et al\.?|and others|github|code"
    r"|view pdf(?: html)?(?: \(experimental\))?"
    r"|share|save|cite|upvote|follow|select|edit|delete|cancel|subscribe|download|export|copy"
    r"|close|bookmark|(?:image|thumbnail|icon|logo|photo|avatar)(?: \d{1,4})?"
    r"|introduction|references|doi|arxiv|journal ref|report number"
    r"|papers?"
)
_LABEL = (
    r"\A(?:authors|abstract|(?:submitted|published)(?: by| on)?|comments|subjects"
    r"|originally announced|upvote)\s"
)
_DIGITS = re.compile(r"\d\.\d|(?<=[A-Za-z])-\d{1,2}\b")
_TWO_DIGITS = re.compile(r"\d.*?\d|\A\d", re.DOTALL)
# "Ann LeeBob Roe": two names without a space between them.
_GLUED = re.compile(
    r"[^\W\d_]{2,30}\.? [\w.'’-]{0,40}(?<!Mc)(?<!Mac)[a-zà-ÿ]{2}[A-ZÀ-Þ][a-zà-ÿ]{1,30} [\w.'’-]{2}"
)
_MOST_NAMES = 12_000  # the longest lists of physics have some 5,200


def is_group(name: str) -> bool:
    """Tell whether a name looks like a group's."""
    return _GROUP.search(name) is not None


def _unless_group(pattern: str) -> Callable[[str], bool]:
    found = holds(pattern)
    return lambda name: found(name) and not is_group(name)


def _has_digits(name: str) -> bool:
    return _TWO_DIGITS.search(_DIGITS.sub("", name)) is not None and not is_group(name)


def _is_long(name: str) -> bool:
    if len(name) <= 40:
        return False
    return (len(name) > 80 or name.count(" ") > 7) and not is_group(name)


def _has_words(name: str) -> bool:
    return _WORDS.search(name) is not None and not is_group(name)


def _is_sentence(name: str) -> bool:
    """Tell whether even what calls itself a group speaks as prose does."""
    return len(name) > 200 or (len(name) > 40 and _PROSE(name))


_PROSE = holds(r"\b(?:we|our|is|are|was|were|has|have|can|this paper|which)\b")


def _is_repeated(names: tuple[str, ...]) -> bool:
    n = len(names)
    if n < 4 or len(set(names)) == n:
        return False
    if n % 2 == 0 and names[: n // 2] == names[n // 2 :]:
        return True
    return n >= 6 and sum(c - 1 for c in Counter(names).values()) >= n / 2 - 1


def _is_glued(names: tuple[str, ...]) -> bool:
    n_glued = sum(1 for name in names if _GLUED.search(name) and not is_group(name))
    return n_glued > 0 and n_glued >= len(names) / 2


NAME_RULES = (
    Rule(
        "name_control",
        "name",
        "a name holds characters that steer a terminal or turn the text's direction",
        holds(f"[{STEERING}]"),
        ("Ann \x1b[1mLee", "Ann\x7f Lee"),
        ("زهرا\u200cسادات", "Ann Lee"),
    ),
    Rule(
        "name_damaged",
        "name",
        "a name holds signs that the saved file has lost",
        lambda name: "\ufffd" in name,
        ("Andr\ufffd Lee",),
        ("André Lee",),
    ),
    Rule(
        "name_markup",
        "name",
        "a name holds an address or marks of Markdown or HTML",
        holds(ADDRESS + r"|[\[\]<>{}|*#`~=\\^_]|\A[>+•·-]\s|[▽△▼▲☰©®]"),
        (
            "[Ann Lee](https://a.b/c)",
            "Ann Lee]",
            "**Ann Lee**",
            "ann@lab.example.org",
            r"Ann\_Lee",
            "• Ann Lee",
        ),
        (
            "Jean-Luc O’Neil",
            "Ann (Annie) Lee",
            "王小明",
            "Ł. Żółw",
            'Alex "Sandy" Lee',
            "A. B. Lee + B. Roe",
        ),
    ),
    Rule(
        "name_signs",
        "name",
        "a name holds a sign that names do not have",
        _unless_group(
            r"[:;?!%：；？！，、]| \.(?:[ -]|\Z)|\. - (?=[^\W\d_])|\A[^\w(\"'‘’“ʻʼ`]+"
            r"|,(?! ?(?:[JS]r\b|I{1,3}\b|IV\b|Ph\.?D|M\.?D|Esq))"
        ),
        (
            ":",
            "Ann Lee; Bob Roe",
            "Ann Lee, Bob Roe",
            "Ann Lee:",
            "Y . Lee",
            "W. - X. Lee",
            "What is a net?",
            "张三、李四",
            "12 %",
        ),
        ("Ann Lee, Jr.", "Bob Roe, III", "'t Hooft", "The Net: a Collaboration", "D’Arcy Lee"),
    ),
    Rule(
        "name_digits",
        "name",
        "a name holds digits as dates and counts do",
        _has_digits,
        ("Aug 12", "12 comments", "3 June, 2024", "94", "2406.00001"),
        (
            "GPT-5",
            "GPT-4.1",
            "Claude 3.5 Sonnet",
            "H1 Collaboration",
            "23andMe Research Team",
            "Ann Lee 2",
        ),
    ),
    Rule(
        "name_date",
        "name",
        "a name is a date",
        holds(rf"\A(?:\d{{1,2}} )?(?:{MONTH})\.?(?: \d{{1,2}})?,?(?: \d{{4}})?\Z"),
        ("Aug 12", "June 2024", "August"),
        ("April Roe", "May Lee", "Augustin"),
    ),
    Rule(
        "name_long",
        "name",
        "a name is longer than 80 characters or 8 words",
        _is_long,
        ("Nets Ropes Anchors Sails Masts Oars Keels Rudders Decks", "x" * 81),
        (
            "Krishna Kumar Neelakanta Pillai Santha Kumari Amma",
            "The Collaboration for Nets in All Seas That Ships Sailed So Far and in Some Others",
        ),
    ),
    Rule(
        "name_words",
        "name",
        "a name holds words of a sentence",
        _has_words,
        ("Ann Lee and", "and Bob Roe", "We propose nets", "nets of rope", "Ann Lee and Bob Roe"),
        (
            "P. Christian van der Sande",
            "K. J. in 't Hout",
            "the LAGO Collaboration",
            "Plato",
            "An Wang",
            "Luiz Inácio da Silva e Souza",
            "Ron Lee aka Jan Roe",
            "Ibn al-Haytham",
            "To Minh",
            "bell hooks",
            "Wei de la Cruz y Vega",
            "Ludwig von der Au",
        ),
    ),
    Rule(
        "name_sentence",
        "name",
        "a name is a sentence",
        _is_sentence,
        ("Nets of our group, which we have knitted in the laboratory", "group " * 34),
        ("On behalf of the Members of the Society for Nets and of the Institute for Ropes",),
    ),
    Rule(
        "name_label",
        "name",
        "a name is a label or a button of the page",
        holds(
            rf"(?i)\A\W{{0,3}}(?:{_ALONE})\W{{0,3}}\Z|{_LABEL}|\Aet al\b|\A\+ ?\d"
            r"|\s(?:Abstract|Authors?|Comments|Subjects|Submitted)\W{0,3}\Z"
        ),
        (
            "Abstract",
            "Authors",
            "(author list is unavailable)",
            "Show more",
            "Select",
            "Image",
            "et al.",
            "et al. (12 additional authors not shown)",
            "+12 authors",
            "Submitted by annlee",
            "Ann Lee Abstract",
        ),
        ("Thomas More", "Paper Doll", "Homer", "Codex", "Abstracta Lee", "Page Roe"),
    ),
    Rule(
        "name_cut",
        "name",
        "a name ends or begins in the middle",
        holds(r"(?:[,;/&(‐–—-]|…|\.\.\.| et)\Z|\A[,;/&)–—.…]|\A\)|\bet al\b|\([^()]{0,80}\Z"),
        (
            *("Ann Lee,", "Ann Lee &", "Jean-", "Ann Lee et al.", "… Lee", "& Bob Roe"),
            "View PDF HTML (e",
            "Net Institute) et al. (12 additional authors not shown) View PDF",
        ),
        ("Ann Lee Jr.", "Jean-Luc", "A. B.", "Et Albrecht"),
    ),
    Rule(
        "name_letterless",
        "name",
        "a name has no letter",
        lambda name: not any(map(str.isalpha, name)),
        (":", "—", "12", "()"),
        ("X", "李", "O"),
    ),
)
LIST_RULES = (
    Rule(
        "list_repeated",
        "list",
        "the list of authors repeats itself",
        _is_repeated,
        (("Ann", "Bob", "Ann", "Bob"), ("Ann", "Bob", "Ann", "Bob", "Cy", "Cy", "Bob", "Ann")),
        (
            ("Wei Wang", "Wei Wang"),
            ("Ann", "Bob", "Wei Wang", "Wei Wang"),
            ("A", "B", "C", "D", "E", "A"),
        ),
        kind="soft",  # of 30,498 real cards 288 repeat their list, as the site shows it
    ),
    Rule(
        "list_long",
        "list",
        "the list of authors has more than 12,000 names",
        lambda names: len(names) > _MOST_NAMES,
        (("Ann Lee",) * 12_001,),
        (("Ann Lee",),),
    ),
    Rule(
        "list_glued",
        "list",
        "names of the list stand together without a space or a comma",
        _is_glued,
        (("Ann LeeBob Roe", "Cy Poe"), ("Anna LeighBob RoeCy Poe",)),
        (("Ronald McDonald Roe", "Ann DeVries"), ("AbudouaihatiBatuer",), ("Yann LeCun",)),
    ),
)
