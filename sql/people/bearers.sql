-- How many people may bear each name, judged by how common its parts are.
-- Given and family names are taken as if one said nothing of the other: of n names, the share with
-- the given part times the share with the family part are expected to have both. Initials stand for
-- all given names that begin alike; a name of one word is as common as the word. Where the family
-- name stands first the two change places, which matters little. A few pages are drawn from a world
-- in which names are shared, however few names they show: of 10,000 names at least. And there are
-- as many as homonym numbers say.
-- grain: one row per name
with names as (select * from people.names),

part_counts as (select * from people._part_counts),

known_parts as (select * from reference.name_parts),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
all_names as (select * from people.names),

counted as (
    select kind, part, cast(sum(n_names) as bigint) as n_names
    from (
        select kind, part, n_names from part_counts
        union all
        select kind, part, n_names from known_parts
    ) as all_counts
    group by kind, part
),

totals as (
    select
        greatest(counted.n_names, 10000) as n_all,
        cast(1 as double) / greatest(counted.n_names, 10000) as share_of_one
    from counted
    where kind = 'names'
),

own as (
    select count(*) + 10000 as n_people from all_names
),

asked as (
    select
        name_no,
        name_key,
        given_part,
        family_part,
        n_others,
        case when is_initial then 'initial' else 'given' end as given_kind,
        case when is_initial then substr(given_part, 1, 1) else given_part end as counted_part
    from (
        select
            *,
            regexp_extract(given_part, '^[a-z]( [a-z])*$', 0) <> '' as is_initial
        from names
    ) as read_names
),

final as (
    select
        asked.name_no,
        asked.name_key,
        greatest(
            cast(
                own.n_people * case
                    when asked.given_part = '' then totals.n_all
                    else given_counts.n_names
                end as double
            ) * totals.share_of_one * family_counts.n_names * totals.share_of_one,
            asked.n_others
        ) as n_bearers
    from totals
    cross join own
    cross join asked
    inner join counted as family_counts
        on family_counts.kind = 'family' and asked.family_part = family_counts.part
    left join counted as given_counts
        on
            asked.given_kind = given_counts.kind
            and asked.counted_part = given_counts.part
)

select * from final
order by name_no
