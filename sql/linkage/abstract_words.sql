-- A sketch of each abstract: its longest words. It is small, does not change with the other
-- abstracts around, and survives small edits. Only where titles and authors leave a doubt.
-- grain: one row per record with an abstract in a doubtful pair, and word
with records as (select * from staging.records),

comparisons as (select * from linkage.comparisons),

doubtful_pairs as (
    select record_id_l, record_id_r
    from comparisons
    where
        not (is_title_equal and n_authors_shared > 0)
        and (n_authors_shared > 0 or n_authors_l = 0 or n_authors_r = 0 or title_percent >= 50)
),

doubtful_records as (
    select record_id_l as record_id from doubtful_pairs
    union
    select record_id_r as record_id from doubtful_pairs
),

words as (
    select
        records.record_id,
        unnest(
            list_distinct(regexp_extract_all(lower(records.abstract), '[a-z]{8,}', 0))
        ) as word
    from records
    inner join doubtful_records on records.record_id = doubtful_records.record_id
    where records.abstract is not null
),

placed_words as (
    select
        record_id,
        word,
        row_number() over (partition by record_id order by length(word) desc, word asc) as place
    from words
),

long_words as (
    select record_id, word, place from placed_words
    where place <= 20
),

word_counts as (
    select word, count(*) as n_records from long_words
    group by word
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
        cast(long_words.place as integer) as place
    from long_words
    inner join word_counts on long_words.word = word_counts.word
    cross join corpus
)

select * from final
order by record_id, place
