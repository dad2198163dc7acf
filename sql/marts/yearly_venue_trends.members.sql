-- The venue of a paper as each listing shows it: what its cards say, not what was chosen.
with field_values as (
    select record_id, value from linkage.field_values
    where field = 'venue'
),

paper_records as (select * from marts.paper_records),

final as (
    select distinct
        paper_records.listing_id,
        paper_records.paper_id,
        field_values.value as venue
    from field_values
    inner join paper_records on field_values.record_id = paper_records.record_id
)

select * from final
order by listing_id, paper_id, venue
