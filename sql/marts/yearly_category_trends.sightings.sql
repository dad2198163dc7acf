-- The papers that each listing shows with a category, of years that are over there.
with records as (select * from linkage.clustered_records),

shown_records as (
    select record_id from records
    where categories is not null
),

paper_records as (select * from marts.paper_records),

papers as (select * from marts.papers),

listing_years as (
    select listing_id, year from marts.yearly_listing_coverage
    where is_partial_year = false
)

select
    paper_records.listing_id,
    paper_records.paper_id,
    papers.year,
    min(paper_records.dump_id) as dump_id
from shown_records
inner join paper_records on shown_records.record_id = paper_records.record_id
inner join papers on paper_records.paper_id = papers.paper_id
inner join listing_years
    on paper_records.listing_id = listing_years.listing_id and papers.year = listing_years.year
group by paper_records.listing_id, paper_records.paper_id, papers.year
order by paper_records.listing_id, paper_records.paper_id
