-- Papers with code by year, as a share of those of which it is known; years with fewer than twelve
-- such have no share, whose interval could span more than half the scale.
with partial_years as (
    select distinct year
    from yearly_topic_trends
    where is_partial_year
),

counted as (
    select
        year,
        count(*) as n_papers_in_year,
        count(has_code) as n_known,
        count(*) filter (where has_code) as n_with_code,
        year in (select p.year from partial_years as p) as is_partial_year
    from papers
    where year is not null
    group by year
)

select
    year,
    n_papers_in_year,
    n_with_code as n_papers,
    n_known as n_all,
    case when n_known >= 12 then n_with_code / n_known end as share,
    n_papers_in_year - n_known as n_unknown,
    is_partial_year
from counted
where n_known > 0
order by year
