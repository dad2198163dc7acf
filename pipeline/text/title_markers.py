"""Words of a title that say it is not the paper itself: a correction, a reply, a part of a series.

What belongs here: which words those are, where they must stand, and what title is left without
them. What does not: parts and editions (`part_numbers`), whether another paper bears the title
that is left (`sql/linkage`, `sql/marts`).

Such words count only at the beginning and at the end of a title. Where they could as well be what
a paper is about ("Correction of Bias in Surveys", "Response to Treatment") the mark is weak: it
counts only where another title is what is left.
"""

import re
from dataclasses import dataclass

from anyascii import anyascii

from pipeline.text.keys import title_key
from pipeline.text.part_numbers import find_part

# What stands between a marker and a title: "Erratum: X", "Erratum. X", "Erratum - X", "Erratum -X".
_SEPARATOR = r"(?:\s*:\s*[-.]?\s*|\s*\.\s+|\s+-+\s*|\s*-+\s+|\s*[|/]\s*)"
_TO = (
    r"(?:to|of|for|on|regarding|concerning|about|zu[rm]?|von|auf|an|au|aux|du|de|del|della|al|a"
    r"|sobre|sur|su)"
)
_QUOTE = r"[\"'`<]"
_WHO = (
    r"(?:(?:the\s+)?(?:authors?|publishers?|editors?|editorial|invited|second|third|further)"
    r"(?:'?s|')?\s+)?"
)


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a relation.

    Attributes:
        sure: what needs no more than a preposition or a separator after it.
        doubtful: what is sure before a separator or a quotation, and weak before a preposition.
        weak: what is sure before a quotation, weak before a preposition, nothing before a
            separator.
        alone: what is a marker only before a separator.
    """

    relation: str
    sure: str = "(?!)"
    doubtful: str = "(?!)"
    weak: str = "(?!)"
    alone: str = "(?!)"
    is_of_itself: bool = False


_WORDS = (
    _Words(
        "correction",
        sure=r"erratum|errata(?:\s+corrige)?|corr[ie]gend(?:um|a)|fe\s+de\s+errat[ao]s?|korrigendum"
        r"|(?:druckfehler)?berichtigung(?:en)?|rectificatif|corrections?\s+not(?:e|ice)"
        r"|notice\s+of\s+correction|(?:author|publisher)(?:'?s|')?\s+correction",
        doubtful=r"corrections?|correctif|correccion(?:es)?|korrektur(?:en)?|correzion[ei]|correcao",
        alone=r"publisher'?s?'?\s+note",
    ),
    _Words(
        "retraction",
        sure=r"retraction\s+not(?:e|ice)|(?:notice|statement)\s+of\s+retraction",
        doubtful=r"retractions?|retractation|retractacion|widerruf|ritrattazione",
    ),
    _Words(
        "retraction",
        alone=r"retracted(?:\s+(?:article|paper|chapter|publication))?|article\s+retracte"
        r"|articulo\s+retractado|zuruckgezogen(?:er\s+artikel)?",
        is_of_itself=True,
    ),
    _Words(
        "withdrawal",
        sure=r"(?:withdrawal|removal)\s+not(?:e|ice)|(?:notice|statement)\s+of\s+(?:withdrawal|removal)",
        doubtful=r"withdrawal",
    ),
    _Words(
        "withdrawal",
        alone=r"withdrawn(?:\s+(?:article|paper|chapter|publication))?|(?-i:REMOVED)"
        r"|(?:(?:article|temporary)\s+removal)",
        is_of_itself=True,
    ),
    _Words(
        "concern",
        sure=r"(?:editorial\s+)?expression\s+of\s+(?:editorial\s+)?concern"
        r"|notice\s+of\s+(?:violation\s+of\s+ieee\s+publication\s+principles|concern"
        r"|(?:redundant|duplicate)\s+publication)",
    ),
    _Words(
        "addendum",
        sure=r"addend(?:um|a)|nachtrag|supplementary\s+(?:materials?|information|data|appendix)"
        r"|supporting\s+information|online\s+appendix",
        doubtful=r"supplement|erganzung(?:en)?",
        weak=r"appendix",
    ),
    _Words(
        "reply",
        sure=r"(?:author|editor)(?:'?s|s')?\s+(?:reply|replies|response|rejoinder)|in\s+reply"
        r"|(?:a\s+|the\s+)?rejoinder|(?:a\s+|some\s+)?repl(?:y|ies)|erwiderung|replik",
        doubtful=r"(?:a\s+|in\s+)?responses?|antwort|reponse|respuesta|risposta|replica",
    ),
    _Words(
        "comment",
        doubtful=r"(?:a\s+|some\s+|further\s+|brief\s+)?comments?|(?:a\s+)?commentary"
        r"|(?:a\s+)?discussion|kommentar|commentaires?|comentarios?|commento|diskussion",
        weak=r"(?:(?:a\s+)?letter\s+to\s+the\s+editor)",
        alone=r"letter\s+to\s+the\s+editor",
    ),
    _Words(
        "review",
        sure=r"book\s+reviews?|buchbesprechung|rezension|compte[\s-]rendu|resena|recensione"
        r"",
        weak=r"(?:a\s+)?review",
    ),
    _Words(
        "preface", weak=r"(?:an?\s+|the\s+)?(?:preface|foreword|afterword|vorwort|introduction)"
    ),
    _Words("slides", weak=r"slides", alone=r"(?:(?:talk|presentation)\s+)?slides|presentation"),
    _Words("poster", alone=r"poster(?:\s+(?:abstract|paper))?"),
    _Words("demo", alone=r"demo(?:nstration)?(?:\s+(?:abstract|paper|description))?"),
    _Words("tutorial", alone=r"tutorial(?:\s+(?:session|abstract))?"),
    _Words("panel", alone=r"panel(?:\s+(?:session|abstract|summary|discussion))?"),
    _Words("talk", alone=r"(?:invited\s+|keynote\s+)?talk|keynote(?:\s+(?:address|speech))?"),
    _Words("abstract", weak=r"(?:extended\s+)?abstract", alone=r"(?:extended\s+)?abstract"),
)


def _before(words: _Words, *, is_weak: bool) -> re.Pattern[str]:
    """Return what a title begins with, up to the title that it is about."""
    sure, doubtful, weak, alone = words.sure, words.doubtful, words.weak, words.alone
    if is_weak:
        # "Re: X" and "Erratum-X" are too short to say much.
        short = {"comment": r"|re:", "correction": r"|(?:erratum|corrigendum)-"}
        more = short.get(words.relation, "")
        return re.compile(rf"(?P<marker>{_WHO}(?:{doubtful}|{weak})\s+{_TO}\s{more})\s*", re.I)
    name = r"[^:]{2,60}?\bet\s+al\.?(?:'?s|')?(?:\s*\([0-9]{4}\))?\s*[:,.]"
    of_somebody = rf"(?:{sure}|{doubtful})\s+(?:to|for)\s+{name}"
    return re.compile(
        rf"(?P<marker>{of_somebody}"
        rf"|{_WHO}(?:{sure})(?:\s+{_TO}\b)?(?:\s*:|\s*-(?=\s)|(?<=[a-z])(?=\s*\(?{_QUOTE}))"
        rf"|{_WHO}(?:{sure})(?:\s+{_TO}(?=\s)|(?=\s*\())"
        rf"|{_WHO}(?:{doubtful}|{weak})\s+{_TO}(?=(?:\s*:|\s+-)?\s*\(?{_QUOTE}|\s*:|\s+-\s)"
        rf"|{_WHO}(?:{sure}|{doubtful}|{alone})(?={_SEPARATOR}))(?:{_SEPARATOR}|\s*)",
        re.I,
    )


_SURE_BEFORE = tuple((words, _before(words, is_weak=False)) for words in _WORDS)
_WEAK_BEFORE = tuple((words, _before(words, is_weak=True)) for words in _WORDS)
# What a title begins with where any of them can match: a look that costs little.
_FIRST_LOOK = re.compile(
    rf"{_WHO}(?:(?:an?|the|some|further|brief|in)\s+)?(?:re:|(?:{'|'.join(w.sure for w in _WORDS)}"
    rf"|{'|'.join(f'{w.doubtful}|{w.weak}|{w.alone}' for w in _WORDS)})(?![a-z0-9]))",
    re.I,
)
_SHOUTED = re.compile(r"(?P<marker>RETRACTED|WITHDRAWN)(?:\s+(?:ARTICLE|PAPER))?\s+(?=\S)")
# What is a title by itself: there is no other title it could be about.
_WHOLE = re.compile(
    rf"{_WHO}(?:{'|'.join(w.sure for w in _WORDS[:8])}|corrections?|retractions?|withdrawal"
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
        rf"{_WHO}(?:errat(?:um|a)|corrigend(?:um|a)|corrections?|berichtigung)(?:\s+(?:notice|to\b.*))?"
        # "(vol 3, pg 5, 2010)" is how the Web of Science lists corrections.
        r"|vol(?:ume|\.)?\s*[\w-]+,?\s+(?:(?:no|iss)\.?\s*\w+,?\s+)?"
        r"(?:(?:pg|pp?\.?|pages?|artn?)\b.*|[0-9]+,\s*[0-9]{4})",
    ),
    ("addendum", False, r"addend(?:um|a)|supplement(?:ary\s+material)?"),
    ("reply", False, rf"{_WHO}(?:reply|response)|rejoinder"),
    ("comment", False, r"comments?|(?:invited\s+)?commentary|discussion"),
    ("review", False, r"book\s+review"),
    ("slides", False, r"(?:talk\s+|presentation\s+)?slides|presentation"),
    ("poster", False, r"poster(?:\s+(?:abstract|paper|session|presentation))?"),
    ("demo", False, r"demo(?:nstration)?(?:\s+(?:abstract|paper|description|track|session))?"),
    ("tutorial", False, r"tutorial(?:\s+(?:session|abstract|summary))?"),
    ("panel", False, r"panel(?:\s+(?:session|abstract|summary|discussion))?"),
    ("talk", False, r"(?:invited\s+|keynote\s+)?talk|keynote(?:\s+(?:address|talk|speech))?"),
    ("abstract", False, r"(?:extended\s+|conference\s+|meeting\s+)?abstracts?(?:\s+only)?"),
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
_LAST_BRACKET = re.compile(r"[\s.,:;-]{0,3}[(\[](?P<note>[^()\[\]]*)[)\]]\W*$")
_FIRST_BRACKET = re.compile(r"\s*[(\[](?P<note>[^()\[\]]*)[)\]]\s*[:.-]*\s*(?=\S)")
# "X: Comment", "X - A Reply", "X. Erratum", "'X': Correction".
_AFTER = re.compile(
    r"(?:[:;.?!|]['\"]*\s*|\s+-+\s*|['\"]\s*[:,]?\s+)(?:an?\s+|the\s+)?(?P<marker>"
    r"(?P<correction>errat(?:um|a)|corrigend(?:um|a)|fe\s+de\s+errat[ao]s|berichtigung)"
    r"|(?P<addendum>addend(?:um|a))|(?P<retraction>retracted(?:\s+article)?)"
    r"|(?P<withdrawal>withdrawn)"
    r"|(?P<reply>rejoinder|(?:authors?'?s?\s+)?repl(?:y|ies)|authors?'?s?\s+response)"
    r"|(?P<comment>comments?)|(?P<review>book\s+review)"
    r"|(?P<weak>(?P<weak_correction>corrections?(?:\s+to\s+[^:]{2,60})?)|(?P<weak_retraction>retraction)"
    r"|(?P<weak_reply>(?:response|reply|rejoinder)(?:\s+to\s+[^:]{2,60})?)"
    r"|(?P<weak_comment>discussion|commentary|comments?\s+on\s+[^:]{2,60})"
    r"|(?P<weak_slides>slides)|(?P<weak_poster>poster)|(?P<weak_demo>demo(?:nstration)?)"
    r"|(?P<weak_abstract>(?:extended\s+)?abstract)))\W*$",
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
_SPEAKING = frozenset({"reply", "comment", "review", "preface", "slides", "abstract"})
# "Karl Weick's 'X'", "A. Lee's article 'X'", "the paper by Smith, 'X'".
_NAMED_QUOTE = re.compile(
    r"[^\"`]{1,100}?(?:s?'s?|[a-z],?)\s+(?:(?:article|paper|book|commentary)\s+)?[\"'`]+"
    r"(?P<title>\S.*?)[\"'`]+(?:\s+(?:article|paper|book))?\W*$",
    re.I | re.S,
)
# "by Ann Lee and Bo Chen", "by Ann Lee. Long & Sons 2002"; "by Integer Programming" is no name.
_BY_NAMES = re.compile(
    r"[,.]?\s+by\s+(?-i:[A-Z][\w'-]*\.?(?:\s+[A-Z][\w'-]*\.?)*(?:,|\s+and|\s+&|\.)\s+[A-Z]).*$"
)
_PREPRINT_BEFORE = re.compile(
    r"(?:arxiv:\s*)?(?:[a-z-]+(?:\.[a-z]{2})?/\d{7}|\d{4}\.\d{4,5})\s*:\s*", re.I
)
# "Review of the book On Nets", "Comment on the paper 'On Nets'".
_THE_BOOK = re.compile(r"\A(?:the\s+)?(?:book|article|paper)[:,]?\s+(?=[\"'`A-Z])")
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
    text = " ".join(anyascii(title).split())
    if _WHOLE.fullmatch(text):
        return _whole(text)
    return _first(text) or _last(text) or _part(text)


def _whole(text: str) -> TitleMark | None:
    for words, pattern in _SURE_BEFORE:
        if not words.is_of_itself and pattern.match(f"{text.rstrip(' .:')}: x"):
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
    for patterns, is_weak in ((_SURE_BEFORE, False), (_WEAK_BEFORE, True)):
        for words, pattern in patterns:
            found = pattern.match(text)
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
        noted = _note(bracket["note"], rest)
        if noted:
            return noted
        if not _OTHER_NOTE.fullmatch(bracket["note"]):
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


def _part(text: str) -> TitleMark | None:
    bracket = _LAST_BRACKET.search(text)
    if bracket and bracket.start() > 0 and _OTHER_NOTE.fullmatch(bracket["note"]):
        text = text[: bracket.start()]
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
