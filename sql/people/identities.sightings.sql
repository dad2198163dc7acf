-- Every name on a sighting, the person it is as a number in the order of persons, which takes less
-- memory than a text, and the author ids that its content gives.
select
    sightings.sighting_id,
    cast(dense_rank() over (order by corrected.person_id) as integer) as cluster_id,
    sightings.is_shown,
    sightings.name_id,
    sightings.name_title_id,
    sightings.name_sighting_id
from people.sightings as sightings
inner join people.corrected as corrected on sightings.mention_id = corrected.mention_id
order by sightings.sighting_id
