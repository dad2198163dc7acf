-- The papers that each listing shows, of years that are over there: each once, on one page.
with paper_records as (select * from marts.paper_records),

papers as (select * from marts.papers),

listing_years as (
    select listing_id, year from marts.yearly_listing_coverage
    where is_partial_year = false
)

select
    paper_records.source,
    paper_records.listing_id,
    paper_records.paper_id,
    papers.year,
    min(paper_records.dump_id) as dump_id
from paper_records
inner join papers on paper_records.paper_id = papers.paper_id
inner join listing_years
    on paper_records.listing_id = listing_years.listing_id and papers.year = listing_years.year
group by
    paper_records.source,
    paper_records.listing_id,
    paper_records.paper_id,
    papers.year
order by paper_records.listing_id, paper_records.paper_id
