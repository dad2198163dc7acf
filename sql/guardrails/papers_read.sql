-- Papers whose pages lie there unchanged are read from them: no more than a tenth goes, if that is
-- more than 20. What another paper swallowed is not lost.
-- grain: one row per subject
with

papers_since as (select * from guardrails._papers_since),

counted_papers as (
    select count(*) as n_before, count(paper_id_since) as n_since
    from papers_since
    where is_on_its_pages
)

select
    'papers' as subject,
    cast(n_before as double) as value_before,
    cast(n_since as double) as value_now,
    case when n_before > 20 then least(cast(n_before - 20 as double), 0.9 * n_before) end as lowest,
    cast(null as double) as highest
from counted_papers
order by subject
