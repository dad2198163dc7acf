"""Floor 5: bringing a warehouse up to date: what is due and why, table by table, and its health.

What belongs here: the decision what has to be done, and doing it; the command line and Dagster both
call these functions. What does not: how a page is read (`extraction`), how a model is run
(`models.runner`), how progress is shown (`cli`).

Not called `build`: pytest, ruff and others take a folder of that name for something made, and
leave it out.
"""
