-- Papers per venue and year.
with papers as (select * from marts.papers),

venue_papers as (
    select * from papers
    where venue is not null and year is not null
)

select
    venue,
    year,
    cast(count(*) as integer) as n_papers
from venue_papers
group by venue, year
order by venue, year
