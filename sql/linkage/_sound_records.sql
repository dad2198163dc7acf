-- The cards that are not held back: what every other table knows of cards.
select *
from staging.records
where coalesce(is_held_back, false) = false
