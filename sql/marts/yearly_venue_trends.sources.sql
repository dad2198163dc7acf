-- The papers with a venue that each source holds of each year.
with papers as (select * from marts.papers where venue is not null and year is not null),

paper_records as (select * from marts.paper_records),

source_coverage as (select * from marts.yearly_source_coverage)

select
    source_coverage.source,
    source_coverage.year,
    cast(count(distinct papers.paper_id) as integer) as n_papers,
    source_coverage.last_full_year
from papers
inner join paper_records on papers.paper_id = paper_records.paper_id
inner join source_coverage
    on paper_records.source = source_coverage.source and papers.year = source_coverage.year
group by source_coverage.source, source_coverage.year, source_coverage.last_full_year
order by source_coverage.source, source_coverage.year
