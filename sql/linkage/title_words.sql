-- Term frequencies: how rare each word of a title is among all distinct titles.
-- Distinct titles, not records: else a paper seen often would make its own words look common.
-- grain: one row per distinct title and word
with record_features as (select * from linkage.record_features),

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

-- Every two words that stand side by side; a beginning and an end count as words.
neighbours as (
    select split_part(pair, ' ', 1) as word_before, split_part(pair, ' ', 2) as word_behind
    from (
        select unnest(regexp_extract_all('^' || title_text || '$', '[^ ]+ [^ ]+')) as pair
        from titles
        union all
        select unnest(regexp_extract_all(title_text || '$', '[^ ]+ [^ ]+')) as pair
        from titles
    ) as pairs
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

-- Variants of one title repeat its slips between the same words; a word of the language stands
-- between others, too.
word_counts as (
    select
        title_counts.word,
        title_counts.n_titles,
        words_before.are_several and words_behind.are_several as is_known
    from title_counts
    inner join words_before on title_counts.word = words_before.word
    inner join words_behind on title_counts.word = words_behind.word
),

corpus as (
    select cast(count(*) as double) as n_all_titles from titles
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
        word_counts.n_titles,
        word_counts.is_known,
        -- Hundredths, whole: sums must not depend on the order of rows. What small tables cannot
        -- tell: such words stand in all titles.
        case
            when
                words.word in (
                    'a', 'an', 'and', 'are', 'as', 'at', 'by', 'der', 'des', 'die', 'for', 'from',
                    'in', 'is', 'of', 'on', 'or', 'the', 'to', 'und', 'using', 'via', 'with'
                )
                then 69
            else cast(round(100 * ln(1 + corpus.n_all_titles / word_counts.n_titles)) as integer)
        end as weight,
        cast(row_number() over (
            partition by words.title_id
            order by
                case when word_counts.n_titles > 1 then 0 else 1 end asc,
                word_counts.n_titles asc,
                words.word asc
        ) as integer) as place
    from words
    inner join word_counts on words.word = word_counts.word
    cross join corpus
)

select * from final
order by title_id, place
