-- The names on sightings that lines obeyed before stood for, of those still there: a line keeps its
-- meaning when the authors it speaks of have changed their ids, not least by its own effect.
with sides as (
    select left_id, right_id, decision, 'left' as side, unnest(left_sightings) as sighting_id
    from people.override_lines
    where fault is null
    union all
    select left_id, right_id, decision, 'right' as side, unnest(right_sightings) as sighting_id
    from people.override_lines
    where fault is null
)

select distinct
    sides.left_id,
    sides.right_id,
    sides.decision,
    sides.side,
    sides.sighting_id,
    sightings.mention_id,
    mentions.paper_id
from sides
inner join people.sightings as sightings on sides.sighting_id = sightings.sighting_id
inner join people.mentions as mentions on sightings.mention_id = mentions.mention_id
order by sides.left_id, sides.right_id, sides.decision, sides.side, sides.sighting_id
