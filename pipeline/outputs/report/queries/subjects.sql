-- The names of the listings that papers stand in.
select
    listing_id,
    coalesce(subject, 'not named') as subject
from listings
order by listing_id
