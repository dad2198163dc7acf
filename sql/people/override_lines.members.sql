-- The names on sightings that each author id in the overrides file stands for: those that bear it,
-- or bore it last.
with named_ids as (
    select left_id as id from people._author_lines
    union
    select right_id as id from people._author_lines
),

held_names as (
    select
        identities.author_id,
        identities.sighting_id,
        sightings.mention_id,
        coalesce(identities.left_at, timestamp '9999-01-01 00:00:00') as held_until
    from people.identities as identities
    inner join people.sightings as sightings on identities.sighting_id = sightings.sighting_id
),

last_held as (
    select author_id, max(held_until) as held_until
    from held_names
    group by author_id
)

select
    named_ids.id,
    held_names.sighting_id,
    held_names.mention_id,
    mentions.paper_id
from named_ids
inner join held_names on named_ids.id = held_names.author_id
inner join last_held
    on held_names.author_id = last_held.author_id and held_names.held_until = last_held.held_until
inner join people.mentions as mentions on held_names.mention_id = mentions.mention_id
order by named_ids.id, held_names.sighting_id
