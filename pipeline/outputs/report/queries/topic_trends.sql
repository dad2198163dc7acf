-- The nine topics below the fields with most papers, by year; years with less than a tenth of the
-- papers of the fullest year are left out.
with fields as (
    select topic_id
    from topics
    where parent_topic_id is null
),

largest as (
    select topic_id
    from yearly_topic_trends
    where topic_id not in (select f.topic_id from fields as f)
    group by topic_id
    order by sum(n_papers) desc, topic_id asc
    limit 9
),

fullest as (
    select max(n_papers_in_year) as n_papers
    from yearly_topic_trends
)

select
    topic,
    year,
    n_papers,
    n_papers_in_year,
    share,
    share_low,
    share_high,
    is_partial_year,
    trend,
    trend_overall,
    odds_ratio_per_year,
    odds_ratio_low,
    odds_ratio_high,
    trend_p,
    trend_p_adjusted,
    n_papers_tested,
    n_years,
    n_listings,
    holds_without_any_listing
from yearly_topic_trends
where
    topic_id in (select l.topic_id from largest as l)
    and n_papers_in_year > 0
    and (is_partial_year or n_papers_in_year * 10 >= (select f.n_papers from fullest as f))
order by sum(n_papers) over (partition by topic_id) desc, topic_id asc, year asc
