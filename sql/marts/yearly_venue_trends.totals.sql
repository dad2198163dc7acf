-- The papers of each year that have a venue.
with papers as (select * from marts.papers where venue is not null and year is not null)

select
    year,
    cast(count(distinct paper_id) as integer) as n_papers
from papers
group by year
order by year
