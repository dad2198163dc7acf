-- The titles and abstracts chosen for papers, as their records have them.
with chosen_values as (select * from linkage.chosen_values),

texts as (select * from linkage._sound_record_texts)

select
    chosen_values.paper_id,
    chosen_values.field,
    chosen_values.record_id,
    chosen_values.n_agree,
    chosen_values.n_conflict,
    case when chosen_values.field = 'title' then texts.title else texts.abstract end as value
from chosen_values
inner join texts on chosen_values.record_id = texts.record_id
where chosen_values.field in ('title', 'abstract')
