-- Each name a record lists, with its parts, and which of the paper's lists is the primary one.
-- The primary list is one that agrees with the sighting that speaks for the paper
-- (`linkage.versions`); of its own line before one split from a glued title (so that a clean
-- sighting corrects a wrong split); of the same version; a whole list before one that may be cut,
-- and of these the one less cut; then as versions are ranked. Of a list that repeats itself each
-- name counts once, in a round that does not shorten it to an initial where one does.
-- grain: one row per record and name
with records as (select * from linkage.clustered_records),

versions as (select * from linkage.versions),

repeated_lists as (select * from linkage.repeated_lists),

lists_in_rounds as (select * from linkage.repeated_lists),

mended_names as (select * from linkage.mended_names),

names_in_rounds as (select * from linkage.mended_names),

-- Few lists repeat themselves: a server holds all names whose neighbours it looks at.
names_shown_once as (
    select
        names.record_id,
        names.name,
        names.name_key,
        names.homonym_id,
        names.author_order as first_order
    from mended_names as names
    left join repeated_lists on names.record_id = repeated_lists.record_id
    where repeated_lists.record_id is null
),

-- Who is one person: a place in the round; without rounds ("A, A, B, B") a name.
shown_names as (
    select
        names.record_id,
        names.name,
        names.name_key,
        names.homonym_id,
        names.author_order as shown_order,
        case
            when repeated.begins_again
                then cast((names.author_order - 1) % repeated.n_people as varchar)
            else names.name_key || '|' || coalesce(names.homonym_id, '')
        end as person
    from lists_in_rounds as repeated
    inner join names_in_rounds as names on repeated.record_id = names.record_id
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

people_shown as (
    select record_id, name, name_key, homonym_id, first_order from names_shown_once
    union all
    select record_id, name, name_key, homonym_id, first_order from ranked_names
    where round_number = 1
),

read_names as (
    select
        record_id,
        name,
        name_key,
        homonym_id,
        row_number() over (partition by record_id order by first_order) as author_order
    from people_shown
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

final as (
    select
        ranked_lists.paper_id,
        names.record_id,
        cast(names.author_order as integer) as author_order,
        names.name as author_name,
        names.name_key,
        names.homonym_id,
        regexp_extract(names.name_key, '^[^ ]+', 0) as first_part,
        regexp_extract(names.name_key, '[^ ]+$', 0) as last_part,
        cast(ranked_lists.list_place as integer) as list_place,
        primary_lists.is_open,
        primary_lists.n_authors_total as n_total,
        coalesce(ranked_lists.authors_complete, false) as is_whole,
        ranked_lists.agrees
    from ranked_lists
    inner join read_names as names on ranked_lists.record_id = names.record_id
    inner join primary_lists on ranked_lists.paper_id = primary_lists.paper_id
)

select * from final
order by record_id, author_order
