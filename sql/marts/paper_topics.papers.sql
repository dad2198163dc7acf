-- The texts to look for topics in. What papers are made of is read, not papers, which show topics.
select
    paper_id,
    max(case when field = 'title' then value end) as title,
    max(case when field = 'abstract' then value end) as abstract
from marts.paper_fields
where field in ('title', 'abstract')
group by paper_id
order by paper_id
