"""What a word looks like: of English, of a name, or two words written as one.

What belongs here: looks of single words and names, and the few words that every language's names or
titles are full of. What does not: what they say of a place in a line (`title_evidence`).
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

# Longer ones are no names; the limit keeps hostile lines cheap.
MOST_NAME_CHARS = 120
_N_CACHED = 10_000  # words whose looks are remembered
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SURNAME_CAPITAL = re.compile(r"(?:Mc|Mac|De|Di|Du|La|Le|Van|Von|Al|El|Fitz|O['’])[A-Z][a-z]")
ODD_IN_NAME = re.compile(r"[^\w\s.'’‘`´\\\"-]|\d|_")
# A syllable of a Chinese, Korean or Vietnamese name in Latin letters: "xiao", "joo", "hyoung".
_SYLLABLE = re.compile(
    r"(?:[bdfghjklmnpqrstwxyz]|[cst]h|zh|ng|ts|hs|[gkhr]w|kk|[bghkmpr]y)?"
    r"(?:(?:[aeiouy]|ae|eo|eu|oa|w[aeio]|y[aeou]|yeo|yoo)(?:ng|nh|ch|[hklmnr])?"
    r"|(?:eo|ie|uye)[tp]?n?|oo(?:ng|[hklmn])?|ee[mn]?"
    r"|(?:a[iouy]|e[iu]|eui|i[aou]|iao|ieu|o[eiu]|oai|u[aeio]|uai|ueo|wu|yae|you)(?:ng|[hn])?)"
)
# What sounds so and is English: "FaceBookJun", "OpenLoomMei".
_NO_SYLLABLES = frozenset(
    ("book", "cool", "doom", "hook", "look", "loom", "pool", "room", "tool", "zoom")
)
CAMEL = re.compile(r"(?P<head>[^\W\d_][^\W\d_A-Z]+)(?P<tail>[A-Z][^\W\d_A-Z]+)$")  # "HaoTian"
CAPITAL_TAIL = re.compile(r"(?<=[^\s(\[{/'’–-])[^\W\d_a-z][^\W\d_A-Z]+$")  # "Joo" of "RedditJoo"
# Given names that many people have; of two such, others are made: "MaryAnn", "AliReza".
_GIVEN_NAMES_TEXT = """
abdul adam adrian ahmad ahmed alan albert alberto alejandro alex alexander ali amin amir amit amy
ana andre andrea andreas andrew angela anita ann anna anne antonio arjun arthur ashok barbara ben
benjamin beth betty bob boris brian bruno carl carlos carol charles chris christian claire claude
claudia daniel david deepak denis diana diego dmitry dominique dong edward elena elizabeth ellen
emil emily emma enrique erfan eric erik esther eva fatima fernando flor francesco frank franz
george giovanni gopal greg hamid hans hari hasan hassan heinz helen henri henry hosein hossein
ibrahim igor ines ivan jacob james jan jane janet jason javier jean jeff jennifer jeremy joe joel
johan john jonas jorge jose joseph josh juan julia julie karen karl karthik kate khaled krishna
kumar lakshmi lars laura laurent lee leila leo leon linda lisa lou louis louise luca luis luise
lynn mahdi mahmoud manoj manuel marc marco maria marie mario mark markus marta martin mary masoud
mathias matthew maurice max mehdi michael michel mike mohamed mohammad mohammed mohan mostafa
muhammad mustafa nancy naomi naveen nick nicolas nikhil nils olga oliver olivier omar oscar pablo
patricia patrick paul pavel pedro peter philip philippe pierre prasad priya rafael rahman rahul raj
ram rama ravi reza ricardo richard rita robert roberto robin rohan rosa rose ruth sadegh saeed sai
sam samuel sandra sanjay sara sarah sebastian sergey simon siva sofia sophie sri stefan stephen
steve steven sunil susan suresh sven teresa theo thomas tim tina tom tomas tony uwe venkat victor
vijay vincent vivek walter wilhelm william yann yves zahra
"""
GIVEN_NAMES = frozenset(_GIVEN_NAMES_TEXT.split())
_FUNCTION_WORDS_TEXT = """
a an and are as at based between by can do for from how in into is its of on or over the their
through to toward towards under using versus via vs we what when with without
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS_TEXT.split())
_SMALL_WORDS_TEXT = "us it me up so he be if my go no am"
_SMALL_WORDS = FUNCTION_WORDS.union(_SMALL_WORDS_TEXT.split())
_PARTICLES_TEXT = """
al ap ben beim bin da dal das de degli del della den der des di do dos du e el ibn la le los ten
ter und ur van vom von y zu zum zur
"""
PARTICLES = frozenset(_PARTICLES_TEXT.split())
# Of these, those that stand in no English or French title without a name.
NAME_PARTICLES = PARTICLES - frozenset(["al", "da", "de", "des", "di", "do", "du", "e", "el"])
LONGEST_NAME = 5  # words
NEVER_IN_NAMES = FUNCTION_WORDS - PARTICLES
# Of these, those that no name begins with either, as "An", "Do" and "To" do.
NEVER_FIRST = NEVER_IN_NAMES - frozenset(["an", "as", "can", "do", "so", "to"])
# Nouns that often end a title and have no ending of those below.
_LAST_NOUNS_TEXT = """
algorithm algorithms approach approaches architecture behavior benchmark bias case challenge
challenges context data dataset design designs effect feedback games graphs images knowledge
language laws logic loss machine machines maps market matrices matrix method model noise paradigm
patterns practice privacy problem process processes programs protocols report research retrieval
review risk sampling scale search services signals space spaces streams structure structures study
survey surveys system task techniques test theorem theory time tools transform transformer trees
videos
"""
_LAST_NOUNS = frozenset(_LAST_NOUNS_TEXT.split())
# "2025Apirify", "(IoT)Bazz": a name may stand right behind a title's end.
_GLUED_NAME = re.compile(
    r"(?:\S[!?)\]}”\"…$]|(?<![a-z])[24]|[0135-9]|\d\d)[A-Z][^\W\d_]{2,30}(?:-[^\W_]{1,30})?$"
)
_MOST_END_CHARS = 8  # no ending below is longer
_ENGLISH_END = re.compile(
    r"(?:[ts]ion|ing|ment|ness|ity|ism|ance|ence|ical?|ics|ogy|aphy|able|ible|ated?|ized?|ous|ive"
    r"|work|ware|ular|ural?|ness|ers|els|ods|ems|ons|ies|ts|ks|ds|ages|ures|sis|ly|ed|ry)s?$"
)


