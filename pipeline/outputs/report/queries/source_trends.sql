-- The two topics below areas with most papers, by year on each site that has three such years;
-- years with less than a tenth of the papers of the site's fullest year are left out.
with largest as (
    select topic_id
    from yearly_topic_trends
    where level = 'topic'
    group by topic_id
    order by sum(n_papers) desc, topic_id asc
    limit 2
),

fullest as (
    select
        source,
        max(n_papers_in_year) as n_papers
    from yearly_source_topic_trends
    group by source
)

select
    trends.topic,
    trends.source as site,
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
from yearly_source_topic_trends as trends inner join fullest on trends.source = fullest.source
where
    trends.topic_id in (select l.topic_id from largest as l)
    and trends.n_papers_in_year > 0
    and (trends.is_partial_year or trends.n_papers_in_year * 10 >= fullest.n_papers)
qualify count(*) over (partition by trends.topic_id, trends.source) >= 3
order by
    sum(trends.n_papers) over (partition by trends.topic_id) desc,
    trends.topic_id asc, trends.source asc, trends.year asc
