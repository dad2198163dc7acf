-- The papers of each month, as far as their date is known.
select
    cast(date_trunc('month', published_date) as date) as month,
    cast(count(*) as integer) as n_papers
from marts.papers
where published_date is not null
group by cast(date_trunc('month', published_date) as date)
order by month
