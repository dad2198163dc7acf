-- Papers do not go with their pages beyond a quarter of all, if that is more than 20: one page of
-- ten may be taken away, half a folder that is out of reach is noticed.
-- grain: one row per subject
with

papers_since as (select * from guardrails._papers_since),

counted_papers as (
    select
        count(*) as n_before,
        count(case when paper_id_since is null and not is_on_its_pages then 1 end) as n_lost
    from papers_since
)

select
    'papers' as subject,
    cast(n_before as double) as value_before,
    cast(n_before - n_lost as double) as value_now,
    case when n_before > 20 then least(cast(n_before - 20 as double), 0.75 * n_before) end
        as lowest,
    cast(null as double) as highest
from counted_papers
order by subject
