-- Every mention of a name that has several.
select
    places.name_key,
    places.place,
    places.paper_no,
    places.name_no,
    places.homonym_id
from people.places as places
inner join people.names as names on places.name_no = names.name_no
where names.n_mentions > 1
order by places.place
