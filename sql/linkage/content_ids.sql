-- The paper ids that a record's own content gives: what a paper is called when it is first met.
-- A title of three words and more names one paper. A shorter one ("Introduction") does so with the
-- first author only. Where that is not enough the record itself is added.
-- grain: one row per record
with records as (select * from linkage._sound_records),

record_authors as (select * from linkage._sound_record_authors),

first_authors as (
    select
        record_id,
        substr(name_key, 1, 1) || ' ' || regexp_extract(name_key, '[a-z0-9]+$', 0) as author_part
    from record_authors
    where author_order = 1 and name_key is not null
),

titles as (
    select
        records.record_id,
        records.split_confidence is null as is_title_whole,
        -- Without spaces "pre-training" equals "pretraining".
        coalesce(replace(records.title_key, ' ', ''), lower(records.title)) as title_part,
        coalesce(first_authors.author_part, '') as author_part,
        length(records.title_key) - length(replace(records.title_key, ' ', '')) + 1 as n_words
    from records
    left join first_authors on records.record_id = first_authors.record_id
),

final as (
    select
        record_id,
        is_title_whole,
        'p' || substr(
            md5(
                case
                    when n_words > 2 then title_part
                    else title_part || '|' || author_part
                end
            ), 1, 16
        ) as title_id,
        'p' || substr(md5(title_part || '|' || author_part), 1, 16) as title_author_id,
        'p' || substr(
            md5(title_part || '|' || author_part || '|' || record_id), 1, 16
        ) as title_record_id
    from titles
)

select * from final
order by record_id
