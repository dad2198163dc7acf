-- The names that complete a primary author list that may be cut, from the paper's other lists.
-- Only a list that can be of the same version and shares a name with the primary one is trusted; a
-- whole one alone where there is one, since two may be of two versions. No more names are added
-- than the primary list's sighting counts.
-- A name is not new if it is one of the primary list; or may be one's of it in another spelling
-- (`linkage.name_pairs`) that its own list does not name otherwise: where that list has several
-- such names, the one nearest in place is meant; or if it shares a part with the name in its
-- place. The place is known from the last name both lists share; it is NULL where the other list
-- skips names.
-- grain: one row per record and name
with listed_names as (select * from linkage.listed_names),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
all_lists as (select * from linkage.listed_names),

name_pairs as (select * from linkage.name_pairs),

new_pairs as (select * from linkage.name_pairs),

primary_names as (
    select * from listed_names
    where list_place = 1 and is_open
),

primary_sizes as (
    select paper_id, max(author_order) as n_primary
    from primary_names
    group by paper_id
),

whole_lists as (
    select paper_id, min(list_place) as list_place
    from all_lists
    where list_place > 1 and is_open and agrees and is_whole
    group by paper_id
),

other_names as (
    select listed_names.*
    from listed_names
    left join whole_lists on listed_names.paper_id = whole_lists.paper_id
    where
        listed_names.list_place > 1 and listed_names.is_open and listed_names.agrees
        and coalesce(whole_lists.list_place = listed_names.list_place, true)
),

equal_names as (
    select other_names.record_id, other_names.author_order, min(listed.author_order) as found_at
    from other_names
    inner join primary_names as listed
        on
            other_names.paper_id = listed.paper_id
            and other_names.name_key = listed.name_key
    group by other_names.record_id, other_names.author_order
),

variant_names as (
    select
        other_names.record_id,
        other_names.author_order,
        listed.author_order as found_at,
        row_number() over (
            partition by other_names.record_id, listed.author_order
            order by
                abs(other_names.author_order - listed.author_order) asc,
                other_names.author_order asc
        ) as nearness
    from other_names
    inner join primary_names as listed on other_names.paper_id = listed.paper_id
    inner join name_pairs
        on
            other_names.author_name = name_pairs.name
            and listed.author_name = name_pairs.other_name
    left join equal_names
        on
            other_names.record_id = equal_names.record_id
            and other_names.author_order = equal_names.author_order
    left join equal_names as taken
        on
            other_names.record_id = taken.record_id
            and listed.author_order = taken.found_at
    where equal_names.record_id is null and taken.record_id is null
),

found_names as (
    select record_id, author_order, found_at from equal_names
    union all
    select record_id, author_order, min(found_at) as found_at from variant_names
    where nearness = 1
    group by record_id, author_order
),

-- How far the places of a list lie from those of the primary one.
list_shifts as (
    select record_id, found_at - author_order as shift
    from (
        select
            *, row_number() over (partition by record_id order by author_order desc) as place
        from found_names
    ) as ordered_names
    where place = 1
),

new_names as (
    select
        other_names.*,
        other_names.author_order + list_shifts.shift as shifted_order
    from other_names
    inner join list_shifts on other_names.record_id = list_shifts.record_id
    left join found_names
        on
            other_names.record_id = found_names.record_id
            and other_names.author_order = found_names.author_order
    where found_names.record_id is null
),

-- Names of several lists may be one person's: the first list with it speaks for it.
repeated_names as (
    select distinct later.record_id, later.author_order
    from new_names as later
    inner join new_names as earlier on later.paper_id = earlier.paper_id
    left join new_pairs
        on later.author_name = new_pairs.name and earlier.author_name = new_pairs.other_name
    where
        earlier.list_place < later.list_place
        and (earlier.name_key = later.name_key or new_pairs.name is not null)
),

ranked_names as (
    select
        new_names.*,
        row_number() over (
            partition by new_names.paper_id, new_names.shifted_order
            order by new_names.list_place, new_names.author_order
        ) as order_place
    from new_names
    left join repeated_names
        on
            new_names.record_id = repeated_names.record_id
            and new_names.author_order = repeated_names.author_order
    left join primary_names as in_place
        on
            new_names.paper_id = in_place.paper_id
            and new_names.shifted_order = in_place.author_order
            and (
                new_names.first_part in (in_place.first_part, in_place.last_part)
                or new_names.last_part in (in_place.first_part, in_place.last_part)
            )
    where repeated_names.record_id is null and in_place.paper_id is null
),

kept_names as (
    select
        ranked_names.*,
        primary_sizes.n_primary,
        row_number() over (
            partition by ranked_names.paper_id
            order by
                case
                    when ranked_names.shifted_order > primary_sizes.n_primary
                        then ranked_names.shifted_order
                end nulls last,
                ranked_names.list_place, ranked_names.author_order
        ) as n_added
    from ranked_names
    inner join primary_sizes on ranked_names.paper_id = primary_sizes.paper_id
    where
        ranked_names.order_place = 1
        or ranked_names.shifted_order <= primary_sizes.n_primary
),

final as (
    select
        paper_id,
        record_id,
        author_order as listed_order,
        cast(case when shifted_order > n_primary then shifted_order end as integer)
            as author_order,
        author_name,
        name_key,
        homonym_id,
        first_part,
        last_part
    from kept_names
    where coalesce(n_primary + n_added <= n_total, true)
)

select * from final
order by record_id, listed_order
