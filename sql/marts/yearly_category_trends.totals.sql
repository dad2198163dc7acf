-- The papers of each year that are shown with a category.
with records as (select * from linkage.clustered_records),

papers as (select * from marts.papers),

shown_categories as (select paper_id, unnest(categories) as category from records),

shown as (select distinct paper_id, category from shown_categories)

select
    papers.year,
    cast(count(distinct shown.paper_id) as integer) as n_papers
from shown
inner join papers on shown.paper_id = papers.paper_id
where papers.year is not null
group by papers.year
order by papers.year
