-- Papers that are still listed where they were keep their year: no more than a tenth loses it, if
-- that is more than 20.
-- grain: one row per subject
with

papers_since as (select * from guardrails._papers_since),

last_papers as (select * from published.papers),

papers as (select * from marts.papers),

counted_papers as (
    select count(*) as n_before, count(papers.year) as n_since
    from papers_since
    inner join last_papers on papers_since.paper_id = last_papers.paper_id
    inner join papers on papers_since.paper_id_since = papers.paper_id
    where papers_since.is_in_its_listings and last_papers.year is not null
)

select
    'papers with a year' as subject,
    cast(n_before as double) as value_before,
    cast(n_since as double) as value_now,
    case when n_before > 20 then least(cast(n_before - 20 as double), 0.9 * n_before) end as lowest,
    cast(null as double) as highest
from counted_papers
order by subject
