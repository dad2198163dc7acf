"""Floor 3: files that people write or bring: tables of records, overrides, notes, settings.

What belongs here: reading such files, and messages that name file, line, what is wrong and what to
do. What does not: saved pages (`extraction`), what the values lead to.
"""
