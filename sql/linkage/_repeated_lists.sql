-- Author lists that name everybody again, as some listings do: "A, B, C, A, B, C", "A, A, B, B",
-- and "A, B, C, A, B" where the site cuts the list. Who is read twice is one author there; a list
-- that begins again is complete. Two people of one name ("A, B, A", all named) stay two.
with records as (select * from linkage._sound_records),

record_authors as (select * from linkage._sound_record_authors),

named_people as (
    select
        record_id,
        author_order,
        min(author_order) over (
            partition by record_id, coalesce(name_key, name), homonym_id
        ) as first_order,
        count(*) over (
            partition by record_id, coalesce(name_key, name), homonym_id
        ) as n_times
    from record_authors
),

list_sizes as (
    select
        record_id,
        cast(sum(case when author_order = first_order then 1 else 0 end) as integer) as n_people,
        min(n_times) as n_least,
        max(n_times) as n_most
    from named_people
    group by record_id
    having max(n_times) > 1
),

lists_in_rounds as (
    select list_sizes.record_id
    from list_sizes
    inner join named_people on list_sizes.record_id = named_people.record_id
    group by list_sizes.record_id
    having
        max(
            case
                when
                    named_people.first_order
                    = (named_people.author_order - 1) % list_sizes.n_people + 1
                    then 0
                else 1
            end
        ) = 0
)

select
    list_sizes.record_id,
    list_sizes.n_people,
    lists_in_rounds.record_id is not null as begins_again
from list_sizes
inner join records on list_sizes.record_id = records.record_id
left join lists_in_rounds on list_sizes.record_id = lists_in_rounds.record_id
where
    list_sizes.n_people > 1
    and (
        list_sizes.n_least = list_sizes.n_most
        or (
            lists_in_rounds.record_id is not null
            and not coalesce(records.authors_complete, false)
        )
    )
