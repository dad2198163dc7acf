-- Whose each name in a list of authors is, by the author's lasting id.
-- grain: one row per mention
with persons as (select * from people.persons),

sightings as (select * from people.sightings),

identities as (select * from people.identities),

final as (
    select
        persons.mention_id,
        identities.author_id,
        persons.identity_level,
        persons.identity_reason
    from persons
    inner join sightings on persons.mention_id = sightings.mention_id and sightings.is_shown
    inner join identities
        on sightings.sighting_id = identities.sighting_id and identities.left_at is null
)

select * from final
order by mention_id
