-- In how many titles each word stands, and between which others.
-- Distinct titles, not records: else a paper seen often would make its own words look common.
-- grain: one row per word of a title
with record_features as (select * from linkage.record_features),

neighbours as (select * from linkage._title_neighbours),

titles as (
    select title_id, title_text from record_features
    where record_id = title_id
),

words as (
    select distinct title_id, word
    from (
        select title_id, unnest(string_split_regex(trim(title_text), ' ')) as word
        from titles
    ) as split_titles
),

title_counts as (
    select word, cast(count(*) as integer) as n_titles
    from words
    group by word
),

words_before as (
    select word_behind as word, min(word_before) <> max(word_before) as are_several
    from neighbours
    group by word_behind
),

words_behind as (
    select word_before as word, min(word_behind) <> max(word_behind) as are_several
    from neighbours
    group by word_before
),

corpus as (
    select cast(count(*) as integer) as n_all_titles from titles
),

-- Variants of one title repeat its slips between the same words; a word of the language stands
-- between others, too.
final as (
    select
        title_counts.word,
        title_counts.n_titles,
        words_before.are_several and words_behind.are_several as is_known,
        corpus.n_all_titles
    from corpus
    cross join title_counts
    inner join words_before on title_counts.word = words_before.word
    inner join words_behind on title_counts.word = words_behind.word
)

select * from final
order by word
