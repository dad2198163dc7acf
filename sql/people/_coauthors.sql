-- Who speaks for each paper.
select
    place,
    paper_no,
    name_no
from people.coauthors
order by place
