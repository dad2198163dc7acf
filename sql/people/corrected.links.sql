-- Which persons a line of the overrides file says to be one.
with lines as (
    select line, left_sightings, right_sightings from people.override_lines
    where decision = 'same'
),

spoken_of as (
    select line, unnest(left_sightings) as sighting_id from lines
    union
    select line, unnest(right_sightings) as sighting_id from lines
),

sightings as (select * from people.sightings),

persons as (select * from people.persons),

people_of_lines as (
    select distinct spoken_of.line, persons.author_id
    from spoken_of
    inner join sightings on spoken_of.sighting_id = sightings.sighting_id
    inner join persons on sightings.mention_id = persons.mention_id
),

firsts as (
    select line, min(author_id) as author_id from people_of_lines
    group by line
),

final as (
    select distinct firsts.author_id, people_of_lines.author_id as other_author_id
    from firsts
    inner join people_of_lines on firsts.line = people_of_lines.line
    where firsts.author_id <> people_of_lines.author_id
)

select * from final
order by author_id, other_author_id
