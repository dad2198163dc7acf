-- The texts to look for new phrases in.
select
    paper_id,
    title,
    abstract,
    year
from marts.papers
where year is not null
order by paper_id
