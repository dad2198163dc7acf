-- Under which keys names meet that may be one person's.
-- `coauthors`: the family name behind an initial, whichever word of the name it is; who meets under
-- it may be one person if coauthors say so. `words`: the last word with another whole one, in
-- alphabetical order; `initial`: the last word behind an initial, where a name says no more than
-- that: with it, all others meet (`asks`), and no two others do.
-- grain: one row per kind, key and name
with names as (select * from people.names),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
split_names as (select * from people.names),

ends as (
    select
        name_no,
        regexp_extract(given_part, '^[^ ]+', 0) as first_word,
        family_part as last_word
    from names
    where given_part <> ''
),

words as (
    select
        name_no,
        family_part as last_word,
        unnest(string_split_regex(given_part, ' ')) as word
    from split_names
    where given_part <> ''
),

initials as (
    select
        name_no,
        substr(first_word, 1, 1) || '. ' || last_word as block,
        length(first_word) = 1 as says_no_more
    from ends
),

asking_initials as (
    select distinct block from initials
    where says_no_more
),

all_blocks as (
    select
        name_no,
        'coauthors' as kind,
        last_word || ' ' || substr(first_word, 1, 1) as block,
        true as asks
    from ends
    union
    select
        name_no,
        'coauthors' as kind,
        first_word || ' ' || substr(last_word, 1, 1) as block,
        true as asks
    from ends
    union
    select
        name_no,
        'words' as kind,
        least(word, last_word) || ' ' || greatest(word, last_word) as block,
        true as asks
    from words
    where length(word) > 1
    union
    select
        initials.name_no,
        'initial' as kind,
        initials.block,
        initials.says_no_more as asks
    from initials
    inner join asking_initials on initials.block = asking_initials.block
),

shared_blocks as (
    select kind, block
    from all_blocks
    group by kind, block
    having count(*) > 1
),

final as (
    select all_blocks.kind, all_blocks.block, all_blocks.name_no, all_blocks.asks
    from all_blocks
    inner join shared_blocks
        on all_blocks.kind = shared_blocks.kind and all_blocks.block = shared_blocks.block
)

select * from final
order by kind, block, name_no
