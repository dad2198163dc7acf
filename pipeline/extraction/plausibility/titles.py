"""What a title may not be.

What belongs here: the rules about titles. What does not: names (`names`), words of the page around
a paper (`menu_titles`), titles of which a part is missing (`cut_titles`).

Measured on some 54,000 titles of real bibliographies; rules that a real title now and then breaks
are soft, or spare cards that name their authors.
"""

import re

from pipeline.extraction.plausibility.menu_titles import MENU_TITLE_RULES
from pipeline.extraction.plausibility.rule import ADDRESS, ADDRESS_PARTS, STEERING, Rule, holds
from pipeline.text.dates import MONTH

# What pages write before a value of a card, and of that what no title holds before a colon.
_MIDDLE_LABELS = (
    r"(?:Authors?|Subjects?|Submitted|Journal[ -]?ref(?:erence)?|Report[ -](?:no|number)"
    r"|(?:ACM|MSC)[ -]class|Primary [Cc]ategory|Cite as|Comments)"
)
# What no title begins with, but for "Comments: How People Write Them".
_LABELS = rf"(?!Comments|Subject\b|Author\b)(?:{_MIDDLE_LABELS}|Title|Abstract|DOI)"
_ABOUT_PAPER = (
    r"(?:\d|[Pp]ages|[Ff]igures?|[Aa]ccepted|[Ss]ubmitted|[Pp]ublished|[Aa]ppear|[Cc]ode)"
)
# Archives of arXiv that have parts, and those that have none.
_ARCHIVES = (
    r"(?:astro-ph|cond-mat|cs|econ|eess|math|nlin|physics|q-bio|q-fin|stat)\.[A-Za-z]{2}(?:-?[a-z]{2,5})?"
    r"(?:-[a-z]{2,4})?|gr-qc|hep-(?:ex|lat|ph|th)|math-ph|nucl-(?:ex|th)|quant-ph|astro-ph|cond-mat"
)
_DAY = (
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?(?:\d{1,2} )?"
    rf"(?:{MONTH})\.?(?: \d{{1,2}})?(?:,? \d{{4}})?"
)
_NAME_PART = r"[^\W\d_a-z][\w.'’-]{0,24}"
_NAME = rf"{_NAME_PART}(?: {_NAME_PART}){{1,3}}"
_SENTENCE_WORDS_TEXT = (
    "we our us is are was were has have had been show shows propose present this these it"
)
_SENTENCE_WORDS = frozenset(_SENTENCE_WORDS_TEXT.split())
_SENTENCE_END = re.compile(r"[a-z\d)]{2}\. (?=[A-Z])")
_SECOND_SENTENCE = re.compile(r"\.(?<=[a-z]{2}\.) (?:This|We|Our|These) [^\n]{1,2000}\.\Z")
_WORD = re.compile(r"[a-z]+")


def _is_prose(title: str) -> bool:
    """Tell whether a text holds two long sentences that speak as prose does; questions aside.

    None of 45,000 titles goes on with "This" or "We" behind a full stop and ends with one.
    """
    if _SECOND_SENTENCE.search(title):
        return True
    if len(title) < 120:
        return False
    spoken = [
        part
        for part in _SENTENCE_END.split(title)
        if len(part) >= 40 and not _SENTENCE_WORDS.isdisjoint(_WORD.findall(part.lower()))
    ]
    return len(spoken) > 1


def _is_lone(title: str) -> bool:
    """Tell whether a text has fewer than two letters, be it a number or a sign."""
    return len(title) < 80 and sum(map(str.isalpha, title)) < 2


_UNDERLINED = re.compile(r"[^\W_][:;,.?!)]?_(?=[^\W_])")


def _is_underlined(title: str) -> bool:
    """Tell whether most words of a title are put together by lines under them."""
    n_lines = len(_UNDERLINED.findall(title)) if title.count("_") > 2 else 0
    return n_lines > max(2, title.count(" ")) and "$" not in title


_has_steering = holds(f"[{STEERING}]")


