-- Papers per venue and year as each source shows them.
with papers as (select * from marts.papers),

venue_papers as (
    select * from papers
    where venue is not null and year is not null
),

paper_records as (select * from marts.paper_records)

select
    paper_records.source,
    venue_papers.venue,
    venue_papers.year,
    cast(count(distinct venue_papers.paper_id) as integer) as n_papers
from venue_papers
inner join paper_records on venue_papers.paper_id = paper_records.paper_id
group by paper_records.source, venue_papers.venue, venue_papers.year
order by paper_records.source, venue_papers.venue, venue_papers.year
