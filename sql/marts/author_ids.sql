-- Every id that leads to an author: join it to ask for an author by any id the author ever had.
-- An id that was split leads to each part, most names first by `n_mentions`.
-- grain: one row per id and author it leads to
with identities as (select * from people.identities),

sightings as (select * from people.sightings),

mention_authors as (select * from people.mention_authors),

held_names as (
    select
        identities.author_id as known_id,
        mention_authors.author_id,
        mention_authors.mention_id,
        coalesce(identities.left_at, timestamp '9999-01-01 00:00:00') as held_until
    from identities
    inner join sightings on identities.sighting_id = sightings.sighting_id
    inner join mention_authors on sightings.mention_id = mention_authors.mention_id
),

last_held as (
    select known_id, max(held_until) as held_until
    from held_names
    group by known_id
),

final as (
    select
        held_names.known_id,
        held_names.author_id,
        case
            when held_names.held_until = timestamp '9999-01-01 00:00:00' then 'current'
            else 'former'
        end as basis,
        cast(count(distinct held_names.mention_id) as integer) as n_mentions
    from held_names
    inner join last_held
        on
            held_names.known_id = last_held.known_id
            and held_names.held_until = last_held.held_until
    group by held_names.known_id, held_names.author_id, held_names.held_until
)

select * from final
order by known_id, author_id
