-- The persons whom the mentions of names are by what is told of each name alone.
with places as (select * from people.places),

namesakes as (select * from people.namesakes)

select
    places.place,
    places.paper_id,
    places.paper_no,
    places.name_no,
    coalesce(namesakes.person, places.place) as person,
    coalesce(namesakes.is_alone, false) as is_alone,
    -- A list that gives one number twice gives it to the first.
    case when not coalesce(namesakes.is_alone, false) then places.homonym_id end as homonym_id
from places
left join namesakes on places.place = namesakes.place
