-- For every field of every paper: the value chosen (`linkage.chosen_values`), the record it comes
-- from, who agrees; titles and abstracts with stray spaces repaired (`linkage.mended_texts`).
-- The first author is that of the paper's author list (`people.mentions`).
-- grain: one row per paper and field
with chosen_values as (select * from linkage.chosen_values),

texts as (select * from linkage._chosen_texts),

mended_texts as (select * from linkage.mended_texts),

mentions as (select * from people.mentions),

records as (select * from linkage.clustered_records),

record_authors as (select * from linkage._sound_record_authors),

-- Two first authors agree if family name and first initial do.
first_names as (
    select
        records.paper_id,
        records.record_id,
        substr(record_authors.name_key, 1, 1) || ' '
        || regexp_extract(record_authors.name_key, '[^ ]+$', 0) as agree_key
    from records
    inner join record_authors on records.record_id = record_authors.record_id
    where record_authors.author_order = 1
),

first_authors as (
    select
        mentions.paper_id,
        mentions.author_name as value,
        mentions.record_id,
        count(case when others.agree_key = own.agree_key then 1 end) as n_agree,
        count(*) as n_values
    from mentions
    inner join first_names as own on mentions.record_id = own.record_id
    inner join first_names as others on mentions.paper_id = others.paper_id
    where mentions.is_first and mentions.evidence = 'listed'
    group by mentions.paper_id, mentions.author_name, mentions.record_id
),

final as (
    select
        paper_id, field, value, record_id, basis, n_agree, n_conflict,
        cast([] as varchar[]) as repairs
    from chosen_values
    where field not in ('title', 'abstract')
    union all
    select
        texts.paper_id,
        texts.field,
        coalesce(mended_texts.value, texts.value) as value,
        texts.record_id,
        cast(null as varchar) as basis,
        texts.n_agree,
        texts.n_conflict,
        coalesce(mended_texts.repairs, cast([] as varchar[])) as repairs
    from texts
    left join mended_texts
        on texts.paper_id = mended_texts.paper_id and texts.field = mended_texts.field
    union all
    select
        paper_id,
        'first_author' as field,
        value,
        record_id,
        cast(null as varchar) as basis,
        cast(greatest(n_agree, 1) as integer) as n_agree,
        cast(n_values - greatest(n_agree, 1) as integer) as n_conflict,
        cast([] as varchar[]) as repairs
    from first_authors
)

select paper_id, field, value, record_id, basis, n_agree, n_conflict, repairs
from final
order by paper_id, field
