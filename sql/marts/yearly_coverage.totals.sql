-- The papers of each year, and of how many the year was over when a listing that shows them was
-- saved.
with papers as (select * from marts.papers),

paper_records as (select * from marts.paper_records),

listings as (select * from marts.listings),

paper_years as (
    select
        papers.paper_id,
        papers.year,
        max(listings.last_full_year) as last_full_year
    from papers
    left join paper_records on papers.paper_id = paper_records.paper_id
    left join listings on paper_records.listing_id = listings.listing_id
    where papers.year is not null
    group by papers.paper_id, papers.year
)

select
    year,
    cast(count(*) as integer) as n_papers,
    cast(sum(case when last_full_year >= year then 1 else 0 end) as integer) as n_papers_over,
    max(last_full_year) as last_full_year
from paper_years
group by year
order by year
