-- The names of the people of the papers.
select
    author_id,
    author_name
from authors
order by author_id
