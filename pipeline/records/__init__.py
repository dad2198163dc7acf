"""Floor 4: linkage on a table of records that somebody brings, with the warehouse's own models.

What belongs here: giving such a table the shape of the staging tables, running the models on it,
writing what they say. What does not: the models (`sql/linkage`), judging the result (`evaluate`).
"""
