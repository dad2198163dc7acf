-- Every two words that stand side by side in a title; a beginning and an end count as words.
-- grain: one row per distinct title and place between words
with record_features as (select * from linkage.record_features),

titles as (
    select title_id, title_text from record_features
    where record_id = title_id
),

pairs as (
    select title_id, unnest(regexp_extract_all('^' || title_text || '$', '[^ ]+ [^ ]+')) as pair
    from titles
    union all
    select title_id, unnest(regexp_extract_all(title_text || '$', '[^ ]+ [^ ]+')) as pair
    from titles
)

select
    title_id,
    split_part(pair, ' ', 1) as word_before,
    split_part(pair, ' ', 2) as word_behind
from pairs
