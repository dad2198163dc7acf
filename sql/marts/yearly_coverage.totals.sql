-- The papers of each year.
select
    year,
    cast(count(*) as integer) as n_papers
from marts.papers
where year is not null
group by year
order by year
