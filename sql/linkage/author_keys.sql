-- The forms under which an author may stand elsewhere: "w liu" for Weijie Liu and W. Liu,
-- and "l weijie" for Liu Weijie. Two names agree if they have a form in common.
-- grain: one row per record, author and form
with record_authors as (select * from staging.record_authors),

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
        split_part(name, ' ', -1) as last_word
    from names
),

forms as (
    select
        record_id,
        author_order,
        substr(first_word, 1, 1) || ' ' || last_word as author_key,
        1 as form
    from parts
    union all
    select
        record_id,
        author_order,
        substr(last_word, 1, 1) || ' ' || first_word as author_key,
        2 as form
    from parts
    where length(first_word) > 1 and first_word <> last_word
),

final as (
    select
        record_id,
        author_key,
        cast(min(author_order) as integer) as author_order,
        cast(min(form) as integer) as form
    from forms
    group by record_id, author_key
)

select * from final
order by record_id, author_order, form, author_key
