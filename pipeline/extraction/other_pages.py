"""Web pages that show no list of papers: errors, log-ins, questions, empty results, one paper.

What belongs here: telling them from each other by what a browser shows, and what to do. What does
not: files of other programs (`other_files`), which site a page is of (`unknown_pages`).

Such words may stand in any paper's title: so only short pages are judged by them, and only pages
on which no site found a paper.
"""

import re
from collections.abc import Sequence

from pipeline.extraction.other_files import Advice

# A page that says so much is no error page, whatever its words.
_MOST_SHOWN_CHARS, _MOST_SHOWN_LINES = 3_000, 80
_MOST_ASIDE_CHARS, _MOST_ASIDE_LINES = 1_200, 25
_MOST_LINE = 300
_WAIT = "open it in a browser, wait until it shows its papers, and save it then"

# Patterns for lines of a short page, what it is then, what to do; the first that fits is told.
_NOTICES = (
    (
        (
            r"just a moment\b",
            r".{0,60}\bchecking (?:your browser|if the site connection)\b.{0,100}",
            r".{0,60}\b(?:are you a robot|not a robot|you are (?:a )?human)\b.{0,100}",
            r".{0,60}\b(?:(?:re|h)?captchas?|unusual traffic|ddos protection)\b.{0,100}",
            r".{0,60}\bsecurity (?:check|verification)\b.{0,100}",
            r"attention required\b.{0,60}",
            r"enable javascript and cookies to continue",
        ),
        "is a page that asks whether a person is there (a captcha), not the page behind it",
        "open the address in a browser, answer it, and save the page that follows",
    ),
    (
        (
            r"(?:error |http )?429(?: error)?",
            r"(?:429 )?too many requests",
            r"rate (?:limit )?exceeded",
            r"rate limit(?:ed)?",
        ),
        "is an error page (too many requests), not the page that was asked for",
        "wait some minutes, open the address again, and save the page that follows",
    ),
    (
        (
            r"(?:error |http )?40[13](?: error)?",
            r"(?:403 )?forbidden",
            r"access (?:to this page )?(?:is |has been )?denied",
            r"permission denied",
            r"(?:401 )?(?:unauthori[sz]ed|not authori[sz]ed)",
        ),
        "is an error page (access denied), not the page that was asked for",
        "log in where need be, open the address in a browser, and save the page that follows",
    ),
    (
        (
            r"(?:error |http )?(?:404|410)(?: error)?",
            r"(?:404 )?not found",
            r"(?:the )?(?:\w{1,20} )?(?:page|file|document|url|resource)\b.{0,40}"
            r"\b(?:not|n['’]t be|cannot be|could not be) found.{0,60}",
            r"(?:the |this )?page (?:does not|doesn['’]t) exist.{0,60}",
            r"(?:article|paper) (?:identifier .{0,60}not recogni[sz]ed|not found)",
            r"seite nicht gefunden|page introuvable|página no encontrada",
        ),
        "is an error page (not found), not the page that was asked for",
        "correct the address, and save the page that it leads to",
    ),
    (
        (
            r"(?:error |http )?5\d\d\b.{0,40}(?:error|gateway|unavailable|time-?out)",
            r"internal server error|bad gateway|gateway time-?out",
            r"service (?:temporarily )?unavailable",
            r".{0,40}\b(?:down|closed|under) (?:for )?maintenance",
            r"something went wrong|(?:oops|sorry)\b.{0,40}|(?:application|server) error",
        ),
        "is an error page (the site did not answer), not the page that was asked for",
        "try again later, and save the page that follows",
    ),
    (
        (
            r"this site can['’]t be reached|err_[a-z_]{3,60}|unable to connect",
            r"server not found|no internet|problem loading page",
            r".{0,20}\btrouble finding that site",
            r"your connection (?:is not private|was interrupted)|secure connection failed",
        ),
        "is what a browser shows when it reaches no page",
        "open the address again, and save the page that follows",
    ),
    (
        (
            r"(?:sorry, )?your (?:search|query).{0,120}\b(?:no|any|0)\b.{0,80}",
            r"(?:there (?:are|were) )?no (?:\w{1,20} ){0,2}"
            r"(?:results|papers|articles|publications|matches|documents|entries|items)\b.{0,120}",
            r"0 (?:results|papers|articles|publications)\b.{0,60}",
            r"nothing (?:was )?found.{0,60}|.{0,80}\bdid not match any\b.{0,80}",
            r"keine (?:ergebnisse|treffer)\b.{0,60}|aucun résultat\b.{0,60}",
        ),
        "is a page of results that lists nothing",
        "search for something else, and save the page that lists papers",
    ),
    (
        (
            r".{0,60}\b(?:enable|requires|needs|without) javascript\b.{0,80}",
            r"loading(?: ?\.{3}|…)?",
        ),
        "is a page whose content its scripts had not drawn yet",
        _WAIT,
    ),
)
# Words that stand at the edge of other pages, too: a page that says more is none of these.
_ASIDES = (
    (
        (
            r"(?:please )?(?:sign|log) ?in\b(?: to\b.{0,60}| with\b.{0,40}| required)?",
            r"forgot(?:ten)? (?:your )?password\??",
            r"anmelden|se connecter|iniciar sesión",
        ),
        "is a log-in page, not the page behind it",
        "log in in a browser, open the address again, and save the page that follows",
    ),
    (
        (
            r"before you continue\b.{0,60}|we (?:value|care about) your privacy",
            r".{0,80}\bcookies\b.{0,80}|(?:accept|reject) all",
            r"manage consent|consent",
        ),
        "is a question about cookies or consent, not the page behind it",
        "answer it in a browser, and save the page that follows",
    ),
)
# Words that decide when they are all of a line, or, with a title in front, its end or beginning.
_LINE = r"(?:[^|·:–—-]{{0,80}}[|·:–—-]\s?)?\W{{0,9}}(?:{words})(?:\s?[^\w\s'’-].{{0,200}})?"
_NOTICED, _ASIDE = (
    tuple(
        (re.compile(_LINE.format(words="|".join(words)), re.IGNORECASE), Advice(what, advice))
        for words, what, advice in notices
    )
    for notices in (_NOTICES, _ASIDES)
)
_PASSWORD = re.compile(r"<input\b[^<>]{0,400}\btype\s?=\s?[\"']?password\b", re.IGNORECASE)
_PAPER_META = re.compile(
    r"<meta\b[^<>]{0,400}?\b(?:name|property)\s?=\s?[\"']?(?:citation_title|dc\.title|eprints\.title"
    r"|prism\.publicationname|bepress_citation_title)\b|\"@type\"\s?:\s?\"ScholarlyArticle\"",
    re.IGNORECASE,
)
_PAPER_WORDS = re.compile(
    r"(?:doi\b.{0,200}|cite (?:this|as)\b.{0,80}|references|keywords\b.{0,200}"
    r"|(?:view|download) pdf|pdf|bibtex|introduction|corresponding author\b.{0,80})",
    re.IGNORECASE,
)
# What tells that the paper is one of a known site's.
_KNOWN_PAPER = re.compile(
    r"(?:Cite as:?\s{0,9})?arXiv:\s?\d{4}\.\d{4,5}(?:v\d{1,3})?(?:\s[\[(].{1,40})?", re.IGNORECASE
)
_MOST_PAPER_CHARS = 200_000


