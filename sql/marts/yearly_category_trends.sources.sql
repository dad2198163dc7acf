-- The papers with a category that each source holds of each year.
with papers as (select * from marts.papers),

paper_categories as (
    select paper_id, year, unnest(categories) as category from papers
    where year is not null
),

paper_records as (select * from marts.paper_records),

source_coverage as (select * from marts.yearly_source_coverage)

select
    source_coverage.source,
    source_coverage.year,
    cast(count(distinct paper_categories.paper_id) as integer) as n_papers,
    source_coverage.last_full_year
from paper_categories
inner join paper_records on paper_categories.paper_id = paper_records.paper_id
inner join source_coverage
    on
        paper_records.source = source_coverage.source
        and paper_categories.year = source_coverage.year
group by source_coverage.source, source_coverage.year, source_coverage.last_full_year
order by source_coverage.source, source_coverage.year
