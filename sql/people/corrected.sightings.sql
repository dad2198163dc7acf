-- The names on sightings that lines of the overrides file stand for.
with spoken_of as (
    select unnest(left_sightings) as sighting_id from people.override_lines
    union
    select unnest(right_sightings) as sighting_id from people.override_lines
)

select sightings.sighting_id, sightings.mention_id
from people.sightings as sightings
inner join spoken_of on sightings.sighting_id = spoken_of.sighting_id
order by sightings.sighting_id
