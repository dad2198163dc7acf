-- What each listing holds of each year, and up to when its pages were saved.
-- grain: one row per listing and year with papers
with papers as (select * from marts.papers),

paper_records as (select * from marts.paper_records),

listings as (select * from marts.listings),

listing_years as (
    select
        paper_records.listing_id,
        papers.year,
        cast(count(distinct papers.paper_id) as integer) as n_papers,
        cast(count(*) as integer) as n_records
    from paper_records
    inner join papers on paper_records.paper_id = papers.paper_id
    where papers.year is not null
    group by paper_records.listing_id, papers.year
),

final as (
    select
        listing_years.listing_id,
        listings.source,
        listing_years.year,
        listing_years.n_papers,
        listing_years.n_records,
        listings.last_full_year,
        coalesce(listing_years.year > listings.last_full_year, true) as is_partial_year
    from listing_years
    inner join listings on listing_years.listing_id = listings.listing_id
)

select * from final
order by listing_id, year
