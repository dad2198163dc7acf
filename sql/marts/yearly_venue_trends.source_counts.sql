-- Papers per venue and year as each source shows them.
with papers as (select * from marts.papers where venue is not null and year is not null),

paper_records as (select * from marts.paper_records)

select
    paper_records.source,
    papers.venue,
    papers.year,
    cast(count(distinct papers.paper_id) as integer) as n_papers
from papers
inner join paper_records on papers.paper_id = paper_records.paper_id
group by paper_records.source, papers.venue, papers.year
order by paper_records.source, papers.venue, papers.year
