-- Comparison of titles: what each two that stand in candidate pairs share and where they differ, in
-- numbers. Few titles stand in many pairs of records. Shared words are looked up in the other
-- title's text, not joined: a join of left with right on a word would be run first, as one of all
-- titles with all.
-- grain: one row per two titles of candidate pairs
with candidate_pairs as (select * from linkage.candidate_pairs),

record_features as (select * from linkage.record_features),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
features_on_the_right as (select * from linkage.record_features),

listed_titles as (select * from linkage.record_features),

title_words as (select * from linkage.title_words),

weighed_words as (select * from linkage.title_words),

odd_words as (select * from linkage.title_words),

contrasting_words as (select * from reference.contrasting_words),

contrasts as (select * from reference.contrasting_words),

title_weights as (
    select
        title_id,
        cast(sum(weight) as integer) as title_weight,
        cast(sum(case when is_number then 0 else weight end) as integer) as content_weight,
        cast(sum(case when is_number or has_digit then 0 else weight end) as integer)
            as plain_weight,
        cast(sum(case when is_known then 1 else 0 end) as integer) as n_known_words,
        cast(count(*) as integer) as n_words
    from title_words
    group by title_id
),

-- A title that one source lists under several years is that of a column or a series; where most
-- records tell one year, the others have mistaken it.
source_years as (
    select title_id, source, year, count(*) as n_records
    from listed_titles
    where title_id is not null and source is not null and year is not null
    group by title_id, source, year
),

title_years as (
    select
        title_id,
        cast(max(case when 2 * n_most > n_records then 1 else n_years end) as integer) as n_years
    from (
        select
            title_id,
            source,
            count(*) as n_years,
            max(n_records) as n_most,
            sum(n_records) as n_records
        from source_years
        group by title_id, source
    ) as sources
    group by title_id
),

-- Each two titles as two of their records show them; equal ones as well.
title_pairs as (
    select
        title_ids.title_id_l,
        title_ids.title_id_r,
        title_ids.title_id_l = title_ids.title_id_r as is_title_equal,
        l.match_key as match_key_l,
        r.match_key as match_key_r,
        l.title_text as title_text_l,
        r.title_text as title_text_r
    from (
        select
            title_id_l,
            title_id_r,
            min(record_id_l) as record_id_l,
            min(record_id_r) as record_id_r
        from candidate_pairs
        group by title_id_l, title_id_r
    ) as title_ids
    inner join record_features as l on title_ids.record_id_l = l.record_id
    inner join features_on_the_right as r on title_ids.record_id_r = r.record_id
),

-- Each word of the left title, and whether the right one has it.
looked_up_words as (
    select
        title_pairs.title_id_l,
        title_pairs.title_id_r,
        words.word,
        words.weight,
        case when words.is_known then 1 else 0 end as n_known,
        case when words.is_number then 0 else words.weight end as content_weight,
        case when words.is_number or words.has_digit then 0 else words.weight end as plain_weight,
        contains(title_pairs.title_text_r, ' ' || words.word || ' ') as is_shared
    from title_pairs
    inner join weighed_words as words on title_pairs.title_id_l = words.title_id
    where not title_pairs.is_title_equal
),

-- All NULL where no word is shared.
shared_title_words as (
    select
        title_id_l,
        title_id_r,
        cast(sum(case when is_shared then weight end) as integer) as shared_weight,
        cast(sum(case when is_shared then content_weight end) as integer) as shared_content,
        cast(sum(case when is_shared then plain_weight end) as integer) as shared_plain,
        cast(sum(case when is_shared then n_known end) as integer) as n_known_shared,
        cast(sum(case when is_shared then 1 end) as integer) as n_shared,
        sum(case when is_shared then 0 else 1 end) as n_odd,
        min(case when is_shared then null else word end) as odd_word
    from looked_up_words
    group by title_id_l, title_id_r
),

-- The one word that each of two titles has alone.
odd_word_pairs as (
    select
        title_pairs.title_id_l,
        title_pairs.title_id_r,
        min(shared.odd_word) as word_l,
        min(words.word) as word_r
    from shared_title_words as shared
    inner join title_pairs
        on
            shared.title_id_l = title_pairs.title_id_l
            and shared.title_id_r = title_pairs.title_id_r
    inner join odd_words as words on title_pairs.title_id_r = words.title_id
    where shared.n_odd = 1 and not contains(title_pairs.title_text_l, ' ' || words.word || ' ')
    group by title_pairs.title_id_l, title_pairs.title_id_r
    having count(*) = 1
),

