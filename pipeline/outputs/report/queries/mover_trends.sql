-- Year by year, the six topics that rise and the six that fall the most; years with less than a
-- tenth of the papers of the fullest year are left out.
with ranked as (
    select
        topic_id,
        any_value(trend) as trend,
        any_value(sen_slope) as slope,
        row_number() over (
            partition by any_value(trend) order by abs(any_value(sen_slope)) desc, topic_id asc
        ) as place
    from yearly_topic_trends
    where trend in ('rising', 'falling')
    group by topic_id
),

fullest as (
    select max(n_papers_in_year) as n_papers
    from yearly_topic_trends
)

select
    t.topic,
    t.year,
    t.n_papers,
    t.n_papers_in_year,
    t.share,
    t.share_low,
    t.share_high,
    t.is_partial_year,
    t.trend
from yearly_topic_trends as t
inner join ranked as r on t.topic_id = r.topic_id
where
    r.place <= 6
    and t.n_papers_in_year > 0
    and (t.is_partial_year or t.n_papers_in_year * 10 >= (select f.n_papers from fullest as f))
order by t.trend desc, r.place asc, t.year asc
