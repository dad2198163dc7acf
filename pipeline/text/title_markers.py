"""Words of a title that say it is not the paper itself: a correction, a reply, a part of a series.

What belongs here: where such words must stand, and what title is left without them. What does
not: the words a title begins with (`relation_words`), parts and editions (`part_numbers`), whether
another paper bears the title that is left (`sql/linkage`, `sql/marts`).

Such words count only at the beginning and at the end of a title. Where they could as well be what
a paper is about ("Correction of Bias in Surveys", "Response to Treatment") the mark is weak: it
counts only where another title is what is left.
"""

import re
from dataclasses import dataclass
from functools import cache

from anyascii import anyascii

from pipeline.text.keys import title_key
from pipeline.text.part_numbers import find_part
from pipeline.text.relation_words import RELATION_WORDS, WHO, Words

# What stands between a marker and a title: "Erratum: X", "Erratum. X", "Erratum - X", "Erratum -X".
_SEPARATOR = r"(?:\s*:\s*[-.]?\s*|\s*\.\s+|\s+-+\s*|\s*-+\s+|\s*[|/]\s*)"
_TO = (
    r"(?:to|of|for|on|regarding|concerning|about|zu[rm]?|von|auf|an|au|aux|du|de|del|della|al|a"
    r"|sobre|sur|su)"
)
_QUOTE = r"[\"'`<]"


# "Re: X" and "Erratum-X" are too short to say much.
_SHORT = {"comment": r"|re:", "correction": r"|(?:erratum|corrigendum)-"}


@cache
def _before(words: Words, *, is_weak: bool) -> re.Pattern[str]:
    """Return what a title begins with, up to the title that it is about."""
    sure, doubtful, weak, alone = words.sure, words.doubtful, words.weak, words.alone
    if is_weak:
        more = _SHORT.get(words.relation, "")
        return re.compile(rf"(?P<marker>{WHO}(?:{doubtful}|{weak})\s+{_TO}\s{more})\s*", re.I)
    name = r"[^:]{2,60}?\bet\s+al\.?(?:'?s|')?(?:\s*\([0-9]{4}\))?\s*[:,.](?=\s*\S)"
    of_somebody = rf"(?:{sure}|{doubtful})\s+(?:to|for)\s+{name}"
    return re.compile(
        rf"(?P<marker>{of_somebody}"
        rf"|{WHO}(?:{sure})(?:\s+{_TO}\b)?(?:\s*:|\s*-(?=\s)|(?<=[a-z,])(?=\s*\(?{_QUOTE}))"
        rf"|{WHO}(?:{sure})(?:\s+{_TO}(?=\s)|(?=\s*\())"
        rf"|{WHO}(?:{doubtful}|{weak})\s+{_TO}(?=(?:\s*:|\s+-)?\s*\(?{_QUOTE}|\s*:|\s+-\s)"
        rf"|{WHO}(?:{sure}|{doubtful}|{alone})(?={_SEPARATOR}))(?:{_SEPARATOR}|\s*)",
        re.I,
    )


