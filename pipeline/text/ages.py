"""How long ago something was, in words.

What belongs here: the words. What does not: which clock is believed (`storage.retention`).
"""

from datetime import date, timedelta

_MONTH, _YEAR = 30.44, 365.25
_UNITS = ((_YEAR, 2, "year"), (_MONTH, 2, "month"), (1, 1, "day"))


def age_words(age: timedelta) -> str:
    """Return how long ago something was, in the largest unit of which it is some.

    >>> age_words(timedelta(days=3, hours=2)), age_words(timedelta(minutes=61))
    ('3 days ago', '1 hour ago')
    >>> age_words(timedelta(days=70)), age_words(timedelta(days=800)), age_words(timedelta())
    ('2 months ago', '2 years ago', 'just now')
    """
    for days, least, unit in _UNITS:
        if (n := int(age.days / days)) >= least:
            return _ago(n, unit)
    for seconds, unit in ((3600, "hour"), (60, "minute")):
        if n := max(0, age.days * 86_400 + age.seconds) // seconds:
            return _ago(n, unit)
    return "just now"


def day_words(day: date, today: date) -> str:
    """Return how long ago a day was.

    >>> today = date(2026, 3, 1)
    >>> day_words(today, today), day_words(date(2026, 2, 28), today)
    ('today', '1 day ago')
    """
    return "today" if day >= today else age_words(today - day)


def _ago(n: int, unit: str) -> str:
    return f"{n} {unit}{'' if n == 1 else 's'} ago"
