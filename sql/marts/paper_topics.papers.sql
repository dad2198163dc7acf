-- The texts to look for topics in.
select
    paper_id,
    title,
    abstract
from marts.papers
order by paper_id
