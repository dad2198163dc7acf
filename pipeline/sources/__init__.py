"""Floor 2: the sites papermart reads, one module each in `sites`, and what they share.

What belongs here: from the lines of a page to findings; pure, no files, no clock. What does not:
files, tables, which page is new. A new site is one module in `sites` with its golden pairs.
"""