-- Linear and nonlinear, male and female, northern and southern: words that differ in two letters or
-- more of their beginning, and in nothing else, are two words and no typing error. Men and women,
-- upper and lower, Kenya and Peru are words of one kind with two meanings.
odd_pairs as (
    select
        words.title_id_l,
        words.title_id_r,
        least(length(words.word_l), length(words.word_r)) >= 4
        and levenshtein(words.word_l, words.word_r) >= 2
        and (
            words.word_l like '%' || words.word_r
            or words.word_r like '%' || words.word_l
            or (
                least(length(words.word_l), length(words.word_r)) >= 7
                and right(words.word_l, 5) = right(words.word_r, 5)
            )
        ) as is_other_beginning,
        coalesce(kinds_l.kind = kinds_r.kind and kinds_l.meaning <> kinds_r.meaning, false)
            as is_contrast
    from odd_word_pairs as words
    left join contrasting_words as kinds_l on words.word_l = kinds_l.word
    left join contrasts as kinds_r on words.word_r = kinds_r.word
),

compared_titles as (
    select
        title_pairs.title_id_l,
        title_pairs.title_id_r,
        case
            when title_pairs.is_title_equal then weight_l.title_weight
            else coalesce(shared.shared_weight, 0)
        end as title_weight_shared,
        case
            when title_pairs.is_title_equal then 0
            else weight_l.title_weight - coalesce(shared.shared_weight, 0)
        end as title_weight_only_l,
        case
            when title_pairs.is_title_equal then 0
            else weight_r.title_weight - coalesce(shared.shared_weight, 0)
        end as title_weight_only_r,
        -- Of parts of a series all is shared but for numbers.
        coalesce(
            weight_l.content_weight = shared.shared_content
            and weight_r.content_weight = shared.shared_content, false
        ) as is_number_apart,
        -- C60 and C70, Tarn2 and Tarn3: all is shared but for words with digits.
        coalesce(
            weight_l.plain_weight = shared.shared_plain
            and weight_r.plain_weight = shared.shared_plain, false
        ) as is_code,
        -- Words that other titles use, too, are no typing errors.
        coalesce(
            not title_pairs.is_title_equal
            and weight_l.n_known_words > coalesce(shared.n_known_shared, 0)
            and weight_r.n_known_words > coalesce(shared.n_known_shared, 0), false
        ) as is_other_word,
        -- An error in each of two titles: then the right words are those that the other lacks.
        coalesce(
            weight_l.n_words > shared.n_shared + 1 and weight_r.n_words > shared.n_shared + 1,
            false
        ) as are_several_odd,
        coalesce(odds.is_other_beginning, false) as is_other_beginning,
        coalesce(odds.is_contrast, false) as is_contrast,
        case
            when title_pairs.is_title_equal then 0
            when
                length(title_pairs.match_key_l) > 400 or length(title_pairs.match_key_r) > 400
                then null
            when
                3 * coalesce(shared.shared_weight, 0)
                >= case
                    when weight_l.title_weight < weight_r.title_weight then weight_l.title_weight
                    else weight_r.title_weight
                end
                then levenshtein(title_pairs.match_key_l, title_pairs.match_key_r)
        end as title_edits,
        case
            when length(title_pairs.match_key_l) > length(title_pairs.match_key_r)
                then length(title_pairs.match_key_l)
            else length(title_pairs.match_key_r)
        end as title_length,
        coalesce(
            starts_with(title_pairs.title_text_l, title_pairs.title_text_r)
            or starts_with(title_pairs.title_text_r, title_pairs.title_text_l), false
        ) as is_title_start,
        coalesce(title_years.n_years, 0) as n_title_years
    from title_pairs
    left join title_weights as weight_l on title_pairs.title_id_l = weight_l.title_id
    left join title_weights as weight_r on title_pairs.title_id_r = weight_r.title_id
    left join title_years on title_pairs.title_id_l = title_years.title_id
    left join shared_title_words as shared
        on
            title_pairs.title_id_l = shared.title_id_l
            and title_pairs.title_id_r = shared.title_id_r
    left join odd_pairs as odds
        on title_pairs.title_id_l = odds.title_id_l and title_pairs.title_id_r = odds.title_id_r
),

final as (
    select
        *,
        cast(
            floor(
                100.0 * title_weight_shared
                / nullif(title_weight_shared + title_weight_only_l + title_weight_only_r, 0)
            ) as integer
        ) as title_percent
    from compared_titles
)

select * from final
order by title_id_l, title_id_r
