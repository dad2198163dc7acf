"""Floor 1: what can be said of a text from the text alone: keys, dates, white space, repairs.

What belongs here: pure functions on strings, each idempotent; nothing of ours outside this package
is imported. What does not: what a text means on a page (`sources`), which repair a column gets
(`extraction`, `transforms`).
"""
