-- The papers of each year that have a venue.
with papers as (select * from marts.papers),

venue_papers as (
    select * from papers
    where venue is not null and year is not null
)

select
    year,
    cast(count(distinct paper_id) as integer) as n_papers
from venue_papers
group by year
order by year
