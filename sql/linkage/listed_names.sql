-- Each name a record lists, with its parts, and which of the paper's lists is the primary one.
-- The primary list is one that agrees with the sighting that speaks for the paper
-- (`linkage.versions`); of its own line before one split from a glued title (so that a clean
-- sighting corrects a wrong split); of the same version; a whole list before one that may be cut,
-- and of these the one less cut; then as versions are ranked. Of a list that repeats itself each
-- name counts once, in a round that does not shorten it to an initial where one does.
-- Where another sighting shows the title by itself, a first name split wrongly from the title is
-- repaired: title words at its front are taken off, a given name left in the title is put back; a
-- name that lost its accents has them back.
-- grain: one row per record and name
with records as (select * from linkage.clustered_records),

versions as (select * from linkage.versions),

repeated_lists as (select * from linkage._repeated_lists),

record_authors as (select * from linkage._sound_record_authors),

-- Who is one person: a place in the round; without rounds ("A, A, B, B") a name.
shown_names as (
    select
        names.record_id,
        names.name,
        names.name_key,
        names.homonym_id,
        names.author_order as shown_order,
        case
            when repeated_lists.begins_again
                then cast((names.author_order - 1) % repeated_lists.n_people as varchar)
            when repeated_lists.record_id is not null
                then coalesce(names.name_key, names.name) || '|' || coalesce(names.homonym_id, '')
            else cast(names.author_order as varchar)
        end as person
    from record_authors as names
    left join repeated_lists on names.record_id = repeated_lists.record_id
),

ranked_names as (
    select
        record_id,
        name,
        name_key,
        max(homonym_id) over (partition by record_id, person) as homonym_id,
        min(shown_order) over (partition by record_id, person) as first_order,
        row_number() over (
            partition by record_id, person
            order by
                case when name_key like '_ %' then 1 else 0 end asc,
                shown_order asc
        ) as round_number
    from shown_names
),

read_names as (
    select
        record_id,
        name,
        name_key,
        homonym_id,
        row_number() over (partition by record_id order by first_order) as author_order
    from ranked_names
    where round_number = 1
),

ranked_lists as (
    select
        records.paper_id,
        records.record_id,
        records.n_authors_total,
        records.n_authors_listed,
        records.authors_complete,
        coalesce(versions.has_same_authors, true) as agrees,
        row_number() over (
            partition by records.paper_id
            order by
                case when coalesce(versions.has_same_authors, true) then 0 else 1 end asc,
                case when records.split_confidence is null then 0 else 1 end asc,
                case when versions.is_same_version then 0 else 1 end asc,
                case when records.authors_complete then 0 else 1 end asc,
                case when records.authors_complete then 0 else records.n_authors_listed end desc,
                versions.place asc
        ) as list_place
    from records
    inner join versions on records.record_id = versions.record_id
    where records.n_authors_listed > 0
),

primary_lists as (
    select
        paper_id,
        n_authors_total,
        not coalesce(authors_complete, false)
        and coalesce(n_authors_total > n_authors_listed, true) as is_open
    from ranked_lists
    where list_place = 1
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
        from records
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
    from records as glued
    inner join whole_titles as whole on glued.paper_id = whole.paper_id
    where glued.split_confidence is not null
    group by glued.record_id
),

mended_names as (
    select
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
        end as author_name,
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
    from read_names as names
    left join wrong_partings on names.record_id = wrong_partings.record_id
),

-- The spelling with all accents, of names that are equal without: "José" beside "Jose".
accented_names as (
    select paper_id, name_key, author_name, n_accents
    from (
        select
            *,
            row_number() over (
                partition by paper_id, name_key
                order by n_accents desc, n_seen desc, author_name asc
            ) as place
        from (
            select
                records.paper_id,
                names.name_key,
                names.author_name,
                length(regexp_replace(names.author_name, '[^À-ÖØ-öø-ɏ]', '', 'g')) as n_accents,
                count(*) as n_seen
            from mended_names as names
            inner join records on names.record_id = records.record_id
            where names.name_key is not null
            group by records.paper_id, names.name_key, names.author_name
        ) as spellings
    ) as ranked_spellings
    where place = 1 and n_accents > 0
),

final as (
    select
        ranked_lists.paper_id,
        names.record_id,
        cast(names.author_order as integer) as author_order,
        case
            when
                accented_names.n_accents
                > length(regexp_replace(names.author_name, '[^À-ÖØ-öø-ɏ]', '', 'g'))
                then accented_names.author_name
            else names.author_name
        end as author_name,
        coalesce(names.name_key, names.author_name) as name_key,
        names.homonym_id,
        regexp_extract(coalesce(names.name_key, names.author_name), '^[^ ]+', 0) as first_part,
        regexp_extract(coalesce(names.name_key, names.author_name), '[^ ]+$', 0) as last_part,
        cast(ranked_lists.list_place as integer) as list_place,
        primary_lists.is_open,
        primary_lists.n_authors_total as n_total,
        coalesce(ranked_lists.authors_complete, false) as is_whole,
        ranked_lists.agrees
    from ranked_lists
    inner join mended_names as names on ranked_lists.record_id = names.record_id
    inner join primary_lists on ranked_lists.paper_id = primary_lists.paper_id
    left join accented_names
        on
            ranked_lists.paper_id = accented_names.paper_id
            and names.name_key = accented_names.name_key
)

select * from final
order by record_id, author_order
