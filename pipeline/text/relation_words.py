"""The words that begin the title of a correction, a reply, a review, in several languages.

What belongs here: the words of each relation as patterns, and how sure they are. What does not:
what must stand around them, and words elsewhere in a title (`title_markers`).
"""

from dataclasses import dataclass

# Who corrects, replies, comments.
WHO = (
    r"(?:(?:the\s+)?(?:authors?|publishers?|editors?|editorial|invited|second|third|further)"
    r"(?:'?s|')?\s+)?"
)


@dataclass(frozen=True, slots=True)
class Words:
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


RELATION_WORDS = (
    Words(
        "correction",
        sure=r"erratum|errata(?:\s+corrige)?|corr[ie]gend(?:um|a)|fe\s+de\s+errat[ao]s?|korrigendum"
        r"|(?:druckfehler)?berichtigung(?:en)?|rectificatif|corrections?\s+not(?:e|ice)"
        r"|notice\s+of\s+correction|(?:author|publisher)(?:'?s|')?\s+correction",
        doubtful=r"corrections?|correctif|correccion(?:es)?|korrektur(?:en)?|correzion[ei]|correcao",
        alone=r"publisher'?s?'?\s+note",
    ),
    Words(
        "retraction",
        sure=r"retraction\s+not(?:e|ice)|(?:notice|statement)\s+of\s+retraction",
        doubtful=r"retractions?|retractation|retractacion|widerruf|ritrattazione",
    ),
    Words(
        "retraction",
        alone=r"retracted(?:\s+(?:article|paper|chapter|publication))?|article\s+retracte"
        r"|articulo\s+retractado|zuruckgezogen(?:er\s+artikel)?",
        is_of_itself=True,
    ),
    Words(
        "withdrawal",
        sure=r"(?:withdrawal|removal)\s+not(?:e|ice)|(?:notice|statement)\s+of\s+(?:withdrawal|removal)",
        doubtful=r"withdrawal",
    ),
    Words(
        "withdrawal",
        alone=r"withdrawn(?:\s+(?:article|paper|chapter|publication))?|(?-i:REMOVED)"
        r"|(?:(?:article|temporary)\s+removal)",
        is_of_itself=True,
    ),
    Words(
        "concern",
        sure=r"(?:editorial\s+)?expression\s+of\s+(?:editorial\s+)?concern"
        r"|notice\s+of\s+(?:violation\s+of\s+ieee\s+publication\s+principles|concern"
        r"|(?:redundant|duplicate)\s+publication)",
    ),
    Words(
        "addendum",
        sure=r"addend(?:um|a)|nachtrag|supplementary\s+(?:materials?|information|data|appendix)"
        r"|supporting\s+information|online\s+appendix",
        doubtful=r"supplement|erganzung(?:en)?",
        weak=r"appendix",
    ),
    Words(
        "reply",
        sure=r"(?:author|editor)(?:'?s|s')?\s+(?:reply|replies|response|rejoinder)|in\s+reply"
        r"|(?:a\s+|the\s+)?rejoinder|(?:a\s+|some\s+)?repl(?:y|ies)(?:\s+by\s+the\s+authors?)?|erwiderung|replik",
        doubtful=r"(?:a\s+|in\s+)?responses?|antwort|reponse|respuesta|risposta|replica",
    ),
    Words(
        "comment",
        # "Letter by Lee Regarding Article, 'On Nets'"
        sure=r"(?:an?\s+|some\s+)?(?:critique|remarks?|notes?|letters?(?:\s+by\s+[^:\"]{2,60}?)?)\s+"
        r"(?:of|on|to|regarding|about|concerning)(?:\s+article,?)?(?=\s+[\"'`<])",
        doubtful=r"(?:a\s+|some\s+|further\s+|brief\s+)?comments?|(?:a\s+)?commentary"
        r"|(?:a\s+)?discussion|kommentar|commentaires?|comentarios?|commento|diskussion",
        weak=r"(?:(?:a\s+)?letter\s+to\s+the\s+editor)",
        alone=r"letter\s+to\s+the\s+editor",
    ),
    Words(
        "review",
        sure=r"book\s+reviews?|buchbesprechung|rezension|compte[\s-]rendu|resena|recensione"
        r"",
        weak=r"(?:a\s+)?review",
    ),
    # "Data from: On Nets" stands in an archive, "Protocol for On Nets" years before the results.
    Words(
        "data",
        doubtful=r"replication\s+(?:data|code|files?|materials?|package)(?:\s*sets?)?",
        weak=r"(?:(?:research|original|source|underlying)\s+)?data(?:\s*sets?)?",
        alone=r"(?:research\s+)?data(?:\s*sets?)?\s+from",
    ),
    Words(
        "protocol",
        weak=r"(?:an?\s+|the\s+)?(?:(?:study|trial|review)\s+)?protocol",
        alone=r"(?:study|trial|review)\s+protocol",
    ),
    Words("preface", weak=r"(?:an?\s+|the\s+)?(?:preface|foreword|afterword|vorwort|introduction)"),
    Words("slides", weak=r"slides", alone=r"(?:(?:talk|presentation)\s+)?slides|presentation"),
    Words("poster", alone=r"poster(?:\s+(?:abstract|paper))?"),
    Words("demo", alone=r"demo(?:nstration)?(?:\s+(?:abstract|paper|description))?"),
    Words("tutorial", alone=r"tutorial(?:\s+(?:session|abstract))?"),
    Words("panel", alone=r"panel(?:\s+(?:session|abstract|summary|discussion))?"),
    Words("talk", alone=r"(?:invited\s+|keynote\s+)?talk|keynote(?:\s+(?:address|speech))?"),
    Words("abstract", weak=r"(?:extended\s+)?abstract", alone=r"(?:extended\s+)?abstract"),
)
