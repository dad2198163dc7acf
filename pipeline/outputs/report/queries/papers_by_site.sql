-- Papers by site and year; a paper on several sites counts on each, and once under all sites.
with partial_years as (
    select distinct year
    from yearly_topic_trends
    where is_partial_year
),

sightings as (
    select
        paper_id,
        year,
        unnest(sources) as site
    from papers
    union all
    select
        paper_id,
        year,
        'all sites' as site
    from papers
)

select
    site,
    year,
    count(*) as n_papers,
    year in (select p.year from partial_years as p) as is_partial_year
from sightings
where year is not null
group by site, year
order by site, year
