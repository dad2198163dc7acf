-- The records that each id in the overrides file stands for: a record for itself, a paper id for
-- the records that bear it or bore it last, and for those never seen before that their content
-- would give it to.
with named_ids as (
    select left_id as id from raw.overrides
    where fault is null
    union
    select right_id as id from raw.overrides
    where fault is null
),

held_records as (
    select
        identities.paper_id,
        identities.record_id,
        coalesce(identities.left_at, timestamp '9999-01-01 00:00:00') as held_until
    from linkage.identities as identities
    inner join linkage._sound_records as records on identities.record_id = records.record_id
),

last_held as (
    select paper_id, max(held_until) as held_until
    from held_records
    group by paper_id
),

members as (
    select named_ids.id, records.record_id
    from named_ids
    inner join linkage._sound_records as records on named_ids.id = records.record_id
    union
    select named_ids.id, held_records.record_id
    from named_ids
    inner join held_records on named_ids.id = held_records.paper_id
    inner join last_held
        on
            held_records.paper_id = last_held.paper_id
            and held_records.held_until = last_held.held_until
    union
    select named_ids.id, content_ids.record_id
    from named_ids
    inner join linkage.content_ids as content_ids
        on
            named_ids.id = content_ids.title_id
            or named_ids.id = content_ids.title_author_id
            or named_ids.id = content_ids.title_record_id
    left join held_records on content_ids.record_id = held_records.record_id
    where held_records.record_id is null
)

select id, record_id
from members
order by id, record_id
