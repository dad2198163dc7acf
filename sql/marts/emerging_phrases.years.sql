-- How many papers there are of each year.
select
    year,
    count(*) as n_papers
from marts.papers
where year is not null
group by year
order by year
