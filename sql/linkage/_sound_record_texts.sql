-- Titles and abstracts of the cards that are not held back, and of those that are: only to be
-- joined with ids of the former. Of rows that meet a condition Sail guesses that they are a fifth
-- of all, and holds all these texts to look up a few.
select record_id, title, abstract
from staging.records
