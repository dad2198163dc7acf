-- What became of each paper of the last version: the paper that it is now, itself or the one that
-- swallowed it, NULL if it is lost; whether all pages that showed it lie there as they were, and
-- whether all listings that showed it are still saved, perhaps on other pages.
with

last_papers as (select * from published.papers),

last_records as (select * from published.paper_records),

papers as (select * from marts.papers),

heirs as (select * from marts.papers),

history as (select * from marts.paper_id_history),

dumps as (select * from raw.dumps),

listings as (select * from marts.listings),

merged_papers as (
    select history.from_paper_id, min(history.to_paper_id) as to_paper_id
    from history
    inner join heirs on history.to_paper_id = heirs.paper_id
    group by history.from_paper_id
),

seen_papers as (
    select
        last_records.paper_id,
        count(*) as n_records,
        count(dumps.dump_id) as n_on_pages,
        count(listings.listing_id) as n_in_listings
    from last_records
    left join dumps on last_records.dump_id = dumps.dump_id
    left join listings on last_records.listing_id = listings.listing_id
    group by last_records.paper_id
)

select
    last_papers.paper_id,
    coalesce(papers.paper_id, merged_papers.to_paper_id) as paper_id_since,
    coalesce(seen_papers.n_records = seen_papers.n_on_pages, false) as is_on_its_pages,
    coalesce(seen_papers.n_records = seen_papers.n_in_listings, false) as is_in_its_listings
from last_papers
left join papers on last_papers.paper_id = papers.paper_id
left join merged_papers on last_papers.paper_id = merged_papers.from_paper_id
left join seen_papers on last_papers.paper_id = seen_papers.paper_id
