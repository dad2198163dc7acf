-- The six areas with most papers, by year; years with less than a tenth of the
-- papers of the fullest year are left out.
with largest as (
    select topic_id
    from yearly_topic_trends
    where level = 'area'
    group by topic_id
    order by sum(n_papers) desc, topic_id asc
    limit 6
),

fullest as (
    select max(n_papers_in_year) as n_papers
    from yearly_topic_trends
)

select
    trends.topic,
    trends.level,
    parents.topic as parent,
    trends.year,
    trends.n_papers,
    trends.n_papers_in_year,
    trends.share,
    trends.share_low,
    trends.share_high,
    trends.is_partial_year,
    trends.trend,
    trends.trend_overall,
    trends.odds_ratio_per_year,
    trends.odds_ratio_low,
    trends.odds_ratio_high,
    trends.trend_p,
    trends.trend_p_adjusted,
    trends.n_papers_tested,
    trends.n_years,
    trends.n_listings,
    trends.holds_without_any_listing
from yearly_topic_trends as trends
inner join topics on trends.topic_id = topics.topic_id
left join topics as parents on topics.parent_topic_id = parents.topic_id
where
    trends.topic_id in (select l.topic_id from largest as l)
    and trends.n_papers_in_year > 0
    and (
        trends.is_partial_year
        or trends.n_papers_in_year * 10 >= (select f.n_papers from fullest as f)
    )
order by
    sum(trends.n_papers) over (partition by trends.topic_id) desc,
    trends.topic_id asc,
    trends.year asc
