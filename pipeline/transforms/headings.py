"""Usual headings, such as Editorial, Correspondence or Book reviews: what very many works bear.

What belongs here: the one rule which titles are no more than a heading, of editors or of a column,
and what follows at once: the headings among titles, and titles without them. What does not: what a
heading says of two records (`sql/linkage`), marks beside a title (`text.title_markers`).
"""

import polars as pl

# What may stand before a heading, any number of times.
_BEFORE = "the|an|guest|invited|special|annual|book|author|subject|editors?|editor s|from the"
_HEADING = (
    f"^(?:(?:{_BEFORE}) )*(?:"
    "editorials?(?: (?:introduction|notes?|board|comments?|preface))?"
    "|(?:introduction|preface|foreword|editorial)"
    "(?: (?:to|for) (?:the|this) (?:special )?(?:issue|section|volume))?"
    "|prologue|epilogue|afterword|announcements?|column|message|correspondence"
    "|(?:(?:book|software|media|film) )?reviews?(?: column)?"
    "|letters?(?: to the editors?)?|(?:farewell )?notes?|remarks|comments?|repl(?:y|ies)"
    "|(?:front|back) (?:matter|cover)|(?:title|copyright) page|masthead|call for papers"
    "|in this issue|issue information|advertisements?|conference organi[sz]ation"
    "|(?:(?:technical )?program(?:me)?|organi[sz]ing) committee|(?:list of )?reviewers"
    "|reviewers? acknowledge?ments?"
    "|(?:welcome|message|letter|notes?|remarks|words)(?: message)? from the .{0,30}"
    "(?:chairs?|editors?|president)"
    "|(?:vice )?chairs?(?: s)? (?:message|notes?)|in memoriam|obituar(?:y|ies)"
    "|index|(?:table of )?contents|contributors|calendar(?: of events)?"
    "|corrections?|corrigend(?:um|a)|errat(?:um|a)|news(?: and notes)?|(?:panel )?discussion|panel"
    "|abstracts?"
    "|acknowledge?ments?(?: to reviewers)?|welcome(?: message)?|conference reports?)$"
)


def headings(titles: pl.DataFrame) -> pl.DataFrame:
    """Return the titles that are usual headings.

    Args:
        titles: column `title_key`.

    Returns:
        Column `title_key`, in the order of the titles.
    """
    return titles.filter(pl.col("title_key").str.contains(_HEADING))


def without_headings(title_keys: pl.Series) -> pl.Series:
    """Return keys of titles, NULL for those that are usual headings.

    >>> without_headings(pl.Series(["guest editorial", "editorial bias"])).to_list()
    [None, 'editorial bias']
    """
    keys = pl.DataFrame({"key": title_keys})
    return keys.select(pl.when(~pl.col("key").str.contains(_HEADING)).then("key")).to_series()
