-- The titles and abstracts chosen for papers, as their records have them.
with chosen_values as (select * from linkage.chosen_values),

records as (select * from linkage._sound_records)

select
    chosen_values.paper_id,
    chosen_values.field,
    chosen_values.record_id,
    chosen_values.n_agree,
    chosen_values.n_conflict,
    case when chosen_values.field = 'title' then records.title else records.abstract end as value
from chosen_values
inner join records on chosen_values.record_id = records.record_id
where chosen_values.field in ('title', 'abstract')
