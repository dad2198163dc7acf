"""Parts and editions that a title names at its beginning, before its subtitle or at its end.

What belongs here: telling the marker of a part ("Part II", "Vol. 3", "2nd ed.") from a number that
is one of the title's words ("3D", "Type 2", "GPT-4"). What does not: other markers
(`title_markers`), whether another title is of the same series (`sql/linkage`).
"""

import re
from dataclasses import dataclass

_ROMAN = r"(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})(?![a-z])"
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10,
    "erste": 1, "zweite": 2, "dritte": 3, "vierte": 4, "funfte": 5,
    "premier": 1, "premiere": 1, "deuxieme": 2, "troisieme": 3, "quatrieme": 4,
    "primera": 1, "segunda": 2, "tercera": 3, "primeira": 1, "terceira": 3,
    "prima": 1, "seconda": 2, "terza": 3,
}  # fmt: skip
_CARDINALS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eins": 1, "zwei": 2, "drei": 3, "un": 1, "deux": 2, "trois": 3,
    "uno": 1, "dos": 2, "tres": 3,
}  # fmt: skip
_NUMBER = rf"(?:[0-9]{{1,3}}(?![0-9a-z]|[.,][0-9])|{_ROMAN}|(?:{'|'.join(_CARDINALS)})(?![a-z]))"
_ORDINAL = rf"(?:(?:{'|'.join(_ORDINALS)})[rsn]?|[0-9]{{1,2}}(?:st|nd|rd|th|e|a|eme|\.))"
# A letter before a dot is an initial, unless the title ends there.
_LETTER = r"[a-h](?![a-z0-9']|\.\s*[^\s.])"
# What says by itself that a part follows, and what only does where a title has other parts.
_PARTS = r"parts?|pt\.?|teil|partie|parte"
_UNITS = (
    rf"{_PARTS}|vol\.?|volume|volumen|band|bd\.?|tome|tomo"
    r"|chapter|chap\.?|kapitel|chapitre|capitulo|lecture"
)
_WEAK_UNITS = (
    r"phase|day|book|paper|section|issue|no\.?|number|nr\.?|episode|unit|module|week|session|study"
    r"|installment|series|lesson|report|round|act"
)
_UNIT_NUMBER = (
    rf"(?:(?:{_UNITS}|(?P<weak>{_WEAK_UNITS}))(?:\s+|(?<=\.)|(?=[0-9]))"
    rf"(?P<number>{_NUMBER}|(?<=\s){_LETTER})"
    rf"(?:\s*(?:of|/|von)\s*{_NUMBER})?"
    rf"(?:\s*[,/-]\s*(?:{_UNITS}|{_WEAK_UNITS})\s*(?P<further>{_NUMBER}))?)"
)
_ORDINAL_PART = (
    rf"(?:(?P<number>{_ORDINAL})\s+(?:part|volume|teil|band|partie|parte)(?P<weak>(?!)|))"
)
_EDITION = (
    rf"(?:(?:the\s+)?(?P<number>{_ORDINAL}|revised|rev\.)\s*(?:revised\s+|rev\.\s+|enlarged\s+)?"
    r"(?:edition|edn?\.?|auflage|aufl\.?|ausgabe|edicion|edizione|edicao|edit\.?)(?![a-z]))"
)
# After a space alone it is no word like "of" that stands before.
_NO_WORD = "".join(rf"(?<!\s{word})" for word in ("of", "in", "the", "to", "for", "on", "and"))
_BEFORE = rf"(?:\s*[:;,.?!|/-]+\s*[(\[]?|\s*[(\[]|{_NO_WORD}\s)"
_AFTER = r"\s*[)\]]?(?:\s*[:;.,|-]+|(?<=[)\]])\s)\s*(?=\S)"
_END = r"\s*[)\]]?[\s.,;:!?-]*$"


def _at_end(what: str) -> re.Pattern[str]:
    # Looked for from each place where it may begin; a title before it is needed.
    return re.compile(rf"(?<=[a-z0-9)\]'\"?!$}}]){_BEFORE}(?P<marker>{what}){_END}", re.IGNORECASE)


