"""Floor 3: the models in `sql/`: what they select, what they read, how they are run and tested.

What belongs here: loading `sql/`, dependencies by parsing, reference tables, versions of code, the
one runner, given/expect tests. What does not: when a model is due (`builds`).
"""