def notice(shown: Sequence[str], source: str = "") -> Advice | None:
    """Tell what a short page says in place of papers; None where it may be anything.

    Args:
        shown: the lines of text that a browser shows, the page's title first.
        source: the page's markup, if it is HTML.
    """
    texts = _texts(shown)
    if source and not texts:
        return Advice("is a page without a word: its scripts had not drawn it yet", _WAIT)
    is_short = sum(map(len, texts)) <= _MOST_SHOWN_CHARS and len(texts) <= _MOST_SHOWN_LINES
    return _first(texts, _NOTICED) if is_short else None


def aside(shown: Sequence[str], source: str = "", *, is_near: bool = False) -> Advice | None:
    """Tell a page that asks for a log-in or a consent; see `notice`.

    Where most lines are a known site's, only a field for a password tells.
    """
    texts = _texts(shown)
    if sum(map(len, texts)) > _MOST_ASIDE_CHARS or len(texts) > _MOST_ASIDE_LINES:
        return None
    asked = _ASIDE[0][1] if source and _PASSWORD.search(source) else None
    return asked or (None if is_near else _first(texts, _ASIDE))


def _texts(shown: Sequence[str]) -> list[str]:
    return [text for line in shown if (text := line.strip())]


def _first(
    texts: Sequence[str], notices: Sequence[tuple[re.Pattern[str], Advice]]
) -> Advice | None:
    short = [text for text in texts if len(text) <= _MOST_LINE]
    return next((found for words, found in notices if any(map(words.fullmatch, short))), None)


def single_paper(shown: Sequence[str], source: str = "") -> Advice | None:
    """Tell a page that is about one paper, by the tags that such pages carry or by its headings."""
    texts = _texts(shown)
    n_abstracts = sum(text.rstrip(":").casefold() in ("abstract", "summary") for text in texts)
    is_text = n_abstracts == 1 and sum(map(len, texts)) <= _MOST_PAPER_CHARS
    n_words = sum(bool(_PAPER_WORDS.fullmatch(text)) for text in texts if len(text) <= _MOST_LINE)
    if not (source and _PAPER_META.search(source)) and not (is_text and n_words):
        return None
    if any(map(_KNOWN_PAPER.fullmatch, texts)):
        return Advice(
            "is the page of a single paper, which has lost its title or its authors, as reader "
            "views do",
            "open the paper in a browser, not in its reader view, and save the page itself as HTML",
        )
    return Advice(
        "is the page of a single paper, of a site that is not known",
        "save a list or a search of a known site that shows the paper",
    )
