-- The lines of the overrides file that name authors.
select *
from people._author_lines
order by line
