-- Persons of different names who have enough in common.
select
    person_l,
    person_r,
    score,
    in_common
from people.spelling_pairs
order by person_l, person_r
