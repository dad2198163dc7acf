-- Risers and fallers: all topics the trend test finds (p adjusted for the number of topics), then
-- the ten nearest to it; and what the test finds on the sites that can be compared over the years.
with ends as (
    select
        topic_id,
        min(year) as first_year,
        max(year) as last_year
    from yearly_topic_trends
    where not is_partial_year and n_papers_in_year > 0
    group by topic_id
),

moves as (
    select
        t.topic,
        any_value(t.trend) as trend,
        any_value(t.sen_slope) as sen_slope,
        any_value(t.p_adjusted) as p_adjusted,
        any_value(t.trend_common) as trend_common,
        cast(sum(t.n_papers) as bigint) as n_papers,
        any_value(e.last_year) as last_full_year,
        max(t.share) filter (where t.year = e.last_year) as share_last,
        max(t.share_low) filter (where t.year = e.last_year) as share_last_low,
        max(t.share_high) filter (where t.year = e.last_year) as share_last_high
    from yearly_topic_trends as t
    inner join ends as e on t.topic_id = e.topic_id
    where t.trend in ('rising', 'falling', 'flat') and t.p_adjusted is not null
    group by t.topic_id, t.topic
)

select
    topic,
    trend,
    sen_slope,
    p_adjusted,
    trend_common,
    n_papers,
    last_full_year,
    share_last,
    share_last_low,
    share_last_high
from moves
qualify
    trend != 'flat'
    or row_number() over (partition by trend order by p_adjusted, topic) <= 10
order by
    case trend when 'rising' then 1 when 'falling' then 2 else 3 end,
    case when trend = 'flat' then p_adjusted else -abs(sen_slope) end,
    topic
