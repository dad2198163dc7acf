-- Each name a record lists, with its parts, and which of the paper's lists is the primary one.
-- The primary list is one of its own line before one split from a glued title (so that a clean
-- sighting corrects a wrong split), then the longest, then one known to be complete.
-- Where another sighting shows the title by itself, a first name split wrongly from the title is
-- repaired: title words at its front are taken off, a given name left in the title is put back.
-- grain: one row per record and name
with records as (select * from linkage.clustered_records),

record_authors as (select * from linkage._sound_record_authors),

ranked_lists as (
    select
        paper_id,
        record_id,
        row_number() over (
            partition by paper_id
            order by
                case when split_confidence is null then 0 else 1 end asc,
                n_authors_listed desc,
                case when authors_complete then 0 else 1 end asc,
                record_id asc
        ) as list_place
    from records
    where n_authors_listed > 0
),

paper_totals as (
    select paper_id, max(n_authors_total) as n_total
    from records
    group by paper_id
),

primary_lists as (
    select
        records.paper_id,
        not coalesce(records.authors_complete, false)
        and coalesce(paper_totals.n_total > records.n_authors_listed, true) as is_open
    from ranked_lists
    inner join records on ranked_lists.record_id = records.record_id
    inner join paper_totals on records.paper_id = paper_totals.paper_id
    where ranked_lists.list_place = 1
),

whole_titles as (
    select distinct paper_id, title_key from records
    where split_confidence is null
),

wrong_partings as (
    select
        glued.record_id,
        min(case
            when whole.title_key like (glued.title_key || ' %')
                then substr(whole.title_key, length(glued.title_key) + 2)
        end) as title_words,
        min(case
            when
                glued.title_key like (whole.title_key || ' %')
                and lower(glued.title)
                like ('% ' || substr(glued.title_key, length(whole.title_key) + 2))
                then substr(
                    glued.title,
                    length(glued.title) - length(glued.title_key) + length(whole.title_key) + 2
                )
        end) as given_name
    from records as glued
    inner join whole_titles as whole on glued.paper_id = whole.paper_id
    where glued.split_confidence is not null
    group by glued.record_id
),

mended_names as (
    select
        record_authors.record_id,
        record_authors.author_order,
        record_authors.homonym_id,
        case
            when record_authors.author_order > 1 then record_authors.name
            when lower(record_authors.name) like (wrong_partings.title_words || ' %')
                then substr(record_authors.name, length(wrong_partings.title_words) + 2)
            when record_authors.name not like '% %'
                then coalesce(wrong_partings.given_name || ' ', '') || record_authors.name
            else record_authors.name
        end as author_name,
        case
            when record_authors.author_order > 1 then record_authors.name_key
            when lower(record_authors.name) like (wrong_partings.title_words || ' %')
                then substr(record_authors.name_key, length(wrong_partings.title_words) + 2)
            when record_authors.name not like '% %'
                then
                    coalesce(lower(wrong_partings.given_name) || ' ', '')
                    || record_authors.name_key
            else record_authors.name_key
        end as name_key
    from record_authors
    left join wrong_partings on record_authors.record_id = wrong_partings.record_id
),

final as (
    select
        ranked_lists.paper_id,
        names.record_id,
        names.author_order,
        names.author_name,
        coalesce(names.name_key, names.author_name) as name_key,
        names.homonym_id,
        regexp_extract(coalesce(names.name_key, names.author_name), '^[^ ]+', 0) as first_part,
        regexp_extract(coalesce(names.name_key, names.author_name), '[^ ]+$', 0) as last_part,
        cast(ranked_lists.list_place as integer) as list_place,
        primary_lists.is_open
    from ranked_lists
    inner join mended_names as names on ranked_lists.record_id = names.record_id
    inner join primary_lists on ranked_lists.paper_id = primary_lists.paper_id
)

select * from final
order by record_id, author_order
