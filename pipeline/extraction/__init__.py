"""Floor 4: from saved pages to the staging tables: found, decoded, read, repaired, counted.

What belongs here: what becomes of the files in the raw folder, golden pairs, and the skeleton of a
new site. What does not: how a page of a site is read (`sources`), where tables lie (`storage`),
which dumps are due (`builds`).
"""
