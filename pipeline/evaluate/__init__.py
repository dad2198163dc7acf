"""Measuring what was built against labelled data: how often it is right, and how sure it is.

What belongs here: a module for each step that is measured, with the reading of its labelled
files and the figures that say how good it is. What does not: the steps themselves, printing
(`cli`), speed (`benchmarks`).
"""
