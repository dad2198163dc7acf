-- Pairs for a person to decide do not explode: for each paper no more than three times as many as
-- before, if that is more than 50 and more than one for every ten papers.
-- grain: one row per subject
with

last_papers as (select * from published.papers),

last_queue as (select * from published.review_queue),

papers as (select * from marts.papers),

queue as (select * from marts.review_queue),

counts as (
    select
        (select count(*) from last_papers) as n_papers_before,
        (select count(*) from last_queue) as n_before,
        (select count(*) from papers) as n_papers,
        (select count(*) from queue) as n_since
)

select
    'pairs' as subject,
    cast(n_before as double) as value_before,
    cast(n_since as double) as value_now,
    cast(null as double) as lowest,
    case
        when n_papers_before > 0
            then greatest(
                cast(50 as double),
                0.1 * n_papers,
                3.0 * n_before * n_papers / cast(n_papers_before as double)
            )
    end as highest
from counts
order by subject
