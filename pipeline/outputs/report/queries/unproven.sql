-- Of fields, areas and topics each the two whose share climbed most from the first to the last
-- full year that charts draw, and the two whose share fell most, with a verdict that says
-- neither; and how many did.
with fullest as (
    select max(n_papers_in_year) as n_papers
    from yearly_topic_trends
),

full_years as (
    select
        min(year) as first_year,
        max(year) as last_year
    from yearly_topic_trends
    where
        not is_partial_year
        and n_papers_in_year > 0
        and n_papers_in_year * 10 >= (select f.n_papers from fullest as f)
),

verdicts as (
    select
        topic_id,
        any_value(topic) as topic,
        any_value(trend) as trend,
        any_value(trend_overall) as trend_overall,
        any_value(odds_ratio_per_year) as odds_ratio_per_year,
        any_value(odds_ratio_low) as odds_ratio_low,
        any_value(odds_ratio_high) as odds_ratio_high,
        any_value(trend_p) as trend_p,
        any_value(trend_p_adjusted) as trend_p_adjusted,
        any_value(n_papers_tested) as n_papers_tested,
        any_value(n_years) as n_years,
        any_value(n_listings) as n_listings,
        any_value(holds_without_any_listing) as holds_without_any_listing
    from yearly_topic_trends
    group by topic_id
),

places as (
    select
        topics.topic_id,
        topics.level,
        case topics.level when 'field' then 1 when 'area' then 2 else 3 end as depth,
        parents.topic as parent,
        fields.topic as field
    from topics
    left join topics as parents on topics.parent_topic_id = parents.topic_id
    left join topics as fields on topics.field_id = fields.topic_id
),

ends as (
    select
        t.topic_id,
        any_value(full_years.first_year) as first_year,
        any_value(full_years.last_year) as last_year,
        max(t.share) filter (where t.year = full_years.first_year) as share_first,
        max(t.share_low) filter (where t.year = full_years.first_year) as share_first_low,
        max(t.share_high) filter (where t.year = full_years.first_year) as share_first_high,
        max(t.share) filter (where t.year = full_years.last_year) as share_last,
        max(t.share_low) filter (where t.year = full_years.last_year) as share_last_low,
        max(t.share_high) filter (where t.year = full_years.last_year) as share_last_high
    from yearly_topic_trends as t cross join full_years
    group by t.topic_id
),

moved as (
    select
        topic_id,
        share_last > share_first as climbed,
        abs(share_last - share_first) as change
    from ends
    where share_last != share_first
)

select
    v.topic,
    p.level,
    p.parent,
    p.field,
    v.trend,
    v.trend_overall,
    v.odds_ratio_per_year,
    v.odds_ratio_low,
    v.odds_ratio_high,
    v.trend_p,
    v.trend_p_adjusted,
    v.n_papers_tested,
    v.n_years,
    v.n_listings,
    v.holds_without_any_listing,
    e.first_year,
    e.share_first,
    e.share_first_low,
    e.share_first_high,
    e.last_year,
    e.share_last,
    e.share_last_low,
    e.share_last_high,
    m.climbed,
    count(*) over (partition by m.climbed) as n_topics
from moved as m
inner join verdicts as v on m.topic_id = v.topic_id
inner join ends as e on m.topic_id = e.topic_id
inner join places as p on m.topic_id = p.topic_id
where
    v.trend not in ('rising', 'falling')
    and v.n_papers_tested >= 5
qualify
    row_number() over (partition by p.level, m.climbed order by m.change desc, v.topic asc) <= 2
order by m.climbed desc, m.change desc, v.topic asc
