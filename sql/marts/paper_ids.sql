-- Every id that leads to a paper: join it to ask for a paper by any id it ever had.
-- An id that was split leads to each part, most records first by `n_records`.
-- grain: one row per id and paper it leads to
with identities as (select * from linkage.identities),

content_ids as (select * from linkage.content_ids),

records as (select * from linkage.clustered_records),

held_records as (
    select
        identities.paper_id as known_id,
        records.paper_id,
        records.record_id,
        coalesce(identities.left_at, timestamp '9999-01-01 00:00:00') as held_until
    from identities
    inner join records on identities.record_id = records.record_id
),

last_held as (
    select known_id, max(held_until) as held_until
    from held_records
    group by known_id
),

given_ids as (
    select
        held_records.known_id,
        held_records.paper_id,
        case
            when held_records.held_until = timestamp '9999-01-01 00:00:00' then 'current'
            else 'former'
        end as basis,
        held_records.record_id
    from held_records
    inner join last_held
        on
            held_records.known_id = last_held.known_id
            and held_records.held_until = last_held.held_until
),

-- What the paper would be called had it been met by this record first, or in another warehouse.
content_names as (
    select title_id as known_id, record_id from content_ids
    union
    select title_author_id as known_id, record_id from content_ids
),

unused_names as (
    select
        content_names.known_id,
        records.paper_id,
        'content' as basis,
        records.record_id
    from content_names
    inner join records on content_names.record_id = records.record_id
    left join last_held on content_names.known_id = last_held.known_id
    where last_held.known_id is null
),

all_ids as (
    select distinct known_id, paper_id, basis, record_id from given_ids
    union all
    select known_id, paper_id, basis, record_id from unused_names
),

final as (
    select
        known_id,
        paper_id,
        max(basis) as basis,
        cast(count(*) as integer) as n_records
    from all_ids
    group by known_id, paper_id
)

select * from final
order by known_id, paper_id
