-- Papers per category and year.
with papers as (select * from marts.papers),

paper_categories as (
    select paper_id, year, unnest(categories) as category from papers
    where year is not null
)

select
    category,
    year,
    cast(count(*) as integer) as n_papers
from paper_categories
group by category, year
order by category, year
