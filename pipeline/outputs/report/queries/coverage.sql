-- What the papers of each site cover: years, papers, pages and the days these were saved.
with pages as (
    select
        source as site,
        count(*) as n_pages,
        min(captured_on) as first_captured_on,
        max(captured_on) as last_captured_on
    from dumps
    where source is not null
    group by source
),

sightings as (
    select
        unnest(sources) as site,
        year
    from papers
),

found as (
    select
        site,
        count(*) as n_papers,
        min(year) as first_year,
        max(year) as last_year
    from sightings
    group by site
)

select
    pages.site,
    pages.n_pages,
    coalesce(found.n_papers, 0) as n_papers,
    found.first_year,
    found.last_year,
    pages.first_captured_on,
    pages.last_captured_on
from pages left join found on pages.site = found.site
order by pages.site
