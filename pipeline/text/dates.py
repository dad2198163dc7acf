"""Days and months as pages write them.

What belongs here: names of months, dates from their parts. What does not: how a page lays out a
date (`sources`), the year that it omits (`sources.reading`).
"""

from datetime import date

_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
MONTHS = {
    spelling: number
    for number, name in enumerate(_MONTH_NAMES, 1)
    for spelling in (name.lower(), name[:3].lower())
}
MONTH = "|".join(sorted((m.capitalize() for m in MONTHS), key=len, reverse=True))


def month_number(name: str) -> int | None:
    """Return 1-12 for an English month name, full or three letters, else None.

    >>> month_number("Sep"), month_number("September"), month_number("Sept")
    (9, 9, None)
    """
    return MONTHS.get(name.lower())


def make_date(year: int | None, month: int | None, day: int | None) -> date | None:
    """Return the date, or None where a part is unknown or the day does not exist.

    >>> make_date(2024, 2, 29), make_date(2023, 2, 29), make_date(None, 1, 1)
    (datetime.date(2024, 2, 29), None, None)
    """
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
