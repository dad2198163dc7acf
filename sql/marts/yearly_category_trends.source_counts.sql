-- Papers per category and year as each source shows them.
with papers as (select * from marts.papers),

paper_categories as (
    select paper_id, year, unnest(categories) as category from papers
    where year is not null
),

paper_records as (select * from marts.paper_records)

select
    paper_records.source,
    paper_categories.category,
    paper_categories.year,
    cast(count(distinct paper_categories.paper_id) as integer) as n_papers
from paper_categories
inner join paper_records on paper_categories.paper_id = paper_records.paper_id
group by paper_records.source, paper_categories.category, paper_categories.year
order by paper_records.source, paper_categories.category, paper_categories.year
