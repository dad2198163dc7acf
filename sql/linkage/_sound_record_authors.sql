-- The names on cards that are not held back.
with record_authors as (select * from staging.record_authors),

held_records as (
    select record_id from staging.records
    where is_held_back
)

select record_authors.*
from record_authors
left join held_records on record_authors.record_id = held_records.record_id
where held_records.record_id is null
