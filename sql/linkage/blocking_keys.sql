-- Blocking rules: the keys under which a record looks for others like it.
-- Only variants have keys.
-- The rules overlap on purpose: what one kind of damage hides, another rule finds.
-- grain: one row per variant, rule and key
with record_features as (select * from linkage.record_features),

title_words as (select * from linkage.title_words),

author_keys as (select * from linkage.author_keys),

records as (select * from linkage._sound_records),

variants as (
    select * from record_features
    where record_id = variant_id
),

shared_titles as (
    select title_id from variants
    where title_id is not null
    group by title_id
    having count(*) > 1
),

ranked_words as (
    select title_id, word, place from title_words
    where place <= 4 and n_titles > 1
),

rare_pairs as (
    select l.title_id, l.word || ' ' || r.word as block_key
    from ranked_words as l
    inner join ranked_words as r on l.title_id = r.title_id and l.word < r.word
),

first_authors as (
    select record_id, author_key, min(author_order) as author_order from author_keys
    where author_order <= 3
    group by record_id, author_key
),

-- A retitled paper mostly keeps the beginning or the end of its abstract.
abstract_ends as (
    select
        records.record_id,
        translate(lower(substr(records.abstract, 1, 40)), ' .,:;()-/', '') as start_text,
        translate(
            lower(substr(records.abstract, length(records.abstract) - 39, 40)), ' .,:;()-/', ''
        ) as end_text
    from records
    inner join variants on records.record_id = variants.record_id
    where length(records.abstract) >= 100
),

-- Few texts have other signs: a pattern, which costs more, is sought in these only.
abstracts as (
    select
        record_id,
        case
            when regexp_matches(start_text, '[^a-z0-9]')
                then regexp_replace(start_text, '[^a-z0-9]+', '', 'g')
            else start_text
        end as start_key,
        case
            when regexp_matches(end_text, '[^a-z0-9]')
                then regexp_replace(end_text, '[^a-z0-9]+', '', 'g')
            else end_text
        end as end_key
    from abstract_ends
),

final as (
    select record_id, 'arxiv_id' as blocking_rule, arxiv_id as block_key
    from variants
    where arxiv_id is not null
    union all
    select record_id, 'doi' as blocking_rule, doi as block_key
    from variants
    where doi is not null
    union all
    select variants.record_id, 'title' as blocking_rule, variants.title_id as block_key
    from variants
    inner join shared_titles on variants.title_id = shared_titles.title_id
    union all
    select record_id, 'title_start' as blocking_rule, substr(match_key, 1, 20) as block_key
    from variants
    where length(match_key) >= 20
    union all
    select
        record_id,
        'title_end' as blocking_rule,
        substr(match_key, length(match_key) - 19, 20) as block_key
    from variants
    where length(match_key) >= 20
    union all
    select record_id, 'title_head' as blocking_rule, head_key as block_key
    from variants
    where length(head_key) >= 4
    union all
    select variants.record_id, 'title_words' as blocking_rule, rare_pairs.block_key
    from variants
    inner join rare_pairs on variants.title_id = rare_pairs.title_id
    union all
    select
        variants.record_id,
        'author_and_word' as blocking_rule,
        first_authors.author_key || ' ' || ranked_words.word as block_key
    from variants
    inner join first_authors on variants.record_id = first_authors.record_id
    inner join ranked_words on variants.title_id = ranked_words.title_id
    where ranked_words.place <= 3
    union all
    select l.record_id, 'authors' as blocking_rule, l.author_key || ' ' || r.author_key as block_key
    from first_authors as l
    inner join first_authors as r on l.record_id = r.record_id and l.author_key < r.author_key
    inner join variants on l.record_id = variants.record_id
    union all
    select
        variants.record_id,
        'author_and_year' as blocking_rule,
        first_authors.author_key || ' ' || cast(variants.year as varchar) as block_key
    from variants
    inner join first_authors on variants.record_id = first_authors.record_id
    where first_authors.author_order = 1 and variants.year is not null
    union all
    select record_id, 'abstract_start' as blocking_rule, start_key as block_key
    from abstracts
    where length(start_key) >= 20
    union all
    select record_id, 'abstract_end' as blocking_rule, end_key as block_key
    from abstracts
    where length(end_key) >= 20
)

select * from final
order by record_id, blocking_rule, block_key
