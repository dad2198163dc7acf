"""The report: one HTML page of charts and tables that needs nothing else.

What belongs here: which figures describe a build (`queries/`, `figures`), how they are drawn
(`charts`) and set (`page`, `templates/`). What does not: the values, which the marts hold.
"""
