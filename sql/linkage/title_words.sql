-- Term frequencies: how rare each word of a title is among all distinct titles
-- (`linkage.word_counts`).
-- grain: one row per distinct title and word
with record_features as (select * from linkage.record_features),

neighbours as (select * from linkage._title_neighbours),

word_counts as (select * from linkage.word_counts),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
counted_titles as (select * from linkage.word_counts),

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

known_words as (
    select
        words.title_id,
        words.word,
        counted.n_titles,
        counted.is_known
    from words
    left join word_counts as counted on words.word = counted.word
),

-- Words that were in no title when words were counted are counted here.
new_words as (
    select word, cast(count(*) as integer) as n_titles
    from known_words
    where n_titles is null
    group by word
),

titles_with_new_words as (
    select distinct title_id from known_words
    where n_titles is null
),

new_neighbours as (
    select neighbours.word_before, neighbours.word_behind
    from neighbours
    inner join titles_with_new_words as titles on neighbours.title_id = titles.title_id
),

words_before as (
    select word_behind as word, min(word_before) <> max(word_before) as are_several
    from new_neighbours
    group by word_behind
),

words_behind as (
    select word_before as word, min(word_behind) <> max(word_behind) as are_several
    from new_neighbours
    group by word_before
),

counts_now as (
    select
        known_words.title_id,
        known_words.word,
        coalesce(known_words.n_titles, new_words.n_titles) as n_titles,
        coalesce(
            known_words.is_known, words_before.are_several and words_behind.are_several
        ) as is_known
    from known_words
    left join new_words on known_words.word = new_words.word
    left join words_before on new_words.word = words_before.word
    left join words_behind on new_words.word = words_behind.word
),

titles_now as (
    select cast(count(*) as double) as n_titles from titles
),

titles_then as (
    select cast(max(n_all_titles) as double) as n_titles from counted_titles
),

corpus as (
    select coalesce(titles_then.n_titles, titles_now.n_titles) as n_all_titles
    from titles_now
    cross join titles_then
),

final as (
    select
        words.title_id,
        words.word,
        -- Digits, Roman numerals, single letters, numbers in words and the words that lead them
        -- tell the parts of a series apart; "a" is the article. Higher numbers are counts: of what
        -- there were forty, a later version counts 43.
        regexp_matches(
            words.word,
            '^([0-9]+(st|nd|rd|th|[a-z])?|[ivx]{1,5}|[b-z]|parts?|vol|volume|chapter|edition|no'
            || '|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth'
            || '|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth'
            || '|twentieth|one|two|three|four|five|six|seven|eight|nine|ten)$'
        ) as is_number,
        -- C60, La2CuO4, GPT4: one sign more or less makes it another thing, not a typing error.
        regexp_matches(words.word, '[0-9]') as has_digit,
        words.n_titles,
        words.is_known,
        -- Hundredths, whole: sums must not depend on the order of rows. What small tables cannot
        -- tell: such words stand in all titles.
        case
            when
                words.word in (
                    'a', 'an', 'and', 'are', 'as', 'at', 'by', 'der', 'des', 'die', 'for', 'from',
                    'in', 'is', 'of', 'on', 'or', 'the', 'to', 'und', 'using', 'via', 'with'
                )
                then 69
            else cast(round(100 * ln(1 + corpus.n_all_titles / words.n_titles)) as integer)
        end as weight,
        cast(row_number() over (
            partition by words.title_id
            order by
                case when words.n_titles > 1 then 0 else 1 end asc,
                words.n_titles asc,
                words.word asc
        ) as integer) as place
    from corpus
    cross join counts_now as words
)

select * from final
order by title_id, place
