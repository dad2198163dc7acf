-- The keys under which names meet that may be one person's if coauthors say so.
select block, name_no, asks
from people.name_blocks
where kind = 'coauthors'
order by block, name_no
