-- A sketch of each abstract: its longest words. It is small, does not change with the other
-- abstracts around, survives small edits, and lets retitled papers be found.
-- grain: one row per variant with an abstract, and word
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

placed_words as (
    select
        record_id,
        word,
        row_number() over (partition by record_id order by length(word) desc, word asc) as place
    from words
),

long_words as (
    select record_id, word from placed_words where place <= 20
),

word_counts as (
    select word, count(*) as n_records from long_words group by word
),

corpus as (
    select cast(count(distinct record_id) as double) as n_all_records from long_words
),

final as (
    select
        long_words.record_id,
        long_words.word,
        cast(word_counts.n_records as integer) as n_records,
        cast(round(100 * ln(1 + corpus.n_all_records / word_counts.n_records)) as integer)
            as weight,
        -- From the rarest; words that stand nowhere else find nothing and come last.
        cast(row_number() over (
            partition by long_words.record_id
            order by
                case when word_counts.n_records > 1 then 0 else 1 end asc,
                word_counts.n_records asc,
                long_words.word asc
        ) as integer) as place
    from long_words
    inner join word_counts on long_words.word = word_counts.word
    cross join corpus
)

select * from final
order by record_id, place
