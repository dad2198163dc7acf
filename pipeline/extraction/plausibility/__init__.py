"""The gate of plausibility: what a title, a name, a list, a date, an abstract may be.

What belongs here: one table of rules (`table`), judging cards by it (`gate`) and pages (`pages`).
What does not: repairing a value (`repairs`), undoing a saved form (`forms`), what becomes of a card
that breaks a rule (`reading`).
"""