def is_uncased(text: str) -> bool:
    """Tell whether letters have no cases, as in Chinese and Arabic, where a name may be one word.

    >>> is_uncased("王小明"), is_uncased("Wang")
    (True, False)
    """
    return text.isalpha() and text.lower() == text.upper()


def words_of(texts: Iterable[str]) -> set[str]:
    """Return the words of texts, in lower case."""
    # Words repeat: to split texts at spaces first leaves little to the pattern, which is slow.
    pieces = set().union(*(text.lower().split() for text in texts))
    plain = {piece for piece in pieces if piece.isalpha()}
    return plain.union(_WORD.findall(" ".join(pieces - plain)))


@lru_cache(_N_CACHED)
def is_syllable(word: str) -> bool:
    """Tell whether a word sounds like a part of a Chinese, Korean or Vietnamese name."""
    word = word.lower()
    return word not in _NO_SYLLABLES and bool(_SYLLABLE.fullmatch(word))


def is_small_part(word: str) -> bool:
    """Tell whether a word is what stands before the capital of "unCLIP", "dLLMs" and "eBay"."""
    return len(word) <= 2 and word.islower() and word not in _SMALL_WORDS


def is_given(word: str) -> bool:
    """Tell whether a word, in lower case, is a known given name or sounds like a part of one."""
    return word in GIVEN_NAMES or is_syllable(word)


def has_cases_of_names(words: list[str]) -> bool:
    """Tell whether words begin with capitals as those of a name do, but for particles."""
    begins = [word.lstrip("-'’")[:1] for word in words]  # "J. -M. Roe"
    is_capital = [letter != letter.lower() for letter in begins]
    are_named = all(map(max, is_capital, (word in PARTICLES for word in words)))
    return len(words) <= LONGEST_NAME and are_named


@lru_cache(_N_CACHED)
def is_like_name(text: str) -> bool:
    """Tell whether a piece between commas may be a name: a piece of a title is none."""
    words = text.split()
    return (
        (len(words) > 1 or is_uncased(text))
        and NEVER_IN_NAMES.isdisjoint(words)
        and not ODD_IN_NAME.search(text)
    )


@lru_cache(_N_CACHED)
def ends_english(word: str) -> bool:
    """Tell whether a word, in lower case, ends as English nouns and verbs do."""
    return word in _LAST_NOUNS or bool(_ENGLISH_END.search(word[-_MOST_END_CHARS:]))


@lru_cache(_N_CACHED)
def hides_english(word: str) -> bool:
    """Tell whether an English word stands before a name at the end of a word."""
    hidden = hidden_word(word)
    return ends_english(hidden) or (word[0].islower() and len(hidden) > 3)


@lru_cache(_N_CACHED)
def hidden_word(word: str) -> str:
    """Return what stands before a name at the end of a word, in lower case; else an empty text.

    >>> hidden_word("OverXiao"), hidden_word("Over"), hidden_word("GraphRAG")
    ('over', '', '')
    """
    at = next((at for at in range(len(word) - 1, 0, -1) if not word[at].islower()), 0)
    is_name = word[at:].istitle() and at < len(word) - 1
    return word[:at].lower() if is_name and word[at - 1].islower() else ""


@lru_cache(_N_CACHED)
def has_inner_capital(word: str) -> bool:
    """Tell whether a capital follows a small letter, but for surnames like McInnes."""
    if word[1:].islower():
        return False
    found = sum(left.islower() and right.isupper() for left, right in pairwise(word))
    return found > (1 if _SURNAME_CAPITAL.match(word) else 0)


def ends_like_names(text: str) -> bool:
    """Tell whether a line ends as lists of names do, so that it may be more than a title.

    >>> ends_like_names("Rivers of the Southvan der Berg, Ann Roe")
    True
    >>> ends_like_names("Rivers, Lakes and Seas")
    False
    """
    if is_uncased(text[-1:]) or _GLUED_NAME.search(text[-MOST_NAME_CHARS:]):
        return True
    comma, last = text.rfind(", "), text[-MOST_NAME_CHARS:]
    if comma >= 0 and len(text) - comma <= MOST_NAME_CHARS:
        last = text[comma + 2 :].removeprefix("and ")
        return is_like_name(last) and has_cases_of_names(last.split())
    words = last.split()[-LONGEST_NAME:]
    # "… der Berg", "… J. Roe": between a title's words stand no particles and initials.
    has_surname = len(words) > 2 and words[-1].istitle()
    is_inner = has_surname and (words[-2] in NAME_PARTICLES or "." in words[-2])
    return is_inner and has_cases_of_names(words[-2:])
