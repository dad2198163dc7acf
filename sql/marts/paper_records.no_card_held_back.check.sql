-- no card that is held back is in a mart
with records as (select * from staging.records)

select
    paper_records.record_id,
    records.held_back_by
from marts.paper_records
inner join records on paper_records.record_id = records.record_id
where records.is_held_back
