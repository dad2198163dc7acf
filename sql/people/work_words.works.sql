-- What the papers say.
select
    paper_id,
    title,
    venue,
    year,
    affiliations
from people.works
order by paper_id