# What a title begins with where `_before` of these words can match. Few titles do, and of few
# relations: making the long patterns of all takes longer than reading most tables does.
_BEGINNINGS = tuple(
    (
        words,
        re.compile(
            rf"{WHO}(?:{words.sure}|{words.doubtful}|{words.weak}|{words.alone}"
            rf"{_SHORT.get(words.relation, '')})",
            re.I,
        ),
    )
    for words in RELATION_WORDS
)
# What a title begins with where any of them can match: a look that costs little.
_ANY_WORDS = "|".join(f"{w.sure}|{w.doubtful}|{w.weak}|{w.alone}" for w in RELATION_WORDS)
_FIRST_LOOK = re.compile(
    rf"{WHO}(?:(?:an?|the|some|further|brief|in)\s+)?(?:re:|(?:{_ANY_WORDS})(?![a-z0-9]))", re.I
)
_SHOUTED = re.compile(r"(?P<marker>RETRACTED|WITHDRAWN)(?:\s+(?:ARTICLE|PAPER))?\s+(?=\S)")
# What is a title by itself: there is no other title it could be about.
_WHOLE = re.compile(
    rf"{WHO}(?:{'|'.join(w.sure for w in RELATION_WORDS[:8])}|corrections?|retractions?|withdrawal"
    r"|comments?|commentary|discussion|response|book\s+reviews?)\W*",
    re.I,
)
# Notes in brackets, at the beginning or the end, as bibliographic databases add them.
_NOTES: tuple[tuple[str, bool, str], ...] = (
    ("retraction", True, r"retracted\b.*|retraction\s+in\b.*"),
    ("retraction", False, r"retraction(?:\s+(?:notice|of\b.*))?"),
    ("withdrawal", True, r"withdrawn\b.*"),
    ("withdrawal", False, r"withdrawal(?:\s+(?:notice|of\b.*))?"),
    ("concern", False, r"(?:editorial\s+)?expression\s+of\s+concern"),
    (
        "correction",
        False,
        rf"{WHO}(?:errat(?:um|a)|corrigend(?:um|a)|corrections?|berichtigung)(?:\s+(?:notice|to\b.*))?"
        # "(vol 3, pg 5, 2010)" is how the Web of Science lists corrections.
        r"|vol(?:ume|\.)?\s*[\w-]+,?\s+(?:(?:no|iss)\.?\s*\w+,?\s+)?"
        r"(?:(?:pg|pp?\.?|pages?|artn?)\b.*|[a-z]?[0-9]+,\s*[0-9]{4})",
    ),
    ("addendum", False, r"addend(?:um|a)|supplement(?:ary\s+material)?"),
    ("reply", False, rf"{WHO}(?:reply|response)|rejoinder"),
    ("comment", False, r"comments?|(?:invited\s+)?commentary|discussion"),
    ("review", False, r"book\s+review"),
    ("protocol", False, r"(?:(?:study|trial|review)\s+)?protocol"),
    ("slides", False, r"(?:talk\s+|presentation\s+)?slides|presentation"),
    ("poster", False, r"poster(?:\s+(?:abstract|paper|session|presentation))?"),
    ("demo", False, r"demo(?:nstration)?(?:\s+(?:abstract|paper|description|track|session))?"),
    ("tutorial", False, r"tutorial(?:\s+(?:session|abstract|summary))?"),
    ("panel", False, r"panel(?:\s+(?:session|abstract|summary|discussion))?"),
    ("talk", False, r"(?:invited\s+|keynote\s+)?talk|keynote(?:\s+(?:address|talk|speech))?"),
    (
        "abstract",
        False,
        r"(?:extended\s+|student\s+|conference\s+|meeting\s+)?abstracts?(?:\s+only)?",
    ),
)
_NOTE_PATTERNS = tuple(
    (relation, is_of_itself, re.compile(rf"\s*(?:the\s+|an?\s+)?(?:{words})\W*", re.I | re.S))
    for relation, is_of_itself, words in _NOTES
)
# Notes that leave the paper what it is.
_OTHER_NOTE = re.compile(
    r"\s*(?:correct(?:ed|ion\s+in)\b.*|(?:errat\w+|comment|correction|corrigend\w+)\s+(?:appears|in)\b"
    r".*|invited(?:\s+(?:paper|review\s+article))?|editorial(?:\s+introduction)?|reprint\w*\b.*"
    r"|preprint|in\s+press|short\s+paper|full\s+paper|letter)\W*",
    re.I | re.S,
)
_LAST_BRACKET = re.compile(
    r"[\s.,:;-]{0,3}(?:\((?P<note>[^()\[\]]*)\)|\[(?P<square>[^\[\]]*)\])\W*$"
)
# "[Review of the book On Nets, by A. Lee]", as titles of no own stand in references.
_IN_BRACKETS = re.compile(r"\[(?P<title>[^\[\]]+)\]\W*")
_FIRST_BRACKET = re.compile(r"\s*[(\[](?P<note>[^()\[\]]*)[)\]]\s*[:.-]*\s*(?=\S)")
# "X: Comment", "X - A Reply", "X. Erratum", "'X': Correction".
_AFTER = re.compile(
    r"(?:[:;.?!|]['\"]*\s*|\s+-+\s*|['\"]\s*[:,]?\s+)(?:an?\s+|the\s+)?(?P<marker>"
    r"(?P<correction>errat(?:um|a)|corrigend(?:um|a)|fe\s+de\s+errat[ao]s|berichtigung)"
    r"|(?P<addendum>addend(?:um|a)|supplementary\s+(?:materials?|information|data))|(?P<retraction>retracted(?:\s+article)?)"
    r"|(?P<withdrawal>withdrawn)"
    r"|(?P<reply>rejoinder|(?:authors?'?s?\s+)?repl(?:y|ies)|authors?'?s?\s+response)"
    r"|(?P<comment>comments?)|(?P<review>book\s+review)"
    r"|(?P<weak>(?P<weak_correction>corrections?(?:\s+to\s+[^:]{2,60})?)|(?P<weak_retraction>retraction)"
    r"|(?P<weak_reply>(?:response|reply|rejoinder)(?:\s+to\s+[^:]{2,60})?)"
    r"|(?P<weak_comment>discussion|commentary|comments?\s+on\s+[^:]{2,60})"
    r"|(?P<weak_protocol>(?:(?:study|trial|review)\s+)?protocol)"
    r"|(?P<weak_slides>slides)|(?P<weak_poster>poster)|(?P<weak_demo>demo(?:nstration)?)"
    r"|(?P<weak_abstract>(?:extended\s+)?abstract)))\W*$",
    re.I,
)
# "On Nets: study protocol for a randomised trial".
_PROTOCOL_OF = re.compile(
    r"(?<=[:.?])\s+(?P<marker>(?:an?\s+|the\s+)?(?:(?:study|trial|review)\s+)?protocol\s+(?:for|of))"
    r"\s+(?=an?\s|the\s)",
    re.I,
)
_ITSELF_AFTER = frozenset({"retraction", "withdrawal"})
# "[J. Foo 12 (2010) 3-4]", "(Volume 178, Number 1)": where the title was printed.
_CITATION = re.compile(r"\s*[(\[](?:[^()\[\]]|\([^()]*\))*[0-9](?:[^()\[\]]|\([^()]*\))*[)\]]\W*$")
_QUOTED = re.compile(r"[\s(\[]*(?P<open>[\"'`<]+)(?P<title>\S.*)", re.S)
_CLOSING = re.compile(r"[\"'`>]+(?![a-z0-9])", re.I)
_BEHIND_QUOTE = re.compile(
    r"\W*$|\s*[,.;:(\[-]|\s+(?:by|in|from|article|paper|book|published)\b", re.I
)
_SPEAKING = frozenset(
    {"reply", "comment", "review", "preface", "slides", "abstract", "data", "protocol"}
)
# "Karl Weick's 'X'", "A. Lee's article 'X'", "the paper by Smith, 'X'".
_NAMED_QUOTE = re.compile(
    r"[^\"`]{1,100}?(?:s?'s?|[a-z],?)\s+(?:(?:article|paper|book|commentary)\s+)?[\"'`]+"
    r"(?P<title>\S.*?)[\"'`]+(?:\s+(?:article|paper|book))?\W*$",
    re.I | re.S,
)
# "by Ann Lee and Bo Chen", "by Ann Lee. Long & Sons 2002"; "by Integer Programming" is no name.
_BY_NAMES = re.compile(
    r"[,.]?\s+[Bb]y\s+(?-i:[A-Z][\w'-]*\.?(?:\s+[A-Z][\w'-]*\.?)*(?:,|\s+and|\s+&|\.)\s+[A-Z]).*$"
)
_PREPRINT_BEFORE = re.compile(
    r"(?:arxiv:\s*)?(?:[a-z-]+(?:\.[a-z]{2})?/\d{7}|\d{4}\.\d{4,5})\s*:\s*", re.I
)
# "Review of the book On Nets", "Comment on the paper 'On Nets'", "Reply to the Editor: On Nets".
_THE_BOOK = re.compile(
    r"\A(?:(?:the\s+)?(?:book|article|paper)[:,]?\s+(?=[\"'`A-Z])"
    r"|(?:(?:the\s+)?[Ll]etters?\s+to\s+)?(?:the\s+)?[Ee]ditors?\s*[:,]\s*)",
)
# What is longer is no title.
_LONGEST = 1000
# How far from the end the words of a note without brackets may begin.
_TAIL = 120
_NOTHING = frozenset({"authorindex", "subjectindex", "index", "editorialboard", "tableofcontents"})


