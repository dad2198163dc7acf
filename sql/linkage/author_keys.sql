-- The forms under which an author may stand elsewhere: "w liu" for Weijie Liu and W. Liu,
-- and "l weijie" for Liu Weijie. Two names agree if they have a form in common.
-- grain: one row per record and author
with record_authors as (select * from linkage._sound_record_authors),

-- Jr. and Sr. are no surnames.
names as (
    select record_id, author_order, regexp_replace(name_key, ' (jr|sr|ii|iii)$', '', 'g') as name
    from record_authors
    where name_key is not null
),

parts as (
    select
        record_id,
        author_order,
        split_part(name, ' ', 1) as first_word,
        regexp_extract(name, '[^ ]+$', 0) as last_word
    from names
),

final as (
    select
        record_id,
        author_order,
        substr(first_word, 1, 1) || ' ' || last_word as author_key,
        case
            when length(first_word) > 1 and first_word <> last_word
                then substr(last_word, 1, 1) || ' ' || first_word
        end as reversed_key
    from parts
)

select * from final
order by record_id, author_order
