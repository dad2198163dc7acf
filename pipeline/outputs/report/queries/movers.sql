-- The verdicts, fields, areas and topics apart: all that say something, the surest first, then of
-- each level the ten nearest to one; beside each its share in the first and the last full year that
-- charts draw (those with a tenth of the papers of the fullest year).
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
        array_agg(t.year order by t.year) as by_year,
        array_agg(t.share order by t.year) as share_by_year,
        array_agg(t.is_partial_year order by t.year) as not_over_by_year,
        any_value(full_years.first_year) as first_year,
        any_value(full_years.last_year) as last_year,
        max(t.share) filter (where t.year = full_years.first_year) as share_first,
        max(t.share_low) filter (where t.year = full_years.first_year) as share_first_low,
        max(t.share_high) filter (where t.year = full_years.first_year) as share_first_high,
        max(t.share) filter (where t.year = full_years.last_year) as share_last,
        max(t.share_low) filter (where t.year = full_years.last_year) as share_last_low,
        max(t.share_high) filter (where t.year = full_years.last_year) as share_last_high
    from yearly_topic_trends as t cross join full_years
    where t.n_papers_in_year > 0
    group by t.topic_id
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
    e.by_year,
    e.share_by_year,
    e.not_over_by_year
from verdicts as v
inner join ends as e on v.topic_id = e.topic_id
inner join places as p on v.topic_id = p.topic_id
where v.trend <> 'too_few_papers' and v.trend_p is not null
qualify
    v.trend <> 'inconclusive'
    or row_number() over (partition by p.level, v.trend order by v.trend_p, v.topic) <= 10
order by
    p.depth,
    case v.trend when 'rising' then 1 when 'falling' then 2 when 'steady' then 3 else 4 end,
    case when v.trend = 'steady' then v.odds_ratio_high / v.odds_ratio_low else v.trend_p end,
    v.topic
