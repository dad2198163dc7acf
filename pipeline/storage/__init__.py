"""Floor 2: where tables lie and how they are asked: engines, files, stamps, published versions.

What belongs here: everything that touches the warehouse folder or opens an engine. What does not:
what a table means (`contract`, `sql/`), when it is due (`builds`).
"""
