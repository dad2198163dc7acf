-- How many fields, areas and topics with papers have which verdict, and how the collection as a
-- whole moves.
with topic_verdicts as (
    select
        topic_id,
        any_value(level) as level,
        any_value(trend) as trend,
        any_value(trend_overall) as trend_overall
    from yearly_topic_trends
    group by topic_id
)

select
    trend,
    count(*) as n_all_levels,
    count(*) filter (where level = 'field') as n_fields,
    count(*) filter (where level = 'area') as n_areas,
    count(*) filter (where level = 'topic') as n_topics,
    count(*) filter (where trend_overall = 'rising') as n_rising_overall,
    count(*) filter (where trend_overall = 'falling') as n_falling_overall
from topic_verdicts
group by trend
order by
    case trend
        when 'rising' then 1 when 'falling' then 2 when 'steady' then 3 when 'inconclusive' then 4
        else 5
    end
