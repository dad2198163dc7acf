-- Papers per venue and year.
with papers as (select * from marts.papers where venue is not null and year is not null)

select
    venue,
    year,
    cast(count(*) as integer) as n_papers
from papers
group by venue, year
order by venue, year
