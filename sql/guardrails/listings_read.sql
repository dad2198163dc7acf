-- A listing that gave ten cards or more still gives a fifth of them, where a page of it lies there.
-- A page may be saved anew, and a listing may be called otherwise: cards count by either.
-- grain: one row per listing that gives fewer
with

last_dumps as (select * from published.dumps),

dumps as (select * from raw.dumps),

listed_dumps as (select * from raw.dumps),

last_listings as (
    select
        last_dumps.listing_id,
        sum(last_dumps.n_records) as n_before,
        count(dumps.path) as n_pages,
        coalesce(sum(dumps.n_records), 0) as n_on_pages
    from last_dumps
    left join dumps on last_dumps.path = dumps.path
    where last_dumps.listing_id is not null
    group by last_dumps.listing_id
),

listings as (
    select listing_id, sum(n_records) as n_records
    from listed_dumps
    group by listing_id
),

compared_listings as (
    select
        last_listings.listing_id,
        cast(last_listings.n_before as double) as n_before,
        cast(
            greatest(last_listings.n_on_pages, coalesce(listings.n_records, 0)) as double
        ) as n_since
    from last_listings
    left join listings on last_listings.listing_id = listings.listing_id
    where last_listings.n_pages > 0 and last_listings.n_before >= 10
)

select
    listing_id as subject,
    n_before as value_before,
    n_since as value_now,
    0.2 * n_before as lowest,
    cast(null as double) as highest
from compared_listings
where n_since < 0.2 * n_before
order by subject