def _steers(title: str) -> bool:
    return not title.isprintable() and _has_steering(title)


_is_sign = holds(start=r"[\W_]*+\Z")

TITLE_RULES = (
    Rule(
        "title_control",
        "title",
        "the title holds characters that steer a terminal or turn the text's direction",
        _steers,
        ("Red \x1b[31mherrings", "On \u202egnihsif nets"),
        ("فارسی\u200cنویسی در وب", "深度学习综述", "Δοκιμή μεθόδων"),
    ),
    Rule(
        "title_underlined",
        "title",
        "the title has lines under its words in the place of spaces",
        _is_underlined,
        ("The_Nets_of_Rope",),
        ("__init__ of worlds", "vop_kit"),
    ),
    Rule(
        "title_damaged",
        "title",
        "the title holds signs that the saved file has lost",
        lambda title: "\ufffd" in title,
        ("\ufffd nets",),
        ("Ünets",),
    ),
    Rule(
        "title_address",
        "title",
        "the title holds an address of the web or of mail",
        holds(ADDRESS, parts=ADDRESS_PARTS),
        (
            "15. https://arxiv.org/abs/2406.00001",
            "Nets [x](http://a.b)",
            "write to ann@lab.example.org",
        ),
        ("Amazon.com and the market for books", "HTTP: a protocol", "P@k considered harmful"),
    ),
    Rule(
        "title_markup",
        "title",
        "the title holds marks of Markdown or HTML",
        holds(
            r"\]\(|!\[|(?<![\w*$^{])\*\*\w[^*]{0,400}\*\*|\\[_\[\]*]"
            r"|</(?:a|b|p|i|em|li|td|tr|h\d|div|span|strong|mark)>"
            r"|<(?:br|a|img|div|span|mark)\b[^<>]{0,300}>|\s##+\Z",
            start=r"#{1,6}\s|>(?:\s|\Z)|\[\d{1,4}\]|[*+•·‣◦▪●-] \S",
            parts=("](", "![", "**", "\\", "<", "##"),
        ),
        (
            "### Nets of rope",
            "Nets of rope ##",
            "Nets [of](rope)",
            "**Nets of rope**",
            "> Nets",
            "[12]Nets of rope",
            "- Nets of rope",
            r"snake\_case nets",
            "Nets of <span class=x>rope</span>",
            "a<br/>b",
        ),
        (
            r"On $\ell_1$ and $L^{**}$ duals",
            "Planar $\\mathbb{Z}$ [extended]",
            "``Quoted'' nets",
            "C*-algebras and ** operators",
            "If x<y and z>0",
            "__init__ of worlds",
            "[Re] Nets of rope",
            "*-autonomous categories",
            "A <b, c> logic",
        ),
    ),
    Rule(
        "title_label",
        "title",
        "the title begins with, holds or ends with the label of another field",
        holds(
            rf"(?<!['’]s)(?<=[\w.)])[ ;]{_MIDDLE_LABELS} ?: (?!(?:An?|The|How|What|On|In|Some) )\S"
            r"|\S[ ;]Abstract ?: (?:We|In|This|The|A|An)\b|\badditional authors? not shown\b"
            r"|\s(?:\[pdf\]|\(pdf(?:, \w{2,5}){0,4}\)|\[pdf(?:, \w{2,5}){0,4}\])"
            r"|\bSubmitted (?:on )?\d{1,2} [A-Z][a-z]{2,8},? \d{4}|; originally announced\b",
            start=rf"{_LABELS} ?[:：](?:\s|\Z)|(?:Title|Abstract|Authors|Subjects):\S"
            rf"|Comments ?: [^\n]{{0,80}}?{_ABOUT_PAPER}",
            parts=(
                *("uthor", "ubject", "ubmitted", "ournal", "eport", "class", "ategory", "ite as"),
                *("omments", "bstract", "pdf", "nnounced"),
            ),
        ),
        (
            "Authors: Ann Lee, Bob Roe",
            "Abstract : We knit nets.",
            "Nets of rope Authors: Ann Lee",
            "Ann Lee, et al. (12 additional authors not shown)",
            "Submitted 3 June, 2024; originally announced June 2024.",
            "Nets of rope [pdf, other]",
            "Title: Nets of rope",
            "Title:Nets of rope",
            "Subjects: Machine Learning (cs.LG)",
            "Comments: 12 pages",
        ),
        (
            "Comment: the net result",
            "Beyond Keywords: searching nets",
            "Visual Abstract: a study",
            "Editor's Comments: An update",
            "Author and subject: a study",
            "Title and abstract screening",
            "Submitted to nobody: papers that were never read",
            "Abstract interpretation: a primer",
        ),
    ),
    Rule(
        "title_comment",
        "title",
        "the title begins as another field's line does, and the card names no author",
        holds(start=r"(?:Comments?|Keywords|Subject|Author) ?[:：] "),
        ("Comments: How People Write Them", "Subject: Nets"),
        ("Commentary: nets", "Subjects of nets"),
        kind="unnamed",
    ),
    *MENU_TITLE_RULES,
    Rule(
        "title_category",
        "title",
        "the title is a category of arXiv",
        holds(
            start=rf"(?:(?:{_ARCHIVES})[\s,;]{{0,3}}){{1,12}}\Z"
            rf"|(?:{_ARCHIVES})(?= [a-z]{{2,7}}[.-]|[\"“„«])"
        ),
        ("cs.LG", "cs.CL cs.LG", "quant-ph", "cond-mat.mtrl-sci", "math.AG; math.NT", 'cs.CR"Net"'),
        ("quasi-probabilities", "stat", "physics", "cs.LG in ten years", "Q-bio: a field"),
    ),
    Rule(
        "title_doi",
        "title",
        "the title holds a DOI or is an identifier",
        holds(
            r"(?i)\A(?!comment|corr|err|reply|retract|addend|publisher|author)[^\n]{0,400}?"
            r"\bdoi ?:? ?10\.\d{4}",
            start=r"(?i)\W{0,3}10\.\d{4,9}/\S{1,300}\Z"
            r"|\[?arxiv:\s?[\w./-]{4,20}\]?(?: ?\[[^\]]{0,40}\]| ?\([^)]{0,40}\))?\Z"
            r"|\d{4}\.\d{4,5}(?:v\d{1,2})?\Z",
            parts=("doi", "DOI", "Doi"),
        ),
        (
            "doi 10.1000/182",
            "10.1000/182",
            "arXiv:2406.00001",
            "arXiv:2406.00001 [pdf, html, other]",
            "2406.00001v2",
        ),
        (
            'Comment on "Nets" [arXiv:0910.0343]',
            "arXiv: forty years on",
            "The DOI in use",
            'Corrigendum to "Nets" (doi: 10.1016/j.net.2017.1)',
        ),
    ),
    Rule(
        "title_spaced_commas",
        "title",
        "the title has spaces before its commas, as lists of linked names have",
        holds(r"\S ,(?: |\Z)[^,]{0,200}? ,(?: |\Z)", parts=(" ,",)),
        ("Ann Lee , Bob Roe , Cy Poe", "Ann Lee , Bob Roe ,"),
        ("Nets , ropes", "Red, green, blue"),
    ),
    Rule(
        "title_long",
        "title",
        "the title is longer than 400 characters",
        lambda title: len(title) > 400,
        ("net " * 101,),
        ("On " + "very " * 70 + "long nets",),
    ),
    Rule(
        "title_prose",
        "title",
        "the title is prose of several sentences",
        _is_prose,
        (
            "We show that nets of rope hold more fish than nets of wire do. This has been seen in"
            " all the seas that we have fished so far.",
            "Bakers time ovens by habit. This work makes a model of heat.",
        ),
        (
            "What is history? What is a net? And why bother with the history of nets, one may ask",
            "Now you see me! Attribution distributions reveal what is important for a prediction",
        ),
    ),
    Rule(
        "title_widget",
        "title",
        "the title holds a widget of the page: a box, a button, a picture, a sign",
        holds(
            r"\[ {0,3}\]|\(BUTTON\)|[▽△▼▲☰⋮✕]|\.(?<=\w\.)(?:png|svg|jpe?g|gif|webp)\b|[·•]\Z",
            start=r"\[[ xX_-]?\](?:\s|\Z)|\[-\]|\[(?:image|img|button|link)\b",
            parts=("[", "(BUTTON)", *"▽△▼▲☰⋮✕·•", ".png", ".svg", ".jp", ".gif", ".webp"),
        ),
        (
            "[ ]",
            "[ ] Nets",
            "(BUTTON) Nets",
            "Nets … ▽ More",
            "Nets- ·",
            "[-] 1",
            "avatar.png",
            "[image: logo]",
        ),
        ("[Re] Nets", "Image: a history", "JPEG and PNG compared", "The X] in x[1]"),
    ),
    Rule(
        "title_json",
        "title",
        "the title holds the writing of a program",
        holds(
            r"\"[\w-]{1,40}\" ?: ?(?:[\[{\"]|null\b|true\b|false\b|\d{1,9}(?:[,}]|\Z))|;\s?\}",
            start=r"[\[{]\"|function ?\(|[.#@][\w-]{1,60} ?\{",
            parts=('"', ";"),
        ),
        ('{"title": "Nets"', '"year": 2024', "function (x) {", ".card { color: red; }"),
        ('From "what" to "how": nets', "{n}-nets and {m}-ropes", '"Nets": 12 years later'),
    ),
    Rule(
        "title_sign",
        "title",
        "the title has no letter and no digit",
        _is_sign,
        ("…", ">", "—", "[ ]", "***"),
        ("π", "1984", "愛"),
    ),
    Rule(
        "title_lone",
        "title",
        "the title has fewer than two letters, and the card names no author",
        _is_lone,
        ("94", "1984", "3.", "x", "12:30"),
        ("GPT-4", "Pi", "愛情", "C++ nets", "A 3D net"),
        kind="unnamed",
    ),
    Rule(
        "title_date",
        "title",
        "the title is a date, and the card names no author",
        holds(start=rf"{_DAY}\Z"),
        ("Aug", "Aug 12", "12 August, 2024", "Mon, 2 Jun 2025", "June 2024"),
        ("May the best net win", "September 11 and after", "March of the nets"),
        kind="unnamed",
    ),
    Rule(
        "title_glued",
        "title",
        "the title goes on right behind its question mark, and the card names no author",
        holds(r"\?(?<=[a-z]\?)[^\W\d_]{2}", parts=("?",)),
        ("Why Nets?bell marks", "Do Nets Hold?Ann"),
        ("Why Nets? Bell marks", "Nets of ???", "P?Q?R", "What? Why?"),
        kind="unnamed",
    ),
    Rule(
        "title_names",
        "title",
        "the title looks like a list of names, and the card names no author",
        holds(start=rf"{_NAME}(?:, {_NAME}){{2,60}}(?:,? (?:and|et al\.?).{{0,40}})?,?\Z"),
        ("Ann Lee, Bob Roe, Cy Poe", "Ann Lee, Bob Roe, Cy Poe, et al. (3 more)"),
        ("Red, Green, Blue", "Nets, Ropes, and Anchors", "Ann Lee, Bob Roe"),
        kind="unnamed",
    ),
    Rule(
        "title_last_line",
        "last line",
        "the last line of the title is a number, a sign or the word for a picture",
        holds(
            start=r"[\W_]{0,40}(?:\d[\d.,]{0,11}[KkM]?)?[\W_]{0,3}\Z"
            r"|(?:Image|Thumbnail|Icon|Logo|Photo|Avatar)(?: \d{1,4})?\Z"
        ),
        ("1", "[-] 1", "Image", "Image 3", "____", "1.2k"),
        ("of 12 nets", "3D", "Images", "π", "GPT-4"),
    ),
)
