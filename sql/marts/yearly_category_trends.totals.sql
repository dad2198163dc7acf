-- The papers of each year that have a category.
with papers as (select * from marts.papers),

paper_categories as (
    select paper_id, year, unnest(categories) as category from papers
    where year is not null
)

select
    year,
    cast(count(distinct paper_id) as integer) as n_papers
from paper_categories
group by year
order by year
