-- Spellings of one paper, on its cards or as the subject of their pages, that have a word in
-- common, or all letters, and what they say: others are no one person's. Letters count as
-- `text.name_agreement` reads them (Mueller is Muller, Sergey is Sergei), a family name may stand
-- first.
with mended_names as (select * from linkage.mended_names),

pages as (select * from staging.pages),

records as (select * from linkage._sound_records),

identities as (
    select * from linkage.identities
    where left_at is null
),

names as (
    select * from linkage.names
    where author_kind is not null and name_key is not null
),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
whole_names as (
    select * from linkage.names
    where author_kind is not null and name_key is not null
),

shown_words as (
    select name, unnest(string_split_regex(name_key, ' ')) as word from names
    union all
    select name, replace(name_key, ' ', '') as word from whole_names
    union all
    select
        name,
        regexp_extract(name_key, '[^ ]+$', 0)
        || replace(regexp_replace(name_key, '[^ ]+$', '', 'g'), ' ', '') as word
    from whole_names
),

name_words as (
    select distinct
        name,
        replace(replace(replace(replace(word, 'ae', 'a'), 'oe', 'o'), 'ue', 'u'), 'y', 'i')
            as word
    from shown_words
    where length(word) > 1
),

paper_names as (
    select paper_id, name from mended_names
    union
    select identities.paper_id, pages.page_subject as name
    from records
    inner join identities on records.record_id = identities.record_id
    -- A file may hold cards of other sites, of which its page says nothing.
    inner join pages on records.dump_id = pages.dump_id and records.source = pages.source
    where pages.page_subject is not null
),

paper_words as (
    select paper_names.paper_id, name_words.name, name_words.word
    from paper_names
    inner join name_words on paper_names.name = name_words.name
),

pairs as (
    select distinct paper_words.name, others.name as other_name
    from paper_words
    inner join paper_words as others
        on paper_words.paper_id = others.paper_id and paper_words.word = others.word
    where paper_words.name < others.name
),

final as (
    select
        pairs.name,
        one.shown_name,
        one.author_kind,
        one.suffix,
        one.nickname,
        one.homonym_id,
        one.given_keys,
        one.particle_keys,
        one.family_keys,
        pairs.other_name,
        other.shown_name as other_shown_name,
        other.author_kind as other_author_kind,
        other.suffix as other_suffix,
        other.nickname as other_nickname,
        other.homonym_id as other_homonym_id,
        other.given_keys as other_given_keys,
        other.particle_keys as other_particle_keys,
        other.family_keys as other_family_keys
    from pairs
    inner join linkage.names as one on pairs.name = one.name
    inner join linkage.names as other on pairs.other_name = other.name
)

select * from final
order by name, other_name
