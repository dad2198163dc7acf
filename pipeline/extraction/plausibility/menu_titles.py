"""What a title may not be: a word of the page around it, of its menus, buttons and footers.

What belongs here: the rules about titles that the page's own words break. What does not: the other
rules about titles (`titles`).
"""

from pipeline.extraction.plausibility.rule import Rule, holds
from pipeline.extraction.plausibility.suspects import PAGE_WORDS

# The words of buttons and links that are no paper's title, whoever wrote it.
_BUTTONS = (
    r"(?:(?:view|download|full|open) )?pdf|html(?: \(experimental\))?|pdf, (?:html, )?other"
    r"|(?:show|read|view|load|see) (?:more|less|all|full abstract)|(?:▽ ?|▼ ?)?more ?(?:▽|▼)?"
    r"|(?:△ ?|▲ ?)?less ?(?:△|▲)?|log ?in|log ?out|sign ?(?:in|up|out)|sign in with \w{1,20}"
    r"|upvoted?|menu|advanced search|skip to (?:main )?content|next page|previous page"
    r"|back to top|privacy policy|cookie (?:policy|settings|preferences)|terms of (?:use|service)"
    r"|export bibtex(?: citation)?|submitted by\b.{0,60}|originally announced\b.{0,40}"
    r"|.{0,80} \[view email\]|arxiv-issued doi via datacite(?: \(pending registration\))?"
    r"|authors not shown|\d{1,6} (?:authors?|comments?|upvotes?|likes?|views?|citations?)"
    r"|(?:published|posted|updated) (?:on|at|by)\b.{0,40}|(?:button|image|link|img)\s?\d{0,4}"
    r"|github|paper page|view (?:on|at|in) \w{1,20}|copy(?: link)?|\d{1,2} (?:minutes?|hours?|days?"
    r"|weeks?|months?|years?) ago|untitled|loading(?:\.{3}|…)?|null|none|undefined|nan"
)
# The same, but somebody may have written it above a paper: "Search", "Help", "Comments".
_MENU = (
    r"search(?:\.{3}|…)?|help|home|about|contact(?: us)?|back|next|prev(?:ious)?|other|share|save"
    r"|cite|donate|feedback|settings|profile|follow(?:ing)?|papers?|models?|datasets?|spaces"
    r"|docs|blog|pricing|community|trending|new|all|none|title|authors?|abstract|comments?|reply"
    r"|code|project|date|year|sort by.{0,40}|filters?|results?"
    r"|subscribe|daily papers|organizations?|page \d{1,4}"
)
# Several of them in one line: with a capital each, no sentence.
_MENU_WORD = (
    r"Models?|Datasets?|Spaces|Docs|Blog|Pricing|Community|Papers?|Posts|Tasks|Trending|TOS|Privacy"
)

MENU_TITLE_RULES = (
    Rule(
        "title_button",
        "title",
        "the title is what a button or a link says, or what the page counts",
        holds(start=rf"(?i)[\[(]?(?:{_BUTTONS})[\])]?\.?\Z"),
        (
            "[pdf]",
            "View PDF",
            "Submitted by",
            "Submitted by annlee",
            "▽ More",
            "12 comments",
            "Sign up",
            "Loading…",
        ),
        (
            "More is less",
            "PDF malware",
            "Sign language",
            "Button, button, who has the button?",
            "Copying",
        ),
    ),
    Rule(
        "title_menu",
        "title",
        "the title is a word of a menu, and the card names no author",
        holds(start=rf"(?i)[\[(]?(?:{_MENU})[\])]?\Z|(?:(?:{_MENU_WORD})(?:\s|\Z)){{2,12}}+\Z"),
        ("Search", "Help", "Comments", "[other]", "Trending", "Sort by relevance", "Models Docs"),
        ("Introduction", "Editorial", "Search in nets", "Help wanted", "Obituary", "Preface"),
        kind="unnamed",
    ),
    Rule(
        "title_page_words",
        "title",
        "the title holds words of the page around it, as where columns were read across",
        holds("|".join(PAGE_WORDS), parts=PAGE_WORDS),
        ("Nets view license for fish", "Nets We gratefully acknowledge it", "View PDF of nets"),
        ("A License to View Nets", "The Source of TeX", "Advanced Search for Nets"),
    ),
)