@dataclass(frozen=True, slots=True)
class TitleMark:
    """What a title says of its relation to another.

    Attributes:
        relation: what it is: `correction`, `reply`, `part` and so on.
        marker: the words that say so.
        base_key: the key of the title without them, without spaces; None if nothing is left.
        part_number: which part or edition.
        is_of_itself: it is the retracted or withdrawn paper itself that says so.
        is_weak: it only counts where there is another title like what is left.
    """

    relation: str
    marker: str
    base_key: str | None
    part_number: str | None = None
    is_of_itself: bool = False
    is_weak: bool = False


def find_mark(title: str) -> TitleMark | None:
    """Return the outermost mark of a title, or None: "Erratum: X, Part II" is a correction.

    >>> find_mark("Corrigendum to 'On Nets' [J. Nets 12 (2010) 3-4]").base_key
    'onnets'
    >>> find_mark("Error Correction for Nets")
    """
    if len(title) > _LONGEST:
        return None
    # A dash as long as "—" stands between words, never inside one.
    text = " ".join(anyascii(title.replace("—", " - ")).split())
    whole = _IN_BRACKETS.fullmatch(text)
    text = whole["title"] if whole else text
    if _WHOLE.fullmatch(text):
        return _whole(text)
    return _first(text) or _last(text) or _protocol(text) or _part(text)


