-- The papers of each year that are shown with a venue.
with field_values as (
    select paper_id, value from linkage.field_values
    where field = 'venue'
),

papers as (select * from marts.papers),

shown as (select distinct paper_id, value as venue from field_values)

select
    papers.year,
    cast(count(distinct shown.paper_id) as integer) as n_papers
from shown
inner join papers on shown.paper_id = papers.paper_id
where papers.year is not null
group by papers.year
order by papers.year
