-- The three fields with most papers, by month over the last three years; months with less than a
-- tenth of the papers of the fullest of them are left out.
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
),

fullest as (
    select max(n_papers_in_month) as n_papers
    from recent
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
    and n_papers_in_month > 0
    and (is_partial_month or n_papers_in_month * 10 >= (select f.n_papers from fullest as f))
order by sum(n_papers) over (partition by topic_id) desc, topic_id asc, month asc
