"""Saved forms: what tools do to a page on its way into a file, and how it is undone.

What belongs here: steps from text to text that know forms (wrapping, quotes, links, widgets) and no
site. What does not: what a line means (`sources`), when a page is undone (`extraction`).
"""
