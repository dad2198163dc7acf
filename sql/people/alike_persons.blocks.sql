-- The keys under which names meet that may be one person's if their papers are alike.
select block, name_no, asks
from people.name_blocks
where kind = 'words' or kind = 'initial'
order by block, name_no
