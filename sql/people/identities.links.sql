-- Which persons and author ids hang together: a person with the ids that the names on sightings
-- bear or bore, and with those that their content gives, where another person or an earlier build
-- knows them.
with corrected as (select * from people.corrected),

sightings as (select * from people.sightings),

identities as (select * from people.identities),

borne as (
    select distinct corrected.person_id, identities.author_id
    from identities
    inner join sightings on identities.sighting_id = sightings.sighting_id
    inner join corrected on sightings.mention_id = corrected.mention_id
),

ids as (
    select mention_id, name_id as author_id from sightings
    union all
    select mention_id, name_title_id as author_id from sightings
    union all
    select mention_id, name_sighting_id as author_id from sightings
),

given_ids as (
    select distinct corrected.person_id, ids.author_id
    from ids
    inner join corrected on ids.mention_id = corrected.mention_id
),

shared as (
    select author_id from given_ids
    group by author_id
    having count(*) > 1
    union
    select author_id from identities
),

final as (
    select person_id, author_id from borne
    union
    select given_ids.person_id, given_ids.author_id
    from given_ids
    inner join shared on given_ids.author_id = shared.author_id
)

select * from final
order by person_id, author_id
