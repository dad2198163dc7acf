-- The papers with a venue that each source holds of each year.
with papers as (select * from marts.papers),

venue_papers as (
    select * from papers
    where venue is not null and year is not null
),

paper_records as (select * from marts.paper_records),

source_coverage as (select * from marts.yearly_source_coverage)

select
    source_coverage.source,
    source_coverage.year,
    cast(count(distinct venue_papers.paper_id) as integer) as n_papers,
    source_coverage.last_full_year
from venue_papers
inner join paper_records on venue_papers.paper_id = paper_records.paper_id
inner join source_coverage
    on paper_records.source = source_coverage.source and venue_papers.year = source_coverage.year
group by source_coverage.source, source_coverage.year, source_coverage.last_full_year
order by source_coverage.source, source_coverage.year
