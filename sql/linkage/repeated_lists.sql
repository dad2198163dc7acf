-- Author lists that name everybody again, as some listings do: "A, B, C, A, B, C", "A, A, B, B",
-- "A, B, C, A, B" where the site cuts the list, "Ann Lee, Bo Chen, A. Lee, B. Chen". Who is read
-- twice is one author there; a list that begins again is complete. Two people of one name
-- ("A, B, A", all named) stay two.
-- A list begins again if all its names from some place on are those from the first one on, equal or
-- in other forms (`linkage.name_pairs`), a slip apart one name in two at most, and two or more come
-- again. One name
-- alone that comes again is not enough ("A, B, C, A"), nor is one author beside a namesake
-- ("A, A"), unless the lists of that venue on that site are seen to begin again (`n_sure`) more
-- often than they are seen not to (`n_plain`: named whole, or shorter than others).
-- grain: one row per record whose list repeats itself
with records as (select * from linkage._sound_records),

list_records as (select * from linkage._sound_records),

mended_names as (select * from linkage.mended_names),

-- Read anew, not from above: an engine copies what a query reads twice under one name.
first_names as (select * from linkage.mended_names),

other_names as (select * from linkage.mended_names),

later_names as (select * from linkage.mended_names),

even_names as (select * from linkage.mended_names),

name_pairs as (select * from linkage.name_pairs),

first_pairs as (select * from linkage.name_pairs),

-- Where the first author may come again.
new_starts as (
    select other_names.record_id, other_names.author_order - 1 as n_people
    from other_names
    inner join first_names
        on other_names.record_id = first_names.record_id and first_names.author_order = 1
    left join first_pairs
        on first_names.name = first_pairs.name and other_names.name = first_pairs.other_name
    where
        other_names.author_order > 1
        and (
            first_pairs.name is not null
            or replace(other_names.name_key, ' ', '') = replace(first_names.name_key, ' ', '')
        )
),

-- 0: the same name; 1: another form of it; 2: a slip apart; 3: another one.
compared_names as (
    select
        new_starts.record_id,
        new_starts.n_people,
        case
            when earlier.homonym_id <> later.homonym_id then 3
            when replace(earlier.name_key, ' ', '') = replace(later.name_key, ' ', '') then 0
            when name_pairs.agreement = 'slip' then 2
            when name_pairs.agreement is not null then 1
            else 3
        end as apart
    from new_starts
    inner join mended_names as earlier on new_starts.record_id = earlier.record_id
    inner join later_names as later
        on
            earlier.record_id = later.record_id
            and earlier.author_order + new_starts.n_people = later.author_order
    left join name_pairs
        on earlier.name = name_pairs.name and later.name = name_pairs.other_name
),

rounds as (
    select
        record_id,
        n_people,
        count(*) as n_again,
        max(apart) as difference,
        row_number() over (partition by record_id order by n_people asc) as place
    from compared_names
    group by record_id, n_people
    having
        max(apart) < 3
        and 2 * count(case when apart = 2 then 1 end) <= count(*)
        and (max(apart) = 0 or (n_people > 1 and (max(apart) = 1 or count(*) > 1)))
),

begun_lists as (
    select
        records.record_id,
        records.source,
        records.venue,
        records.authors_complete,
        records.n_authors_listed,
        rounds.n_people,
        rounds.n_again,
        rounds.difference,
        -- A list that names all ends with a round, unless the names are the very same.
        rounds.n_again > 1
        and (
            rounds.difference = 0
            or rounds.n_again % rounds.n_people = 0
            or not coalesce(records.authors_complete, false)
        ) as is_sure,
        rounds.n_people is null and coalesce(records.authors_complete, false) as is_plain,
        max(records.n_authors_listed) over (partition by records.source, records.venue)
            as n_most_listed
    from records
    left join rounds on records.record_id = rounds.record_id and rounds.place = 1
    where records.n_authors_listed > 1
),

habits as (
    select
        source,
        venue,
        count(case when is_sure then 1 end) as n_sure,
        count(
            case when is_plain or (n_people is null and n_authors_listed < n_most_listed) then 1 end
        ) as n_plain
    from begun_lists
    group by source, venue
),

people_named as (
    select record_id, count(*) as n_times
    from even_names
    group by record_id, name_key, homonym_id
),

-- "A, A, B, B": each as often as the others.
even_lists as (
    select record_id, cast(count(*) as integer) as n_people
    from people_named
    group by record_id
    having min(n_times) = max(n_times) and max(n_times) > 1 and count(*) > 1
),

lists_in_rounds as (
    select begun_lists.record_id, begun_lists.n_people
    from begun_lists
    inner join habits
        on
            begun_lists.source is not distinct from habits.source
            and begun_lists.venue is not distinct from habits.venue
    where
        begun_lists.is_sure
        or (
            begun_lists.n_again = 1
            and (begun_lists.n_people = 1 or not coalesce(begun_lists.authors_complete, false))
            and habits.n_sure > habits.n_plain
        )
),

final as (
    select
        list_records.record_id,
        cast(coalesce(lists_in_rounds.n_people, even_lists.n_people) as integer) as n_people,
        lists_in_rounds.n_people is not null as begins_again
    from list_records
    left join lists_in_rounds on list_records.record_id = lists_in_rounds.record_id
    left join even_lists on list_records.record_id = even_lists.record_id
    where lists_in_rounds.n_people is not null or even_lists.n_people is not null
)

select * from final
order by record_id
