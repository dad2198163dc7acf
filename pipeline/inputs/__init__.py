"""Floor 3: files that people write or bring: tables of records, overrides, notes, settings.

What belongs here: reading such files, where saved pages lie, and messages that name file, line,
what is wrong and what to do. What does not: what is in a saved page (`extraction`), what the values
lead to.
"""
