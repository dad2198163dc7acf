-- Whose each name in a list of authors is, by the author's lasting id.
-- grain: one row per mention
with corrected as (select * from people.corrected),

sightings as (select * from people.sightings),

identities as (select * from people.identities),

final as (
    select
        corrected.mention_id,
        identities.author_id,
        corrected.identity_level,
        corrected.identity_reason
    from corrected
    inner join sightings on corrected.mention_id = sightings.mention_id and sightings.is_shown
    inner join identities
        on sightings.sighting_id = identities.sighting_id and identities.left_at is null
)

select * from final
order by mention_id
