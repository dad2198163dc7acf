-- The names on cards, each as its paper's other cards let it be read.
-- Where another sighting shows the title by itself, a first name split wrongly from the title is
-- repaired: title words at its front are taken off, a given name left in the title is put back; a
-- name that lost its accents has them back.
-- grain: one row per card and name
with record_authors as (select * from linkage._sound_record_authors),

records as (select * from linkage._sound_records),

identities as (select * from linkage.identities),

record_papers as (
    select record_id, paper_id from identities
    where left_at is null
),

titles as (
    select
        record_papers.paper_id,
        records.record_id,
        records.title,
        records.title_key,
        records.split_confidence
    from records
    inner join record_papers on records.record_id = record_papers.record_id
),

-- Those most sightings show are enough, and bound the work for a paper of thousands of variants.
whole_titles as (
    select paper_id, title_key
    from (
        select
            paper_id,
            title_key,
            row_number() over (
                partition by paper_id order by count(*) desc, title_key asc
            ) as place
        from titles
        where split_confidence is null
        group by paper_id, title_key
    ) as counted_titles
    where place <= 20
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
    from titles as glued
    inner join whole_titles as whole on glued.paper_id = whole.paper_id
    where glued.split_confidence is not null
    group by glued.record_id
),

parted_names as (
    select
        record_papers.paper_id,
        names.record_id,
        names.author_order,
        names.homonym_id,
        case
            when names.author_order > 1 then names.name
            when lower(names.name) like (wrong_partings.title_words || ' %')
                then substr(names.name, length(wrong_partings.title_words) + 2)
            when names.name not like '% %'
                then coalesce(wrong_partings.given_name || ' ', '') || names.name
            else names.name
        end as name,
        case
            when names.author_order > 1 then names.name_key
            when lower(names.name) like (wrong_partings.title_words || ' %')
                then substr(names.name_key, length(wrong_partings.title_words) + 2)
            when names.name not like '% %'
                then
                    coalesce(lower(wrong_partings.given_name) || ' ', '')
                    || names.name_key
            else names.name_key
        end as name_key
    from record_authors as names
    inner join record_papers on names.record_id = record_papers.record_id
    left join wrong_partings on names.record_id = wrong_partings.record_id
),

spellings as (
    select
        paper_id,
        name_key,
        name,
        length(regexp_replace(name, '[^À-ÖØ-öø-ɏ]', '', 'g')) as n_accents,
        count(*) as n_seen
    from parted_names
    where name_key is not null
    group by paper_id, name_key, name
),

-- The spelling with all accents, of names that are equal without: "José" beside "Jose".
accented_names as (
    select paper_id, name_key, name, n_accents
    from (
        select
            *,
            row_number() over (
                partition by paper_id, name_key
                order by n_accents desc, n_seen desc, name asc
            ) as place
        from spellings
    ) as ranked_spellings
    where place = 1 and n_accents > 0
),

final as (
    select
        names.paper_id,
        names.record_id,
        names.author_order,
        case
            when
                accented_names.n_accents
                > length(regexp_replace(names.name, '[^À-ÖØ-öø-ɏ]', '', 'g'))
                then accented_names.name
            else names.name
        end as name,
        coalesce(names.name_key, names.name) as name_key,
        names.homonym_id
    from parted_names as names
    left join accented_names
        on names.paper_id = accented_names.paper_id and names.name_key = accented_names.name_key
)

select * from final
order by record_id, author_order
