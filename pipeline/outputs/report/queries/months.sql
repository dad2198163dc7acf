-- How many of the last 36 months have the papers that a share by month needs.
with recent as (
    select distinct
        month,
        n_papers_in_month
    from monthly_topic_trends
    where month > (select max(m.month) from monthly_topic_trends as m) - interval 36 month
)

select
    count(*) as n_months,
    count(*) filter (where n_papers_in_month >= 30) as n_months_with_enough,
    coalesce(max(n_papers_in_month), 0) as most_papers
from recent
