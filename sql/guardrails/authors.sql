-- Authors do not go by more than a third, if that is more than 20, be it with pages that are out of
-- reach, be it into each other: papermart may learn that two names are one person, but not of most.
-- grain: one row per subject
with

last_authors as (select * from published.authors),

authors as (select * from marts.authors),

counted_authors as (
    select count(*) as n_before, count(authors.author_id) as n_since
    from last_authors
    left join authors on last_authors.author_id = authors.author_id
)

select
    'authors' as subject,
    cast(n_before as double) as value_before,
    cast(n_since as double) as value_now,
    case when n_before > 20 then least(cast(n_before - 20 as double), 2.0 * n_before / 3) end
        as lowest,
    cast(null as double) as highest
from counted_authors
order by subject
