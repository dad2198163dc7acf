"""Floor 3: saved pages made up from a seed, with the truth beside them: `papermart synth`.

What belongs here: subjects and their words (`subjects`, `grammar`), people and their names
(`names`), who wrote what (`world`), what each site shows of it (`sightings`), the sites' layouts
(`texts`, `markup`, `paper_pages`), which page shows what (`plan`), writing all of it (`write`).
What does not: reading pages, measuring.

Every paper, person and page is a function of the seed and of its number alone. So pages are made in
any order and by any number of processes, and memory does not grow with their number.
"""
