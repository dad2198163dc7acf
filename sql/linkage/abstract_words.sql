-- The rarest long words of each abstract that stand in another abstract too: a sketch that is
-- small, survives small edits, and finds retitled papers.
-- grain: one row per record with an abstract, and word
with records as (select * from staging.records),

record_features as (select * from linkage.record_features),

words as (
    select distinct record_id, word
    from (
        select
            records.record_id,
            unnest(regexp_extract_all(lower(records.abstract), '([a-z]{8,})', 1)) as word
        from records
        inner join record_features on records.record_id = record_features.record_id
        where records.abstract is not null and record_features.variant_id = records.record_id
    )
),

word_counts as (
    select word, count(*) as n_records
    from words
    group by word
    having count(*) > 1
),

placed_words as (
    select
        words.record_id,
        words.word,
        word_counts.n_records,
        row_number() over (
            partition by words.record_id order by word_counts.n_records, words.word
        ) as place
    from words
    inner join word_counts on words.word = word_counts.word
),

final as (
    select
        record_id,
        word,
        cast(n_records as integer) as n_records,
        cast(place as integer) as place
    from placed_words
    where place <= 16
)

select * from final
order by record_id, place
