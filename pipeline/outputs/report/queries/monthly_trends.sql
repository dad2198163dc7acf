-- The three fields with most papers, by month over the last three years: months with 30 papers or
-- more, where there are twelve such; with fewer than 30 papers the interval of a share can span 34
-- points or more, so that a line of months would be one of chance.
with recent as (
    select *
    from monthly_topic_trends
    where
        level = 'field'
        and month > (select max(m.month) from monthly_topic_trends as m) - interval 36 month
),

largest as (
    select topic_id
    from recent
    group by topic_id
    order by sum(n_papers) desc, topic_id asc
    limit 3
)

select
    topic as field,
    month,
    n_papers,
    n_papers_in_month,
    share,
    share_low,
    share_high,
    is_partial_month
from recent
where
    topic_id in (select l.topic_id from largest as l)
    and n_papers_in_month >= 30
qualify count(*) over (partition by topic_id) >= 12
order by sum(n_papers) over (partition by topic_id) desc, topic_id asc, month asc
