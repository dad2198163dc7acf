-- Every name on a sighting, the person it is, and the author ids that its content gives.
select
    sightings.sighting_id,
    persons.author_id as cluster_id,
    sightings.is_shown,
    sightings.name_id,
    sightings.name_title_id,
    sightings.name_sighting_id
from people.sightings as sightings
inner join people.persons as persons on sightings.mention_id = persons.mention_id
order by sightings.sighting_id