_PART_AT_END = (_at_end(_UNIT_NUMBER), _at_end(_ORDINAL_PART))
_PART_INSIDE = re.compile(
    rf"(?<=[a-z0-9)\]'\"?!$}}]){_BEFORE}(?P<marker>{_UNIT_NUMBER}){_AFTER}", re.IGNORECASE
)
_PART_AT_START = tuple(
    re.compile(rf"[\s(\[]*(?P<marker>{what})\s*[)\]]?\s*[:.,|-]+\s*(?=\S)", re.IGNORECASE)
    for what in (_UNIT_NUMBER, _ORDINAL_PART)
)
_EDITION_AT_END = _at_end(_EDITION)
# "On Groups II", "On Groups (2)"; "On Groups. II: Rings".
_BARE = rf"[0-9]{{1,2}}|{_ROMAN}"
_EDITIONS = "edition ed edn edit auflage aufl ausgabe edicion edizione edicao"
# Without one of these words there is none but a bare number: a look that costs little.
_LOOK = frozenset(re.findall("[a-z]+", f"part {_UNITS} {_WEAK_UNITS} {_EDITIONS}"))
_WORD = re.compile("[a-z]+")
_BARE_AT_END = re.compile(rf"(?<=\S)\s+[(\[#]?(?P<marker>{_BARE}){_END}", re.IGNORECASE)
_BARE_INSIDE = re.compile(
    rf"(?<=[a-z0-9)\]'\"?!$}}])[:;,.-]?\s+[(\[]?(?P<marker>{_BARE})[)\]]?\s*(?:[:.]|\s-)\s+(?=\S)",
    re.IGNORECASE,
)
_LAST_BARE = 30
# Whose number is part of a name: "Type 2", "World War II", "Task 4", "Copper (II)".
_NUMBERED = re.compile(
    r"(?:type|level|grade|class|category|stage|tier|scope|layer|top|task|track|version|release|"
    r"model|problem|question|figure|fig|table|section|article|theorem|war|photosystem|"
    r"angiotensin|collagen|factor|basel|sars|cov|covid|dsm|icd|iso|html|windows|apollo|"
    r"vitamin|python|java|sql|web|industry|iron|copper|zinc|cobalt|nickel|manganese|chromium|"
    r"mercury|lead|tin|palladium|platinum|ruthenium|henry|louis|paul|elizabeth|title|group|"
    r"rank|degree|order|dimension|dimensions|case|experiment|gpt|llama|q|hypothesis|axiom|"
    r"rule|than|of|in|the|to|for|on|and|under|over|about|by|with|at|from|below|above|between|"
    r"plus|minus|times|or|is|are|equal|gold|silver|uranium|arsenic|antimony|vanadium|"
    r"titanium|molybdenum|tungsten|osmium|rhodium|iridium|thallium|bismuth|cerium|plutonium|"
    r"selenium|gallium|carbon|isotope|sentinel|landsat|voyager|cycle|run|interleukin|caspase|"
    r"topoisomerase|complex|protein|hepatitis|lemma|psalm|channel|formula|route|symphony)"
)
_LONE_LETTERS = frozenset({"v", "x"})


@dataclass(frozen=True, slots=True)
class Part:
    """A part or an edition that a title names.

    Attributes:
        relation: `part` or `edition`.
        marker: the words that name it.
        base: the title without them; of a part its subtitle is left out, too.
        number: in digits where it is a number, else a letter or "revised".
        is_weak: the words only count where another title names another part of the same.
    """

    relation: str
    marker: str
    base: str
    number: str
    is_weak: bool


def find_part(title: str) -> Part | None:
    """Return the part or edition that a title names, or None.

    Args:
        title: in ASCII, see `text.keys.fold_ascii`, one space between words.

    >>> find_part("On Nets, Part II: Knots")
    Part(relation='part', marker='Part II', base='On Nets', number='2', is_weak=False)
    >>> find_part("Nets in 3D")
    """
    if _LOOK.isdisjoint(_WORD.findall(title.lower())):
        return _find_bare(title)
    edition = _EDITION_AT_END.search(title)
    if edition:
        return Part("edition", edition["marker"], title[: edition.start()], _number(edition), False)
    for pattern in (*_PART_AT_END, _PART_INSIDE):
        found = pattern.search(title)
        if found:
            return _part(found, title[: found.start()])
    for pattern in _PART_AT_START:
        found = pattern.match(title)
        if found:
            return _part(found, title[found.end() :])
    return _find_bare(title)


def _part(found: re.Match[str], base: str) -> Part:
    return Part("part", found["marker"], base, _number(found), is_weak=bool(found["weak"]))


def _find_bare(title: str) -> Part | None:
    at_end = _BARE_AT_END.search(title)
    for found in (at_end, _BARE_INSIDE.search(title)):
        if not found:
            continue
        base, marker = title[: found.start()], found["marker"].lower()
        words = re.findall(r"[a-z0-9]+", base.lower())
        is_named = not words or words[-1].isdigit() or words[-1] in _LOOK
        is_named = is_named or bool(_NUMBERED.fullmatch(words[-1]))
        is_short = found is not at_end and len(words) < 2
        is_letter = marker in _LONE_LETTERS and "(" not in title[found.start() : found.end()]
        if is_named or is_short or is_letter or (marker.isdigit() and int(marker) > _LAST_BARE):
            continue
        return Part("part", found["marker"], base, normal_number(marker), is_weak=True)
    return None


def _number(found: re.Match[str]) -> str:
    number = normal_number(found["number"])
    further = found.groupdict().get("further")
    return f"{number}.{normal_number(further)}" if further else number


def normal_number(text: str) -> str:
    """Return a number in digits, whatever it is written in; a letter stays one.

    >>> [normal_number(each) for each in ("II", "two", "2nd", "zweiter", "B", "04")]
    ['2', '2', '2', '2', 'b', '4']
    """
    text = text.lower().strip(". ")
    digits = re.match(r"[0-9]+", text)
    if digits:
        return str(int(digits[0]))
    for word in (text, text[:-1]):
        if word in _CARDINALS or word in _ORDINALS:
            return str(_CARDINALS.get(word) or _ORDINALS[word])
    if re.fullmatch(_ROMAN, text):
        return str(_roman(text))
    return "revised" if text == "rev" else text


def _roman(text: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10}[sign] for sign in text]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )
