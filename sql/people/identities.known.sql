-- The ids that names on sightings bear and bore, as the last build left them.
select
    sighting_id,
    author_id,
    given_at,
    left_at
from people.identities
order by sighting_id, author_id, given_at
