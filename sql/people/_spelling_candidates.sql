-- Persons of different names who have anything in common.
with tied_persons as (select * from people.tied_persons),

alike_persons as (select * from people.alike_persons),

found as (
    select person_l, person_r, coauthors, cast(0 as double) as likeness from tied_persons
    union all
    select person_l, person_r, cast(0 as bigint) as coauthors, likeness from alike_persons
)

select
    person_l,
    person_r,
    max(coauthors) as coauthors,
    max(likeness) as likeness
from found
group by person_l, person_r