def _whole(text: str) -> TitleMark | None:
    title = f"{text.rstrip(' .:')}: x"
    for words in _begun(title):
        if not words.is_of_itself and _before(words, is_weak=False).match(title):
            return TitleMark(words.relation, text.strip(), None)
    return None


def _first(text: str) -> TitleMark | None:
    bracket = _FIRST_BRACKET.match(text)
    if bracket:
        noted = _note(bracket["note"], text[bracket.end() :])
        if noted:
            return noted
    if not _FIRST_LOOK.match(text):
        return None
    shouted = _SHOUTED.match(text)
    begun = _begun(text)
    for is_weak in (False, True):
        for words in begun:
            found = _before(words, is_weak=is_weak).match(text)
            if found and found.end() < len(text):
                rest = text[found.end() :]
                return TitleMark(
                    words.relation,
                    found["marker"].strip(" :-"),
                    _base_behind(rest),
                    is_of_itself=words.is_of_itself,
                    is_weak=is_weak or (words.relation in _SPEAKING and _quotes_a_word(rest)),
                )
        if shouted and not is_weak:
            relation = "retraction" if shouted["marker"] == "RETRACTED" else "withdrawal"
            base = _base_behind(text[shouted.end() :])
            return TitleMark(relation, shouted["marker"], base, is_of_itself=True)
    return None


def _begun(text: str) -> list[Words]:
    return [words for words, beginning in _BEGINNINGS if beginning.match(text)]


def _quotes_a_word(text: str) -> bool:
    """Tell whether a text begins with a quotation that is no title: 'Stop' Signals."""
    quoted = _QUOTED.match(text)
    if not quoted:
        return False
    ends = [closing.end() for closing in _CLOSING.finditer(quoted["title"])]
    return bool(ends) and not _BEHIND_QUOTE.match(quoted["title"][ends[-1] :])


def _note(note: str, rest: str) -> TitleMark | None:
    for relation, is_of_itself, pattern in _NOTE_PATTERNS:
        if pattern.fullmatch(note):
            return TitleMark(relation, note.strip(), _base_key(rest), is_of_itself=is_of_itself)
    return None


def _last(text: str) -> TitleMark | None:
    bracket = _LAST_BRACKET.search(text)
    while bracket and bracket.start() > 0:
        rest = text[: bracket.start()]
        words = bracket["note"] or bracket["square"] or ""
        noted = _note(words, rest)
        if noted:
            return noted
        if not _OTHER_NOTE.fullmatch(words):
            break
        text, bracket = rest, _LAST_BRACKET.search(rest)
    found = _AFTER.search(text, max(0, len(text) - _TAIL))
    if not found or found.start() == 0:
        return None
    groups = {name for name, words in found.groupdict().items() if words} - {"marker", "weak"}
    name = groups.pop()
    relation = name.removeprefix("weak_")
    return TitleMark(
        relation,
        found["marker"],
        _base_key(text[: found.start() + (text[found.start()] in "?!")]),
        is_of_itself=name in _ITSELF_AFTER,
        is_weak=name != relation,
    )


def _protocol(text: str) -> TitleMark | None:
    found = _PROTOCOL_OF.search(text)
    if not found:
        return None
    base = _base_key(f"{text[: found.start()]} {text[found.end() :]}")
    return TitleMark("protocol", found["marker"], base, is_weak=True)


def _part(text: str) -> TitleMark | None:
    bracket = _LAST_BRACKET.search(text)
    if bracket and bracket.start() > 0:
        is_other = _OTHER_NOTE.fullmatch(bracket["note"] or bracket["square"] or "")
        text = text[: bracket.start()] if is_other else text
    part = find_part(text)
    if not part:
        return None
    base = _base_key(part.base)
    return TitleMark(part.relation, part.marker, base, part.number, is_weak=part.is_weak)


def _base_behind(text: str) -> str | None:
    """Return the key of a title that stands behind a marker, perhaps quoted, with its place."""
    text = _PREPRINT_BEFORE.sub("", text.strip(), count=1)
    text = _THE_BOOK.sub("", text, count=1)
    quoted = _QUOTED.match(text)
    if quoted:
        closings = list(_CLOSING.finditer(quoted["title"]))
        return _base_key(quoted["title"][: closings[-1].start()] if closings else quoted["title"])
    named = _NAMED_QUOTE.match(text)
    return _base_key(named["title"] if named else _CITATION.sub("", _BY_NAMES.sub("", text)))


def _base_key(text: str) -> str | None:
    key = (title_key(text) or "").replace(" ", "")
    return None if not key or key in _NOTHING else key
