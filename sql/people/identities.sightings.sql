-- Every name on a sighting, the person it is, and the author ids that its content gives.
select
    sightings.sighting_id,
    corrected.person_id,
    sightings.is_shown,
    sightings.name_id,
    sightings.name_title_id,
    sightings.name_sighting_id
from people.sightings as sightings
inner join people.corrected as corrected on sightings.mention_id = corrected.mention_id
order by sightings.sighting_id
