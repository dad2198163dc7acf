"""Floor 1: what a table, a column, a record, an issue, a check and an id are.

What belongs here: the words that every other package shares, as values; no file is opened. What
does not: anything that reads, writes or asks.
"""
