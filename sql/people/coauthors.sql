-- The names that speak for each paper as coauthors of the others: those that stand on other papers
-- as well. Of longer lists the fifty on the fewest papers: a collaboration of thousands says little
-- with each, and pairs of its members would be millions.
-- grain: one row per mention that speaks
with places as (select * from people.places),

names as (select * from people.names),

shared_names as (
    select
        places.place,
        places.paper_no,
        places.name_no,
        names.n_mentions
    from places
    inner join names on places.name_no = names.name_no
    where names.n_mentions > 1
),

long_lists as (
    select paper_no
    from shared_names
    group by paper_no
    having count(*) > 50
),

ranked as (
    select
        shared_names.place,
        shared_names.paper_no,
        shared_names.name_no,
        row_number() over (
            partition by shared_names.paper_no
            order by shared_names.n_mentions, shared_names.place
        ) as nth
    from shared_names
    inner join long_lists on shared_names.paper_no = long_lists.paper_no
),

final as (
    select shared_names.place, shared_names.paper_no, shared_names.name_no
    from shared_names
    left join long_lists on shared_names.paper_no = long_lists.paper_no
    where long_lists.paper_no is null
    union all
    select place, paper_no, name_no
    from ranked
    where nth <= 50
)

select * from final
order by place
