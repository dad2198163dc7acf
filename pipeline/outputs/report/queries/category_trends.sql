-- The six arXiv categories with most papers, by year; years with less than a tenth of the papers of
-- the fullest year are left out.
with largest as (
    select category
    from yearly_category_trends
    group by category
    order by sum(n_papers) desc, category asc
    limit 6
),

fullest as (
    select max(n_papers_in_year) as n_papers
    from yearly_category_trends
)

select
    category,
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
from yearly_category_trends
where
    category in (select l.category from largest as l)
    and n_papers_in_year > 0
    and (is_partial_year or n_papers_in_year * 10 >= (select f.n_papers from fullest as f))
order by sum(n_papers) over (partition by category) desc, category asc, year asc
