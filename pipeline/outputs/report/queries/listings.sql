-- What was saved: the thirty listings with most papers, and how many listings there are.
select
    listing_id,
    coalesce(subject, 'not named') as subject,
    source as site,
    case when listing_id like '%:named:%' then 'named' else kind end as kind,
    n_dumps as n_pages,
    n_papers,
    first_captured_on,
    last_captured_on,
    last_full_year,
    count(*) over () as n_listings
from listings
order by n_papers desc, listing_id asc
limit 30
