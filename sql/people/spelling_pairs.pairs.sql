-- Persons of different names who have anything in common, with the name of the first.
select
    places.name_key,
    pairs.person_l,
    pairs.person_r,
    pairs.coauthors,
    pairs.likeness
from people._spelling_candidates as pairs
inner join people.places as places on pairs.person_l = places.place
order by pairs.person_l, pairs.person_r
